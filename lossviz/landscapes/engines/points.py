"""Any objective at many parameter vectors: batches that stay in the cache, over threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.engines.threads import CACHE_ELEMENTS, Progress, share, spans
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Objective, Risk
from lossviz.penalties import Penalty

Array = NDArray[np.floating]

MOST = 256  # parameter vectors in a batch: larger ones leave the cache and are slower
ALONE = 4096  # where there are no rows, only the number of parameters counts


def surface(
    objective: Objective, plane: Plane, a: Array, b: Array, progress: Progress | None
) -> Array:
    """(len(b), len(a)) from ``objective.value`` on batches of points of the plane."""
    values = np.empty(len(a) * len(b))

    def fill(block: slice) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            values[block] = objective.value(at(plane, a, b, block))

    blocks = spans(len(values), batch(objective))
    share([partial(fill, block) for block in blocks], progress)
    return values.reshape(len(b), len(a))


def values_at(
    value: Callable[[Array], Array], points: Array, size: int, progress: Progress | None = None
) -> Array:
    """(m,) from points (m, p), ``size`` of them at a time."""
    values = np.empty(len(points))

    def fill(block: slice) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            values[block] = value(points[block])

    share([partial(fill, block) for block in spans(len(values), size)], progress)
    return values


def penalty_surface(penalty: Penalty, weights: Array, plane: Plane, a: Array, b: Array) -> Array:
    """(len(b), len(a)): what the weights cost, the biases masked out by ``weights`` (p,)."""
    masked = Plane(weights * plane.origin, weights * plane.u, weights * plane.v)
    values = np.empty(len(a) * len(b))
    with np.errstate(over="ignore", invalid="ignore"):
        for block in spans(len(values), max(1, CACHE_ELEMENTS // len(weights))):
            values[block] = penalty.value(at(masked, a, b, block))
    return values.reshape(len(b), len(a))


def at(plane: Plane, a: Array, b: Array, block: slice) -> Array:
    """(m, p): the points of the grid numbered by ``block``, a running fastest."""
    j, i = np.divmod(np.arange(block.start, block.stop), len(a))
    return plane.point(a[i], b[j])


def batch(objective: Objective) -> int:
    """How many parameter vectors to ask for at once."""
    if not isinstance(objective, Risk):
        return max(1, min(ALONE, CACHE_ELEMENTS * 2 // objective.layout.size))
    widest = max(len(objective.data), objective.layout.size)
    return max(1, min(MOST, CACHE_ELEMENTS * 2 // widest))
