"""Losses with many valleys on models linear in their parameters: many starts, all kept.

Starts are the least absolute errors, least squares, and fits through a few points each
(Rousseeuw's elemental subsets, 1984), walked downhill together by Newton's method; every valley
they end in is reported.  Nothing proves that no deeper one was missed, and the message says so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from lossviz.minima.domain_edge import approached, edge_minimum, zeros_at_the_edge
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import ITS_VALUE, Minimum, others_in_words
from lossviz.minima.piecewise_solver import whiten
from lossviz.minima.smooth import absolute_fit, feasible_start, newton_with_kinks, settle
from lossviz.minima.zero_one import batched_values, boundaries

Array = NDArray[np.floating]

STARTS = 240
ROWS = 2000  # more than these are searched on a sample and polished on all
BUDGET = 4_000_000  # predictions held at once
FAR = 1e9  # times a typical margin: what is nudged off a boundary by a millionth is far too
ALONG = np.geomspace(3, 1e3, 6)[:, None]  # margins on a ray to infinity that are looked at
SCALES = (0.5, 2.0, 8.0)  # typical sizes of a margin at the start


def search(lin: LinearRisk) -> Minimum:
    """The best of many local minima, with the others beside it, or the way to infinity."""
    rng = np.random.default_rng(0)
    part = lin
    if len(lin.y) > ROWS:
        rows = rng.choice(len(lin.y), ROWS, replace=False)
        part = replace(lin, design=lin.design[rows], y=lin.y[rows], n=ROWS)
    starts = _brought_inside(part, elemental_starts(part, rng))
    points = _valleys(part, starts)
    if part is not lin:
        points = _valleys(lin, points[: max(1, BUDGET // len(lin.y))])
    if lin.kink.any():
        likely = starts[np.argsort(lin.value(starts))[:8]]
        rough = np.concatenate([points[:8], likely, np.zeros((1, lin.design.shape[1]))])
        rough = rough[np.isfinite(lin.value(rough))]
        points = _distinct(lin, np.array([newton_with_kinks(lin, point)[0] for point in rough]))
    values = lin.value(points)
    nothing = whiten(lin.design, lin.ridge_root)[1].T
    nothing = nothing[np.abs(nothing @ np.diag(lin.kink)).max(-1, initial=0.0) == 0]
    directions = nothing if len(nothing) else None
    away = _ray(lin, part, np.concatenate([points, starts]))
    if away is not None and not lin.kink.any() and (not len(points) or away[1] < values[0]):
        # far out the surface is nearly level, and Newton's method walks past what lies on the way
        ends = _lowered(lin, ALONG * away[0])
        ends = ends[lin.value(ends) < away[1] - 1e-9 * (1 + abs(away[1]))]
        if len(ends):
            points = _distinct(lin, np.concatenate([points, ends]))
            values, away = lin.value(points), _ray(lin, part, np.concatenate([ends, away[0][None]]))
    tried = f"best of {len(starts)} starts"
    zeros = zeros_at_the_edge(lin)
    if zeros.any():
        there, value, met = approached(lin, zeros, _likely(lin, starts, points), _walk)
        if len(met) and not (len(points) and values[0] < value + 1e-12):
            return edge_minimum(lin, there, value, met, False, f"Newton's method, {tried}")
    if away is not None and (not len(points) or away[1] < values[0] - 1e-12):
        direction, value, base = away
        return Minimum(
            theta=base + 1e3 * direction,
            value=value,
            kind="infinity",
            exact=False,
            method=f"Newton's method, {tried}",
            message=(
                f"No finite parameters found reach the loss {ITS_VALUE} that is approached "
                f"along one direction; {tried}, and nothing proves it is the lowest."
            ),
            direction=direction,
            directions=directions,
            others=points,
            other_values=values,
        )
    if not len(points):
        points = starts[np.argsort(lin.value(starts))[:1]]
        values = lin.value(points)
    more = "" if len(points) == 1 else f" {others_in_words(len(points) - 1)}."
    return Minimum(
        theta=points[0],
        value=float(values[0]),
        kind="local",
        exact=False,
        method=f"Newton's method, {tried}",
        message=f"The {tried}; nothing proves it is the lowest of all.{more}",
        directions=directions,
        others=points[1:],
        other_values=values[1:],
    )


def _lowered(lin: LinearRisk, starts: Array) -> Array:
    """(m, p) where L-BFGS ends from starts (m, p), for a risk without kinks."""

    def local(theta: Array) -> tuple[float, Array]:
        slope = lin.row_gradients(theta) @ lin.design / lin.n + lin.ridge * theta
        return float(lin.smooth_value(theta)), slope

    options = {"maxiter": 200, "ftol": 1e-13}
    return np.array(
        [minimize(local, start, jac=True, method="L-BFGS-B", options=options).x for start in starts]
    )


def _likely(lin: LinearRisk, starts: Array, points: Array) -> Array:
    """The lowest few of the starts, and the valleys found."""
    return np.concatenate([points[:4], starts[np.argsort(lin.value(starts), kind="stable")[:12]]])


def _walk(lin: LinearRisk, theta: Array) -> Array:
    inward, _, ends = settle(lin, theta, most=80)
    return ends.z @ inward.T


def elemental_starts(lin: LinearRisk, rng: np.random.Generator) -> Array:
    """(B, p) elemental fits and least squares; for classes, boundaries of several steepnesses."""
    A, p = lin.design, lin.design.shape[1]
    n = len(A)
    size = min(p, n)
    if comb(n, size) <= STARTS:
        subsets = np.array(list(combinations(range(n), size)))
    else:
        subsets = np.array([rng.choice(n, size, replace=False) for _ in range(STARTS)])
    binary = lin.loss.task == "binary"
    target = (2 * lin.y - 1) if binary else lin.y
    plain = np.linalg.lstsq(A, target, rcond=None)[0]
    if binary:
        target = target + 0.1 * rng.normal(size=n)  # points on both sides of the boundary
        subsets = subsets[: STARTS // len(SCALES)]
    picked = A[subsets]
    fits = np.einsum("bpn,bn->bp", np.linalg.pinv(picked), target[subsets])
    level = np.linalg.lstsq(A, np.full(n, np.median(target)), rcond=None)[0]
    fits = np.concatenate([fits, plain[None], level[None], np.zeros((1, p))])
    if not binary:
        return np.concatenate([absolute_fit(lin)[None], fits])
    typical = np.abs(fits @ A.T).mean(-1, keepdims=True)
    fits = fits / np.where(typical > 1e-12, typical, 1.0)
    return np.concatenate([scale * sign * fits for scale in SCALES for sign in (1, -1)])


def _brought_inside(lin: LinearRisk, starts: Array) -> Array:
    """The starts, drawn towards a plain guess until every one of them has a finite loss."""
    plain = feasible_start(lin)
    for _ in range(30):
        outside = ~np.isfinite(lin.value(starts))
        if not outside.any():
            break
        starts = np.where(outside[:, None], 0.5 * (starts + plain), starts)
    return np.concatenate([starts, plain[None]])


def _valleys(lin: LinearRisk, starts: Array) -> Array:
    """(m, p) the distinct local minima the starts lead to, best first."""
    lot = max(1, BUDGET // len(lin.y))
    found = [np.zeros((0, lin.design.shape[1]))]
    for first in range(0, len(starts), lot):
        inward, _, ends = settle(lin, starts[first : first + lot], most=80)
        at_minimum = ends.lowest > 1e-7 * max(float(np.abs(ends.lowest).max()), 1e-3)
        found.append(ends.z[ends.settled & at_minimum] @ inward.T)
    return _distinct(lin, np.concatenate(found))


def _distinct(lin: LinearRisk, points: Array) -> Array:
    """The points sorted by value, one for each place."""
    points = points[np.argsort(lin.value(points), kind="stable")]
    seen = points @ lin.design.T if len(lin.y) <= ROWS else points @ lin.design[:ROWS].T
    kept: list[int] = []
    for i in range(len(points)):
        near = 1e-5 * (1 + np.abs(seen[i]).max())
        if all(np.abs(seen[i] - seen[j]).max() > near for j in kept):
            kept.append(i)
    return points[kept]


def _ray(lin: LinearRisk, part: LinearRisk, points: Array) -> tuple[Array, float, Array] | None:
    """(direction, the value approached along it, where it starts), the lowest ray tried.

    Rays through ``points`` (m, p) are compared on a ``part`` of the rows, the best on all.

    Only binary losses go anywhere far out, and only unpenalised parameters may go there.
    """
    free = (lin.ridge + lin.kink) == 0
    if lin.loss.task != "binary" or not free.any():
        return None
    directions = np.concatenate([points, np.eye(len(free)), -np.eye(len(free))]) * free
    if free.all():
        directions = np.concatenate([directions, boundaries(part.design)])
    typical = np.abs(directions @ part.design.T).mean(-1)
    directions = directions[typical > 1e-12] / typical[typical > 1e-12, None]
    likely = np.argsort(batched_values(part, FAR * directions), kind="stable")[:30]
    directions = directions[likely]
    far = batched_values(lin, FAR * directions)
    best = int(far.argmin())
    return directions[best], float(far[best]), np.zeros(len(free))
