"""The Outliers lens, used as a person uses it: one drag, and everything that must agree."""

import re

import numpy as np
import pytest

from tests.browser.conftest import drawn, draws, eventually, figure, pixel, settled, shoot

pytestmark = pytest.mark.browser
PICTURES = tuple(f"outliers-{name}" for name in ("data", "shares", "squared", "absolute", "third"))


def values(page, key, name, attribute):
    code = f"Array.from(gd._fullData.find(t => t.name === '{name}').{attribute})"
    return np.array(figure(page, f"outliers-{key}", code), float)


def slopes(page):
    """The slope of each drawn line, and of each marked minimum."""
    lines = [
        np.polyfit(values(page, "data", name, "x"), values(page, "data", name, "y"), 1)[0]
        for name in ("Squared error", "Absolute error", "Huber")
    ]
    marks = [values(page, key, "minimum", "y").mean() for key in ("squared", "absolute", "third")]
    return np.array(lines), np.array(marks)


def exact(page):
    """The slopes of an exact fit to the very points that are drawn, by the stage's own modules."""
    x, y = (values(page, "data", "data", axis).tolist() for axis in "xy")
    return page.evaluate(
        "async ([x, y]) => {"
        " const link = document.querySelector('link[href*=stage\\\\.css]');"
        " const m = await import(new URL('./exact.js', link.href)); const p = {x, y};"
        " return [m.squares(p), m.pinball(p), m.huber(p, 1)].map((fit) => fit.best[1]); }",
        [x, y],
    )


def test_a_point_dragged_up_takes_squared_error_along_and_the_link_brings_it_back(visit, app):
    page = visit(f"{app}/outliers?drawn=maps&third=1")
    drawn(page, *PICTURES)
    before, marked = slopes(page)
    np.testing.assert_allclose(before, [0.4997, 0.345, 0.393], atol=2e-4)
    np.testing.assert_allclose(marked, before, atol=1e-5)
    n = draws(page, "outliers-data")

    start, end = pixel(page, "outliers-data", 13, 12.74), pixel(page, "outliers-data", 13, 6.0)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.wait_for_function(
        "() => document.querySelector('.st-key-outliers-data .stage-figure')._fullData[0].y[2] < 8"
    )

    def agree():  # without the server: the lines are the dragged points' own
        np.testing.assert_allclose(slopes(page)[0], exact(page), atol=1e-4)

    eventually(page, agree)
    page.mouse.move(start[0], start[1] - 12, steps=4)
    page.mouse.up()
    # what was heard while the point rested on the way may come first
    page.wait_for_function(
        "() => /points=2:1[23][\\d.]*,1[3-9]/.test(decodeURIComponent(location.search))"
    )
    drawn(page, "outliers-data", more_than=n)
    page.wait_for_function(
        "() => document.querySelector('.st-key-what-you-see').textContent.includes('furthest')"
    )
    settled(page)

    def link_text_and_picture_hold_one_point():
        link = re.search(r"points=2%3A([\d.]+)%2C([\d.]+)|points=2:([\d.]+),([\d.]+)", page.url)
        x, y = (float(g) for g in link.groups() if g)
        assert (values(page, "data", "data", "x")[2], values(page, "data", "data", "y")[2]) == (
            pytest.approx((x, y), rel=1e-5)
        )
        box = page.locator("[data-testid=stSidebar] input[aria-label=Edits]")
        assert box.input_value() == f"2:{x:g},{y:g}"

    eventually(page, link_text_and_picture_hold_one_point)
    eventually(page, agree)
    # lines and marks agree with an exact fit, and squared error moved further
    after, marked = slopes(page)
    np.testing.assert_allclose(after, exact(page), atol=1e-4)
    np.testing.assert_allclose(marked, after, atol=1e-4)
    said = page.locator(".st-key-what-you-see").inner_text()
    assert "Squared error's minimum moved furthest" in said
    assert abs(after[0] - before[0]) > 10 * abs(after[1] - before[1])
    shoot(page, "outliers-dragged")

    page.reload()
    settled(page)
    drawn(page, *PICTURES)
    again, _ = slopes(page)
    np.testing.assert_allclose(again, after, atol=1e-6)
    assert page.locator(".st-key-what-you-see").inner_text() == said


@pytest.mark.deep
def test_three_surfaces_under_one_camera(visit, app):
    page = visit(f"{app}/outliers?points=2:13,40&third=1")
    drawn(page, *PICTURES)
    scene = "gd._fullLayout.scene._scene.getCamera().eye.x"
    box = page.locator(".st-key-outliers-absolute .stage-plot").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = figure(page, "outliers-squared", scene)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1], steps=3)
    page.mouse.up()

    def together():
        turned = [figure(page, f"outliers-{k}", scene) for k in ("squared", "absolute", "third")]
        assert turned[0] != pytest.approx(start, abs=0.02)
        assert turned == pytest.approx([turned[0]] * 3, abs=1e-3)

    eventually(page, together)
    shoot(page, "outliers")
