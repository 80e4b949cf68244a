"""The base of all models: a layout of parameters, a prediction, and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from lossviz.models.layout import Array, Layout
from lossviz.recipes import Recipe

TOGETHER, FEW = 1024, 64  # rows whose answers are differentiated at once, and of more


@dataclass(frozen=True)
class Model(Recipe):
    """A map from inputs to predictions, with a flat vector of parameters.

    ``formula`` is the prediction in LaTeX.  ``tasks`` are those it can serve: with ``outputs``
    above one the prediction is (..., n, k), the logits of k classes.  ``most_inputs`` is the
    number of feature columns it can read (None: any).  ``affine`` says that the prediction is a
    weighted sum of the features as they are, the intercepts first where there are any: its level
    sets are straight.
    """

    formula: ClassVar[str]
    tasks: ClassVar[tuple[str, ...]] = ("regression", "binary")
    most_inputs: ClassVar[int | None] = None
    affine: ClassVar[bool] = False

    @property
    def powers(self) -> bool:
        """Whether over one feature the parameters are the weights of 1, x, x², … in this order."""
        return False

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        """Where the parameters live for ``inputs`` features and ``outputs`` predictions.

        Raises ValueError when the model cannot read so many features.
        """
        raise NotImplementedError

    def names(self, columns: tuple[str, ...], outputs: int = 1) -> tuple[str, ...]:
        """One name per parameter for data with these columns."""
        return self.layout(len(columns), outputs).names

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        """(p,) a place to start from, the same for the same seed."""
        raise NotImplementedError

    def predict(self, theta: Array, X: Array) -> Array:
        """(..., p) and (n, d) to (..., n), or (..., n, k) where theta holds k outputs.

        Raises ValueError when theta has another number of parameters than the model with d
        features, or X is no table.
        """
        raise NotImplementedError

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        """(..., p): the gradient of sum(upstream * prediction) in theta; upstream (..., n[, k]).

        Raises ValueError as ``predict`` does, and when upstream has another number of rows.
        """
        raise NotImplementedError

    def chained(self, theta: Array, X: Array, slope: Callable[[Array], Array]) -> Array:
        """``pullback`` of what ``slope`` makes of the prediction (..., n[, k]): (..., p)."""
        return self.pullback(theta, X, slope(self.predict(theta, X)))

    def jacobian(self, theta: Array, X: Array) -> Array:
        """(..., n, p): how each prediction of a single output changes with each parameter."""
        theta, X = given(theta, X)
        # a row's answer depends on that row alone: of many rows only a few at once meet each other
        size = len(X) if len(X) <= TOGETHER else FEW
        parts = [X[at : at + size] for at in range(0, len(X), size)]
        found = [self.pullback(theta[..., None, :], part, np.eye(len(part))) for part in parts]
        return np.concatenate(found, axis=-2)

    def design(self, X: Array) -> Array | None:
        """(n, p) with predict(theta, X) == theta @ design.T, or None if not linear in theta."""
        return None


def given(theta: ArrayLike, X: ArrayLike) -> tuple[Array, Array]:
    """Theta (..., p) and X (n, d) as floats, single precision kept; ValueError for other shapes."""
    read = [np.asarray(each) for each in (theta, X)]
    vectors, table = (each if each.dtype.kind == "f" else each.astype(float) for each in read)
    if not vectors.ndim or table.ndim != 2:
        raise ValueError(
            "A model reads theta (..., p) and a table X (n, d), one row for each sample; theta "
            f"has shape {vectors.shape} and X {table.shape}. Write one feature as x[:, None]."
        )
    return vectors, table
