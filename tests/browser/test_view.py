"""Cameras, pinned cursors and player steps are in the link: a copied one opens all of them again.

Open panels are settings, which the tests of each page open by their link.
"""

import re

import numpy as np
import pytest

from tests.browser.conftest import eventually, settled
from tests.browser.seen import DRAWN, numbers

pytestmark = pytest.mark.browser

LINKS = (
    "acting", "classification", "combined", "gradient_descent", "losses", "neural_networks",
    "outliers", "outliers?drawn=maps&more=breakdown", "regularization", "residuals",
    "residuals?res-part=equation", "residuals?res-part=connection", "surface",
    "surface?model=constant", "validation", "your_data",
)  # fmt: skip
STATE = """() => {
  const parts = ["eye", "center", "up"], axes = ["x", "y", "z"];
  const found = { cameras: {}, said: {}, steps: {} };
  for (const stage of document.querySelectorAll(".stage")) {
    const key = stage.closest('[class*="st-key-"]').className.match(/st-key-(\\S+)/)[1];
    const scene = stage.querySelector(".stage-figure")?._fullLayout?.scene?._scene;
    if (scene) {
      const camera = scene.getCamera();
      found.cameras[key] = parts.flatMap((part) => axes.map((axis) => camera[part][axis]));
    }
    const readout = stage.querySelector(".stage-readout");
    if (stage.matches(".stage-player")) found.steps[key] = stage.querySelector("output").value;
    else if (readout?.textContent) found.said[key] = readout.textContent;
  }
  return found;
}"""


def shown(page):
    settled(page)
    page.wait_for_function(DRAWN)
    return page.evaluate(STATE)


@pytest.mark.deep
@pytest.mark.parametrize("link", LINKS)
def test_what_a_hand_chose_in_the_pictures_is_in_the_link(visit, app, link):
    page = visit(f"{app}/{link}")
    before = shown(page)
    for key in before["cameras"]:
        plot = page.locator(f".st-key-{key} .stage-plot")
        plot.focus()
        for _ in range(3):
            plot.press("Shift+ArrowLeft")
    for key in before["said"]:
        plot = page.locator(f".st-key-{key} .stage-plot")
        plot.focus()
        for arrow in ("ArrowRight", "ArrowRight", "ArrowUp"):
            plot.press(arrow)
    for key, step in before["steps"].items():
        way = "Step forward" if " 0 of " in step else "Step back"
        page.locator(f".st-key-{key}").get_by_label(way).click()
    kinds = {"c.": before["cameras"], "p.": before["said"]}  # a step may be a word of Python's
    wanted = [kind for kind, some in kinds.items() if some]

    def linked():
        settled(page)
        (view,) = re.findall(r"view=([^&]*)", page.url) or [""]
        assert [kind for kind in wanted if kind in view] == wanted, page.url

    eventually(page, linked)
    chosen = shown(page)
    for what in ("cameras", "said", "steps"):
        assert not chosen[what] or chosen[what] != before[what], what
    other = visit(page.url)

    def opened():
        now = shown(other)
        assert now["steps"] == chosen["steps"]
        for what in ("cameras", "said"):
            assert now[what].keys() == chosen[what].keys()
        for key, camera in chosen["cameras"].items():
            np.testing.assert_allclose(now["cameras"][key], camera, atol=2e-3, err_msg=key)
        for key, said in chosen["said"].items():
            np.testing.assert_allclose(numbers(now["said"][key]), numbers(said), rtol=2e-3)

    eventually(other, opened)
