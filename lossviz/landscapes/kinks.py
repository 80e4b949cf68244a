"""Kinks of a landscape: the lines on which one row's residual or margin is at a kink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.height_scale import HeightAxis
from lossviz.landscapes.landscape import Landscape
from lossviz.landscapes.planes import Plane
from lossviz.losses import Loss
from lossviz.objectives import Risk

Array = NDArray[np.floating]
MOST = 80  # lines that can still be told apart
RAISED = 0.015  # of the range of heights: a line in the surface itself would flicker through it
NEARLY = 1e-6  # of the terms of a line's equation: no line that touches a corner is left out
PLACES = 33  # along one line: the other points' kinks cross it, and its slope changes there


def kinks(risk: Risk, plane: Plane, window: tuple[Array, Array]) -> Mark | None:
    """The lines inside the window as one mark, ``PLACES`` points each, with NaN between them.

    None where the loss is smooth, the model is not linear in its parameters, no line crosses the
    window, or there are too many to be seen.
    """
    pieces, design = risk.loss.pieces, risk.model.design(risk.data.X)
    if pieces is None or not pieces.knots or design is None or risk.loss.smooth:
        return None
    signs = 1 if risk.loss.task == "regression" else 2 * risk.data.y - 1
    shift = risk.data.y if risk.loss.task == "regression" else 0
    rise_a, rise_b = signs * (design @ plane.u), signs * (design @ plane.v)
    rest = signs * (design @ plane.origin) - shift
    found = []
    for knot in pieces.knots:
        rows = _near(rise_a, rise_b, rest - knot, window)
        for p, q, r in zip(rise_a[rows], rise_b[rows], rest[rows] - knot, strict=True):
            if (ends := _across(p, q, r, window)) is not None:
                found.append(ends)
                if len(found) > MOST:
                    return None
    if not found:
        return None
    share = np.append(np.linspace(0, 1, PLACES), np.nan)[:, None]  # NaN: the pen is lifted
    a, b = np.concatenate([low + share * (high - low) for low, high in found]).T
    values = np.full(len(a), np.nan)
    drawn = np.isfinite(a)
    values[drawn] = risk.value(plane.point(a[drawn], b[drawn]))
    return Mark("kinks", "outline", a, b, values)


def drawn_heights(lines: Mark, land: Landscape, height_axis: HeightAxis) -> Array:
    """Where lines of kinks (m,) are drawn on a surface: a little above it, with NaN between them.

    Between two grid points a surface is drawn flat, and so above the kink; a line at its exact
    height would sink in.
    """
    facets = RegularGridInterpolator((land.b, land.a), height_axis(land.values), bounds_error=False)
    low, high = height_axis.range
    on_it = np.fmax(height_axis(lines.values), facets(np.column_stack([lines.b, lines.a])))
    return on_it + RAISED * (high - low)


def _near(p: Array, q: Array, r: Array, window: tuple[Array, Array]) -> NDArray[np.intp]:
    """The numbers of the lines p a + q b + r = 0, all (n,), that may cross a window.

    Its corners lie on both sides, or nearly on the line: of many rows most lines are elsewhere.
    """
    corners = [np.stack([p * a, q * b, r]) for a in window[0][[0, -1]] for b in window[1][[0, -1]]]
    at = np.array([terms.sum(0) for terms in corners])
    slack = NEARLY * np.max([np.abs(terms).sum(0) for terms in corners], axis=0)
    return np.flatnonzero((at.min(0) <= slack) & (at.max(0) >= -slack))


def _across(
    p: float, q: float, r: float, window: tuple[Array, Array]
) -> tuple[Array, Array] | None:
    """The two ends of p a + q b + r = 0 inside a window; None if it does not cross it."""
    (a0, a1), (b0, b1) = ((line[0], line[-1]) for line in window)
    ends = [np.array([-(q * b + r) / p, b]) for b in (b0, b1) if p]
    ends += [np.array([a, -(p * a + r) / q]) for a in (a0, a1) if q]
    slack = 1e-9 * np.array([a1 - a0, b1 - b0])
    low, high = np.array([a0, b0]) - slack, np.array([a1, b1]) + slack
    inside = sorted(tuple(end) for end in ends if ((low <= end) & (end <= high)).all())
    if len(inside) < 2 or np.allclose(inside[0], inside[-1], rtol=0, atol=slack.max()):
        return None
    return np.array(inside[0]), np.array(inside[-1])


def kinks_in_window(risk: Risk, land: Landscape) -> tuple[int, int] | None:
    """(points with a kink in this window, such lines); None where the loss has no kinks.

    On each straight line one residual (or margin) sits at a kink of the loss.
    """
    pieces, design = risk.loss.pieces, risk.model.design(risk.data.X)
    if pieces is None or not pieces.knots or design is None or risk.loss.smooth:
        return None
    corners = land.plane.point(
        np.array([land.a[0], land.a[0], land.a[-1], land.a[-1]]),
        np.array([land.b[0], land.b[-1], land.b[0], land.b[-1]]),
    )
    at = corners @ design.T  # (4, n): extremes of each prediction lie in the corners
    y = risk.data.y
    argument = at - y if risk.loss.task == "regression" else (2 * y - 1) * at
    low, high = argument.min(0), argument.max(0)
    crossed = np.array([(low < knot) & (knot < high) for knot in pieces.knots])
    return int(crossed.any(0).sum()), int(crossed.sum())


def jumps(loss: Loss) -> bool:
    """Whether a loss made of pieces has a jump at a knot, not only a kink."""
    if loss.pieces is None:
        return False
    knots, a, b, c = (np.asarray(part, float) for part in loss.pieces)
    left = a[:-1] * knots**2 + b[:-1] * knots + c[:-1]
    right = a[1:] * knots**2 + b[1:] * knots + c[1:]
    return bool((left != right).any())
