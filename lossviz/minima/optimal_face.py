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

    ``place`` (m,) is the number of the segment each row lies in, or ``AT_KINK``: a kink lies
    ``knot`` (m,) beyond the row's anchor; ``s`` (m,) are the rows' slopes.  ``free`` (p, q) are
    the directions along the face; along them the ``rows`` off their kinks may still move down to
    ``low`` <= 0 and up to ``high`` >= 0.
    """

    z: Array
    certified: bool
    place: NDArray[np.intp]
    knot: Array
    s: Array
    free: Array
    rows: Array
    low: Array
    high: Array

    @property
    def held(self) -> NDArray[np.intp]:
        """The numbers of the rows at a kink."""
        return np.flatnonzero(self.place == AT_KINK)


def read_off(prog: Program, middle: Central) -> Face:
    """The exact face the method ended in, or the method's own end if that cannot be proved."""
    return refined(prog, *_places(prog, middle), middle.z, middle.s)


def refined(prog: Program, place: NDArray[np.intp], knot: Array, z: Array, s: Array) -> Face:
    """The exact face found from guessed places (m,), or what was guessed if that is not proved.

    ``z`` (p,) and the slopes ``s`` (m,) are where the guesses come from.
    """
    guess = z, place, knot, s
    best, seen = (np.inf, *guess), set[bytes]()
    for _ in range(12):
        z, s = _on_face(prog, place, knot, guess[0], guess[3])
        wrong, place_next, knot_next = _violations(prog, place, knot, z, s)
        if wrong < best[0]:
            best = wrong, z, place, knot, s
        seen.add(place.tobytes())
        if wrong < 1e-11 or place_next.tobytes() in seen:
            break
        place, knot = place_next, knot_next
    certified = best[0] < 1e-9
    z, place, knot, s = best[1:] if certified else guess
    free = null_space(np.concatenate([triangle(prog.A[place == AT_KINK]), prog.root]))
    inside = np.flatnonzero(place != AT_KINK)
    u = prog.A[inside] @ z - prog.t[inside]
    low, high = _ends(prog, inside, place[inside])
    return Face(z, certified, place, knot, s, free, prog.A[inside], low - u, high - u)


def places_at(prog: Program, z: Array) -> tuple[NDArray[np.intp], Array, Array]:
    """The place and knot (m,) of each row at z (p,), and how far (m,) it is from the next place.

    Where a kink is hit the flatter of the segments beside it is the row's place.
    """
    u = prog.A @ z - prog.t
    start, stop = _spans(prog)
    shift = prog.softness[:, None] * prog.slope
    low, high = start + shift, stop + shift
    inside = (low <= u[:, None]) & (u[:, None] <= high)
    place = np.where(inside, np.abs(prog.slope), np.inf).argmin(1)
    before = np.where(high < u[:, None], stop, -np.inf).max(1)  # unused segments are NaN: False
    after = np.where(low > u[:, None], start, np.inf).min(1)
    knot = np.where(np.isfinite(before), before, np.where(np.isfinite(after), after, 0.0))
    away = np.fmin(np.abs(low - u[:, None]), np.abs(high - u[:, None]))
    place = np.where(inside.any(1), place, AT_KINK)
    return place, knot, np.fmin.reduce(away, axis=1, initial=np.inf)


def folded(prog: Program, place: NDArray[np.intp], knot: Array) -> tuple[Array, Array]:
    """A root (r, p) and slope (p,) of the parabola that the program is while rows keep their place.

    No row may be at a kink that is not soft.
    """
    soft = place == AT_KINK
    stiff = 1 / prog.softness[soft]
    s = prog.slope[np.arange(len(place)), place]
    curved = np.sqrt(stiff)[:, None] * prog.A[soft]
    g = prog.g + prog.A[~soft].T @ s[~soft]
    g = g - prog.A[soft].T @ (stiff * (prog.t + knot)[soft])
    return triangle(np.concatenate([prog.root, curved])), g


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
    prog: Program, place: NDArray[np.intp], knot: Array, near: Array, slopes: Array
) -> tuple[Array, Array]:
    """The minimiser with every row kept in its place, and the slope of every row there.

    Of many it is the one nearest to ``near`` (p,); ``slopes`` (m,) are a guess at kinks.
    """
    kinked = place == AT_KINK
    hard, soft = kinked & (prog.softness == 0), kinked & (prog.softness > 0)
    s = np.where(kinked, slopes, prog.slope[np.arange(len(place)), place])
    target = prog.t + knot
    stiff = 1 / prog.softness[soft]
    H = prog.H + (prog.A[soft].T * stiff) @ prog.A[soft]
    g = prog.g + prog.A[~kinked].T @ s[~kinked] - prog.A[soft].T @ (stiff * target[soft])
    E = prog.A[hard]
    z, rest = near, null_space(prog.A[:0])
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
    low, high = _ends(prog, rows, place)
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


def _ends(prog: Program, rows: NDArray[np.intp], place: NDArray[np.intp]) -> tuple[Array, Array]:
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
