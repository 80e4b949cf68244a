"""Pareto fronts of two losses of one linear model: 200 weights, n = 1,000."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from benchmarks.timing import Contender, race
from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Combined, Risk, pareto_front

ROWS, WEIGHTS = 1000, np.linspace(0.005, 0.995, 200)
PAIRS = {  # of losses, and the features they are of
    ("squared", "squared"): 5,
    ("squared", "absolute"): 2,
    ("absolute", "absolute"): 2,
    ("huber", "huber"): 5,
    ("cross_entropy", "cross_entropy"): 5,
    ("softmax_cross_entropy", "softmax_cross_entropy"): 2,
}


def run() -> None:
    for (one, two), features in PAIRS.items():
        _front(pair(one, two, features))


def pair(one: str, two: str, features: int) -> tuple[Risk, Risk]:
    """The losses ``one`` and ``two`` of two targets of the same features."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, features))
    return _risk(one, X, rng), _risk(two, X, rng)


def _risk(name: str, X: np.ndarray, rng: np.random.Generator) -> Risk:
    loss = LOSSES[name]()
    classes = {"regression": 1, "binary": 2, "multiclass": 3}[loss.task]
    scores = X @ rng.normal(size=(X.shape[1], classes)) + rng.gumbel(size=(len(X), classes))
    y = scores[:, 0] if classes == 1 else scores.argmax(1).astype(float)
    return Risk(Data(X, y, task=loss.task), MODELS["linear"](), loss)


def _front(risks: tuple[Risk, Risk]) -> None:
    def sums(thetas: np.ndarray) -> np.ndarray:
        first, second = (each.value(thetas) for each in risks)
        weights = WEIGHTS[: len(thetas)]
        return np.asarray(weights * first + (1 - weights) * second)

    def looped() -> np.ndarray:
        """SciPy's BFGS for each weight, from the last one's end."""
        ends = [np.zeros(risks[0].layout.size)]
        for weight in WEIGHTS:
            both = Combined([(weight, risks[0]), (1 - weight, risks[1])])
            ends.append(minimize(both.value, ends[-1], jac=both.gradient, method="BFGS").x)
        return sums(np.array(ends[1:]))

    contenders = [Contender("lossviz", lambda: sums(pareto_front(*risks, WEIGHTS)))]
    if all(each.loss.smooth for each in risks):
        contenders.append(Contender("SciPy's BFGS, warm starts", looped))
    one, two = (each.loss.id for each in risks)
    size = risks[0].layout.size
    title = f"Front of {one} and {two}, {len(WEIGHTS)} weights, n = {ROWS:,}, {size} parameters"
    race(title, contenders, rtol=1e-7, turns=5)
