"""Losses of a residual that are squares near zero and grow linearly far out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.losses.base import Array, Pieces, ResidualLoss
from lossviz.recipes import hyperparameter


@dataclass(frozen=True)
class Huber(ResidualLoss):
    """Squared for small residuals, absolute for large ones: smooth, with bounded influence."""

    id, label = "huber", "Huber"
    formula = (
        r"\begin{cases} \tfrac{1}{2} r^2 & |r| \le \delta \\"
        r" \delta (|r| - \tfrac{1}{2} \delta) & |r| > \delta \end{cases}"
    )
    reference = "Huber 1964"
    convex = smooth = robust = True
    bounded = False
    delta: float = hyperparameter(1.0, 0.05, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        near = np.clip(r, -self.delta, self.delta)
        return near * (r - 0.5 * near)

    def slope(self, r: Array) -> Array:
        return np.clip(r, -self.delta, self.delta)

    def curvature(self, r: Array) -> Array:
        return np.where(np.abs(r) < self.delta, np.ones_like(r), 0)

    @property
    def pieces(self) -> Pieces:
        d = self.delta
        tail = -0.5 * d * d
        return Pieces((-d, d), (0.0, 0.5, 0.0), (-d, 0.0, d), (tail, 0.0, tail))


@dataclass(frozen=True)
class SmoothL1(ResidualLoss):
    """The absolute error with its kink rounded off inside a band of width beta."""

    id, label = "smooth_l1", "Smooth L1"
    formula = (
        r"\begin{cases} r^2 / (2 \beta) & |r| \le \beta \\"
        r" |r| - \tfrac{1}{2} \beta & |r| > \beta \end{cases}"
    )
    reference = "Girshick 2015, arXiv:1504.08083"
    convex = smooth = robust = True
    bounded = False
    beta: float = hyperparameter(1.0, 0.05, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        near = np.clip(r, -self.beta, self.beta)
        return near * (r - 0.5 * near) / self.beta

    def slope(self, r: Array) -> Array:
        return np.clip(r, -self.beta, self.beta) / self.beta

    def curvature(self, r: Array) -> Array:
        return np.where(np.abs(r) < self.beta, np.full_like(r, 1 / self.beta), 0)

    @property
    def pieces(self) -> Pieces:
        b = self.beta
        return Pieces((-b, b), (0.0, 0.5 / b, 0.0), (-1.0, 0.0, 1.0), (-0.5 * b, 0.0, -0.5 * b))


@dataclass(frozen=True)
class PseudoHuber(ResidualLoss):
    """A hyperbola: round at the bottom, straight far out, smooth in every derivative."""

    id, label = "pseudo_huber", "Pseudo-Huber"
    formula = r"\delta^2 \left(\sqrt{1 + (r/\delta)^2} - 1\right)"
    reference = "Charbonnier et al. 1997; Hartley & Zisserman 2004"
    convex = smooth = robust = True
    bounded = False
    delta: float = hyperparameter(1.0, 0.05, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        return r * r / (1 + self._arm(r))  # the square root minus one, without the cancellation

    def slope(self, r: Array) -> Array:
        return r / self._arm(r)

    def curvature(self, r: Array) -> Array:
        return (1 / self._arm(r)) ** 3  # in this order nothing overflows

    def _arm(self, r: Array) -> Array:
        return np.sqrt(1 + (r / self.delta) ** 2)


@dataclass(frozen=True)
class LogCosh(ResidualLoss):
    """Half squared near zero, absolute far out, joined by one smooth formula."""

    id, label, formula = "log_cosh", "Log-cosh", r"\log \cosh r"
    reference = "Green 1990"
    convex = smooth = robust = True
    bounded = False

    def rho(self, r: Array) -> Array:
        size = np.abs(r)
        near = np.minimum(size, 20)  # beyond, log cosh is a straight line to the last digit
        return np.log1p(2 * np.sinh(0.5 * near) ** 2) + (size - near)

    def slope(self, r: Array) -> Array:
        return np.tanh(r)

    def curvature(self, r: Array) -> Array:
        return 1 - np.tanh(r) ** 2
