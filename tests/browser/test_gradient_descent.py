"""The gradient descent lens, used as a person uses it."""

import re

import numpy as np
import pytest

from lossviz.descent import descend
from lossviz.objectives.analytic import ConvexQuadratic
from lossviz.optimizers import OPTIMIZERS
from tests.browser.conftest import drawn, draws, figure, pixel, settled, shoot

pytestmark = pytest.mark.browser
PICTURES = ("descent-surface", "descent-map", "descent-excess", "descent-slope", "descent-away")
# Looks and pauses within one task of the browser: on a slow machine a path may end meanwhile.
PAUSED = """() => {
  const player = document.querySelector('.st-key-descent-player');
  const k = player.querySelector('input[type=range]').value;
  player.querySelector('[data-act=play]').click();
  return k;
}"""
LINK = "gradient_descent?objective=quadratic&shape-quadratic-kappa=5&height-quadratic=linear"


def line(page, key, name):
    code = f"(t => [t.x, t.y].map(v => Array.from(v)))(gd.data.find(t => t.name === '{name}'))"
    return np.array(figure(page, key, code), float).T


def wait_for(page, key, name, test):
    """Until a trace ``t`` of a picture passes a test written in JavaScript."""
    page.wait_for_function(
        f"() => document.querySelector('.st-key-{key} .stage-figure').data"
        f".some((t) => t.name === '{name}' && {test})"
    )


@pytest.fixture
def bowl(visit, app):
    page = visit(f"{app}/{LINK}&opts=gd.adam&focus=gd&rate-gd=0.05&steps=60")
    drawn(page, *PICTURES)
    return page


def caption(page):
    return page.locator(".st-key-descent-player p").inner_text()


@pytest.mark.deep
def test_a_click_starts_there_and_the_player_steps_back_through_the_numbers(bowl):
    page = bowl
    n = draws(page, "descent-map")
    page.mouse.click(*pixel(page, "descent-map", -6.0, 4.0))
    page.wait_for_url(re.compile(r"start-a=-[56]"))
    drawn(page, "descent-map", more_than=n)
    settled(page)
    # The player, a component of its own, shows the new path whole a moment after the map came.
    wait_for(page, "descent-map", "Gradient descent", "t.x.length === 61")
    start = line(page, "descent-map", "start")[0]
    assert start == pytest.approx((-6, 4), abs=0.2)
    path = descend(ConvexQuadratic(kappa=5), OPTIMIZERS["gd"](lr=0.05), start, 60)
    whole = line(page, "descent-map", "Gradient descent")
    np.testing.assert_allclose(whole, path.points, atol=1e-4)

    sent = len(page.sent)
    page.locator(".st-key-descent-player select").select_option("0.25")
    page.locator("[data-act=play]").click()
    page.wait_for_function(
        "() => document.querySelector('.st-key-descent-player input[type=range]').value > 1"
    )
    assert len(page.sent) == sent  # playing needs no server
    k = int(page.wait_for_function(PAUSED).json_value())
    slider = page.locator(".st-key-descent-player input[type=range]")
    assert int(slider.input_value()) == k < 60
    page.get_by_label("Step back").click()
    settled(page)
    assert int(slider.input_value()) == k - 1
    # pictures are drawn in the next animation frame
    wait_for(page, "descent-map", "Gradient descent", f"t.x.length === {k}")
    wait_for(page, "descent-excess", "Gradient descent now", f"t.x[0] === {k - 1}")
    shown = line(page, "descent-map", "Gradient descent")
    np.testing.assert_allclose(shown, path.points[:k], atol=1e-4)
    numbers = re.search(r"θ \(([−\d.e-]+), ([−\d.e-]+)\)", caption(page)).groups()
    assert [float(v.replace("−", "-")) for v in numbers] == pytest.approx(
        path.points[k - 1], rel=1e-3, abs=1e-3
    )
    chart = line(page, "descent-excess", "Gradient descent now")
    assert chart[0] == pytest.approx((k - 1, path.values[k - 1]), rel=1e-3)
    page.wait_for_function("k => document.body.innerText.includes(`from point ${k} to`)", arg=k - 1)
    shoot(page, "gradient-descent")


def test_the_paths_follow_the_dragged_start_without_the_server(bowl):
    page = bowl
    ring = line(page, "descent-map", "start")[0]
    page.evaluate("WebSocket.prototype.send = () => {}")  # the server hears no more
    page.mouse.move(*pixel(page, "descent-map", *ring))
    page.mouse.down()
    for share in np.linspace(0, 1, 6):
        page.mouse.move(*pixel(page, "descent-map", *(ring + share * (np.array([-4, 8]) - ring))))
    page.wait_for_function(
        "() => Math.abs(document.querySelector('.st-key-descent-map .stage-figure')"
        ".data.find(t => t.name === 'start').x[0] + 4) < 0.3"
    )
    start = line(page, "descent-map", "start")[0]
    shown = {id: line(page, "descent-map", OPTIMIZERS[id].label) for id in ("gd", "adam")}
    adam = float(re.search(r"Adam, rate ([\d.]+)", page.inner_text("body")).group(1))
    for id, rate in (("gd", 0.05), ("adam", adam)):
        wanted = descend(ConvexQuadratic(kappa=5), OPTIMIZERS[id](lr=rate), start, 60)
        np.testing.assert_allclose(shown[id], wanted.points, atol=1e-4)


@pytest.mark.deep
def test_the_keyboard_sets_the_start_and_a_phone_shows_everything(visit, app):
    page = visit(f"{app}/{LINK}&steps=20", width=390, height=844, dark=True)
    drawn(page, *PICTURES)
    page.locator(".st-key-descent-map .stage-plot").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("start-a="))
    settled(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    shoot(page, "gradient-descent-phone")
