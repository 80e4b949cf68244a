"""Newton–CG: smooth convex risks with too many parameters for a Hessian."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize as scipy_minimize
from scipy.sparse.linalg import LinearOperator, cg

from lossviz.minima.linear_risk import kink_and_ridge
from lossviz.minima.minimum import Minimum
from lossviz.objectives import Risk

Array = NDArray[np.floating]

PROOF = 1e-9


def is_large_and_convex(risk: Risk) -> bool:
    """Whether the prediction is linear in theta and loss and penalty are smooth and convex."""
    parts = kink_and_ridge(risk.penalty, risk.layout.weights)
    linear = risk.model.design(risk.data.X) is not None
    return bool(linear and parts and not parts[0] and risk.loss.convex and risk.loss.smooth)


def large_convex_minimum(risk: Risk) -> Minimum:
    """L-BFGS to come near, then Newton steps whose systems conjugate gradients solve."""
    start = risk.model.start(risk.data.X.shape[1], risk.data.outputs)
    near = scipy_minimize(
        lambda z: (float(risk.value(z)), risk.gradient(z)), start, jac=True, method="L-BFGS-B",
        options={"maxiter": 500, "ftol": 1e-13},
    )  # fmt: skip
    theta = near.x
    value, gradient = float(risk.value(theta)), risk.gradient(theta)
    scale = float(np.abs(risk.gradient(start)).max())
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
        method="L-BFGS, then Newton's method with conjugate gradients",
        message=(
            f"{proved} Adding the same number to the logits of all classes changes nothing."
            if sure
            else "The lowest point found; its gradient is not zero to rounding: no proof."
        ),
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
