"""A polynomial of high degree, smoothed by its penalty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import Data, Dataset
from lossviz.losses import LOSSES
from lossviz.models import Polynomial
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.regularization.validation import learning_split, losses

Array = NDArray[np.floating]
STEPS, POINTS = 40, 161


@dataclass(frozen=True, eq=False)
class Wiggles:
    """Curves (k, m) over ``x`` (m,), one for each of ``strengths`` (k,), with their losses (k,)."""

    train: Data
    validation: Data
    x: Array
    curves: Array
    strengths: Array
    on_train: Array
    on_validation: Array

    @property
    def best(self) -> int:
        """The step with the lowest loss on the validation points."""
        return int(self.on_validation.argmin())

    @property
    def bumpiness(self) -> Array:
        """(k,) how far each curve travels up and down over the interval."""
        return np.abs(np.diff(self.curves, axis=1)).sum(1)


def wiggles(dataset: Dataset, degree: int, learn: int, seed: int = 0) -> Wiggles:
    """A polynomial with an L2 penalty on the weights of the powers, fitted to ``learn`` points.

    Exact: one singular value decomposition serves all strengths.  Strength 0 is the shortest
    least-squares fit.  Raises ValueError as ``learning_split`` does.
    """
    train, validation = learning_split(dataset.draw(), learn, seed)
    strengths = np.concatenate([[0.0], np.geomspace(1e-8, 10, STEPS - 1)])
    risk = Risk(train, Polynomial(degree=degree), LOSSES["squared"](), PENALTIES["l2"]())
    powers = risk.model.design(train.X)
    assert powers is not None
    X, y = powers[:, 1:] - powers[:, 1:].mean(0), train.y - train.y.mean()
    U, s, V = np.linalg.svd(X, full_matrices=False)
    s = np.where(s > 1e-12 * s.max(), s, 0.0)
    denominator = s**2 + 0.5 * len(y) * strengths[:, None]
    w = (
        np.where(denominator > 0, s / np.where(denominator > 0, denominator, 1), 0.0) * (U.T @ y)
    ) @ V
    theta = np.column_stack([train.y.mean() - w @ powers[:, 1:].mean(0), w])
    seen = np.concatenate([train.X, validation.X])
    x = np.linspace(seen.min(), seen.max(), POINTS)
    curves = risk.model.predict(theta, x[:, None])
    return Wiggles(
        train, validation, x, curves, strengths,
        losses(risk, theta, train), losses(risk, theta, validation),
    )  # fmt: skip
