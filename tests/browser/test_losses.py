"""Losses and classes in a real browser: a typed formula, numbers under the pointer, the line."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.conftest import drawn, draws, eventually, figure, pixel, settled, shoot

pytestmark = pytest.mark.browser


def values(page, key, expression):
    return np.array(figure(page, key, f"Array.from({expression})"), float)


def type_formula(page, expression):
    box = page.get_by_label("Formula", exact=True)
    box.fill(expression)
    box.press("Enter")


@pytest.mark.deep
def test_a_typed_formula_changes_curve_and_surface_and_a_bad_one_keeps_them(visit, app):
    page = visit(f"{app}/losses?data=anscombe&loss=formula&with=absolute")
    drawn(page, "loss-curves", "which-line")
    price = "gd._fullData.find(t => t.name === 'Your formula').y"
    surface = "gd._fullData.find(t => t.name === 'surface').z.map(row => Array.from(row)).flat()"
    curve, land = values(page, "loss-curves", price), values(page, "which-line", surface)
    assert curve[0] == pytest.approx(4**1.5, rel=1e-5)

    before = draws(page, "loss-curves"), draws(page, "which-line")
    type_formula(page, "a*r**2")
    drawn(page, "loss-curves", more_than=before[0])
    drawn(page, "which-line", more_than=before[1])
    settled(page)
    curve, changed = values(page, "loss-curves", price), values(page, "which-line", surface)
    assert curve[0] == pytest.approx(16, rel=1e-5)
    assert changed.shape != land.shape or not np.allclose(changed, land)

    type_formula(page, "a*r^2")
    page.get_by_text("The last one that could be read is shown.").wait_for()
    settled(page)
    assert page.get_by_text("Traceback").count() == 0
    np.testing.assert_array_equal(values(page, "loss-curves", price), curve)
    np.testing.assert_array_equal(values(page, "which-line", surface), changed)
    shoot(page, "losses-bad-formula")


def test_pointing_at_a_price_reads_every_loss_and_at_the_map_moves_the_misses(visit, app):
    page = visit(f"{app}/losses?data=anscombe")
    drawn(page, "loss-curves", "residuals", "which-line")
    page.mouse.move(*pixel(page, "loss-curves", 2.0, 5.0))
    page.wait_for_function(
        "() => document.querySelector('.st-key-loss-curves').innerText"
        ".match(/residual r (2|1\\.99|2\\.0)/)"
    )
    said = page.locator(".st-key-loss-curves").inner_text()
    assert "Squared error" in said
    assert "Absolute error" in said
    corners = "gd._fullData.find(t => t.name === 'residuals').y"
    before = values(page, "residuals", corners)
    page.locator(".st-key-which-line .stage-plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(
        "(old) => { const gd = document.querySelector('.st-key-residuals .stage-figure');"
        " const y = gd._fullData.find(t => t.name === 'residuals').y; return y[2] !== old; }",
        arg=float(before[2]),
    )


@pytest.mark.deep
def test_the_line_between_the_classes_follows_the_cursor(visit, app):
    page = visit(f"{app}/classification?bdata=iris_versicolor&n=41")
    drawn(page, "first", "second", "classes")
    lead = "gd._fullData.find(t => t.name === 'boundary').z[0]"
    before = values(page, "classes", lead)
    page.locator(".st-key-first .stage-plot").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(old) => { const gd = document.querySelector('.st-key-classes .stage-figure');"
        " return gd._fullData.find(t => t.name === 'boundary').z[0][0] !== old; }",
        arg=float(before[0]),
    )
    shoot(page, "classification")


@pytest.mark.deep
def test_the_regions_follow_the_cursor_and_are_those_the_model_wins(visit, app):
    page = visit(f"{app}/classification?task=multiclass&mdata=wine&penalty=l2&n=41")
    drawn(page, "first", "classes")
    flat = "gd._fullData.find(t => t.name === 'lead %d').z.map(row => Array.from(row)).flat()"
    before = values(page, "classes", flat % 0)
    page.locator(".st-key-first .stage-plot").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(old) => { const gd = document.querySelector('.st-key-classes .stage-figure');"
        " return gd._fullData.find(t => t.name === 'lead 0').z[0][0] !== old; }",
        arg=float(before[0]),
    )

    def won_by_one_class():  # and the runner-up is behind by as much as the winner leads
        leads = np.array([values(page, "classes", flat % c) for c in range(3)])
        np.testing.assert_array_equal((leads > 0).sum(0) <= 1, True)
        first, second = np.sort(leads, axis=0)[:-3:-1]
        np.testing.assert_allclose(first, -second, atol=1e-4)
        assert not np.allclose(leads[0], before)

    eventually(page, won_by_one_class)
