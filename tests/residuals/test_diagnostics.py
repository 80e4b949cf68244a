"""What residuals still hold, against SciPy and data made to hold it."""

import numpy as np
import pytest
from scipy import stats

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.residuals.diagnostics import diagnose, nonlinear, spread, tails


def line(x, y):
    risk = Risk(Data(x[:, None], y), MODELS["line"](), LOSSES["squared"]())
    return diagnose(risk, minimize(risk).theta)


X = np.linspace(0, 4, 80)
NOISE = np.random.default_rng(3).normal(size=80)


def test_residuals_and_normal_quantiles_are_scipys():
    found = line(X, 2 * X + NOISE)
    fitted = np.polyval(np.polyfit(X, 2 * X + NOISE, 1), X)
    np.testing.assert_allclose(found.residual, 2 * X + NOISE - fitted, atol=1e-9)
    (quantiles, ordered), _ = stats.probplot(found.standard)
    np.testing.assert_allclose(found.normal, quantiles)
    np.testing.assert_allclose(found.ordered, ordered)


def test_each_pattern_is_seen_where_it_is_and_not_where_it_is_not():
    calm = line(X, 2 * X + NOISE)
    assert not nonlinear(calm).seen
    assert not spread(calm).seen
    assert not tails(calm).seen
    assert nonlinear(line(X, 2 * X + (X - 2) ** 2 + NOISE)).seen
    assert spread(line(X, 2 * X + NOISE * (0.1 + X))).seen
    heavy = tails(line(X, 2 * X + stats.t(1.5).rvs(80, random_state=0)))
    assert heavy.seen
    assert heavy.size > 0


def test_the_bend_is_the_t_test_of_a_squared_term():
    found = line(X, X + 0.1 * X**2 + NOISE)
    A = np.stack([np.ones_like(X), found.fitted, found.fitted**2], axis=1)
    w, rss, *_ = np.linalg.lstsq(A, found.residual)
    error = np.sqrt(rss[0] / 77 * np.linalg.inv(A.T @ A)[2, 2])
    assert nonlinear(found).p == pytest.approx(2 * stats.t.sf(abs(w[2] / error), 77), rel=1e-6)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_a_perfect_or_tiny_fit_has_no_pattern(n):
    x = np.arange(float(n))
    found = line(x, 3 * x + 1)
    assert not found.standard.any()
    assert not nonlinear(found).seen
    assert not spread(found).seen
    assert not tails(found).seen
