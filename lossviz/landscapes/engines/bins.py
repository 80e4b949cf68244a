"""Bins along an offset: how many rows lie in each, their sum and sum of squares.

With P the quadratic in force in a bin, N rows with sum D and sum of squares Q, all measured from
the bin's corner, cost N P(corner) + D P'(corner) + Q P''/2.  The three weights depend on the
shift, the three sums do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lossviz.landscapes.engines.threads import scratch, spans
from lossviz.losses import Pieces

Array = NDArray[np.floating]

TILE = 2**15  # rows times columns counted at once
HUGE = np.finfo(float).max  # stands for infinity where none of something must cost nothing


@dataclass(frozen=True, eq=False)
class EqualBins:
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
        (buffers,) = scratch("rows", [(3, width, rows)], float)
        (numbers,) = scratch("bins", [(width, rows)], np.intp)
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


def equal_bins(
    pieces: Pieces, shifts: Array, start: Array, step: Array, along: Array
) -> EqualBins | None:
    """None where spacing or sizes do not suit.

    A jump at a knot needs exact thresholds.  Arithmetic on bins rounds by the width of the whole
    grid, or by the farthest row, and these must not drown the rows' own differences.
    """
    G, knots = len(shifts), np.array(pieces.knots)
    width = shifts[-1] - shifts[0]
    spread = start.std() + step.std() * np.abs(along).max()
    if G < 3 or not _continuous(pieces) or not 0 < width < 1e3 * spread:
        return None
    h = width / (G - 1)
    uneven = np.abs(shifts - np.linspace(shifts[0], shifts[-1], G)).max()
    apart = (knots - knots[0]) / h
    reach = np.abs(start).max() + np.abs(step).max() * np.abs(along).max()
    exact = 4 * np.finfo(float).eps * np.abs(shifts).max()
    if not uneven <= exact < 1e-3 * h or apart[-1] > 4 * G or reach > 1e12 * h:
        return None
    m, whole = len(knots), np.floor(apart)
    order = np.argsort(apart - whole, kind="stable")
    cuts, rank = (apart - whole)[order], np.argsort(order)
    count = m * (G + int(whole.max()) + 1)
    number = np.arange(-m * (G - 1), count)
    edge = knots[0] + (number // m - 1 + cuts[number % m]) * h
    piece = (number >= (m * (1 + whole) + rank)[:, None]).sum(0)
    weight = _values(pieces, piece, edge) * np.array([1, h, h * h])[:, None]
    return EqualBins(knots[0] - shifts[-1] - h, h, cuts, count, weight)


@dataclass(frozen=True, eq=False)
class AnyBins:
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
                some = counts > 0
                rows -= np.repeat(self.corners, counts)
                table[0, column] += counts
                table[1, column] += np.where(some, np.add.reduceat(place, begins), 0)
                if len(table) == 3:
                    np.square(rows, out=rows)
                    table[2, column] += np.where(some, np.add.reduceat(place, begins), 0)
                place[-1] = 0
        np.clip(table, -HUGE, HUGE, out=table)

    def weights(self, some: slice) -> Array:
        bins = np.arange(self.count)
        piece = sum((bins > each[some, None]).astype(np.intp) for each in self.rank)
        losses = _values(self.pieces, piece, self.corners + self.shifts[some, None])
        return np.clip(losses, -HUGE, HUGE)


def any_bins(pieces: Pieces, shifts: Array, middle: float) -> AnyBins:
    """Rows are measured from the cheaper edge of their bin, or else the nearer to ``middle``."""
    pieces = _cut_at_vertices(pieces)
    knots = np.array(pieces.knots)
    cuts = np.subtract.outer(knots, shifts)
    order = np.argsort(cuts, axis=None, kind="stable")
    edges = cuts.ravel()[order]
    values = _values(pieces, np.arange(len(knots)), knots)[0][order // len(shifts)]
    (left, right), (low, high) = (
        (np.append(each[0], each), np.append(each, each[-1])) for each in (edges, values)
    )
    nearer = np.abs(right - middle) < np.abs(left - middle)
    corners = np.where((high < low) | (high == low) & nearer, right, left)
    return AnyBins(pieces, shifts, edges, np.argsort(order).reshape(cuts.shape), corners)


def _cut_at_vertices(pieces: Pieces) -> Pieces:
    """The same loss with a knot at the foot of each parabola, so that bins there are narrow."""
    ends = (-np.inf, *pieces.knots, np.inf)
    knots, rows = list(pieces.knots), []
    for row in zip(ends, ends[1:], *pieces[1:], strict=False):
        left, right, a, b, c = row
        rows.append((a, b, c))
        if a and left < -b / (2 * a) < right:
            knots.append(-b / (2 * a))
            rows.append((a, b, c))
    return Pieces(tuple(sorted(knots)), *zip(*rows, strict=True))


def _values(pieces: Pieces, piece: NDArray[np.intp], u: Array) -> Array:
    """(3, ...): value, slope and half the curvature of quadratic number ``piece`` at u."""
    a, b, c = (np.array(each)[piece] for each in (pieces.a, pieces.b, pieces.c))
    return np.stack([(a * u + b) * u + c, 2 * a * u + b, a])


def _continuous(pieces: Pieces) -> bool:
    knots, m = np.array(pieces.knots), np.arange(len(pieces.knots))
    left, right = _values(pieces, m, knots)[0], _values(pieces, m + 1, knots)[0]
    return bool(np.allclose(left, right, rtol=1e-12, atol=1e-12 * np.abs(left).max()))
