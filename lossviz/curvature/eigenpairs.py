"""The ends of a Hessian's spectrum, from gradients alone: no (p, p) matrix for large p."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

Array = NDArray[np.floating]

_DENSE = 64  # up to this many parameters the whole matrix costs less than Lanczos
_STEP = float(np.finfo(float).eps ** (1 / 3))  # where rounding and truncation balance


class Sloped(Protocol):
    """Anything with a gradient: (..., p) to (..., p)."""

    def gradient(self, theta: Array) -> Array: ...


def hessian_vector(objective: Sloped, theta: ArrayLike, v: ArrayLike) -> Array:
    """The Hessian at ``theta`` (p,) times ``v`` (..., p), one product per row of v.

    The objective's own ``hessian_vector(theta, v)`` if it has one.  Otherwise a central
    difference of the analytic gradient over a step of about 6e-6 (1 + |theta|) along v: good to
    about nine digits where the objective is smooth; kinks within that step are averaged over.
    """
    here, rows = np.asarray(theta, float), np.asarray(v, float)
    own: Callable[[Array, Array], Array] | None = getattr(objective, "hessian_vector", None)
    if own is not None:
        return own(here, rows)
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit = rows / np.where(length > 0, length, 1)
    step = _STEP * (1 + np.linalg.norm(here))
    ends = objective.gradient(here + step * np.stack([unit, -unit]))
    return length * (ends[0] - ends[1]) / (2 * step)


def top_eigenvalues(
    objective: Sloped, theta: ArrayLike, k: int = 1, which: str = "largest", seed: int = 0
) -> Array:
    """(k,) the k largest eigenvalues of the Hessian at ``theta`` (p,), largest first.

    ``which`` "smallest" gives the k smallest, smallest first.  Gradient descent with a rate
    above 2 / top_eigenvalues(...)[0] cannot settle there.
    """
    return top_eigenpairs(objective, theta, k, which, seed)[0]


def top_eigenpairs(
    objective: Sloped, theta: ArrayLike, k: int = 1, which: str = "largest", seed: int = 0
) -> tuple[Array, Array]:
    """Eigenvalues (k,) as in ``top_eigenvalues`` and unit eigenvectors (k, p), one per row.

    The largest entry of each vector is positive.  Lanczos on Hessian-vector products (ARPACK
    through SciPy), started from ``seed``; the whole Hessian where p is small.  Raises ValueError
    for k outside 1..p, another ``which``, a gradient that is not finite, or an iteration that
    does not settle.
    """
    here = np.asarray(theta, float)
    p = len(here)
    if not 1 <= k <= p or which not in ("largest", "smallest"):
        raise ValueError(
            f"A Hessian of {p} parameters has 1 to {p} eigenvalues, 'largest' or 'smallest' "
            f"first; got k={k} and which={which!r}."
        )
    if not np.isfinite(objective.gradient(here)).all():
        raise ValueError("The gradient is not finite here, so the curvature cannot be measured.")
    if p <= max(_DENSE, 2 * k):
        H = hessian_vector(objective, here, np.eye(p))
        values, columns = np.linalg.eigh((H + H.T) / 2)
    else:
        values, columns = _lanczos(objective, here, k, which, seed)
    order = np.argsort(values)[::-1] if which == "largest" else np.argsort(values)
    vectors = columns.T[order[:k]]
    tops = np.take_along_axis(vectors, np.abs(vectors).argmax(1)[:, None], axis=1)
    return values[order[:k]], vectors * np.sign(tops)


def _lanczos(objective: Sloped, here: Array, k: int, which: str, seed: int) -> tuple[Array, Array]:
    p = len(here)
    operator = LinearOperator(
        (p, p), dtype=float, matvec=lambda v: hessian_vector(objective, here, v.ravel())
    )
    start = np.random.default_rng(seed).normal(size=p)
    ends = "LA" if which == "largest" else "SA"
    try:
        return eigsh(operator, k, which=ends, v0=start, tol=1e-8, ncv=min(p, 2 * k + 30))
    except ArpackNoConvergence as trouble:
        raise ValueError(
            "The curvature could not be measured here: Lanczos did not settle. "
            "Ask for fewer eigenvalues, or measure at another point."
        ) from trouble
