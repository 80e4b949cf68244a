"""Multimodal polynomials: several valleys, where the start decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lossviz.objectives.analytic.base import AnalyticFunction, Array
from lossviz.objectives.analytic.valleys import LIBRARY


@dataclass(frozen=True)
class ThreeHumpCamel(AnalyticFunction):
    """Three local minima in a row, the global one in the middle."""

    id, label = "three_hump_camel", "Three-hump camel"
    formula = r"2x^2 - 1.05x^4 + \tfrac{x^6}{6} + xy + y^2"
    reference = LIBRARY
    window = ((-2.2, 2.2), (-2.2, 2.2))

    def height(self, x: Array, y: Array) -> Any:
        s = x * x
        return s * (2 + s * (-1.05 + s / 6)) + x * y + y * y

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        s = x * x
        return x * (4 + s * (-4.2 + s)) + y, x + 2 * y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        s = x * x
        return 4 + s * (-12.6 + 5 * s), 1, 2


@dataclass(frozen=True)
class SixHumpCamel(AnalyticFunction):
    """Six local minima, two of them global, with saddles and maxima between."""

    id, label = "six_hump_camel", "Six-hump camel"
    formula = r"\left(4 - 2.1x^2 + \tfrac{x^4}{3}\right)x^2 + xy + (4y^2 - 4)\,y^2"
    reference = "Molga & Smutnicki 2005"
    window = ((-2.0, 2.0), (-1.2, 1.2))

    def height(self, x: Array, y: Array) -> Any:
        s, t = x * x, y * y
        return s * (4 + s * (-2.1 + s / 3)) + x * y + 4 * t * (t - 1)

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        s = x * x
        return x * (8 + s * (-8.4 + 2 * s)) + y, x + y * (16 * y * y - 8)

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        s = x * x
        return 8 + s * (-25.2 + 10 * s), 1, 48 * y * y - 8


@dataclass(frozen=True)
class StyblinskiTang(AnalyticFunction):
    """A global minimum and three local ones, one for each sign of x and y."""

    id, label = "styblinski_tang", "Styblinski–Tang"
    formula = r"\tfrac12\sum_{t \in \{x, y\}} \left(t^4 - 16t^2 + 5t\right)"
    reference = "Styblinski & Tang 1990"
    window = ((-4.5, 4.5), (-4.5, 4.5))

    def height(self, x: Array, y: Array) -> Any:
        return sum(t * (5 + t * (t * t - 16)) for t in (x, y)) / 2

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        by_x, by_y = (2 * t * (t * t - 8) + 2.5 for t in (x, y))
        return by_x, by_y

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        return 6 * x * x - 16, 0, 6 * y * y - 16


@dataclass(frozen=True)
class GoldsteinPrice(AnalyticFunction):
    """Heights from 3 to a million: best looked at on a logarithmic scale."""

    id, label = "goldstein_price", "Goldstein–Price"
    steep = True
    formula = (
        r"[1 + (x+y+1)^2(19 - 14x + 3x^2 - 14y + 6xy + 3y^2)]\,"
        r"[30 + (2x-3y)^2(18 - 32x + 12x^2 + 48y - 36xy + 27y^2)]"
    )
    reference = "Goldstein & Price 1971"
    window = ((-2.0, 2.0), (-2.0, 2.0))

    # each factor depends on one combination of x and y alone: s = x + y and r = 2x - 3y
    def _factors(self, x: Array, y: Array) -> tuple[Any, ...]:
        s, r = x + y, 2 * x - 3 * y
        f = 1 + (s + 1) ** 2 * (19 + s * (-14 + 3 * s))
        g = 30 + r * r * (18 + r * (-16 + 3 * r))
        by_s = 2 * (s + 1) * (19 + s * (-14 + 3 * s)) + (s + 1) ** 2 * (6 * s - 14)
        by_r = r * (36 + r * (-48 + 12 * r))
        by_ss = 2 * (19 + s * (-14 + 3 * s)) + 4 * (s + 1) * (6 * s - 14) + 6 * (s + 1) ** 2
        by_rr = 36 + r * (-96 + 36 * r)
        return f, g, by_s, by_r, by_ss, by_rr

    def height(self, x: Array, y: Array) -> Any:
        f, g, *_ = self._factors(x, y)
        return f * g

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        f, g, by_s, by_r, _, _ = self._factors(x, y)
        return by_s * g + 2 * f * by_r, by_s * g - 3 * f * by_r

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        f, g, by_s, by_r, by_ss, by_rr = self._factors(x, y)
        both, ss, rr = by_s * by_r, by_ss * g, f * by_rr
        return ss + 4 * both + 4 * rr, ss - both - 6 * rr, ss - 6 * both + 9 * rr
