"""Conditioning: columns centred and scaled once, so that years and timestamps do no harm.

Where a column is constant and nothing penalises its parameter (a free intercept), it takes the
shift: every other column is measured from its mean, in units of its spread.  Differences of
neighbouring numbers are exact in floating point, so nothing is lost that the data hold.
Powers of a feature become Chebyshev polynomials of the feature, brought to [-1, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from lossviz.models import Model, Polynomial

Array = NDArray[np.floating]
EPS = float(np.finfo(float).eps)
SQUARED = 2.0**200  # numbers whose squares, summed over any table, neither overflow nor vanish
WELL = 1e5  # a condition of powers up to which they serve as they are
WELL_APART = 100.0  # a condition of products of columns up to which they lose no digits that count


@dataclass(frozen=True, eq=False)
class Conditioned:
    """``design`` (n, p) in kind units, with prediction = design @ z and theta = ``theta(z)``.

    ``centre`` and ``scale`` (p,) made each column; ``intercept`` is the parameter that takes the
    shift, or None.  ``still`` (p,) marks columns that cannot be told from the intercept's (or
    from zero where there is none); they are exact zeros here.  ``noise`` (p,) is how far the
    rounding of its numbers may move each column.
    """

    design: Array
    centre: Array
    scale: Array
    intercept: int | None
    still: NDArray[np.bool_]
    noise: Array

    def theta(self, z: Array, shift: float = 0.0) -> Array:
        """(..., p) in kind units to (..., p), ``shift`` added to every prediction.

        The intercept is computed after the weights were rounded, and with more digits, so that
        it makes up for their rounding.
        """
        theta = np.asarray(z, float) / self.scale
        if self.intercept is not None:
            wide = theta.astype(np.longdouble)
            level = wide[..., self.intercept] - wide @ self.centre.astype(np.longdouble)
            size = self.scale[self.intercept]  # the value of the constant column
            theta[..., self.intercept] = level + np.longdouble(shift) / size
        return theta

    def z(self, theta: Array) -> Array:
        """(..., p) to kind units."""
        wide = np.asarray(theta, float).astype(np.longdouble)
        z = wide * self.scale
        if self.intercept is not None:
            z[..., self.intercept] += (wide @ self.centre.astype(np.longdouble)) * self.scale[
                self.intercept
            ]
        return z.astype(float)

    def coarser(self, least: Array) -> Conditioned:
        """The same in units of at least ``least`` (p,): what is penalised strongly stays small."""
        grown = np.exp2(np.ceil(np.log2(np.maximum(least / np.abs(self.scale), 1.0))))
        grown[self.still] = 1.0
        if (grown == 1).all():
            return self
        return replace(
            self,
            design=self.design / grown,
            scale=self.scale * grown,
            noise=self.noise / grown,
        )

    @cached_property
    def matrix(self) -> Array:
        """(p, p) with z = matrix @ theta."""
        matrix = np.diag(self.scale)
        if self.intercept is not None:
            matrix[self.intercept] += self.centre * self.scale[self.intercept]
        return matrix


def conditioned(design: Array, free: NDArray[np.bool_]) -> Conditioned:
    """The columns (n, p) in kind units; ``free`` (p,) are the parameters that nothing penalises."""
    columns = np.ascontiguousarray(design.T)  # (p, n): sums run along the memory
    low, high = columns.min(1), columns.max(1)
    level = (low == high) & (low != 0) & free
    largest = np.maximum(np.abs(low), np.abs(high))
    intercept = int(level.argmax()) if level.any() else None
    centre = np.zeros(len(columns))
    if intercept is not None:
        first = columns[:, :1]
        moved: Array = columns - first
        centre = first[:, 0] + moved.sum(1) / len(design)
        centre[intercept] = 0.0
        np.subtract(columns, centre[:, None], out=moved)
    else:
        moved = columns.copy()
    farthest = np.maximum(np.abs(low - centre), np.abs(high - centre))
    still = farthest <= 4 * EPS * largest
    if intercept is not None:
        still[intercept] = False
    farthest[still] = 1.0
    known: Array | None = None
    if farthest.max() > SQUARED or farthest.min() < 1 / SQUARED:
        known = _near_power_of_two(farthest)
        moved /= known[:, None]
    spread = np.sqrt(np.einsum("pn,pn->p", moved, moved) / len(design))
    if known is not None:
        spread *= known
    spread[still] = 1.0
    scale = _near_power_of_two(spread)
    moved *= ((1.0 if known is None else known) / scale)[:, None]
    moved[still] = 0.0
    if intercept is not None:
        scale[intercept] = low[intercept]
        moved[intercept] = 1.0
        centre /= low[intercept]  # what the weight adds to the constant column's own value
    noise = 4 * EPS * largest / np.abs(scale)
    noise[still] = 0.0
    return Conditioned(moved.T, centre, scale, intercept, still, noise)


def normal_solution(
    design: Array, target: Array, ridge: Array | None = None
) -> tuple[Array, Array] | None:
    """The z of least |design @ z - target|^2 + ridge' z^2 where columns are well apart, else None.

    ``design`` (n, p), ``target`` (n,) or several (n, k) for z (p, k), ``ridge`` (p,).  Before z
    comes a root (p, p) whose square root' root is the curvature, design' design + diag(ridge).
    The normal equations are corrected once by what they left of the residual, which gives z the
    digits of a QR factorisation (Björck 1987) and costs a fraction of it.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        curvature = design.T @ design
        if ridge is not None:
            curvature.flat[:: len(curvature) + 1] += ridge
        if not curvature.size or not math.isfinite(curvature.sum()):
            return None
    values, vectors = np.linalg.eigh(curvature)
    if values[-1] > WELL_APART * values[0]:
        return None

    def solved(slope: Array) -> Array:
        return np.asarray(vectors @ ((vectors.T @ slope).T / values).T)

    z = solved(design.T @ target)
    left = design.T @ (target - design @ z)
    z += solved(left if ridge is None else left - (ridge * z.T).T)
    return np.sqrt(values)[:, None] * vectors.T, z


def prediction_rounding(design: Array, theta: Array) -> Array:
    """(n,) how far rounding may move each prediction design (n, p) @ theta (p,)."""
    return np.asarray(4 * EPS * (np.abs(design) @ np.abs(theta)))


def without_noise(design: Array, noise: Array) -> Array:
    """The columns (n, p) without what only the rounding of far-off numbers put there.

    ``noise`` (p,) is how far rounding may have moved each of them, as in ``Conditioned``.

    Where columns lie far from zero, two that say the same differ by rounding; taking the smallest
    singular parts away makes them equal again, so that rank is judged on what the data hold.
    """
    if design.shape[1] < 2 or noise.max(initial=0.0) < EPS * len(design):
        return design
    size = np.linalg.norm(design, axis=0)
    size = np.where(size > 0, size, 1.0)
    left, singular, right = np.linalg.svd(design / size, full_matrices=False)
    relative = float((noise * np.sqrt(len(design)) / size).max())
    lost = singular < relative * singular[0]
    if not lost.any():
        return design
    return design - (left[:, lost] * singular[lost]) @ right[lost] * size


def _near_power_of_two(sizes: Array) -> Array:
    """A power of two near each size: dividing by it rounds nothing."""
    return np.exp2(np.log2(sizes).round().clip(-1000, 1000))


@dataclass(frozen=True, eq=False)
class ChebyshevBasis:
    """Powers 1, x, ..., x^degree written in Chebyshev polynomials of (x - middle) / half."""

    design: Array  # (n, p)
    to_powers: Sequence[Sequence[Fraction]]  # p rows of p: theta = to_powers @ z

    def theta(self, z: Array) -> Array:
        """(..., p) to (..., p): exact arithmetic, rounded once."""
        z = np.asarray(z, float)
        flat = z.reshape(-1, z.shape[-1])
        rows = [[Fraction(float(each)) for each in row] for row in flat]
        theta = [
            [float(sum(t * v for t, v in zip(line, row, strict=True))) for line in self.to_powers]
            for row in rows
        ]
        return np.array(theta).reshape(z.shape)

    @cached_property
    def matrix(self) -> Array:
        """(p, p) with z = matrix @ theta: the inverse of an upper triangle, solved exactly."""
        p = len(self.to_powers)
        inverse = [[Fraction(0)] * p for _ in range(p)]
        for column in range(p):
            for row in range(column, -1, -1):
                rest = Fraction(int(row == column)) - sum(
                    self.to_powers[row][k] * inverse[k][column] for k in range(row + 1, p)
                )
                inverse[row][column] = rest / self.to_powers[row][row]
        return np.array([[float(each) for each in row] for row in inverse])


def basis_for_powers(model: Model, X: Array, design: Array) -> ChebyshevBasis | None:
    """The basis for a polynomial whose powers are hard to tell apart, or None where none is due."""
    if not isinstance(model, Polynomial) or _condition(design) <= WELL:
        return None
    x = X[:, 0]
    low, high = float(x.min()), float(x.max())
    middle, half = low + (high - low) / 2, (high - low) / 2
    if not 0 < half < np.inf:
        return None
    design = chebyshev.chebvander((x - middle) / half, model.degree)
    return ChebyshevBasis(design, _to_powers(model.degree, middle, half))


def _condition(design: Array) -> float:
    """Of the columns in kind units."""
    columns = conditioned(design, np.ones(design.shape[1], bool)).design
    return float(np.linalg.cond(np.linalg.qr(columns, mode="r")))


def _to_powers(degree: int, middle: float, half: float) -> list[list[Fraction]]:
    """(p, p): column j holds the coefficients in x of the Chebyshev polynomial number j."""
    m, h = Fraction(middle), Fraction(half)
    one = [Fraction(1)] + [Fraction(0)] * degree
    u = [-m / h, 1 / h] + [Fraction(0)] * (degree - 1)
    columns = [one, u[: degree + 1]]
    for _ in range(2, degree + 1):
        before, last = columns[-2:]
        shifted = [Fraction(0), *last[:-1]]
        columns.append(
            [2 * (s - m * c) / h - b for s, c, b in zip(shifted, last, before, strict=True)]
        )
    return [[column[row] for column in columns[: degree + 1]] for row in range(degree + 1)]
