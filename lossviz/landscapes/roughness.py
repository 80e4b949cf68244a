"""Roughness of a landscape: shares of non-convex points and counts of local minima."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes import Landscape

Array = NDArray[np.floating]

_ROUNDING = 1e-6  # what single precision leaves of a flat patch, relative to its height


def nonconvex_share(landscape: Landscape) -> float:
    """The share of interior grid points of negative curvature in some direction.

    At each interior point the 2 x 2 Hessian is taken by central differences over its eight
    neighbours; the point counts when the smaller eigenvalue is below zero (by more than a
    millionth of the height there, which is rounding).  A convex surface has 0, and no scaling of
    the values or of either axis changes the number.  Points with a neighbour that is not finite
    are left out; the result is nan when none is left.

    a and b must be evenly spaced.  Raises ValueError when they are not or there are fewer than
    3 x 3 points.
    """
    middle, around = _neighbours(landscape)
    for name, line in (("a", landscape.a), ("b", landscape.b)):
        gaps = np.diff(line)
        if not np.allclose(gaps, gaps.mean(), rtol=1e-6, atol=0):
            raise ValueError(f"The curvature of a grid needs evenly spaced lines; {name} is not.")
    south_west, south, south_east, west, east, north_west, north, north_east = around
    whole = np.isfinite(middle) & np.isfinite(around).all(0)
    if not whole.any():
        return float("nan")
    with np.errstate(invalid="ignore", over="ignore"):
        aa, bb = east - 2 * middle + west, north - 2 * middle + south
        ab = (north_east - north_west - south_east + south_west) / 4
        lowest = (aa + bb) / 2 - np.hypot((aa - bb) / 2, ab)
        level = np.maximum(np.abs(middle), np.abs(around).max(0))
        negative = lowest < -_ROUNDING * level
    return float(negative[whole].mean())


def nonconvex_share_along_axes(landscape: Landscape) -> float:
    """The share of interior grid points that lie above a chord of two opposite neighbours.

    Each is a witness, at kinks and jumps too: three points of a line, the middle one too high.
    0 for fewer than 3 x 3 points, or where a value is not finite.
    """
    values = landscape.values
    if min(values.shape) < 3 or not np.isfinite(values).all():
        return 0.0
    middle, around = _neighbours(landscape)
    _, south, _, west, east, _, north, _ = around
    below = -1e-9 * max(float(np.abs(values).max()), 1e-300)
    above = (east + west - 2 * middle < below) | (north + south - 2 * middle < below)
    return float(above.mean())


def local_minima_count(landscape: Landscape) -> int:
    """How many interior grid points are not above any of their eight neighbours.

    Every point of a level floor counts, so a surface that is flat in the middle has many.
    Raises ValueError for fewer than 3 x 3 points.
    """
    middle, around = _neighbours(landscape)
    return int((np.isfinite(middle) & (middle <= around).all(0)).sum())


def strict_minima(landscape: Landscape) -> NDArray[np.intp]:
    """(m, 2) places along a and b of the interior grid points below all of their neighbours.

    Raises ValueError for fewer than 3 x 3 points.
    """
    middle, around = _neighbours(landscape)
    return np.argwhere((middle < around).all(0))[:, ::-1] + 1


def _neighbours(landscape: Landscape) -> tuple[Array, Array]:
    """The interior (m - 2, k - 2), and its eight neighbours (8, m - 2, k - 2) row by row."""
    values = landscape.values
    rows, columns = values.shape
    if min(rows, columns) < 3:
        raise ValueError(
            f"Roughness needs a grid of at least 3 x 3 points; this one has {columns} x {rows}."
        )
    shifted = [
        values[1 + j : rows - 1 + j, 1 + i : columns - 1 + i]
        for j in (-1, 0, 1)
        for i in (-1, 0, 1)
    ]
    return shifted[4], np.stack(shifted[:4] + shifted[5:])
