"""A curved objective with many weights: each strength is started from the last minimum."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from lossviz.regularization.reduced_risk import WeightsOnly

Array = NDArray[np.floating]
ROUNDS = 1000  # where it is nearly flat each round adds one to the margin; few are usual
ROUNDING = 8 * np.finfo(float).eps
SETTLED = 1e-12  # the step of the last round, relative to the weights
LEVEL = 1e-12  # of the largest curvature, features made equally long: what is none
FALLS = 1e-9  # of the forces: what is a slope along such a direction
SLACK = 2e-12  # of the forces on a weight: what rounding leaves of their sum


def warm_path(reduced: WeightsOnly, strengths: Array, kink: float, ridge: float) -> Array:
    """(k, d) the minimum of data loss + strength (kink sum |w| + ridge / 2 sum w^2).

    Proximal Newton, its quadratic steps exact, from the strongest penalty to the weakest: each
    answer is the start of the next (Friedman, Hastie & Tibshirani 2010).  For any number of
    weights; strength 0 needs data with a minimum.
    """
    found = np.zeros((len(strengths), reduced.layout.size))
    w: Array = np.zeros(reduced.layout.size)
    for k in np.argsort(-strengths):
        w = _settled(reduced, strengths[k] * kink, strengths[k] * ridge, w)
        found[k] = w
    return found


def _settled(reduced: WeightsOnly, kink: float, ridge: float, start: Array) -> Array:
    w = start

    def value(at: Array) -> Array:
        penalty_value = kink * np.abs(at).sum(-1) + 0.5 * ridge * (at * at).sum(-1)
        return reduced.data_value(at) + penalty_value

    shares = 0.5 ** np.arange(30)
    for _ in range(ROUNDS):
        H, gradient = reduced.data_hessian(w), reduced.data_gradient(w)
        if kink:
            aim = lowest_kinked(H, H @ w - gradient, kink, ridge, w)
        else:
            curvature = H + ridge * np.eye(len(w))
            aim = w + _way(curvature, -gradient - ridge * w, float(np.abs(gradient).max()))[0]
        before = float(value(w))
        if float(value(aim)) <= before + ROUNDING * abs(before):
            moved = aim
        else:
            tries = w + shares[:, None] * (aim - w)
            lower = np.flatnonzero(value(tries) <= before + ROUNDING * abs(before))
            if not len(lower):
                break
            moved = tries[lower[0]]
        rest = np.abs(moved - w).max() <= SETTLED * (1 + np.abs(w).max())
        w = moved
        if rest:
            break
    return w


def lowest_kinked(H: Array, c: Array, kink: float, ridge: float, start: Array) -> Array:
    """(d,) the w that minimises w'Hw/2 - c'w + kink sum |w| + ridge / 2 sum w^2.

    Feature-sign search from ``start`` (d,): signs are tried, the quadratic they leave is solved,
    and whatever crosses zero on the way is put there.  Every round is lower than the one before, so
    it ends, and what it ends with meets the conditions of a minimum to rounding.
    H (d, d) is positive semi-definite.  Source: Lee, Battle, Raina & Ng 2007.
    """
    M, w = H + ridge * np.eye(len(c)), start.copy()
    sign, at_minimum = np.sign(w), False
    slack = SLACK * (float(np.abs(c).max()) + kink)
    for _ in range(100 * len(c)):
        on = w != 0
        waking = at_minimum or not on.any()
        if waking:
            slope = M @ w - c
            gradient = np.where(on, 0.0, np.abs(slope))
            j = int(gradient.argmax())
            if gradient[j] <= kink + slack:
                break
            on[j], sign[j] = True, -np.sign(slope[j])
        lower, at_minimum = _towards(M, c, kink, w, sign, on)
        if np.array_equal(lower, w) and (waking or not at_minimum):
            break
        w, sign = lower, np.sign(lower)
    return w


def _towards(
    M: Array, c: Array, kink: float, w: Array, sign: Array, on: NDArray[np.bool_]
) -> tuple[Array, bool]:
    """(d,) the lowest point on the way to the minimum of these signs, and whether that is it."""
    active = np.flatnonzero(on)
    A, force, here = M[np.ix_(active, active)], c[active] - kink * sign[active], w[active]
    way, end = _way(A, force - A @ here, float(np.abs(c).max()) + kink)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -here / way
    ends = np.unique(np.append(crossing[(crossing > 0) & (crossing < end)], end))
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return w, True
    places = here + ends[:, None] * way
    places[crossing == ends[:, None]] = 0.0
    # as changes, not as values: along a level direction those would cancel
    slope, second = way @ (A @ here - c[active]), way @ A @ way if np.isfinite(end) else 0.0
    penalty_change = kink * (np.abs(places) - np.abs(here)).sum(-1)
    changes = ends * slope + 0.5 * ends**2 * second + penalty_change
    best = int(changes.argmin())
    if changes[best] > SLACK * kink * np.abs(here).sum():  # there is nothing lower
        return w, True
    moved = w.copy()
    moved[active] = places[best]
    kept = bool((np.sign(places[best]) == sign[active]).all())
    return moved, kept and bool(ends[best] == 1.0)


def _way(A: Array, rest: Array, size: float) -> tuple[Array, float]:
    """(m,) the step to the minimum of w'Aw/2 - rest'w, and 1: where on it that minimum lies.

    Where the objective falls without bending, that direction, and inf.
    """
    scale = np.sqrt(np.maximum(np.diagonal(A), 0))
    scale = np.where(scale > 0, scale, 1.0)
    even = A / (scale[:, None] * scale)
    with suppress(np.linalg.LinAlgError):  # what it raises where a direction is level
        if np.diagonal(np.linalg.cholesky(even)).min() ** 2 > 100 * LEVEL:
            return np.linalg.solve(even, rest / scale) / scale, 1.0
    eigenvalues, V = np.linalg.eigh(even)
    along = V.T @ (rest / scale)
    level = eigenvalues <= LEVEL * max(float(eigenvalues[-1]), 1.0)
    falls = level & (np.abs(along) > FALLS * float((size / scale).max()))
    if falls.any():
        return V @ np.where(falls, along, 0.0) / scale, np.inf
    return V @ np.where(level, 0.0, along / np.where(level, 1.0, eigenvalues)) / scale, 1.0
