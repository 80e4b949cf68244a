"""What reaches the eye is what the core computed: pictures, tooltips, read-outs and sentences."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.text import number
from tests.browser.conftest import drawn, figure

pytestmark = pytest.mark.browser

LINKS = [  # dataset, model and loss of the Loss surface page
    ("engel", "line", "absolute"),
    ("anscombe", "line", "squared"),
    ("diabetes", "line", "huber"),
]
GRID = (
    "(t => ({x: [...t.x], y: [...t.y], z: t.z.map((row) => [...row]),"
    " told: t.customdata.map((column) => [...column])}))(gd._fullData[0])"
)
TIP = """() => [...document.querySelectorAll('.st-key-surface :is(.hovertext text, .nums)')]
  .map((each) => each.textContent).find((text) => text.includes('loss')) ?? null"""


def spoken(text):
    """The numbers of a text, in order."""
    found = re.findall(r"[−-]?\d[\d,]*\.?\d*(?:e[−-]?\d+)?", text)
    return [float(each.replace("−", "-").replace(",", "")) for each in found]


@pytest.mark.parametrize(("data", "model", "loss"), LINKS)
def test_surface_tooltip_read_out_mark_and_sentence_say_the_cores_numbers(
    visit, app, data, model, loss
):
    risk = Risk(DATASETS[data]().draw(), MODELS[model](), LOSSES[loss]())
    best = minimize(risk)
    page = visit(f"{app}/surface?data={data}&model={model}&loss={loss}&n=25")
    drawn(page, "surface", "map")
    seen = figure(page, "surface", GRID)
    a, b = np.array(seen["x"]), np.array(seen["y"])
    true = risk.value(np.stack(np.meshgrid(a, b), axis=-1))  # float32 places, as drawn
    near = 1e-4 * np.ptp(true)
    np.testing.assert_allclose(seen["z"], true, rtol=1e-4, atol=near)
    np.testing.assert_allclose(np.transpose(seen["told"]), true, rtol=1e-4, atol=near)

    said = page.locator("body").inner_text()
    assert number(best.value) in said
    line = page.locator(".st-key-map .stage-readout").inner_text()
    assert spoken(line)[-1] == pytest.approx(best.value, rel=1e-3)
    mark = figure(
        page,
        "map",
        "(t => t && [t.x[0], t.y[0]])(gd._fullData.find(t => /minimum|lowest/.test(t.name)))",
    )
    if mark is not None:
        assert risk.value(np.array(mark)) == pytest.approx(best.value, rel=1e-6)

    box = page.locator(".st-key-surface .stage-plot").bounding_box()
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.62 * box["height"]
    page.mouse.move(x - 9, y)
    page.mouse.move(x, y)
    page.wait_for_function(f"() => ({TIP})() !== null")
    tip = page.evaluate(TIP)
    place = re.findall(r"[−-]?\d+\.?\d*(?:e[−+-]?\d+)?k?", tip)
    at = [float(each.replace("−", "-").replace("k", "e3")) for each in place[-3:]]
    i, j = np.abs(a - at[0]).argmin(), np.abs(b - at[1]).argmin()
    assert at[2] == pytest.approx(true[j, i], rel=1e-3, abs=near)
