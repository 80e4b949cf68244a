"""The networks lens, used as a person uses it."""

import re

import numpy as np
import pytest

from lossviz.models import Network, ResidualNetwork
from lossviz.models.activations import ACTIVATIONS
from tests.browser.conftest import drawn, figure, settled

pytestmark = pytest.mark.browser
TINY = "net-width=4&net-blocks=3&net-steps=40&bdata-moons-n=40"
PAIR = ("net-plain", "net-skip")


def eye(page, key):
    return figure(page, key, "gd._fullLayout.scene._scene.getCamera().eye")


def one_height_axis(page, *keys):
    """Wait for it: a first glimpse of networks under way is replaced picture by picture."""
    page.wait_for_function(
        """(keys) => {
            const [one, other] = keys.map((key) => document.querySelector(
                `.st-key-${key} .stage-figure`)._fullLayout.scene.zaxis.range);
            return !document.body.innerText.includes("training goes on")
                && one.every((end, i) => Math.abs(end - other[i]) < 1e-6);
        }""",
        arg=keys,
    )


@pytest.mark.deep
def test_both_surfaces_share_height_axis_and_camera_and_one_choice_moves_one_of_them(visit, app):
    page = visit(f"{app}/neural_networks?{TINY}")
    drawn(page, *PAIR, "net-fit-plain", "net-fit-skip")
    one_height_axis(page, *PAIR)

    before = eye(page, "net-skip")
    page.locator(".st-key-net-plain").get_by_role("button", name="From above").click(force=True)
    page.wait_for_function(
        """([[one, other], was]) => {
            const of = (key) => document.querySelector(`.st-key-${key} .stage-figure`)
                ._fullLayout.scene._scene.getCamera().eye;
            const far = (p, q) => Math.hypot(p.x - q.x, p.y - q.y, p.z - q.z);
            return far(of(one), was) > 0.1 && far(of(one), of(other)) < 0.01;
        }""",
        arg=[PAIR, before],
    )

    said = page.locator(".st-key-what-you-see").inner_text()
    page.goto(f"{app}/neural_networks?{TINY}&net-scale=zero")
    settled(page)
    drawn(page, *PAIR)
    one_height_axis(page, *PAIR)
    after = page.locator(".st-key-what-you-see").inner_text()
    ends = [
        re.search(r"ended at ([\d.e−]+) without skips and at ([\d.e−]+)", t) for t in (said, after)
    ]
    assert ends[0].group(1) == ends[1].group(1)  # the plain twin is the same network
    assert ends[0].group(2) != ends[1].group(2)


def test_the_browser_computes_what_the_networks_say(visit, app):
    page = visit(f"{app}/neural_networks?{TINY}")
    drawn(page, "net-fit-plain")
    X = np.random.default_rng(0).normal(size=(7, 2))
    for activation in ACTIVATIONS:
        for model in (
            Network(width=5, depth=3, activation=activation),
            ResidualNetwork(width=4, blocks=3, activation=activation, branch_scale=0.5),
            ResidualNetwork(width=4, blocks=2, activation=activation, skip=False),
        ):
            theta = model.start(2, 1, seed=1) + 0.1
            said = page.evaluate(
                "async ([steps, inputs, theta]) => {"
                " const link = document.querySelector('link[href*=stage\\\\.css]');"
                " const m = await import(new URL('./network.js', link.href));"
                " return [...m.forward(steps, inputs, theta)]; }",
                [model.steps(1), X.T.tolist(), theta.tolist()],
            )
            np.testing.assert_allclose(said, model.predict(theta, X), atol=1e-6)


# Every piece of the training draws the button anew: it is found and pressed in one go.
STOP = """() => {
  const buttons = [...document.querySelectorAll("[data-testid=stMainBlockContainer] button")];
  const stop = buttons.find((each) => each.textContent.trim() === "Stop");
  stop?.click();
  return Boolean(stop);
}"""


@pytest.mark.deep
def test_training_can_be_stopped_and_keeps_what_it_has(visit, app):
    page = visit(f"{app}/neural_networks?net-steps=300&{TINY.replace('net-steps=40&', '')}")
    drawn(page, *PAIR)
    page.goto(f"{app}/neural_networks?net-steps=5000&net-blocks=50&net-width=16&bdata-moons-n=300")
    page.wait_for_function(STOP)
    page.get_by_text(re.compile("Training was stopped at step")).wait_for()
    drawn(page, *PAIR)
    assert "of 5,000" in page.locator(".st-key-what-you-see").inner_text()


@pytest.mark.deep
def test_points_not_seen_are_two_more_scenes_under_the_same_height_axis_and_one_camera(visit, app):
    page = visit(f"{app}/neural_networks?{TINY}&net-panel=validation&net-validation=skip")
    both = ("net-seen3d-skip", "net-validation3d-skip")
    drawn(page, *PAIR, *both)
    scenes = "[...document.querySelectorAll('.stage-figure')].filter(g => g._fullLayout.scene)"
    assert page.evaluate(f"{scenes}.length") == 4  # as many as a page may hold
    one_height_axis(page, *both)
    before = eye(page, both[1])
    page.locator(f".st-key-{both[0]}").get_by_role("button", name="From above").click(force=True)
    page.wait_for_function(
        """([key, was]) => {
            const gd = document.querySelector(`.st-key-${key} .stage-figure`);
            const now = gd._fullLayout.scene._scene.getCamera().eye;
            return Math.abs(now.z - was.z) > 0.05;
        }""",
        arg=[both[1], before],
    )
    assert (
        "Where training ended, the training loss is" in page.get_by_test_id("stMain").inner_text()
    )
