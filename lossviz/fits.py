"""What a point of parameter space means in data space: the line, curve or boundary it is.

A point on a surface is a model.  A ``Fit`` says how to draw that model over its data, and gives
whoever follows a pointer (the browser) the few numbers that make it instant: a matrix where the
drawing is linear in theta, a bank of drawings over the window where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lossviz.objectives import Risk
from lossviz.planes import Plane

Array = NDArray[np.floating]
CURVE, PROBABILITY, BOUNDARY, AGREEMENT = "curve", "probability", "boundary", "agreement"


@dataclass(frozen=True, eq=False)
class Fit:
    """How the model is drawn over the data.

    ``kind`` is "curve" (one feature, regression), "probability" (one feature, two classes: the
    chance of class 1), "boundary" (two features, two classes: the logit over the plane of the
    features, whose zero line divides the classes) or "agreement" (more features: predicted
    against observed).  ``x`` (m,) is the horizontal axis; a boundary has ``x2`` too.
    ``inputs`` (q, d) are the places where the model is asked; ``basis`` (q, p) gives its answer
    there as basis @ theta, before any link, or is None where that is not linear.
    """

    kind: str
    x: Array
    inputs: Array
    basis: Array | None
    risk: Risk
    x2: Array | None = None

    @property
    def link(self) -> Literal["identity", "sigmoid"]:
        """What turns the model's answer into the drawn height: "identity" or "sigmoid"."""
        return "sigmoid" if self.kind == PROBABILITY else "identity"

    def heights(self, theta: Array) -> Array:
        """(..., m), or (..., len(x2), len(x)) for a boundary: what is drawn for theta (..., p)."""
        raw = self.risk.model.predict(theta, self.inputs)
        if self.x2 is not None:
            return raw.reshape((*raw.shape[:-1], len(self.x2), len(self.x)))
        return expit(raw) if self.link == "sigmoid" else raw

    def bank(self, plane: Plane, a: Array, b: Array) -> Array:
        """(len(b), len(a), ...): the drawing at every point of a grid on the plane."""
        return self.heights(plane.point(*np.meshgrid(a, b)))


def fit(risk: Risk, points: int = 121) -> Fit:
    """The way to draw ``risk``'s model over its data; ``points`` along the horizontal axis."""
    data, model = risk.data, risk.model
    d = data.X.shape[1]
    if d == 1:
        x = _span(data.X[:, 0], points)
        kind = PROBABILITY if data.task == "binary" else CURVE
        return Fit(kind, x, x[:, None], model.design(x[:, None]), risk)
    if data.task == "binary" and d == 2:
        across, up = (_span(column, 31) for column in data.X.T)
        inputs = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        return Fit(BOUNDARY, across, inputs, model.design(inputs), risk, up)
    return Fit(AGREEMENT, data.y, data.X, model.design(data.X), risk)


def _span(values: Array, points: int) -> Array:
    """Evenly over the values and a little beyond; one unit to both sides where all are equal."""
    low, high = values.min(), values.max()
    margin = 0.06 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, points)
