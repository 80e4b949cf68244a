"""The comparison on the page: the training loss, and the loss or metric on held-out rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.planes import Plane
from lossviz.metrics import (
    METRICS,
    Metric,
    Ratio,
    expected_seconds,
    metric_surface,
    undefined_surface,
)
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem
from lossviz.ui import cache, coarse
from lossviz.ui.bars import kept
from lossviz.ui.sidebar.problem import prefix
from lossviz.ui.sidebar.widgets import select, turn
from lossviz.validation.gap import Gap, Parts, gap

Array = NDArray[np.floating]
LOSS = "loss"
FIRST = {"regression": LOSS, "binary": "accuracy", "multiclass": "accuracy"}
NEAR = 1e-9  # off the plane, in parameter units: rounding


@dataclass(frozen=True, eq=False)
class Scene:
    """Both surfaces on one plane, with the best point of each.

    ``middle`` (p,) is the training minimum, or where its way to infinity is cut off.
    """

    parts: Parts
    train: Risk
    held: Risk
    metric: Metric | None
    best: Minimum
    middle: Array
    plane: Plane
    landscapes: tuple[Landscape, Landscape]
    gap: Gap
    minima: tuple[tuple[Mark, ...], ...]  # by surface

    @property
    def label(self) -> str:
        """What the second surface shows."""
        if self.metric is None:
            return f"Held out: {self.held.loss.name}"
        return f"Held out: {self.metric.name}"

    @property
    def undefined(self) -> tuple[float, bool]:
        """At which share of the grid points the metric is 0/0, and whether at the minimum too."""
        if not isinstance(self.metric, Ratio):
            return 0.0, False
        land, (x, y) = self.landscapes[1], self.plane.project(self.middle)
        here = undefined_surface(self.held, self.metric, self.plane, [x], [y])
        recipes = cache.parts(self.parts.held)
        everywhere = _undefined(recipes, self.metric, *_key(self.plane), land.a, land.b)
        return everywhere, bool(here.any())


def ask(problem: Problem) -> Metric | None:
    """The menu of measures; None is the loss itself on the rows held out."""
    task = type(problem.dataset).task
    menu = {LOSS: "Held-out loss"}
    menu |= {id: each.label for id, each in METRICS.items() if task in each.tasks}
    first = FIRST[task]
    id = select("Judged by", menu, f"{prefix(task)}judge", default=first, known=menu)
    if id == LOSS:
        return None
    metric = METRICS[id]()
    return replace(metric, **settings(metric)) if task == "binary" else metric


def settings(metric: Metric) -> dict[str, Any]:
    """A metric's own hyperparameters, a threshold; those of one name are one everywhere."""
    return {each.name: turn(each, f"judge-{each.name}") for each in metric.hyperparameters()}


def scene(
    parts: Parts,
    metric: Metric | None,
    best: Minimum,
    middle: Array,
    plane: Plane,
    window: tuple[Array, Array],
) -> Scene:
    """Both surfaces and the best point of each; ValueError where the metric is not defined."""
    train, held = parts.train.risk(), parts.held.risk()
    asked = [cache.Asked(each, plane, *window) for each in (parts.train, parts.held)]
    landscapes = coarse.drawn(
        lambda grids: _pair(parts, metric, plane, *grids[0]),
        [window],
        asked[0].seconds + (expected_seconds(held, *window) if metric else asked[1].seconds),
        (*(each.key for each in asked), metric),
    )
    home = plane.project(middle)
    second = _second(parts.held, metric, plane, landscapes[1], (float(home[0]), float(home[1])))
    found = gap(train, held, metric, np.stack([middle, second]))
    at = plane.project(found.thetas)
    names = ("lowest training loss", "best on the rows held out")
    marks = tuple(
        tuple(
            Mark(name, "point", at[i : i + 1, 0], at[i : i + 1, 1], found.scores[i : i + 1, k])
            for i, name in enumerate(names)
        )
        for k in (0, 1)
    )
    return Scene(parts, train, held, metric, best, middle, plane, landscapes, found, marks)


def _pair(
    parts: Parts, metric: Metric | None, plane: Plane, a: Array, b: Array
) -> tuple[Landscape, Landscape]:
    """The training loss, and the loss or metric on the rows held out."""
    train = cache.landscape(parts.train, plane, a, b)
    if metric is None:
        return train, cache.landscape(parts.held, plane, a, b)
    scores = _scores(cache.parts(parts.held), metric, *_key(plane), a, b)
    return train, Landscape(plane, a, b, scores)


def _key(plane: Plane) -> tuple[Array, Array, Array]:
    return plane.origin, plane.u, plane.v


@kept("Judging every point of the surface", 64)
def _scores(
    progress: Progress, recipes: tuple[Any, ...], metric: Metric, origin: Array, u: Array,
    v: Array, a: Array, b: Array,
) -> Array:  # fmt: skip
    risk, plane = Problem(*recipes).risk(), Plane(origin, u, v)
    return metric_surface(risk, metric, plane, a, b, progress).values


@kept("Looking for points without a score", 64)
def _undefined(
    progress: Progress, recipes: tuple[Any, ...], metric: Ratio, origin: Array, u: Array,
    v: Array, a: Array, b: Array,
) -> float:  # fmt: skip
    risk, plane = Problem(*recipes).risk(), Plane(origin, u, v)
    return float(undefined_surface(risk, metric, plane, a, b, progress).mean())


def _second(
    held: Problem, metric: Metric | None, plane: Plane, land: Landscape, near: tuple[float, float]
) -> Array:
    """(p,) the best point by the second measure: exact where it is on the plane, else of the
    grid, and the training minimum itself where the grid has nothing better."""
    if metric is None:
        exact = cache.minimum(held)
        inside = False
        if exact.kind == "point":
            x, y = plane.project(exact.theta)
            inside = land.a[0] <= x <= land.a[-1] and land.b[0] <= y <= land.b[-1]
        if inside and plane.distance(exact.theta[None])[0] <= NEAR:
            return exact.theta
    point = land.best(metric is not None and metric.higher, near)
    theta = plane.point(point.a, point.b)
    home = plane.point(*near)
    risk = held.risk()
    scores = gap(risk, risk, metric, np.stack([home, theta])).scores[:, 1]
    gain = scores[1] - scores[0]
    higher = metric is not None and metric.higher
    return theta if (gain > 0 if higher else gain < 0) else home
