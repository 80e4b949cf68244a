"""Directions for planes of many parameters: random, along a path, of largest curvature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.curvature.eigenpairs import Sloped, top_eigenpairs
from lossviz.landscapes.planes.plane import Plane
from lossviz.models import Block, Layout
from lossviz.recipes import generator
from lossviz.text import number

Array = NDArray[np.floating]

NORMALIZE = ("filter", "layer", "weight", "dfilter", "dlayer", "raw")
BIASES = ("zero", "copy")
_TINY = 1e-10  # Li et al.'s guard against a filter of length 0


def random(
    center: ArrayLike,
    layout: Layout,
    seed: int = 0,
    normalize: str = "filter",
    biases: str = "zero",
) -> Plane:
    """The plane of two random directions through ``center`` (p,), scaled as ``normalized`` says.

    The same seed gives the same raw directions whatever the normalisation.  The two are not
    exactly orthogonal.  Raises ValueError for an unknown rule, a seed that is no whole number, a
    center of another size than the layout or not finite, or when the scaled directions do not
    span a plane (all weights zero, or one weight).
    """
    origin = np.array(center, float)
    if origin.ndim != 1 or not np.isfinite(origin).all():
        raise ValueError(
            "Random directions start from one point (p,) of finite numbers; got an array of shape "
            f"{origin.shape}. Give the point that training ended in."
        )
    raw = generator(seed).normal(size=(2, layout.size))
    u, v = normalized(raw, origin, layout, normalize, biases)
    if np.linalg.matrix_rank(np.stack([u, v])) < 2:
        raise ValueError(
            f"Two directions scaled by the rule {normalize!r} do not span a plane here: there is "
            "one weight, or the weights at the center are zero. Use normalize='raw', planes.axes, "
            "or train first."
        )
    return Plane(origin, u, v, ("random direction 1", "random direction 2"))


def normalized(
    direction: Array,
    center: ArrayLike,
    layout: Layout,
    normalize: str = "filter",
    biases: str = "zero",
) -> Array:
    """The raw ``direction`` (..., p) scaled to the weights at ``center`` (p,), block by block.

    With d a block of the direction, w the same block of the center and i its first index (one
    unit's incoming weights, one convolution filter), |.| the Euclidean (Frobenius) norm:

        filter   d[i] <- d[i] |w[i]| / (|d[i]| + 1e-10)     layer   d <- d |w| / |d|
        weight   d <- d w, entry by entry                   raw     d as it came
        dfilter  d[i] <- d[i] / (|d[i]| + 1e-10)            dlayer  d <- d / |d|

    ``biases`` "zero" leaves them where they are (the authors' ``biasbn``); "copy" puts the bias
    itself into the direction, which is what their code does when not told to ignore biases.

    Filter scaling undoes the rescaling of a whole ReLU layer (Dinh et al. 2017), not one factor
    per unit.  Source: Li et al. 2018, arXiv:1712.09913, section 4, and ``net_plotter.py``.
    Raises ValueError for a rule that is not in this table.
    """
    if normalize not in NORMALIZE or biases not in BIASES:
        raise ValueError(
            f"Directions are scaled by one of {', '.join(NORMALIZE)} with biases one of "
            f"{', '.join(BIASES)}; got {normalize!r} and {biases!r}."
        )
    direction, center = np.asarray(direction, float), np.asarray(center, float)
    scaled = [
        _scaled(d, w, block, normalize, biases)
        for d, w, block in zip(
            layout.split(direction), layout.split(center), layout.blocks, strict=True
        )
    ]
    return layout.join(scaled)


def _scaled(d: Array, w: Array, block: Block, normalize: str, biases: str) -> Array:
    if not block.weight:
        return np.zeros_like(d) if biases == "zero" else np.broadcast_to(w, d.shape)
    if normalize == "raw":
        return d
    if normalize == "weight":
        return d * w
    per_filter = normalize.endswith("filter")
    rows = (block.shape[0], -1) if per_filter and block.shape else (1, -1)
    batch = d.shape[: d.ndim - len(block.shape)]
    flat, here = d.reshape(batch + rows), w.reshape(rows)
    size = np.linalg.norm(flat, axis=-1, keepdims=True)
    wanted = 1.0 if normalize[0] == "d" else np.linalg.norm(here, axis=-1, keepdims=True)
    # the guard as the authors have it, so that their numbers come out to the last digit
    divisor = size + _TINY if per_filter else np.where(size > 0, size, 1)
    return (flat * (wanted / divisor)).reshape(d.shape)


def principal(points: ArrayLike, origin: ArrayLike | None = None, subtract: str = "mean") -> Plane:
    """The plane that holds most of a path (t + 1, p): its first two principal components.

    The plane passes through ``origin`` (by default the path's last point, so that the end lies at
    (0, 0)), and u and v have length 1.  ``subtract`` "mean" centres the points on their mean, as
    Li et al.'s code and scikit-learn do; "origin" takes them relative to the origin.  The shares
    of variance (``explained`` and the axis names) depend on that choice.

    A random walk in many dimensions shows 61 % and 15 % as well, and a smooth curve (Antognini &
    Sohl-Dickstein 2018, arXiv:1806.08805): shares and shape alone say nothing about learning.

    Where all points lie on one line, v is some direction at right angles with a share of 0.
    Raises ValueError for fewer than two points or parameters, points that are not finite, or a
    path that never moves.
    """
    path = np.asarray(points, float)
    if path.ndim != 2 or len(path) < 2 or path.shape[1] < 2 or not np.isfinite(path).all():
        raise ValueError(
            "Principal directions need at least two finite points (t, p) with p of at least 2; "
            f"got an array of shape {path.shape}."
        )
    if subtract not in ("mean", "origin"):
        raise ValueError(f"Principal directions subtract 'mean' or 'origin'; got {subtract!r}.")
    anchor = path[-1] if origin is None else np.asarray(origin, float)
    if anchor.shape != path.shape[1:]:
        raise ValueError(
            f"The origin needs as many parameters as the path, {path.shape[1]}; "
            f"got an array of shape {anchor.shape}."
        )
    rows = path - (path.mean(0) if subtract == "mean" else anchor)
    size = np.abs(rows).max()
    if not size:
        raise ValueError("The path never moves, so it has no principal directions.")
    _, values, components = np.linalg.svd(rows / size, full_matrices=False)
    shares = np.append(values**2 / (values**2).sum(), 0.0)
    if shares[1] < 1e-24:  # what rounding leaves of a straight path is no direction
        shares[1:] = 0
        components = np.stack([components[0], _across(components[0])])
    u, v = (each * np.sign(each[np.abs(each).argmax()]) for each in components[:2])
    first, second = (f"principal direction {i + 1} ({shares[i]:.1%})" for i in range(2))
    return Plane(anchor, u, v, (first, second), tuple(shares[: min(path.shape)].tolist()))


def _across(u: Array) -> Array:
    """A unit vector at right angles to the unit vector u, near the axis that u leans on least."""
    v = np.zeros_like(u)
    v[np.abs(u).argmin()] = 1
    v -= (v @ u) * u
    return v / np.linalg.norm(v)


def hessian(objective: Sloped, center: ArrayLike, seed: int = 0) -> Plane:
    """The plane of the two directions of largest curvature at ``center`` (p,).

    u and v are unit eigenvectors of the two largest eigenvalues of the Hessian, which the axis
    names give; in this plane the curvature seen is the curvature there is, and every other
    direction is less curved.  Raises ValueError where ``eigenpairs.top_eigenpairs`` does.
    """
    origin = np.array(center, float)
    values, vectors = top_eigenpairs(objective, origin, 2, seed=seed)
    names = (
        f"top curvature ({number(values[0], 3)})",
        f"second curvature ({number(values[1], 3)})",
    )
    return Plane(origin, vectors[0], vectors[1], names)
