"""Curves fitted without a start: linear parameters solved for, the others searched for.

Parameters in which the prediction is linear are solved exactly for given others.  Starts for the
others are drawn at the data's scales and walked downhill together by the Levenberg-Marquardt method
with column scaling (Moré 1978), until the lowest value has been met several times or the work
allowed is done: a count, not a clock, so that every machine finds the same.
"""

from __future__ import annotations

from itertools import permutations, product

import numpy as np

from lossviz.minima.curve_starts import WALKERS, built_starts, rough, searched_starts
from lossviz.minima.minimum import Minimum
from lossviz.minima.variable_projection import Array, Curve, Solved, linear_parameters, solved
from lossviz.models import LayeredNetwork
from lossviz.objectives import Risk
from lossviz.patience import go_on

MOST_PARAMETERS = 12
ROWS = 100  # a search needs no more of the data; the last steps use all of them
STEPS, LAST_STEPS, KEPT = 50, 300, 6
WORK = 2000  # rows times parameters, summed over rounds of starts: a second or two of searching
ENOUGH = 3  # walks that end at the same lowest value
ROUNDS_OF_STARTS = 2, 8  # at least and at most
MOST_SWAPPED = 6  # non-linear parameters of which every order is tried


def curve_minima(risk: Risk) -> tuple[Array, int] | None:
    """(m, p) least-squares fits, lowest first, and how many starts; None for other problems."""
    model, data = risk.model, risk.data
    p = risk.layout.size
    if isinstance(model, LayeredNetwork) or data.task != "regression" or p > MOST_PARAMETERS:
        return None
    rng = np.random.default_rng(0)
    linear = linear_parameters(risk)
    nonlinear = np.setdiff1d(np.arange(p), linear)
    whole = Curve(risk, data.X, data.y, linear, nonlinear)
    some = _some_rows(whole)
    found, tried, met = np.zeros((0, p)), 0, np.zeros(0)
    for number in range(int(np.clip(WORK // (len(some.y) * p), *ROUNDS_OF_STARTS))):
        starts = searched_starts(some, rng, found[:8] if number else found)
        if not number:
            built = built_starts(some, rng)
            starts = np.concatenate([built, starts[: max(WALKERS - len(built), WALKERS // 3)]])
        if not len(starts):
            break
        ends = _walk(some, starts, STEPS)
        tried += len(starts)
        pool = np.concatenate([found, ends.theta])
        squares = np.concatenate([met, ends.squares * rough(some, ends.theta)])
        order = np.argsort(squares, kind="stable")
        order = order[np.isfinite(squares[order])][:60]
        found, met = pool[order], squares[order]
        lowest = met[0] if len(met) else np.inf
        if not len(nonlinear) or (met <= lowest * (1 + 1e-6) + _nothing(some)).sum() >= ENOUGH:
            break
    if not len(found):
        return None
    # of curves that meet at the rows the calmest stands for all
    order = np.lexsort((rough(whole, found), np.round(np.log(met + 1e-300), 6)))
    best = _walk(whole, _apart(whole, found[order])[:KEPT], LAST_STEPS)
    order = np.argsort(best.squares * rough(whole, best.theta), kind="stable")
    order = order[np.isfinite(best.squares[order])]
    kept = _apart(whole, best.theta[order])
    if not len(kept):
        return None
    return np.concatenate([_plainest(whole, kept[0])[None], kept[1:]]), tried


def _plainest(curve: Curve, theta: Array) -> Array:
    """(p,) of parameters that mean the same curve: positive, few turns of a wave, ascending.

    Two exponentials may trade places, a width may change its sign, a phase go round once more.
    """
    target = solved(curve, theta[None])
    near = 1e-9 * (float(np.ptp(curve.y)) or 1.0)
    m = len(curve.nonlinear)

    def same(nonlinear: Array) -> Array:
        """(b, p) the thetas with these non-linear parameters (b, m) that miss every row alike."""
        tried = np.repeat(target.theta, len(nonlinear), 0)
        tried[:, curve.nonlinear] = nonlinear
        found = solved(curve, tried)
        alike = np.abs(found.missed - target.missed).max(-1) <= near
        return found.theta[alike & np.isfinite(found.squares)]

    nonlinear = theta[curve.nonlinear]
    gap = float(np.ptp(curve.X[:, 0])) / max(len(curve.y) - 1, 1)
    for turn in (2 * np.pi, 2 * np.pi / gap if gap else 0.0):
        for k in np.flatnonzero(np.abs(nonlinear) > turn / 2) if turn else ():
            turns = turn * np.round(nonlinear[k] / turn) * (np.arange(m) == k)
            nonlinear = nonlinear - turns if len(same((nonlinear - turns)[None])) else nonlinear
    if not 0 < m <= MOST_SWAPPED:
        return theta
    ways = same(nonlinear * np.array(list(product([1.0, -1.0], repeat=m))))
    if not len(ways):
        return theta
    nonlinear = ways[int((ways < 0).sum(1).argmin())][curve.nonlinear]
    ways = same(nonlinear[np.array(list(permutations(range(m))))])
    return ways[np.lexsort(ways[:, curve.nonlinear[::-1]].T)[0]] if len(ways) else theta


def fitted_curve(risk: Risk, found: Array, tried: int) -> Minimum:
    """The best of the fits ``found`` (m, p) by value, told as a local minimum."""
    values = np.asarray(risk.value(found))
    order = np.argsort(values, kind="stable")
    found, values = found[order], values[order]
    more = "" if len(found) == 1 else f" Other valleys were met: {len(found) - 1}."
    return Minimum(
        theta=found[0],
        value=float(values[0]),
        kind="local",
        exact=False,
        method=f"variable projection and Levenberg–Marquardt, best of {tried} starts",
        message=f"The best of {tried} starts; nothing proves that it is the lowest of all.{more}",
        others=found[1:],
        other_values=values[1:],
    )


def _some_rows(curve: Curve) -> Curve:
    """Evenly spaced rows, in the order of the first feature, where there are many."""
    n = len(curve.y)
    if n <= ROWS:
        return curve
    order = np.argsort(curve.X[:, 0], kind="stable")
    at = order[np.linspace(0, n - 1, ROWS).astype(int)]
    return curve._replace(X=curve.X[at], y=curve.y[at])


def _nothing(curve: Curve) -> float:
    """A sum of squares that is only rounding."""
    return len(curve.y) * (1e-14 * float(np.abs(curve.y).max(initial=0.0))) ** 2


def _walk(curve: Curve, starts: Array, most: int) -> Solved:
    """Levenberg-Marquardt from every start at once, on the projected residuals."""
    at = solved(curve, starts)
    if not len(curve.nonlinear):
        return at
    damp = np.full(len(starts), 1e-2)
    largest = np.zeros((len(starts), len(curve.nonlinear)))
    still = np.zeros(len(starts), int)
    jacobian = None
    for _ in range(most):
        go_on()
        walking = np.flatnonzero((still < 4) & np.isfinite(at.squares))
        if not len(walking):
            break
        now = Solved(*(part[walking] for part in at))
        with np.errstate(all="ignore"):
            jacobian = curve.risk.model.jacobian(now.theta, curve.X)[..., curve.nonlinear]
            jacobian = np.where(np.isfinite(jacobian), jacobian, 0.0)
            jacobian = np.clip(jacobian, -1e100, 1e100)
            across = jacobian - now.basis @ (np.swapaxes(now.basis, -1, -2) @ jacobian)
            size = np.sqrt((across**2).sum(1))
            largest[walking] = np.maximum(0.5 * largest[walking], size)
            scale = np.where(largest[walking] > 0, largest[walking], 1.0)
            scaled = across / scale[:, None]
            # the step from [J; sqrt(damp)] by QR: products of J would lose half of the digits
            m = scaled.shape[-1]
            rows = np.concatenate(
                [scaled, np.sqrt(damp[walking])[:, None, None] * np.eye(m)], axis=1
            )
            target = np.concatenate([now.missed, np.zeros((len(walking), m))], axis=1)
            Q, R = np.linalg.qr(rows)
            R = R + 1e-300 * np.eye(m)
            step = np.linalg.solve(R, (Q * target[..., None]).sum(1)[..., None])[..., 0] / scale
        trial = now.theta.copy()
        trial[:, curve.nonlinear] += np.where(np.isfinite(step), step, 0.0)
        after = solved(curve, trial)
        better = after.squares < now.squares
        gain = np.where(better, 1 - after.squares / np.maximum(now.squares, 1e-300), 0.0)
        taken = walking[better]
        for mine, new in zip(at, after, strict=True):
            mine[taken] = new[better]
        small = np.abs(step) <= 1e-12 * np.abs(now.theta[:, curve.nonlinear])
        calm = small.all(-1) | (better & (gain < 1e-13))
        still[walking] = np.where(calm | (damp[walking] > 1e12), still[walking] + 1, 0)
        damp[walking] = np.where(better, damp[walking] * 0.2, damp[walking] * 4)
        damp = np.maximum(damp, 1e-15)
    return at


def _apart(curve: Curve, theta: Array) -> Array:
    """The thetas whose predictions differ, in their order."""
    seen = curve.predict(theta)
    near = 1e-5 * (float(np.ptp(curve.y)) or 1.0)
    kept: list[int] = []
    for i in range(len(theta)):
        if all(np.abs(seen[i] - seen[j]).max() > near for j in kept):
            kept.append(i)
    return theta[kept]
