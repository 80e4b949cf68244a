"""Well-scaled problems: columns centred and scaled, targets too, solved, translated back.

Years, timestamps, incomes and parts per billion then give the solver the numbers that the same
data in ordinary units would.  What the solver judges (rank, optimality, separation, where to
start) it judges there; penalties keep their meaning, since a weight in new units costs what it
costs in the old ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import Loss, Pieces
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum, unproved
from lossviz.objectives.conditioning import (
    Conditioned,
    conditioned,
    prediction_rounding,
    without_noise,
)
from lossviz.text import number

Array = NDArray[np.floating]

DISAGREE = 1e-6  # of a typical value: how far rounded parameters may miss the value that was proved
DISAGREE_FAR = 1e-2  # beyond this the value told is the one that they reach
NO_ROUNDING = 1e-2  # of a typical value: beyond this nobody asks whether a value is only rounding
TINY = 1e-300
OF_ORDER_ONE = 8.0  # spreads of targets up to this, or down to one over it, need no other unit
FLAT = "The data do not decide: the minimisers form an unbounded set; one of them is shown."
MET = "Its value is zero to rounding: {}."
ROUNDING = 64 * float(np.finfo(float).eps)


@dataclass(frozen=True)
class Rescaled(Loss):
    """``inner`` in units of ``unit`` for targets and predictions, of ``loss_unit`` for losses."""

    inner: Loss
    unit: float
    loss_unit: float

    @property
    def label(self) -> str:  # type: ignore[override]
        return self.inner.label

    @property
    def task(self) -> str:  # type: ignore[override]
        return self.inner.task

    @property
    def convex(self) -> bool:
        return self.inner.convex

    @property
    def smooth(self) -> bool:
        return self.inner.smooth

    @property
    def targets(self) -> str:
        return self.inner.targets

    @property
    def pieces(self) -> Pieces | None:
        pieces = self.inner.pieces
        if pieces is None:
            return None
        s, v = self.unit, self.loss_unit
        return Pieces(
            tuple(knot / s for knot in pieces.knots),
            tuple(a * s * s / v for a in pieces.a),
            tuple(b * s / v for b in pieces.b),
            tuple(c / v for c in pieces.c),
        )

    def value(self, y: Array, prediction: Array) -> Array:
        return self.inner.value(self.unit * y, self.unit * prediction) / self.loss_unit

    def derivative(self, y: Array, prediction: Array) -> Array:
        factor = self.unit / self.loss_unit
        return factor * self.inner.derivative(self.unit * y, self.unit * prediction)

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        factor = self.unit * self.unit / self.loss_unit
        return factor * self.inner.second_derivative(self.unit * y, self.unit * prediction)


@dataclass(frozen=True, eq=False)
class KindUnits:
    """A LinearRisk ``raw``, the same in kind units without its still columns, and the way back."""

    raw: LinearRisk
    columns: Conditioned
    kind: LinearRisk
    alive: NDArray[np.intp]  # (q,) which parameters ``kind`` has
    shift: float  # of the targets
    unit: float  # of the targets
    loss_unit: float  # of the loss
    typical: float  # loss, in the user's units

    def theta(self, z: Array) -> Array:
        """(..., q) to (..., p): parameters in the user's units."""
        return self.columns.theta(self.unit * self._whole(z), self.shift)

    def moves(self, z: Array) -> Array:
        """(..., q) to (..., p): differences of parameters; an intercept of rounding alone is 0."""
        moved = self.columns.theta(self.unit * self._whole(z))
        at = self.columns.intercept
        if at is not None:
            # weights that make up for each other leave the rounding of what they take from it
            taken = np.abs(moved * (np.arange(moved.shape[-1]) != at)) @ np.abs(self.columns.centre)
            moved[..., at] *= np.abs(moved[..., at]) > ROUNDING * taken
        return moved

    def z(self, theta: Array) -> Array:
        """(..., p) to (..., q)."""
        z = self.columns.z(theta)
        if self.columns.intercept is not None:
            z[..., self.columns.intercept] -= self.shift
        return z[..., self.alive] / self.unit

    def weight_sizes(self) -> Array:
        """(q,) how much of each weight, in the user's units, one kind unit is; 0 for biases."""
        return self.raw.weights[self.alive] * self.unit / np.abs(self.columns.scale[self.alive])

    def _whole(self, z: Array) -> Array:
        full = np.zeros((*z.shape[:-1], len(self.columns.scale)))
        full[..., self.alive] = z
        return full

    def free(self) -> Array:
        """(m, p): moves of single parameters that nothing feels: a still column's, unpenalised."""
        raw = self.raw
        at = np.flatnonzero(self.columns.still & (raw.ridge + raw.kink == 0))
        moves = np.zeros((len(at), len(raw.ridge)))
        moves[np.arange(len(at)), at] = 1.0
        return self.columns.theta(moves) if len(at) else moves

    def back(self, found: Minimum) -> Minimum:
        """The minimum in the user's units."""
        directions = self.free()
        if found.directions is not None:
            directions = np.concatenate([directions, self.moves(found.directions)])
        directions = orthonormal(directions)
        kind, message = found.kind, found.message
        if len(directions) and kind == "point":
            kind, message = "set", FLAT
        others = None if found.others is None else self.theta(found.others)
        vertices = None if found.vertices is None else self.theta(found.vertices)
        moved = replace(
            found,
            theta=self.theta(found.theta),
            value=found.value * self.loss_unit,
            kind=kind,
            message=message,
            vertices=vertices,
            directions=directions if len(directions) else None,
            direction=None if found.direction is None else _unit(self.moves(found.direction)),
            others=others,
            other_values=None
            if found.other_values is None
            else found.other_values * self.loss_unit,
        )
        return moved if kind == "infinity" else as_reached(moved, self.raw, self.typical)


def as_reached(found: Minimum, lin: LinearRisk, typical: float) -> Minimum:
    """Proved is what the rounded parameters reach; a value that is only rounding is zero.

    ``typical`` is a typical value of the risk.
    """
    small = 0 <= found.value <= NO_ROUNDING * typical
    nothing = rounding_alone(lin, found.theta) if small else 0.0
    if nothing and 0 <= found.value <= nothing:
        met = "every row is met" if lin.loss.task == "regression" else "no row has a loss"
        found = replace(found, value=0.0, message=f"{found.message} {MET.format(met)}")
        origin = np.zeros_like(found.theta)
        if found.kind == "point" and lin.value(origin) == 0:
            found = replace(found, theta=origin)  # the one minimiser, without its rounding
    with np.errstate(over="ignore", invalid="ignore"):
        there = float(lin.value(found.theta))
    differs = abs(there - found.value) / max(typical, abs(found.value))
    if differs <= DISAGREE:
        return found
    return replace(
        found,
        value=found.value if differs <= DISAGREE_FAR else there,
        exact=False,
        method=unproved(found.method),
        message=(
            f"{found.message} That holds for {number(found.value, 6)}, in exact arithmetic: "
            f"rounded to sixteen digits the parameters reach {number(there, 6)}, because columns "
            "lie far from zero or are hard to tell apart. Centre or scale the features to see "
            "further."
        ),
    )


def rounding_alone(lin: LinearRisk, theta: Array) -> float:
    """The mean loss of missing every row by what rounding leaves; 0 where a hit has a loss.

    Rounding of the targets, and of the predictions at theta (p,).  A binary answer is hit where
    its loss ends: from a margin of 1 on under the hinge loss.
    """
    y = lin.y
    with np.errstate(over="ignore", invalid="ignore"):
        moved = np.nan_to_num(prediction_rounding(lin.design, theta), posinf=0.0)
    aim, off = y, ROUNDING * np.abs(y).max(initial=0.0) + moved
    if lin.loss.task != "regression":
        pieces = lin.loss.pieces
        if pieces is None or not pieces.knots or lin.loss.task != "binary":
            return 0.0
        aim, off = (2 * y - 1) * pieces.knots[-1], (1 - 2 * y) * (ROUNDING + moved)
    with np.errstate(over="ignore", invalid="ignore"):
        hit = np.abs(lin.loss.value(y, aim)).max()
        missed = lin.loss.value(y, aim + off)
    return max(float(missed.sum() / lin.n), TINY) if hit == 0 and np.isfinite(missed).all() else 0.0


def kind_units(raw: LinearRisk, comparable: bool = False) -> KindUnits:
    """The problem in kind units.

    Targets and losses of order one keep the units they have, which saves work in every step, unless
    numbers in these units are to be ``comparable`` between problems.
    """
    free = (raw.ridge + raw.kink) == 0
    columns = conditioned(raw.design, free & (raw.weights == 0))
    shift, unit, typical = _target_units(raw, columns)
    loss_unit = typical
    of_order_one = _between(unit, OF_ORDER_ONE) and _between(typical, OF_ORDER_ONE**2)
    if of_order_one and not comparable:
        unit = loss_unit = 1.0
    if not free.all():
        steepness = _steepness(raw, shift) if raw.kink.any() else 0.0
        least = np.sqrt(raw.ridge / loss_unit) * unit
        if steepness:
            least = np.maximum(least, raw.kink / steepness)
        columns = columns.coarser(least)
    alive = np.flatnonzero(~columns.still)
    scale = columns.scale[alive] / unit  # theta = z / scale
    design = columns.design[:, alive] if columns.still.any() else columns.design
    design = without_noise(design, columns.noise[alive])
    y, loss = raw.y, raw.loss
    if raw.loss.task == "regression":
        y = raw.y - shift
        if unit != 1 or loss_unit != 1:
            y, loss = y / unit, Rescaled(raw.loss, unit, loss_unit)
    ridge, kink = raw.ridge[alive] / scale**2 / loss_unit, raw.kink[alive] / scale / loss_unit
    kind = LinearRisk(design, y, loss, raw.n, ridge, kink, raw.weights[alive])
    return KindUnits(raw, columns, kind, alive, shift, unit, loss_unit, typical)


def _target_units(raw: LinearRisk, columns: Conditioned) -> tuple[float, float, float]:
    """(shift, unit, loss): what the targets are measured from and in, and a typical loss."""
    y = raw.y
    if raw.loss.task != "regression":
        return 0.0, 1.0, 1.0
    shift = 0.0
    if columns.intercept is not None and of_residuals(raw.loss):
        shift = float(y[0] + (y - y[0]).sum() / len(y))
    low, high = float(y.min()), float(y.max())
    largest, farthest = max(high - shift, shift - low), max(high, -low)
    if largest <= ROUNDING * farthest or not largest:
        unit = farthest or 1.0
    else:
        moved = (y - shift) / largest
        unit = largest * math.sqrt(moved @ moved / len(y))
    unit = _near_power_of_two(unit)
    mean = shift or float(y.mean())
    levels = (shift,) if abs(mean - shift) <= 1e-9 * unit else (shift, mean)
    with np.errstate(all="ignore"):
        guesses = [raw.loss.value(y, np.full(len(y), at)) for at in levels]
        mean_losses = [float(each.sum()) / len(y) for each in guesses]
    usable = [each for each in mean_losses if math.isfinite(each) and each > 0]
    return shift, unit, _near_power_of_two(min(usable) if usable else 1.0)


def _between(size: float, most: float) -> bool:
    return 1 / most <= size <= most


def _near_power_of_two(size: float) -> float:
    return 2.0 ** min(round(math.log2(size)), 1023)


@lru_cache(maxsize=256)
def of_residuals(loss: Loss) -> bool:
    """Whether the loss depends on prediction - y alone."""
    y, prediction = np.array([1.0, 1.5, 2.0, 3.0]), np.array([1.2, 3.5, 1.1, 2.9])
    with np.errstate(all="ignore"):
        here, moved = loss.value(y, prediction), loss.value(y + 4, prediction + 4)
    return bool(np.allclose(here, moved, rtol=1e-9, atol=1e-12))


def _steepness(raw: LinearRisk, shift: float) -> float:
    """A typical slope of the loss: the gradient of a row in a weight, per unit of its column."""
    level = np.full(len(raw.y), shift)
    with np.errstate(all="ignore"):
        row_gradients = np.abs(raw.loss.derivative(raw.y, level)).ravel()
    row_gradients = row_gradients[np.isfinite(row_gradients)]
    return float(row_gradients.mean()) if len(row_gradients) else 0.0


def orthonormal(rows: Array) -> Array:
    """(r, p) orthonormal rows that span the given ones."""
    if not len(rows):
        return rows
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.linalg.qr(rows.T)[0].T


def _unit(vector: Array) -> Array:
    return vector / (np.linalg.norm(vector) or 1.0)
