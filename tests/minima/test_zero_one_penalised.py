"""Wrong answers counted under a penalty: nothing is attained, and what is approached is told."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.minima.zero_one import boundaries
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES

SHRINKS = ("l1", "l2", "elastic_net", "group_l2")


def counted(data: Data, penalty: str) -> Risk:
    return Risk(data, MODELS["linear"](), LOSSES["zero_one"](), PENALTIES[penalty]())


@pytest.mark.parametrize("penalty", SHRINKS)
def test_shorter_weights_are_cheaper_for_ever(penalty):
    risk = counted(DATASETS["breast_cancer"]().draw(), penalty)
    found = minimize(risk)
    plain = minimize(counted(risk.data, "none"))
    assert found.kind == "infinity"
    assert found.direction is None
    assert found.value == plain.value
    assert found.value < risk.value(found.theta) <= found.value + 2e-9
    assert risk.value(10 * found.theta) > risk.value(found.theta) > found.value
    assert "ever smaller weights are better" in found.message
    # nothing finite that anybody tried is lower
    rng = np.random.default_rng(0)
    tried = rng.normal(size=(2000, 3)) * 10.0 ** rng.uniform(-6, 3, (2000, 1))
    assert risk.value(tried).min() > found.value
    assert risk.value(np.zeros(3)) == 1.0  # zero answers nothing


@pytest.mark.parametrize("penalty", SHRINKS)
def test_where_the_bias_alone_does_as_well_it_is_the_answer(penalty):
    data = Data([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 0], task="binary")
    found = minimize(counted(data, penalty))
    assert found.kind == "set"
    assert found.theta[1] == 0
    assert counted(data, penalty).value(found.theta) == found.value == 0.25


def test_a_fee_for_weights_in_use_does_not_shrink():
    data = DATASETS["separable"]().draw()
    found = minimize(counted(data, "l0"))
    assert found.kind != "infinity"


@pytest.mark.parametrize("p", [2, 3, 4])
def test_the_boundaries_tried_split_the_rows_in_every_way_there_is(p):
    rng = np.random.default_rng(p)
    design = np.column_stack([np.ones(9), rng.normal(size=(9, p - 1)) * 10.0 ** np.arange(p - 1)])
    ways = lambda some: {tuple(row) for row in (some @ design.T > 0).tolist()}  # noqa: E731
    drawn = rng.normal(size=(50_000, p)) / np.abs(design).mean(0)
    assert ways(drawn) <= ways(boundaries(design))
