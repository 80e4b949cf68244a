"""What the losses page says is true."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS
from lossviz.findings import losses as findings
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.adaptive_loss import learn
from lossviz.outliers.residual_shapes import residual_shapes
from lossviz.text import number
from tests.oracles import case
from tests.sentences import numbers

LINE = MODELS["line"]()


def problem(loss: str, data: str = "anscombe") -> Risk:
    return Risk(DATASETS[data]().draw(), LINE, LOSSES[loss]())


def test_the_worked_example():
    chosen = [LOSSES[id]() for id in ("squared", "absolute", "half_squared", "huber")]
    told = findings.worked(chosen, 4.0, 1.0)
    assert "residual r = y − ŷ = 3:** squared error is 9, absolute error is 3, half" in told
    assert "half squared error is 4.5" in told
    assert "Huber is 2.5" in told
    told = findings.worked([LOSSES["gamma_deviance"]()], -1.0, 1.0)
    assert "not defined for a target of −1" in told


@settings(max_examples=40)
@given(a=st.floats(0, 10), b=st.floats(0, 10))
def test_the_larger_error_pulls_harder_under_squared_error(a, b):
    told = findings.attention(a, b)
    assert told.startswith("**Wrong")
    low, high = sorted((a, b))
    if low < high:
        assert f"size {number(2 * high)} at an error of {number(high)}" in told
        for verb, change in (("shrinks", lambda r: r * r < r), ("enlarges", lambda r: r * r > r)):
            for said in re.findall(rf"{verb} ([^a-z]+) to", told):
                (value,) = numbers(said)
                assert change(value) or value in (0, 1)


def test_how_much_steeper_cross_entropy_is():
    rows = case("L04_plateau")["expected"]["table"]["value"]
    for row in rows:
        told = findings.faster(row["z"])
        assert f"{number(row['gradient_ratio_ce_over_mse'])} times as large" in told
        assert f"probability {number(row['p'], 3)}" in told


def test_kinks_are_found_and_flat_losses_too():
    told = findings.smoothness([LOSSES[id]() for id in ("squared", "absolute", "constant")])
    assert "squared error is smooth" in told
    assert "absolute error has a kink" in told
    assert "constant" in told
    assert "no gradient to follow" in told
    assert "zero-one has derivative zero" in findings.smoothness([LOSSES["zero_one"]()])


@settings(max_examples=30)
@given(y=st.floats(-10, 10), p=st.floats(-10, 10))
def test_what_a_prediction_pays(y, p):
    assert f"= {number((p - y) ** 2)}." in findings.worked_example(y, p)


def test_the_constant_loss_is_level():
    assert "derivative is 0 everywhere" in findings.constant(5.0)
    told = findings.sentences([LOSSES["constant"]()], problem("constant"), np.zeros(2))
    assert any("nothing to learn" in each for each in told)
    assert not any("largest contribution" in each for each in told)


@pytest.mark.parametrize("loss", ["squared", "absolute", "tukey_biweight"])
def test_the_dearest_point_pays_the_share_that_is_told(loss):
    risk, theta = problem(loss), np.array([3.0, 0.5])
    told = findings.sentences([risk.loss], risk, theta)[-1]
    rho = risk.loss.value(risk.data.y, LINE.predict(theta, risk.data.X))
    assert f"{number(rho.max() / rho.mean(), 3)} times the average" in told
    assert number(rho.mean()) in told


def test_the_table_has_a_row_and_the_facts_of_every_loss():
    for task in ("regression", "binary"):
        chosen = [entry() for entry in LOSSES.values() if entry.task == task]
        lines = findings.table(chosen, -2.0, 4.0).splitlines()
        assert len(lines) == len(chosen) + 2
        heads = lines[0].count("|")
        assert all(line.count("|") == heads for line in lines)
    row = findings.table([LOSSES["squared"]()], -3.0, 4.0).splitlines()[2]
    assert row.endswith("| 9 | −6 | yes | yes | no | no | – |")


def test_what_is_drawn_is_said():
    def told(loss: str, data: str = "anscombe") -> str:
        return findings.drawn(residual_shapes(problem(loss, data), np.zeros(2)), np.zeros(2))

    assert told("squared").startswith("The residual of each of 11 points is drawn as a true sq")
    assert "its length" in told("absolute")
    assert "its area is the loss" in told("half_squared")
    assert "its height is the loss" in told("huber")
    assert told("squared", "diabetes").startswith("The residuals of 24 of 442 points, from")
    assert "11 losses below 0" in findings.drawn(
        residual_shapes(Risk(DATASETS["anscombe"]().draw(), LINE, LOSSES["constant"](value=-1.0)),
               np.zeros(2)), np.zeros(2)
    )  # fmt: skip


@pytest.mark.parametrize("entry", [e for e in LOSSES.values() if e.task == "regression"])
def test_a_loss_keeps_the_capital_of_a_person(entry):
    people = ("Tukey", "Huber", "Cauchy", "Geman", "Welsch", "Charbonnier", "Poisson", "Tweedie",
              "Gaussian")  # fmt: skip
    keeps = entry.label.startswith(people)
    assert (entry().name[0] == entry.label[0]) is keeps
    assert entry().name[1:] == entry.label[1:]


def test_one_far_point_is_the_dearest_and_named():
    data = DATASETS["anscombe"](which=3).draw()
    risk = Risk(data, LINE, LOSSES["squared"]())
    told = findings.sentences([risk.loss], risk, minimize(risk).theta)[-1]
    assert "the largest contribution of 11 points, at (13, 12.74), is 76\u00a0%" in told


def test_the_learned_shape_is_told_as_it_ended():
    data = DATASETS["line"](outliers=0.1).draw()
    risk = Risk(data, LINE, LOSSES["squared"]())
    found = learn(risk, 1.0)
    told = findings.shape(found, risk.names)
    assert f"α = {number(found.alpha[-1], 3)}" in told[0]
    assert f"slope from {number(found.theta[0, 1])} to {number(found.theta[-1, 1])}" in told[1]
