"""Minima of weighted sums of losses: by their structure where every term has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.linear_risk import LinearRisk, open_up
from lossviz.minima.minimum import Minimum
from lossviz.minima.newton import descend_newton
from lossviz.minima.piecewise import as_program, piecewise_minimum
from lossviz.objectives import Combined, Quadratic, Risk

Array = NDArray[np.floating]
FLAT = 1e-12  # of the largest curvature: below it a direction is flat
PROOF = 1e-9  # how small the gradient must be against those of the terms


def combined_minimum(combined: Combined) -> Minimum | None:
    """The exact minimum of a weighted sum, or None where its terms have no structure to use.

    Quadratics are added up; piecewise losses on linear models become one programme; smooth convex
    risks are left to Newton's method and certified.
    """
    if combined.quadratic is not None:
        return _of_quadratic(combined.quadratic)
    shares = [(weight, _opened(term)) for weight, term in combined.terms if weight]
    opened = [(weight, lin) for weight, lin in shares if lin is not None]
    prog = as_program(*opened) if len(opened) == len(shares) else None
    if prog is not None:
        return piecewise_minimum(combined, prog)
    if convex(combined):
        return _of_convex(combined)
    return None


def _opened(term: Any) -> LinearRisk | None:
    return open_up(term) if isinstance(term, Risk) else None


def _of_quadratic(bowl: Quadratic) -> Minimum:
    eigenvalues, vectors = np.linalg.eigh(bowl.hessian)
    flat = eigenvalues <= FLAT * max(eigenvalues[-1], np.finfo(float).tiny)
    message = "The weighted sum is an exact quadratic; this is its only minimum."
    if flat.any():
        message = (
            "The weighted sum is flat along whole lines, so many points are equally good. The one "
            "closest to zero is shown."
        )
    return Minimum(
        theta=bowl.bottom,
        value=bowl.floor,
        kind="set" if flat.any() else "point",
        exact=True,
        method="closed form: the normal equations of the weighted sum",
        message=message,
        directions=vectors[:, flat].T if flat.any() else None,
    )


def _of_convex(combined: Combined) -> Minimum | None:
    start = np.zeros((1, combined.layout.size))
    ends = descend_newton(looks(combined), start)
    theta = ends.z[0]
    parts = np.abs(combined.gradients(theta)).max(-1) @ combined.weights
    scale = max(float(parts), abs(float(ends.values[0])), np.finfo(float).tiny)
    proved = bool(ends.settled[0]) and float(np.abs(ends.gradients[0]).max()) <= PROOF * scale
    if not proved or ends.lowest[0] <= FLAT * ends.highest[0]:
        return None
    return Minimum(
        theta=theta,
        value=float(ends.values[0]),
        kind="point",
        exact=True,
        method="Newton's method, to rounding",
        message="This is the only minimum: every term is convex and the weighted gradients cancel.",
    )


def looks(objective: Any) -> Callable[[Array], tuple[Array, Array, Array]]:
    """Value, gradient and Hessian together, as Newton's method asks for them."""

    def look(theta: Array) -> tuple[Array, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            return objective.value(theta), objective.gradient(theta), objective.hessian(theta)

    return look


def convex(objective: Any) -> bool:
    """Whether an objective is known to be smooth and convex."""
    if isinstance(objective, Combined):
        return all(convex(term) for weight, term in objective.terms if weight)
    if isinstance(objective, Risk):
        linear = objective.model.design(objective.data.X) is not None
        penalty, loss = objective.penalty, objective.loss
        return linear and loss.convex and loss.smooth and penalty.convex and penalty.smooth
    return isinstance(objective, Quadratic)
