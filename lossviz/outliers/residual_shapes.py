"""Residuals drawn over data: a squared residual is a square, an absolute one a bar.

Where the derivative of a loss is unbounded the drawing's area is the loss, else its height is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.planes import Plane
from lossviz.objectives import Risk

Array = NDArray[np.floating]
MOST = 24  # residuals drawn at once: more hide each other
BANK = 15  # drawings per axis of the window
ROUNDS = 4
WIDER = 0.35  # of the data's width: how far the picture makes room for drawings at its sides


@dataclass(frozen=True, eq=False)
class ResidualShapes:
    """Which rows are drawn, where, and how: ``area`` says that the area is the loss.

    ``x`` (m,) places the rows across the picture, ``rows`` (m,) are their numbers.  ``ratio`` is
    the width in x that looks as long as one unit of y, where ``square`` pictures keep it so.
    """

    risk: Risk
    rows: NDArray[np.integer]
    x: Array
    ratio: float
    area: bool
    across: tuple[float, float]
    up: tuple[float, float]

    def outlines(self, theta: Array) -> tuple[Array, Array]:
        """(..., m * 6) x and y of the drawings for theta (..., p), a gap after each."""
        data, loss = self.risk.data, self.risk.loss
        y = data.y[self.rows]
        prediction = self.risk.model.predict(theta, data.X[self.rows])
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            losses = np.asarray(loss.value(y, prediction), float)
        losses = np.where(np.isfinite(losses), np.maximum(losses, 0), np.nan)
        residual = y - prediction
        if self.area:
            size = np.abs(residual)
            # where the residual is 0 there is no height to spread a loss over
            width = np.divide(losses, size, out=np.zeros_like(losses), where=size > 1e-12)
            limit = 0.5 * (self.across[1] - self.across[0]) / self.ratio
            # from the observed point to the predicted one: against the residual
            width, height = -np.sign(residual) * np.minimum(width, limit), -residual
        else:
            width = np.full_like(losses, 0.012 * (self.across[1] - self.across[0]) / self.ratio)
            height = np.where(residual > 0, -1.0, 1.0) * losses
        left = np.broadcast_to(self.x, losses.shape)
        if not self.area:
            left = left - 0.5 * width * self.ratio
        right, base, top = left + width * self.ratio, np.broadcast_to(y, losses.shape), y + height
        gap = np.full_like(losses, np.nan)
        x = np.stack([left, right, right, left, left, gap], axis=-1)
        z = np.stack([base, base, top, top, base, gap], axis=-1)
        return x.reshape((*losses.shape[:-1], -1)), z.reshape((*losses.shape[:-1], -1))

    def undefined(self, theta: Array) -> int:
        """How many rows have no drawing at theta (p,): their loss is below 0, or not finite."""
        y, X = self.risk.data.y[self.rows], self.risk.data.X[self.rows]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            losses = np.asarray(self.risk.loss.value(y, self.risk.model.predict(theta, X)), float)
        return int((~np.isfinite(losses) | (losses < 0)).sum())

    def bank(self, plane: Plane, a: Array, b: Array) -> tuple[Array, Array, Array, Array]:
        """(x, y, a, b): the drawings (len(b), len(a), m * 6) over a coarse grid of the plane."""
        a, b = (np.linspace(line[0], line[-1], BANK) for line in (a, b))
        return *self.outlines(plane.point(*np.meshgrid(a, b))), a, b


def residual_shapes(risk: Risk, theta: Array, width_to_height: float = 1.25) -> ResidualShapes:
    """The residuals of a regression risk at ``theta`` (p,), few enough to be told apart.

    One feature lies across the picture; for more, the target does, and a perfect prediction is
    on the diagonal.  ``width_to_height`` is the shape of the picture.
    """
    data, n = risk.data, len(risk.data)
    if data.task != "regression":
        raise ValueError(f"Residuals are drawn for regression; these data are {data.task}.")
    rows = np.arange(n)
    if n > MOST:  # the largest target and the smallest are always among them
        order = np.argsort(data.y, kind="stable")
        rows = np.unique(order[np.linspace(0, n - 1, MOST).astype(int)])
    column = data.X[:, 0] if data.X.shape[1] == 1 else data.y
    prediction = risk.model.predict(theta, data.X)
    across = _span(column)
    up = _span(np.concatenate([data.y, prediction[np.isfinite(prediction)]]))
    area = not risk.loss.robust
    found = ResidualShapes(risk, rows, column[rows], 1.0, area, across, up)
    for _ in range(ROUNDS if area else 1):  # a wider picture draws the same square wider
        ratio = (found.across[1] - found.across[0]) / (up[1] - up[0]) / width_to_height
        found = replace(found, ratio=ratio)
        if area:
            found = replace(found, across=_reaching(across, found.outlines(theta)[0]))
    return found


def is_line(risk: Risk) -> bool:
    """Whether the model is a line over one feature, so that two numbers place it."""
    return risk.data.X.shape[1] == 1 and risk.layout.size == 2


def _reaching(across: tuple[float, float], x: Array) -> tuple[float, float]:
    """The range widened to hold the drawings, by at most a share of itself to either side."""
    low, high = across
    margin = WIDER * (high - low)
    drawn = x[np.isfinite(x)]
    if not drawn.size:
        return across
    ends = min(low, float(drawn.min())), max(high, float(drawn.max()))
    return max(ends[0], low - margin), min(ends[1], high + margin)


def _span(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin
