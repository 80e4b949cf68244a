"""Drawings of residuals, corner by corner, for three points whose residuals are 1, 0 and −4."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.losses.formula import FormulaLoss
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.residual_shapes import MOST, ResidualShapes, is_line, residual_shapes

X, Y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.0, -4.0])
ZERO = np.zeros(2)


def drawn(loss=None, width_to_height=1.25) -> ResidualShapes:
    risk = Risk(Data(X[:, None], Y), MODELS["line"](), loss or LOSSES["squared"]())
    return residual_shapes(risk, ZERO, width_to_height)


def corners(found: ResidualShapes):
    x, y = (part.reshape(3, 6) for part in found.outlines(ZERO))
    assert np.isnan(x[:, 5]).all()  # the gap before the next
    assert np.isnan(y[:, 5]).all()
    return x[:, :5], y[:, :5]


def test_a_square_goes_from_the_observed_point_to_the_predicted_one():
    found = drawn()
    x, y = corners(found)
    half = 0.5 * (found.across[1] - found.across[0])  # of the picture: no wider than that
    across = np.minimum(found.ratio * np.array([-1.0, 0.0, 4.0]), half)
    assert across[1] == 0 > across[0]
    for row in range(3):
        left, right = X[row], X[row] + across[row]
        np.testing.assert_allclose(x[row], [left, right, right, left, left], atol=1e-12)
        np.testing.assert_allclose(y[row], [Y[row], Y[row], 0, 0, Y[row]])


def test_a_bar_is_as_high_as_the_loss_and_stands_on_its_point():
    found = drawn(LOSSES["absolute"]())
    x, y = corners(found)
    half = 0.006 * (found.across[1] - found.across[0])
    for row, (at, high) in enumerate(zip(X, [-1.0, 0.0, 4.0], strict=True)):
        np.testing.assert_allclose(x[row], at + half * np.array([-1, 1, 1, -1, -1]))
        np.testing.assert_allclose(y[row], Y[row] + high * np.array([0, 0, 1, 1, 0]))
    assert (found.across, found.up) == ((-0.16, 2.16), (-4.4, 1.4))


@pytest.mark.parametrize("width_to_height", [1.25, 2.0])
@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_a_unit_across_is_as_long_as_one_upwards(loss, width_to_height):
    found = drawn(LOSSES[loss](), width_to_height)
    wide, high = np.ptp(found.across), np.ptp(found.up)
    # squares find their width by a few rounds, each much nearer than the last
    assert found.ratio == pytest.approx(wide / high / width_to_height, rel=0.1)


def test_no_area_is_below_zero_and_none_wider_than_half_of_the_picture():
    less = FormulaLoss("r**2 - 9")  # the first and the second loss are below zero
    found = drawn(less)
    x, y = corners(found)
    np.testing.assert_allclose(np.ptp(x, axis=1), [0, 0, 7 / 4 * found.ratio], atol=1e-12)
    assert found.undefined(ZERO) == 2
    small = FormulaLoss("0.25*r**2")  # a loss below one is its own area, not raised to it
    np.testing.assert_allclose(
        np.ptp(corners(drawn(small))[0], axis=1), drawn(small).ratio * np.array([0.25, 0, 1])
    )
    wide = drawn(FormulaLoss("1000*r**2"))
    limit = 0.5 * np.ptp(wide.across)
    np.testing.assert_allclose(np.ptp(corners(wide)[0], axis=1), [limit, 0, limit], rtol=1e-9)


def test_a_loss_that_is_not_a_number_is_a_gap():
    found = drawn(FormulaLoss("1/r"))
    assert found.undefined(ZERO) == 2  # infinite at 0, below zero at -4
    x, _ = found.outlines(ZERO)
    assert np.isnan(x.reshape(3, 6)[1]).sum() >= 1
    assert np.isfinite(x.reshape(3, 6)[[0, 2], :5]).all()


def test_more_features_lie_across_by_their_target():
    data = Data(np.column_stack([X, 10 * X]), Y)
    risk = Risk(data, MODELS["linear"](), LOSSES["squared"]())
    np.testing.assert_array_equal(residual_shapes(risk, np.zeros(3)).x, Y)
    assert not is_line(risk)
    assert is_line(drawn().risk)
    assert not is_line(Risk(Data(X[:, None], Y), MODELS["constant"](), LOSSES["squared"]()))


def test_of_many_points_the_extremes_are_drawn_and_the_others_evenly_by_target():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(100.0))
    risk = Risk(Data(rng.normal(size=(100, 1)), y), MODELS["line"](), LOSSES["squared"]())
    found = residual_shapes(risk, ZERO)
    assert len(found.rows) == MOST == 24
    assert {y.argmin(), y.argmax()} <= set(found.rows.tolist())
    assert set(np.diff(np.sort(y[found.rows]))) == {4.0, 5.0}
    few = replace(risk, data=replace(risk.data, X=risk.data.X[:24], y=y[:24]))
    assert residual_shapes(few, ZERO).rows.tolist() == list(range(24))


def test_residuals_are_those_of_regression():
    data = DATASETS["separable"]().draw()
    with pytest.raises(ValueError, match="these data are binary"):
        residual_shapes(Risk(data, MODELS["line"](), LOSSES["cross_entropy"]()), ZERO)
