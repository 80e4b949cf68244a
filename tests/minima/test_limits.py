"""What a solver takes on and what it leaves to others, and what counts as rounding."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize, multinomial
from lossviz.minima.minimum import others_in_words
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import without_noise


def three_classes(n=12):
    rng = np.random.default_rng(0)
    data = Data(rng.normal(size=(n, 2)), np.arange(n) % 3, task="multiclass")
    return Risk(data, MODELS["linear"](), LOSSES["softmax_cross_entropy"]())


@pytest.mark.parametrize(("name", "size"), [("MOST_NUMBERS", 12 * 3 * 9), ("MOST_PARAMETERS", 9)])
def test_the_design_of_all_logits_is_made_up_to_its_limit_and_not_beyond(monkeypatch, name, size):
    risk = three_classes()
    assert risk.layout.size == 9
    monkeypatch.setattr(multinomial, name, size)
    assert multinomial.open_up_classes(risk) is not None
    monkeypatch.setattr(multinomial, name, size - 1)
    assert multinomial.open_up_classes(risk) is None


@pytest.mark.parametrize("n", [10, 200])
def test_columns_that_differ_by_rounding_alone_become_one(n):
    """The columns come about one in size, as ``conditioned`` makes them."""
    rng = np.random.default_rng(n)
    column, rounding = rng.normal(size=n), 1e-7 * rng.choice([-1, 1], n)
    design = np.column_stack([np.ones(n), column, column + rounding])
    noise = np.array([0.0, 1e-7, 1e-7])

    def rank(some):
        return np.linalg.matrix_rank(some / np.linalg.norm(some, axis=0), tol=1e-10)

    assert rank(design) == 3
    cleared = without_noise(design, noise)
    assert rank(cleared) == 2
    np.testing.assert_allclose(cleared, design, atol=1e-6)
    # what is larger than rounding is kept as it is
    assert without_noise(design, noise / 100) is design


def test_a_parameter_of_a_flat_set_that_is_rounding_is_zero():
    """Classes that touch at 0: the middle of the minimisers has an intercept of 5e-17."""
    x = np.array([[-2.0], [-1], [0], [0], [1], [2]])
    data = Data(x, np.array([0.0, 0, 0, 1, 1, 1]), "binary")
    best = minimize(Risk(data, MODELS["line"](), LOSSES["squared_hinge"]()))
    assert best.kind == "set"
    assert best.theta[0] == 0
    assert best.value == pytest.approx(1 / 3)


def test_a_parameter_of_the_best_of_many_that_is_rounding_is_zero():
    x, y = np.arange(12.0), np.append(2 * np.arange(11.0), -40.0)
    risk = Risk(Data(x[:, None], y), MODELS["line"](), LOSSES["tukey_biweight"]())
    best = minimize(risk)
    assert best.kind == "local"
    assert best.theta[0] == 0
    assert best.theta[1] == pytest.approx(2)


def test_one_other_minimum_is_one():
    assert others_in_words(1) == "1 other local minimum was found"
    assert others_in_words(12) == "12 other local minima were found"
