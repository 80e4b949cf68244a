"""Dragging a data point: how often a second the pictures follow, and what the server hears.

Needs the test tools (Playwright and a Chromium).  The pointer moves as fast as the browser takes
it; a redraw is counted when a scene has been told its new heights and has drawn them.  Beside it,
the same heights through a whole ``Plotly.react``, which is what a page without ``straight`` in
stage/motion.js would do.
"""

from __future__ import annotations

from pathlib import Path

SECONDS = 5
NO_GPU = "--disable-gpu"  # as a browser does by itself on a machine without one
CASES = {
    "one surface of 61 x 61": ("surface?data=anscombe&n=61", "fit", ("surface",)),
    "two surfaces of 61 x 61": (
        "outliers", "outliers-data", ("outliers-squared", "outliers-absolute"),
    ),
}  # fmt: skip
START = """(key) => {
    const gd = document.querySelector(`.st-key-${key} .stage-figure`);
    const { xaxis, yaxis } = gd._fullLayout, box = gd.getBoundingClientRect();
    const { x, y } = gd._fullData.find((trace) => trace.name === 'data');
    const i = y.indexOf(Math.max(...y));
    return [box.left + xaxis._offset + xaxis.d2p(x[i]),
            box.top + yaxis._offset + yaxis.d2p(y[i])]; }"""
# A redraw counts when the scene has been told new heights and its own loop has drawn them to the
# last pixel; of several scenes the slowest one counts.
DRAG = """([data, scenes, start, seconds]) => new Promise((done) => {
    const plot = document.querySelector(`.st-key-${data} .stage-plot`);
    const told = scenes.map((key) => {
        const { glplot, traces } = document.querySelector(`.st-key-${key} .stage-figure`)
            ._fullLayout.scene._scene;
        const { gl, onrender } = glplot;
        const surface = Object.values(traces).find((trace) => trace.surface);
        const update = surface.update.bind(surface), count = { n: 0, fresh: false };
        surface.update = (full) => { update(full); count.fresh = true; };
        glplot.onrender = () => {
            onrender();
            if (!count.fresh) return;
            requestAnimationFrame(() => {
                gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
                count.n += 1;
            });
            count.fresh = false;
        };
        return count;
    });
    const begun = performance.now();
    let k = 0;
    const move = () => {
        const spent = (performance.now() - begun) / 1000;
        if (spent > seconds) return done(Math.min(...told.map(({ n }) => n)) / spent);
        k += 1;
        plot.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, pointerId: 1,
            clientX: start[0] + (k % 40) - 20, clientY: start[1] - 10 - (k % 37) }));
        requestAnimationFrame(move);
    };
    move();
})"""
REACT = """async (key) => {
    const gd = document.querySelector(`.st-key-${key} .stage-figure`);
    const { glplot } = gd._fullLayout.scene._scene;
    const wait = (gl) => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    const begun = performance.now();
    for (let k = 0; k < 3; k += 1) {
        const copy = gd.data[0].z.map((row) => row.slice());
        const data = gd.data.map((trace, i) => (i ? trace : { ...trace, z: copy }));
        await window.Plotly.react(gd, data, gd.layout);
        wait(glplot.gl);
    }
    return (performance.now() - begun) / 3; }"""


def run() -> None:
    """Print redraws a second for each case, what one ``react`` takes, and the messages sent."""
    try:
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import drawn, serving, settled
        from tests.chromium import system
    except ImportError:
        print("frames: Playwright is not installed; make test installs it")
        return
    app = Path(__file__).parents[1] / "app.py"
    with serving(app) as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=system(), args=["--no-sandbox", NO_GPU])
        for title, (address, data, scenes) in CASES.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            sent: list[object] = []
            # Playwright marks what listens, and a built-in method cannot be marked
            page.on(
                "websocket",
                lambda ws, sent=sent: ws.on(
                    "framesent", lambda frame, sent=sent: sent.append(frame)
                ),
            )
            page.goto(f"{url}/{address}")
            drawn(page, data, *scenes)
            settled(page)
            react = page.evaluate(REACT, scenes[0])
            start = page.evaluate(START, data)
            page.mouse.move(*start)
            page.mouse.down()
            page.mouse.move(start[0], start[1] - 5)
            before = len(sent)
            rate = page.evaluate(DRAG, [data, list(scenes), start, SECONDS])
            print(
                f"dragging a point, {title}: {rate:.1f} redraws a second, {len(sent) - before} "
                f"messages to the server; a react takes {react:.0f} ms"
            )
            page.close()
        browser.close()
