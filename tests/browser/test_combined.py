"""Combined losses and Losses for acting in a browser: one drag, and everything that must agree."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from lossviz.acting import ENVIRONMENTS
from lossviz.combined import SCENES, trade_off
from lossviz.text import number
from tests.browser.conftest import drawn, draws, eventually, figure, pixel, settled, shoot

pytestmark = pytest.mark.browser
TERMS = tuple(f"comb-term-{place}" for place in range(3))


def marked(page, key, name, axes):
    """Where a marker of one point stands."""
    code = f"gd._fullData.find(t => t.name === '{name}')"
    return np.array([figure(page, key, f"{code}.{axis}[0]") for axis in axes], float)


def asked(page, key):
    return parse_qs(urlsplit(page.url).query).get(key, [""])[0]


def agree(page, weight):
    """Every picture and the sentence show the sum's minimum at this weight."""
    found = trade_off(SCENES["bowls"][1](), [weight])
    theta, losses = found.thetas[0], found.losses[0]
    np.testing.assert_allclose(marked(page, "comb-front", "chosen", "xy"), losses, rtol=1e-5)
    np.testing.assert_allclose(marked(page, "comb-angles", "chosen", "xy"), theta, rtol=1e-5)
    for key in TERMS:
        np.testing.assert_allclose(marked(page, key, "chosen", "xy"), theta, rtol=1e-5)
    total = weight * losses[0] + (1 - weight) * losses[1]
    height = marked(page, "comb-term-2", "chosen", "z")[0]
    assert height == pytest.approx(total, abs=0.04 * 28)  # lifted, so that it is not half buried
    said = page.locator(".st-key-lead").inner_text()
    assert number(losses[0]) in said
    assert number(losses[1]) in said


def test_a_point_dragged_along_the_front_is_the_weight_everywhere(visit, app):
    page = visit(f"{app}/combined")
    drawn(page, *TERMS, "comb-front", "comb-angles")
    agree(page, 0.5)
    n = draws(page, "comb-front")
    found = trade_off(SCENES["bowls"][1](), [0.5, 0.2])
    start, end = (pixel(page, "comb-front", *losses) for losses in found.losses)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('comb-weight')")
    drawn(page, "comb-front", more_than=n)
    settled(page)

    def dragged():
        weight = float(asked(page, "comb-weight"))
        assert weight == pytest.approx(0.2, abs=0.03)
        agree(page, weight)

    eventually(page, dragged)
    shoot(page, "combined-dragged")


@pytest.mark.deep
def test_a_dragged_start_is_where_the_agents_begin(visit, app):
    page = visit(f"{app}/acting?act-world=two_arms&act-steps=5&act-episodes=2")
    drawn(page, "act-surface", "act-map", "act-returns")
    n = draws(page, "act-map")
    start, end = pixel(page, "act-map", -4, 0), pixel(page, "act-map", 2, 3)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('act-b')")
    drawn(page, "act-map", more_than=n)
    settled(page)

    def begun():
        here = np.array([float(asked(page, "act-a")), float(asked(page, "act-b"))])
        np.testing.assert_allclose(here, [2, 3], atol=0.2)
        np.testing.assert_allclose(marked(page, "act-map", "start", "xy"), here, rtol=1e-5)
        value = float(ENVIRONMENTS["two_arms"].make(0.0, 0.0).returns(here))
        code = "gd._fullData.find(t => t.name === 'Policy gradient').y[0]"
        assert figure(page, "act-returns", code) == pytest.approx(value, rel=1e-5)
        sentences = page.locator(".st-key-what-you-see").inner_text()
        assert re.search(rf"from a return of {re.escape(number(value, 3))}", sentences)

    eventually(page, begun)
    shoot(page, "acting-dragged")


@pytest.mark.deep
def test_the_cells_of_the_value_map_are_the_values_with_a_true_minus(visit, app):
    page = visit(f"{app}/acting?act-world=grid&act-steps=5&act-episodes=2")
    drawn(page, "act-values", "act-returns")
    world = ENVIRONMENTS["grid"].make(0.9, 0.0)

    def written(step):
        theta = np.array([1.0, 0.0])
        for _ in range(step):
            theta = theta - world.gradient(theta)
        cells = page.locator(".st-key-act-values .heatmap-label text").all_text_contents()
        wanted = [f"{value:.2f}".replace("-", "−") for value in world.state_values(theta)]
        assert "−" in "".join(wanted)
        assert [re.sub("^[a-z]+", "", cell) for cell in cells] == wanted

    eventually(page, lambda: written(5))
    page.locator(".st-key-act-player input[type=range]").press("ArrowLeft")
    eventually(page, lambda: written(4))
