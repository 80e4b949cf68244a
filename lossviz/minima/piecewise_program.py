"""Piecewise losses as slope graphs, and sums of them over rows: what the exact solver reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import Pieces

Array = NDArray[np.floating]


class Graph(NamedTuple):
    """A convex loss of u, described by the graph of its slope s.

    Walking from ``anchor`` to the left and to the right, u = anchor + sum(sign * fill)
    + softness * s, where each segment k is filled from 0 to ``length[k]`` at the slope
    ``slope[k]``.  ``softness`` is 1 / curvature for losses with quadratic pieces (the Huber
    family) and 0 for losses with kinks (the absolute value, the hinge).
    """

    anchor: float
    sign: Array  # (k,) +1 right of the anchor, -1 left of it
    slope: Array  # (k,)
    length: Array  # (k,), the outermost may be inf
    softness: float


def slope_graph(pieces: Pieces) -> Graph | None:
    """The slope graph of a loss, or None where it has no such form.

    The form covers convex losses that are piecewise linear, and convex losses without kinks
    whose quadratic pieces share one curvature.
    """
    a, b, c, knots = (np.asarray(part, float) for part in (*pieces[1:], pieces.knots))
    curved = a > 0
    left, right = 2 * a[:-1] * knots + b[:-1], 2 * a[1:] * knots + b[1:]
    jump = right - left
    slack = 1e-12 * max(1.0, float(np.abs(b).max(initial=0.0)))
    step = np.diff(a) * knots**2 + np.diff(b) * knots + np.diff(c)
    gap = 1e-9 * max(1.0, float(np.abs(c).max()))
    if (a < 0).any() or (jump < -slack).any() or (np.abs(step) > gap).any() or not len(knots):
        return None
    if curved.any() and (jump > slack).any():
        return None
    softness = 0.0
    if curved.any():
        curvatures = 2 * a[curved]
        if np.ptp(curvatures) > 1e-12 * curvatures.max():
            return None
        softness = 1 / curvatures[0]
    flat = np.flatnonzero(~curved)
    if not len(flat):
        return None
    ends = np.concatenate([[-np.inf], knots, [np.inf]])
    low = ends[flat] - softness * b[flat]
    high = ends[flat + 1] - softness * b[flat]
    # the anchor: the left end of the first flat piece that has one, else the right end
    first = 0 if np.isfinite(low[0]) else 1
    anchor = low[first] if first < len(flat) else high[0]
    sign = np.where(np.arange(len(flat)) >= first, 1.0, -1.0)
    return Graph(float(anchor), sign, b[flat], high - low, float(softness))


@dataclass(frozen=True, eq=False)
class Program:
    """|root theta|^2 / 2 + g' theta + the sum over rows of a piecewise loss of A theta - t.

    ``root`` (r, p) and ``g`` (p,); ``A`` (m, p) and ``t`` (m,), which already holds the
    anchors; ``sign``, ``slope``, ``length`` (m, k) and ``softness`` (m,) as in Graph, row by
    row; unused segments have sign 0.  All lie in memory column by column: there are many rows.
    """

    root: Array
    g: Array
    A: Array
    t: Array
    sign: Array
    slope: Array
    length: Array
    softness: Array

    @property
    def H(self) -> Array:
        """(p, p) curvature of the part without kinks."""
        return self.root.T @ self.root


def program(root: Array, g: Array, *groups: tuple[Graph, Array, Array, Array]) -> Program:
    """A Program from groups of rows (graph, weight, A, t): row i costs weight[i] * loss."""
    most = max((len(graph.sign) for graph, *_ in groups), default=1)
    p = len(g)

    def spread(values: Array, weight: Array, unused: float = 0.0) -> Array:
        padded = np.append(values, np.full(most - len(values), unused))
        return np.multiply.outer(padded, weight).T

    parts = [
        (
            A,
            t + graph.anchor,
            spread(graph.sign, np.ones(len(t))),
            spread(graph.slope, weight),
            spread(graph.length, np.ones(len(t)), np.inf),
            graph.softness / weight,
        )
        for graph, weight, A, t in groups
    ]
    empty = (np.zeros((0, p)), np.zeros(0), *[np.zeros((0, most))] * 3, np.zeros(0))
    stacked = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
    return Program(root, g, *(np.asfortranarray(each) for each in stacked))


KINK = Graph(0.0, np.array([-1.0, 1.0]), np.array([-1.0, 1.0]), np.full(2, np.inf), 0.0)
"""The absolute value: the l1 penalty's kink at zero."""


def kink_rows(kink: Array) -> tuple[Graph, Array, Array, Array]:
    """kink' |theta| as rows of a Program."""
    at = np.flatnonzero(kink > 0)
    return KINK, kink[at], np.eye(len(kink))[at], np.zeros(len(at))


def recentred(prog: Program, centre: Array) -> tuple[Program, float]:
    """The same problem about ``centre``, in units of its largest residual, which comes second."""
    A, t = prog.A, prog.t
    slope_unit = float(np.abs(prog.slope).max()) or 1.0
    terms = np.abs(t) + np.abs(A) @ np.abs(centre)
    t = t - A @ centre
    t = np.where(np.abs(t) <= 1e-14 * terms.max(initial=0.0), 0.0, t)
    widths = prog.length[np.isfinite(prog.length) & (prog.sign != 0)]
    unit = max(float(np.abs(t).max(initial=0.0)), float(widths.max(initial=0.0))) or 1.0
    scaled = Program(
        root=prog.root * np.sqrt(unit / slope_unit),
        g=(prog.g + prog.H @ centre) / slope_unit,
        A=A,
        t=t / unit,
        sign=prog.sign,
        slope=prog.slope / slope_unit,
        length=prog.length / unit,
        softness=prog.softness * slope_unit / unit,
    )
    return scaled, unit
