"""Minimisers on data nobody chose: certified, nothing near is lower, other solvers agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, QuantileRegressor, Ridge

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import certificate, minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from tests.minima.test_minima import LINEAR, line, linear


def numbers(size, low=-50, high=50):
    """Rounded numbers, so that ties, duplicates and equal columns turn up often."""
    number = st.integers(low * 2, high * 2).map(lambda i: i / 2)
    return st.lists(number, min_size=size, max_size=size)


@st.composite
def problems(draw, most=12):
    n, d = draw(st.integers(1, most)), draw(st.integers(1, 3))
    X = np.array([draw(numbers(d, -3, 3)) for _ in range(n)])
    return X, np.array(draw(numbers(n)))


CONVEX = st.sampled_from(
    [
        LOSSES["squared"](), LOSSES["absolute"](), LOSSES["quantile"](0.25), LOSSES["huber"](2.0),
        LOSSES["epsilon_insensitive"](1.0), LOSSES["squared_epsilon_insensitive"](1.0),
        LOSSES["smooth_l1"](0.5), LOSSES["pseudo_huber"](), LOSSES["log_cosh"](),
    ]
)  # fmt: skip
PRICES = st.sampled_from(
    [
        PENALTIES["none"](), PENALTIES["l1"](0.3), PENALTIES["l2"](0.3),
        PENALTIES["elastic_net"](0.3, 0.5),
    ]
)  # fmt: skip


@settings(max_examples=80)
@given(problems(), CONVEX, PRICES)
def test_every_convex_fit_is_certified_and_nothing_near_is_lower(problem, loss, penalty):
    X, y = problem
    risk = Risk(Data(X, y), LINEAR, loss, penalty)
    got = minimize(risk)
    assert got.exact
    assert certificate(risk, got.theta) < 1e-8 * (1 + np.abs(y).max())
    nudges = np.random.default_rng(0).normal(size=(64, len(got.theta)))
    around = risk.value(got.theta + np.concatenate([nudges, 1e-4 * nudges]))
    assert (around >= got.value - 1e-11 * (1 + abs(got.value))).all()
    if got.vertices is not None:
        near = 1e-9 if "for ever" not in got.message else 1e-6
        np.testing.assert_allclose(risk.value(got.vertices), got.value, rtol=near, atol=near)


@settings(max_examples=40)
@given(problems(20), st.sampled_from([0.1, 0.5, 0.75]))
def test_quantile_lines_agree_with_a_linear_programme(problem, tau):
    X, y = problem
    A, n = np.c_[np.ones(len(X)), X], len(y)
    p = A.shape[1]
    cost = np.r_[np.zeros(p), np.full(n, tau / n), np.full(n, (1 - tau) / n)]
    bounds = [(None, None)] * p + [(0, None)] * (2 * n)
    wanted = linprog(cost, A_eq=np.c_[A, np.eye(n), -np.eye(n)], b_eq=y, bounds=bounds).fun
    got = minimize(linear(X, y, "quantile", tau=tau))
    assert got.value == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_random_data_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    n = 30
    X, y = rng.normal(size=(n, 3)), rng.normal(size=n) * 3
    ways = (
        ("quantile", PENALTIES["none"](), QuantileRegressor(alpha=0, quantile=0.5)),
        ("half_squared", PENALTIES["l2"](0.7), Ridge(alpha=0.7 * n, tol=1e-12)),
        ("half_squared", PENALTIES["l1"](0.2), Lasso(alpha=0.2, tol=1e-14, max_iter=100_000)),
        ("half_squared", PENALTIES["elastic_net"](0.4, 0.3),
         ElasticNet(alpha=0.4, l1_ratio=0.3, tol=1e-14, max_iter=100_000)),
    )  # fmt: skip
    for loss, penalty, sklearn in ways:
        got = minimize(linear(X, y, loss, penalty))
        assert got.exact
        fitted = sklearn.fit(X, y)
        theta = np.append(fitted.intercept_, fitted.coef_)
        assert got.value <= linear(X, y, loss, penalty).value(theta) + 1e-10
        if got.kind == "point":
            np.testing.assert_allclose(got.theta, theta, atol=1e-6)
        assert ((got.theta[1:] == 0) == (np.abs(theta[1:]) < 1e-9)).all()
    labels = (y > 0).astype(float)
    if 2 < labels.sum() < n - 2:
        got = minimize(linear(X, labels, "cross_entropy", PENALTIES["l2"](0.1), task="binary"))
        fitted = LogisticRegression(C=1 / (0.1 * n), tol=1e-8, solver="newton-cholesky").fit(
            X, labels
        )
        theta = np.append(fitted.intercept_, fitted.coef_)
        np.testing.assert_allclose(got.theta, theta, atol=1e-4)


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber", "log_cosh", "tukey_biweight"])
@pytest.mark.parametrize(
    ("x", "y"),
    [([1.0], [2.0]), ([1.0, 1.0], [2.0, 2.0]), ([1.0, 1.0], [2.0, 5.0]), ([0.0, 1, 2], [3.0] * 3),
     ([0.0, 0, 0], [0.0, 0, 0]), ([0.0, 1, 2, 3], [1e9, -1e9, 1e9, 5]), ([1e9, 2e9], [1.0, 2.0]),
     ([1e-9, 2e-9, 4e-9], [1.0, 2.0, 0.0])],
)  # fmt: skip
def test_degenerate_data_are_answered_without_a_warning(loss, x, y):
    risk = line(x, y, loss)
    got = minimize(risk)
    assert np.isfinite(got.theta).all()
    assert got.value == pytest.approx(risk.value(got.theta), rel=1e-9, abs=1e-12)
    assert got.value <= risk.value(np.zeros(2)) + 1e-12


def test_badly_scaled_features_do_not_matter():
    rng = np.random.default_rng(0)
    x = rng.normal(size=50)
    y = 3 + x + rng.laplace(size=50)
    plain = minimize(line(x, y, "absolute")).theta
    scaled = minimize(line(1e6 * x + 1e7, y, "absolute")).theta
    np.testing.assert_allclose(scaled[1] * 1e6, plain[1], rtol=1e-8)


UNITS = pytest.mark.parametrize(("across", "up"), [(1e6, 1e-6), (1e-6, 1e6), (1e6, 1e6), (1, 1e4)])


@UNITS
@pytest.mark.parametrize(
    ("id", "bend"),
    [("absolute", ""), ("quantile", ""), ("huber", "delta"), ("pseudo_huber", "delta"),
     ("charbonnier", "c"), ("epsilon_insensitive", "eps")],
)  # fmt: skip
@pytest.mark.parametrize("intercept", [True, False])
def test_the_best_line_is_the_same_in_any_units(id, bend, across, up, intercept):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=21), rng.standard_cauchy(21)

    def best(sx, sy):
        loss = LOSSES[id](**({bend: 0.5 * sy} if bend else {}))
        data = Data(sx * x[:, None], sy * y)
        return minimize(Risk(data, MODELS["linear"](intercept=intercept), loss))

    plain, scaled = best(1, 1), best(across, up)
    assert scaled.exact
    slopes = plain.theta[-1], scaled.theta[-1] * across / up
    assert slopes[1] == pytest.approx(slopes[0], rel=1e-7)


@UNITS
def test_the_lasso_drops_the_same_weights_in_any_units(across, up):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(30, 4))
    y = 2 * X[:, 0] - X[:, 1] + rng.normal(size=30) + 3

    def best(sx, sy):
        return minimize(linear(sx * X, sy * y, "half_squared", PENALTIES["l1"](0.2 * sx * sy)))

    plain, scaled = best(1, 1), best(across, up)
    assert scaled.exact
    assert 0 < (plain.theta == 0).sum() < 4
    assert ((scaled.theta == 0) == (plain.theta == 0)).all()
    np.testing.assert_allclose(scaled.theta[1:] * across / up, plain.theta[1:], rtol=1e-7)


@pytest.mark.parametrize("up", [1e3, 1e6])
def test_far_beyond_its_bend_log_cosh_is_the_absolute_error(up):
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=31), up * rng.normal(size=31)
    got, bars = minimize(line(x, y, "log_cosh")), minimize(line(x, y, "absolute"))
    assert got.exact
    assert bars.value - np.log(2) <= got.value <= bars.value
