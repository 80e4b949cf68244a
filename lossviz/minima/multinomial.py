"""Convex losses on the logits of several classes, for models linear in their parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import Loss
from lossviz.minima.kind_units import ROUNDING, orthonormal
from lossviz.minima.linear_risk import LinearRisk, kink_and_ridge
from lossviz.minima.minimum import ITS_VALUE, Minimum
from lossviz.minima.piecewise_solver import whiten
from lossviz.minima.recession import MANY, apart
from lossviz.minima.smooth import FIRST, smooth_minimum, walk
from lossviz.models import LinearInParameters
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import Conditioned, conditioned, without_noise

Array = NDArray[np.floating]

MOST_NUMBERS = 20_000_000  # in the design of all logits; larger problems are searched instead
MOST_PARAMETERS = 400
CLEARLY = 100  # times what rounding may leave of a gradient


@dataclass(frozen=True, eq=False)
class ClassesRisk(LinearRisk):
    """A LinearRisk whose ``design`` (n * classes, p) gives the logits of every row in turn.

    Each class's logit is also ``columns[c]`` (n, q) times the parameters number ``members[c]``
    (q,), up to what all logits share where only their differences count: a fraction of the work.
    """

    columns: tuple[Array, ...]
    members: tuple[NDArray[np.intp], ...]

    def on_columns(self, keep: NDArray[np.bool_]) -> Self:
        """The risk with the parameters not in ``keep`` (p,) held at zero."""
        number = np.cumsum(keep) - 1
        return replace(
            super().on_columns(keep),
            columns=tuple(
                part[:, keep[at]] for part, at in zip(self.columns, self.members, strict=True)
            ),
            members=tuple(number[at[keep[at]]] for at in self.members),
        )

    def on_rows(self, rows: slice) -> Self:
        """The risk on some of the rows, divided by as many as before."""
        k = len(self.columns)
        return replace(
            self,
            design=self.design[rows.start * k : rows.stop * k],
            y=self.y[rows],
            columns=tuple(part[rows] for part in self.columns),
        )

    def prediction(self, theta: Array) -> Array:
        """(..., p) to (..., n, classes)."""
        logits = [
            theta[..., at] @ part.T for part, at in zip(self.columns, self.members, strict=True)
        ]
        return np.stack(logits, axis=-1)

    def parameter_gradients(self, slopes: Array) -> Array:
        """(B, n, classes) to (B, p)."""
        gradient = np.zeros((len(slopes), self.design.shape[1]))
        for c, (part, at) in enumerate(zip(self.columns, self.members, strict=True)):
            gradient[:, at] = slopes[..., c] @ part
        return gradient

    def curvature(self, prediction: Array) -> Array:
        """(B, n, classes) to (B, p, p)."""
        second = self.loss.second_derivative(self.y, prediction)
        p = self.design.shape[1]
        hessian = np.zeros((len(second), p, p))
        for i, j in combinations_with_replacement(range(len(self.columns)), 2):
            weighted = self.columns[i].T * second[:, None, :, i, j]
            block = weighted @ self.columns[j]
            hessian[:, self.members[i][:, None], self.members[j]] = block
            hessian[:, self.members[j][:, None], self.members[i]] = np.swapaxes(block, -1, -2)
        return hessian / self.n

    @property
    def margins(self) -> Array:
        """(n * (classes - 1), p): by how much the true logit leads each of the others."""
        blocks = self.design.reshape(len(self.y), -1, self.design.shape[1])
        true = np.arange(blocks.shape[1]) == self.y[:, None]
        return (blocks[true][:, None] - blocks)[~true]


@dataclass(frozen=True, eq=False)
class ClassUnits:
    """A ClassesRisk in kind units, each class's columns as in ``conditioned``, and the way back."""

    kind: ClassesRisk
    classes: list[tuple[NDArray[np.intp], Conditioned]]  # which parameters, and their columns
    alive: NDArray[np.intp]
    free: NDArray[np.intp]  # parameters that nothing feels
    scale: Array  # (p,) of every column
    interchangeable: Sequence[
        NDArray[np.intp]
    ]  # (k,) parameters each: only their differences count

    def theta(self, z: Array) -> Array:
        """(..., q) to (..., p)."""
        full = np.zeros((*z.shape[:-1], sum(len(at) for at, _ in self.classes)))
        full[..., self.alive] = z
        for at, columns in self.classes:
            full[..., at] = columns.theta(full[..., at])
        return full

    def back(self, found: Minimum) -> Minimum:
        """The minimum in the user's units."""
        p = sum(len(at) for at, _ in self.classes)
        directions = np.eye(p)[self.free]
        for at, columns in self.classes:
            directions[:, at] = columns.theta(directions[:, at])
        if found.directions is not None:
            directions = np.concatenate([directions, self.theta(found.directions)])
        away = None if found.direction is None else self.theta(found.direction)
        return replace(
            found,
            theta=self.theta(found.theta),
            kind="set" if len(directions) and found.kind == "point" else found.kind,
            directions=orthonormal(directions) if len(directions) else None,
            direction=None if away is None else away / np.linalg.norm(away),
        )


def open_up_classes(risk: Risk) -> ClassUnits | None:
    """The risk as a ClassesRisk, or None: another kind of model, or too large for Newton."""
    weights = risk.layout.weights
    parts = kink_and_ridge(risk.penalty, weights)
    if parts is None:
        return None
    least = np.maximum(np.sqrt(parts[1] * weights), parts[0] * weights)
    return class_units(risk, parts[0] * weights, parts[1] * weights, least)


def class_units(risk: Risk, kink: Array, ridge: Array, least: Array) -> ClassUnits | None:
    """As ``open_up_classes`` under a penalty of kink' |theta| + theta' diag(ridge) theta / 2.

    The columns come in units of at least ``least`` (p,).
    """
    X, p, outputs, model = risk.data.X, risk.layout.size, risk.data.outputs, risk.model
    if outputs < 2 or not isinstance(model, LinearInParameters):
        return None
    if p > MOST_PARAMETERS or len(X) * outputs * p > MOST_NUMBERS:
        return None
    weights = risk.layout.weights
    by_class = model.by_output(outputs, X)
    same = conditioned(model.design(X), weights[by_class[0]] == 0)
    classes = [(at, same.coarser(least[at])) for at in by_class]
    scale, still = np.ones(p), np.zeros(p, bool)
    for at, columns in classes:
        scale[at], still[at] = columns.scale, columns.still
    alive = np.flatnonzero(~still)
    logits = np.random.default_rng(0).normal(size=(len(X), outputs))
    losses = risk.loss.value(risk.data.y, logits)
    interchangeable: list[NDArray[np.intp]] = []
    shared = 0.0
    if np.allclose(risk.loss.value(risk.data.y, logits + 1.0), losses, rtol=1e-9):
        shared = 1 / outputs  # what all logits share has no loss
        if all(columns is same for _, columns in classes):
            interchangeable = list(by_class.T)
    design, parts = np.zeros((len(X), outputs, p)), []
    for (at, columns), felt in zip(classes, np.eye(outputs) - shared, strict=True):
        parts.append(without_noise(columns.design, columns.noise))
        design[:, :, at] = felt[:, None] * parts[-1][:, None]
    kind = ClassesRisk(
        design.reshape(-1, p), risk.data.y, risk.loss, len(X), ridge / scale**2,
        kink / np.abs(scale), weights, tuple(parts), tuple(by_class),
    )  # fmt: skip
    if still.any():
        kind = kind.on_columns(~still)
    free = np.flatnonzero(still & (least == 0))
    return ClassUnits(kind, classes, alive, free, np.abs(scale), interchangeable)


def classes_minimum(units: ClassUnits, attained: bool = False) -> Minimum:
    """The minimiser, the shortest of a line of equals, or the news that it lies at infinity.

    ``attained`` says that it is known not to lie at infinity.
    """
    return units.back(_minimum(units.kind, attained))


def _minimum(lin: ClassesRisk, attained: bool) -> Minimum:
    penalised = lin.ridge + lin.kink
    start = None
    if not attained and len(lin.design) > MANY and (penalised == 0).any():
        start, attained = _held_back(lin, penalised)
    away = None if attained else left_behind(lin, penalised)
    if away is not None:
        # nothing is to be fitted where no row is left
        found = smooth_minimum(lin) if len(away[1]) else None
        return classes_at_infinity(lin, penalised, found, *away)
    found = smooth_minimum(lin, start)
    if not found.exact or found.directions is None:
        return found
    return replace(
        found,
        message=(
            "Adding the same number to the logits of all classes changes nothing, so the best "
            "models form a set; the one closest to zero is shown."
        ),
    )


def _held_back(lin: ClassesRisk, penalised: Array) -> tuple[Array, bool]:
    """Where Newton's first steps end, (p,), and whether the slopes there show a minimum.

    Along a direction that lowers no margin the loss falls by at least the smallest slope in a
    logit times what the margins gain, which is no less than what the logits themselves change
    where all together stay level.  If the gradient is smaller than that, there is none, and no
    linear programme over all rows need be solved.
    """
    free = penalised == 0
    theta = walk(lin, np.zeros(len(free)), FIRST)[0]
    row_slopes = lin.row_gradients(theta).reshape(len(lin.y), -1)
    other = np.arange(row_slopes.shape[1]) != lin.y[:, None]
    part = lin.design if free.all() else lin.design[:, free]
    inward = whiten(part, np.zeros((0, part.shape[1])))[0]
    falls = float(np.linalg.norm(row_slopes.ravel() @ part @ inward))
    # where more than the differences of logits counts, the slopes of a row do not add up to 0
    falls += len(lin.y) ** 0.5 * float(np.abs(row_slopes.sum(-1)).max())
    return theta, bool(row_slopes[other].min() > CLEARLY * falls)


def left_behind(
    lin: ClassesRisk, penalised: Array
) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]] | None:
    """As ``recession.escape``, for the rows of ``margins``.

    Only parameters run off whose ``penalised`` (p,) is 0: without a penalty where classes
    separate, and the intercept of a class that has no row always.
    """
    free = penalised == 0
    outputs = len(lin.design) // len(lin.y)
    if not free.any() or not free_when_sure(lin.loss, outputs):
        return None
    found = apart(lin.on_columns(free).margins, lin.weights[free])
    if found is None:
        return None
    direction = np.zeros(len(free))
    direction[free], rest, gone = found
    return direction, rest, gone


def free_when_sure(loss: Loss, outputs: int) -> bool:
    """Whether a true logit far above the others costs nothing more to raise."""
    return bool(np.abs(loss.derivative(np.zeros(1), 1e4 * np.eye(1, outputs))).max() < 1e-12)


def classes_at_infinity(
    lin: ClassesRisk,
    penalised: Array,
    found: Minimum | None,
    direction: Array,
    rest: NDArray[np.intp],
    gone: NDArray[np.intp],
) -> Minimum:
    """Far out along a direction that lifts true logits above others, and lowers none.

    ``found`` is where Newton's method ended, None where no margin is left to it.
    """
    margins = lin.margins[gone]
    nothing = whiten(lin.design, np.diag(penalised)[penalised > 0])[1].T
    start = np.zeros_like(direction) if found is None else found.theta
    reach = (30 + np.abs(margins @ start).max()) / (margins @ direction).min()
    theta = start + reach * direction
    value = 0.0
    if found is not None:
        value = found.value + float(lin.value(theta) - lin.value(start))
    part = "every point is classified correctly" if not len(rest) else "some classes are separable"
    return Minimum(
        theta=theta,
        value=value if value > ROUNDING else 0.0,
        kind="infinity",
        exact=found is None or found.exact,
        method="linear programme for a separating direction (HiGHS)",
        message=(
            f"No finite minimum exists: along one direction {part}, so the loss keeps falling, "
            f"towards {ITS_VALUE}. The point shown is one on this direction."
        ),
        direction=direction,
        directions=nothing if len(nothing) else None,
    )
