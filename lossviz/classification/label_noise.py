"""Wrong labels: which losses are robust, in theory and on data.

A loss is symmetric (Ghosh, Kumar & Sastry 2017) if loss(z, 1) + loss(z, 0) is one constant:
then flipping labels at random, less than half of them, rescales the risk and moves no minimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from lossviz.datasets import Data
from lossviz.losses import Loss
from lossviz.minima import Minimum, minimize
from lossviz.models import Model
from lossviz.objectives import Risk
from lossviz.penalties import Penalty

Array = NDArray[np.floating]
FAR = 60.0  # logits: beyond it a chance differs from 1 by less than rounding shows


@dataclass(frozen=True)
class Optimum:
    """The chance ``p`` that is risk-minimising, its risk ``risk``, or a whole range of them.

    ``attained`` is False where the loss falls all the way to certainty, ``level`` True where
    every chance costs the same.
    """

    p: float
    risk: float
    attained: bool
    level: bool = False


def both_sides(loss: Loss, z: Array) -> Array:
    """loss(z, 1) + loss(z, 0) at logits (m,)."""
    ones, zeros = np.ones_like(z), np.zeros_like(z)
    return np.asarray(loss.value(ones, z) + loss.value(zeros, z), float)


def symmetric_sum(loss: Loss) -> float | None:
    """The constant that loss(z, 1) + loss(z, 0) is, or None where it is none."""
    z = np.linspace(-20, 20, 401)[1::2]  # not at 0, where a step has no side
    total = both_sides(loss, z)
    steady = np.ptp(total) <= 1e-9 * max(1.0, float(np.abs(total).max()))
    return float(total.mean()) if steady else None


def population(loss: Loss, eta: float) -> Optimum:
    """The best constant answer where class 1 is labelled 0 with chance ``eta`` (below a half).

    Minimises (1 - eta) loss(z, 1) + eta loss(z, 0) over all logits z.  Raises ValueError for an
    ``eta`` outside 0 to 1 or a loss that is not for two classes.
    """
    if loss.task != "binary":
        raise ValueError(f"{loss.label} is a {loss.task} loss; noise theory needs two classes.")
    if not 0 <= eta <= 1:
        raise ValueError(f"The share of wrong labels must lie between 0 and 1; got {eta:g}.")

    def risk(z: Array) -> Array:
        ones, zeros = np.ones_like(z), np.zeros_like(z)
        return np.asarray((1 - eta) * loss.value(ones, z) + eta * loss.value(zeros, z), float)

    def slope(z: float) -> float:
        at = np.array([z])
        one, zero = loss.derivative(np.ones(1), at), loss.derivative(np.zeros(1), at)
        return float((1 - eta) * one[0] + eta * zero[0])

    grid = np.linspace(-FAR, FAR, 4801)
    values = risk(grid)
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return Optimum(float("nan"), float(values[0]), True, True)
    i = int(values.argmin())
    # far out the loss is level to rounding: only a clear dip is a minimum that is attained
    ends = min(values[0], values[-1])
    if values[i] >= ends - 1e-12 * max(1.0, abs(float(ends))):
        side = 1.0 if values[-1] <= values[0] else 0.0
        return Optimum(side, float(ends), False)
    low, high = float(grid[max(i - 1, 0)]), float(grid[min(i + 1, len(grid) - 1)])
    if slope(low) < 0 < slope(high):
        best = float(brentq(slope, low, high, xtol=1e-14, rtol=1e-14))
    else:
        best = float(grid[i])
    return Optimum(float(expit(best)), float(risk(np.array([best]))[0]), True)


@dataclass(frozen=True, eq=False)
class NoisyFit:
    """One loss fitted to clean and to noisy labels, both judged on the clean ones.

    ``features`` is how many of the parameters, the last ones, are weights.
    """

    loss: Loss
    clean: Minimum
    noisy: Minimum
    accuracy: tuple[float, float]
    features: int

    @property
    def turned(self) -> float:
        """The angle in degrees between the two boundaries' weights; nan where one has none."""
        v, w = (end.theta[-self.features :] for end in (self.clean, self.noisy))
        size = float(np.linalg.norm(v) * np.linalg.norm(w))
        if not size:
            return float("nan")
        return float(np.degrees(np.arccos(np.clip(v @ w / size, -1, 1))))


def fit_clean_and_noisy(
    clean: Data, noisy: Data, model: Model, losses: Sequence[Loss], penalty: Penalty
) -> list[NoisyFit]:
    """Each loss's minimum on both sets of labels, with the share of clean labels it gets right."""
    found = []
    for loss in losses:
        ends = [minimize(Risk(data, model, loss, penalty)) for data in (clean, noisy)]
        right = [accuracy(clean, model, end.theta) for end in ends]
        found.append(NoisyFit(loss, ends[0], ends[1], (right[0], right[1]), clean.X.shape[1]))
    return found


def accuracy(data: Data, model: Model, theta: Array) -> float:
    """The share of labels a classifier gets right; two classes: class 1 from a logit of 0 on."""
    logits = model.predict(theta, data.X)
    answer = logits >= 0 if data.task == "binary" else logits.argmax(-1)
    return float((answer == data.y).mean())


def imbalanced(data: Data, share: float, seed: int = 0) -> Data:
    """Two classes with rows of class 1 left out until it makes up ``share`` of the rows.

    Rows of class 0 are dropped instead where class 1 is rarer than that.  A smaller share drops
    the same rows and some more.  Raises ValueError for other tasks or a share not inside 0 to 1.
    """
    if data.task != "binary" or not 0 < share < 1:
        raise ValueError(
            f"Imbalance needs two classes and a share between 0 and 1; got {data.task} data and "
            f"{share:g}."
        )
    order = np.random.default_rng(seed).permutation(len(data))
    ones, zeros = order[data.y[order] == 1], order[data.y[order] == 0]
    wanted = share / (1 - share) * len(zeros)
    if wanted <= len(ones):
        ones = ones[: max(1, round(wanted))]
    else:
        zeros = zeros[: max(1, round(len(ones) * (1 - share) / share))]
    kept = np.sort(np.concatenate([ones, zeros]))
    return replace(data, X=data.X[kept], y=data.y[kept])


@dataclass(frozen=True)
class Scores:
    """What a classifier gets right, class by class: scikit-learn's definitions, 0/0 counts 0."""

    accuracy: float
    precision: float
    recall: float
    f1: float


def scores(data: Data, model: Model, theta: Array) -> Scores:
    """Two classes: class 1 is predicted from a logit of 0 on."""
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    answer = (model.predict(theta, data.X) >= 0).astype(float)
    precision, recall, f1, _ = precision_recall_fscore_support(
        data.y, answer, average="binary", zero_division=0
    )
    return Scores(float(accuracy_score(data.y, answer)), float(precision), float(recall), float(f1))
