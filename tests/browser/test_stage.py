"""The stage in a real browser: the hand, the camera, the player, the theme."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from lossviz.text import TIMES
from tests.browser.conftest import drawn, draws, eventually, figure, pixel, settled, shoot, watched

pytestmark = pytest.mark.browser

PICTURES = ("surface", "contour", "data")
WALK = ("walk3", "walk2", "losses", "walkfit", "sum")


@pytest.fixture(scope="module")
def opened(reader, demo):
    """The surface page, opened once for this module."""
    page = watched(reader.new_page(), demo)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(demo)
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """The surface page as it was at first, but for the camera and the cursor."""
    opened.problems.clear()
    opened.mouse.move(0, 0)
    settled(opened)
    opened.get_by_role("button", name="Start again").click()
    until(opened, "() => document.querySelector('code')?.textContent.includes('\"count\": null')")
    settled(opened)
    drawn(opened, *PICTURES)
    yield opened
    assert not opened.problems


def go(page, title, *keys):
    page.get_by_role("link", name=title).click()
    page.get_by_text({"Surface": "A surface, its map and the data", "Words": "Words"}[title])
    settled(page)
    drawn(page, *keys)


def events(page):
    settled(page)
    return json.loads(page.locator("code").first.inner_text())


AT_REST = """async (scene) => {
  const eye = () => {
    const { x, y, z } = document.querySelector(scene)._fullLayout.scene._scene.getCamera().eye;
    return [x, y, z];
  };
  const frame = () => new Promise(requestAnimationFrame);
  let last = eye();
  for (let still = 0, since = performance.now(); still < 10 || performance.now() - since < 250;) {
    await frame();
    const now = eye();
    if (now.every((each, i) => Math.abs(each - last[i]) < 1e-6)) still += 1;
    else [still, since, last] = [0, performance.now(), now];
  }
  return last;
}"""


def until(page, expression, arg=None):
    """Wait for a JavaScript expression."""
    page.wait_for_function(expression, arg=arg)


def trace(page, key, name, attribute):
    found = figure(
        page, key, f"Array.from(gd._fullData.find(t => t.name === '{name}').{attribute})"
    )
    return np.array(found, float)


def camera(page, key):
    eye = figure(page, key, "gd._fullLayout.scene._scene.getCamera().eye")
    return np.array([eye["x"], eye["y"], eye["z"]])


def at_rest(page, key):
    """Where a scene's eye is once it has not moved for ten frames and a quarter of a second."""
    return np.array(page.evaluate(AT_REST, f".st-key-{key} .stage-figure"))


def same(seen, expected):
    assert seen == expected


def center(page, key):
    box = page.locator(f".st-key-{key} .stage-plot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def turn(page, key, dx=60, dy=20):
    """Rotate a scene by hand, and let it come to rest."""
    x, y = center(page, key)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(1, 5):
        page.mouse.move(x + dx * i / 4, y + dy * i / 4)
        page.wait_for_timeout(60)
    page.mouse.up()
    return at_rest(page, key)


def rescale(page, presses=1):
    before = draws(page, "surface")
    slider = page.locator("input[type=range][aria-label=scale]")
    for _ in range(presses):
        slider.press("ArrowRight")
    drawn(page, "surface", more_than=before)
    settled(page)


def test_hovering_moves_the_fit_and_says_the_loss_without_the_server(page):
    page.wait_for_timeout(300)
    sent = len(page.sent)
    page.mouse.move(*pixel(page, "contour", 1, 0.5))
    page.mouse.move(*pixel(page, "contour", 2, -1))
    until(
        page,
        "() => document.querySelector('.st-key-contour .stage-readout').textContent"
        ".includes('loss 11.')",
    )
    line = page.locator(".st-key-contour .stage-readout").inner_text()
    a, b, loss = (float(n.replace("−", "-")) for n in re.findall(r"[−\d.]+", line))
    x, y = np.array([-2.0, -1, 0, 1, 2, 3]), np.array([-1.5, -0.4, 0.6, 1.4, 2.6, 3.5])
    assert loss == pytest.approx(((a + b * x - y) ** 2).mean(), rel=1e-3)
    until(page, "() => document.querySelectorAll('.st-key-surface .stage-ring').length === 1")

    def follows():
        at, fit = (trace(page, "data", "fit", axis) for axis in "xy")
        np.testing.assert_allclose(fit, a + b * at, atol=2e-3)

    eventually(page, follows)
    assert len(page.sent) == sent


def test_a_click_anywhere_on_a_map_reaches_python_in_its_own_coordinates(page):
    page.mouse.click(*pixel(page, "contour", 1.234, -2.111))
    until(page, "() => document.querySelector('code').textContent.includes('place')")
    click = events(page)["click"]
    assert click["kind"] == "place"
    assert click["by"] == "pointer"
    assert click["x"] == pytest.approx(1.234, abs=0.03)
    assert click["y"] == pytest.approx(-2.111, abs=0.04)


def test_the_cursor_moves_by_keys_and_enter_clicks(page):
    plot = page.locator(".st-key-contour .stage-plot")
    plot.focus()
    for key in ["Shift+ArrowLeft"] * 11 + ["Shift+ArrowDown"] * 11:  # to the corner and no further
        page.keyboard.press(key)
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowUp"):
        page.keyboard.press(key)
    says = "(name) => document.querySelector(`.st-key-contour .stage-${name}`).textContent"
    until(page, f"{says}.startsWith('intercept −1.88  ·  slope −2.34')", "readout")
    until(page, f"{says}.startsWith('intercept −1.88  ·  slope −2.34')", "voice")
    page.keyboard.press("Enter")
    until(page, "() => document.querySelector('code').textContent.includes('place')")
    here = {"x": pytest.approx(-1.88), "y": pytest.approx(-2.34)}
    assert events(page)["click"] == {"kind": "place", "by": "key", **here}


def test_a_dragged_point_moves_lines_at_once_and_python_hears_of_it(page):
    before = draws(page, "surface")
    span = figure(page, "data", "gd._fullLayout.yaxis.range")
    x, y = pixel(page, "data", 3, 3.5)
    _, goal = pixel(page, "data", 3, -4)  # below the picture
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 30)
    page.mouse.move(x + 40, goal)
    until(
        page,
        "() => document.querySelector('.st-key-data .stage-figure')._fullData[2].y[0] > 0",
    )
    at = np.array([-2.0, -1, 0, 1, 2, 3])
    shown = np.polyfit(trace(page, "data", "data", "x"), trace(page, "data", "data", "y"), 1)
    np.testing.assert_allclose(trace(page, "data", "data", "x"), at)  # only y is free
    line = np.polyfit(trace(page, "data", "best", "x"), trace(page, "data", "best", "y"), 1)
    np.testing.assert_allclose(line, shown, atol=1e-6)
    page.wait_for_timeout(600)  # the browser shows it all: at rest Python need not hear
    assert events(page)["drag"] is None
    assert figure(page, "data", "gd._fullLayout.yaxis.range") == span
    page.mouse.up()
    drawn(page, "surface", more_than=before)
    until(page, "() => document.querySelector('code').textContent.includes('\"done\": true')")
    drag = events(page)["drag"]
    assert drag["index"] == 5
    assert drag["x"] == 3
    assert drag["y"] == pytest.approx(-4, abs=0.1)
    # Python's own figure has taken over: the point is where it was left.
    assert trace(page, "data", "data", "y")[5] == pytest.approx(drag["y"], abs=1e-6)
    low = "document.querySelector('.st-key-data .stage-figure')._fullLayout.yaxis.range[0]"
    until(page, f"() => {low} < -4")  # the axis follows on release


def test_points_are_moved_removed_and_placed_by_key_and_click(page):
    page.locator(".st-key-data .stage-plot").focus()
    heights = trace(page, "data", "data", "y")
    step = np.ptp(figure(page, "data", "gd._fullLayout.yaxis.range")) / 100
    page.keyboard.press("]")
    # in one go: a slow machine would rest between the keys, and Python answer each rest
    page.locator(".st-key-data .stage-plot").evaluate(
        "(plot) => { for (let k = 0; k < 5; k += 1) plot.dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true })); }"
    )
    until(page, "() => document.querySelector('code').textContent.includes('\"done\": true')")
    drag = events(page)["drag"]
    assert drag["y"] == pytest.approx(heights[drag["index"]] + 5 * step, rel=1e-6)
    page.mouse.move(*pixel(page, "data", 0, 0.6))
    page.keyboard.down("Shift")
    page.mouse.click(*pixel(page, "data", 0, 0.6))
    page.keyboard.up("Shift")
    until(page, "() => document.querySelector('code').textContent.includes('remove')")
    assert events(page)["edit"] == {"kind": "remove", "by": "pointer", "index": 2}
    page.mouse.click(*pixel(page, "data", -1, 3))
    until(page, "() => document.querySelector('code').textContent.includes('place')")
    place = events(page)["edit"]
    assert [place["x"], place["y"]] == pytest.approx([-1, 3], abs=0.1)


def test_the_camera_is_kept_over_reruns_and_page_switches(page):
    start = camera(page, "surface")
    turned = turn(page, "surface")
    assert not np.allclose(start, turned, atol=0.05)
    rescale(page)
    np.testing.assert_allclose(camera(page, "surface"), turned, atol=1e-3)
    go(page, "Words", "once")
    go(page, "Surface", *PICTURES)
    np.testing.assert_allclose(camera(page, "surface"), turned, atol=1e-3)


# Programs built while the ticks of a scene move, and the lines of its box then beside those of a
# scene that Plotly makes anew, from the vertices that the graphics card gets.
TICKS_MOVED = """async () => {
  const gd = document.querySelector(".st-key-surface .stage-figure");
  const glplot = (each) => each._fullLayout.scene._scene.glplot;
  const { gl } = glplot(gd), kind = Object.getPrototypeOf(gl), calls = [], usual = {};
  let vertices;
  const stroke = (data) => "0,0,1,0,1,1,0,0,-1" === String(data?.slice?.(0, 9));
  const note = (call) => [call, () => calls.push(call)];
  for (const [name, at] of [["bufferData", 1], ["bufferSubData", 2]]) {
    usual[name] = kind[name];
    kind[name] = function (...given) {
      if (stroke(given[at])) vertices = Array.from(given[at]);
      return usual[name].apply(this, given);
    };
  }
  const lines = (each) => {
    const { tickCount, tickOffset, gridCount, gridOffset } = glplot(each).axes._lines;
    const vertex = (i) => vertices.slice(3 * i, 3 * i + 3);
    const places = (counts, starts) => counts.map(
      (length, axis) => Array.from({ length }, (_, i) => vertex(starts[axis] + i)));
    return [places(tickCount, tickOffset), places(gridCount, gridOffset)];
  };
  try {
    Object.assign(gl, Object.fromEntries(["compileShader", "linkProgram"].map(note)));
    const moved = { "scene.xaxis.tickmode": "linear", "scene.xaxis.dtick": 0.37 };
    await window.Plotly.relayout(gd, moved);
    delete gl.compileShader;
    delete gl.linkProgram;
    const kept = lines(gd);
    const style = "width: 400px; height: 300px";
    const anew = Object.assign(document.createElement("div"), { style });
    document.body.append(anew);
    vertices = null;
    await window.Plotly.newPlot(anew, gd.data, structuredClone(gd.layout));
    const fresh = lines(anew), ticks = glplot(anew).axes.ticks[0].map(({ x }) => x);
    window.Plotly.purge(anew);
    anew.remove();
    return { calls, kept, fresh, ticks };
  } finally {
    Object.assign(kind, usual);
  }
}"""


def test_a_scene_whose_ticks_move_builds_no_program_and_has_its_lines_at_the_new_ones(page):
    found = page.evaluate(TICKS_MOVED)
    assert found["calls"] == []
    assert found["kept"] == found["fresh"]
    ticks, _ = found["kept"]
    assert len(found["ticks"]) > 3
    assert [x for x, *_ in ticks[0][::6]] == pytest.approx(found["ticks"], rel=1e-6)


def test_a_picture_that_does_not_change_is_left_alone(page):
    drawn_before: dict[str, int] = {}
    while drawn_before != (now := {key: draws(page, key) for key in PICTURES}):
        drawn_before = now  # a late layout may draw once more: begin when nothing moves
        page.wait_for_timeout(2000)
    mark = "() => { document.querySelector('.st-key-surface .stage-figure').mark = 1; }"
    page.evaluate(mark)
    rescale(page)
    assert draws(page, "data") == drawn_before["data"]
    assert draws(page, "surface") == drawn_before["surface"] + 1
    assert figure(page, "surface", "gd.mark") == 1  # the same graph div, drawn anew
    label = page.locator(".st-key-surface .stage-plot")
    assert label.get_attribute("role") == "figure"
    scale = float(page.locator("input[type=range][aria-label=scale]").input_value())
    assert label.get_attribute("aria-label") == f"A quadratic, {scale:g} times as steep."


def test_buttons_turn_zoom_and_save(page):
    surface = page.locator(".st-key-surface")
    surface.hover()
    surface.get_by_role("button", name="From above").click()
    until(
        page,
        "() => document.querySelector('.st-key-surface .stage-figure')"
        "._fullLayout.scene._scene.getCamera().eye.z > 2",
    )
    far = np.linalg.norm(camera(page, "surface"))
    surface.get_by_role("button", name="Zoom in").click()
    nearer = pytest.approx(0.8 * far, rel=1e-3)
    eventually(page, lambda: same(np.linalg.norm(camera(page, "surface")), nearer))
    with page.expect_download() as download:
        page.locator(".st-key-contour").get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "contour.svg"
    page.locator(".st-key-contour").get_by_role("button", name="Full screen").click()
    until(
        page,
        "() => document.fullscreenElement && document.querySelector("
        "'.st-key-contour .stage-figure')._fullLayout.height > 700",
    )
    page.locator(".st-key-contour").get_by_role("button", name="Full screen").click()
    until(
        page,
        "() => document.querySelector('.st-key-contour .stage-figure')._fullLayout.height === 260",
    )


def test_a_surface_gives_the_vertex_under_a_click(page):
    box = page.locator(".st-key-surface .stage-plot").bounding_box()
    x, y = box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6
    until_hovered = "() => document.querySelectorAll('.st-key-surface .stage-ring').length === 1"
    page.mouse.move(x - 8, y)
    page.mouse.move(x, y)
    until(page, until_hovered)
    page.wait_for_timeout(800)
    page.mouse.click(x, y)
    until(
        page,
        "() => [...document.querySelectorAll('pre')].length && "
        "document.body.innerText.includes('surface {')",
    )
    text = page.get_by_text(re.compile(r"^surface \{")).inner_text()
    click = json.loads(text.removeprefix("surface "))
    assert np.abs(np.linspace(-2, 4, 31) - click["x"]).min() < 1e-6
    assert np.abs(np.linspace(-3, 3, 25) - click["y"]).min() < 1e-6
    turned = turn(page, "surface")
    count = events(page)["count"]
    assert count == 1  # turning is not clicking
    assert turned is not None


def sees(page, key, eye):
    """The scene comes to be seen from here."""
    where = f"document.querySelector('.st-key-{key} .stage-figure')._fullLayout.scene._scene"
    near = "Math.abs(eye.x - x) + Math.abs(eye.y - y) + Math.abs(eye.z - z) < 3e-3"
    until(page, f"([x, y, z]) => (({{ eye }}) => {near})({where}.getCamera())", eye.tolist())


@pytest.mark.deep
def test_scenes_that_share_a_camera_turn_together(visit, demo):
    page = visit(f"{demo}/linked")
    drawn(page, "left", "right")
    turned = turn(page, "left")
    sees(page, "right", turned)
    other = turn(page, "right", dx=-50)
    assert not np.allclose(other, turned, atol=1e-3)
    sees(page, "left", other)
    shoot(page, "stage-linked")
    page.emulate_media(reduced_motion="no-preference")
    page.reload()
    drawn(page, "left", "right")
    start = camera(page, "left")
    scene = "document.querySelector('.st-key-left .stage-figure')._fullLayout.scene._scene"
    turns = f"(x) => Math.abs({scene}.getCamera().eye.x - x) > 1e-3"
    until(page, turns, start[0])  # by itself
    page.mouse.click(*center(page, "left"))  # until a hand takes it
    at_rest(page, "left")


def test_the_player_steps_every_picture_without_the_server(visit, demo):
    page = visit(f"{demo}/play", height=700)
    drawn(page, *WALK)
    length = (
        "() => document.querySelector('.st-key-{} .stage-figure')._fullData"
        ".find(t => t.name === '{}').x.length === {}"
    )
    until(page, length.format("walk2", "path", 1))
    page.get_by_role("button", name="Step forward").click()
    page.get_by_role("button", name="Step forward").click()
    until(page, length.format("walk2", "path", 3))
    until(page, length.format("walk3", "path", 3))
    until(page, length.format("losses", "now", 1))
    assert trace(page, "losses", "now", "x")[0] == 2
    page.get_by_role("button", name="Step back").click()
    until(page, length.format("walk2", "path", 2))
    settled(page)
    assert events(page)["frame"] == 1
    a, b = (trace(page, "walk2", "path", name)[1] for name in ("x", "y"))
    line = a + b * trace(page, "walkfit", "fit", "x")
    np.testing.assert_allclose(trace(page, "walkfit", "fit", "y"), line, atol=1e-5)
    base, mixed = (figure(page, key, "gd._fullData[0].z[0][0]") for key in ("walk2", "sum"))
    assert mixed == pytest.approx(base + 0.1 * (4 + 9) / 2, rel=1e-5)
    page.wait_for_timeout(300)
    sent = len(page.sent)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(500)
    assert len(page.sent) == sent
    until(page, length.format("walk2", "path", 21))
    until(page, "() => document.querySelector('code').textContent.includes('20')")
    assert "loss 0.0" in page.locator(".stage-player .stage-readout").inner_text()
    shoot(page, "stage-play")


def test_the_dark_theme_paints_paper_ink_and_the_walls_of_a_scene(visit, demo):
    page = visit(demo, dark=True)
    drawn(page, *PICTURES)
    assert figure(page, "surface", "gd._fullLayout.paper_bgcolor") == "#0e1220"
    assert figure(page, "surface", "gd._fullLayout.scene.xaxis.backgroundcolor") == "#181e30"
    assert figure(page, "contour", "gd._fullLayout.font.color") == "#e8eaf2"
    assert figure(page, "data", "gd._fullData[2].line.color") == "#e8eaf2"  # black is ink
    # a map has its own colours: white on it is no paper
    assert figure(page, "contour", "gd._fullData[1].marker.color") == "white"
    assert "Source Sans" in figure(page, "contour", "gd._fullLayout.font.family")
    shoot(page, "stage-dark")
    page.emulate_media(color_scheme="light")
    until(
        page,
        "() => document.querySelector('.st-key-data .stage-figure')._fullData[2].line.color"
        " === '#1d2333'",
    )


@pytest.mark.deep
def test_twenty_page_switches_lose_no_picture(page):
    for _ in range(10):
        go(page, "Words", "once")
        go(page, "Surface", *PICTURES)
    assert figure(page, "surface", "gd.querySelectorAll('canvas').length") >= 1
    lost = "gd._fullLayout.scene._scene.glplot.contextLost"
    assert not figure(page, "surface", lost)
    shoot(page, "stage-light")


@pytest.mark.deep
def test_a_picture_comes_back_when_the_browser_takes_its_context(page):
    before = draws(page, "surface")
    figure(
        page,
        "surface",
        "gd._fullLayout.scene._scene.glplot.gl.getExtension('WEBGL_lose_context').loseContext()",
    )
    drawn(page, "surface", more_than=before)
    assert not figure(page, "surface", "gd._fullLayout.scene._scene.glplot.contextLost")


def test_a_sentence_stands_where_no_picture_can(visit, demo):
    page = visit(f"{demo}/words")
    drawn(page, "once", "curve", "follower")
    assert page.get_by_text("There is nothing to draw yet.").is_visible()
    page.get_by_text("broken").click()
    page.get_by_text("The window is empty.").wait_for()
    assert len(trace(page, "once", "data", "x")) == 6  # the last good picture stays
    page.get_by_text("broken").click()
    page.get_by_text("The window is empty.").wait_for(state="hidden")


def test_a_curve_of_one_parameter_has_a_cursor_too(visit, demo):
    page = visit(f"{demo}/words")
    drawn(page, "curve", "follower")
    page.mouse.move(*pixel(page, "curve", 2, 3))
    until(
        page,
        "() => /slope (2|1.99\\d|2.00\\d)  ·  loss (1|0.99\\d|1.0\\d*)/.test("
        "document.querySelector('.st-key-curve .stage-readout').textContent)",
    )
    assert page.locator(".st-key-curve .stage-ring").count() == 1


def test_the_stage_says_when_the_library_cannot_be_loaded(demo, visit):
    page = visit(f"{demo}/linked", calm=False)
    page.route("**/plotly-*.js", lambda route: route.abort())
    page.reload()
    page.get_by_text("the drawing library could not be loaded").first.wait_for()


def test_a_picture_follows_the_width_of_the_page(page):
    wide = figure(page, "contour", "gd._fullLayout.width")
    page.set_viewport_size({"width": 390, "height": 844})
    until(
        page,
        "(wide) => { const gd = document.querySelector('.st-key-contour .stage-figure');"
        " return gd._fullLayout.width !== wide && gd._fullLayout.width === gd.clientWidth; }",
        wide,
    )
    assert figure(page, "contour", "document.documentElement.scrollWidth") <= 390
    page.wait_for_timeout(600)
    shoot(page, "stage-phone")


def test_the_stage_computes_what_numpy_computes(page):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 9))
    modules = (
        "async ([name, code]) => {"
        " const link = document.querySelector('link[href*=stage\\\\.css]');"
        " const m = await import(new URL(`./${name}.js`, link.href));"
        " return new Function('m', `return ${code}`)(m); }"
    )
    x_, y_ = x.tolist(), y.tolist()
    fit = page.evaluate(modules, ["lines", f"m.leastSquares({{x: {x_}, y: {y_}}})"])
    np.testing.assert_allclose(fit, np.polyfit(x, y, 1)[::-1], rtol=1e-9)
    grid = {"x": [0.0, 1.0, 3.0], "y": [-1.0, 2.0]}
    code = f"m.squaredSurface({{x: {x_}, y: {y_}}}, {json.dumps(grid)}).z.map(r => Array.from(r))"
    a, b = np.meshgrid(grid["x"], grid["y"])
    expected = ((a[..., None] + b[..., None] * x - y) ** 2).mean(-1)
    np.testing.assert_allclose(page.evaluate(modules, ["lines", code]), expected, rtol=1e-9)
    ramp = "{x: [0, 1, 3], y: [-1, 2], z: [[0, 1, 3], [6, 7, 9]]}"  # x + 2 (y + 1)
    code = f"[m.height({ramp}, 2, 0.5), m.height({ramp}, 3, 2), m.height({ramp}, 3.1, 0)]"
    inside, corner, outside = page.evaluate(modules, ["arrays", code])
    assert inside == pytest.approx(5)
    assert corner == pytest.approx(9)
    assert outside is None or np.isnan(outside)
    said = page.evaluate(
        modules,
        ["arrays", "[0, -1234.5678, 2e-7, 12345678, -0.0123, 1e5/3, NaN].map(v => m.say(v))"],
    )
    assert said == ["0", "−1,235", f"2{TIMES}10⁻⁷", f"1.235{TIMES}10⁷", "−0.0123", "33,333", "–"]
