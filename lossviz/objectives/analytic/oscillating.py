"""Oscillating test functions: ripples on a quadratic, a fold or a flat region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.objectives.analytic.base import AnalyticFunction, Array, CriticalPoint
from lossviz.objectives.analytic.valleys import LIBRARY

TWO_PI = 2 * np.pi


@dataclass(frozen=True)
class Rastrigin(AnalyticFunction):
    """A local minimum near every pair of whole numbers, on a quadratic trend."""

    id, label = "rastrigin", "Rastrigin"
    formula = r"20 + \sum_{t \in \{x, y\}} \left(t^2 - 10\cos 2\pi t\right)"
    reference = "Rastrigin 1974"
    window = ((-2.2, 2.2), (-2.2, 2.2))

    def height(self, x: Array, y: Array) -> Any:
        return 20 + sum(t * t - 10 * np.cos(TWO_PI * t) for t in (x, y))

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        by_x, by_y = (2 * t + 10 * TWO_PI * np.sin(TWO_PI * t) for t in (x, y))
        return by_x, by_y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        xx, yy = (2 + 10 * TWO_PI**2 * np.cos(TWO_PI * t) for t in (x, y))
        return xx, 0, yy


@dataclass(frozen=True)
class Ackley(AnalyticFunction):
    """Local minima around a funnel; at its minimum the gradient jumps."""

    id, label = "ackley", "Ackley"
    formula = (
        r"20 + e - 20\,e^{-0.2\sqrt{(x^2 + y^2)/2}}"
        r" - e^{(\cos 2\pi x + \cos 2\pi y)/2}"
    )
    reference = "Ackley 1987"
    window = ((-2.5, 2.5), (-2.5, 2.5))
    special = (CriticalPoint((0.0, 0.0), 0.0, "minimum"),)  # a tip: the slope jumps there

    def height(self, x: Array, y: Array) -> Any:
        funnel = -20 * np.expm1(-0.2 * np.sqrt((x * x + y * y) / 2))
        # e - exp(1 + w) without cancellation next to the bottom
        ripples = -np.e * np.expm1((np.cos(TWO_PI * x) + np.cos(TWO_PI * y)) / 2 - 1)
        return funnel + ripples

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        steep, _ = self._funnel(x, y)
        wave = self._wave(x, y)
        return (
            steep * x + wave * np.pi * np.sin(TWO_PI * x),
            steep * y + wave * np.pi * np.sin(TWO_PI * y),
        )

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        steep, turn = self._funnel(x, y)
        wave = self._wave(x, y)
        sx, sy = np.sin(TWO_PI * x), np.sin(TWO_PI * y)
        square = np.pi * np.pi
        return (
            steep + turn * x * x + wave * square * (2 * np.cos(TWO_PI * x) - sx * sx),
            turn * x * y - wave * square * sx * sy,
            steep + turn * y * y + wave * square * (2 * np.cos(TWO_PI * y) - sy * sy),
        )

    def _wave(self, x: Array, y: Array) -> Any:
        return np.exp((np.cos(TWO_PI * x) + np.cos(TWO_PI * y)) / 2)

    def _funnel(self, x: Array, y: Array) -> tuple[Any, Any]:
        """Slope over the radius, and how that turns; 0 at the tip, where neither exists."""
        radius = np.sqrt(x * x + y * y)
        safe = np.where(radius > 0, radius, 1.0)
        rate = 0.2 / np.sqrt(2)
        steep = np.where(radius > 0, 20 * rate * np.exp(-rate * safe) / safe, 0.0)
        return steep, -steep * (rate / safe + 1 / (safe * safe))


@dataclass(frozen=True)
class McCormick(AnalyticFunction):
    """Local minima that lie ever lower along the diagonal."""

    id, label = "mccormick", "McCormick"
    formula = r"\sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1"
    reference = "McCormick 1976"
    window = ((-1.5, 4.0), (-3.0, 4.0))

    def height(self, x: Array, y: Array) -> Any:
        return np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        wave, fold = np.cos(x + y), 2 * (x - y)
        return wave + fold - 1.5, wave - fold + 2.5

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        wave = -np.sin(x + y)
        return wave + 2, wave - 2, wave + 2


@dataclass(frozen=True)
class Branin(AnalyticFunction):
    """Three minima of equal value in a curved valley."""

    id, label = "branin", "Branin"
    formula = (
        r"\left(y - \tfrac{5.1x^2}{4\pi^2} + \tfrac{5x}{\pi} - 6\right)^2"
        r" + 10\left(1 - \tfrac{1}{8\pi}\right)\cos x + 10"
    )
    reference = "Branin 1972; " + LIBRARY
    window = ((-5.0, 10.0), (0.0, 15.0))

    def _fold(self, x: Array, y: Array) -> tuple[Any, Any, float]:
        """The bracket, its first and second derivative by x."""
        coefficient = -5.1 / (4 * np.pi**2)
        return (
            y + x * (coefficient * x + 5 / np.pi) - 6,
            2 * coefficient * x + 5 / np.pi,
            2 * coefficient,
        )

    def height(self, x: Array, y: Array) -> Any:
        return self._fold(x, y)[0] ** 2 + self.wave * np.cos(x) + 10

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        fold, by_x, _ = self._fold(x, y)
        return 2 * fold * by_x - self.wave * np.sin(x), 2 * fold

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        fold, by_x, by_xx = self._fold(x, y)
        return 2 * (by_x * by_x + fold * by_xx) - self.wave * np.cos(x), 2 * by_x, 2

    @property
    def wave(self) -> float:
        """The height of the waves."""
        return 10 * (1 - 1 / (8 * np.pi))


@dataclass(frozen=True)
class Easom(AnalyticFunction):
    """A single narrow minimum in a plateau: far from it the gradient vanishes."""

    id, label = "easom", "Easom"
    formula = r"-\cos x\,\cos y\; e^{-(x-\pi)^2 - (y-\pi)^2}"
    reference = "Easom 1990"
    window = ((-1.0, 7.0), (-1.0, 7.0))

    def _parts(self, t: Array) -> tuple[Any, Any, Any]:
        """cos(t) exp(-(t - pi)^2) with its two derivatives."""
        away = t - np.pi
        bell = np.exp(-away * away)
        c, s = np.cos(t), np.sin(t)
        slope = -s - 2 * away * c
        return c * bell, slope * bell, (-3 * c + 4 * away * s + 4 * away * away * c) * bell

    def height(self, x: Array, y: Array) -> Any:
        return -self._parts(x)[0] * self._parts(y)[0]

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        (f, by_x, _), (g, by_y, _) = self._parts(x), self._parts(y)
        return -by_x * g, -f * by_y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        (f, by_x, by_xx), (g, by_y, by_yy) = self._parts(x), self._parts(y)
        return -by_xx * g, -by_x * by_y, -f * by_yy


@dataclass(frozen=True)
class Levy13(AnalyticFunction):
    """Ripples whose height grows with the distance from the bottom."""

    id, label = "levy_13", "Lévy 13"
    formula = r"\sin^2 3\pi x + (x-1)^2(1 + \sin^2 3\pi y) + (y-1)^2(1 + \sin^2 2\pi y)"
    reference = LIBRARY
    window = ((0.0, 2.0), (0.0, 2.0))

    def height(self, x: Array, y: Array) -> Any:
        return (
            np.sin(3 * np.pi * x) ** 2
            + (x - 1) ** 2 * (1 + np.sin(3 * np.pi * y) ** 2)
            + (y - 1) ** 2 * (1 + np.sin(2 * np.pi * y) ** 2)
        )

    # sin^2(at) has the slopes a sin(2at) and 2 a^2 cos(2at)
    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        u, v, a, b = x - 1, y - 1, 3 * np.pi, 2 * np.pi
        by_x = a * np.sin(2 * a * x) + 2 * u * (1 + np.sin(a * y) ** 2)
        by_y = (
            u * u * a * np.sin(2 * a * y)
            + 2 * v * (1 + np.sin(b * y) ** 2)
            + v * v * b * np.sin(2 * b * y)
        )
        return by_x, by_y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        u, v, a, b = x - 1, y - 1, 3 * np.pi, 2 * np.pi
        xx = 2 * a * a * np.cos(2 * a * x) + 2 * (1 + np.sin(a * y) ** 2)
        xy = 2 * u * a * np.sin(2 * a * y)
        yy = (
            u * u * 2 * a * a * np.cos(2 * a * y)
            + 2 * (1 + np.sin(b * y) ** 2)
            + 4 * v * b * np.sin(2 * b * y)
            + v * v * 2 * b * b * np.cos(2 * b * y)
        )
        return xx, xy, yy
