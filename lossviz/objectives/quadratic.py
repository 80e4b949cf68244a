"""Squared losses on linear models as exact quadratics, from one factorisation."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.models import Model
from lossviz.objectives.conditioning import (
    EPS,
    basis_for_powers,
    conditioned,
    normal_solution,
    without_noise,
)

Array = NDArray[np.floating]

CALM = 1e-11  # rounding of far-off columns up to which nothing needs a second look
AGREE = 1e-3
SEEN = 1e-6  # of the targets' squares: residuals that rounding of the targets does not touch
ACROSS = 1e-6  # of a direction: what others leave of it, from which on it is one of its own


class Quadratic(NamedTuple):
    """floor + |root @ (theta - bottom)|^2: an exact quadratic as a sum of non-negative terms.

    Written around a least-squares solution nothing cancels, so the value keeps its digits
    next to the minimum, and costs nothing in the number of rows.
    """

    root: Array  # (r, p)
    minimiser: Array  # (p,)
    floor: float

    def value(self, theta: Array) -> Array:
        """(..., p) to (...)."""
        return self.floor + (((theta - self.minimiser) @ self.root.T) ** 2).sum(-1)

    def gradient(self, theta: Array) -> Array:
        """(..., p) to (..., p)."""
        return 2 * ((theta - self.minimiser) @ self.root.T) @ self.root

    @property
    def hessian(self) -> Array:
        """(p, p), the same everywhere."""
        return 2 * self.root.T @ self.root

    def along(self, origin: Array, *directions: Array) -> Quadratic:
        """The same over coordinates (k,), one for each of k directions (p,) from origin (p,).

        Its root is a triangle (at most k, k).
        """
        root = self.root @ np.stack([*directions, self.minimiser - origin], axis=1)
        # one factorisation of the directions and of the way to the minimiser
        triangle = np.asarray(np.linalg.qr(root, mode="r"))
        k = len(directions)
        root, target = triangle[:k, :k], triangle[:k, k]
        rest = float((triangle[k:, k] ** 2).sum())
        across = np.abs(root.diagonal())
        if len(across) == k and (across > ACROSS * np.linalg.norm(root, axis=0)).all():
            minimiser = np.linalg.solve(root, target)
        else:  # the directions change the same, or nothing
            minimiser = np.linalg.lstsq(root, target, rcond=None)[0]
            rest += float(((root @ minimiser - target) ** 2).sum())
        return Quadratic(root, minimiser, self.floor + rest)


def _least_squares(design: Array, y: Array) -> tuple[Array, Array]:
    """(r, p) triangle of the design (n, p), and the shortest z (p,) of least |design @ z - y|.

    One factorisation serves both: its reflections bring y to where the triangle solves.
    """
    reflections, sizes = np.linalg.qr(design, mode="raw")
    triangle = np.triu(reflections[:, : len(sizes)].T)
    turned = y.astype(float)
    for j, size in enumerate(sizes):
        reflections[j, j] = 1.0
        across, rest = reflections[j, j:], turned[j:]
        rest -= size * (across @ rest) * across
    least = EPS * max(design.shape)  # of the largest singular value: below it is rounding
    return triangle, np.linalg.lstsq(triangle, turned[: len(sizes)], rcond=least)[0]


def quadratic_of(model: Model, X: Array, design: Array, y: Array, scale: float) -> Quadratic | None:
    """scale * |design @ theta - y|^2 as a Quadratic; None where no rounded theta comes near it."""
    solved = normal_solution(design, y)
    if solved is not None:  # the columns are in kind units as they are
        root, minimiser = solved
        missed = design @ minimiser - y
        rest = float(missed @ missed)
        if rest > SEEN * float(y @ y):
            return Quadratic(math.sqrt(scale) * root, minimiser, scale * rest)
    basis = basis_for_powers(model, X, design)
    used = design if basis is None else basis.design
    columns = conditioned(used, np.ones(design.shape[1], bool))
    kind = without_noise(columns.design, columns.noise)
    shift = 0.0 if columns.intercept is None else float(y[0] + (y - y[0]).mean())
    target = y - shift
    root, z = normal_solution(kind, target) or _least_squares(kind, target)
    missed = columns.design @ z - target
    floor = scale * float(missed @ missed)
    minimiser, root = columns.theta(z, shift), root @ columns.matrix
    if basis is not None:
        minimiser, root = basis.theta(minimiser), root @ basis.matrix
    found = Quadratic(np.sqrt(scale) * root, minimiser, floor)
    if basis is None and columns.noise.max(initial=0.0) <= CALM:
        return found
    # columns that are hard to tell apart: is this what the plain mean says around the minimiser?
    steps = np.concatenate(
        [np.zeros((1, len(z))), np.random.default_rng(0).normal(size=(4, len(z)))]
    )
    unit = float(np.sqrt(np.mean(target**2))) or 1.0
    moves = columns.theta(unit * steps)
    at = minimiser + (moves if basis is None else basis.theta(moves))
    with np.errstate(over="ignore", invalid="ignore"):
        plain = scale * ((at @ design.T - y) ** 2).sum(-1)
        apart = np.abs(found.value(at) - plain)
    near = AGREE * (plain + scale * len(y) * unit**2)
    return found if (apart <= near).all() else None
