"""What is worth marking on a landscape: the minimum, as what it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.minima import Minimum
from lossviz.objectives import Objective
from lossviz.planes import Plane

Array = NDArray[np.floating]


class Landmark(NamedTuple):
    """A named place: coordinates a, b (m,) on the plane and the true values there (m,).

    ``shape`` is "point", "outline" (a segment or closed polygon of equally good points) or
    "arrow" (from the first to the last point).
    """

    name: str
    shape: str
    a: Array
    b: Array
    values: Array


def landmarks(
    objective: Objective, best: Minimum, plane: Plane, window: tuple[Array, Array]
) -> list[Landmark]:
    """The minimum of an objective on a plane, whatever kind it is.

    A flat set is an outline cut to the window, no minimiser an arrow from the middle of the
    window towards infinity, and the other local minima are points of their own.
    """
    found = []
    if best.kind == "infinity" and best.direction is not None:
        found.append(_arrow(objective, best.direction, plane, window))
    elif best.vertices is not None and len(best.vertices) > 1:
        a, b = plane.project(best.vertices).T
        a, b = np.append(a, a[0]), np.append(b, b[0])
        found.append(Landmark("flat floor", "outline", a, b, np.full(len(a), best.value)))
    else:
        name = "lowest found" if best.kind == "local" else "minimum"
        found.append(_points(objective, name, best.theta[None], plane))
    if best.others is not None and len(best.others):
        found.append(_points(objective, "other local minima", best.others, plane))
    return found


def _points(objective: Objective, name: str, points: Array, plane: Plane) -> Landmark:
    a, b = plane.project(points).T
    return Landmark(name, "point", a, b, objective.value(plane.point(a, b)))


def _arrow(
    objective: Objective, direction: Array, plane: Plane, window: tuple[Array, Array]
) -> Landmark:
    """From the middle of the window two fifths of its width along the escaping direction."""
    width, height = np.ptp(window[0]), np.ptp(window[1])
    # the direction of escape is where the loss falls for ever, not a point to be projected
    da, db = plane.project(plane.origin + direction)
    size = np.hypot(da / width, db / height) or 1.0
    t = np.linspace(0, 0.4, 9) / size
    a = window[0].mean() + t * da
    b = window[1].mean() + t * db
    return Landmark("no minimum: lower for ever", "arrow", a, b, objective.value(plane.point(a, b)))
