"""Variable projection: parameters in which a prediction is linear, solved for given others.

Golub & Pereyra 1973; Kaufman 1975.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.models import FormulaModel
from lossviz.objectives import Risk

Array = NDArray[np.floating]
NUMBERS = 16_000  # of one array: above 128 kB the allocator maps fresh pages for every one


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
        model = self.risk.model
        if len(self.linear) > 3 and isinstance(model, FormulaModel):
            # slopes share their parts, which a prediction for each would work out anew
            return model.value_and_slopes(base, self.X, tuple(self.linear.tolist()))
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


def solved(curve: Curve, theta: Array) -> Solved:
    """The same thetas with their linear parameters at the least squares for the others."""
    parts = [_solved(curve, some) for some in _pieces(curve, theta)]
    return Solved(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _pieces(curve: Curve, theta: Array) -> list[Array]:
    """The thetas, a few at a time: what a prediction of them makes stays in the cache."""
    few = max(1, NUMBERS // len(curve.y))
    return [theta[i : i + few] for i in range(0, max(len(theta), 1), few)]


def _solved(curve: Curve, theta: Array) -> Solved:
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


def calm(curve: Curve, theta: Array) -> NDArray[np.bool_]:
    """(B, 1 + q) whether the curve, and what it has of each linear parameter, turns at rows only.

    A wave of many turns from row to row fits as well as a slow one, and means nothing.
    """
    x = np.sort(curve.X[:, 0])
    if curve.X.shape[1] > 1 or len(x) < 4:
        return np.ones((len(theta), 1 + len(curve.linear)), bool)
    at = x[:-1, None] + np.diff(x)[:, None] * np.array([0.0, 1 / np.e, np.sqrt(0.5)])
    fine = curve._replace(X=at.reshape(-1, 1))
    span = float(np.ptp(curve.y))
    return np.concatenate([_calm(fine, some, span) for some in _pieces(curve, theta)])


def _calm(fine: Curve, theta: Array, span: float) -> NDArray[np.bool_]:
    """(B, 1 + q) as in ``calm``, of a curve at every row and twice between it and the next."""
    with np.errstate(all="ignore"):
        without, columns = fine.columns(theta)
        whole = without + (columns @ theta[:, fine.linear, None])[..., 0]
        every = np.concatenate([whole[..., None], columns], axis=-1)
        ways = [np.abs(np.diff(part, axis=1)).sum(1) for part in (every, every[:, ::3])]
        slack = 1e-9 * np.abs(every).max(1)
        slack[:, 0] = span
        return np.asarray(ways[0] <= 2 * ways[1] + slack)
