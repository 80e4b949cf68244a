"""Dragging an outlier, from the release to the settled picture: the page against its floor.

Needs the test tools (Playwright and a Chromium).  60 points and three surfaces of 61 x 61; the
floor is the same pictures with everything but the dragged point made beforehand.  Every drop is at
a place nobody has been before, so that nothing the page shows was kept from earlier.
"""

from __future__ import annotations

from benchmarks.precomputed_outliers import ROW
from benchmarks.screens import COUNTS, SETTLED, beside

NAMES = ("data", "shares", "squared", "absolute", "third", "influence")
PICTURES = tuple(f"outliers-{name}" for name in NAMES)
PLACE = """([row, share]) => {
    const gd = document.querySelector('.st-key-outliers-data .stage-figure');
    const { xaxis, yaxis } = gd._fullLayout, box = gd.getBoundingClientRect();
    const { x, y } = gd._fullData.find((trace) => trace.name === 'data');
    const across = box.left + xaxis._offset + xaxis.d2p(x[row]);
    return [[across, box.top + yaxis._offset + yaxis.d2p(y[row])],
            [across, box.top + yaxis._offset + yaxis._length * share]]; }"""
STILL = f"""(where) => {{
    const now = JSON.stringify(({PLACE})(where));
    if (window.place !== now) [window.place, window.since] = [now, performance.now()];
    return performance.now() - window.since > 500; }}"""


def run(repeats: int = 10) -> None:
    """Print the medians of interleaved drags and their ratio."""
    title = "dragging one of 60 points, release to settled picture"
    beside(title, "outliers?data=line&third=1", "precomputed_outliers.py", PICTURES, drag, repeats)


def drag(page, turn: int) -> float:
    """Milliseconds from the release until the last picture is drawn anew."""
    share = (0.15, 0.7)[turn % 2] + 0.01 * turn  # never where it has been
    page.wait_for_function(STILL, arg=[ROW, share])
    start, end = page.evaluate(PLACE, [ROW, share])
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=2)
    counts = page.evaluate(COUNTS, list(PICTURES))
    page.mouse.up()
    return page.wait_for_function(SETTLED, arg=[counts]).json_value()
