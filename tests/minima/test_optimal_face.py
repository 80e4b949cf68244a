"""The walk from face to face: a row that left its segment is asked for at the kink it crossed."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.minima.optimal_face import AT_KINK, _violations
from lossviz.minima.piecewise_program import program, slope_graph
from lossviz.models import MODELS
from lossviz.objectives import Risk


@pytest.mark.parametrize("segment", [0, 1])
@pytest.mark.parametrize("delta", [0.5, 3.0])
def test_a_row_taken_for_an_outlier_is_sent_back_to_its_kink(delta, segment):
    """Huber is a slope of -delta, then one of +delta, about one kink made soft: the anchor.

    Searches from the interior method's end seldom guess a row wrong, so this asks directly.
    """
    graph = slope_graph(LOSSES["huber"](delta=delta).pieces)
    row = (graph, np.ones(1), np.ones((1, 1)), np.zeros(1))
    one = program(np.zeros((0, 1)), np.zeros(1), row)
    slope = one.slope[0, segment]
    assert abs(slope) == delta
    off, place, knot = _violations(
        one, np.array([segment]), np.zeros(1), np.array([0.1 * delta]), np.array([slope])
    )
    assert off >= delta * 0.9
    assert place.tolist() == [AT_KINK]
    assert knot == pytest.approx(0, abs=1e-12)


def test_of_a_hundred_thousand_rows_the_least_absolute_plane_is_certified():
    """Optimal is what has multipliers in [-1, 1] at the rows it passes through (Koenker 2005)."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_000, 20))
    y = X @ rng.normal(size=20) + rng.standard_t(3, size=len(X))
    m = minimize(Risk(Data(X, y), MODELS["linear"](), LOSSES["absolute"]()))
    assert m.exact
    rows = np.column_stack([np.ones(len(X)), X])
    r = y - rows @ m.theta
    through = np.abs(r) < 1e-8
    assert through.sum() == rows.shape[1]
    pull = rows[~through].T @ np.sign(r[~through])
    multipliers = np.linalg.solve(rows[through].T, -pull)
    assert np.abs(multipliers).max() <= 1 + 1e-6
