"""Search by chance, for losses that are flat between jumps: no slope leads anywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

CHANCES, ROUNDS = 200, 15


def by_chance(values: Callable[[Array], Array], point: Array) -> Array:
    """(p,) the lowest point met around a point (p,), near and far, again and again.

    ``values`` maps (m, p) to (m,).  The same on every call.
    """
    rng = np.random.default_rng(0)
    sizes = np.geomspace(0.01, 3, CHANCES)[:, None] * (1 + np.abs(point).max())
    for _ in range(ROUNDS):
        around = np.concatenate(
            [point[None], point + sizes * rng.normal(size=(CHANCES, len(point)))]
        )
        with np.errstate(all="ignore"):
            found = values(around)
        point = around[int(np.argmin(np.where(np.isfinite(found), found, np.inf)))]
    return point
