"""Choosing another loss, from the click to the settled picture: the page against its floor.

Needs the test tools (Playwright and a Chromium); the floor is the same three figures sent from
arrays that were made beforehand.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
PICTURES = ("surface", "map", "fit")
LABELS = ("Absolute error", "Squared error")
SETTLED = """([counts]) => document.querySelector('[data-test-script-state=notRunning]') &&
    Object.entries(counts).every(([key, n]) =>
        Number(document.querySelector(`.st-key-${key} .stage`)?.dataset.drawn) > n)"""


def run(repeats: int = 8) -> None:
    """Print the medians of interleaved changes and their ratio."""
    try:
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import FLAGS, serving
        from tests.chromium import system
    except ImportError:
        print("pages: Playwright is not installed; make test installs it")
        return
    with (
        serving(HERE.parent / "app.py") as real,
        serving(HERE / "precomputed_app.py") as floor,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=system(), args=FLAGS)
        pages = {}
        for name, url in (("page", f"{real}/surface"), ("precomputed", floor)):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(url)
            page.wait_for_function(SETTLED, arg=[dict.fromkeys(PICTURES, 0)])
            pages[name] = page
        times: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(repeats + 2):  # the first two are warm-up: both losses, once each
            for name, page in pages.items():
                page.bring_to_front()
                spent = change(page, LABELS[turn % 2])
                if turn > 1:
                    times[name].append(spent)
        browser.close()
    middle = {name: median(found) for name, found in times.items()}
    print("choosing another loss, 101 x 101, click to settled picture (software WebGL)")
    for name, found in middle.items():
        print(f"  {name:12s} {found:7.0f} ms")
    print(f"  ratio        {middle['page'] / middle['precomputed']:7.2f}   (aim: at most 1.3)")


def change(page, label: str) -> float:
    """Milliseconds from choosing ``label`` until all pictures are drawn and the script rests."""
    counts = page.evaluate(
        "keys => Object.fromEntries(keys.map(key => [key,"
        " Number(document.querySelector(`.st-key-${key} .stage`).dataset.drawn)]))",
        list(PICTURES),
    )
    page.locator(".st-key-loss input").click()
    option = page.get_by_role("option", name=label, exact=True)
    option.wait_for()
    start = page.evaluate("performance.now()")
    option.click()
    page.wait_for_function(SETTLED, arg=[counts])
    return page.evaluate("performance.now()") - start


if __name__ == "__main__":
    run()
