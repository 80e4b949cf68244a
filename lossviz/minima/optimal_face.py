"""The face on which the minimisers lie: exact equations, their proof, and what they leave free.

The interior-point method ends in the middle of the minimisers, so it shows which residuals sit
at a kink and which pieces are in use.  That pattern turns the problem into linear equations,
whose solution is exact; the slopes found with it prove that nothing lies lower, and whatever
the equations leave free is the flat set.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.interior_point import Central
from lossviz.minima.piecewise_program import Program

Array = NDArray[np.floating]

AT_KINK = -1  # a row's place: the number of the segment it lies in, or this


class Face(NamedTuple):
    """The face of minimisers around ``z`` (p,), and whether ``z`` is certified to be one.

    ``free`` (p, q) are the directions along the face; along them the ``rows`` (m, p) may still
    move down to ``low`` <= 0 and up to ``high`` >= 0.  The rows ``held`` (their numbers) sit at
    a kink, which lies ``knot`` beyond their anchor.
    """

    z: Array
    certified: bool
    free: Array
    rows: Array
    low: Array
    high: Array
    held: NDArray[np.intp]
    knot: Array


def read_off(prog: Program, middle: Central) -> Face:
    """The exact face the method ended in, or the method's own end if that cannot be proved."""
    place, knot = _places(prog, middle)
    best = np.inf, middle.z, place, knot
    for _ in range(12):
        z, s = _on_face(prog, place, knot, middle)
        wrong, place_next, knot_next = _violations(prog, place, knot, z, s)
        if wrong < best[0]:
            best = wrong, z, place, knot
        if wrong < 1e-11 or (place_next == place).all():
            break
        place, knot = place_next, knot_next
    wrong, z, place, knot = best
    certified = wrong < 1e-9
    if not certified:
        z = middle.z
        place, knot = _places(prog, middle)
    held = np.flatnonzero(place == AT_KINK)
    free = null_space(np.concatenate([triangle(prog.A[held]), prog.root]))
    inside = np.flatnonzero(place != AT_KINK)
    u = prog.A[inside] @ z - prog.t[inside]
    low, high = _ends(prog, inside, place[inside], knot[inside])
    return Face(z, certified, free, prog.A[inside], low - u, high - u, held, knot[held])


def _places(prog: Program, middle: Central) -> tuple[NDArray[np.intp], Array]:
    """For each row the segment it lies in (or AT_KINK), and the fill that comes before it."""
    live = np.abs(prog.sign) > 0
    bounded = np.isfinite(prog.length) & live
    used = live & (middle.filled > middle.low)
    full = used & bounded & (middle.free < middle.high)
    partly = used & ~full
    knot = (prog.sign * np.where(full, np.where(bounded, prog.length, 0), 0)).sum(1)
    place = np.where(partly.any(1), partly.argmax(1), AT_KINK)
    return place, knot


def _on_face(
    prog: Program, place: NDArray[np.intp], knot: Array, middle: Central
) -> tuple[Array, Array]:
    """The minimiser with every row kept in its place, and the slope of every row there."""
    kinked = place == AT_KINK
    hard, soft = kinked & (prog.softness == 0), kinked & (prog.softness > 0)
    s = np.where(kinked, middle.s, prog.slope[np.arange(len(place)), place])
    target = prog.t + knot
    stiff = 1 / prog.softness[soft]
    H = prog.H + (prog.A[soft].T * stiff) @ prog.A[soft]
    g = prog.g + prog.A[~kinked].T @ s[~kinked] - prog.A[soft].T @ (stiff * target[soft])
    E = prog.A[hard]
    z, rest = middle.z, null_space(prog.A[:0])
    if len(E):
        U, singular, right = np.linalg.svd(E, full_matrices=False)
        rank = int((singular > 1e-9 * singular[0]).sum())
        back = right[:rank].T / singular[:rank] @ U[:, :rank].T
        z = z + back @ (target[hard] - E @ z)
        rest = null_space(right[:rank])
    if rest.shape[1]:
        eigenvalues, vectors = np.linalg.eigh(rest.T @ H @ rest)
        curved = eigenvalues > 1e-11 * np.linalg.norm(H)
        along = rest @ vectors[:, curved]
        for _ in range(2):  # the second time takes away what rounding left
            z = z - along @ (along.T @ (H @ z + g) / eigenvalues[curved])
    s[soft] = stiff * (prog.A[soft] @ z - target[soft])
    if len(E):
        s[hard] -= back.T @ (H @ z + g + E.T @ s[hard])
    return z, s


def _violations(
    prog: Program, place: NDArray[np.intp], knot: Array, z: Array, s: Array
) -> tuple[float, NDArray[np.intp], Array]:
    """How far the optimality condition fails, and the places the rows ask for instead."""
    rows = np.arange(len(place))
    kinked = place == AT_KINK
    balance = float(np.abs(prog.H @ z + prog.g + prog.A.T @ s).max(initial=0.0))
    before, after, left, right = _neighbours(prog, knot)
    under, over = kinked & (s < before), kinked & (s > after)
    off = np.where(under, before - s, np.where(over, s - after, 0.0))
    low, high = _ends(prog, rows, place, knot)
    u = prog.A @ z - prog.t
    short, long = ~kinked & (u < low), ~kinked & (u > high)
    off = np.where(short, low - u, np.where(long, u - high, off))
    next_place = np.where(under, left, np.where(over, right, place))
    next_place = np.where(short | long, AT_KINK, next_place)
    hard = kinked & (prog.softness == 0)
    missed = float(np.abs(u - knot)[hard].max(initial=0.0))
    worst = float(off.max(initial=0.0))
    shift = prog.softness * np.where(kinked, 0.0, prog.slope[rows, place])
    next_knot = np.where(short, low - shift, np.where(long, high - shift, knot))
    moved = off > 1e-12
    return (
        max(worst, balance, missed),
        np.where(moved, next_place, place),
        np.where(moved, next_knot, knot),
    )


def _neighbours(
    prog: Program, knot: Array
) -> tuple[Array, Array, NDArray[np.intp], NDArray[np.intp]]:
    """At each row's knot: the slopes left and right of it, and the segments that offer them."""
    start, stop = _spans(prog)
    close = 1e-12 * (1 + np.abs(knot))[:, None]
    ends = np.abs(stop - knot[:, None]) <= close
    starts = np.abs(start - knot[:, None]) <= close
    before = np.where(ends, prog.slope, -np.inf).max(1)
    after = np.where(starts, prog.slope, np.inf).min(1)
    return before, after, ends.argmax(1), starts.argmax(1)


def _spans(prog: Program) -> tuple[Array, Array]:
    """(m, k) where each segment begins and ends, left to right, about the row's anchor.

    Segments are in ascending order; unused ones begin and end nowhere.
    """
    unbounded = np.isinf(prog.length)
    fill = np.where((prog.sign != 0) & ~unbounded, prog.length, 0.0)
    up = np.where(prog.sign > 0, fill, 0.0)
    down = np.where(prog.sign < 0, fill, 0.0)
    right = np.cumsum(up, axis=1)
    left = -np.cumsum(down[:, ::-1], axis=1)[:, ::-1]
    start = np.where(prog.sign > 0, right - up, np.where(unbounded, -np.inf, left))
    stop = np.where(prog.sign > 0, np.where(unbounded, np.inf, right), left + down)
    absent = prog.sign == 0
    return np.where(absent, np.nan, start), np.where(absent, np.nan, stop)


def _ends(
    prog: Program, rows: NDArray[np.intp], place: NDArray[np.intp], knot: Array
) -> tuple[Array, Array]:
    """Between which residuals each of the given rows keeps its slope."""
    start, stop = _spans(prog)
    shift = prog.softness[rows] * prog.slope[rows, place]
    return start[rows, place] + shift, stop[rows, place] + shift


def triangle(rows: Array) -> Array:
    """Rows with the same products, no more than there are columns."""
    return np.asarray(np.linalg.qr(rows, mode="r")) if len(rows) > rows.shape[1] else rows


def null_space(rows: Array) -> Array:
    """(p, q) orthonormal columns that every row sends to zero."""
    if not len(rows):
        return np.eye(rows.shape[1])
    _, singular, right = np.linalg.svd(rows, full_matrices=True)
    rank = int((singular > 1e-9 * max(singular[0], 1e-9)).sum())
    return right[rank:].T
