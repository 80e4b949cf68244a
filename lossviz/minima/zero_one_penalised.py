"""The zero-one loss under a penalty: no minimiser, since the weights may shrink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum
from lossviz.minima.zero_one import is_staircase, staircase_minimum
from lossviz.objectives import Risk
from lossviz.text import number

FREE = 1e-9  # what the penalty may still charge for the model that is shown


def under_shrinking_weights(risk: Risk) -> Minimum | None:
    """Fewest wrong answers, at weights too short to be charged; None where length does not decide.

    A step at margin zero does not feel how long theta is, and a penalty such as sum w^2 does, so
    shorter is always better and zero itself, which answers nothing, is not: nothing is attained,
    unless the biases alone do as well.  None for other losses, other models, and penalties that
    do not go away with the length (a fee for every weight in use).
    """
    pieces = risk.loss.pieces
    if pieces is None or not pieces.knots or any(pieces.a + pieces.b):
        return None
    design, weights = risk.model.design(risk.data.X), risk.layout.weights
    if design is None or risk.data.outputs > 1 or not float(risk.penalty.value(weights)) > 0:
        return None
    nothing = np.zeros(len(weights))
    lin = LinearRisk(design, risk.data.y, risk.loss, len(design), nothing, nothing, weights)
    if not is_staircase(lin):
        return None
    found = staircase_minimum(lin)
    biases = _of_biases(lin)
    if biases is not None and biases.value <= found.value:
        return biases
    length = next((10.0**-k for k in range(16) if _charge(risk, found, 10.0**-k) <= FREE), None)
    if length is None:
        return None
    return replace(
        found,
        theta=length * found.theta,
        kind="infinity",
        message=(
            "The minimum is not attained: the number of errors does not depend on the norm of "
            "the weights, the penalty does, and weights of zero classify nothing. So ever smaller "
            f"weights are better, towards {number(found.value)}. Very small ones are shown"
            + ("." if found.exact else f"; {found.method}.")
        ),
    )


def _charge(risk: Risk, found: Minimum, length: float) -> float:
    return float(risk.penalty.value(length * found.theta * risk.layout.weights))


def _of_biases(lin: LinearRisk) -> Minimum | None:
    """The best of the models without weights, or None where there is no bias."""
    free = lin.weights == 0
    if not free.any():
        return None
    part = replace(
        lin, design=lin.design[:, free], ridge=lin.ridge[free], kink=lin.kink[free],
        weights=lin.weights[free],
    )  # fmt: skip
    found = staircase_minimum(part)
    theta = np.zeros(len(free))
    theta[free] = found.theta
    return replace(found, theta=theta)
