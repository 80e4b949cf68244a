"""Squared losses as exact quadratics: quick where columns are well apart, careful elsewhere."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import normal_solution

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + 0.1 * RNG.normal(size=60)


def squared(x, y):
    return Risk(Data(x, y), MODELS["linear"](), LOSSES["squared"]())


@pytest.mark.parametrize("ridge", [None, np.array([0.0, 3.0, 0.1])])
def test_normal_equations_solve_least_squares_under_a_ridge(ridge):
    root, z = normal_solution(X, Y, ridge)
    rows = np.concatenate([X, np.diag(np.sqrt(np.zeros(3) if ridge is None else ridge))])
    wanted = np.linalg.lstsq(rows, np.append(Y, np.zeros(3)), rcond=None)[0]
    np.testing.assert_allclose(z, wanted, rtol=1e-14)
    np.testing.assert_allclose(root.T @ root, rows.T @ rows, rtol=1e-13, atol=1e-13)


def test_several_targets_are_solved_at_once():
    both = np.stack([Y, Y**2], axis=1)
    each = [normal_solution(X, target)[1] for target in both.T]
    np.testing.assert_allclose(normal_solution(X, both)[1], np.transpose(each), rtol=1e-14)


@pytest.mark.parametrize(
    "design", [X[:2], X * [1, 1, 0], X * [1, 1e200, 1], X[:, :0], np.repeat(X[:, :1], 2, axis=1)]
)
def test_columns_that_are_not_well_apart_ask_for_more(design):
    assert normal_solution(design, np.ones(len(design))) is None


def test_targets_far_from_zero_keep_the_digits_of_their_residuals():
    near = np.round(Y, 2) * 2.0**-7  # exact beside the offset
    wanted = squared(X, near).quadratic.floor
    far = squared(X, near + 2.0**30)
    assert far.quadratic.floor == pytest.approx(wanted, rel=1e-12)
    assert minimize(far).value == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("apart", [1e-1, 1e-3, 1e-5])
def test_columns_hard_to_tell_apart_keep_their_digits_across(apart):
    x = np.column_stack([X[:, 0], X[:, 0] + apart * X[:, 1]])
    risk = squared(x, Y)
    across = np.array([0.0, 1.0, -1.0]) / apart  # the data feel only how the two differ
    residuals = Y - np.column_stack([np.ones(60), x]) @ across
    assert risk.value(across) == pytest.approx((residuals**2).mean(), rel=1e-10)
