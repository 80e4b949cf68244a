"""Minima of the zero-one loss of linear classifiers, by counting over directions."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.chance import by_chance
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum
from lossviz.minima.recession import rise

Array = NDArray[np.floating]

STARTS = 4000
SIDES = 8  # of the points that a boundary goes through, where all boundaries are tried
ROWS = 1000  # with more, boundaries are drawn through a sample of the rows and tried on all


def is_staircase(lin: LinearRisk) -> bool:
    """Whether the loss only steps at margin zero, so that the length of theta does not matter."""
    pieces = lin.loss.pieces
    return (
        pieces is not None
        and pieces.knots == (0.0,)
        and not any(pieces.a)
        and not any(pieces.b)
        and not (lin.ridge + lin.kink).any()
    )


def staircase_minimum(lin: LinearRisk) -> Minimum:
    """The direction with the fewest wrong answers: all of them tried for two parameters."""
    p = lin.design.shape[1]
    exact = p <= 2 and len(lin.y) <= ROWS
    rows = np.random.default_rng(0).permutation(len(lin.y))[:ROWS]
    directions = np.concatenate(
        [boundaries(lin.design if exact else lin.design[rows]), _plain(lin)]
    )
    values = batched_values(lin, directions)
    best = directions[int(values.argmin())]
    if not exact:
        better = by_chance(lambda some: batched_values(lin, some), best)
        directions = np.concatenate([directions, better[None]])
        values = np.append(values, batched_values(lin, better[None]))
        best = directions[int(values.argmin())]
    pieces = lin.loss.pieces
    if pieces is not None and values.min() <= min(pieces.c):
        exact = True  # every row is as cheap as it can be
    middle = _widest(lin, directions, values) if exact else best
    return Minimum(
        theta=middle,
        value=float(values.min()),
        kind="set",
        exact=exact,
        method=f"best of {len(directions)} boundaries",
        message=(
            "A whole wedge of models is equally good, because small changes alter no prediction"
            + ("." if exact else f"; the best of {len(directions)} boundaries tried.")
        ),
    )


def _plain(lin: LinearRisk) -> Array:
    """(2, p) least squares, and the direction that puts the most rows right without a mistake."""
    margins = lin.margins
    length = np.linalg.norm(margins, axis=1, keepdims=True)
    upright = rise(margins / np.where(length > 0, length, 1.0))[1]
    return np.stack([np.linalg.lstsq(margins, np.ones(len(margins)))[0], upright])


def batched_values(lin: LinearRisk, directions: Array) -> Array:
    """(B,) values at (B, p), a few at a time so that memory stays bounded."""
    lot = max(1, 4_000_000 // len(lin.y))
    parts = [directions[i : i + lot] for i in range(0, len(directions), lot)]
    return np.concatenate([lin.value(part) for part in parts])


def _arcs(design: Array) -> Array:
    """(m, p) one unit vector inside every wedge between directions where some answer flips."""
    if design.shape[1] == 1:
        return np.array([[1.0], [-1.0]])
    angle = np.arctan2(design[:, 1], design[:, 0]) + np.pi / 2
    edges = np.unique(np.round(np.concatenate([angle, angle + np.pi]) % (2 * np.pi), 12))
    after = np.append(edges[1:], edges[0] + 2 * np.pi)
    middle = (edges + after) / 2
    return np.stack([np.cos(middle), np.sin(middle)], axis=1)


def _widest(lin: LinearRisk, directions: Array, values: Array) -> Array:
    """Of the best wedges, the direction whose smallest margin is largest."""
    best = directions[values <= values.min() + 1e-12]
    margin = np.abs(best[:500] @ lin.design.T).min(-1)
    return best[int(margin.argmax())]


def boundaries(design: Array) -> Array:
    """(m, p) directions that split the rows differently: all of them for p <= 2.

    For more parameters: boundaries through p - 1 points each, nudged off them to every side.
    """
    n, p = design.shape
    if p <= 2:
        return _arcs(design)
    rng = np.random.default_rng(0)
    rows, most = rng.integers(0, n, (STARTS, p - 1)), 2
    if n >= p - 1 and comb(n, p - 1) <= STARTS:
        most = SIDES
        rows = np.array(list(combinations(range(n), p - 1)))
    normal = np.linalg.svd(design[rows], full_matrices=True)[2][:, -1]
    size = np.abs(design).mean(0)
    normal /= np.linalg.norm(normal * size, axis=1, keepdims=True)
    sides = np.array(list(product([1.0, -1.0], repeat=p - 1)))
    if len(sides) > most:
        sides = rng.choice([1.0, -1.0], (most, p - 1))
    nudges = 1e-6 * np.swapaxes(np.linalg.pinv(design[rows]) @ sides.T, -1, -2)
    either = np.concatenate([normal, -normal])[:, None] + np.concatenate([nudges, nudges])
    return either.reshape(-1, p)
