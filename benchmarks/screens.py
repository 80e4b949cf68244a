"""A page beside its floor: the same act on both in one browser, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
COUNTS = """keys => Object.fromEntries(keys.map(key => [key,
    Number(document.querySelector(`.st-key-${key} .stage`)?.dataset.drawn ?? 0)]))"""
# notes when a picture was drawn last, and when the hand let go: not when Playwright began to look
# for what to press, which takes longer the more there is on a page
NOTED = """new MutationObserver(() => { window.drawnLast = performance.now(); }).observe(
    document, { subtree: true, attributes: true, attributeFilter: ['data-drawn'] });
addEventListener('pointerup', (event) => { window.begun = event.timeStamp; }, true);"""
# asked until the script rests and all pictures are drawn anew: when the last of them was
SETTLED = """([counts]) => document.querySelector('[data-test-script-state=notRunning]') &&
    Object.entries(counts).every(([key, n]) =>
        Number(document.querySelector(`.st-key-${key} .stage`)?.dataset.drawn) > n) &&
    window.drawnLast - (window.begun ?? 0)"""


def measured(browser: Any) -> Any:
    """A new page of an ordinary size that notes when a hand let go and its pictures were drawn."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(NOTED)
    page.set_default_timeout(120_000)
    return page


def beside(
    title: str,
    address: str,
    floor: str,
    pictures: Sequence[str],
    act: Callable[..., float],
    repeats: int,
) -> None:
    """Print the medians of ``act(page, turn)``, in milliseconds, on both, and their ratio.

    ``address`` is a page of the app, ``floor`` a script in this folder that shows the same
    ``pictures`` from arrays made beforehand.
    """
    try:
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import FLAGS, serving
        from tests.chromium import system
    except ImportError:
        print(f"{title}: Playwright is not installed; make test installs it")
        return
    with (
        serving(HERE.parent / "app.py") as real,
        serving(HERE / floor) as ideal,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=system(), args=FLAGS)
        pages = {}
        for name, url in (("page", f"{real}/{address}"), ("precomputed", ideal)):
            page = measured(browser)
            page.goto(url)
            page.wait_for_function(SETTLED, arg=[dict.fromkeys(pictures, 0)])
            pages[name] = page
        times: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(repeats + 2):  # the first two are warm-up
            for name, page in pages.items():
                page.bring_to_front()
                spent = act(page, turn)
                if turn > 1:
                    times[name].append(spent)
        browser.close()
    middle = {name: median(found) for name, found in times.items()}
    print(f"{title} (software WebGL)")
    for name, found in middle.items():
        print(f"  {name:12s} {found:7.0f} ms")
    print(f"  ratio        {middle['page'] / middle['precomputed']:7.2f}   (aim: at most 1.3)")
