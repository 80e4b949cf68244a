"""Dragging an outlier, from the release to the settled picture: the page against its floor.

Needs the test tools (Playwright and a Chromium).  60 points and three surfaces of 61 x 61; the
floor is the same pictures with everything but the dragged point made beforehand.  Every drop is at
a place nobody has been before, so that nothing the page shows was kept from earlier.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from statistics import median

from benchmarks.precomputed_outliers import ROW

HERE = Path(__file__).parent
NAMES = ("data", "shares", "squared", "absolute", "third", "influence")
PICTURES = tuple(f"outliers-{name}" for name in NAMES)
COUNTS = """keys => Object.fromEntries(keys.map(key => [key,
    Number(document.querySelector(`.st-key-${key} .stage`)?.dataset.drawn ?? 0)]))"""
SETTLED = """([counts]) => document.querySelector('[data-test-script-state=notRunning]') &&
    Object.entries(counts).every(([key, n]) =>
        Number(document.querySelector(`.st-key-${key} .stage`)?.dataset.drawn) > n) &&
    performance.now() - (window.released ?? 0)"""
WATCH = "() => addEventListener('pointerup', () => { window.released = performance.now(); }, true)"
PLACE = """([row, share]) => {
    const gd = document.querySelector('.st-key-outliers-data .stage-figure');
    const { xaxis, yaxis } = gd._fullLayout, box = gd.getBoundingClientRect();
    const { x, y } = gd._fullData.find((trace) => trace.name === 'data');
    const across = box.left + xaxis._offset + xaxis.d2p(x[row]);
    return [[across, box.top + yaxis._offset + yaxis.d2p(y[row])],
            [across, box.top + yaxis._offset + yaxis._length * share]]; }"""

STILL = """(where) => {
    const now = JSON.stringify((PLACE)(where));
    if (window.place !== now) [window.place, window.since] = [now, performance.now()];
    return performance.now() - window.since > 500; }"""


def run(repeats: int = 10) -> None:
    """Print the medians of interleaved drags and their ratio."""
    try:
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import FLAGS, serving
        from tests.chromium import system
    except ImportError:
        print("drags: Playwright is not installed; make test installs it")
        return
    with (
        serving(HERE.parent / "app.py") as real,
        serving(HERE / "precomputed_outliers.py") as floor,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=system(), args=FLAGS)
        pages = {}
        for name, url in (("page", f"{real}/outliers?data=line"), ("precomputed", floor)):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(40_000)
            page.goto(url)
            page.wait_for_function(SETTLED, arg=[dict.fromkeys(PICTURES, 0)])
            page.evaluate(WATCH)
            pages[name] = page
        times: dict[str, list[float]] = {name: [] for name in pages}
        shares = Random(0)
        for turn in range(repeats + 2):  # the first two are warm-up
            share = (0.15, 0.7)[turn % 2] + 0.15 * shares.random()
            for name, page in pages.items():
                page.bring_to_front()
                spent = drag(page, share)
                if turn > 1:
                    times[name].append(spent)
        browser.close()
    middle = {name: median(found) for name, found in times.items()}
    print("dragging one of 60 points, release to settled picture (software WebGL)")
    for name, found in middle.items():
        print(f"  {name:12s} {found:7.0f} ms")
    print(f"  ratio        {middle['page'] / middle['precomputed']:7.2f}   (aim: at most 1.3)")


def drag(page, share: float) -> float:
    """Milliseconds from the release until all pictures are drawn anew and the script rests."""
    page.wait_for_function(STILL.replace("PLACE", PLACE), arg=[ROW, share])
    start, end = page.evaluate(PLACE, [ROW, share])
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=2)
    counts = page.evaluate(COUNTS, list(PICTURES))
    page.mouse.up()
    return page.wait_for_function(SETTLED, arg=[counts]).json_value()


if __name__ == "__main__":
    run()
