"""Decision boundaries of linear classifiers: a line between two classes, regions of several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import Data
from lossviz.models import Model

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Regions:
    """The lead of each class over the plane of two features.

    ``x`` (m,), ``x2`` (l,) are the axes; ``basis`` (k, l * m, p) gives the k logits at every
    place as basis @ theta.
    """

    x: Array
    x2: Array
    basis: Array

    def leads(self, theta: Array) -> Array:
        """(k, l, m): each class's logit minus the best of the others'; positive where it wins."""
        logits = self.basis @ theta
        return np.stack([lead(logits, c) for c in range(len(logits))]).reshape(
            len(logits), len(self.x2), len(self.x)
        )


def lead(logits: Array, c: int) -> Array:
    """Class c's logit minus the largest other one: (k, ...) to (...)."""
    return logits[c] - np.delete(logits, c, axis=0).max(0)


def regions(data: Data, model: Model, points: int = 41) -> Regions:
    """The regions of a model that is linear in its parameters, over two features.

    Raises ValueError for other data or models.
    """
    if data.X.shape[1] != 2 or data.task != "multiclass" or model.design(data.X) is None:
        raise ValueError(
            "Regions need several classes over two features and a model that is linear in its "
            f"parameters; got {data.task} data with {data.X.shape[1]} features."
        )
    across, up = (_span(column, points) for column in data.X.T)
    places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    p = model.layout(2, data.outputs).size
    return Regions(across, up, np.moveaxis(model.predict(np.eye(p), places), 0, -1).swapaxes(0, 1))


def boundary(data: Data, theta: Array, logit: float = 0.0) -> tuple[Array, Array]:
    """The line b + w.x = logit across the picture of one or two features, as x and y (2,).

    Empty where the weights are zero, or the line passes by the picture.
    """
    theta, d = np.asarray(theta, float), data.X.shape[1]
    w = theta[len(theta) - d :]
    b = float(theta[0]) if len(theta) > d else 0.0  # a model may do without an intercept
    b -= logit
    none = np.zeros(0), np.zeros(0)
    size = np.abs(w).max(initial=0)
    if not np.isfinite(w).all() or not size > 0:
        return none
    with np.errstate(over="ignore"):  # the least of weights put the line beyond all numbers
        b, w = b / size, w / size
    if not np.isfinite(b):
        return none
    low, high = _span(data.X[:, 0], 2)
    if len(w) == 1:
        at = -b / w[0]
        return (np.array([at, at]), np.array([0.0, 1.0])) if low <= at <= high else none
    bottom, top = _span(data.X[:, 1], 2)
    if _steep(data, w):
        y = np.linspace(bottom, top, 101)
        x = -(b + w[1] * y) / w[0]
    else:
        x = np.linspace(low, high, 101)
        y = -(b + w[0] * x) / w[1]
    inside = (x >= low) & (x <= high) & (y >= bottom) & (y <= top)
    return x[inside], y[inside]


def side(data: Data, theta: Array) -> str:
    """On which side of that line class 1 lies in the picture: "right", "left", "up" or "down"."""
    w = np.asarray(theta, float)[len(theta) - data.X.shape[1] :]
    if _steep(data, w):
        return "right" if w[0] > 0 else "left"
    return "up" if w[1] > 0 else "down"


def _steep(data: Data, w: Array) -> bool:
    """Whether the line of weights w (d,) goes rather up and down than across the picture."""
    if len(w) == 1:
        return True
    wide, tall = (float(np.ptp(_span(column, 2))) for column in data.X.T)
    return bool(abs(w[0]) * wide >= abs(w[1]) * tall)


def _span(values: Array, points: int) -> Array:
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, points)
