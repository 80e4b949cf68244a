"""Exact minima of quadratics under a penalty, for many strengths at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from lossviz.penalties import NoPenalty, Penalty

Array = NDArray[np.floating]
TINY = 1e-11  # of the largest weight, and of the value: what rounding leaves
MOST_SUBSETS = 12  # 4,096 of them


def unit(penalty: Penalty) -> Penalty:
    """The penalty at strength 1: what a budget is measured in."""
    if isinstance(penalty, NoPenalty):
        return penalty
    return replace(penalty, strength=1.0)  # type: ignore[call-arg]


def has_exact_path(penalty: Penalty) -> bool:
    """Whether ``lowest`` knows the minimum of every quadratic for every strength it has."""
    return penalty.form != "other" and hasattr(penalty, "strength")


def lowest(H: Array, c: Array, penalty: Penalty, strengths: Array) -> Array:
    """(k, d) the w that minimises w'Hw/2 - c'w + strength * unit penalty, for each strength.

    H (k, d, d) is positive semi-definite, c (k, d), strengths (k,).  Where many w are equally
    good the shortest is given.  Exact: closed form, all sign patterns (Osborne, Presnell &
    Turlach 2000), all subsets, or the secular equation of the cone.

    Raises ValueError where the penalty has no such form, or there are too many patterns.
    """
    d = c.shape[-1]
    if penalty.form == "count":
        return _best_subset(H, c, strengths)
    if penalty.form == "norm":
        return _cone(H, c, strengths)
    parts = penalty.separable
    if parts is None:
        raise ValueError(
            f"{penalty.label} is not a sum over single weights, so its exact path is not known "
            "here. Choose L1, L2, the elastic net, group L2 or L0."
        )
    kink, ridge = parts
    if not kink:
        return solved(H, c, ridge * strengths)
    if d > 4:
        raise ValueError(f"All sign patterns are tried for up to 4 weights; there are {d}.")
    signs = np.array(list(product((-1.0, 0.0, 1.0), repeat=d)))[:, None]
    found = solved(H, c - kink * strengths[:, None] * signs, ridge * strengths, signs != 0)
    slack = TINY * np.abs(found).max((0, -1), keepdims=True)
    fits = (found * signs >= -slack).all(-1)
    penalty_value = kink * np.abs(found).sum(-1) + 0.5 * ridge * (found**2).sum(-1)
    return _shortest(
        found, np.where(fits, _quadratic(H, c, found) + strengths * penalty_value, np.inf)
    )


def solved(H: Array, c: Array, ridge: Array, active: NDArray[np.bool_] | None = None) -> Array:
    """(..., d) the shortest minimiser of w'Hw/2 - c'w + ridge |w|^2 / 2 over the active weights."""
    d = c.shape[-1]
    kept = np.ones(c.shape) if active is None else np.broadcast_to(active, c.shape).astype(float)
    M = (H + ridge[:, None, None] * np.eye(d)) * (kept[..., :, None] * kept[..., None, :])
    size = np.sqrt(np.maximum(np.diagonal(M, axis1=-2, axis2=-1), 0))
    size = np.where(size > 0, size, 1.0)
    even = M / (size[..., :, None] * size[..., None, :])
    inverse = np.linalg.pinv(even, rcond=1e-13, hermitian=True)
    w = (inverse @ (c * kept / size)[..., None])[..., 0] / size
    return w * kept


def _quadratic(H: Array, c: Array, w: Array) -> Array:
    return 0.5 * ((w[..., None, :] @ H)[..., 0, :] * w).sum(-1) - (c * w).sum(-1)


def _shortest(found: Array, values: Array) -> Array:
    """(k, d) of candidates (q, k, d): the lowest, and the shortest among equals."""
    floor = values.min(0)
    scale = np.maximum(np.abs(np.where(np.isfinite(values), values, 0)).max(0), 1e-300)
    equal = values <= floor + TINY * scale
    choice = np.where(equal, (found**2).sum(-1), np.inf).argmin(0)
    w = np.take_along_axis(found, choice[None, :, None], axis=0)[0]
    return np.where(np.abs(w) > TINY * np.abs(found).max((0, -1))[:, None], w, 0.0)


def subsets(d: int) -> NDArray[np.bool_]:
    """(2^d, d) every choice of features; ValueError where they are too many."""
    if d > MOST_SUBSETS:
        raise ValueError(
            f"The best subset is found by trying all of them, for up to {MOST_SUBSETS} features; "
            f"these data have {d}. Choose another penalty."
        )
    return np.array(list(product((False, True), repeat=d)))


def _best_subset(H: Array, c: Array, strengths: Array) -> Array:
    chosen = subsets(c.shape[-1])
    if (H[0] == H).all() and (c == c[0]).all():  # one quadratic: its subsets are fitted once
        found = solved(H[:1], np.broadcast_to(c[:1], (len(chosen), 1, c.shape[-1])),
                       np.zeros(1), chosen[:, None])  # fmt: skip
        values = _quadratic(H[:1], c[:1], found) + strengths * np.count_nonzero(found, axis=-1)
        found = np.broadcast_to(found, (*values.shape, c.shape[-1]))
        return _shortest(found, values)
    found = solved(H, np.broadcast_to(c, (len(chosen), *c.shape)), 0 * strengths, chosen[:, None])
    cost = strengths * np.count_nonzero(found, axis=-1)
    return _shortest(found, _quadratic(H, c, found) + cost)


def _cone(H: Array, c: Array, strengths: Array) -> Array:
    """strength * |w|: zero while |c| is below it, else |w| = r solves the secular equation."""
    h, V = np.linalg.eigh(H)
    h = np.where(h > 1e-13 * h[..., -1:], h, 0.0)
    along = (np.swapaxes(V, -1, -2) @ c[..., None])[..., 0]
    along = np.where(np.abs(along) > 1e-13 * np.abs(along).max(-1, keepdims=True), along, 0.0)
    free = solved(H, c, 0 * strengths)
    held = np.linalg.norm(c, axis=-1) <= strengths
    low, high = np.zeros(len(c)), np.linalg.norm(free, axis=-1)
    for _ in range(200):
        r = (low + high) / 2
        stiff = h * r[:, None] + strengths[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.linalg.norm(np.where(along == 0, 0, along / stiff), axis=-1)
        low, high = np.where(size > 1, r, low), np.where(size > 1, high, r)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(along == 0, 0, r[:, None] * along / stiff)
    w = (V @ inside[..., None])[..., 0]
    return np.where(held[:, None], 0.0, np.where((strengths == 0)[:, None], free, w))
