"""Losses along a line: the loss and its derivative ψ against the residual or the margin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.losses import Loss
from lossviz.recipes import within

Array = NDArray[np.floating]
SIDES = (-1e-6, 0.0, 1e-6)  # of the reach: apart in single precision, one to the eye
FACTS = ("convex", "smooth", "bounded", "robust", "proper")


@dataclass(frozen=True, eq=False)
class LossCurve:
    """A loss along u (m,): ``rho`` and ``slope`` (m,), NaN where there is none.

    u is the residual r = observed - predicted, or the margin for two classes; ``slope`` is the
    derivative in u, which for a residual is minus the derivative in the prediction.
    """

    loss: Loss
    u: Array
    rho: Array
    slope: Array


def target(loss: Loss, wanted: float) -> float:
    """The target nearest to ``wanted`` that the loss allows: 1 where it must be positive."""
    if loss.task == "binary":
        return 1.0
    return wanted if within(loss.targets, wanted) else 1.0


def at(loss: Loss, u: ArrayLike, y: float) -> tuple[Array, Array]:
    """(rho, slope), each of u's shape, at residuals u = y - prediction of the target y.

    ``slope`` is the derivative in u.  Two classes: y is 1 and u the margin.  NaN where the loss
    is not finite.
    """
    u = np.asarray(u, float)
    way = 1.0 if loss.task == "binary" else -1.0
    prediction = u if loss.task == "binary" else y - u
    targets = np.full_like(u, 1.0 if loss.task == "binary" else y)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        rho = np.asarray(loss.value(targets, prediction), float)
        slope = way * np.asarray(loss.derivative(targets, prediction), float) + 0.0
    known = np.isfinite(rho)
    return np.where(known, rho, np.nan), np.where(known & np.isfinite(slope), slope, np.nan)


def has_gradient(loss: Loss) -> bool:
    """Whether the loss has a derivative that is not zero somewhere."""
    slope = at(loss, np.linspace(-3, 3, 61), target(loss, 4.0))[1]
    return bool((np.abs(slope[np.isfinite(slope)]) > 1e-12).any())


def curve(loss: Loss, reach: float, y: float, points: int = 401) -> LossCurve:
    """The loss from -reach to reach: 0 is among the points, and every kink with both its sides."""
    u = np.linspace(-reach, reach, points)
    if loss.pieces is not None:
        way = 1.0 if loss.task == "binary" else -1.0  # the knots are those of the error -u
        knots = np.array([way * knot for knot in loss.pieces.knots if abs(knot) < reach])
        u = np.unique(np.concatenate([u, *(knots + side * reach for side in SIDES)]))
    return LossCurve(loss, u, *at(loss, u, target(loss, y)))


def ceiling(curves: Sequence[LossCurve], reach: float) -> tuple[float, float]:
    """The range of losses worth showing: steep curves leave it, so that flat ones can be seen."""
    values = np.concatenate([each.rho[np.isfinite(each.rho)] for each in curves])
    if not values.size:
        return 0.0, 1.0
    low, high = min(0.0, float(values.min())), float(values.max())
    low, high = max(low, -reach), min(high, 2.5 * reach)
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def steepness(curves: Sequence[LossCurve]) -> tuple[float, float]:
    """The range of slopes worth showing, the same up and down."""
    slopes = [np.abs(each.slope[np.isfinite(each.slope)]) for each in curves]
    tops = [float(np.quantile(each, 0.95)) for each in slopes if each.size]
    top = min(max(tops, default=1.0), 8.0) * 1.08 or 1.0
    return -top, top


def facts(loss: Loss) -> dict[str, bool | None]:
    """Convex, smooth, bounded, robust, proper: True, False, or None where it does not apply."""
    return {name: getattr(loss, name) for name in FACTS}
