"""What a point of parameter space means in data space: the line, curve or boundary it is.

A point on a surface is a model.  A ``Fit`` says how to draw that model over its data, and gives
whoever follows a pointer (the browser) the few numbers that make it instant: a matrix where the
drawn line is linear in theta, a bank of drawn lines over the window where it is not.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    chance of class 1), "boundary" (two features, two classes: where that chance is one half) or
    "agreement" (more features: predicted against observed).  ``x`` (m,) is where it is drawn.
    ``basis`` (m, p) gives the drawn heights as basis @ theta (before the sigmoid of a
    probability); for a boundary it is (3, p), the intercept and two weights of the line
    c0 + c1 x1 + c2 x2 = 0.  None where the model is not linear in theta.
    """

    kind: str
    x: Array
    basis: Array | None
    risk: Risk

    def line(self, theta: Array) -> Array:
        """(..., m): the drawn heights for parameters (..., p); not for a boundary."""
        at = self.risk.data.X if self.kind == AGREEMENT else self.x[:, None]
        raw = self.risk.model.predict(theta, at)
        return expit(raw) if self.kind == PROBABILITY else raw

    def bank(self, plane: Plane, a: Array, b: Array) -> Array:
        """(len(b), len(a), m): the drawn line at every grid point of a window."""
        A, B = np.meshgrid(a, b)
        return self.line(plane.point(A, B))


def fit(risk: Risk, points: int = 120) -> Fit:
    """The way to draw ``risk``'s model over its data; ``points`` along the horizontal axis."""
    data, model = risk.data, risk.model
    d = data.X.shape[1]
    if d == 1 and not np.ptp(data.X):  # all x equal: draw a little to both sides
        low, high = data.X[0, 0] - 1, data.X[0, 0] + 1
    else:
        low, high = data.X[:, 0].min(), data.X[:, 0].max()
    margin = 0.06 * (high - low)
    x = np.linspace(low - margin, high + margin, points)
    if d == 1:
        kind = PROBABILITY if data.task == "binary" else CURVE
        return Fit(kind, x, model.design(x[:, None]), risk)
    if data.task == "binary" and d == 2:
        return Fit(BOUNDARY, x, _line_of(risk), risk)
    return Fit(AGREEMENT, data.y, model.design(data.X), risk)


def _line_of(risk: Risk) -> Array | None:
    """(3, p) that turns theta into the boundary's c0 + c1 x1 + c2 x2, for a straight one."""
    probe = risk.model.design(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    if probe is None:
        return None
    return np.stack([probe[0], probe[1] - probe[0], probe[2] - probe[0]])
