"""Positions of names at the ends of lines, so that no two overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def name_heights(curves: Array, lines: int) -> Array:
    """(p,) heights for the names of curves (k, p), near where each begins.

    ``lines`` is how many lines of text the picture's height holds: names are at least one apart,
    and within the range of the curves where they all fit.  Rows of NaN are skipped.
    """
    known = curves[np.isfinite(curves).all(-1)]
    if not len(known):
        return np.zeros(curves.shape[-1])
    low, high = float(known.min()), float(known.max())
    gap = (high - low) / lines or 1.0
    order = np.argsort(known[0], kind="stable")
    at = known[0][order].copy()
    for i in range(1, len(at)):
        at[i] = max(at[i], at[i - 1] + gap)
    top = max(high, low + gap * (len(at) - 1))
    at[-1] = min(at[-1], top)
    for i in range(len(at) - 2, -1, -1):
        at[i] = min(at[i], at[i + 1] - gap)
    heights = np.empty_like(at)
    heights[order] = at
    return heights
