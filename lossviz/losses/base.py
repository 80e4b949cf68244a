"""The base of all losses: a loss of one prediction, its derivatives, and facts about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.recipes import Recipe, interval, within
from lossviz.text import inside, number

Array = NDArray[np.floating]


class Pieces(NamedTuple):
    """A function that is a quadratic on each of a few intervals of its argument u.

    ``knots`` (m,) ascending; ``a``, ``b``, ``c`` (m + 1,): rho(u) = a u^2 + b u + c on the
    interval left of ``knots[0]``, between knots, and right of ``knots[-1]``.  A knot belongs to
    the piece on its left.  Whoever knows the pieces can sum a million rows by counting
    (performance) or minimise exactly (LP, QP).
    """

    knots: tuple[float, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]
    c: tuple[float, ...]


@dataclass(frozen=True)
class Loss(Recipe):
    """The loss of one prediction and its derivatives in the prediction; no mean, no parameters.

    Shapes: y (n,), prediction (..., n) (multi-class: (..., n, k)); results (..., n)
    (multi-class derivative: (..., n, k)).

    ``task`` is "regression", "binary" (the prediction is a logit) or "multiclass" (logits).
    ``formula`` is LaTeX in r = y - prediction, or in m, the margin, or in p_t, the probability
    given to the true label; ``reference`` is where it comes from.
    ``convex``, ``smooth``, ``bounded``, ``robust`` and ``proper`` are facts; a test verifies them.
    """

    task: ClassVar[str]
    formula: ClassVar[str]
    reference: ClassVar[str]
    # the derivative in the logit is a positive multiple of probability - label: among constant
    # logits that of the share of ones is best
    canonical: ClassVar[bool] = False
    # the derivative is 0 wherever there is one: no descent learns from it
    flat: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """What the middle of a sentence calls it: "squared error", but "Tukey biweight"."""
        return inside(self.label)

    @property
    def convex(self) -> bool:
        """No chord between two values passes below the curve."""
        raise NotImplementedError

    @property
    def smooth(self) -> bool:
        """Value and derivative are continuous: no step, no kink."""
        raise NotImplementedError

    @property
    def bounded(self) -> bool:
        """The loss of one row is bounded."""
        raise NotImplementedError

    @property
    def robust(self) -> bool:
        """The derivative is bounded, so the influence of a single row is bounded."""
        raise NotImplementedError

    @property
    def proper(self) -> bool | None:
        """The true probability is risk-minimising; None where the loss is of no probability."""
        return None

    @property
    def targets(self) -> str:
        """The interval every target must lie in."""
        return "(-inf, inf)"

    def check_targets(self, y: Array) -> None:
        """Raise ValueError where one of the targets (n,) has no loss."""
        if not y.size or (within(self.targets, y.min()) and within(self.targets, y.max())):
            return
        wanted = (
            "positive targets"
            if self.targets == "(0, inf)"
            else f"targets {interval(self.targets)}"
        )
        raise ValueError(
            f"{self.label} needs {wanted}; these go from {number(y.min())} to {number(y.max())}. "
            "Choose another loss or other data."
        )

    @property
    def pieces(self) -> Pieces | None:
        """The piecewise quadratic form in r or m, where there is one."""
        return None

    @property
    def square(self) -> float | None:
        """The factor of a loss that is a multiple of r squared; None of any other."""
        pieces = self.pieces
        if self.task != "regression" or pieces is None or pieces.knots:
            return None
        return pieces.a[0] if pieces.a[0] > 0 and pieces.b == pieces.c == (0.0,) else None

    def value(self, y: Array, prediction: Array) -> Array:
        """The loss of each row: y (n,) and prediction (..., n[, k]) to (..., n)."""
        raise NotImplementedError

    def derivative(self, y: Array, prediction: Array) -> Array:
        """In the prediction, (..., n[, k]); at a kink the midpoint of the one-sided derivatives."""
        raise NotImplementedError

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        """In the prediction, where it exists, (..., n[, k, k]); 0 at a kink."""
        raise NotImplementedError


def error(y: Array, prediction: Array) -> Array:
    """The error prediction - y, in floats even where both are whole numbers.

    It is minus the residual y - prediction that is shown everywhere: in the error, the derivative
    of a loss has the sign of the derivative in the prediction.
    """
    y = np.asarray(y)
    return np.asarray(prediction) - (y if y.dtype.kind == "f" else 1.0 * y)


def side(y: Array) -> Array:
    """+1 for class 1, -1 for class 0."""
    return 2.0 * np.asarray(y) - 1


@dataclass(frozen=True)
class ResidualLoss(Loss):
    """A regression loss that depends on the residual alone.

    ``rho``, ``slope`` and ``curvature`` are functions of the error prediction - y, so that
    ``slope`` is the derivative in the prediction; ``formula`` is in r = y - prediction.
    """

    task = "regression"

    def value(self, y: Array, prediction: Array) -> Array:
        return self.rho(error(y, prediction))

    def derivative(self, y: Array, prediction: Array) -> Array:
        return self.slope(error(y, prediction))

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return self.curvature(error(y, prediction))

    def rho(self, r: Array) -> Array:
        """The loss as a function of the error r = prediction - y: (..., n) to (..., n)."""
        raise NotImplementedError

    def slope(self, r: Array) -> Array:
        """The derivative of ``rho`` in r: (..., n) to (..., n)."""
        raise NotImplementedError

    def curvature(self, r: Array) -> Array:
        """The second derivative of ``rho`` in r, 0 at a kink: (..., n) to (..., n)."""
        raise NotImplementedError


@dataclass(frozen=True)
class MarginLoss(Loss):
    """A binary loss that depends on the margin m = (2y - 1) * logit alone."""

    task = "binary"

    def value(self, y: Array, prediction: Array) -> Array:
        return self.rho(side(y) * prediction)

    def derivative(self, y: Array, prediction: Array) -> Array:
        return side(y) * self.slope(side(y) * prediction)

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return self.curvature(side(y) * prediction)

    def rho(self, m: Array) -> Array:
        """The loss as a function of the margin m: (..., n) to (..., n)."""
        raise NotImplementedError

    def slope(self, m: Array) -> Array:
        """The derivative of ``rho`` in m: (..., n) to (..., n)."""
        raise NotImplementedError

    def curvature(self, m: Array) -> Array:
        """The second derivative of ``rho`` in m, 0 at a kink: (..., n) to (..., n)."""
        raise NotImplementedError
