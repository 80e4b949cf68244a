"""Fronts of two losses: every point is level for its weight, whichever way it was found."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima.pareto import pareto_front
from lossviz.models import MODELS
from lossviz.objectives import ANALYTIC, Risk

LINEAR = MODELS["linear"]()


def pair(second_scale: float, names=("log_cosh", "pseudo_huber")) -> tuple[Risk, Risk]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    y = X @ [1.0, -2.0] + rng.normal(size=40)
    first, second = (LOSSES[name]() for name in names)
    return Risk(Data(X, y), LINEAR, first), Risk(Data(second_scale * X[::-1], y), LINEAR, second)


def unbalanced(first, second, weights, thetas) -> float:
    """The largest slope left of the weighted sum, of the largest slope of a term."""
    slopes = (
        weights[:, None] * first.gradient(thetas),
        (1 - weights[:, None]) * second.gradient(thetas),
    )
    return float(np.abs(slopes[0] + slopes[1]).max() / np.abs(slopes).max())


@pytest.mark.parametrize("scale", [1e-4, 0.02, 1.0, 50.0])
def test_every_point_is_level_whichever_loss_is_the_more_curved(scale):
    """Beside a curved loss a gentle one hardly curves the sum, yet decides where it is lowest."""
    weights = np.linspace(0.2, 0.95, 12)
    for first, second in (pair(scale), pair(scale)[::-1]):
        thetas = pareto_front(first, second, weights)
        assert unbalanced(first, second, weights, thetas) < 1e-8
        assert np.abs(second.gradient(thetas)).max() > 1e-6  # each pulls


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.9])
def test_one_weight_alone_is_found_from_the_start(weight):
    first, second = pair(0.3)
    weights = np.array([weight])
    thetas = pareto_front(first, second, weights)
    assert unbalanced(first, second, weights, thetas) < 1e-10


def test_where_neither_is_convex_every_point_is_level_and_the_lowest_of_a_fine_grid():
    first, second = ANALYTIC["himmelblau"], ANALYTIC["rosenbrock"]
    weights = np.array([0.0, 0.1, 0.5, 0.97, 1.0])
    thetas = pareto_front(first, second, weights)
    grid = np.stack(np.meshgrid(np.linspace(-5, 5, 201), np.linspace(-5, 5, 201)), axis=-1)
    for weight, theta in zip(weights, thetas, strict=True):
        value = weight * first.value(theta) + (1 - weight) * second.value(theta)
        assert value <= (weight * first.value(grid) + (1 - weight) * second.value(grid)).min()
        slope = weight * first.gradient(theta) + (1 - weight) * second.gradient(theta)
        assert np.abs(slope).max() < 1e-8


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([], "1 to 2,000 weights"),
        (np.full(2001, 0.5), "1 to 2,000 weights"),
        (0.5, "1 to 2,000 weights"),
        ([0.5, -0.1], "from 0 to 1.*got -0.1"),
        ([0.5, 1.5], "from 0 to 1.*got 1.5"),
        ([0.5, np.nan], "from 0 to 1"),
        ("some", "a list of weights"),
    ],
)
def test_weights_are_a_list_of_shares(weights, words):
    with pytest.raises(ValueError, match=words):
        pareto_front(ANALYTIC["himmelblau"], ANALYTIC["rosenbrock"], weights)
