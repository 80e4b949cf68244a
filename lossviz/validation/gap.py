"""The gap between two surfaces on one plane: where each is best, and the difference there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes import Landscape
from lossviz.metrics import Metric, measure, metric_surface
from lossviz.objectives import Risk
from lossviz.penalties import NoPenalty
from lossviz.problem.problem import Problem

Array = NDArray[np.floating]
NUDGE = 1e-6  # of a grid step: a gradient is asked for at a point, not between two


class Parts(NamedTuple):
    """One problem, on the rows it learns from and on the rows held out."""

    train: Problem
    held: Problem


def parts(problem: Problem, share: float = 0.3, seed: int = 0) -> Parts:
    """The problem split in two: as it says itself, or by ``share`` and ``seed`` where it does not.

    The held-out part is judged without the penalty.  Raises ValueError when a part is empty.
    """
    held = problem.held
    if held.side == "all":
        standardise = bool(getattr(problem.dataset, "standardise", False))
        held = replace(held, share=share, seed=seed, standardise=standardise)
    train = replace(problem, held=replace(held, side="train"))
    held_out = replace(problem, held=replace(held, side="held_out"), penalty=NoPenalty())
    held_out.draw()  # a part that would be empty says so now
    return Parts(train, held_out)


@dataclass(frozen=True, eq=False)
class Gap:
    """Two points, and both measures at each.

    ``thetas`` (2, p): best for the first surface and best for the second; ``scores[i][k]`` is
    measure k at point i; ``distance`` between the points in parameter units.
    """

    thetas: Array
    scores: Array
    distance: float

    @property
    def costs(self) -> tuple[float, float]:
        """What each measure loses at the other's best point, never negative for a loss."""
        return (
            float(self.scores[1, 0] - self.scores[0, 0]),
            float(self.scores[0, 1] - self.scores[1, 1]),
        )


def gap(train: Risk, held: Risk, metric: Metric | None, thetas: Array) -> Gap:
    """Both measures at two points (2, p): the first's best and the second's.

    The first measure is the training loss with its penalty, the second the held-out loss or, if
    given, a metric on the held-out rows.
    """
    thetas = np.asarray(thetas, float)
    second = held.value(thetas) if metric is None else measure(held, metric, thetas)
    return Gap(
        thetas,
        np.column_stack([train.value(thetas), second]),
        float(np.linalg.norm(thetas[1] - thetas[0])),
    )


@dataclass(frozen=True)
class Flatness:
    """How much of a plane gives a metric no direction.

    ``points`` is the share of grid points at which a small move along either axis changes
    nothing; ``steps`` the share of steps between neighbouring grid points that change nothing.
    """

    points: float
    steps: float


def flatness(risk: Risk, metric: Metric, land: Landscape) -> Flatness:
    """Measured: the metric a millionth of a grid step to either side of every grid point."""
    a, b, z = land.a, land.b, land.values
    still = np.ones(z.shape, bool)
    for axis, line in enumerate((a, b)):
        if len(line) < 2:
            continue
        hair = NUDGE * float(line[1] - line[0])
        for sign in (-1, 1):
            moved = (a + sign * hair, b) if axis == 0 else (a, b + sign * hair)
            still &= metric_surface(risk, metric, land.plane, *moved).values == z
    steps = [np.diff(z, axis=k) == 0 for k in (0, 1)]
    count = sum(each.size for each in steps)
    return Flatness(float(still.mean()), sum(int(each.sum()) for each in steps) / max(count, 1))


class Disagreement(NamedTuple):
    """Two points of a plane: at the second the loss is higher and the metric better."""

    first: tuple[float, float]
    second: tuple[float, float]
    losses: tuple[float, float]
    scores: tuple[float, float]


def disagreement(loss: Landscape, metric: Landscape, higher: bool) -> Disagreement | None:
    """The pair of grid points that disagrees most in the metric; None where none disagrees."""
    z = loss.values.ravel()
    goodness = metric.values.ravel() * (1 if higher else -1)
    usable = np.flatnonzero(np.isfinite(z) & np.isfinite(goodness))
    order = usable[np.lexsort((-goodness[usable], z[usable]))]
    if not len(order):
        return None
    ranked, heights = goodness[order], z[order]
    # the worst score so far among points of a strictly lower loss
    worst = np.minimum.accumulate(ranked)
    before = np.searchsorted(heights, heights, side="left") - 1
    gain = np.where(before >= 0, ranked - worst[np.maximum(before, 0)], -np.inf)
    top = int(gain.argmax())
    if not gain[top] > 0:
        return None
    low = int(ranked[: before[top] + 1].argmin())
    pair = order[[low, top]]
    j, i = np.unravel_index(pair, loss.values.shape)
    at = [(float(loss.a[p]), float(loss.b[q])) for p, q in zip(i, j, strict=True)]
    values, scores = z[pair].tolist(), metric.values.ravel()[pair].tolist()
    return Disagreement(at[0], at[1], (values[0], values[1]), (scores[0], scores[1]))
