"""Penalties: what large weights cost, the slope of that, and the proximal step.

The caller masks the biases out; a penalty sees weights only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lossviz.recipes import Recipe, catalogue

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Penalty(Recipe):
    """The price of the weights: theta (..., p) to value (...), derivative and prox (..., p)."""

    formula: ClassVar[str]

    def value(self, theta: Array) -> Array:
        raise NotImplementedError

    def derivative(self, theta: Array) -> Array:
        """0 at a crease, by convention."""
        raise NotImplementedError

    def prox(self, theta: Array, step: float) -> Array:
        """The w that minimises |w - theta|^2 / 2 + step * value(w)."""
        raise NotImplementedError


@dataclass(frozen=True)
class NoPenalty(Penalty):
    """Weights are free."""

    id, label, formula = "none", "None", "0"

    def value(self, theta: Array) -> Array:
        return np.zeros(np.shape(theta)[:-1])

    def derivative(self, theta: Array) -> Array:
        return np.zeros_like(theta)

    def prox(self, theta: Array, step: float) -> Array:
        return theta


PENALTIES: dict[str, type[Penalty]] = catalogue(NoPenalty)
