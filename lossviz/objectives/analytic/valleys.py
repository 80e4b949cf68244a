"""Quadratics, valleys and saddles: polynomials with few critical points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.objectives.analytic.base import AnalyticFunction, Array, CriticalPoint
from lossviz.recipes import hyperparameter

LIBRARY = "Surjanovic & Bingham, Virtual Library of Simulation Experiments"


@dataclass(frozen=True)
class ConvexQuadratic(AnalyticFunction):
    """A quadratic with a chosen condition number, turned by an angle: what coordinates hide."""

    id, label = "quadratic", "Convex quadratic"
    start, steep = (10.0, 1.0), True
    formula = (
        r"\tfrac{s}{2}\left(u^2 + \kappa v^2\right),\quad"
        r" u = x\cos\varphi + y\sin\varphi,\; v = y\cos\varphi - x\sin\varphi"
    )
    reference = "Nesterov 2004, section 2.1"
    window = ((-11.0, 11.0), (-11.0, 11.0))
    quadratic = True
    kappa: float = hyperparameter(
        100.0, 1.0, 1e4, log=True, domain="[1, inf)", label="condition number"
    )
    angle: float = hyperparameter(0.0, 0.0, 90.0, domain="(-inf, inf)", label="angle in degrees")
    scale: float = hyperparameter(1.0, 0.01, 1000.0, log=True, domain="(0, inf)")

    def turned(self, point: Array) -> Array:
        """Where a point (..., 2) of the unturned quadratic lies on this one."""
        turn = np.deg2rad(self.angle)
        c, s = np.cos(turn), np.sin(turn)
        return np.asarray(point) @ np.array([[c, s], [-s, c]])

    def _matrix(self) -> tuple[float, float, float]:
        turn = np.deg2rad(self.angle)
        c, s = np.cos(turn), np.sin(turn)
        k = self.kappa
        return (
            self.scale * (c * c + k * s * s),
            self.scale * (1 - k) * c * s,
            self.scale * (s * s + k * c * c),
        )

    def height(self, x: Array, y: Array) -> Any:
        turn = np.deg2rad(self.angle)
        along, across = np.cos(turn), np.sin(turn)
        u, v = along * x + across * y, along * y - across * x
        return self.scale / 2 * (u * u + self.kappa * v * v)

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        xx, xy, yy = self._matrix()
        return xx * x + xy * y, xy * x + yy * y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return self._matrix()


@dataclass(frozen=True)
class Ravine(AnalyticFunction):
    """An ill-conditioned quadratic: the condition number is 100."""

    id, label = "quadratic_100", "Quadratic, condition 100"
    start = (10.0, 1.0)
    formula = r"\tfrac12\left(x^2 + 100\,y^2\right)"
    reference = "Boyd & Vandenberghe 2004, section 9.3.2"
    window = ((-11.0, 11.0), (-1.5, 1.5))
    quadratic = True

    def height(self, x: Array, y: Array) -> Any:
        return (x * x + 100 * y * y) / 2

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        return x, 100 * y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 1, 0, 100


@dataclass(frozen=True)
class Rosenbrock(AnalyticFunction):
    """A curved valley with steep walls: easy to enter, slow to follow to its end."""

    id, label = "rosenbrock", "Rosenbrock"
    start, steep = (-1.2, 1.0), True
    formula = r"(1-x)^2 + 100\,(y - x^2)^2"
    reference = "Rosenbrock 1960"
    window = ((-2.0, 2.0), (-1.0, 3.0))

    def height(self, x: Array, y: Array) -> Any:
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        off = y - x * x
        return -2 * (1 - x) - 400 * x * off, 200 * off

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 2 - 400 * (y - 3 * x * x), -400 * x, 200


@dataclass(frozen=True)
class Beale(AnalyticFunction):
    """A flat region with steep corners, and a curved valley."""

    id, label = "beale", "Beale"
    start, steep = (-3.0, 2.0), True
    formula = r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    reference = LIBRARY
    window = ((-4.5, 4.5), (-4.5, 4.5))

    def _terms(self, x: Array, y: Array) -> list[tuple[Any, Any, Any, Any]]:
        """Each bracket with its slopes by x and by y, and its second slope by y over x."""
        return [
            (a - x * (1 - y**k), y**k - 1, k * x * y ** (k - 1), k * (k - 1) * y ** max(k - 2, 0))
            for k, a in ((1, 1.5), (2, 2.25), (3, 2.625))
        ]

    def height(self, x: Array, y: Array) -> Any:
        return sum(t * t for t, _, _, _ in self._terms(x, y))

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        terms = self._terms(x, y)
        return 2 * sum(t * by_x for t, by_x, _, _ in terms), 2 * sum(
            t * by_y for t, _, by_y, _ in terms
        )

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        terms = self._terms(x, y)
        xx = 2 * sum(by_x * by_x for _, by_x, _, _ in terms)
        xy = 2 * sum(
            by_x * by_y + t * k * y ** (k - 1)
            for k, (t, by_x, by_y, _) in enumerate(terms, start=1)
        )
        yy = 2 * sum(by_y * by_y + t * x * again for t, _, by_y, again in terms)
        return xx, xy, yy


@dataclass(frozen=True)
class Himmelblau(AnalyticFunction):
    """Four minima of equal value: the start decides where a path ends."""

    id, label = "himmelblau", "Himmelblau"
    start = (0.0, -0.8)
    formula = r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    reference = "Himmelblau 1972"
    window = ((-5.5, 5.5), (-5.5, 5.5))

    def height(self, x: Array, y: Array) -> Any:
        return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        a, b = x * x + y - 11, x + y * y - 7
        return 4 * x * a + 2 * b, 2 * a + 4 * y * b

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26


@dataclass(frozen=True)
class Booth(AnalyticFunction):
    """A convex quadratic with its minimum at (1, 3)."""

    id, label = "booth", "Booth"
    formula = r"(x + 2y - 7)^2 + (2x + y - 5)^2"
    reference = LIBRARY
    window = ((-10.0, 10.0), (-10.0, 10.0))
    quadratic = True

    def height(self, x: Array, y: Array) -> Any:
        return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        return 10 * x + 8 * y - 34, 8 * x + 10 * y - 38

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 10, 8, 10


@dataclass(frozen=True)
class Matyas(AnalyticFunction):
    """A long flat plate along the diagonal: condition number 25, turned by 45 degrees."""

    id, label = "matyas", "Matyas"
    formula = r"0.26\,(x^2 + y^2) - 0.48\,xy"
    reference = LIBRARY
    window = ((-10.0, 10.0), (-10.0, 10.0))
    quadratic = True

    def height(self, x: Array, y: Array) -> Any:
        return 0.26 * (x * x + y * y) - 0.48 * x * y

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 0.52, -0.48, 0.52


@dataclass(frozen=True)
class Saddle(AnalyticFunction):
    """Up one way, down the other: no minimum, and a flat spot in the middle."""

    id, label = "saddle", "Saddle"
    start = (1.5, 0.02)
    formula = r"x^2 - y^2"
    reference = "Dauphin et al. 2014"
    window = ((-2.0, 2.0), (-2.0, 2.0))
    quadratic = True

    def height(self, x: Array, y: Array) -> Any:
        return x * x - y * y

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        return 2 * x, -2 * y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 2, 0, -2


@dataclass(frozen=True)
class MonkeySaddle(AnalyticFunction):
    """A degenerate saddle: three directions of descent, and zero curvature at the centre."""

    id, label = "monkey_saddle", "Monkey saddle"
    start = (1.2, 0.1)
    formula = r"x^3 - 3xy^2"
    reference = "Hilbert & Cohn-Vossen 1932"
    window = ((-1.5, 1.5), (-1.5, 1.5))
    special = (CriticalPoint((0.0, 0.0), 0.0, "saddle"),)  # its Hessian is zero there

    def height(self, x: Array, y: Array) -> Any:
        return x**3 - 3 * x * y * y

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        return 3 * x * x - 3 * y * y, -6 * x * y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 6 * x, -6 * y, -6 * x


@dataclass(frozen=True)
class Level(AnalyticFunction):
    """The same height everywhere: no slope, so nothing to learn."""

    id, label = "level", "Constant function"
    formula = "c"
    reference = "The constant function"
    window = ((-4.0, 4.0), (-4.0, 4.0))
    quadratic = True
    height_above_zero: float = hyperparameter(5.0, 0.0, 10.0, domain="(-inf, inf)", label="height")

    def height(self, x: Array, y: Array) -> Any:
        return np.full(np.shape(x), self.height_above_zero)

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        return 0.0, 0.0

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 0.0, 0.0, 0.0
