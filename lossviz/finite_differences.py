"""Finite differences: second derivatives without a formula, and the kind of critical point."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.patience import go_on

Array = NDArray[np.floating]
LONG, SHORT = 5e-4, 1e-6  # relative nudges
ROWS = 256  # parameter vectors at a time: past the processor's cache more is slower


class Slopes(NamedTuple):
    """``matrix`` (..., p, p) and ``doubt`` (...), the disagreement between two step lengths."""

    matrix: Array
    doubt: Array


def in_chunks(function: Callable[[Array], Array], theta: Array, rows: int = ROWS) -> Array:
    """``function`` of (m, p), a few rows at a time, so that memory does not grow with m."""
    found = []
    for i in range(0, max(len(theta), 1), rows):
        go_on()
        found.append(function(theta[i : i + rows]))
    return found[0] if len(found) == 1 else np.concatenate(found)


def slopes(gradient: Callable[[Array], Array], theta: Array) -> Slopes:
    """How the gradient changes with each parameter, by central differences in one batch.

    ``gradient`` maps (m, p) to (m, p); ``theta`` is (..., p).  Two long steps are extrapolated
    (Richardson) to about twelve digits, and a step some hundred times shorter verifies them:
    where the two disagree by more than the short one's rounding, a kink or a sharp turn lies
    within the long step and the short one is taken.  ``doubt`` is the largest disagreement,
    relative to the largest entry.  The matrix is symmetric.
    """
    theta = np.asarray(theta, float)
    p = theta.shape[-1]
    size = np.maximum(1.0, np.abs(theta))[..., None, :] * np.eye(p)  # (..., p, p): one per row
    steps = np.array([LONG, 2 * LONG, SHORT])
    nudges = np.concatenate([steps, -steps]).reshape((6,) + (1,) * size.ndim) * size
    points = theta[..., None, :] + nudges
    met = in_chunks(gradient, points.reshape(-1, p)).reshape(points.shape)
    widths = np.diagonal(points[:3] - points[3:], axis1=-2, axis2=-1)[..., None]
    near, far, short = (met[:3] - met[3:]) / widths
    long = (4 * near - far) / 3
    noise = 1e-8 * (np.abs(met[2]) + np.abs(short)) + 1e-5 * np.abs(long)
    gap = np.abs(long - short)
    matrix = np.where((gap > noise).any(-1, keepdims=True), short, long)
    matrix = (matrix + np.swapaxes(matrix, -1, -2)) / 2
    top = np.abs(matrix).max((-1, -2))
    return Slopes(matrix, gap.max((-1, -2)) / np.where(top > 0, top, 1.0))


def kind(eigenvalues: Array, flat: float = 1e-9) -> str:
    """What a critical point with these eigenvalues (p,) is: the sentence a geometer would say.

    One of "minimum", "maximum", "saddle" and "flat": flat when no sign decides, because an
    eigenvalue is within ``flat`` (relative to the largest) of zero and none contradicts it.
    """
    top = np.abs(eigenvalues).max()
    up, down = (eigenvalues > flat * top).any(), (eigenvalues < -flat * top).any()
    if up and down:
        return "saddle"
    if (np.abs(eigenvalues) <= flat * top).any():
        return "flat"
    return "minimum" if up else "maximum"
