"""Marks on a landscape: minima, flat sets of minima, the direction of one at infinity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.landscape import Landscape
from lossviz.landscapes.planes import Plane
from lossviz.minima import Minimum
from lossviz.objectives import Objective

Array = NDArray[np.floating]


class Mark(NamedTuple):
    """A named place: coordinates a, b (m,) on the plane and the true values there (m,).

    ``shape`` is "point", "outline" (a segment or closed polygon of equally good points) or
    "arrow" (from the first to the last point).
    """

    name: str
    shape: str
    a: Array
    b: Array
    values: Array


def minimum_marks(
    objective: Objective, best: Minimum, plane: Plane, window: tuple[Array, Array]
) -> list[Mark]:
    """The minimum of an objective on a plane, whatever kind it is.

    A flat set is an outline cut to the window, no minimiser an arrow from the middle of the
    window towards infinity, and the other local minima are points of their own.
    """
    found = []
    if best.kind == "infinity" and best.direction is not None:
        found.append(_arrow(objective, best.direction, plane, window))
    elif (corners := _corners(best, plane, window)) is not None:
        a, b = np.concatenate([corners, corners[:1]]).T
        found.append(Mark("set of minima", "outline", a, b, np.full(len(a), best.value)))
    else:
        name = "minimum" if best.kind in ("point", "set") else "lowest point found"
        found.append(_points(objective, name, best.theta[None], plane))
    if best.others is not None and len(best.others):
        found.append(_points(objective, "other local minima", best.others, plane))
    return found


def lowest(land: Landscape) -> Mark | None:
    """The lowest point of a grid; None where it lies on the edge, or where the grid is level."""
    if not land.finite.any() or land.constant:
        return None
    j, i = land.where()
    if not (0 < i < len(land.a) - 1 and 0 < j < len(land.b) - 1):
        return None
    place = (land.a[[i]], land.b[[j]], land.values[[j], [i]])
    return Mark("lowest point of this window", "point", *place)


def _corners(best: Minimum, plane: Plane, window: tuple[Array, Array]) -> Array | None:
    """(m, 2) the corners of a flat set, cut off outside the window; None where it is a point."""
    ends = best.theta[None] if best.vertices is None else best.vertices
    corners = plane.project(ends)
    within: list[Array] = [] if best.directions is None else list(best.directions)
    for direction in within:
        to = plane.origin + direction
        if plane.distance(to[None])[0] > 1e-9:
            continue  # it leads out of the plane: not to be seen here
        along = plane.project(to)
        size = np.hypot(*(along / [np.ptp(line) or 1.0 for line in window]))
        middle = np.array([line.mean() for line in window])
        there = corners + ((middle - corners) @ along / (along @ along))[:, None] * along
        corners = np.concatenate([there - 4 * along / size, (there + 4 * along / size)[::-1]])
    if len(corners) < 2:
        return None
    return _cut(corners, window) if len(within) else corners


def _cut(corners: Array, window: tuple[Array, Array]) -> Array | None:
    """A polygon inside the window (Sutherland & Hodgman 1974); None if it lies outside."""
    for axis in (0, 1):
        for side, edge in ((1, window[axis].min()), (-1, window[axis].max())):
            inside = side * (corners[:, axis] - edge) >= 0
            kept = []
            for i in range(len(corners)):
                p, q = corners[i - 1], corners[i]
                if inside[i - 1] != inside[i]:
                    kept.append(p + (edge - p[axis]) / (q[axis] - p[axis]) * (q - p))
                if inside[i]:
                    kept.append(q)
            if not kept:
                return None
            corners = np.array(kept)
    return corners


def _points(objective: Objective, name: str, points: Array, plane: Plane) -> Mark:
    a, b = plane.project(points).T
    return Mark(name, "point", a, b, objective.value(plane.point(a, b)))


def _arrow(
    objective: Objective, direction: Array, plane: Plane, window: tuple[Array, Array]
) -> Mark:
    """From the middle of the window two fifths of its width along the escaping direction."""
    width, height = np.ptp(window[0]), np.ptp(window[1])
    # the direction of escape is where the loss falls for ever, not a point to be projected
    da, db = plane.project(plane.origin + direction)
    size = np.hypot(da / width, db / height) or 1.0
    t = np.linspace(0, 0.4, 9) / size
    a = window[0].mean() + t * da
    b = window[1].mean() + t * db
    return Mark("no finite minimum", "arrow", a, b, objective.value(plane.point(a, b)))
