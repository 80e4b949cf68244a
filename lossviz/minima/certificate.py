"""The certificate of a minimum: how close to zero a subgradient at that point can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from lossviz.minima.kind_units import kind_units
from lossviz.minima.linear_risk import LinearRisk, open_up
from lossviz.objectives import Objective, Risk

Array = NDArray[np.floating]

NEAR = 1e-10  # how close to a kink counts as on it, relative to the numbers involved


def certificate(objective: Objective, theta: Array) -> float:
    """The length of the shortest subgradient at theta (p,): zero proves a convex minimum.

    Where the prediction is linear in theta and the penalty a sum of |w| and w^2 it is measured in
    units that change with those of the data: typical losses per spread of a column, the columns
    centred where there is an intercept.  At a kink of the loss or of the penalty every slope
    between the one-sided ones counts, and the best combination is found by bounded least squares
    (Stark & Parker 1995).  Of other objectives it is the gradient norm, in loss per unit
    of parameter.
    """
    raw = open_up(objective) if isinstance(objective, Risk) else None
    if raw is None:
        return float(np.linalg.norm(objective.gradient(theta)))
    units = kind_units(raw, comparable=True)
    lin, rounding = units.kind, _rounding(raw, theta) / units.unit
    theta = units.z(np.asarray(theta, float))
    low, high = _row_slopes(lin, theta, rounding)
    kink_low, kink_high = _kink_slopes(lin, theta)
    slopes = np.concatenate([low, kink_low]), np.concatenate([high, kink_high])
    rows = np.concatenate([lin.design / lin.n, np.eye(len(theta))])
    free = slopes[0] < slopes[1]
    fixed = lin.ridge * theta + slopes[0][~free] @ rows[~free]
    if not free.any():
        return float(np.linalg.norm(fixed))
    found = lsq_linear(
        rows[free].T,
        -fixed,
        bounds=(slopes[0][free], slopes[1][free]),
        method="bvls" if free.sum() <= 200 else "trf",
        tol=1e-15,
    )
    return float(np.linalg.norm(rows[free].T @ found.x + fixed))


def _rounding(lin: LinearRisk, theta: Array) -> float:
    """By how much rounding theta alone can move a prediction, far from zero."""
    terms = np.abs(lin.design) @ np.abs(theta)
    return 4 * float(np.finfo(float).eps) * float(terms.max(initial=0.0))


def _row_slopes(lin: LinearRisk, theta: Array, rounding: float) -> tuple[Array, Array]:
    """(m,) and (m,): the slope of each row's loss just left and just right of its prediction."""
    prediction = lin.design @ theta
    if lin.loss.smooth:
        slope = lin.loss.derivative(lin.y, prediction)
        return slope, slope
    terms = np.abs(lin.design) @ np.abs(theta) + np.abs(lin.y)
    near = max(NEAR * max(float(terms.max()), 1e-3), rounding)
    left = lin.loss.derivative(lin.y, prediction - near)
    right = lin.loss.derivative(lin.y, prediction + near)
    return np.minimum(left, right), np.maximum(left, right)


def _kink_slopes(lin: LinearRisk, theta: Array) -> tuple[Array, Array]:
    near = NEAR * max(float(np.abs(theta).max()), 1e-3)
    at = np.where(np.abs(theta) <= near, 0.0, np.sign(theta))
    return lin.kink * np.where(at == 0, -1, at), lin.kink * np.where(at == 0, 1, at)
