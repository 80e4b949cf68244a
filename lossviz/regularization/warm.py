"""A curved ground with many weights: one strength after the other, each started from the last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.regularization.bowls import solved
from lossviz.regularization.ground import WeightsOnly

Array = NDArray[np.floating]
ROUNDS = 1000  # where the ground is nearly level each round adds one to the margin; few are usual
ROUNDING = 8 * np.finfo(float).eps
SETTLED = 1e-13  # the step of the last round, relative to the weights
SLACK = 1e-13  # of the forces on a weight: what rounding leaves of their sum


def warm_path(ground: WeightsOnly, strengths: Array, crease: float, ridge: float) -> Array:
    """(k, d) the minimum of data loss + strength (crease sum |w| + ridge / 2 sum w^2).

    Proximal Newton, its quadratic steps exact, from the strongest penalty to the weakest: each
    answer is the start of the next (Friedman, Hastie & Tibshirani 2010).  For any number of
    weights; strength 0 needs data with a minimum.
    """
    found = np.zeros((len(strengths), ground.layout.size))
    w = np.zeros(ground.layout.size)
    for k in np.argsort(-strengths):
        w = _settled(ground, strengths[k] * crease, strengths[k] * ridge, w)
        found[k] = w
    return found


def _settled(ground: WeightsOnly, crease: float, ridge: float, w: Array) -> Array:
    def value(at: Array) -> Array:
        price = crease * np.abs(at).sum(-1) + 0.5 * ridge * (at * at).sum(-1)
        return ground.data_value(at) + price

    shares = 0.5 ** np.arange(30)
    for _ in range(ROUNDS):
        H, pull = ground.data_hessian(w), ground.data_gradient(w)
        c = H @ w - pull
        if crease:
            aim = lowest_creased(H, c, crease, ridge, w)
        else:
            aim = solved(H[None], c[None], np.array([ridge]))[0]
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


def lowest_creased(H: Array, c: Array, crease: float, ridge: float, start: Array) -> Array:
    """(d,) the w that minimises w'Hw/2 - c'w + crease sum |w| + ridge / 2 sum w^2.

    Feature-sign search from ``start`` (d,): signs are tried, the bowl they leave is solved, and
    whatever crosses zero on the way is put there.  Every round is lower than the one before, so
    it ends, and what it ends with meets the conditions of a minimum to rounding.
    H (d, d) is positive semi-definite.  Source: Lee, Battle, Raina & Ng 2007.
    """
    M, w = H + ridge * np.eye(len(c)), start.copy()
    sign, at_bottom = np.sign(w), False
    slack = SLACK * (float(np.abs(c).max()) + crease)
    for _ in range(100 * len(c)):
        on = w != 0
        if at_bottom or not on.any():
            slope = M @ w - c
            pull = np.where(on, 0.0, np.abs(slope))
            j = int(pull.argmax())
            if pull[j] <= crease + slack:
                break
            on[j], sign[j] = True, -np.sign(slope[j])
        lower, at_bottom = _towards(M, c, crease, w, sign, on)
        if np.array_equal(lower, w):
            break
        w, sign = lower, np.sign(lower)
    return w


def _towards(
    M: Array, c: Array, crease: float, w: Array, sign: Array, on: NDArray[np.bool_]
) -> tuple[Array, bool]:
    """(d,) the lowest place on the way to the bottom of these signs; whether it is that bottom."""
    active = np.flatnonzero(on)
    A, force = M[np.ix_(active, active)], c[active] - crease * sign[active]
    try:
        aim = np.linalg.solve(A, force)
    except np.linalg.LinAlgError:  # columns that repeat each other: the shortest of many bottoms
        aim = np.linalg.lstsq(A, force, rcond=None)[0]
    here = w[active]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -here / (aim - here)
    ends = np.unique(np.append(crossing[(crossing > 0) & (crossing < 1)], 1.0))
    places = here + ends[:, None] * (aim - here)
    places[crossing == ends[:, None]] = 0.0
    price = crease * np.abs(places).sum(-1) - places @ c[active]
    best = int((0.5 * (places * (places @ A)).sum(-1) + price).argmin())
    moved = w.copy()
    moved[active] = aim if best == len(ends) - 1 else places[best]
    return moved, best == len(ends) - 1
