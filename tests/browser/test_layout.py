"""What a window shows: the picture large, the problem whole, and on a phone the picture first."""

import io
import shutil
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from lossviz.figures.theme import MARK
from tests.browser.conftest import SMALL, drawn, figure, option, settled, shoot, watched
from tests.running import deep_but

pytestmark = pytest.mark.browser
SCENES = {
    "surface": ["surface"],
    "gradient_descent": ["descent-surface"],
    "your_data": ["yours-surface"],
    "acting": ["act-surface"],
    "outliers": ["outliers-squared", "outliers-absolute"],
    "regularization": ["reg-sum", "reg-data", "reg-penalty"],
    "classification": ["first", "second"],
    "validation": ["validation-0", "validation-1"],
    "neural_networks": ["net-plain", "net-skip"],
    "combined": ["comb-term-2", "comb-term-0", "comb-term-1"],
}
PROBLEM = ("Dataset", "Model", "Loss", "Penalty on the weights")
PROBLEMS = ("losses", "surface", "outliers", "gradient_descent", "regularization", "classification")
PAGES = {
    **{name: keys[0] for name, keys in SCENES.items()},
    "": "hero",
    "losses": "loss-curves",
    "residuals": "res-residuals",
}
USUAL = ("surface",)
NO_WEBGL = """(get => { HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.includes("webgl") ? null : get.call(this, kind, ...more); }; })(
    HTMLCanvasElement.prototype.getContext)"""
# Of every line of the sidebar's formula: whether it begins where the paragraph does.
LINES = """() => [...document.querySelectorAll('.st-key-statement p')].flatMap((text) => {
  const lines = new Map();
  for (const piece of text.querySelectorAll('.katex-html .base')) {
    const { top, bottom, left } = piece.getBoundingClientRect();
    const middle = (top + bottom) / 2;
    const line = [...lines.keys()].find((each) => Math.abs(each - middle) < 12) ?? middle;
    lines.set(line, Math.min(left, lines.get(line) ?? left));
  }
  return [...lines.values()].map((left) => left < text.getBoundingClientRect().left + 4);
})"""
# Chosen names that do not lie within their list's box.
UNSEEN = """() => [...document.querySelectorAll('.stMultiSelect [data-tag]')]
  .filter((each) => each.checkVisibility())
  .filter((each) => {
    const list = each.closest('[data-testid=stMultiSelectTagsContainer]').getBoundingClientRect();
    const { right, bottom } = each.getBoundingClientRect();
    return right > list.right || bottom > list.bottom;
  })
  .map((each) => each.textContent)"""
AXE = "axe-core@4.10.3"  # the rules that a page's readers with a screen reader need


def coloured(page, key):
    """Pixels of one scene that have a colour, in CSS pixels."""
    box = page.locator(f".st-key-{key} .stage-figure")
    rgb = np.asarray(Image.open(io.BytesIO(box.screenshot())).convert("RGB")).astype(int)
    return int((rgb.max(2) - rgb.min(2) > 45).sum())


@pytest.fixture(scope="module", params=deep_but(PAGES, *USUAL))
def desk(request, reader, app):
    """The name of a page and the page in a desk's window, opened once for all tests of it."""
    page = watched(reader.new_page(), app)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(f"{app}/{request.param}")
    settled(page)
    drawn(page, *SCENES.get(request.param, [PAGES[request.param]]))
    yield request.param, page
    problems = page.problems
    page.close()
    assert not problems, problems


def eventually(measure, least):
    """The measure once it exceeds ``least``, or where it stands after half a minute."""
    for _ in range(30):
        if (found := measure()) > least:
            break
        time.sleep(1)
    return found


def test_the_problem_is_seen_whole_and_the_player_with_its_pictures(desk):
    name, page = desk
    for label in PROBLEM if name in PROBLEMS else ():
        menu = page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]").filter(
            has=page.locator("label", has_text=label)
        )
        box = menu.first.bounding_box()
        assert box["y"] + box["height"] <= 900
    assert all(page.evaluate(LINES)), "a line of the formula is set in"
    for play in page.locator(".st-key-board .stage-player [data-act=play]").all():
        box = play.bounding_box()
        assert box["y"] + box["height"] <= 900


@pytest.mark.deep
def test_what_a_link_said_wrongly_stands_under_the_buttons_beside_the_title(visit, app):
    page = visit(f"{app}/surface?loss=unheard&height=none")
    drawn(page, "surface")
    told = page.locator(".st-key-complaint [data-testid=stAlert]").bounding_box()
    for button in page.locator(".st-key-title button").all():
        box = button.bounding_box()
        assert box["y"] + box["height"] <= told["y"], button.inner_text()


def test_surfaces_fill_the_window(desk):
    name, page = desk
    keys = SCENES.get(name, [])
    least = 0.12 if len(keys) == 1 else 0.07
    for width, height in ((1920, 1080), (1440, 900)) if keys else ():
        page.set_viewport_size({"width": width, "height": height})
        share = lambda: sum(coloured(page, key) for key in keys) / (width * height)  # noqa: B023, E731
        if eventually(share, least) <= least:  # a training that went on meanwhile: as it opens
            page.reload()
            settled(page)
            drawn(page, *keys)
        assert eventually(share, least) > least, (width, height)


@pytest.mark.deep
def test_the_ball_on_a_small_surface_does_not_sink_in(visit, app):
    page = visit(f"{app}/regularization")
    drawn(page, "reg-data", "reg-penalty")
    vermilion = [int(MARK[i : i + 2], 16) for i in (1, 3, 5)]
    for key in ("reg-data", "reg-penalty"):
        picture = page.locator(f".st-key-{key} .stage-figure").screenshot()
        rgb = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
        rows, columns = np.where(np.abs(rgb - vermilion).max(2) < 40)
        assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)  # a disc, not its upper half


@pytest.mark.parametrize("name", deep_but(PAGES, *USUAL))
def test_a_phone_shows_the_picture_first(visit, app, name):
    page = visit(f"{app}/{name}", width=390, height=844)
    drawn(page, PAGES[name])
    tops = page.locator(".stage-plot").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().top)"
    )
    assert min(tops) < 260
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.evaluate(SMALL)
    assert not page.evaluate(UNSEEN)
    for player in page.locator(".st-key-board .stage-player").all()[:1]:
        box = player.bounding_box()  # what moves the pictures stays on the screen with them
        assert box["y"] + box["height"] <= 844
    if name == "outliers":  # as does the slider
        box = page.locator(".st-key-push").bounding_box()
        assert box["y"] + box["height"] <= 844
    if name == "regularization":  # the title of the axis below is whole: nothing touches the edge
        drawn(page, "reg-data")
        page.locator(".stage-player").evaluate(
            "each => { each.closest('[data-testid=stElementContainer]').style.display = 'none'; }"
        )
        picture = page.locator(".st-key-reg-data .stage-figure").screenshot()
        edge = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))[-3:]
        assert (edge == edge[0, 0]).all()
    shoot(page, f"{name}-390")


@pytest.mark.deep
def test_on_a_phone_the_sheet_of_menus_can_be_pressed_and_closes_after_a_choice(visit, app):
    page = visit(f"{app}/surface?loss=huber", width=390, height=844)
    drawn(page, "surface")
    place = "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().left"
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_function(f"() => {place} === 0")
    assert not page.evaluate(SMALL)
    box = page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]").last.bounding_box()
    assert box["y"] + box["height"] <= 844  # the problem is seen whole, above the pages
    option(page, "loss", "Absolute error").click()
    page.wait_for_function(f"() => {place} < 0")
    page.wait_for_url("**loss=absolute*")
    page.wait_for_function("() => !Object.keys(localStorage).some(k => /SidebarCollapsed/.test(k))")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    settled(page)
    page.wait_for_function(f"() => {place} === 0")


def test_without_webgl_a_map_shows_the_same_heights_and_says_so(visit, app):
    page = visit(f"{app}/surface", before=NO_WEBGL)
    drawn(page, "surface", "map")
    kind, there = "gd._fullData[0].type", "gd._fullData[0].z[7][30]"
    assert figure(page, "surface", kind) == "contour"
    assert figure(page, "surface", there) == figure(page, "map", there)
    said = page.locator(".st-key-surface").get_by_text("WebGL is off").bounding_box()
    assert said["y"] + said["height"] < 900  # in the first window


@pytest.mark.deep
def test_a_picture_too_small_for_a_surface_shows_a_map(visit, app):
    page = visit(f"{app}/surface")
    drawn(page, "surface")
    for height, kind in (("100px", "contour"), ("", "surface")):
        page.locator(".st-key-surface .stage-plot").evaluate(
            "(plot, height) => { plot.style.height = height; }", height
        )
        page.wait_for_function(
            "kind => document.querySelector('.st-key-surface .stage-figure')"
            "._fullData[0].type === kind",
            arg=kind,
        )
        small = page.locator(".st-key-surface").get_by_text("Too small here")
        assert small.is_visible() == (kind == "contour")


@pytest.mark.deep
def test_a_slider_of_the_stage_turns_the_loss_without_the_server(visit, app):
    page = visit(f"{app}/surface?data=anscombe&loss=huber")
    drawn(page, "surface", "map", "fit")
    place = "[gd._fullData.at(-1).x[0], gd._fullData.at(-1).y[0]]"
    before, sent = figure(page, "map", place), len(page.sent)
    slider = page.get_by_role("slider", name="δ", exact=True)
    slider.evaluate("each => { each.value = 40; each.dispatchEvent(new Event('input')); }")
    page.wait_for_function(
        f"was => (gd => {place})(document.querySelector('.st-key-map .stage-figure'))[0] !== was",
        arg=before[0],
    )
    settled(page)
    there = figure(page, "map", place)
    assert len(page.sent) == sent
    slider.evaluate("each => each.dispatchEvent(new Event('change'))")
    page.wait_for_url("**loss-huber-delta**")
    settled(page)
    assert figure(page, "map", place) == pytest.approx(there, rel=1e-6)


def test_presenting_fills_the_window_in_large_type_and_goes_back(visit, app):
    page = visit(f"{app}/surface")
    drawn(page, "surface", "map", "fit")
    size = "gd._fullLayout.font.size"
    sizes = f"[{size}, gd._fullLayout.hoverlabel.font.size, gd._fullData.at(-1).marker.size]"
    before, all_before = figure(page, "map", size), figure(page, "map", sizes)
    axes = "gd._fullLayout.scene._scene.glplot.axes"
    pads = f"[{axes}.tickPad[2], {axes}.labelPad[2]]"  # from an axis to its numbers and title
    pads_before = figure(page, "surface", pads)
    page.locator("h1").click()
    page.keyboard.press("p")
    page.wait_for_selector(".stage-leave")
    page.wait_for_function(
        f"() => (gd => {size})(document.querySelector('.st-key-map .stage-figure')) > {before}"
    )
    assert not page.locator("[data-testid=stSidebar]").is_visible()
    assert figure(page, "map", sizes) == pytest.approx([1.5 * each for each in all_before])
    page.wait_for_function(
        f"wanted => String((gd => {pads})(document.querySelector('.st-key-surface .stage-figure')))"
        " === String(wanted)",
        arg=[1.5 * each for each in pads_before],
    )
    page.keyboard.press("p")
    page.wait_for_selector(".stage-leave", state="detached")
    assert page.locator("[data-testid=stSidebar]").is_visible()


@pytest.mark.deep
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_keys_of_a_presentation_work_in_a_frame(reader, app, theme):
    page = watched(reader.new_page(), app)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{app}/_stcore/health")
    page.set_content(
        f"<iframe src='{app}/gradient_descent' style='width: 98vw; height: 96vh'></iframe>"
    )
    frame = page.locator("iframe").element_handle().content_frame()
    frame.wait_for_selector(".st-key-descent-surface .stage[data-drawn]")
    frame.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    frame.locator("h1").click()
    page.keyboard.press("p")
    frame.wait_for_selector(".stage-leave")
    assert not frame.locator(".stage-pointer").is_visible()
    page.mouse.move(500, 300)
    ring = frame.locator(".stage-pointer").bounding_box()
    assert ring["x"] < 500 < ring["x"] + ring["width"]
    assert ring["y"] < 300 < ring["y"] + ring["height"]

    at = "() => parseInt(document.querySelector('.stage-player output').textContent.match(/\\d+/))"
    for key, step in ((".", 1), (".", 2), (",", 1)):
        page.keyboard.press(key)
        frame.wait_for_function(f"{at.replace('() => ', '() => (')}) === {step}")
    page.keyboard.press(" ")
    frame.wait_for_function(f"{at.replace('() => ', '() => (')}) > 3")
    page.keyboard.press(" ")

    before = frame.url
    page.keyboard.press("n")
    assert frame.locator(".stage-banner").inner_text()
    page.keyboard.press("n")
    assert not frame.locator(".stage-banner").inner_text()
    frame.wait_for_function("was => location.href.split('&view')[0] !== was.split('&view')[0]"
                            " && /opts=/.test(location.href)", arg=before)  # fmt: skip
    there = frame.evaluate("location.href")
    page.keyboard.press("b")
    frame.wait_for_function("was => location.href !== was", arg=there)
    page.keyboard.press("Escape")
    frame.wait_for_selector(".stage-leave", state="detached")
    problems = page.problems
    page.close()
    assert not problems, problems


@pytest.mark.deep
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


def test_axe_finds_nothing_serious_in_either_theme(desk, axe):
    _, page = desk
    nothing_serious(page, axe)


@pytest.mark.deep
@pytest.mark.parametrize("link", ["lessons", "lessons?lesson=01-a-point-is-a-model&scene=2"])
def test_axe_finds_nothing_serious_in_lessons(visit, app, axe, link):
    page = visit(f"{app}/{link}")
    page.get_by_role("button", name="Next" if "?" in link else "Start").first.wait_for()
    nothing_serious(page, axe)


def nothing_serious(page, axe):
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
