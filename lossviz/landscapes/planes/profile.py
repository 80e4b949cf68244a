"""The plane of two parameters along which all the others are fitted again."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.landscapes.planes.plane import Plane, axes


def profile(
    center: ArrayLike,
    hessian: ArrayLike,
    i: int = 0,
    j: int = 1,
    names: tuple[str, str] | None = None,
) -> Plane:
    """Parameters i and j, with the others at their best for each (profile likelihood).

    ``center`` (p,) is a minimum and ``hessian`` (p, p) the curvature there.  Where the objective
    is a quadratic the plane is exactly that of the re-optimised others; elsewhere it is tangent
    to it at the centre (the response of the others is -H_oo^-1 H_oi).  Coordinates are the two
    parameters themselves.  Raises ValueError as ``axes`` does.

    Reference: Pawitan, In All Likelihood (2001), section 3.4.
    """
    center, hessian = np.asarray(center, float), np.asarray(hessian, float)
    flat = axes(center, i, j, names)
    others = np.setdiff1d(np.arange(len(center)), (i, j))
    hessian_rows = hessian[others]
    response = -np.linalg.lstsq(hessian_rows[:, others], hessian_rows[:, [i, j]])[0]
    u, v = flat.u.copy(), flat.v.copy()
    u[others], v[others] = response.T
    return Plane(center - center[i] * u - center[j] * v, u, v, flat.names)
