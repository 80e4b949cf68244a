"""Local minima in a window: those of the surface, not the steps its grid makes along a valley."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.landscape import Landscape
from lossviz.landscapes.roughness import strict_minima
from lossviz.minima.newton import descend_newton
from lossviz.objectives import Objective

Array = NDArray[np.floating]

STEPS = 100  # of Newton's method from a node of the grid
NUDGE = 1e-4  # of a cell: the differences that curvature is taken from
BETWEEN = np.linspace(0, 1, 17)[1:-1]
NEAREST = 8  # other minima to which the straight way is looked at
LEVEL = 1e-9  # of the heights in the window: a rise of less is rounding


def local_minima(objective: Objective, land: Landscape) -> Array:
    """(m, 2) coordinates of the plane's local minima that the grid's lowest nodes lead to.

    Along a narrow slanted valley a grid has many nodes below all their neighbours.  From each
    Newton's method goes on downhill in the plane; ends are one minimum where they meet, or where
    the straight way between them does not rise.  Those outside the window are left out.  A minimum
    of the plane need not be one in the other directions.
    """
    at = strict_minima(land).astype(float)
    if len(at) < 2:
        return _coordinates(land, at)
    low, cell = np.array([land.a[0], land.b[0]]), np.array([np.ptp(land.a), np.ptp(land.b)])
    cell /= np.array([len(land.a) - 1, len(land.b) - 1])
    plane = land.plane
    ways = np.stack([plane.u * cell[0], plane.v * cell[1]], axis=1)  # (p, 2), in cells

    def point(z: Array) -> Array:
        return plane.point(*np.moveaxis(low + z * cell, -1, 0))

    def slope(z: Array) -> Array:
        return objective.gradient(point(z)) @ ways

    def slopes(z: Array) -> tuple[Array, Array, Array]:
        with np.errstate(all="ignore"):
            value, gradient = objective.value(point(z)), slope(z)
            nudges = NUDGE * np.eye(2)
            curved = np.stack([slope(z + each) - slope(z - each) for each in nudges], axis=-1)
            curved = (curved + np.swapaxes(curved, -1, -2)) / (4 * NUDGE)
        finite = np.isfinite(gradient).all(-1), np.isfinite(curved).all((-1, -2))
        known = np.asarray(np.logical_and(*finite))
        return (
            np.where(known, value, np.inf),
            np.where(known[:, None], gradient, 0.0),
            np.where(known[:, None, None], curved, 0.0),
        )

    ends = descend_newton(slopes, at, most=STEPS, longest=1.0)
    inside = ((ends.z >= 0) & (ends.z <= [len(land.a) - 1, len(land.b) - 1])).all(-1)
    z, values = ends.z[inside], ends.values[inside]
    heights = land.values[np.isfinite(land.values)]
    slack = LEVEL * float(np.ptp(heights))
    kept: list[int] = []
    for i in np.argsort(values, kind="stable"):
        others = np.array(kept, int)
        near = others[np.argsort(np.linalg.norm(z[others] - z[i], axis=-1))[:NEAREST]]
        way = z[i] + BETWEEN[:, None, None] * (z[near] - z[i])
        with np.errstate(all="ignore"):
            rise = objective.value(point(way)) - values[i]
        if not (rise <= slack).all(0).any():
            kept.append(int(i))
    return low + z[kept] * cell


def _coordinates(land: Landscape, at: Array) -> Array:
    i = at.astype(int)
    return np.stack([land.a[i[:, 0]], land.b[i[:, 1]]], axis=-1)
