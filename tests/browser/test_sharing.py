"""Share: what is copied, saved or downloaded opens again as it was, checked in the browser."""

import io
import json
import xml.etree.ElementTree as ET
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.landscapes.file import load_landscape
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from tests.browser.conftest import ROOT, drawn, figure, serving, settled, watched

pytestmark = pytest.mark.browser
STATE = "surface?data=anscombe&loss=absolute"
FLAT = f"{STATE}&model=constant"  # a curve and no scene: quick where the panel is what is tested


def share(page, tab="Link"):
    """Open the panel at one of its tabs."""
    page.locator(".st-key-share [data-testid=stPopoverButton]").click()
    page.locator(".share").first.wait_for()
    page.get_by_role("tab", name=tab).click()
    page.locator(".share button:visible").first.wait_for()


def named(page, text):
    return page.locator(".share").get_by_role("button", name=text, exact=True)


def heights(page, key="surface"):
    found = figure(page, key, "gd._fullData.find(t => t.type === 'surface').z.map(r => [...r])")
    return np.array(found, float)


def eye(page, key="surface"):
    code = "(({x, y, z}) => [x, y, z])(gd._fullLayout.scene._scene.getCamera().eye)"
    return figure(page, key, code)


def turned(page, key="surface"):
    """Look from above, and wait until the scene does."""
    page.locator(f".st-key-{key} .stage").hover()
    page.locator(f".st-key-{key}").get_by_label("From above").click()
    page.wait_for_function(
        "key => { const s = document.querySelector(`.st-key-${key} .stage-figure`)._fullLayout"
        ".scene._scene; return Math.abs(s.getCamera().eye.x) < 1e-3 }",
        arg=key,
    )
    return eye(page, key)


def saved(page, click):
    with page.expect_download() as waiting:
        click()
    return waiting.value


def test_a_copied_link_opens_the_same_picture(visit, app):
    page = visit(f"{app}/{STATE}")
    drawn(page, "surface")
    camera = turned(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app)
    share(page)
    named(page, "Copy link").click()
    page.get_by_text("Copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "view=c.surface" in link
    other = visit(link)
    drawn(other, "surface")
    np.testing.assert_allclose(eye(other), camera, atol=1e-3)
    np.testing.assert_array_equal(heights(other), heights(page))


@pytest.mark.deep
def test_what_is_ticked_is_left_out_and_the_code_is_of_that_link(visit, app):
    page = visit(f"{app}/{STATE}")
    drawn(page, "surface")
    share(page)
    for name in ("the sidebar", "the tasks"):
        page.get_by_label(name).check()
    link = page.locator(".share-link").input_value()
    assert link.endswith("hide=sidebar,tasks")
    named(page, "QR code").click()
    page.wait_for_function("document.querySelector('.share-code img')?.naturalWidth > 0")
    other = visit(link)
    drawn(other, "surface")
    assert not other.locator("[data-testid=stSidebar]").is_visible()
    assert not other.locator(".st-key-try-this").is_visible()
    assert other.locator(".st-key-controls").is_visible()


@pytest.mark.deep
def test_a_link_too_long_for_a_code_is_told(visit, app):
    page = visit(f"{app}/surface?points=" + "%3B".join(f"{i % 9}:1,{i}" for i in range(700)),
                 calm=False)  # fmt: skip
    share(page)
    named(page, "QR code").click()
    page.get_by_text("a QR code holds 2,953").wait_for()


@pytest.mark.deep
def test_the_snippet_shows_the_page_inside_another(browser, monkeypatch, tmp_path):
    serve = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    serve.log_message = lambda *a: None
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as course:
        Thread(target=course.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{course.server_port}"
        monkeypatch.setenv("LOSSVIZ_FRAME_ANCESTORS", f"'self' {home}")
        with serving(ROOT / "app.py") as url:
            page = watched(browser.new_page(), url)
            page.set_default_timeout(120_000)
            page.goto(f"{url}/{FLAT}")
            settled(page)
            share(page)
            page.get_by_text("Show it inside another page").click()
            page.get_by_label("the sidebar").check()
            page.get_by_label("Width").fill("800")
            page.get_by_text(home).wait_for()  # who may show it is said
            snippet = page.get_by_label("HTML for a course page").input_value()
            (tmp_path / "course.html").write_text(f"<h1>Lecture 3</h1>{snippet}")
            page.goto(f"{home}/course.html")
            frame = page.frame_locator("iframe")
            frame.locator(".st-key-curve .stage[data-drawn]").wait_for()
            assert page.locator("iframe").bounding_box()["width"] == 800
            assert not frame.locator("[data-testid=stSidebar]").is_visible()
            page.close()
        course.shutdown()


@pytest.mark.deep
def test_the_page_as_a_file_needs_no_network_and_shows_the_same(visit, app, browser, tmp_path):
    page = visit(f"{app}/{STATE}")
    drawn(page, "surface", "map", "fit")
    camera, z = turned(page), heights(page)
    share(page, "Files")
    whole = named(page, "All pictures as one interactive page (HTML)")
    saved(page, whole.click).save_as(tmp_path / "alone.html")
    offline = browser.new_context(offline=True)
    asked = []
    offline.on("request", lambda request: asked.append(request.url))
    alone = offline.new_page()
    problems = []
    alone.on("pageerror", lambda error: problems.append(str(error)))
    alone.set_default_timeout(120_000)
    alone.goto((tmp_path / "alone.html").as_uri())
    alone.wait_for_function(
        "document.querySelectorAll('.js-plotly-plot').length === 3 && "
        "document.querySelector('.js-plotly-plot')._fullLayout.scene?._scene"
    )
    found = alone.evaluate(
        "(gd => ({z: gd._fullData.find(t => t.type === 'surface').z.map(r => [...r]),"
        " eye: gd._fullLayout.scene._scene.getCamera().eye}))"
        "(document.querySelector('.js-plotly-plot'))"
    )
    np.testing.assert_array_equal(np.array(found["z"], float), z)
    np.testing.assert_allclose([found["eye"][axis] for axis in "xyz"], camera, atol=1e-3)
    assert not problems
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    offline.close()


@pytest.mark.deep
def test_pictures_and_numbers_are_those_of_the_page(visit, app):
    page = visit(f"{app}/{STATE}")
    drawn(page, "surface", "map")
    box = page.locator(".st-key-map .stage-plot").evaluate("e => [e.clientWidth, e.clientHeight]")
    share(page, "Files")
    page.locator(".share select:visible").first.select_option(index=1)
    for scale in (1, 3):  # the panel stays open from one file to the next
        page.get_by_label("Scale of the PNG").select_option(str(scale))
        png = saved(page, named(page, "PNG").click).path().read_bytes()
        assert png.startswith(b"\x89PNG")
        size = [int.from_bytes(png[at : at + 4], "big") for at in (16, 20)]
        assert size == [scale * length for length in box]
    svg = ET.parse(saved(page, named(page, "SVG").click).path()).getroot()
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert [float(svg.attrib[side]) for side in ("width", "height")] == box

    row = page.locator(".st-key-take-1")
    assert "Surface" in row.inner_text()
    npz = saved(page, row.get_by_role("button", name="NPZ").click).path().read_bytes()
    land = load_landscape(npz)
    risk = Risk(DATASETS["anscombe"]().draw(), MODELS["line"](), LOSSES["absolute"]())
    grid = np.stack(np.meshgrid(land.a, land.b), axis=-1)
    np.testing.assert_allclose(land.values, risk.value(grid), rtol=1e-9)
    text = saved(page, row.get_by_role("button", name="CSV").click).path().read_text()
    table = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1)
    np.testing.assert_array_equal(table[:, 2], land.values.ravel())


def elements(content, within=(0x18538067, 0x1F43B675)):
    """The elements of a WebM file, of some kinds their contents: (id, bytes)."""
    at = 0
    while at < len(content):
        width = 9 - content[at].bit_length()
        id = int.from_bytes(content[at : at + width], "big")
        size = int.from_bytes(content[at + width + 1 : at + width + 8], "big")
        at += width + 8
        held = content[at : at + size]
        yield from elements(held, within) if id in within else [(id, held)]
        at += size


FILMS = [  # a link, a picture of the film, and whether it has to be chosen
    ("gradient_descent?steps=4&opts=gd", "descent-surface", ""),
    ("neural_networks?net-panel=replay&net-width=4&net-blocks=3&net-steps=4&net-lr=0.3"
     "&bdata-moons-n=40", "net-replay-skip", "With skips: the data and the predictions at"),
]  # fmt: skip


@pytest.mark.deep
@pytest.mark.parametrize(("link", "key", "choice"), FILMS, ids=["descent", "training"])
def test_a_film_of_what_is_played_shows_its_steps(visit, app, link, key, choice):
    page = visit(f"{app}/{link}")
    drawn(page, key)
    first, then = ("Step back", "3 of 4") if choice else ("Step forward", "1 of 4")
    page.locator(".stage-player").get_by_label(first).click()
    step = page.locator(".stage-player output").inner_text()
    assert step.endswith(then)
    share(page, "Files")
    if choice:
        menu = page.locator(".share label").filter(has_text="Picture").locator("select")
        menu.select_option(menu.locator("option").filter(has_text=choice).get_attribute("value"))
    film = saved(page, named(page, "Film of the player's steps (WebM)").click)
    content = film.path().read_bytes()
    assert film.suggested_filename.endswith("-play.webm")
    found = list(elements(content))
    times = [int.from_bytes(held, "big") for id, held in found if id == 0xE7]
    assert len(times) == 6  # the start, four steps, and a rest on the last
    assert times == sorted(set(times))
    frames = [held for id, held in found if id == 0xA3]
    assert len(set(frames)) == 5  # no two steps look the same
    # a browser plays it to its end
    seen = page.evaluate(
        """async (bytes) => {
          const video = document.createElement("video");
          const blob = new Blob([new Uint8Array(bytes)], { type: "video/webm" });
          video.src = URL.createObjectURL(blob);
          await new Promise((done, fail) => { video.onloadeddata = done; video.onerror = fail; });
          return [video.videoWidth, video.duration];
        }""",
        list(content),
    )
    assert seen[0] == 960
    assert 1000 * seen[1] > times[-1]
    # the player stands where it stood
    assert page.locator(".stage-player output").inner_text() == step


@pytest.mark.deep
def test_saved_states_outlive_the_tab_and_travel_in_a_file(visit, app, tmp_path):
    page = visit(f"{app}/{FLAT}")
    drawn(page, "curve")
    page.evaluate("localStorage.removeItem('lossviz.saved')")
    share(page, "Saved")
    for title in ("Absolute <b>error</b>", "Twice"):
        page.get_by_label("Title of the state").fill(title)
        named(page, "Save this state").click()
        page.get_by_label(f"Delete {title}").wait_for()
    kept = saved(page, named(page, "Export all").click)
    kept.save_as(tmp_path / "states.json")
    page.get_by_label("Delete Twice").click()
    page.wait_for_function("document.querySelectorAll('.share-list li').length === 1")
    named(page, "Undo").click()
    page.wait_for_function("document.querySelectorAll('.share-list li').length === 2")
    page.get_by_label("Delete Twice").click()
    page.get_by_label("Rename Absolute <b>error</b>").click()
    page.get_by_label("New title").fill("Absolute error")
    page.get_by_label("New title").press("Enter")
    page.get_by_text("Renamed.").wait_for()
    page.close()

    held = json.loads((tmp_path / "states.json").read_text())
    assert [state["title"] for state in held["states"]] == ["Twice", "Absolute <b>error</b>"]
    page = visit(f"{app}/surface?data=anscombe&model=constant")  # another tab, another state
    share(page, "Saved")
    item = page.locator(".share-list li")
    assert item.locator("a").inner_text() == "Absolute error"
    assert item.locator("img").evaluate("e => e.naturalWidth") == 320
    chooser = page.locator(".share input[type=file]")
    bad = {
        "This file is no JSON": b"a,b\n1,2\n",
        "holds no saved states": b'{"format": "other/1", "states": []}',
        "State 1 of this file is not one of lossviz's": json.dumps(
            {**held, "states": [{**held["states"][0], "link": "https://evil.example/"}]}
        ).encode(),
        "This file is too large": b" " * 5_000_001,
    }
    for sentence, content in bad.items():
        chooser.set_input_files(
            {"name": "x.json", "mimeType": "application/json", "buffer": content}
        )
        page.get_by_text(sentence).wait_for()
    assert item.count() == 1
    chooser.set_input_files(tmp_path / "states.json")
    page.get_by_text("1 imported, 1 were here already.").wait_for()
    assert item.count() == 2
    page.get_by_role("link", name="Absolute error").click()  # it opens as it was saved
    page.wait_for_function(
        "() => document.querySelector('.st-key-loss input')?.value === 'Absolute error'"
    )
    assert "loss=absolute" in page.url


@pytest.mark.deep
def test_two_saved_states_stand_under_one_camera(visit, app):
    link = "surface?data=anscombe&loss="
    states = [
        {"id": id, "title": id, "link": link + id, "made": "2026-01-01T00:00:00Z", "picture": ""}
        for id in ("absolute", "huber")
    ]
    kept = json.dumps({"format": "lossviz-states/1", "states": states})
    page = visit(f"{app}/{FLAT}")
    page.evaluate("text => localStorage.setItem('lossviz.saved', text)", kept)
    share(page, "Saved")
    for state in states:
        page.get_by_label(f"Compare {state['title']}").check()
    named(page, "Compare the two ticked").click()
    frames = [page.frame_locator(f".share-compare iframe >> nth={k}") for k in (0, 1)]
    for frame in frames:
        frame.locator(".st-key-surface .stage[data-drawn]").wait_for()
        assert not frame.locator("[data-testid=stSidebar]").is_visible()
    frames[0].locator(".st-key-surface .stage").hover()
    frames[0].locator(".st-key-surface").get_by_label("From above").click()
    page.wait_for_function(
        """() => [...document.querySelectorAll(".share-compare iframe")].every((frame) => {
          const scene = frame.contentDocument.querySelector(".st-key-surface .stage-figure")
            ?._fullLayout?.scene?._scene;
          return scene && Math.abs(scene.getCamera().eye.x) < 1e-3;
        })"""
    )
    page.get_by_role("button", name="Close").click()
    page.locator(".share-compare").wait_for(state="detached")
