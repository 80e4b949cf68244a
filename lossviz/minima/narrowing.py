"""The exact face of a sum of piecewise losses, also where rows lie very close to their kinks.

Closer than the interior-point method can see nothing tells a row at its kink from one beside it.
Rows clearly off their kinks are then folded into a parabola, as Portnoy & Koenker (1997) do with
many rows, and the few others are looked at in units of their own distance.  All are checked in
the end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.interior_point import follow_central_path
from lossviz.minima.optimal_face import Face, folded, places_at, read_off, refined
from lossviz.minima.piecewise_program import Program, recentred

Array = NDArray[np.floating]

CLOSE = 1e-4  # of the largest residual: rows as near to a kink are looked at alone
DEEPEST = 2


def face_of(prog: Program, calm: float, depth: int = DEEPEST) -> Face:
    """The face of minimisers of a Program whose numbers are of order one.

    Up to ``depth`` times it is looked for among the rows close to their kinks.
    """
    face = read_off(prog, follow_central_path(prog, calm))
    if face.certified or not depth:
        return face
    closer = _narrowed(prog, face.z, calm, depth - 1)
    return closer if closer.certified else face


def _narrowed(prog: Program, z: Array, calm: float, depth: int) -> Face:
    """The face found from z (p,) with only the rows close to a kink left open."""
    place, knot, away = places_at(prog, z)
    near, far = np.flatnonzero(away < CLOSE), np.flatnonzero(away >= CLOSE)
    s = prog.slope[np.arange(len(place)), place]
    if len(near):
        root, g = folded(_rows(prog, far), place[far], knot[far])
        few, unit = recentred(replace(_rows(prog, near), root=root, g=g), z)
        face = face_of(few, calm, depth)
        z = z + unit * face.z
        place[near], knot[near] = face.place, unit * face.knot
        s[near] = face.s * np.abs(prog.slope[near]).max()
    return refined(prog, place, knot, z, s)


def _rows(prog: Program, at: NDArray[np.intp]) -> Program:
    return replace(
        prog, A=prog.A[at], t=prog.t[at], sign=prog.sign[at], slope=prog.slope[at],
        length=prog.length[at], softness=prog.softness[at],
    )  # fmt: skip
