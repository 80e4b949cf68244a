"""A curve under a convex loss: the model made linear, and that problem solved, step by step.

The Gauss-Newton method for any convex loss (Osborne & Watson 1971 for absolute errors): where a
kink holds the minimum, each step ends on it, as Newton's method on the loss itself cannot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.linear import linear_minimum
from lossviz.minima.linear_risk import LinearRisk, kink_and_ridge
from lossviz.objectives import Risk

Array = NDArray[np.floating]

STEPS = 30


def linearised_steps(risk: Risk, theta: Array) -> Array:
    """(p,) where steps from theta (p,) end that lower the risk; theta itself if none does.

    Made for losses of the residual alone: the part of the prediction that is not linear is taken
    from the targets.
    """
    parts = kink_and_ridge(risk.penalty, risk.layout.weights)
    if parts is None:
        return theta
    X, y, weights = risk.data.X, risk.data.y, risk.layout.weights
    value = float(risk.value(theta))
    for _ in range(STEPS):
        with np.errstate(all="ignore"):
            rows = risk.model.jacobian(theta, X)
            target = y - risk.model.predict(theta, X) + rows @ theta
        if not (np.isfinite(rows).all() and np.isfinite(target).all()):
            break
        lin = LinearRisk(
            rows, target, risk.loss, len(y), parts[1] * weights, parts[0] * weights, weights
        )
        step = linear_minimum(lin).theta - theta
        trials = theta + 0.5 ** np.arange(12)[:, None] * step
        with np.errstate(all="ignore"):
            values = risk.value(trials)
        lower = np.flatnonzero(values < value - 1e-14 * abs(value))
        if not len(lower):
            break
        before, value = value, float(values[lower[0]])
        theta = trials[lower[0]]
        if before - value <= 1e-12 * before:
            break
    return theta
