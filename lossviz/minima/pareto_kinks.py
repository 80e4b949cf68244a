"""Fronts of losses with kinks on one linear model: each minimum from its neighbour's, by pivots.

Between two neighbouring weights few rows change sides of their kink.  An active-set method that
starts where the neighbour ended needs a handful of linear systems of p unknowns for each weight
(Nocedal & Wright 2006, ch. 16), and its multipliers prove the minimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from lossviz.minima.combined import KindSum
from lossviz.minima.linear_risk import open_up
from lossviz.minima.piecewise import as_program
from lossviz.minima.piecewise_program import Program
from lossviz.objectives import Risk

Array = NDArray[np.floating]

PIVOTS = 400  # changes of side for one weight; a longer walk is left to another method
PROOF = 1e-9  # how far a multiplier may leave its bounds, in slopes of a row
CURVED = 1e-10  # of the largest curvature: below it nothing says that the minimum is the only one
NEAR = 20  # rows for each parameter, near the least squares, from which a first corner is chosen
INDEPENDENT = 1e-8  # of the longest pivot: below it rows nearly repeat each other
PARALLEL = 1e-12  # of a row's and a step's length: less is rounding


@dataclass(frozen=True, eq=False)
class _Kinks:
    """theta' H theta / 2 + g' theta + sum over rows of low u (u < 0) or high u (u > 0).

    u = A theta - t; ``low`` and ``high`` (m,), ``H`` (p, p), ``g`` (p,), ``A`` (m, p), ``t`` (m,).
    """

    H: Array
    g: Array
    A: Array
    t: Array
    low: Array
    high: Array

    @classmethod
    def of(cls, prog: Program) -> _Kinks | None:
        """A row of several kinks becomes as many rows; None where a kink is rounded, or an edge."""
        used = prog.sign != 0
        order = np.argsort(np.where(used, prog.slope, np.inf), axis=1, kind="stable")
        sign, slope, length = (
            np.take_along_axis(each, order, axis=1) for each in (prog.sign, prog.slope, prog.length)
        )
        if prog.softness.any() or not (sign[:, :1] < 0).all() or np.isfinite(length[:, :1]).any():
            return None
        left = np.cumsum(np.where(sign < 0, length, 0.0)[:, ::-1], axis=1)[:, ::-1]
        right = np.cumsum(np.where(sign > 0, length, 0.0), axis=1)
        parts = [(prog.A[:0], prog.t[:0], np.zeros(0), np.zeros(0))]
        for k in range(sign.shape[1] - 1):
            rows = (sign[:, k + 1] != 0) & (slope[:, k + 1] > slope[:, k])
            at = np.where(sign[:, k] > 0, right[:, k], -left[:, k + 1])[rows]
            jump = (slope[:, k + 1] - slope[:, k])[rows]
            parts.append((prog.A[rows], prog.t[rows] + at, np.zeros(len(at)), jump))
        A, t, low, high = (np.concatenate(each) for each in zip(*parts, strict=True))
        return cls(prog.H, prog.g + slope[:, 0] @ prog.A, A, t, low, high)


def front_with_kinks(first: Any, second: Any, shares: Array) -> Array | None:
    """thetas (m, p) as in ``pareto_front``; a row is NaN where this proved nothing.

    None where the losses are not made of kinks and squares on one linear model.
    """
    opened = [open_up(each) if isinstance(each, Risk) else None for each in (first, second)]
    if opened[0] is None or opened[1] is None:
        return None
    units = KindSum.of([(0.5, opened[0]), (0.5, opened[1])])
    if units is None:
        return None
    programs = [as_program((1.0, lin)) for _, lin in units.terms]
    parts = [None if prog is None else _Kinks.of(prog) for prog in programs]
    if parts[0] is None or parts[1] is None:
        return None
    one, two = parts[0], parts[1]
    A, t = np.concatenate([one.A, two.A]), np.concatenate([one.t, two.t])
    thetas = np.full((len(shares), A.shape[1]), np.nan)
    order = np.argsort(shares)
    if np.linalg.norm(one.H) > np.linalg.norm(two.H):
        order = order[::-1]  # from the more curved loss on: there the walk from afar is short
    walk: _Walk | _Edges | None = _Walk(A, t) if one.H.any() or two.H.any() else _Edges.of(A, t)
    if walk is None:
        return None
    for row in order:
        w, v = shares[row], 1 - shares[row]
        found = walk.to_minimum(
            w * one.H + v * two.H,
            w * one.g + v * two.g,
            np.concatenate([w * one.low, v * two.low]),
            np.concatenate([w * one.high, v * two.high]),
        )
        if found:
            thetas[row] = units.columns.theta(walk.theta)
    return thetas


class _Walk:
    """A point, the side of its kink each row is on (-1, 1, or 0 for held there), and pivots."""

    def __init__(self, A: Array, t: Array) -> None:
        self.A, self.t = A, t
        self.size = np.linalg.norm(A, axis=1)
        self._begin(np.zeros(A.shape[1]))

    def _begin(self, theta: Array) -> None:
        self.theta = theta
        self.side = np.where(self.A @ theta - self.t > 0, 1, -1)

    def to_minimum(self, H: Array, g: Array, low: Array, high: Array) -> bool:
        """Whether ``theta`` became the proved minimum of ``_Kinks(H, g, A, t, low, high)``."""
        curvatures = np.linalg.eigvalsh(H)
        if curvatures[0] <= CURVED * curvatures[-1]:
            return False
        begun = self.theta
        if self._pivots(H, g, low, high):
            return True
        self._begin(begun)
        return False

    def _pivots(self, H: Array, g: Array, low: Array, high: Array) -> bool:
        inverse = np.linalg.inv(H)
        for _ in range(PIVOTS):
            held = np.flatnonzero(self.side == 0)
            u = self.A @ self.theta - self.t
            slopes = np.where(self.side > 0, high, low)
            slopes[held] = 0.0
            gradient = H @ self.theta + g + slopes @ self.A
            across = self.A[held]
            lean = across @ inverse
            try:
                multipliers = np.linalg.solve(lean @ across.T, u[held] - lean @ gradient)
            except np.linalg.LinAlgError:  # rows that repeat each other are held together
                return False
            step = -inverse @ (gradient + across.T @ multipliers)
            if self._search(step, u, gradient, H, high - low):
                if not len(held):
                    return True
                # a held row's slope has to lie between those of its two sides
                below, above = low[held] - multipliers, multipliers - high[held]
                wrong = np.maximum(below, above)
                worst = int(wrong.argmax())
                if wrong[worst] <= PROOF * float(high[held[worst]] - low[held[worst]]):
                    return True
                self.side[held[worst]] = -1 if below[worst] > 0 else 1
        return False

    def _search(self, step: Array, u: Array, gradient: Array, H: Array, jump: Array) -> bool:
        """Go to the lowest point along ``step``; whether all of it was gone, without a kink."""
        along = self.A @ step
        felt = np.abs(along) > PARALLEL * self.size * np.linalg.norm(step)
        ahead = np.flatnonzero(felt & (self.side * along < 0))
        when = np.maximum(-u[ahead] / along[ahead], 0.0)
        met = np.flatnonzero(when < 1.0)
        if not len(met):
            self.theta = self.theta + step
            return True
        met = met[np.argsort(when[met])]
        rows, when = ahead[met], when[met]
        curvature = float(step @ H @ step)
        slope = float(gradient @ step)
        steeper = np.cumsum(jump[rows] * np.abs(along[rows]))
        after = slope + curvature * when + steeper
        stop = int((after >= 0).argmax()) if (after >= 0).any() else len(rows)
        gained = steeper[stop - 1] if stop else 0.0
        share = -(slope + gained) / curvature
        self.side[rows[:stop]] *= -1
        if stop < len(rows) and share >= when[stop]:
            share = when[stop]
            self.side[rows[stop]] = 0
        self.theta = self.theta + share * step
        return False


class _Edges:
    """A corner, where p rows are held at their kinks, and steps along edges to lower corners.

    The simplex method of Barrodale & Roberts (1973), which passes as many kinks in a step as pay.
    """

    def __init__(self, A: Array, t: Array, held: NDArray[np.intp], side: NDArray[np.intp]) -> None:
        self.A, self.t, self.held, self.side = A, t, held, side
        self.size = np.linalg.norm(A, axis=1)
        self.theta = np.zeros(A.shape[1])

    @classmethod
    def of(cls, A: Array, t: Array) -> _Edges | None:
        """Beginning at a corner near the least squares; None where the rows leave a line free."""
        p = A.shape[1]
        u = A @ np.linalg.lstsq(A, t, rcond=None)[0] - t
        near = np.argsort(np.abs(u), kind="stable")[: NEAR * p]
        scaled = A[near] / np.maximum(np.linalg.norm(A[near], axis=1, keepdims=True), 1e-300)
        if len(near) < p:
            return None
        _, R, pivots = qr(scaled.T, mode="economic", pivoting=True)
        if abs(R[p - 1, p - 1]) <= INDEPENDENT * abs(R[0, 0]):
            return None
        held = near[pivots[:p]]
        side = np.where(A @ np.linalg.solve(A[held], t[held]) - t > 0, 1, -1)
        return cls(A, t, held, side)

    def to_minimum(self, H: Array, g: Array, low: Array, high: Array) -> bool:
        """As in ``_Walk``, for an ``H`` of zeros."""
        begun = self.held.copy(), self.side.copy()
        for _ in range(PIVOTS):
            try:
                inverse = np.linalg.inv(self.A[self.held])
            except np.linalg.LinAlgError:
                break
            slopes = np.where(self.side > 0, high, low)
            slopes[self.held] = 0.0
            multipliers = -(g + slopes @ self.A) @ inverse
            # a held row's slope has to lie between those of its two sides
            below, above = low[self.held] - multipliers, multipliers - high[self.held]
            wrong = np.maximum(below, above)
            worst = int(wrong.argmax())
            self.theta = inverse @ self.t[self.held]
            if wrong[worst] <= PROOF * float((high - low)[self.held].max()):
                return True
            way = -1 if below[worst] > 0 else 1
            if not self._step(way * inverse[:, worst], worst, way, -wrong[worst], high - low):
                break
        self.held, self.side = begun
        return False

    def _step(self, along: Array, leaving: int, way: int, slope: float, jump: Array) -> bool:
        """Go along an edge to its lowest corner; False where there is none."""
        moved = self.A @ along
        moved[self.held] = 0.0
        felt = np.abs(moved) > PARALLEL * self.size * np.linalg.norm(along)
        ahead = np.flatnonzero(felt & (self.side * moved < 0))
        u = self.A[ahead] @ self.theta - self.t[ahead]
        ahead = ahead[np.argsort(np.maximum(-u / moved[ahead], 0.0))]
        steeper = slope + np.cumsum(jump[ahead] * np.abs(moved[ahead]))
        if not len(ahead) or steeper[-1] < 0:
            return False
        stop = int((steeper >= 0).argmax())
        passed = ahead[:stop]
        self.side[passed] = np.sign(moved[passed])
        self.side[self.held[leaving]] = way
        self.held[leaving] = ahead[stop]
        return True
