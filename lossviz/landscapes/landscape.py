"""Landscapes: an objective's value over a plane, along a line, and along the shadow of a path.

A landscape's ``values[j, i]`` stands at ``(a[i], b[j])``.  The engines are in ``engines``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes import engines
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.workers import Survey, Workers, gather
from lossviz.objectives import Objective, Risk

Array = NDArray[np.floating]

MOST = 2000  # grid lines along one axis


class GridPoint(NamedTuple):
    """A point of a landscape's grid, and the height there."""

    a: float
    b: float
    value: float


@dataclass(frozen=True, eq=False)
class Landscape:
    """``values[j, i]`` is the objective at plane coordinates (a[i], b[j]).

    a (k,), b (m,), values (m, k).  A value may be infinite where the objective overflows.
    """

    plane: Plane
    a: Array
    b: Array
    values: Array

    @property
    def lowest(self) -> GridPoint:
        """The lowest of the finite heights; ValueError where none is finite."""
        return self.best()

    @property
    def highest(self) -> GridPoint:
        """The highest of the finite heights; ValueError where none is finite."""
        return self.best(higher=True)

    def best(self, higher: bool = False, near: tuple[float, float] | None = None) -> GridPoint:
        """The lowest of the finite heights, or the highest.

        Of several equal ones the nearest to ``near``, in shares of the window, since its axes may
        have other units; without it the first.  Raises ValueError where no height is finite.
        """
        j, i = self.where(higher, near)
        return GridPoint(float(self.a[i]), float(self.b[j]), float(self.values[j, i]))

    def where(
        self, higher: bool = False, near: tuple[float, float] | None = None
    ) -> tuple[int, int]:
        """(row, column) of ``best``.  Raises ValueError where no height is finite."""
        if not self.finite.any():
            raise ValueError("The loss is not finite anywhere in this window. Make it smaller.")
        heights = np.where(self.finite, -self.values if higher else self.values, np.inf)
        far = np.zeros(heights.shape)
        if near is not None:
            across, along = (
                (line - at) / (np.ptp(line) or 1)
                for line, at in zip((self.a, self.b), near, strict=True)
            )
            far = np.hypot(across[None, :], along[:, None])
        index = np.where(heights == heights.min(), far, np.inf).argmin()
        j, i = np.unravel_index(index, heights.shape)
        return int(j), int(i)

    @property
    def finite(self) -> NDArray[np.bool_]:
        """(m, k) where the objective has a finite value."""
        return np.isfinite(self.values)

    @property
    def constant(self) -> bool:
        """Whether all heights are the same."""
        return bool((self.values == self.values[0, 0]).all())


@dataclass(frozen=True, eq=False)
class Profile:
    """The objective along a line: ``values[i]`` at start + t[i] * direction; t (k,)."""

    start: Array
    direction: Array
    t: Array
    values: Array


@dataclass(frozen=True, eq=False)
class ProjectedPath:
    """A path's projection on a plane: coordinates a, b (m,), and what a projection does not show.

    ``values`` (m,) are the true ones at the points themselves, ``distance`` (m,) is how far each
    point lies off the plane, in parameter units.  Where it is not 0, the landscape under the
    projection is not the one the path descended.
    """

    a: Array
    b: Array
    values: Array
    distance: Array
    label: str = ""


class Terms(NamedTuple):
    """The two terms of a risk and their sum, over one grid."""

    data: Landscape
    penalty: Landscape
    total: Landscape


class Path(Protocol):
    """Points (m, p) and the objective's value at each (m,); a Trajectory is one."""

    @property
    def points(self) -> Array:
        """The parameter vectors in order, (m, p)."""
        ...

    @property
    def values(self) -> Array:
        """The objective at each of them, (m,)."""
        ...


Progress = Callable[[float], None]


def evaluate_plane(
    objective: Objective,
    plane: Plane,
    a: ArrayLike,
    b: ArrayLike,
    progress: Progress | None = None,
    *,
    double: bool = False,
    workers: Workers = 1,
) -> Landscape:
    """The objective at every pair of coordinates a (k,) and b (m,), in any order and spacing.

    ``progress`` is called now and then, in the caller's thread, with the fraction done; what it
    raises stops the work.  A large surface of a network may hold relative errors of 1e-5 (single
    precision, verified at some points) unless ``double``; all else is float64.  ``workers`` is
    1 for the threads of this process, another int for that many processes (-1: one for each
    core), or a map-like callable as in SciPy; the bits do not depend on it.  Raises ValueError
    when the plane has another number of parameters than the objective, a or b is not a list of 1
    to 2,000 finite numbers, or ``workers`` is something else.
    """
    a, b = checked(objective, plane, a, b)
    values = np.empty((len(b), len(a)))
    gather(Survey(objective, plane, a, b, double), workers, progress, values)
    return Landscape(plane, a, b, infinite_where_lost(values))


def expected_seconds(objective: Objective, plane: Plane, a: ArrayLike, b: ArrayLike) -> float:
    """About how many seconds ``evaluate_plane`` takes for a (k,) and b (m,), on two cores.

    From the numbers of rows, parameters and points alone: right to a factor of three, and the
    same on every machine.  0 where the surface is known exactly and found at once.
    """
    return engines.seconds(objective, plane, np.size(a), np.size(b))


def evaluate_terms(risk: Risk, plane: Plane, a: ArrayLike, b: ArrayLike) -> Terms:
    """The data loss, the penalty and their sum as three landscapes over the grid of a (k,), b (m,).

    Raises ValueError as ``evaluate_plane`` does.
    """
    a, b = checked(risk, plane, a, b)
    with np.errstate(over="ignore", invalid="ignore"):
        data = engines.data_surface(risk, plane, a, b)
        penalty = engines.penalty_surface(risk, plane, a, b)
        parts = [infinite_where_lost(each) for each in (data, penalty, data + penalty)]
    return Terms(*(Landscape(plane, a, b, values) for values in parts))


def evaluate_line(
    objective: Objective,
    start: ArrayLike,
    direction: ArrayLike,
    t: ArrayLike,
    progress: Progress | None = None,
) -> Profile:
    """The objective at start + t * direction, both (p,), for t (k,), in any order and spacing.

    Raises ValueError when start and direction differ in length from each other or from the
    objective's parameters, or hold numbers that are not finite, or t is not a list of 1 to 2,000
    finite numbers.  ``progress`` is as in ``evaluate_plane``.
    """
    start, direction = np.asarray(start, float), np.asarray(direction, float)
    line = Plane(start, direction, np.zeros_like(direction), ("t", ""))
    along = evaluate_plane(objective, line, t, [0.0], progress)
    return Profile(start, direction, along.a, along.values[0])


def evaluate_points(
    objective: Objective, points: ArrayLike, progress: Progress | None = None
) -> Array:
    """(m,) values at points (m, p), in batches that do not grow with m.

    Raises ValueError when the points are no table of the objective's p parameters.
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or points.shape[1] != objective.layout.size:
        raise ValueError(
            f"Points are needed as rows of {objective.layout.size} parameters; "
            f"got an array of shape {points.shape}."
        )
    return infinite_where_lost(engines.values_at(objective, points, progress))


def project(path: Path, plane: Plane) -> ProjectedPath:
    """The shadow of a path on a plane: coordinates of the nearest points of the plane.

    ``path`` is anything with points (m, p) and values (m,), such as a Trajectory of one start.
    Raises ValueError when the plane lies among another number of parameters.
    """
    a, b = plane.project(path.points).T
    label = getattr(path, "label", "")
    return ProjectedPath(a, b, np.asarray(path.values), plane.distance(path.points), label)


def checked(
    objective: Objective, plane: Plane, a: ArrayLike, b: ArrayLike, most: int = MOST
) -> tuple[Array, Array]:
    """The coordinates as arrays of up to ``most``; ValueError as ``evaluate_plane`` says."""
    if len(plane.origin) != objective.layout.size:
        raise ValueError(
            f"This objective has {objective.layout.size} parameters; the plane lies among "
            f"{len(plane.origin)}. Build the plane from a point of this objective."
        )
    return _axis("a", a, most), _axis("b", b, most)


def infinite_where_lost(values: Array) -> Array:
    """Infinity minus infinity is no number: there the objective has left the numbers upwards."""
    return values if np.isfinite(values.sum()) else np.where(np.isnan(values), np.inf, values)


def _axis(name: str, coordinates: ArrayLike, most: int) -> Array:
    line = np.asarray(coordinates, float)
    if line.ndim != 1 or not 1 <= line.size <= most:
        raise ValueError(
            f"A landscape needs {name} as a list of 1 to {most:,} numbers; got shape {line.shape}. "
            "Lower the resolution."
        )
    if not np.isfinite(line).all():
        raise ValueError(f"A landscape needs finite coordinates; {name} holds one that is not.")
    return line
