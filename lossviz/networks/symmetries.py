"""Symmetries of networks: hidden units in another order, sign or size, the same function.

A network's landscape repeats itself (Hecht-Nielsen 1990), so two far points may be one function,
and a point can be made sharp without changing what the network says (Dinh et al. 2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from lossviz.models import LayeredNetwork, Layout, Symmetry

Array = NDArray[np.floating]


def rescale(
    theta: Array, model: LayeredNetwork, layout: Layout, layer: int, factor: ArrayLike
) -> Array:
    """theta (..., p) with one group of units ``factor`` times as large and their readers as small.

    ``layer`` counts the groups of ``model.symmetries()`` from 0; ``factor`` is one number above
    zero, or one per unit.  The function stays the same while the curvature does not: with rectified
    units, alpha (W1, b1) and W2 / alpha (Dinh et al. 2017, arXiv:1703.04933).
    Raises ValueError for a group whose activation does not allow it, or a factor not above zero.
    """
    factors = np.broadcast_to(np.asarray(factor, float), (model.width,))
    if not (np.isfinite(factors).all() and (factors > 0).all()):
        raise ValueError(f"Units are rescaled by finite factors above zero; got {factor!r}.")
    group = _group(model, layer)
    if not group.scales:
        raise ValueError(
            f"The units of {group.name} cannot be rescaled without changing the function: "
            f"{model} does not have an activation with value(c z) = c value(z). "
            "Choose relu or identity."
        )
    parts = layout.split(np.asarray(theta, float))
    for block, axis in group.places:
        rank = len(layout.blocks[block].shape)
        along = factors.reshape(factors.shape + (1,) * (rank - 1 - axis))
        parts[block] = parts[block] * along if axis == 0 else parts[block] / along
    return layout.join(parts)


def align(first: ArrayLike, second: ArrayLike, model: LayeredNetwork, layout: Layout) -> Array:
    """``second`` (p,) with hidden units reordered, and flipped where allowed, to match ``first``.

    The function of ``second`` is kept.  Group after group takes the assignment that maximises the
    inner product with ``first`` until nothing improves: the closest copy for one hidden layer, a
    good one for more (weight matching, Ainsworth et al. 2023, arXiv:2209.04836).
    """
    fixed = layout.split(np.array(first, float))
    parts = [part.copy() for part in layout.split(np.array(second, float))]
    improved = True
    while improved:
        improved = False
        for group in model.symmetries():
            likeness = sum(
                (_units(fixed[block], axis) @ _units(parts[block], axis).T)
                for block, axis in group.places
            )
            gain = np.abs(likeness) if group.signs else np.asarray(likeness)
            rows, order = linear_sum_assignment(gain, maximize=True)
            # only a real gain counts, or two equal units could trade places for ever
            if gain[rows, order].sum() > np.trace(likeness) + 1e-9 * np.abs(gain).sum():
                signs = np.where(np.asarray(likeness)[rows, order] < 0, -1.0, 1.0)
                flips = signs if group.signs else np.ones(len(signs))
                for block, axis in group.places:
                    turned = _units(parts[block], axis)[order] * flips[:, None]
                    parts[block] = _back(turned, axis, parts[block].shape)
                improved = True
    return layout.join(parts)


def _group(model: LayeredNetwork, layer: int) -> Symmetry:
    groups = model.symmetries()
    if not 0 <= layer < len(groups):
        raise ValueError(
            f"{model} has {len(groups)} groups of units, numbered 0 to {len(groups) - 1}; "
            f"got {layer}."
        )
    return groups[layer]


def _units(part: Array, axis: int) -> Array:
    """One row per unit."""
    return part.T if axis else part.reshape(len(part), -1)


def _back(rows: Array, axis: int, shape: tuple[int, ...]) -> Array:
    return rows.T if axis else rows.reshape(shape)
