"""Paths over both surfaces: a descent that stops early, or a penalty's path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectory, descend
from lossviz.descent.setting import fitted_rate, of_problem
from lossviz.landscapes import Landscape, ProjectedPath, project
from lossviz.metrics import measure
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.regularization import WeightsOnly, strength_grid
from lossviz.regularization.validation import fitted
from lossviz.ui import cache
from lossviz.ui.bars import searched
from lossviz.ui.lenses.validation.comparison import Scene
from lossviz.validation.curves import Strengths, validated_path, weighted_sum
from lossviz.validation.stopping import early_stop

Array = NDArray[np.floating]
STEPS = 400  # of the descent


def paths(
    scene: Scene, panel: str, form: str, patience: int
) -> tuple[list[tuple[str, ProjectedPath, int]], ...]:
    """What was walked, on the first surface and on the second: a descent, or a penalty's path.

    With the place on it that is kept: by early stopping, or as the best strength.
    """
    if panel not in ("stop", "penalty"):
        return [], []
    try:
        if panel == "stop":
            points = descent(scene).points
            kind, kept = "descent", early_stop(scene.held.value(points), patience).best
        else:
            recipes = cache.parts(scene.parts.train), cache.parts(scene.parts.held)
            found = strengths(*recipes, form)
            points, kind, kept = found.thetas, "penalty", found.best
    except ValueError:  # the panel says why
        return [], []
    judge = scene.metric
    second = scene.held.value(points) if judge is None else measure(scene.held, judge, points)
    return tuple(
        [(kind, _inside(project(_Walk(points, values), scene.plane), land), kept)]
        for values, land in zip((scene.train.value(points), second), scene.landscapes, strict=True)
    )


class _Walk:
    """Points with values, as ``project`` takes a path."""

    def __init__(self, points: Array, values: Array) -> None:
        self.points, self.values = points, values


def _inside(path: ProjectedPath, land: Landscape) -> ProjectedPath:
    """The same path with gaps where it leaves the window."""
    seen = (path.a >= land.a[0]) & (path.a <= land.a[-1])
    seen &= (path.b >= land.b[0]) & (path.b <= land.b[-1])
    return replace(path, a=np.where(seen, path.a, np.nan), b=np.where(seen, path.b, np.nan))


def descent(scene: Scene) -> Trajectory:
    """Gradient descent on the training loss from a corner of the window."""
    a, b = scene.landscapes[0].a, scene.landscapes[0].b
    window = (float(a[0]), float(a[-1])), (float(b[0]), float(b[-1]))
    surface = of_problem(scene.train, scene.best, scene.plane, window)
    entry = OPTIMIZERS["gd"]
    rate = fitted_rate(entry, surface, surface.curvature())
    return descend(scene.train, entry(lr=rate), surface.theta(surface.home), steps=STEPS)


@searched("Following the penalty")
def strengths(train: tuple[Any, ...], held: tuple[Any, ...], form: str) -> Strengths:
    risk = weighted_sum(replace(Problem(*train), penalty=PENALTIES[form]()).risk())
    judge = weighted_sum(Problem(*held).risk())
    strengths = strength_grid(WeightsOnly(risk))
    return validated_path(risk, judge.data, strengths.tolist(), fitted(risk, risk.data, strengths))
