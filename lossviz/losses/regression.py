"""Losses of a residual: squared, absolute, quantile, and with a band of zero loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.losses.base import Array, Pieces, ResidualLoss, error
from lossviz.recipes import hyperparameter


@dataclass(frozen=True)
class SquaredError(ResidualLoss):
    """Twice the residual has four times the loss."""

    id, label, formula = "squared", "Squared error", "r^2"
    reference = "Gauss 1809; Legendre 1805"
    convex = smooth = True
    bounded = robust = False
    pieces = Pieces((), (1.0,), (0.0,), (0.0,))

    def rho(self, r: Array) -> Array:
        return r * r

    def slope(self, r: Array) -> Array:
        return 2 * r

    def curvature(self, r: Array) -> Array:
        return np.full_like(r, 2)


@dataclass(frozen=True)
class HalfSquaredError(ResidualLoss):
    """Half the square, so that the derivative is the residual itself."""

    id, label, formula = "half_squared", "Half squared error", r"\tfrac{1}{2} r^2"
    reference = "Gauss 1809; the half is a convention"
    convex = smooth = True
    bounded = robust = False
    pieces = Pieces((), (0.5,), (0.0,), (0.0,))

    def rho(self, r: Array) -> Array:
        return 0.5 * (r * r)

    def slope(self, r: Array) -> Array:
        return r

    def curvature(self, r: Array) -> Array:
        return np.ones_like(r)


@dataclass(frozen=True)
class GaussianNLL(ResidualLoss):
    """How surprised a bell curve of fixed variance is: the squared error, shifted and scaled."""

    id, label = "gaussian_nll", "Gaussian negative log-likelihood"
    formula = r"\tfrac{1}{2} \left(\log \nu + r^2 / \nu\right)"
    reference = "Nix & Weigend 1994"
    convex = smooth = True
    bounded = robust = False
    var: float = hyperparameter(1.0, 0.05, 10.0, log=True, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        return 0.5 / self.var * (r * r) + self._floor

    def slope(self, r: Array) -> Array:
        return r / self.var

    def curvature(self, r: Array) -> Array:
        return np.full_like(r, 1 / self.var)

    @property
    def pieces(self) -> Pieces:
        return Pieces((), (0.5 / self.var,), (0.0,), (self._floor,))

    @property
    def _floor(self) -> float:
        return 0.5 * float(np.log(self.var))


@dataclass(frozen=True)
class AbsoluteError(ResidualLoss):
    """Twice the residual has twice the loss, and all residuals have the same influence."""

    id, label, formula = "absolute", "Absolute error", "|r|"
    reference = "Boscovich 1757; Laplace 1793"
    convex = robust = True
    smooth = bounded = False
    pieces = Pieces((0.0,), (0.0, 0.0), (-1.0, 1.0), (0.0, 0.0))

    def rho(self, r: Array) -> Array:
        return np.abs(r)

    def slope(self, r: Array) -> Array:
        return np.sign(r)

    def curvature(self, r: Array) -> Array:
        return np.zeros_like(r)


@dataclass(frozen=True)
class QuantileLoss(ResidualLoss):
    """A positive residual has weight tau, a negative one 1 - tau: the minimiser is a quantile."""

    id, label = "quantile", "Quantile"
    formula = r"\max(\tau r,\ (\tau - 1) r)"
    reference = "Koenker & Bassett 1978"
    convex = robust = True
    smooth = bounded = False
    tau: float = hyperparameter(0.5, 0.01, 0.99, domain="(0, 1)")

    def rho(self, r: Array) -> Array:
        return np.maximum(-self.tau * r, (1 - self.tau) * r)

    def slope(self, r: Array) -> Array:
        return 0.5 * np.sign(r) + (0.5 - self.tau)

    def curvature(self, r: Array) -> Array:
        return np.zeros_like(r)

    @property
    def pieces(self) -> Pieces:
        return Pieces((0.0,), (0.0, 0.0), (-self.tau, 1 - self.tau), (0.0, 0.0))


@dataclass(frozen=True)
class EpsilonInsensitive(ResidualLoss):
    """Zero for residuals up to eps; beyond, it grows linearly."""

    id, label = "epsilon_insensitive", "Epsilon-insensitive"
    formula = r"\max(0,\ |r| - \varepsilon)"
    reference = "Vapnik 1995"
    convex = robust = True
    smooth = bounded = False
    eps: float = hyperparameter(0.1, 0.0, 3.0, domain="[0, inf)")

    def rho(self, r: Array) -> Array:
        return np.maximum(np.abs(r) - self.eps, 0)

    def slope(self, r: Array) -> Array:
        return 0.5 * (np.sign(r - self.eps) + np.sign(r + self.eps))

    def curvature(self, r: Array) -> Array:
        return np.zeros_like(r)

    @property
    def pieces(self) -> Pieces:
        e = self.eps
        if e == 0:
            return AbsoluteError.pieces
        return Pieces((-e, e), (0.0, 0.0, 0.0), (-1.0, 0.0, 1.0), (-e, 0.0, -e))


@dataclass(frozen=True)
class SquaredEpsilonInsensitive(ResidualLoss):
    """Zero for residuals up to eps; beyond, the square of the excess."""

    id, label = "squared_epsilon_insensitive", "Squared epsilon-insensitive"
    formula = r"\max(0,\ |r| - \varepsilon)^2"
    reference = "Vapnik 1995"
    convex = smooth = True
    bounded = robust = False
    eps: float = hyperparameter(0.1, 0.0, 3.0, domain="[0, inf)")

    def rho(self, r: Array) -> Array:
        return self._excess(r) ** 2

    def slope(self, r: Array) -> Array:
        return 2 * self._excess(r)

    def curvature(self, r: Array) -> Array:
        free = (np.abs(r) <= self.eps) & (self.eps > 0)
        return np.where(free, 0, np.full_like(r, 2))

    @property
    def pieces(self) -> Pieces:
        e = self.eps
        if e == 0:
            return SquaredError.pieces
        return Pieces((-e, e), (1.0, 0.0, 1.0), (2 * e, 0.0, -2 * e), (e * e, 0.0, e * e))

    def _excess(self, r: Array) -> Array:
        return r - np.clip(r, -self.eps, self.eps)


class ConstantValue(float):
    """A number that is also the constant function of that height."""

    def __call__(self, y: Array, prediction: Array) -> Array:
        return np.full_like(error(y, prediction), self)


@dataclass(frozen=True)
class ConstantLoss(ResidualLoss):
    """The same for every prediction, so every model is equally good: nothing to learn."""

    id, label, formula = "constant", "Constant", "v"
    reference = "A warning, not a method"
    convex = smooth = bounded = robust = flat = True
    # The hyperparameter is called what the method is called, so it answers as both.
    value: float = hyperparameter(1.0, 0.0, 5.0)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "value", ConstantValue(self.value))

    def rho(self, r: Array) -> Array:
        return np.full_like(r, self.value)

    def slope(self, r: Array) -> Array:
        return np.zeros_like(r)

    def curvature(self, r: Array) -> Array:
        return np.zeros_like(r)

    @property
    def pieces(self) -> Pieces:
        return Pieces((), (0.0,), (0.0,), (float(self.value),))
