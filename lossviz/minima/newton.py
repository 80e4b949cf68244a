"""Damped Newton steps for a whole batch of points at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.patience import go_on

Array = NDArray[np.floating]

ROUNDING = 4 * float(np.finfo(float).eps)

# (B, p) to values (B,), gradients (B, p) and Hessians (B, p, p)
Slopes = Callable[[Array], tuple[Array, Array, Array]]


class Ends(NamedTuple):
    """Where the points of a batch came to rest.

    ``z`` (B, p), ``values`` (B,), ``gradients`` (B, p), ``lowest`` and ``highest`` (B,) the
    extreme eigenvalues of each Hessian, and ``settled`` (B,): Newton's step became as small as
    rounding allows.
    """

    z: Array
    values: Array
    gradients: Array
    lowest: Array
    highest: Array
    settled: NDArray[np.bool_]


def descend_newton(
    slopes: Slopes,
    z: Array,
    most: int = 200,
    longest: float = 1e2,
    height: float = 0.0,
    damp: float = 1e-3,
) -> Ends:
    """Walk every row of ``z`` downhill until Newton's step vanishes (Levenberg 1944).

    Along directions of negative curvature the sign is turned, so the walk leaves saddles.
    ``longest`` bounds a single step; a walk towards infinity therefore ends unsettled.
    ``height`` is a typical value, whose rounding no comparison of values can see through.
    ``damp`` is added to the first steps' curvature, as a share of the largest: 0 for starts that
    are nearly there.
    """
    z = z.copy()
    value, gradient, hessian = slopes(z)
    if not z.shape[1]:  # nothing can change
        still = np.zeros(len(z))
        return Ends(z, value, gradient, still, still, np.isfinite(value))
    damps = np.full(len(z), damp)
    walking = np.isfinite(value)
    hessian = np.where(walking[:, None, None], hessian, 0.0)  # where nothing is, nothing is curved
    settled = np.zeros(len(z), bool)
    for _ in range(most):
        go_on()
        at = np.flatnonzero(walking)
        if not len(at):
            break
        here, height_here, downhill, damp_here = z[at], value[at], gradient[at], damps[at]
        eigenvalues, vectors = np.linalg.eigh(hessian[at])
        size = np.abs(eigenvalues)
        slope = _lengths(downhill)
        steep = np.maximum(np.maximum(size.max(-1), slope / longest), 1e-300)
        along = np.einsum("bij,bi->bj", vectors, downhill)
        least = np.maximum(1e-14 * steep[:, None], np.abs(along) / longest)
        stiff = np.maximum(size + (damp_here * steep)[:, None], least)
        step = -np.einsum("bij,bj->bi", vectors, along / stiff)
        length = _lengths(step)
        step *= (longest / np.maximum(length, longest))[:, None]
        trial = here + step
        lower, flatter, curved = slopes(trial)
        promised = -1e-4 * np.einsum("bi,bi->b", downhill, step)
        rounding = ROUNDING * np.maximum(np.abs(height_here), height)
        with np.errstate(invalid="ignore"):
            good = (lower <= height_here - promised) & (promised > rounding)
            good |= (lower <= height_here + rounding) & (_lengths(flatter) < slope)
        taken = at[good]
        z[taken], value[taken] = trial[good], lower[good]
        gradient[taken], hessian[taken] = flatter[good], curved[good]
        damp_here = np.where(good, damp_here * 0.1, np.maximum(damp_here, 1e-4) * 5)
        damp_here[damp_here < 1e-9] = 0.0
        damps[at] = damp_here
        small = length <= 1e-13 * (1 + _lengths(z[at]))
        settled[at] = (small | ~good & (promised <= rounding)) & (damp_here < 1e-2)
        walking[at] = ~(settled[at] | small | (damp_here > 1e14))
    eigenvalues = np.linalg.eigvalsh(hessian)
    return Ends(z, value, gradient, eigenvalues[:, 0], eigenvalues[:, -1], settled)


def _lengths(rows: Array) -> Array:
    """(B, p) to (B,)."""
    return np.sqrt(np.einsum("bi,bi->b", rows, rows))
