"""Makes the README's pictures: ``make pictures``."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, PATIENCE, ROOT, serving, settled
from tests.chromium import system

FOLDER = Path(ROOT) / ".github" / "pictures"
PICTURES = {
    "surface": "surface?data=anscombe&loss=absolute&arrows=1",
    "gradient-descent": "gradient_descent?view=s.descent*100",  # the paths to their ends
    "neural-networks": "neural_networks",
}


def main() -> None:
    """One screenshot per picture, at 1440 by 900 in the light theme."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving(ROOT / "app.py") as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=system(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        for name, address in PICTURES.items():
            page.goto(f"{url}/{address}")
            settled(page)
            # networks show a first glimpse before their training ends
            page.wait_for_function("() => !document.body.innerText.includes('training goes on')")
            settled(page)
            page.wait_for_function(
                "() => [...document.querySelectorAll('.stage')].every("
                "s => s.dataset.drawn || s.querySelector('input[type=range]'))"
            )
            page.wait_for_timeout(1500)
            page.screenshot(path=FOLDER / f"{name}.png")
            print(f"{FOLDER / name}.png")
        browser.close()


if __name__ == "__main__":
    main()
