"""Newton's method for smooth convex risks with too many parameters for all logits' design."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize as scipy_minimize
from scipy.sparse.linalg import LinearOperator, cg

from lossviz.minima.linear_risk import kink_and_ridge
from lossviz.minima.minimum import ITS_VALUE, Minimum
from lossviz.minima.multinomial import free_when_sure
from lossviz.minima.newton import descend_newton
from lossviz.objectives import Risk

Array = NDArray[np.floating]

PROOF = 1e-9
HESSIANS = 1000  # parameters; of more, systems are solved by conjugate gradients
SURE = 30.0  # of a logit's lead: what is left of a loss that falls with it is rounding


def is_large_and_convex(risk: Risk) -> bool:
    """Whether the prediction is linear in theta and loss and penalty are smooth and convex."""
    parts = kink_and_ridge(risk.penalty, risk.layout.weights)
    linear = risk.model.design(risk.data.X) is not None
    return bool(linear and parts and not parts[0] and risk.loss.convex and risk.loss.smooth)


def large_convex_minimum(risk: Risk) -> Minimum:
    """L-BFGS to come near, then Newton's method; of very many parameters by conjugate gradients.

    Where nothing but the data counts, and somewhere every row's true logit leads, there is no
    minimum: the model is linear, so twice as far out every lead is twice as long.
    """
    start = risk.model.start(risk.data.X.shape[1], risk.data.outputs)
    unbounded = _without_penalty(risk) and free_when_sure(risk.loss, risk.data.outputs)

    def look(z: Array) -> None:
        if unbounded and _smallest_margin(risk, z) > 0:
            raise StopIteration

    near = scipy_minimize(
        lambda z: (float(risk.value(z)), risk.gradient(z)), start, jac=True, method="L-BFGS-B",
        callback=look, options={"maxiter": 500, "ftol": 1e-13},
    )  # fmt: skip
    theta = near.x
    if unbounded and _smallest_margin(risk, theta) > 0:
        return _at_infinity(risk, theta)
    scale = float(np.abs(risk.gradient(start)).max())
    if len(theta) <= HESSIANS:
        theta = descend_newton(
            lambda z: (risk.value(z), risk.gradient(z), risk.hessian(z)), theta[None]
        ).z[0]
    value, gradient = float(risk.value(theta)), risk.gradient(theta)
    for _ in range(20):
        if np.abs(gradient).max() <= 1e-3 * PROOF * scale:
            break
        step, _ = cg(_curvature(risk, theta), -gradient, rtol=1e-6, maxiter=4 * len(theta))
        lower = float(risk.value(theta + step))
        if not lower <= value + 1e-14 * abs(value):
            break
        theta, value, gradient = theta + step, lower, risk.gradient(theta + step)
    sure = bool(np.abs(gradient).max() <= PROOF * scale)
    proved = "The objective is convex and its gradient is zero here, so nothing lies lower."
    return Minimum(
        theta=theta,
        value=value,
        kind="set" if sure else "local",
        exact=sure,
        method="L-BFGS, then Newton's method",
        message=(
            f"{proved} Adding the same number to the logits of all classes changes nothing."
            if sure
            else "The lowest point found; its gradient is not zero to rounding: no proof."
        ),
    )


def _without_penalty(risk: Risk) -> bool:
    return kink_and_ridge(risk.penalty, risk.layout.weights) == (0.0, 0.0)


def _smallest_margin(risk: Risk, theta: Array) -> float:
    """By how much, in the worst row, the true logit is above the largest of the others."""
    logits = risk.model.predict(theta, risk.data.X)
    true = np.arange(logits.shape[1]) == risk.data.y[:, None]
    return float((logits[true] - np.where(true, -np.inf, logits).max(1)).min())


def _at_infinity(risk: Risk, theta: Array) -> Minimum:
    """Far out along a theta (p,) at which every true logit leads."""
    return Minimum(
        theta=theta * max(1.0, SURE / _smallest_margin(risk, theta)),
        value=0.0,
        kind="infinity",
        exact=True,
        method="L-BFGS, until every point was classified correctly",
        message=(
            "No finite minimum exists: along one direction every point is classified correctly, "
            f"so the loss keeps falling, towards {ITS_VALUE}. The point shown is one on this "
            "direction."
        ),
        direction=theta / np.linalg.norm(theta),
    )


def _curvature(risk: Risk, theta: Array) -> LinearOperator:
    """The Hessian as a product: the model is linear, so a prediction is its own derivative."""
    model, X, y = risk.model, risk.data.X, risk.data.y
    second = risk.loss.second_derivative(y, model.predict(theta, X)) / len(y)
    parts = kink_and_ridge(risk.penalty, risk.layout.weights)
    ridge = (parts[1] if parts else 0.0) * risk.layout.weights

    def product(v: Array) -> Array:
        moved = np.einsum("nij,nj->ni", second, model.predict(v.ravel(), X))
        return model.pullback(theta, X, moved) + ridge * v.ravel()

    return LinearOperator((len(theta), len(theta)), matvec=product, dtype=float)
