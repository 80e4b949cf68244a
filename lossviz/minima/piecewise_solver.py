"""Exact minimisers of sums of piecewise losses: well-scaled, solved, then read off a face."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.narrowing import face_of
from lossviz.minima.optimal_face import triangle
from lossviz.minima.piecewise_program import Program, recentred
from lossviz.minima.solution_set import corners
from lossviz.objectives.conditioning import WELL_APART

Array = NDArray[np.floating]

SAFE = 1e-100  # sizes of products between this and its inverse hold all their digits
CALM = (1e-11, 1e-15, 1e-8)  # how firmly steps are held back where nothing changes: one works


class Exact(NamedTuple):
    """A certified minimiser of a Program.

    ``theta`` (p,), the middle of the minimisers; ``certified`` whether the optimality condition
    holds to rounding; ``vertices`` (m, p) the extent of the minimisers where they are a set,
    ``unbounded`` whether that extent was cut far out; ``directions`` (q, p) along which nothing
    changes at all.
    """

    theta: Array
    certified: bool
    vertices: Array | None
    unbounded: bool
    directions: Array | None


def solve(prog: Program) -> Exact:
    """The exact minimiser of a Program that is bounded below."""
    inward, nothing = whiten(prog.A, prog.root)
    p, rank = inward.shape
    directions = nothing.T if p > rank else None
    if not rank:
        return Exact(np.zeros(p), True, None, False, directions)
    A = (inward.T @ prog.A.T).T  # column by column in memory, as all of a Program
    white = replace(prog, root=prog.root @ inward, g=inward.T @ prog.g, A=A)
    if not len(prog.A):
        z = np.linalg.solve(white.H, -white.g)
        z -= np.linalg.solve(white.H, white.H @ z + white.g)
        return Exact(inward @ z, True, None, False, directions)
    centre = _least_squares(white)
    for calm in CALM:
        scaled, unit = recentred(white, centre)
        face = face_of(scaled, calm)
        if face.certified:
            break
        if np.abs(face.z).max() < 1e3:
            centre = centre + unit * face.z
            face = face._replace(z=0 * face.z)
    z, free = face.z, face.free
    vertices, unbounded = None, False
    if free.shape[1] and face.certified:
        w, unbounded = corners(free, face.rows, face.low, face.high)
        if len(w) > 1:
            vertices = (centre + unit * (z + w @ free.T)) @ inward.T
            if not unbounded:
                z = z + w.mean(0) @ free.T
    theta = inward @ (centre + unit * z)
    if face.certified:
        theta = _pinned(prog, theta, face.held, unit * face.knot[face.held])
    return Exact(theta, face.certified, vertices, unbounded, directions)


def whiten(A: Array, root: Array) -> tuple[Array, Array]:
    """(p, r) and (p, p - r): theta = first @ z has orthonormal columns in z; the second is null.

    The data and the penalty count alike, however small one is beside the other: what one of them
    leaves open the other decides.
    """
    return _from_products(A, root) or _from_factors(A, root)


def _from_products(A: Array, root: Array) -> tuple[Array, Array] | None:
    """As ``whiten`` where what is not null is well apart, from the products of the columns."""
    with np.errstate(over="ignore", invalid="ignore"):
        products = [part.T @ part for part in (A, root)]
        heights = [float(np.trace(part)) or 1.0 for part in products]
        both = products[0] / heights[0] + products[1] / heights[1]
    size = np.sqrt(both.diagonal())
    if not len(size) or not SAFE < min(size.min(), *heights) <= max(heights) < 1 / SAFE:
        return None
    values, vectors = np.linalg.eigh(both / np.multiply.outer(size, size))
    vectors /= size[:, None]
    small = int((values * WELL_APART < values[-1]).sum())
    if small:  # null, if the columns themselves say so
        null = vectors[:, :small]
        left = [np.linalg.norm(part @ null, axis=0) for part in (A, root)]
        far = np.hypot(left[0] / np.sqrt(heights[0]), left[1] / np.sqrt(heights[1]))
        if (far > 1e-13 * max(len(A), len(root)) * np.sqrt(values[-1])).any():
            return None
    inward = vectors[:, small:] / np.sqrt(values[small:] * heights[0])
    return inward, np.linalg.qr(vectors[:, :small])[0] if small else vectors[:, :0]


def _from_factors(A: Array, root: Array) -> tuple[Array, Array]:
    """As ``whiten``, to all digits."""
    parts = (triangle(A), triangle(root))
    heights = [float(np.linalg.norm(part)) or 1.0 for part in parts]
    stack = np.concatenate([part / height for part, height in zip(parts, heights, strict=True)])
    size = np.linalg.norm(stack, axis=0)
    size = np.where(size > 0, size, 1.0)
    _, singular, right = np.linalg.svd(stack / size, full_matrices=True)
    singular = np.concatenate([singular, np.zeros(len(right) - len(singular))])
    keep = singular > 1e-13 * max(len(A), len(root)) * singular.max(initial=1e-300)
    inward = right[keep].T / size[:, None] / singular[keep] / heights[0]
    nothing = np.linalg.qr(right[~keep].T / size[:, None])[0]
    return inward, nothing


def _least_squares(prog: Program) -> Array:
    """A first guess: every loss replaced by a square of about its height."""
    A, t = prog.A, prog.t
    weight = (float(np.abs(prog.slope).max()) or 1.0) / (float(np.abs(t).max()) or 1.0)
    rhs = weight * A.T @ t - prog.g
    return np.linalg.lstsq(prog.H + weight * A.T @ A, rhs, rcond=None)[0]


def _pinned(prog: Program, theta: Array, held: NDArray[np.intp], knot: Array) -> Array:
    """Parameters that a row of their own holds at its kink get that value to the last digit.

    ``held`` are the rows at their kinks, which lie ``knot`` beyond their anchors.
    """
    alone = ((prog.A[held] != 0).sum(1) == 1) & (prog.softness[held] == 0)
    rows = held[alone]
    columns = (prog.A[rows] != 0).argmax(1)
    theta[columns] = (prog.t[rows] + knot[alone]) / prog.A[rows, columns]
    return theta
