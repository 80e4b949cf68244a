"""The general loss as a density: its normaliser, its slope, and what is learned with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import k1

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.adaptive_loss import learn, nll, partition

LINE = MODELS["line"]()


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [
        (2.0, np.sqrt(2 * np.pi)),  # a Gaussian
        (0.0, np.pi * np.sqrt(2)),  # a Cauchy of scale sqrt 2
        (1.0, 2 * np.e * k1(1)),  # the hyperbolic secant's relative, by a Bessel function
    ],
)
def test_the_normaliser_where_it_is_known(alpha, expected):
    assert partition(alpha) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=8)
@given(st.floats(0.4, 2))
def test_the_density_sums_to_one(alpha):
    loss = LOSSES["barron_general"](alpha=alpha)
    total = quad(lambda r: float(np.exp(-loss.rho(np.array(r)))), 0, np.inf, limit=400)[0]
    assert 2 * total / partition(alpha) == pytest.approx(1, abs=1e-6)


def test_below_zero_there_is_no_density():
    with pytest.raises(ValueError, match="from 0 on"):
        partition(-0.5)


def test_at_alpha_two_it_is_the_gaussian_likelihood():
    r = np.random.default_rng(0).normal(size=50)
    expected = 0.5 * (r**2).mean() / 4 + np.log(2) + 0.5 * np.log(2 * np.pi)
    assert nll(r, 2.0, 2.0) == pytest.approx(expected, rel=1e-9)


def problem(**settings: float) -> Risk:
    return Risk(DATASETS["line"](**settings).draw(), LINE, LOSSES["squared"]())


def test_outliers_lower_alpha_and_the_line_comes_back():
    plain, contaminated = learn(problem(), 1.0), learn(problem(outliers=0.1), 1.0)
    assert plain.alpha[-1] > 1.9
    assert contaminated.alpha[-1] < 0.5
    honest = np.array([1.0, 2.0])  # what the data were drawn around
    assert (
        np.abs(contaminated.theta[-1] - honest).max()
        < 0.3
        < np.abs(contaminated.theta[0] - honest).max()
    )
    assert contaminated.nll[-1] < contaminated.nll[0]
    assert (
        len(contaminated.alpha)
        == len(contaminated.c)
        == len(contaminated.nll)
        == len(contaminated.theta)
    )


def over_two_features() -> Risk:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(60, 2))
    data = Data(X, 1 + X @ [2.0, -1.0] + 0.3 * rng.standard_t(2, size=60))
    return Risk(data, MODELS["linear"](), LOSSES["squared"]())


@pytest.mark.parametrize("risk", [problem(), problem(outliers=0.1), over_two_features()])
def test_where_it_stops_nothing_nearby_is_likelier(risk):
    p = risk.layout.size
    found = learn(risk, 1.0)
    theta, alpha, c = found.theta[-1], float(found.alpha[-1]), float(found.c[-1])
    rng = np.random.default_rng(1)
    for _ in range(40):
        d = 0.02 * rng.normal(size=p + 2)
        near = float(np.clip(alpha + d[p], 1e-3, 2 - 1e-3))
        r = risk.model.predict(theta + d[:p], risk.data.X) - risk.data.y
        assert nll(r, near, c * np.exp(d[p + 1])) >= found.nll[-1] - 1e-6


def test_it_begins_with_least_squares_and_the_shape_that_was_asked_for():
    risk = problem(outliers=0.1)
    plain = np.linalg.lstsq(risk.model.design(risk.data.X), risk.data.y, rcond=None)[0]
    spread = np.std(risk.data.y - risk.model.predict(plain, risk.data.X))
    for found, alpha in ((learn(risk), 1.9), (learn(risk, 0.5), 0.5), (learn(risk, 1e-3), 1e-3)):
        assert found.alpha[0] == pytest.approx(alpha, rel=1e-6)
        assert found.c[0] == pytest.approx(spread)
        np.testing.assert_allclose(found.theta[0], plain)


def test_what_cannot_be_learned_is_refused():
    with pytest.raises(ValueError, match="Start alpha"):
        learn(problem(), 2.5)
    data = DATASETS["separable"]().draw()
    with pytest.raises(ValueError, match="regression"):
        learn(Risk(data, LINE, LOSSES["cross_entropy"]()))


def test_a_perfect_line_is_learned_without_a_warning():
    found = learn(problem(noise=0.0), 1.0)
    assert np.isfinite(found.nll).all()
