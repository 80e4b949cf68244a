"""Starts for a curve, at scales taken from its data.

The non-linear parameters are drawn: places and spans of x, their inverses, sizes of y, plain
numbers, and products of two.  The best draws are redrawn one parameter at a time.  A sum of terms
is put together one term after another.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.variable_projection import Array, Curve, Solved, calm, solved

DRAWS, REDRAWN, ROUNDS, WALKERS = 3000, 1200, 5, 32
BEAM = 16  # sums of terms kept while they are put together


def searched_starts(curve: Curve, rng: np.random.Generator, near: Array) -> Array:
    """(b, p) low starts: draws at the data's scales, redrawn one or two parameters at a time."""
    p = curve.risk.layout.size
    if not len(curve.nonlinear):
        return solved(curve, np.ones((1, p))).theta
    theta = np.ones((DRAWS, p))
    theta[:, curve.nonlinear] = _drawn(curve, rng, DRAWS)
    if len(near):  # half of the draws around what was found so far
        around = near[rng.integers(0, len(near), DRAWS // 2)]
        factors = np.exp(rng.normal(0, 0.5, around.shape) * (rng.random(around.shape) < 0.5))
        theta[: DRAWS // 2, curve.nonlinear] = (around * factors)[:, curve.nonlinear]
    best = _lowest(curve, solved(curve, theta), 2 * WALKERS)
    for _ in range(ROUNDS if len(curve.nonlinear) > 1 else 1):
        if not len(best.theta):
            break
        child = best.theta[rng.integers(0, len(best.theta), REDRAWN)].copy()
        fresh = _drawn(curve, rng, REDRAWN)
        nudged = child[:, curve.nonlinear] * np.exp(rng.normal(0, 0.3, fresh.shape))
        fresh = np.where(rng.random((REDRAWN, 1)) < 0.5, fresh, nudged)
        change = rng.random(fresh.shape) < 1.2 / len(curve.nonlinear)
        child[:, curve.nonlinear] = np.where(change, fresh, child[:, curve.nonlinear])
        both = solved(curve, child)
        best = _lowest(
            curve,
            Solved(*(np.concatenate(pair) for pair in zip(best, both, strict=True))),
            2 * WALKERS,
        )
    return best.theta[:WALKERS]


def built_starts(curve: Curve, rng: np.random.Generator) -> Array:
    """(b, p) starts for a sum of terms, put together one term after another.

    Of many draws of each term the ones that leave least unexplained beside the terms chosen before
    (orthogonal matching pursuit: Pati, Rezaiifar & Krishnaprasad 1993), the best few sums kept.
    """
    terms = _terms(curve, rng)
    p = curve.risk.layout.size
    if not terms:
        return np.zeros((0, p))
    theta = np.ones((DRAWS, p))
    theta[:, curve.nonlinear] = _drawn(curve, rng, DRAWS)
    without, columns = curve.columns(theta)
    with np.errstate(all="ignore"):
        columns = columns / np.sqrt((columns**2).sum(1, keepdims=True))
    columns = np.where(np.isfinite(columns) & calm(curve, theta)[:, None, 1:], columns, 0.0)
    target = curve.y - without[0]
    alone = np.setdiff1d(np.arange(len(curve.linear)), [k for _, own in terms for k in own])
    basis = np.linalg.qr(columns[0][:, alone])[0]
    sums = [Sum(np.inf, theta[0], basis, tuple(range(len(terms))))]
    for last in (False,) * (len(terms) - 1) + (True,):
        grown = [
            more
            for each in sums
            for term in each.missing
            for more in _grown(curve, each, term, terms[term], theta, columns, target, last)
        ]
        grown.sort(key=lambda each: each.unexplained)
        sums = grown[: 2 * BEAM if last else BEAM]
    return np.array([each.theta for each in sums])


class Sum(NamedTuple):
    """A sum of terms that is being put together: its thetas so far, and which terms are missing."""

    unexplained: float  # the sum of squares that its terms leave
    theta: Array  # (p,)
    basis: Array  # (n, k) orthonormal columns of its terms
    missing: tuple[int, ...]


def _grown(curve: Curve, old: Sum, term: int, parameters: tuple[list[int], list[int]],
           theta: Array, columns: Array, target: Array, last: bool) -> list[Sum]:  # fmt: skip
    """A sum with one term more: the best of its draws ``theta`` (B, p), of ``columns`` (B, n, q).

    The last term wants its best draws; one before it draws that differ, as the best beside few
    terms need not be the best beside all.
    """
    curved, linear = parameters
    missed = target - old.basis @ (old.basis.T @ target)
    own = columns[..., linear]
    own = np.linalg.qr(own - old.basis @ (old.basis.T @ own))[0]
    gain = ((missed @ own) ** 2).sum(-1)
    digits, most = (2, 3) if last else (1, BEAM)
    _, first = np.unique(np.round(np.log(gain + 1e-300), digits), return_index=True)
    found = []
    for draw in first[np.argsort(-gain[first])][:most]:
        now = old.theta.copy()
        now[curve.nonlinear[curved]] = theta[draw, curve.nonlinear[curved]]
        basis = np.concatenate([old.basis, own[draw]], axis=1)
        missing = tuple(each for each in old.missing if each != term)
        found.append(Sum(float(missed @ missed - gain[draw]), now, basis, missing))
    return found


def _terms(curve: Curve, rng: np.random.Generator) -> list[tuple[list[int], list[int]]]:
    """Terms of a sum: which of the non-linear and of the linear parameters each has for itself.

    Empty where a non-linear parameter acts on what has no linear factor, or of a single term.
    """
    m, q = len(curve.nonlinear), len(curve.linear)
    theta = np.ones((200, curve.risk.layout.size))
    theta[:, curve.nonlinear] = _drawn(curve, rng, len(theta))
    without, columns = curve.columns(theta)
    acts = np.zeros((m, q), bool)
    for k, j in enumerate(curve.nonlinear):
        moved = theta.copy()
        moved[:, j] *= 1.25
        rest, other = curve.columns(moved)
        if _differ(rest, without).any():
            return []
        acts[k] = _differ(other, columns).any((0, 1))
    terms: list[tuple[list[int], list[int]]] = []
    for k in range(m):
        curved, linear = [k], set(np.flatnonzero(acts[k]).tolist())
        for term in [each for each in terms if linear & set(each[1])]:
            terms.remove(term)
            curved, linear = term[0] + curved, linear | set(term[1])
        terms.append((curved, sorted(linear)))
    return terms if len(terms) > 1 else []


def _differ(a: Array, b: Array) -> NDArray[np.bool_]:
    """Where two arrays hold different numbers, neither of them a gap."""
    return np.isfinite(a) & np.isfinite(b) & (a != b)


def _drawn(curve: Curve, rng: np.random.Generator, count: int) -> Array:
    """(count, m) values for the non-linear parameters, each at one of the data's scales."""
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


def _lowest(curve: Curve, some: Solved, count: int) -> Solved:
    """The lowest that differ, best first; those that turn between the rows have to be lower."""
    order = np.argsort(some.squares, kind="stable")
    order = order[np.isfinite(some.squares[order])]
    _, first = np.unique(np.round(np.log(some.squares[order] + 1e-300), 6), return_index=True)
    order = order[np.sort(first)][: 3 * count]
    order = order[np.argsort(some.squares[order] * rough(curve, some.theta[order]))][:count]
    return Solved(*(part[order] for part in some))


def rough(curve: Curve, theta: Array) -> Array:
    """(B,) 1, or 4 where a curve turns between its rows: then another, calmer one may be meant."""
    if not len(theta):
        return np.ones(0)
    return np.where(calm(curve, theta).all(1), 1.0, 4.0)
