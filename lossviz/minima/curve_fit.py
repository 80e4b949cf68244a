"""Curves fitted without a start: linear parameters solved for, the others searched for.

Parameters in which the prediction is linear are solved exactly for given others (variable
projection: Golub & Pereyra 1973; Kaufman 1975).  The others are drawn at scales taken from the
data: places and spans of x, their inverses, sizes of y, plain numbers, and products of two.  The
best draws are redrawn one parameter at a time, then walked downhill together by the
Levenberg-Marquardt method with column scaling (Moré 1978), until the lowest value has been met
several times or the work allowed is done: a count, not a clock, so that every machine finds the
same.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.minimum import Minimum
from lossviz.models import LayeredNetwork
from lossviz.objectives import Risk

Array = NDArray[np.floating]

MOST_PARAMETERS = 12
ROWS = 100  # a search needs no more of the data; the last steps use all of them
DRAWS, REDRAWN, ROUNDS, WALKERS = 3000, 1200, 5, 32
STEPS, LAST_STEPS, KEPT = 50, 300, 6
WORK = 2000  # rows times parameters, summed over rounds of starts: a second or two of searching
ENOUGH = 3  # walks that end at the same lowest value
ROUNDS_OF_STARTS = 2, 8  # at least and at most
MOST_SWAPPED = 6  # bent parameters of which every order is tried


class Curve(NamedTuple):
    """A risk's model on some rows, and which of its parameters are solved for exactly."""

    risk: Risk
    X: Array
    y: Array
    linear: NDArray[np.intp]
    nonlinear: NDArray[np.intp]

    def predict(self, theta: Array) -> Array:
        with np.errstate(all="ignore"):
            return self.risk.model.predict(theta, self.X)

    def columns(self, theta: Array) -> tuple[Array, Array]:
        """What is predicted without linear parameters (B, n), and per unit of each (B, n, q)."""
        base = theta.copy()
        base[:, self.linear] = 0.0
        without = self.predict(base)
        columns = np.empty((*without.shape, len(self.linear)))
        for k, j in enumerate(self.linear):
            base[:, j] = 1.0
            columns[..., k] = self.predict(base) - without
            base[:, j] = 0.0
        return without, columns


class Solved(NamedTuple):
    """Thetas (B, p) with their linear parameters solved for, sums of squares (B,), and more."""

    theta: Array
    squares: Array
    missed: Array  # (B, n)
    basis: Array  # (B, n, q) orthonormal columns of the linear parameters


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
        starts = _search(some, rng, found[:8] if number else found)
        if not len(starts):
            break
        ends = _walk(some, starts, STEPS)
        tried += len(starts)
        pool = np.concatenate([found, ends.theta])
        squares = np.concatenate([met, ends.squares])
        order = np.argsort(squares, kind="stable")
        order = order[np.isfinite(squares[order])][:60]
        found, met = pool[order], squares[order]
        lowest = met[0] if len(met) else np.inf
        if not len(nonlinear) or (met <= lowest * (1 + 1e-6) + _nothing(some)).sum() >= ENOUGH:
            break
    if not len(found):
        return None
    best = _walk(whole, _apart(whole, found)[:KEPT], LAST_STEPS)
    order = np.argsort(best.squares * _rough(whole, best.theta), kind="stable")
    order = order[np.isfinite(best.squares[order])]
    kept = _apart(whole, best.theta[order])
    if not len(kept):
        return None
    return np.concatenate([_plainest(whole, kept[0])[None], kept[1:]]), tried


def _plainest(curve: Curve, theta: Array) -> Array:
    """(p,) of parameters that mean the same curve: positive, few turns of a wave, ascending.

    Two exponentials may trade places, a width may change its sign, a phase go round once more.
    """
    target = _solved(curve, theta[None])
    near = 1e-9 * (float(np.ptp(curve.y)) or 1.0)
    m = len(curve.nonlinear)

    def same(nonlinear: Array) -> Array:
        """(b, p) the thetas with these bent parameters (b, m) that miss every row alike."""
        tried = np.repeat(target.theta, len(nonlinear), 0)
        tried[:, curve.nonlinear] = nonlinear
        found = _solved(curve, tried)
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


def _rough(curve: Curve, theta: Array) -> Array:
    """(B,) 1, or 4 where a curve turns between its rows: then another, calmer one may be meant."""
    order = np.argsort(curve.X[:, 0], kind="stable")
    x = curve.X[order, 0]
    if curve.X.shape[1] > 1 or len(theta) == 0 or len(x) < 4:
        return np.ones(len(theta))
    fine = (x[:-1, None] + np.diff(x)[:, None] * np.array([0.0, 0.3, 0.6])).ravel()
    with np.errstate(all="ignore"):
        between = curve.risk.model.predict(theta, fine[:, None])
        ways = np.abs(np.diff(between)).sum(-1), np.abs(np.diff(between[:, ::3])).sum(-1)
        calm = ways[0] <= 2 * ways[1] + np.ptp(curve.y)
    return np.where(calm, 1.0, 4.0)


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


def linear_parameters(risk: Risk) -> NDArray[np.intp]:
    """(q,) parameters in which, together, the prediction is linear: judged by differences."""
    p = risk.layout.size
    rng = np.random.default_rng(1)
    rows = rng.choice(len(risk.data), min(len(risk.data), 20), replace=False)
    X = risk.data.X[rows]
    size = float(np.abs(X).max(initial=0.0)) or 1.0
    # each parameter at one of the scales it may have: somewhere each formula is finite
    scale = size ** rng.choice([0.0, -1.0, 1.0, -2.0], (40, p))
    scale[:8] = np.array([1.0, 1 / size] * 4)[:, None]
    points = rng.uniform(0.5, 1.5, (40, p)) * scale
    step = 0.25

    def at(moves: Array) -> Array:
        with np.errstate(all="ignore"):
            return risk.model.predict(points * (1 + moves), X)

    def is_nonlinear(i: int, j: int) -> bool:
        a, b = step * np.eye(p)[i], step * np.eye(p)[j]
        parts = [at(a + b), -at(a - b), -at(b - a), at(-a - b)] if i != j else [
            at(a), -2 * at(0 * a), at(-a)]  # fmt: skip
        with np.errstate(all="ignore"):
            total = np.abs(sum(parts))
            scale = sum(np.abs(part) for part in parts)
        known = np.isfinite(total) & np.isfinite(scale)
        return not known.any() or bool((total > 1e-9 * np.where(scale > 0, scale, 1))[known].any())

    straight = [j for j in range(p) if not is_nonlinear(j, j)]
    crossed = {(i, j) for i in straight for j in straight if i < j and is_nonlinear(i, j)}
    chosen: list[int] = []
    # those that cross the fewest others first
    for j in sorted(straight, key=lambda j: sum(j in pair for pair in crossed)):
        if all((min(i, j), max(i, j)) not in crossed for i in chosen):
            chosen.append(j)
    return np.array(sorted(chosen), int)


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


def _search(curve: Curve, rng: np.random.Generator, near: Array) -> Array:
    """(b, p) low starts: draws at the data's scales, redrawn one or two parameters at a time."""
    p = curve.risk.layout.size
    if not len(curve.nonlinear):
        return _solved(curve, np.ones((1, p))).theta
    theta = np.ones((DRAWS, p))
    theta[:, curve.nonlinear] = _drawn(curve, rng, DRAWS)
    if len(near):  # half of the draws around what was found so far
        around = near[rng.integers(0, len(near), DRAWS // 2)]
        factors = np.exp(rng.normal(0, 0.5, around.shape) * (rng.random(around.shape) < 0.5))
        theta[: DRAWS // 2, curve.nonlinear] = (around * factors)[:, curve.nonlinear]
    best = _lowest(curve, _solved(curve, theta), 2 * WALKERS)
    for _ in range(ROUNDS if len(curve.nonlinear) > 1 else 1):
        if not len(best.theta):
            break
        child = best.theta[rng.integers(0, len(best.theta), REDRAWN)].copy()
        fresh = _drawn(curve, rng, REDRAWN)
        nudged = child[:, curve.nonlinear] * np.exp(rng.normal(0, 0.3, fresh.shape))
        fresh = np.where(rng.random((REDRAWN, 1)) < 0.5, fresh, nudged)
        change = rng.random(fresh.shape) < 1.2 / len(curve.nonlinear)
        child[:, curve.nonlinear] = np.where(change, fresh, child[:, curve.nonlinear])
        both = _solved(curve, child)
        best = _lowest(
            curve,
            Solved(*(np.concatenate(pair) for pair in zip(best, both, strict=True))),
            2 * WALKERS,
        )
    return best.theta[:WALKERS]


def _drawn(curve: Curve, rng: np.random.Generator, count: int) -> Array:
    """(count, m) values for the bent parameters, each at one of the data's scales."""
    m = len(curve.nonlinear)
    column = rng.integers(0, curve.X.shape[1], (count, m))
    low, high = curve.X.min(0)[column], curve.X.max(0)[column]
    span = np.where(high > low, high - low, np.abs(high) + 1e-300)
    size = np.maximum(np.abs(low), np.abs(high))
    size = np.where(size > 0, size, 1.0)
    tall = float(np.abs(curve.y).max()) or 1.0
    place = low + span * rng.uniform(-0.1, 1.1, (count, m))
    sign = np.where(rng.random((count, m)) < 0.7, 1.0, -1.0)

    def about(scale: Array | float, below: float, above: float) -> Array:
        return sign * scale * 10 ** rng.uniform(below, above, (count, m))

    kinds = [
        place,
        about(span, -2.0, 0.7),
        about(1 / span, -1.5, 2.3),
        about(1 / size, -2.0, 1.5),
        about(1 / size**2, -2.0, 1.5),
        about(1 / size**3, -2.0, 1.5),
        about(size, -1.0, 1.0),
        about(size**2, -2.0, 0.5),
        about(1.0, -2.0, 1.3),
        about(tall, -1.0, 1.0),
        about(1 / tall, -1.5, 1.5),
        about(1 / (tall * size), -1.5, 1.5),
    ]
    odds = np.array([3, 3, 3, 3, 1, 1, 1, 1, 3, 1, 1, 1.0])
    kind = rng.choice(len(kinds), (count, m), p=odds / odds.sum())
    drawn = np.choose(kind, kinds)
    if m > 1:  # exp(b - c x): b is as large as c times a place
        first = np.argsort(rng.random((count, m)), axis=1)[:, :2]
        rows = np.arange(count)
        product = drawn[rows, first[:, 1]] * place[rows, first[:, 0]]
        joined = rng.random(count) < 0.3
        drawn[rows, first[:, 0]] = np.where(joined, product, drawn[rows, first[:, 0]])
    return drawn


def _solved(curve: Curve, theta: Array) -> Solved:
    """The same thetas with their linear parameters at the least squares for the others."""
    theta = theta.copy()
    q = len(curve.linear)
    with np.errstate(all="ignore"):
        without, columns = curve.columns(theta)
        usable = np.isfinite(without).all(-1) & np.isfinite(columns).all((-1, -2))
        usable &= np.abs(without).max(-1) < 1e100
        usable &= np.abs(columns).max((-1, -2), initial=0.0) < 1e100
        columns = np.where(usable[:, None, None], columns, 0.0)
        missed = curve.y - np.where(usable[:, None], without, 0.0)
    basis = np.zeros((*missed.shape, q))
    if q:
        size = np.sqrt((columns**2).sum(1))
        whole = np.where(size > 0, size, 1.0)
        Q, R = np.linalg.qr(columns / whole[:, None])
        if Q.shape[-1] == q:
            at = np.abs(np.diagonal(R, axis1=-2, axis2=-1))
            firm = at.min(-1) > 1e-13
            R = np.where(firm[:, None, None], R, np.eye(q))
            basis = np.where(firm[:, None, None], Q, 0.0)
            factor = (basis * missed[..., None]).sum(1)
            theta[:, curve.linear] = np.linalg.solve(R, factor[..., None])[..., 0] / whole
            missed = missed - (basis @ factor[..., None])[..., 0]
            usable &= firm
    squares = np.where(usable, (missed**2).sum(-1), np.inf)
    return Solved(theta, np.where(np.isfinite(squares), squares, np.inf), missed, basis)


def _lowest(curve: Curve, some: Solved, count: int) -> Solved:
    """The lowest that differ, best first; those that turn between the rows have to be lower."""
    order = np.argsort(some.squares, kind="stable")
    order = order[np.isfinite(some.squares[order])]
    _, first = np.unique(np.round(np.log(some.squares[order] + 1e-300), 6), return_index=True)
    order = order[np.sort(first)][: 3 * count]
    order = order[np.argsort(some.squares[order] * _rough(curve, some.theta[order]))][:count]
    return Solved(*(part[order] for part in some))


def _walk(curve: Curve, starts: Array, most: int) -> Solved:
    """Levenberg-Marquardt from every start at once, on the projected residuals."""
    at = _solved(curve, starts)
    if not len(curve.nonlinear):
        return at
    damp = np.full(len(starts), 1e-2)
    largest = np.zeros((len(starts), len(curve.nonlinear)))
    still = np.zeros(len(starts), int)
    jacobian = None
    for _ in range(most):
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
        after = _solved(curve, trial)
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
