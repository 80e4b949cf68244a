"""Plot ranges: how much of a plane is worth looking at around a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes.planes import Plane
from lossviz.minima import Minimum
from lossviz.objectives import Risk

Array = NDArray[np.floating]
Window = tuple[tuple[float, float], tuple[float, float]]

REACH = 2.0  # how many spreads the predictions move from the centre to the edge
LOGITS = 3.0  # the spread of a classifier: beyond it the sigmoid is nearly flat
STRETCH = 3.0  # the most a slanted valley widens the window
FAR = 2 * LOGITS  # where a minimum at infinity is looked for, on the way there


def good_window(risk: Risk, plane: Plane, around: ArrayLike) -> Window:
    """((a low, a high), (b low, b high)) with the point ``around`` (p,) in the middle.

    From the middle to an edge the predictions move by about two spreads: of the middle four
    fifths of the targets, or of 3 logits for classes.  So the minimum and the surroundings that a
    useless fit stands on are both in view, in any units, whatever the loss.  Where the two
    directions nearly trade off, the window is up to three times wider, so that the slanted
    valley lies in it.  For a minimum at infinity give ``within_reach``.
    """
    center = plane.project(np.asarray(around, float))
    theta = plane.point(*center)
    with np.errstate(over="ignore", invalid="ignore"):
        by_a, by_b = (_moves(risk, theta, each) for each in (plane.u, plane.v))
        sizes = np.array([_rms(by_a), _rms(by_b)])
        overlap = (by_a * by_b).mean() / sizes.prod() if sizes.all() else 0.0
        stretch = min(1 / np.sqrt(max(1 - overlap**2, 0.0) or 1 / STRETCH**2), STRETCH)
        halves = REACH * _spread(risk) * stretch / np.where(sizes > 0, sizes, np.nan)
    lost = ~np.isfinite(halves) | (halves == 0)  # a direction that the predictions do not feel
    halves[lost] = np.maximum(1.0, np.abs(center[lost]))
    low, high = (center - halves).tolist(), (center + halves).tolist()
    return (low[0], high[0]), (low[1], high[1])


def within_reach(risk: Risk, best: Minimum) -> Array:
    """The minimum (p,); where no minimum is attained, the same boundary at a typical logit of 6.

    Scaling all parameters of a linear classifier keeps its answers and lowers its confidence:
    where no best model exists, that is a point on the way there.
    """
    at = best.theta
    if best.kind != "infinity" or risk.data.task == "regression":
        return at
    size = _rms(risk.model.predict(at, risk.data.X).ravel())
    return at * (FAR / size) if size > FAR else at


def _moves(risk: Risk, theta: Array, direction: Array) -> Array:
    """How the predictions change for one step along ``direction``.

    By central differences where they are not linear in theta.
    """
    length = np.linalg.norm(direction)
    if not length:
        return np.zeros(1)
    if risk.model.design(risk.data.X) is not None:  # exact also for columns far from zero
        return risk.model.predict(direction, risk.data.X).ravel()
    step = 1e-6 * (float(np.linalg.norm(theta)) or 1.0) / length
    ahead, behind = theta + step * direction, theta - step * direction
    X = risk.data.X
    return ((risk.model.predict(ahead, X) - risk.model.predict(behind, X)) / (2 * step)).ravel()


def _spread(risk: Risk) -> float:
    """Of the targets, not led by a few outliers; one standard deviation of a normal sample."""
    if risk.data.task != "regression":
        return LOGITS
    y = risk.data.y
    low, high = np.quantile(y, [0.1, 0.9])
    return float((high - low) / 2.563 or y.std() or np.abs(y).max() or 1.0)


def _rms(x: Array) -> float:
    return float(np.sqrt((x * x).mean()))
