"""The fit in data space at a point of parameter space: a line, a curve or a boundary.

A point on a surface is a model.  A ``Fit`` says how to draw that model over its data, and gives
whoever follows a pointer (the browser) the few numbers that make it instant: a matrix where the
drawing is linear in theta, a bank of drawings over the window where it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lossviz.finite_differences import in_chunks
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Risk

Array = NDArray[np.floating]
CLOSE = 0.005  # of a drawing's spread: half a pixel of a small picture
FINEST = 8  # halvings of an axis
MOST = 300_000  # numbers in a bank
AT_ONCE = 4_000_000  # numbers held while a bank is made
UNITS = 16  # numbers per input that a network holds on its way
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
        """(len(b), len(a), ...): the drawing at every point of a grid on the plane.

        A few points at a time: a large network at all of them at once would take gigabytes.
        """
        places = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)
        rows = max(1, AT_ONCE // (len(plane.origin) + UNITS * len(self.inputs)))
        drawn = in_chunks(lambda some: self.heights(plane.point(*some.T)), places, rows)
        return drawn.reshape((len(b), len(a)) + drawn.shape[1:])

    def mesh(self, plane: Plane, window: Sequence[Array]) -> tuple[Array, Array]:
        """Coordinates a and b over a window on which a bank can be interpolated.

        Each axis is halved until straight lines between its drawings are nowhere further from
        the true ones than ``CLOSE`` of the drawings' spread, or the bank would exceed ``MOST``
        numbers.  An axis along which the drawing is linear gets two.
        """
        ends = [(line[0], line[-1]) for line in window]
        size = self.heights(plane.origin).size
        # what a bank cannot hold along one axis need not be told from what is finer still
        finest = int(np.clip(np.log2(max(MOST / (2 * size) - 1, 1)) + 1, 1, FINEST))
        counts = [_halvings(self._along(plane, ends, axis, finest)) for axis in range(2)]
        while size * (2 ** counts[0] + 1) * (2 ** counts[1] + 1) > MOST and max(counts) > 0:
            counts[counts.index(max(counts))] -= 1
        a, b = (np.linspace(*end, 2**n + 1) for end, n in zip(ends, counts, strict=True))
        return a, b

    def _along(
        self, plane: Plane, ends: Sequence[tuple[float, float]], axis: int, finest: int
    ) -> Array:
        """(2**finest + 1, ...): drawings along one axis, at nine places of the other."""
        lines = [np.linspace(*end, 9) for end in ends]
        lines[axis] = np.linspace(*ends[axis], 2**finest + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            return np.moveaxis(self.bank(plane, *lines), 1 - axis, 0)


def _halvings(drawings: Array) -> int:
    """How often to halve the first axis before straight lines between drawings are close."""
    finite = drawings[np.isfinite(drawings)]
    near = CLOSE * np.ptp(finite) if finite.size else 0.0
    finest = (len(drawings) - 1).bit_length() - 1
    for n in range(finest):
        step = 2 ** (finest - n)
        nodes = drawings[::step, None]
        share = (np.arange(step) / step).reshape(-1, *[1] * (drawings.ndim - 1))
        straight = nodes[:-1] * (1 - share) + nodes[1:] * share
        true = drawings[:-1].reshape(straight.shape)
        if not np.nanmax(np.abs(true - straight), initial=0.0) > near:
            return n
    return finest


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
