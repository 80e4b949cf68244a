"""What the browser is told to solve while a point is dragged is the loss itself."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.losses.base import Pieces
from lossviz.models import MODELS
from lossviz.problem.problem import Problem
from lossviz.recipes import hyperparameter
from lossviz.ui.data import live
from lossviz.ui.data.live import solver

R = np.linspace(-6, 6, 241)  # errors, prediction - y


def as_in_the_browser(kind, scale=1.0, up=1.0, down=1.0, delta=1.0):
    """The losses of stage/lines.js."""
    size = np.abs(R)
    tails = np.where(size <= delta, R * R / 2, delta * (size - delta / 2))
    return scale * {"squared": R * R, "pinball": np.where(R > 0, up * R, -down * R),
                    "huber": tails}[kind]  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "numbers"),
    [
        ("squared", {}), ("half_squared", {}), ("absolute", {}), ("quantile", {"tau": 0.8}),
        ("huber", {"delta": 0.3}), ("smooth_l1", {"beta": 0.3}), ("gaussian_nll", {"var": 1.0}),
    ],
)  # fmt: skip
def test_the_browser_solves_for_the_loss_itself(loss, numbers):
    recipe = LOSSES[loss](**numbers)
    told = solver(recipe)
    assert told is not None
    np.testing.assert_allclose(as_in_the_browser(**told), recipe.rho(R), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "loss",
    [
        LOSSES["squared_epsilon_insensitive"](), LOSSES["epsilon_insensitive"](),
        LOSSES["pseudo_huber"](), LOSSES["constant"](), LOSSES["hinge"](),
        LOSSES["gaussian_nll"](var=2.0), LOSSES["cauchy"](),
    ],
    ids=lambda loss: loss.id,
)  # fmt: skip
def test_where_it_has_no_such_loss_it_solves_nothing(loss):
    assert solver(loss) is None


@dataclass(frozen=True)
class Steeper(LOSSES["absolute"]):
    """A newcomer's: absolute error times a number that nobody here has heard of."""

    id = "steeper"
    label = "Steeper absolute error"
    times: float = hyperparameter(2.0, 0.5, 4.0, domain="(0, inf)")

    @property
    def pieces(self):
        knots, a, b, c = super().pieces
        return Pieces(knots, a, tuple(self.times * each for each in b), c)


def dials(monkeypatch, loss):
    """What the stage is told of a slider for this loss."""
    told = []
    monkeypatch.setattr(live.stage, "dial", lambda **dial: told.append(dial))
    problem = Problem(DATASETS["anscombe"](), MODELS["line"](), loss)
    live.dial({}, problem, key="dial", group="here")
    return told


@pytest.mark.parametrize(
    "loss", [*(LOSSES[each]() for each in ("huber", "quantile", "smooth_l1")), Steeper()]
)
def test_the_slider_turns_whatever_number_the_loss_has(monkeypatch, loss):
    (dial,) = dials(monkeypatch, loss)
    (name,) = (each.name for each in loss.hyperparameters())
    about = loss.hyperparameters()[0].metadata
    assert (dial["values"][0], dial["values"][-1]) == pytest.approx((about["low"], about["high"]))
    assert dial["value"] == getattr(loss, name)
    for value, told in zip(dial["values"], dial["solvers"], strict=True):
        assert told == solver(replace(loss, **{name: value}))


@pytest.mark.parametrize("loss", ["squared", "gaussian_nll", "cauchy"])
def test_no_slider_where_a_notch_has_no_solver_or_there_is_no_number(monkeypatch, loss):
    assert not dials(monkeypatch, LOSSES[loss]())
