"""The regularization lens in a browser: λ moves, a weight reads exactly 0, cameras are one."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import drawn, draws, eventually, figure, pixel, settled, shoot

SURFACES = ("reg-data", "reg-penalty", "reg-sum")
SHARE = (
    "gd._fullLayout.scene._scene.camera && JSON.stringify(gd._fullLayout.scene._scene"
    ".getCamera().eye)"
)


def test_moving_the_strength_brings_a_weight_to_exactly_zero(app, visit):
    page = visit(f"{app}/regularization?penalty-l1-strength=48.6")
    drawn(page, *SURFACES, "reg-map", "reg-weights")
    player = page.locator(".st-key-reg-player")
    assert "exactly 0" not in player.inner_text()
    before = figure(page, "reg-sum", "Array.from(gd.data[0].z[0]).slice(0, 3)")
    page.sent.clear()
    slider = player.locator("input[type=range]")
    slider.evaluate("e => { e.value = 58; e.dispatchEvent(new Event('input')); }")
    page.wait_for_function(
        "() => document.querySelector('.st-key-reg-player').innerText.includes('s5 exactly 0')"
    )
    page.wait_for_function(
        "() => document.querySelector('.st-key-reg-map .stage-figure').data"
        ".find(t => t.name === 'minimum').y[0] === 0"
    )
    assert page.sent == []  # all of that happened in the browser
    assert figure(page, "reg-sum", "Array.from(gd.data[0].z[0]).slice(0, 3)") != before
    slider.evaluate("e => e.dispatchEvent(new Event('change'))")
    page.wait_for_function("() => location.search.includes('strength=88.2')")
    settled(page)
    assert "s5 is exactly 0 from" in page.locator(".st-key-what-you-see").inner_text().replace(
        "weight of ", ""
    )
    shoot(page, "regularization")


@pytest.mark.deep
def test_the_three_cameras_are_one(app, visit):
    page = visit(f"{app}/regularization")
    drawn(page, *SURFACES)
    seen = {key: draws(page, key) for key in SURFACES}
    picture = page.locator(".st-key-reg-data .stage-plot")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = figure(page, "reg-sum", SHARE)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 10, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "([start]) => { const eye = (key) => { const gd = document.querySelector("
        "`.st-key-${key} .stage-figure`); const s = gd._fullLayout.scene._scene;"
        " return s.getCamera().eye; }; const close = (p, q) => Math.abs(p.x - q.x) < 1e-3 &&"
        " Math.abs(p.y - q.y) < 1e-3 && Math.abs(p.z - q.z) < 1e-3;"
        " const d = eye('reg-data'); return JSON.stringify(d) !== start &&"
        " close(d, eye('reg-penalty')) && close(d, eye('reg-sum')); }",
        arg=[start],
    )
    assert all(draws(page, key) >= seen[key] for key in SURFACES)


@pytest.mark.deep
def test_the_small_networks_answers_follow_one_cursor_without_the_server(app, visit):
    page = visit(f"{app}/regularization?reg-panel=network&task=binary")
    answers = ("reg-net-fit-without", "reg-net-fit-with")
    drawn(page, "reg-net-without", "reg-net-with", *answers, "reg-net-cut", "reg-net-sizes")
    scenes = page.evaluate(
        "() => [...document.querySelectorAll('.stage-figure')].filter("
        "gd => gd.data && gd.data.some(t => t.type === 'surface')).length"
    )
    assert scenes == 3
    heights = "String(gd.data.find(t => t.name === 'boundary').z.map(r => Array.from(r)[7]))"
    before = [figure(page, key, heights) for key in answers]
    page.sent.clear()
    page.mouse.move(*pixel(page, "reg-net-with", 0.6, -0.5))
    for key, was in zip(answers, before, strict=True):
        page.wait_for_function(
            "([key, code, was]) => new Function('gd', `return ${code}`)("
            "document.querySelector(`.st-key-${key} .stage-figure`)) !== was",
            arg=[key, heights, was],
        )
    assert page.sent == []
    shoot(page, "regularization-network")


@pytest.mark.deep
def test_a_chosen_strength_keeps_its_minimum_in_the_window(app, visit):
    page = visit(
        f"{app}/regularization?task=binary&bdata=blobs&bdata-blobs-distance=8&penalty=l2"
        "&penalty-l2-strength=1e-05"
    )
    drawn(page, "reg-map")
    inside = figure(
        page,
        "reg-map",
        "(({xaxis, yaxis}, {x, y}) => xaxis.range[0] < x[0] && x[0] < xaxis.range[1]"
        " && yaxis.range[0] < y[0] && y[0] < yaxis.range[1])"
        "(gd._fullLayout, gd.data.find(t => t.name === 'minimum'))",
    )
    assert inside


@pytest.mark.deep
def test_the_minimum_is_dragged_along_its_path_on_map_and_surface(app, visit):
    page = visit(f"{app}/regularization?penalty-l1-strength=48.6")
    drawn(page, *SURFACES, "reg-map")
    marked = "(t => [t.x[0], t.y[0], t.z?.[0]])(gd.data.find(t => t.name === 'minimum'))"
    for key in ("reg-map", "reg-sum"):
        page.locator(f".st-key-{key}").scroll_into_view_if_needed()
        before, sent = figure(page, key, marked), len(page.sent)
        step = page.locator(".st-key-reg-player input[type=range]").input_value()
        x, y = _place(page, key, before)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 8, y, steps=2)
        page.mouse.move(x + 25, y - 25, steps=8)
        page.wait_for_function(
            "was => document.querySelector('.st-key-reg-player input').value !== was", arg=step
        )
        page.wait_for_function(
            "was => (gd => gd.data.find(t => t.name === 'minimum').x[0] !== was)("
            "document.querySelector('.st-key-reg-data .stage-figure'))",
            arg=before[0],
        )
        assert len(page.sent) == sent  # the server hears of the release
        link = page.url
        page.mouse.up()
        page.wait_for_function("was => location.href !== was", arg=link)
        settled(page)


@pytest.mark.deep
def test_the_budget_is_dragged_on_map_and_surface_and_read_out(app, visit):
    page = visit(f"{app}/regularization?penalty-l1-strength=48.6&reg-view=budget")
    drawn(page, *SURFACES, "reg-map")
    readout = page.locator(".st-key-reg-player .stage-readout")

    def budget():
        return float(re.search(r"budget ([\d.]+)", readout.inner_text()).group(1))

    def larger(now, before):
        assert now > before

    corner = "(t => [Math.max(...t.x), t.y[t.x.indexOf(Math.max(...t.x))], null])"
    held = {
        "reg-map": f"{corner}(gd._fullData.find(t => t.name === 'budget'))",
        "reg-sum": "(t => [t.x[0], t.y[0], t.z[0]])(gd.data.find(t => t.name === 'minimum'))",
    }
    for key, grip in held.items():
        page.locator(f".st-key-{key}").scroll_into_view_if_needed()
        before, sent, link = budget(), len(page.sent), page.url
        x, y = _place(page, key, figure(page, key, grip))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 8, y, steps=2)
        page.mouse.move(x + 25, y - 5 if key == "reg-map" else y - 25, steps=8)
        eventually(page, lambda before=before: larger(budget(), before))
        assert len(page.sent) == sent
        page.mouse.up()
        page.wait_for_function("was => location.href !== was", arg=link)
        settled(page)


def _place(page, key, point):
    """Pixels of a point of a picture, flat or solid."""
    return page.evaluate(
        """async ([key, [x, y, z]]) => {
            const gd = document.querySelector(`.st-key-${key} .stage-figure`);
            const box = gd.getBoundingClientRect();
            const { xaxis, yaxis, scene } = gd._fullLayout;
            if (z === null || z === undefined) return [box.left + xaxis._offset + xaxis.d2p(x),
                                                       box.top + yaxis._offset + yaxis.d2p(y)];
            const { cameraParams: m, canvas } = scene._scene.glplot;
            const times = (m, v) => [0, 1, 2, 3].map((r) =>
                m[r] * v[0] + m[4 + r] * v[1] + m[8 + r] * v[2] + m[12 + r] * v[3]);
            const at = [x, y, z].map((value, i) => value * scene._scene.dataScale[i]);
            const [px, py, , w] = times(m.projection, times(m.view, times(m.model, [...at, 1])));
            const wide = canvas.getBoundingClientRect();
            return [wide.left + (0.5 + px / w / 2) * wide.width,
                    wide.top + (0.5 - py / w / 2) * wide.height]; }""",
        [key, point],
    )
