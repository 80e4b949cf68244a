"""The extent of a set of minima: the corners of { w : low <= a w <= high } around w = 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

Array = NDArray[np.floating]

FAR = 1e3  # in units of the largest residual: where an unbounded set is cut


def corners(free: Array, rows: Array, low: Array, high: Array) -> tuple[Array, bool]:
    """(m, q) corners of the set in the free directions (p, q), and whether it was cut.

    ``rows`` (n, p) may move from ``low`` <= 0 to ``high`` >= 0.  One free direction has two
    ends, two have a polygon (its corners in order); in more directions the corners returned are
    the ends of the chords along each.  A single row 0 when the set is one point after all.
    """
    q = free.shape[1]
    a = np.concatenate([rows @ free, -(rows @ free), np.eye(q), -np.eye(q)])
    distance = np.concatenate([high, -low, np.full(2 * q, FAR)])
    cut = np.arange(len(a)) >= 2 * len(rows)
    real = np.isfinite(distance) & (np.abs(a).max(1) > 1e-10)
    a, distance, cut = a[real], np.maximum(distance[real], 0.0), cut[real]
    if q == 2 and (distance > 1e-10).all():
        return _polygon(a, distance, cut)
    return _chords(a, distance, cut)


def _polygon(a: Array, distance: Array, cut: NDArray[np.bool_]) -> tuple[Array, bool]:
    """Corners by duality: the lines a w = room are the points a / room."""
    hull = ConvexHull(a / distance[:, None])
    around = hull.vertices
    after = np.roll(around, -1)
    pairs = np.stack([a[around], a[after]], axis=1)
    points = np.linalg.solve(
        pairs, np.stack([distance[around], distance[after]], axis=1)[..., None]
    )
    return points[..., 0], bool(cut[around].any())


def _chords(a: Array, distance: Array, cut: NDArray[np.bool_]) -> tuple[Array, bool]:
    q = a.shape[1]
    ends, unbounded = [], False
    for way in np.concatenate([np.eye(q), -np.eye(q)]):
        speed = a @ way
        reach = np.where(speed > 1e-10, distance / np.where(speed > 1e-10, speed, 1.0), np.inf)
        first = int(reach.argmin())
        unbounded |= bool(cut[first])
        ends.append(reach[first] * way)
    points = np.array(ends)
    if np.abs(points).max() < 1e-9:
        return np.zeros((1, q)), False
    return points, unbounded
