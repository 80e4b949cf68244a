"""Piecewise quadratic losses where one direction of the plane moves all predictions alike.

Along such a direction (an intercept) each row's loss is a few quadratics joined at knots.
Between neighbouring thresholds the rows share one quadratic for every grid point, so counting
them into bins costs O(n) for each column, and the sums over bins are one small matrix product.
Everything is measured from a corner of its own bin, so large offsets do not cancel.

Absolute, quantile, Huber, hinge and their like, exact to rounding.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.engines.bins import AnyBins, EqualBins, any_bins, equal_bins
from lossviz.landscapes.engines.threads import Progress, part, scratch, share, spans
from lossviz.landscapes.planes import Plane
from lossviz.losses import Pieces
from lossviz.objectives import Risk

Array = NDArray[np.floating]

PER_TASK = 2**18  # rows times columns that one thread sorts at a time
TABLE = 2**21  # numbers in one table of sums, or of their weights


def surface(
    risk: Risk, plane: Plane, a: Array, b: Array, progress: Progress | None
) -> Array | None:
    """(len(b), len(a)), or None where the structure is not there."""
    pieces, moves = risk.loss.pieces, _moves(risk, plane)
    if pieces is None or moves is None:
        return None
    base, by_a, by_b = moves
    if _level(by_b):
        return _surface(risk, pieces, base, by_a, a, by_b[0] * b, progress)
    if _level(by_a):
        return _surface(risk, pieces, base, by_b, b, by_a[0] * a, progress).T
    return None


def serves(risk: Risk, plane: Plane) -> bool:
    """Whether ``surface`` has an answer."""
    moves = _moves(risk, plane)
    return moves is not None and any(_level(each) for each in moves[1:])


def _moves(risk: Risk, plane: Plane) -> tuple[Array, Array, Array] | None:
    """Predictions at the origin and how a and b change them, each (n,), for a loss of pieces."""
    pieces, design = risk.loss.pieces, risk.columns
    if pieces is None or not pieces.knots or design is None:
        return None
    return design @ plane.origin, design @ plane.u, design @ plane.v


def _level(moves: Array) -> bool:
    return bool(moves[0] != 0 and (moves == moves[0]).all())


def _surface(
    risk: Risk,
    pieces: Pieces,
    base: Array,
    slope: Array,
    along: Array,
    offsets: Array,
    progress: Progress | None,
) -> Array:
    """(len(offsets), len(along)): the mean loss at base + along * slope + offset."""
    y = risk.data.y
    if risk.data.task == "regression":
        rows = [(base - y, slope, offsets)]
    else:  # the margin of label 0 is minus the logit
        one = y == 1
        rows = [(base[one], slope[one], offsets), (-base[~one], -slope[~one], -offsets)]
    rows = [group for group in rows if len(group[0])]
    total = np.zeros((len(offsets), len(along)))
    for number, (start, step, shifts) in enumerate(rows):
        order = np.argsort(shifts, kind="stable")
        heard = part(progress, number, len(rows))
        total[order] += _sums(pieces, start, step, along, shifts[order], heard)
    return total / len(y)


def _sums(
    pieces: Pieces,
    start: Array,
    step: Array,
    along: Array,
    shifts: Array,
    progress: Progress | None,
) -> Array:
    """(len(shifts), len(along)) sums of losses; ``shifts`` ascending."""
    bins: EqualBins | AnyBins | None = equal_bins(pieces, shifts, start, step, along)
    bins = bins or any_bins(pieces, shifts, start.mean() + step.mean() * along.mean())
    orders = 3 if any(pieces.a) else 2
    totals = np.empty((len(shifts), len(along)))
    width = max(1, TABLE // (orders * bins.count))

    def fill(columns: slice) -> None:
        (table,) = scratch("table", [(orders, columns.stop - columns.start, bins.count)], float)
        table[:] = 0
        with np.errstate(over="ignore", invalid="ignore"):
            bins.add_to(table, start, step, along[columns])
            for some in spans(len(shifts), width):
                weights = bins.weights(some)[:orders]
                totals[some, columns] = sum(w @ t.T for w, t in zip(weights, table, strict=True))

    together = len(along) if bins.alone else max(1, PER_TASK // len(start))
    blocks = spans(len(along), min(width, together))
    share([partial(fill, block) for block in blocks], progress)
    return totals
