"""Who contributes how much to a loss, in whatever units the data are."""

from dataclasses import replace

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.losses.formula import FormulaLoss
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.influence import (
    FAR,
    half_of_loss,
    influence_curve,
    influences,
    largest_contribution,
    largest_half,
    leverage,
)

ZERO = np.zeros(1)


def constant(y, loss="squared"):
    """A constant model over targets y: at theta 0 the residuals are y."""
    y = np.array(y, float)
    return Risk(
        Data(np.arange(len(y), dtype=float)[:, None], y), MODELS["constant"](), LOSSES[loss]()
    )


@pytest.mark.parametrize("unit", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_the_largest_contribution_is_the_same_row_and_share_in_all_units(unit):
    row, share, mean = largest_contribution(constant(unit * np.array([3.0, -10, 1, 2])), ZERO)
    assert (row, share) == (1, pytest.approx(100 / 114))
    assert mean == pytest.approx(unit**2 * 114 / 4)
    # a little larger than the others is larger, and what rounding leaves is not
    some = np.array([1.0, 1.0, 1 + 1e-7, 1.0])
    assert largest_contribution(constant(unit * some), ZERO).row == 2
    some[2] = 1 + 1e-11
    assert largest_contribution(constant(unit * some), ZERO) is None


def test_where_a_contribution_means_nothing_there_is_none():
    assert largest_contribution(constant([0, 0, 0]), ZERO) is None
    assert largest_contribution(constant([2, -2, 2]), ZERO) is None
    assert largest_contribution(constant([1, 2]), np.array([1e200])) is None  # not finite
    risk = constant([1, 2, 5])
    less = replace(risk, loss=FormulaLoss("r**2 - 9"))
    assert largest_contribution(less, ZERO) is None  # some losses are below zero
    assert largest_contribution(less, np.array([20.0])).row == 0


def test_the_fewest_rows_that_make_half():
    assert largest_half(np.array([1.0, 4, 3, 2])) == 2  # 4 + 3 of 10
    assert largest_half(np.array([5.0, 1, 2, 2])) == 1  # exactly half
    assert largest_half(np.array([1.0, 1, 1, 1, 1])) == 3
    assert largest_half(np.array([1.0, -1, 3])) is None
    assert largest_half(np.array([1.0, np.inf])) is None
    assert largest_half(np.zeros(3)) == 1


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_half_of_the_loss_is_told_unless_it_is_rounding(unit):
    assert half_of_loss(constant(unit * np.array([3.0, -10, 1, 2])), ZERO) == 1
    assert half_of_loss(constant([2, -2, 2]), ZERO) is None
    # a line through all points: what is left of the loss is rounding of its terms
    x = np.arange(6.0)
    line = Risk(Data(x[:, None], unit * (1 + 2 * x)), MODELS["line"](), LOSSES["squared"]())
    assert half_of_loss(line, unit * np.array([1 + 1e-9, 2.0])) is None
    assert half_of_loss(line, unit * np.array([1.0, 2 + 1e-4])) == 2


@pytest.mark.parametrize(
    ("model", "y", "theta", "loss"),
    [
        ("linear", [0, 1, 1, 0], [0.0, 1e-9], "cross_entropy"),
        ("linear", [0, 2, 1, 0], [0.0, 0.0, 0.0, 0.0, 1e-9, 0.0], "softmax_cross_entropy"),
    ],
)
def test_classes_have_a_half_of_their_loss_too(model, y, theta, loss):
    y = np.array(y)
    task = "binary" if loss == "cross_entropy" else "multiclass"
    data = Data(np.array([[0.0], [1], [2], [3]]), y, task=task)
    assert half_of_loss(Risk(data, MODELS[model](), LOSSES[loss]()), np.array(theta)) == 2


def test_influence_is_divided_by_all_points_and_turns_about_their_middle():
    x, y = np.array([0.0, 1, 5]), np.array([1.0, 0, 4])
    risk = Risk(Data(x[:, None], y), MODELS["line"](), LOSSES["squared"]())
    found = influences(risk, np.array([0.5, 0.25]))
    residual = y - (0.5 + 0.25 * x)
    np.testing.assert_allclose(found.above, residual)
    np.testing.assert_allclose(found.influence, 2 * residual)
    np.testing.assert_allclose(found.turn, 2 * residual * (x - 2) / 3)
    np.testing.assert_allclose(found.share, residual**2 / (residual**2).sum())
    turned = np.abs(found.turn)
    np.testing.assert_allclose(np.abs(found.turn_share), turned / turned.sum())
    level = influences(constant([1, 2, 6]), ZERO)
    np.testing.assert_allclose(level.turn, np.array([2.0, 4, 12]) / 3)


@pytest.mark.parametrize("unit", [1e-99, 1.0, 1e98])
def test_leverage_has_no_unit(unit):
    x = unit * np.array([0.0, 1, 2, 9])
    risk = Risk(Data(x[:, None], np.arange(4.0)), MODELS["line"](), LOSSES["squared"]())
    arm = x / unit - 3
    np.testing.assert_allclose(leverage(risk), 1 / 4 + arm**2 / (arm**2).sum(), rtol=1e-9)
    assert leverage(risk)[3] < FAR  # in parts of one


def test_a_direction_counts_for_leverage_from_1e_12_of_the_longest():
    """Columns in one unit: what is left of the second beside the first is rounding, or is not."""
    x = np.array([0.0, 1, 2, 9])
    for nudge, parameters in ((1e-10, 2), (1e-14, 1)):
        steep = Data((1 + nudge * x)[:, None], np.arange(4.0))
        risk = Risk(steep, MODELS["line"](), LOSSES["squared"]())
        assert leverage(risk).sum() == pytest.approx(parameters, rel=1e-3)


def test_an_influence_curve_has_both_sides_of_every_jump_within_reach():
    curve = influence_curve(LOSSES["huber"](delta=2.0), 6.0, points=7)
    assert curve.above[[0, -1]].tolist() == [-6.0, 6.0]
    np.testing.assert_allclose(curve.influence, np.clip(curve.above, -2, 2))
    jump = influence_curve(LOSSES["absolute"](), 6.0, points=7)
    np.testing.assert_allclose(jump.above, [-6, -4, -2, -6e-6, 0, 6e-6, 2, 4, 6])
    np.testing.assert_allclose(jump.influence, np.sign(jump.above))
    asymmetric = influence_curve(LOSSES["quantile"](tau=0.9), 6.0, points=2)
    np.testing.assert_allclose(asymmetric.influence[[0, -1]], [-0.1, 0.9])
