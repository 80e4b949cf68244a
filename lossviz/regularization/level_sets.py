"""Level sets around a centre, as closed curves: the diamond, the circle, the ellipse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.penalties import Penalty
from lossviz.regularization.quadratic import unit

Array = NDArray[np.floating]
TURNS = 181  # directions, the four axes among them: corners stay corners


def closed_curves(
    height: Callable[[Array], Array], centre: ArrayLike, levels: ArrayLike, reach: float
) -> tuple[Array, Array]:
    """x and y (k, m) of the level sets of ``height`` (..., 2) -> (...) around its lowest point.

    The height must rise along every ray from ``centre`` (2,); a level that is not reached within
    ``reach`` ends there, one below the lowest is the centre itself.
    """
    centre, levels = np.asarray(centre, float), np.asarray(levels, float)
    angle = np.linspace(0, 2 * np.pi, TURNS)
    rays = np.round(np.stack([np.cos(angle), np.sin(angle)], axis=-1), 15)
    low = np.zeros((len(levels), TURNS))
    high = np.full_like(low, reach)
    for _ in range(50):
        middle = (low + high) / 2
        below = height(centre + middle[..., None] * rays) < levels[:, None]
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    points = centre + ((low + high) / 2)[..., None] * rays
    points = np.where(np.isnan(levels)[:, None, None], np.nan, points)
    return points[..., 0], points[..., 1]


def budget_curves(penalty: Penalty, budgets: Array, reach: float) -> tuple[Array, Array] | None:
    """x and y (k, m): where the penalty costs as much as each budget; None for L0.

    The level sets of L0 are the axes and everything else: no curve.
    """
    if penalty.form == "count":
        return None
    return closed_curves(unit(penalty).value, (0.0, 0.0), budgets, reach)
