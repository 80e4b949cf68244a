"""Minima at the edge of a loss's domain: approached, not attained.

A count or an amount of 0 is cheapest at a prediction of 0, which a Poisson or Tweedie deviance
is defined no longer.  Small targets in the place of the zeros keep every prediction inside, as the
logarithm of a barrier method does (Fiacco & McCormick 1968); as they shrink, the minimiser walks
to the edge, and what it costs there is the infimum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import ITS_VALUE, Minimum

Array = NDArray[np.floating]

SHRINKING = (1e-1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)  # of a typical target
AT_EDGE = 1e-6  # of a typical target: a prediction of a zero that ends below this is at the edge


def zeros_at_the_edge(lin: LinearRisk) -> NDArray[np.bool_]:
    """(m,) rows with a target of 0 whose loss ends at a prediction of 0."""
    zero = lin.y == 0
    if lin.loss.task != "regression" or not zero.any():
        return np.zeros(len(lin.y), bool)
    nothing, small = np.zeros(1), np.full(1, 1e-200)
    with np.errstate(all="ignore"):
        inside, outside = lin.loss.value(nothing, small), lin.loss.value(nothing, -small)
    ends = bool(np.isfinite(inside[0]) and not np.isfinite(outside[0]))
    return zero & ends


def approached(
    lin: LinearRisk,
    zeros: NDArray[np.bool_],
    starts: Array,
    walk: Callable[[LinearRisk, Array], Array],
) -> tuple[Array, float, NDArray[np.intp]]:
    """Theta close to the edge, the value approached there, and the rows whose zeros are met.

    ``walk`` takes starts (B, p) to minima of a LinearRisk with targets above zero; the lowest of
    them counts.
    """
    for small in SHRINKING:
        starts = walk(replace(lin, y=np.where(zeros, small, lin.y)), starts)
    met = zeros & (lin.prediction(starts) < AT_EDGE)
    with np.errstate(all="ignore"):
        losses = np.where(met, 0.0, lin.loss.value(lin.y, lin.prediction(starts))).sum(-1) / lin.n
    values = losses + 0.5 * starts**2 @ lin.ridge + np.abs(starts) @ lin.kink
    best = int(np.argmin(np.where(np.isfinite(values), values, np.inf)))
    return starts[best], float(values[best]), np.flatnonzero(met[best])


def edge_minimum(
    lin: LinearRisk, theta: Array, value: float, met: NDArray[np.intp], exact: bool, method: str
) -> Minimum:
    """The infimum at the edge, told as such."""
    which = "every row" if len(met) == len(lin.y) else f"{len(met)} of {len(lin.y)} rows"
    return Minimum(
        theta=theta,
        value=value,
        kind="infinity",
        exact=exact,
        method=method,
        message=(
            f"No minimum is attained: for {which} with a target of 0 the loss falls until the "
            f"prediction is 0, where {lin.loss.label} ends. The value {ITS_VALUE} is approached "
            "at that edge; the point shown lies just inside."
            + ("" if exact else " Nothing proves that it is the lowest of all.")
        ),
    )
