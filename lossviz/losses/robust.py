"""Robust losses of a residual: the general adaptive loss and its relatives, mostly bounded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.losses.base import Array, ResidualLoss
from lossviz.recipes import hyperparameter


@dataclass(frozen=True)
class BarronGeneral(ResidualLoss):
    """One family with a shape alpha: 2 is squared, 1 nearly absolute, 0 Cauchy, below 0 bounded.

    Written with expm1 and log1p, the formula passes close by alpha = 2, 0 and -inf without
    losing digits; only those three, where it divides by zero or by infinity, are told apart.
    """

    id, label = "barron_general", "General adaptive (Barron)"
    formula = (
        r"\frac{b}{\alpha} \left(\left(\frac{(r/c)^2}{b} + 1\right)^{\alpha/2} - 1\right),"
        r"\quad b = |\alpha - 2|"
    )
    reference = "Barron 2019, arXiv:1701.03077"
    smooth = True
    alpha: float = hyperparameter(1.0, -10.0, 2.0, domain="[-inf, 10]")
    c: float = hyperparameter(1.0, 0.1, 5.0, domain="(0, inf)")

    @property
    def convex(self) -> bool:
        return self.alpha >= 1

    @property
    def bounded(self) -> bool:
        return self.alpha < 0

    @property
    def robust(self) -> bool:
        return self.alpha <= 1

    def rho(self, r: Array) -> Array:
        z = self._square(r)
        b = self._spread
        if b == 0:
            return 0.5 * z
        if np.isinf(b):
            return -np.expm1(-0.5 * z)
        growth = np.log1p(z / b)
        if abs(self.alpha) < 1e-16:  # the limit, to the last digit
            return 0.5 * b * growth
        return b / self.alpha * np.expm1(0.5 * self.alpha * growth)

    def slope(self, r: Array) -> Array:
        return r / self.c**2 * self._weight(self._square(r))

    def curvature(self, r: Array) -> Array:
        z = self._square(r)
        b = self._spread
        tail = 1 - z if np.isinf(b) else np.ones_like(z)
        if 0 < b < np.inf:
            tail = (b + (self.alpha - 1) * z) / (b + z)
        return self._weight(z) / self.c**2 * tail

    @property
    def _spread(self) -> float:
        return abs(self.alpha - 2)

    def _square(self, r: Array) -> Array:
        return (r / self.c) ** 2

    def _weight(self, z: Array) -> Array:
        """How much less than a square a residual counts: 1 in the middle."""
        b = self._spread
        if b == 0:
            return np.ones_like(z)
        if np.isinf(b):
            return np.exp(-0.5 * z)
        return np.exp((0.5 * self.alpha - 1) * np.log1p(z / b))


@dataclass(frozen=True)
class Charbonnier(ResidualLoss):
    """Round at the bottom, straight far out: Barron's family at alpha = 1."""

    id, label = "charbonnier", "Charbonnier"
    formula = r"\sqrt{(r/c)^2 + 1} - 1"
    reference = "Charbonnier et al. 1994"
    convex = smooth = robust = True
    bounded = False
    c: float = hyperparameter(1.0, 0.1, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        z = (r / self.c) ** 2
        return z / (1 + np.sqrt(1 + z))  # the square root minus one, without the cancellation

    def slope(self, r: Array) -> Array:
        return r / self.c**2 * self._weight(r)

    def curvature(self, r: Array) -> Array:
        return self._weight(r) ** 3 / self.c**2

    def _weight(self, r: Array) -> Array:
        """1 in the middle, falling to 0: powers of it cannot overflow."""
        return 1 / np.sqrt(1 + (r / self.c) ** 2)


@dataclass(frozen=True)
class Cauchy(ResidualLoss):
    """Grows like a logarithm: redescending, large residuals have less and less influence."""

    id, label = "cauchy", "Cauchy"
    formula = r"\log\left(1 + \tfrac{1}{2} (r/c)^2\right)"
    reference = "Black & Anandan 1996; Barron 2019 at alpha = 0"
    smooth = robust = True
    convex = bounded = False
    c: float = hyperparameter(1.0, 0.1, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        return np.log1p(0.5 * (r / self.c) ** 2)

    def slope(self, r: Array) -> Array:
        return r / self.c**2 * self._weight(r)

    def curvature(self, r: Array) -> Array:
        weight = self._weight(r)
        return weight * (2 * weight - 1) / self.c**2

    def _weight(self, r: Array) -> Array:
        """1 in the middle, falling to 0: powers of it cannot overflow."""
        return 1 / (1 + 0.5 * (r / self.c) ** 2)


@dataclass(frozen=True)
class GemanMcClure(ResidualLoss):
    """Bounded by 2: beyond a few c a residual has hardly any influence."""

    id, label = "geman_mcclure", "Geman–McClure"
    formula = r"\frac{2 (r/c)^2}{(r/c)^2 + 4}"
    reference = "Geman & McClure 1985; Barron 2019 at alpha = -2"
    smooth = robust = bounded = True
    convex = False
    c: float = hyperparameter(1.0, 0.1, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        z = (r / self.c) ** 2
        return 2 * z / (z + 4)

    def slope(self, r: Array) -> Array:
        return r / self.c**2 * self._weight(r) ** 2

    def curvature(self, r: Array) -> Array:
        weight = self._weight(r)
        return weight * weight * (4 * weight - 3) / self.c**2

    def _weight(self, r: Array) -> Array:
        """1 in the middle, falling to 0: powers of it cannot overflow."""
        return 4 / (4 + (r / self.c) ** 2)


@dataclass(frozen=True)
class Welsch(ResidualLoss):
    """Bounded: quadratic for small residuals, with hardly any influence for large ones."""

    id, label = "welsch", "Welsch"
    formula = r"1 - \exp\left(-\tfrac{1}{2} (r/c)^2\right)"
    reference = "Dennis & Welsch 1978; Barron 2019 at alpha = -inf"
    smooth = robust = bounded = True
    convex = False
    c: float = hyperparameter(1.0, 0.1, 5.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        return -np.expm1(-0.5 * (r / self.c) ** 2)

    def slope(self, r: Array) -> Array:
        return r / self.c**2 * np.exp(-0.5 * (r / self.c) ** 2)

    def curvature(self, r: Array) -> Array:
        z = (r / self.c) ** 2
        return (1 - z) / self.c**2 * np.exp(-0.5 * z)


@dataclass(frozen=True)
class TukeyBiweight(ResidualLoss):
    """Bounded: a residual beyond c has no influence at all."""

    id, label = "tukey_biweight", "Tukey biweight"
    formula = (
        r"\begin{cases} \tfrac{c^2}{6} \left(1 - (1 - (r/c)^2)^3\right) & |r| \le c \\"
        r" c^2 / 6 & |r| > c \end{cases}"
    )
    reference = "Beaton & Tukey 1974"
    smooth = robust = bounded = True
    convex = False
    c: float = hyperparameter(4.685, 0.5, 10.0, domain="(0, inf)")

    def rho(self, r: Array) -> Array:
        inside = self._inside(r)
        return self.c**2 / 6 * (1 - inside * inside * inside)

    def slope(self, r: Array) -> Array:
        return r * self._inside(r) ** 2

    def curvature(self, r: Array) -> Array:
        inside = self._inside(r)
        return inside * (5 * inside - 4)

    def _inside(self, r: Array) -> Array:
        """1 in the middle, 0 from c outwards."""
        return np.maximum(1 - (r / self.c) ** 2, 0)
