"""What a path tells of itself, on paths and curvatures made by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.regularization import (
    WeightsOnly,
    fresh,
    gone_at,
    minimum_path,
    opening,
    places,
    strength_grid,
)
from lossviz.regularization.path import MinimumPath, data_condition

MADE = ("l1", "l2", "elastic_net", "group_l2", "l0")


def path(weights, strengths=None) -> MinimumPath:
    weights = np.array(weights, float)
    strengths = np.arange(float(len(weights))) if strengths is None else np.array(strengths)
    return MinimumPath(strengths, weights, np.ones(len(weights)), np.ones(len(weights)))


def reduced(X, y, penalty="l2") -> WeightsOnly:
    data = Data(np.array(X, float), np.array(y, float))
    return WeightsOnly(Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES[penalty]()))


def test_a_direction_is_flat_below_1e_12_of_the_largest_curvature():
    def told(*curvatures):
        bowl = SimpleNamespace(data_hessian=lambda w: np.diag(curvatures))
        return data_condition(bowl, np.zeros(len(curvatures)))

    assert told(1.0, 5.0, 100.0) == pytest.approx(100)
    assert told(2e-10, 1.0, 100.0) == pytest.approx(5e11)
    assert told(5e-11, 1.0, 100.0) == np.inf
    assert told(0.0, 1.0, 100.0) == np.inf
    assert told(7.0) == 1.0


def test_a_path_of_one_weight():
    found = minimum_path(reduced([[1], [2], [4]], [1, 2, 5], "l1"), [0.0, 0.5, 1000.0])
    assert found.exists.tolist() == [True] * 3
    assert found.zeros.tolist() == [0, 0, 1]
    assert found.size == pytest.approx(np.var([1.0, 2, 5]))  # with no weight the spread is left


def test_where_some_minimum_does_not_exist_the_others_do():
    found = path([[np.nan, np.nan], [1.0, 0.0], [0.0, 0.0]])
    assert found.exists.tolist() == [False, True, True]
    assert found.zeros.tolist() == [0, 1, 2]


def test_a_minimum_has_moved_by_more_than_rounding_or_not_at_all():
    assert path([[3.0, 4.0], [3.0, 0.0]]).moved(1) == (4.0, 0.8)
    assert path([[3.0, 4.0], [3.0, 4.0 + 1e-11]]).moved(1) == pytest.approx((1e-11, 2e-12), rel=0.1)
    assert path([[3.0, 4.0], [3.0, 4.0 + 1e-12]]).moved(1) == (0.0, 0.0)
    assert path([[0.0, 0.0], [3.0, 4.0]]).moved(1) == (0.0, 0.0)


def test_a_sign_change_is_the_first_of_a_weight_and_not_its_end_at_zero():
    found = path([[1.0, 2.0], [0.0, 1.0], [0.0, -1.0], [-1.0, 1.0]], [0.0, 1.0, 3.0, 7.0])
    assert found.sign_change(1) == (1.0, 3.0)
    assert found.sign_change(0) is None  # it rests at zero between


def test_strength_zero_stands_a_factor_of_two_below_the_first_on_a_logarithmic_axis():
    assert places(np.array([0.0, 0.5, 4.0])).tolist() == [0.25, 0.5, 4.0]
    assert places(np.array([0.5, 4.0])).tolist() == [0.5, 4.0]
    assert places(np.zeros(1)).tolist() == [1.0]


@pytest.mark.parametrize("penalty", [p for p in MADE if p != "l2"])
def test_where_nothing_is_to_be_learned_the_strengths_end_at_one(penalty):
    flat = reduced([[1, 2], [2, 0], [4, 1], [0, 0]], [3, 3, 3, 3], penalty)
    assert strength_grid(flat)[-1] == pytest.approx(1.1)
    assert gone_at(flat, minimum_path(flat, strength_grid(flat))) == (None, None)


def test_the_strongest_ridge_is_ten_times_the_largest_curvature():
    apart = reduced([[1, 3], [1, -3], [-1, 3], [-1, -3]], [4, 1, 2, 0])
    assert strength_grid(apart)[-1] == pytest.approx(1.1 * 10 * 2 * 9, rel=1e-2)  # three digits
    assert strength_grid(apart, 7)[[0, 1, -1]] == pytest.approx([0, 0.198, 198], rel=1e-2)
    assert len(strength_grid(apart, 7)) == 7


def test_a_page_opens_where_the_weights_are_half_as_long_or_one_is_just_gone():
    strengths = strength_grid(reduced([[1], [2], [4]], [1, 2, 5]))
    ridge = reduced([[1], [2], [4]], [1, 2, 5])
    length = np.abs(minimum_path(ridge, strengths).weights[:, 0])
    step = int(np.flatnonzero(strengths == opening(ridge))[0])
    assert length[step] < 0.5 * length[1] <= length[step - 1]
    lasso = reduced([[1, 3], [1, -3], [-1, 3], [-1, -3]], [4, 1, 2, 0], "l1")
    strengths = strength_grid(lasso)
    zeros = minimum_path(lasso, strengths).zeros
    step = int(np.flatnonzero(strengths == opening(lasso))[0])
    assert (zeros[step - 1], zeros[step]) == (0, 1)


@pytest.mark.parametrize("drawn", [{"n": 20}, {"seed": 1}, {}])
def test_points_that_chance_does_not_draw_are_not_drawn_again(drawn):
    with pytest.raises(ValueError, match="Ramp is a table"):
        fresh(SimpleNamespace(label="Ramp", **drawn))
