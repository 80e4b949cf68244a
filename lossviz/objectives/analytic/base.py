"""Test functions of two numbers, with their first and second derivatives written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.finite_differences import kind
from lossviz.models.layout import Block, Layout
from lossviz.recipes import Recipe

Array = NDArray[np.floating]
Pair = tuple[Any, Any]
Window = tuple[tuple[float, float], tuple[float, float]]
LAYOUT = Layout((Block("x", ()), Block("y", ())))
SIDE, ROUNDS = 60, 50


class CriticalPoint(NamedTuple):
    """Where the slope is zero: ``kind`` is "minimum", "saddle" or "maximum"."""

    point: tuple[float, float]
    value: float
    kind: str


@dataclass(frozen=True)
class AnalyticFunction(Recipe):
    """A function of x and y: value (..., 2) to (...), gradient (..., 2), hessian (..., 2, 2).

    A subclass writes ``height(x, y)``, ``slopes`` (by x, by y) and ``second_derivatives``
    (by xx, xy, yy).
    ``window`` is ((x low, x high), (y low, y high)), the part worth looking at; ``special``
    lists critical points in it where Newton's method cannot arrive, because second derivatives
    vanish or do not exist there.  ``quadratic`` says that those are the same everywhere.
    ``start`` (2,) is where the books begin a descent, if anywhere; ``steep`` says that the heights
    in the window span so many orders of magnitude that a logarithmic scale shows more.
    """

    formula: ClassVar[str]
    reference: ClassVar[str]
    window: ClassVar[Window]
    special: ClassVar[tuple[CriticalPoint, ...]] = ()
    quadratic: ClassVar[bool] = False
    start: ClassVar[tuple[float, float] | None] = None
    steep: ClassVar[bool] = False

    @property
    def layout(self) -> Layout:
        """Two numbers, x and y."""
        return LAYOUT

    def value(self, theta: Array) -> Array:
        """(..., 2) to (...)."""
        return np.asarray(self.height(*_pair(theta)))

    def gradient(self, theta: Array) -> Array:
        """(..., 2) to (..., 2)."""
        x, y = _pair(theta)
        slopes = np.empty((*x.shape, 2))
        slopes[..., 0], slopes[..., 1] = self.slopes(x, y)
        return slopes

    def hessian(self, theta: Array) -> Array:
        """(..., 2) to (..., 2, 2)."""
        x, y = _pair(theta)
        second_derivatives = np.empty((*x.shape, 2, 2))
        xx, xy, yy = self.second_derivatives(x, y)
        second_derivatives[..., 0, 0], second_derivatives[..., 1, 1] = xx, yy
        second_derivatives[..., 0, 1] = second_derivatives[..., 1, 0] = xy
        return second_derivatives

    def height(self, x: Array, y: Array) -> Any:
        """The function at x and y, both (...): (...)."""
        raise NotImplementedError

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        """The derivatives by x and by y, each (...)."""
        raise NotImplementedError

    def second_derivatives(self, x: Array, y: Array) -> tuple[Any, Any, Any]:
        """The second derivatives by xx, xy and yy, each (...)."""
        raise NotImplementedError

    @cached_property
    def critical_points(self) -> tuple[CriticalPoint, ...]:
        """All critical points met in the window by Newton's method from a grid, lowest first."""
        found = [*self.special]
        for point in self._roots():
            if all(np.hypot(*(point - other.point)) > 1e-3 for other in found):
                sort = kind(np.linalg.eigvalsh(self.hessian(point)))
                found.append(CriticalPoint((*point.tolist(),), float(self.value(point)), sort))
        return tuple(sorted(found, key=lambda each: (round(each.value, 9), each.point)))

    def _roots(self) -> Array:
        """(m, 2) points of zero slope, some of them more than once."""
        (left, right), (low, high) = self.window
        grid = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(low, high, SIDE))
        points = np.stack(grid, axis=-1).reshape(-1, 2)
        jump = np.full_like(points, np.inf)
        with np.errstate(all="ignore"):  # starts that leave are sorted out below
            for _ in range(ROUNDS):
                second_derivatives, slope = self.hessian(points), self.gradient(points)
                xx, xy, yy = (
                    second_derivatives[:, 0, 0],
                    second_derivatives[:, 0, 1],
                    second_derivatives[:, 1, 1],
                )
                across = np.stack([yy, -xy, -xy, xx], axis=-1).reshape(-1, 2, 2)
                jump = np.einsum("nij,nj->ni", across, slope) / (xx * yy - xy * xy)[:, None]
                points = points - jump
            inside = (points >= (left, low)) & (points <= (right, high)) & (np.abs(jump) < 1e-9)
        points = points[inside.all(-1)]
        points[np.abs(points) < 1e-14] = 0.0
        return points[np.unique(points.round(6), axis=0, return_index=True)[1]]

    @property
    def minima(self) -> tuple[CriticalPoint, ...]:
        """The minima among the known critical points, lowest first."""
        return tuple(each for each in self.critical_points if each.kind == "minimum")


def _pair(theta: Array) -> Pair:
    theta = np.asarray(theta)
    if theta.shape[-1:] != (2,):
        raise ValueError(
            f"A test function has two parameters, x and y; theta has shape {theta.shape}."
        )
    if theta.dtype.kind != "f":
        theta = theta.astype(float)
    if theta.ndim == 1:
        return theta[0], theta[1]
    x, y = np.moveaxis(theta, -1, 0).copy()  # side by side in memory: twice as fast
    return x, y
