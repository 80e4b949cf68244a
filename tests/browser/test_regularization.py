"""The regularization lens in a browser: λ moves, a weight reads exactly 0, cameras are one."""

from __future__ import annotations

from tests.browser.conftest import drawn, draws, figure, settled, shoot

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
    assert "s5 becomes exactly 0" in page.locator(".st-key-what-you-see").inner_text().replace(
        "weight of ", ""
    )
    shoot(page, "regularization")


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
