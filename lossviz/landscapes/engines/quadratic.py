"""Squared loss on a model linear in its parameters: any grid costs nothing in the rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.planes import Plane
from lossviz.objectives import Quadratic

Array = NDArray[np.floating]


def surface(shape: Quadratic, plane: Plane, a: Array, b: Array) -> Array:
    """(len(b), len(a)): floor + |R (point - lowest point)|^2 with R (2, 2), nothing cancels."""
    seen = shape.along(plane.origin, plane.u, plane.v)
    triangle = np.zeros((2, 2))
    triangle[: len(seen.root)] = seen.root
    by_a, by_b = a - seen.minimiser[0], b - seen.minimiser[1]
    values = np.add.outer(triangle[0, 1] * by_b, triangle[0, 0] * by_a)
    np.square(values, out=values)
    values += ((triangle[1, 1] * by_b) ** 2 + seen.floor)[:, None]
    return values
