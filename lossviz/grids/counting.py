"""Piecewise quadratic losses where one direction of the plane moves all predictions alike.

Along such a direction (an intercept) each row's price is a few quadratics joined at knots.
Between neighbouring thresholds the rows of a bin share one quadratic for every grid point, so
their number N, sum D and sum of squares Q (measured from the bin's edge) say all there is to
know: with P the quadratic in force, their price is N P(edge) + D P'(edge) + Q P''/2.  Counting
costs O(n) for each column; the sums over bins are one small matrix product.  Everything is
measured from an edge of its own bin, so large offsets do not cancel.

Absolute, quantile, Huber, hinge and their like, exact to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lossviz.grids.work import Progress, share, spans
from lossviz.losses import Pieces
from lossviz.objectives import Risk
from lossviz.planes import Plane

Array = NDArray[np.floating]

TILE = 2**15  # rows times columns counted at once
PER_TASK = 2**18  # rows times columns that one thread sorts at a time
TABLE = 2**21  # numbers in one table of sums, or of their weights


def surface(
    risk: Risk, plane: Plane, a: Array, b: Array, progress: Progress | None
) -> Array | None:
    """(len(b), len(a)), or None where the structure is not there."""
    pieces, design = risk.loss.pieces, risk.model.design(risk.data.X)
    if pieces is None or not pieces.knots or design is None or risk.data.outputs > 1:
        return None
    base, by_a, by_b = (design @ each for each in (plane.origin, plane.u, plane.v))
    if _level(by_b):
        return _surface(risk, pieces, base, by_a, a, by_b[0] * b, progress)
    if _level(by_a):
        return _surface(risk, pieces, base, by_b, b, by_a[0] * a, progress).T
    return None


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
    """(len(offsets), len(along)): the mean price at base + along * slope + offset."""
    y = risk.data.y
    if risk.data.task == "regression":
        rows = [(base - y, slope, offsets)]
    else:  # the margin of label 0 is minus the logit
        one = y == 1
        rows = [(base[one], slope[one], offsets), (-base[~one], -slope[~one], -offsets)]
    total = np.zeros((len(offsets), len(along)))
    for number, (start, step, shifts) in enumerate(rows):
        part = _part(progress, number, len(rows))
        order = np.argsort(shifts, kind="stable")
        if len(start):
            total[order] += _sums(pieces, start, step, along, shifts[order], part)
    return total / len(y)


def _part(progress: Progress | None, number: int, of: int) -> Progress | None:
    return progress and (lambda fraction: progress((number + fraction) / of))


def _sums(
    pieces: Pieces,
    start: Array,
    step: Array,
    along: Array,
    shifts: Array,
    progress: Progress | None,
) -> Array:
    """(len(shifts), len(along)) sums of prices; ``shifts`` ascending."""
    reach = np.abs(start).max() + np.abs(step).max() * np.abs(along).max()
    bins: _EqualBins | _AnyBins | None = _equal_bins(pieces, shifts, reach)
    bins = bins or _any_bins(pieces, shifts, start.mean() + step.mean() * along.mean())
    orders = 3 if any(pieces.a) else 2
    totals = np.empty((len(shifts), len(along)))
    width = max(1, TABLE // (orders * bins.count))

    def fill(columns: slice) -> None:
        table = np.zeros((orders, columns.stop - columns.start, bins.count))
        with np.errstate(over="ignore"):
            bins.add_to(table, start, step, along[columns])
        if orders == 3:  # no square is asked for there, and it may have overflowed
            table[2, :, [end for end in (0, -1) if not pieces.a[end]]] = 0
        for some in spans(len(shifts), width):
            weights = bins.weights(some)[:orders]
            totals[some, columns] = sum(w @ t.T for w, t in zip(weights, table, strict=True))

    together = len(along) if bins.alone else max(1, PER_TASK // len(start))
    blocks = spans(len(along), min(width, together))
    share([partial(fill, block) for block in blocks], progress)
    return totals


@dataclass(frozen=True, eq=False)
class _EqualBins:
    """Equally spaced shifts: a row's bin by arithmetic, the weights of a shift by sliding.

    Rows are measured in spacings h from the first interval; each interval is cut by every knot
    once, at ``cuts`` (m,) in [0, 1).
    """

    origin: float
    h: float
    cuts: Array
    count: int
    weight: Array  # (3, m (G - 1) + count): one window of ``count`` for each shift
    alone: ClassVar[bool] = True  # bincount holds the interpreter's lock: threads would only wait

    def add_to(self, table: Array, start: Array, step: Array, along: Array) -> None:
        orders, m = len(table), len(self.cuts)
        last = self.count // m - 1
        rows = min(len(start), TILE)
        width = max(1, TILE // rows)
        buffers = np.empty((3, width, rows))  # fresh memory for each step would cost more
        numbers = np.empty((width, rows), np.intp)
        for part in spans(len(start), rows):
            at, by = (start[part] - self.origin) / self.h, step[part] / self.h
            for columns in spans(len(along), width):
                shape = columns.stop - columns.start, len(at)
                place, interval, right = buffers[:, : shape[0], : shape[1]]
                np.multiply(along[columns, None], by, out=place)
                place += at
                np.clip(place, 0, last, out=interval)
                np.floor(interval, out=interval)
                place -= interval
                if m > 1:
                    interval *= m
                    for before, cut in zip(self.cuts, self.cuts[1:], strict=False):
                        np.add(place, 1 - (cut - before), out=right)
                        np.floor(right, out=right)
                        np.clip(right, 0, 1, out=right)  # 1 right of the cut, 0 left of it
                        interval += right
                        right *= cut - before
                        place -= right
                interval += (np.arange(shape[0]) * self.count)[:, None]
                number = numbers[: shape[0], : shape[1]]
                np.copyto(number, interval, casting="unsafe")
                flat, weight, size = number.ravel(), place.ravel(), shape[0] * self.count
                table[0, columns] += np.bincount(flat, minlength=size).reshape(shape[0], -1)
                table[1, columns] += np.bincount(flat, weight, size).reshape(shape[0], -1)
                if orders == 3:
                    np.square(weight, out=weight)
                    table[2, columns] += np.bincount(flat, weight, size).reshape(shape[0], -1)

    def weights(self, some: slice) -> Array:
        windows = sliding_window_view(self.weight, self.count, axis=1)
        return windows[:, :: len(self.cuts)][:, some]


def _equal_bins(pieces: Pieces, shifts: Array, reach: float) -> _EqualBins | None:
    """None where spacing, knots or sizes do not suit: a jump at a knot needs exact thresholds."""
    G, knots = len(shifts), np.array(pieces.knots)
    if G < 3 or not _continuous(pieces):
        return None
    h = (shifts[-1] - shifts[0]) / (G - 1)
    uneven = np.abs(shifts - np.linspace(shifts[0], shifts[-1], G)).max()
    if not uneven <= 4 * np.finfo(float).eps * np.abs(shifts).max() < h / 1e3:
        return None
    apart = (knots - knots[0]) / h
    if apart[-1] > 4 * G or reach > 1e12 * h:
        return None
    m, whole = len(knots), np.floor(apart)
    order = np.argsort(apart - whole, kind="stable")
    cuts, rank = (apart - whole)[order], np.argsort(order)
    count = m * (G + int(whole.max()) + 1)
    number = np.arange(-m * (G - 1), count)
    edge = knots[0] + (number // m - 1 + cuts[number % m]) * h
    piece = (number >= (m * (1 + whole) + rank)[:, None]).sum(0)
    weight = _price(pieces, piece, edge) * np.array([1, h, h * h])[:, None]
    return _EqualBins(knots[0] - shifts[-1] - h, h, cuts, count, weight)


@dataclass(frozen=True, eq=False)
class _AnyBins:
    """Any thresholds: sort the rows of each column and cut them at the edges."""

    pieces: Pieces
    shifts: Array
    edges: Array  # ascending, one for each knot and shift
    rank: Array  # (m, G) where among them
    corners: Array  # (count,) from which the rows of each bin are measured
    alone: ClassVar[bool] = False

    @property
    def count(self) -> int:
        return len(self.edges) + 1

    def add_to(self, table: Array, start: Array, step: Array, along: Array) -> None:
        for part in spans(len(start), TILE):
            size = part.stop - part.start
            place = np.zeros(size + 1)  # one more, so that an empty last bin has a place to be
            rows = place[:-1]
            for column, distance in enumerate(along):
                np.multiply(step[part], distance, out=rows)
                rows += start[part]
                rows.sort()
                cuts = np.searchsorted(rows, self.edges, side="right")
                begins = np.concatenate([[0], cuts])
                counts = np.diff(begins, append=size)
                rows -= np.repeat(self.corners, counts)
                table[0, column] += counts
                table[1, column] += np.add.reduceat(place, begins) * (counts > 0)
                if len(table) == 3:
                    np.square(rows, out=rows)
                    table[2, column] += np.add.reduceat(place, begins) * (counts > 0)
                place[-1] = 0

    def weights(self, some: slice) -> Array:
        bins = np.arange(self.count)
        piece = sum((bins > each[some, None]).astype(np.intp) for each in self.rank)
        return _price(self.pieces, piece, self.corners + self.shifts[some, None])


def _any_bins(pieces: Pieces, shifts: Array, middle: float) -> _AnyBins:
    """Rows are measured from the edge of their bin that is nearer to the ``middle`` of all."""
    pieces = _cut_at_vertices(pieces)
    cuts = np.subtract.outer(np.array(pieces.knots), shifts)
    order = np.argsort(cuts, axis=None, kind="stable")
    edges = cuts.ravel()[order]
    left, right = np.append(edges[0], edges), np.append(edges, edges[-1])
    corners = np.where(np.abs(right - middle) < np.abs(left - middle), right, left)
    return _AnyBins(pieces, shifts, edges, np.argsort(order).reshape(cuts.shape), corners)


def _cut_at_vertices(pieces: Pieces) -> Pieces:
    """The same price with a knot at the foot of each parabola, so that bins there are narrow."""
    ends = (-np.inf, *pieces.knots, np.inf)
    knots, rows = list(pieces.knots), []
    for row in zip(ends, ends[1:], *pieces[1:], strict=False):
        left, right, a, b, c = row
        rows.append((a, b, c))
        if a and left < -b / (2 * a) < right:
            knots.append(-b / (2 * a))
            rows.append((a, b, c))
    return Pieces(tuple(sorted(knots)), *zip(*rows, strict=True))


def _price(pieces: Pieces, piece: NDArray[np.intp], u: Array) -> Array:
    """(3, ...): value, slope and half the curvature of quadratic number ``piece`` at u."""
    a, b, c = (np.array(each)[piece] for each in (pieces.a, pieces.b, pieces.c))
    return np.stack([(a * u + b) * u + c, 2 * a * u + b, a])


def _continuous(pieces: Pieces) -> bool:
    knots, m = np.array(pieces.knots), np.arange(len(pieces.knots))
    left, right = _price(pieces, m, knots)[0], _price(pieces, m + 1, knots)[0]
    return bool(np.allclose(left, right, rtol=1e-12, atol=1e-12 * np.abs(left).max()))
