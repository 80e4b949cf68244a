"""What a window shows: the picture large, the problem whole, and on a phone the picture first."""

import io
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import drawn, figure, settled, shoot

pytestmark = pytest.mark.browser
SCENES = {
    "surface": ["surface"],
    "outliers": ["outliers-squared", "outliers-absolute"],
    "gradient_descent": ["descent-surface"],
}
PAGES = {
    **{name: keys[0] for name, keys in SCENES.items()},
    "losses": "loss-curves",
    "regularization": "reg-sum",
    "classification": "first",
}
AXE = "axe-core@4.10.3"  # the rules that a page's readers with a screen reader need


def coloured(page, key):
    """Pixels of one scene that have a colour, in CSS pixels."""
    box = page.locator(f".st-key-{key} .stage-figure")
    rgb = np.asarray(Image.open(io.BytesIO(box.screenshot())).convert("RGB")).astype(int)
    return int((rgb.max(2) - rgb.min(2) > 45).sum())


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080)])
@pytest.mark.parametrize("name", SCENES)
def test_surfaces_fill_the_window(visit, app, name, width, height):
    page = visit(f"{app}/{name}", width=width, height=height)
    drawn(page, *SCENES[name])
    page.wait_for_timeout(500)
    share = sum(coloured(page, key) for key in SCENES[name]) / (width * height)
    assert share > (0.105 if len(SCENES[name]) == 1 else 0.07)


@pytest.mark.parametrize("name", PAGES)
def test_the_whole_problem_is_seen_without_scrolling(visit, app, name):
    page = visit(f"{app}/{name}")
    drawn(page, PAGES[name])
    for label in ("Dataset", "Model", "Loss", "Penalty on the weights"):
        menu = page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]").filter(
            has=page.locator("label", has_text=label)
        )
        box = menu.first.bounding_box()
        assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize("name", ["surface", "outliers", "gradient_descent"])
def test_a_phone_shows_the_picture_first(visit, app, name):
    page = visit(f"{app}/{name}", width=390, height=844)
    drawn(page, PAGES[name])
    tops = page.locator(".stage-plot").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().top)"
    )
    assert min(tops) < 260
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, f"{name}-390")


def test_presenting_fills_the_window_in_large_type_and_goes_back(visit, app):
    page = visit(f"{app}/surface")
    drawn(page, "surface", "map", "fit")
    size = "gd._fullLayout.font.size"
    before = figure(page, "map", size)
    page.locator("h1").click()
    page.keyboard.press("p")
    page.wait_for_selector(".stage-leave")
    page.wait_for_function(
        f"() => (gd => {size})(document.querySelector('.st-key-map .stage-figure')) > {before}"
    )
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    assert figure(page, "map", size) == pytest.approx(1.5 * before)
    page.keyboard.press("p")
    page.wait_for_selector(".stage-leave", state="detached")
    assert page.locator("[data-testid=stSidebar]").is_visible()


def test_the_first_tab_skips_to_the_pictures(visit, app):
    page = visit(f"{app}/surface")
    drawn(page, "surface")
    link = page.get_by_role("link", name="Skip to the pictures")
    link.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className.includes('stage-plot')")


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The text of axe-core, fetched by npm for the tests alone."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: axe-core is a package of npm")
    home = tmp_path_factory.mktemp("axe")
    command = [npm, "install", AXE, "--no-audit", "--no-fund", "--prefix", str(home)]
    if subprocess.run(command, capture_output=True, timeout=120, check=False).returncode:
        pytest.skip("npm could not fetch axe-core")
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_in_either_theme(visit, app, axe, name):
    page = visit(f"{app}/{name}")
    drawn(page, PAGES[name])
    page.evaluate(axe)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        settled(page)
        page.wait_for_timeout(1000)  # colours fade from one theme to the other
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [
            (each["id"], [node["target"] for node in each["nodes"]])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert not serious, (theme, serious)
