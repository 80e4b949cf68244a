"""What a model owes: where its parameters live, a prediction, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lossviz.models.layout import Array, Layout
from lossviz.recipes import Recipe


@dataclass(frozen=True)
class Model(Recipe):
    """A map from inputs to predictions, with a flat vector of parameters.

    ``formula`` is the prediction in LaTeX.  ``tasks`` are those it can serve: with ``outputs``
    above one the prediction is (..., n, k), the logits of k classes.  ``most_inputs`` is the
    number of feature columns it can read (None: any).
    """

    formula: ClassVar[str]
    tasks: ClassVar[tuple[str, ...]] = ("regression", "binary")
    most_inputs: ClassVar[int | None] = None

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        """Where the parameters live for ``inputs`` features and ``outputs`` predictions."""
        raise NotImplementedError

    def names(self, columns: tuple[str, ...], outputs: int = 1) -> tuple[str, ...]:
        """One name per parameter for data with these columns."""
        return self.layout(len(columns), outputs).names

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        """(p,) a place to start from, the same for the same seed."""
        raise NotImplementedError

    def predict(self, theta: Array, X: Array) -> Array:
        """(..., p) and (n, d) to (..., n), or (..., n, k) where theta holds k outputs."""
        raise NotImplementedError

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        """(..., p): the gradient of sum(upstream * prediction) in theta; upstream (..., n[, k])."""
        raise NotImplementedError

    def design(self, X: Array) -> Array | None:
        """(n, p) with predict(theta, X) == theta @ design.T, or None if not linear in theta."""
        return None
