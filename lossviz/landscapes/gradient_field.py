"""The gradient field on a plane: arrows of the negative gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.planes import Plane
from lossviz.objectives import Objective

Array = NDArray[np.floating]


class Arrows(NamedTuple):
    """Tails (a, b) and heads (a + da, b + db), all (m,), in the plane's coordinates."""

    a: Array
    b: Array
    da: Array
    db: Array


def downhill(objective: Objective, plane: Plane, a: Array, b: Array, across: int = 11) -> Arrows:
    """Steps that gradient descent would take, on an ``across`` by ``across`` grid of the window.

    The direction is that of minus the gradient in the plane's coordinates; the length is the
    same for all (0.6 of a cell, measured in the window), except that where the slope is zero, or
    below a 1e-9 of the steepest, there is no arrow.
    """
    width, height = np.ptp(a), np.ptp(b)
    at = (np.arange(across) + 0.5) / across
    A, B = np.meshgrid(a.min() + at * width, b.min() + at * height)
    A, B = A.ravel(), B.ravel()
    slope = objective.gradient(plane.point(A, B))
    da, db = -slope @ plane.u, -slope @ plane.v
    size = np.hypot(da / width, db / height)
    finite = np.isfinite(size)
    shown = finite & (size > 1e-9 * np.max(size, where=finite, initial=0.0))
    scale = 0.6 / across / size[shown]
    return Arrows(A[shown], B[shown], da[shown] * scale, db[shown] * scale)
