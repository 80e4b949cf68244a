"""Validation of every strength of a penalty: held-out data and cross-validation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.datasets import Data, split
from lossviz.objectives import Risk
from lossviz.regularization.coefficient_path import path_weights
from lossviz.regularization.reduced_risk import WeightsOnly

Array = NDArray[np.floating]
FOLDS = 5


@dataclass(frozen=True, eq=False)
class ValidationPath:
    """Mean losses (k,) without the penalty, of the models fitted at ``strengths`` (k,).

    ``train`` on the points learned from, ``validation`` on those held out, ``folds`` by
    cross-validation among the points learned from, with its standard ``error``.  ``best`` is the
    strength with the lowest ``folds``; ``simplest`` the strongest penalty within one standard error
    of it (Breiman et al. 1984; Hastie, Tibshirani & Friedman 2009, section 7.10).
    """

    strengths: Array
    train: Array
    validation: Array
    folds: Array
    error: Array
    learned: int
    held: int

    @property
    def exists(self) -> NDArray[np.bool_]:
        """(k,) whether there is a best model."""
        return np.isfinite(self.train)

    @property
    def size(self) -> float:
        """The largest of the losses: what is far below it is rounding."""
        both = np.concatenate([self.train, self.validation])
        return float(np.abs(both[np.isfinite(both)]).max(initial=0.0))

    @property
    def best(self) -> int:
        return int(np.nanargmin(self.folds))

    @property
    def simplest(self) -> int:
        within = self.folds <= self.folds[self.best] + self.error[self.best]
        return int(np.flatnonzero(within)[-1])


def validation_path(
    train: Data, validation: Data, risk: Risk, strengths: ArrayLike, *, seed: int = 0
) -> ValidationPath:
    """Models of ``risk``'s recipes fitted to ``train`` and to its folds, validated everywhere.

    Raises ValueError where at no strength every fold has a best model to judge.
    """
    found = validated(learners(train, validation, risk, seed), strengths)
    if np.isnan(found.folds).all():
        raise ValueError(
            f"Cross-validation compares models fitted to {min(FOLDS, len(train))} parts of the "
            f"{len(train)} points learned from; at no λ has every part a best model, because its "
            "classes can be told apart and larger weights are always better. Learn from more "
            "points, or choose a penalty that grows with the weights."
        )
    return found


@dataclass(frozen=True, eq=False)
class Learners:
    """What is solved at every strength: all the points learned from, and without each fold.

    ``parts`` holds the problem without a fold, and the fold, which judges it.
    """

    risk: Risk
    train: Data
    validation: Data
    whole: WeightsOnly
    parts: tuple[tuple[WeightsOnly, Data], ...]


def learners(train: Data, validation: Data, risk: Risk, seed: int = 0) -> Learners:
    """The problems of ``validation_path``, for any strengths."""
    number = min(FOLDS, len(train))
    fold = _folds(train, number, seed)
    parts = tuple(
        (_learner(risk, _rows(train, fold != k)), _rows(train, fold == k)) for k in range(number)
    )
    return Learners(risk, train, validation, _learner(risk, train), parts)


def validated(known: Learners, strengths: ArrayLike) -> ValidationPath:
    """Their models at ``strengths`` (k,); NaN where a fold has no best model."""
    strengths = np.asarray(strengths, float)
    risk = known.risk
    models = _models(known.whole, strengths)
    each = np.array([losses(risk, _models(one, strengths), held) for one, held in known.parts])
    return ValidationPath(
        strengths,
        losses(risk, models, known.train),
        losses(risk, models, known.validation),
        each.mean(0),
        each.std(0, ddof=1) / np.sqrt(len(each)),
        len(known.train),
        len(known.validation),
    )


def learning_split(data: Data, learn: int, seed: int = 0) -> tuple[Data, Data]:
    """``learn`` rows to learn from and the rest: (train, validation).

    Raises ValueError where that leaves fewer than four points to learn from or none to judge on.
    """
    if not 4 <= learn < len(data):
        raise ValueError(
            f"Learning needs at least 4 points and judging at least 1; of {len(data)} points "
            f"{learn} were asked for training. Choose another number."
        )
    return split(data, (len(data) - learn) / len(data), seed)


def fitted(risk: Risk, data: Data, strengths: Array) -> Array:
    """(k, p) the model's parameters fitted to ``data`` at every strength."""
    return _models(_learner(risk, data), strengths)


def _learner(risk: Risk, data: Data) -> WeightsOnly:
    return WeightsOnly(replace(risk, data=data))


def _models(reduced: WeightsOnly, strengths: Array) -> Array:
    return reduced.theta(path_weights(reduced, strengths))


def losses(risk: Risk, theta: Array, data: Data) -> Array:
    """(k,) the mean loss on ``data`` without the penalty, for theta (k, p)."""
    return risk.loss.value(data.y, risk.model.predict(theta, data.X)).mean(-1)


def _folds(data: Data, number: int, seed: int) -> NDArray[np.integer]:
    """(n,) which fold each row is in; each class is dealt out evenly."""
    order = np.random.default_rng(seed).permutation(len(data))
    if data.task == "binary":
        order = order[np.argsort(data.y[order], kind="stable")]
    fold = np.empty(len(data), int)
    fold[order] = np.arange(len(data)) % number
    return fold


def _rows(data: Data, rows: NDArray[np.bool_]) -> Data:
    return replace(data, X=data.X[rows], y=data.y[rows])
