"""Every page offers its numbers as code, and the code's numbers are the picture's."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.datasets.yours import pack
from lossviz.landscapes import Landscape
from lossviz.landscapes.planes import axes
from lossviz.objectives.differential_equations import (
    ExponentialTrial,
    NetworkTrial,
    ResidualLoss,
    oscillator,
)
from lossviz.problem.script import notebook, script
from lossviz.text import number
from lossviz.ui.lenses.residuals.code import of_equation
from tests.problem.test_script import ran
from tests.running import numbers, run, sent, shared

PICTURES = {  # page -> the picture whose heights the code's ``name`` has, and the link
    "surface": [("surface", "land")],
    "gradient_descent": [("descent-surface", "land")],
    "outliers": [("outliers-third", "land")],
    "classification": [("first", "land"), ("second", "beside")],
    "validation": [("validation-0", "land"), ("validation-1", "measured")],
    "acting": [("act-surface", "land")],
    "your_data": [("yours-surface", "land")],
    "home": [("hero", "land")],
}
LINKS = {
    "outliers": {"third": "1"},
    "gradient_descent": {"ground": "himmelblau"},
    "neural_networks": {"net-blocks": "2", "net-steps": "30", "net-plane": "pca"},
}


def heights(message) -> np.ndarray:
    """The heights of a picture's surface, as they were sent."""
    return numbers(next(t for t in message["figure"]["data"] if t["type"] == "surface")["z"])


THREE_COLUMNS = Data([[1, 4], [2, 1], [3, 5], [5, 2]], [1, 3, 2, 5], names=("a", "b"))


def page(name):
    at = run(name, **LINKS.get(name, {}))
    return at, at.session_state["_code"]()


@pytest.mark.parametrize("name", PICTURES)
def test_the_code_has_the_heights_of_the_picture(name):
    at, code = page(name)
    got = ran(script(code))
    for key, variable in PICTURES[name]:
        shown = heights(sent(at, key))
        np.testing.assert_allclose(shown, got[variable].values, rtol=1e-5, atol=1e-7)
    assert notebook(code).startswith("{")
    offered = [each.label for each in shared(at).get("download_button")]
    assert {"Python script", "Notebook"} <= set(offered)


def test_the_code_of_a_penalty_has_the_weights_shown():
    at, code = page("regularization")
    got = ran(script(code))
    shown = heights(sent(at, "reg-data"))
    land = got["land"].values - got["bare"].value(
        np.linalg.lstsq(np.column_stack([np.ones(len(got["data"])), got["data"].X]),
                        got["data"].y, rcond=None)[0]
    )  # fmt: skip
    np.testing.assert_allclose(shown, land, rtol=1e-5, atol=1e-3)
    traces = {t.get("name"): t for t in sent(at, "reg-weights")["figure"]["data"]}
    place = numbers(traces["now"]["x"])[0]
    for name, weight in zip(("bmi", "s5"), got["best"].theta[1:], strict=True):
        line = traces[f"weight of {name}"]
        here = int(np.abs(numbers(line["x"]) - place).argmin())
        np.testing.assert_allclose(numbers(line["y"])[here], weight, rtol=1e-6)


def test_the_code_of_two_networks_trains_them():
    at, code = page("neural_networks")
    got = ran(script(code))
    said = "\n".join(str(html.body) for html in at.get("html") if hasattr(html, "body"))
    runs = [each for each in code.cells if "train(" in each.code]
    assert len(runs) == 2
    assert f"loss {got['run'].values[-1]:.3g} after 30 steps" in said


def test_the_code_of_a_race_has_every_path():
    _, code = page("gradient_descent")
    assert sum("descend(" in cell.code for cell in code.cells) == 3
    got = ran(script(code))
    assert got["path"].steps == 100


@pytest.mark.parametrize("part", ["fit", "skip"])
def test_the_code_of_residuals(part):
    at = run("residuals", **{"res-part": part, "res-steps": "20"})
    got = ran(script(at.session_state["_code"]()))
    if part == "fit":
        assert abs(got["residual"].sum()) < 1e-9


@pytest.mark.parametrize("trial", [ExponentialTrial(), NetworkTrial(4)])
def test_the_code_of_an_equation(trial):
    rule = oscillator(3.0)
    landscapes = {
        term: Landscape(axes(trial.layout.size, 0, 1), np.linspace(-1, 1, 5), np.linspace(0, 1, 4),
                        np.zeros((4, 5)))
        for term in ("equation", "total")
    }  # fmt: skip
    got = ran(script(of_equation("Of an equation", rule, trial, 1, 3.0, 40, 2.0, landscapes)))
    assert (got["equation"], got["trial"]) == (rule, trial)
    whole = ResidualLoss(rule, trial, np.linspace(0, 3.0, 40), 2.0)
    assert got["run"].values[-1] == pytest.approx(float(whole.value(got["run"].theta)), rel=1e-9)
    x, y = np.meshgrid(got["a"], got["b"])
    values = whole.value(got["plane"].point(x, y))
    np.testing.assert_allclose(got["land"].values, values, rtol=1e-9)


def test_the_code_of_losses_and_of_a_front():
    _, code = page("losses")
    got = ran(script(code))
    assert got["best"].value == pytest.approx(3890.456585, rel=1e-8)
    at, code = page("combined")
    got = ran(script(code))
    first = float(got["first"].value(got["theta"]))
    assert f"task 1 is {first:.4g}" in sent(at, "comb-front")["alt"]
    for table in ({}, {"data-yours-table": pack(THREE_COLUMNS)}):
        at = run("combined", **{"comb-scene": "own", **table})
        got = ran(script(at.session_state["_code"]()))
        name = "y" if table else "weight"
        first = float(got["first"].value(got["theta"]))
        assert f"error of {name} is {number(first)}" in sent(at, "comb-front")["alt"]
