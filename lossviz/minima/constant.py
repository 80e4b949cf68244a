"""A constant loss: every model is equally good."""

from __future__ import annotations

import numpy as np

from lossviz.minima.minimum import Minimum
from lossviz.objectives import Risk


def is_level(risk: Risk) -> bool:
    """Whether the loss of a row does not depend on the prediction."""
    pieces = risk.loss.pieces
    return pieces is not None and not pieces.knots and not any(pieces.a + pieces.b)


def level_minimum(risk: Risk) -> Minimum:
    """Zero, and the set it belongs to: everything, or what the penalty leaves alone."""
    p = risk.layout.size
    theta = np.zeros(p)
    penalised = bool(risk.penalty.value(risk.layout.weights) > 0)
    free = np.eye(p)[risk.layout.weights == 0] if penalised else np.eye(p)
    message = "Every model is equally good: the loss is the same everywhere."
    if penalised:
        message = "The loss is the same everywhere, so only the penalty decides: all weights zero."
    return Minimum(
        theta=theta,
        value=float(risk.value(theta)),
        kind="set" if len(free) else "point",
        exact=True,
        method="the gradient is zero everywhere",
        message=message,
        directions=free if len(free) else None,
    )
