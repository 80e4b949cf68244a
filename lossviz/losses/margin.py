"""Losses of a margin: hinge and its relatives, with no probability in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.losses.base import Array, MarginLoss, Pieces


@dataclass(frozen=True)
class Hinge(MarginLoss):
    """Zero from a margin of 1 on; below, it grows linearly."""

    id, label, formula = "hinge", "Hinge", r"\max(0,\ 1 - m)"
    reference = "Cortes & Vapnik 1995"
    convex = robust = True
    smooth = bounded = False
    pieces = Pieces((1.0,), (0.0, 0.0), (-1.0, 0.0), (1.0, 0.0))

    def rho(self, m: Array) -> Array:
        return np.maximum(1 - m, 0)

    def slope(self, m: Array) -> Array:
        return 0.5 * (np.sign(m - 1) - 1)

    def curvature(self, m: Array) -> Array:
        return np.zeros_like(m)


@dataclass(frozen=True)
class SquaredHinge(MarginLoss):
    """The shortfall from a margin of one, squared: smooth, and hard on the badly wrong."""

    id, label, formula = "squared_hinge", "Squared hinge", r"\max(0,\ 1 - m)^2"
    reference = "Cortes & Vapnik 1995 (the L2 support vector machine)"
    convex = smooth = True
    bounded = robust = False
    pieces = Pieces((1.0,), (1.0, 0.0), (-2.0, 0.0), (1.0, 0.0))

    def rho(self, m: Array) -> Array:
        return np.maximum(1 - m, 0) ** 2

    def slope(self, m: Array) -> Array:
        return -2 * np.maximum(1 - m, 0)

    def curvature(self, m: Array) -> Array:
        return np.where(m < 1, np.full_like(m, 2), 0)


@dataclass(frozen=True)
class ModifiedHuber(MarginLoss):
    """A squared hinge near the boundary that turns into a straight line for the badly wrong."""

    id, label = "modified_huber", "Modified Huber"
    formula = r"\begin{cases} \max(0,\ 1 - m)^2 & m \ge -1 \\ -4 m & m < -1 \end{cases}"
    reference = "Zhang 2004"
    convex = smooth = robust = True
    bounded = False
    pieces = Pieces((-1.0, 1.0), (0.0, 1.0, 0.0), (-4.0, -2.0, 0.0), (0.0, 1.0, 0.0))

    def rho(self, m: Array) -> Array:
        short = np.maximum(1 - m, 0)
        near = np.minimum(short, 2)
        return near * (2 * short - near)

    def slope(self, m: Array) -> Array:
        return -2 * np.clip(1 - m, 0, 2)

    def curvature(self, m: Array) -> Array:
        return np.where(np.abs(m) < 1, np.full_like(m, 2), 0)


@dataclass(frozen=True)
class PerceptronLoss(MarginLoss):
    """Zero for a correct answer, however narrow; else the size of the negative margin."""

    id, label, formula = "perceptron", "Perceptron", r"\max(0,\ -m)"
    reference = "Rosenblatt 1958"
    convex = robust = True
    smooth = bounded = False
    pieces = Pieces((0.0,), (0.0, 0.0), (-1.0, 0.0), (0.0, 0.0))

    def rho(self, m: Array) -> Array:
        return np.maximum(-m, 0)

    def slope(self, m: Array) -> Array:
        return 0.5 * (np.sign(m) - 1)

    def curvature(self, m: Array) -> Array:
        return np.zeros_like(m)


@dataclass(frozen=True)
class ExponentialLoss(MarginLoss):
    """Grows exponentially with a negative margin: one flipped label can dominate.

    The exponent is held just below the largest a float can hold, so that sums stay finite.
    """

    id, label, formula = "exponential", "Exponential", r"e^{-m}"
    reference = "Freund & Schapire 1997 (AdaBoost)"
    convex = smooth = True
    bounded = robust = False

    def rho(self, m: Array) -> Array:
        most = float(np.log(np.finfo(np.asarray(m).dtype).max)) - 20
        return np.exp(np.minimum(-m, most))

    def slope(self, m: Array) -> Array:
        return -self.rho(m)

    def curvature(self, m: Array) -> Array:
        return self.rho(m)


@dataclass(frozen=True)
class ZeroOne(MarginLoss):
    """The error rate: 1 for a wrong answer, 0 for a correct one, and no gradient to follow.

    A logit of exactly zero counts as wrong.
    """

    id, label = "zero_one", "Zero-one"
    formula = r"\begin{cases} 1 & m \le 0 \\ 0 & m > 0 \end{cases}"
    reference = "Wald 1950"
    bounded = robust = flat = True
    convex = smooth = False
    pieces = Pieces((0.0,), (0.0, 0.0), (0.0, 0.0), (1.0, 0.0))

    def rho(self, m: Array) -> Array:
        return np.asarray(m <= 0, dtype=np.result_type(m))

    def slope(self, m: Array) -> Array:
        return np.zeros_like(m)

    def curvature(self, m: Array) -> Array:
        return np.zeros_like(m)
