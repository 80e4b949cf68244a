"""Validation and metrics in a browser: what a threshold decides follows the pointer, and agrees."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.datasets import DATASETS, HoldOut
from lossviz.losses import LOSSES
from lossviz.losses.binary import sigmoid
from lossviz.metrics.classes import counts
from lossviz.metrics.curves import precision_recall, roc
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from tests.browser.conftest import drawn, eventually, figure, shoot

PICTURES = ("threshold-confusion", "threshold-roc", "threshold-pr", "threshold-calibration")


def intercept(recipe) -> float:
    """The intercept of the training minimum, which the plane keeps."""
    train = HoldOut("train", 0.3, 0, bool(getattr(recipe, "standardise", False)))
    risk = Risk(train.apply(recipe.draw()), MODELS["linear"](), LOSSES["cross_entropy"]())
    return float(minimize(risk).theta[0])


def trace(page, key: str, name: str, attribute: str) -> np.ndarray:
    """What a picture shows now, as numbers."""
    code = f"gd._fullData.find(t => t.name === '{name}').{attribute}"
    flat = f"Array.from({code}).flatMap(row => row.length ? Array.from(row) : [row]).map(Number)"
    return np.array(figure(page, key, flat))


def test_threshold_pictures_follow_the_pointer_without_the_server(app, visit):
    page = visit(f"{app}/validation?judge-threshold=0.3")
    drawn(page, "validation-0", "validation-1", *PICTURES)
    recipe = DATASETS["breast_cancer"]()
    held = HoldOut("held_out", 0.3, 0, bool(getattr(recipe, "standardise", False)))
    data = held.apply(recipe.draw())
    before = trace(page, "threshold-confusion", "counts", "text")
    assert before.sum() == len(data)
    page.sent.clear()
    for key in ("ArrowLeft", "ArrowDown"):  # to the corner of the window and no further
        page.locator(".st-key-validation-1 .stage-plot").evaluate(
            "(plot, key) => { for (let k = 0; k < 150; k += 1)"
            " plot.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }",
            key,
        )
    page.wait_for_function(
        "(old) => { const gd = document.querySelector('.st-key-threshold-confusion .stage-figure');"
        " const now = gd._fullData.find(t => t.name === 'counts').text.flat().map(Number);"
        " return JSON.stringify(now) !== JSON.stringify(old); }",
        arg=before.tolist(),
    )
    page.wait_for_timeout(500)
    assert page.sent == []  # all of that happened in the browser

    corner = [trace(page, "validation-1", "surface", axis)[0] for axis in "xy"]
    p = sigmoid(np.column_stack([np.ones(len(data)), data.X]) @ [intercept(recipe), *corner])
    found = counts(data.y, p >= 0.3)
    wanted = [found.tn, found.fp, found.fn, found.tp]
    recall = found.tp / (found.tp + found.fn)
    accuracy = (found.tp + found.tn) / len(data)

    def at_the_corner():
        assert trace(page, "threshold-confusion", "counts", "text").tolist() == wanted
        assert trace(page, "threshold-confusion", "counts", "z").tolist() == wanted
        for key, curve in (("roc", roc(data.y, p)), ("pr", precision_recall(data.y, p))):
            x, y = (trace(page, f"threshold-{key}", "curve", axis) for axis in "xy")
            np.testing.assert_allclose(x, curve.x, atol=1e-6)
            np.testing.assert_allclose(y, curve.y, atol=1e-6)
        assert trace(page, "threshold-roc", "point", "y")[0] == pytest.approx(recall)
        assert trace(page, "threshold-pr", "point", "x")[0] == pytest.approx(recall)
        line = page.locator(".st-key-validation-1 .stage-readout").inner_text()
        assert float(line.split()[-1]) == pytest.approx(accuracy, abs=1e-4)

    eventually(page, at_the_corner)  # on a busy machine the last keys are still on their way
    shoot(page, "validation")
