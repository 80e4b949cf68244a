"""An interior-point method for sums of piecewise losses.

Mehrotra's predictor-corrector (1992) on the slope graphs, in the manner of the Frisch-Newton
method for quantile regression (Portnoy & Koenker, 1997): each step solves one p by p system,
so a line through 100,000 points takes a few dozen passes over the data.  It ends in the middle
of the set of minimisers, whose faces ``faces`` then reads off exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.piecewise_program import Program
from lossviz.patience import go_on

Array = NDArray[np.floating]

MOST_STEPS = 80
SMALL = 1e-13


class Central(NamedTuple):
    """A point in the middle of the minimisers, and how each row stands there.

    ``z`` (p,), row slopes ``s`` (m,); per segment, ``filled`` (m, k) is how much of it is used,
    ``free`` what is left, and ``low``, ``high`` the multipliers that hold it empty or full.
    """

    z: Array
    s: Array
    filled: Array
    free: Array
    low: Array
    high: Array


def follow_central_path(prog: Program, calm: float = 1e-11) -> Central:
    """Minimise a Program whose numbers are of order one and whose columns are orthonormal-ish."""
    H, g, A, t, sign, slope = prog.H, prog.g, prog.A, prog.t, prog.sign, prog.slope
    length, softness = prog.length, prog.softness
    live, cost = np.abs(sign), sign * slope
    bounded = np.isfinite(length) & (live > 0)
    held = bounded.astype(float)
    cap = np.where(bounded, length, 0.0)
    pairs = float(live.sum() + held.sum())
    tiny = 1e-300

    # start: slopes in the middle of what a row offers, a residual split between its segments
    offers = np.where(live > 0, slope, np.nan)
    s = 0.5 * (np.nanmin(offers, axis=1) + np.nanmax(offers, axis=1))
    span = np.maximum(np.nanmax(np.abs(offers), axis=1), 1e-8)[:, None]
    z = np.zeros(len(g))
    x = np.where(live > 0, np.maximum(-sign * t[:, None], 0) + 1.0, 1.0)
    x = np.where(bounded, np.minimum(x, 0.5 * cap), x)
    v = np.where(bounded, cap - x, 1.0)
    low = np.where(live > 0, span, 0.0)
    high = np.where(bounded, span, 0.0)

    before = np.inf
    for _ in range(MOST_STEPS):
        go_on()
        primal = A @ z - t - (sign * x).sum(1) - softness * s
        dual = H @ z + g + A.T @ s
        stationarity = live * (cost - sign * s[:, None]) - low + high
        gap = ((x * low).sum() + (v * high).sum()) / pairs
        error = max(_most(primal), _most(dual), _most(stationarity))
        if gap < SMALL and (error < 1e-12 or error > 0.5 * before):  # the rest is rounding
            break
        before = error
        stiff = low / x + high / v
        give = live / np.maximum(stiff, tiny)
        give_sum = give.sum(1) + softness
        weight = 1 / np.maximum(give_sum, tiny)
        system = H + (A.T * weight) @ A
        system.flat[:: len(g) + 1] += 1e-14 * np.trace(system) + calm

        frame = _Frame(A, sign, x, v, low, high, give, weight, primal, dual, stationarity, system)
        dz, ds, dx, dlow, dhigh = frame.step(-x * low, -v * high)
        reach = _reach(x, dx, v, low, dlow, high, dhigh, held)
        ahead = (
            ((x + reach * dx) * (low + reach * dlow)).sum()
            + ((v - reach * dx) * (high + reach * dhigh) * held).sum()
        ) / pairs
        aim = gap * min((max(ahead, 0.0) / gap) ** 3, 1.0)
        dz, ds, dx, dlow, dhigh = frame.step(
            live * (aim - x * low - dx * dlow), held * (aim - v * high + dx * dhigh)
        )
        reach = min(1.0, 0.9995 * _reach(x, dx, v, low, dlow, high, dhigh, held))
        if reach < 1e-10:
            break
        z, s, x = z + reach * dz, s + reach * ds, x + reach * dx
        v = np.where(bounded, v - reach * dx, 1.0)
        low, high = low + reach * dlow, high + reach * dhigh
    return Central(z, s, x, v, low, high)


class _Frame(NamedTuple):
    """The equations around one point, ready for the two right-hand sides of a step."""

    A: Array
    sign: Array
    x: Array
    v: Array
    low: Array
    high: Array
    give: Array
    weight: Array
    primal: Array
    dual: Array
    stationarity: Array
    system: Array

    def step(self, low_gap: Array, high_gap: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Newton's step in z, s, fills and multipliers towards x low and v high changing so."""
        h = -self.stationarity + low_gap / self.x - high_gap / self.v
        lag = self.primal - (self.sign * h * self.give).sum(1)
        dz = np.linalg.solve(self.system, -self.dual - self.A.T @ (self.weight * lag))
        ds = self.weight * (self.A @ dz + lag)
        dx = self.give * (self.sign * ds[:, None] + h)
        dlow = (low_gap - self.low * dx) / self.x
        return dz, ds, dx, dlow, (high_gap + self.high * dx) / self.v


def _most(values: Array) -> float:
    return float(np.abs(values).max(initial=0.0))


def _reach(
    x: Array, dx: Array, v: Array, low: Array, dlow: Array, high: Array, dhigh: Array, held: Array
) -> float:
    """The longest common step that keeps everything positive."""
    speed = max(
        (-dx / x).max(),
        (dx * held / v).max(),
        (-dlow / np.maximum(low, 1e-300)).max(),
        (-dhigh / np.maximum(high, 1e-300)).max(),
        1e-300,
    )
    return float(min(1.0 / speed, 1.0))
