"""Feature scaling: condition numbers of one problem in raw and in standardised features."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.curvature import Curvature
from lossviz.datasets import Edits
from lossviz.datasets.transforms import standardised
from lossviz.descent.setting import Surface, of_problem
from lossviz.landscapes.planes import Plane, axes
from lossviz.landscapes.window import good_window, within_reach
from lossviz.minima import minimize
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem

Array = NDArray[np.floating]


class Side(NamedTuple):
    """A risk with its surface, a start (2,) on its plane, and its curvature at the minimum."""

    title: str
    risk: Risk
    surface: Surface
    start: tuple[float, float]
    curvature: Curvature


def sides(problem: Problem, theta: ArrayLike) -> tuple[Side, Side]:
    """The problem in raw units and standardised, both from the same model ``theta`` (p,).

    Datasets that can be drawn raw are; points changed by hand are raw data as they stand.
    """
    shown, raw = problem.risk(), problem.risk()
    if problem.edits == Edits() and getattr(problem.dataset, "standardise", False):
        measured: Any = problem.dataset
        raw = replace(problem, dataset=replace(measured, standardise=False)).risk()
    even = replace(raw, data=standardised(raw.data))
    return (
        _side("Raw inputs", raw, same_model(shown, raw, theta)),
        _side("Standardised inputs", even, same_model(shown, even, theta)),
    )


def same_model(risk: Risk, other: Risk, theta: ArrayLike) -> Array:
    """The parameters in ``other`` (p,) that predict what ``theta`` predicts in ``risk``.

    Exact for models that are linear in their parameters and have an intercept; elsewhere the
    numbers themselves are kept.
    """
    theta = np.asarray(theta, float)
    mine, theirs = risk.model.design(risk.data.X), other.model.design(other.data.X)
    if mine is None or theirs is None:
        return theta
    return np.linalg.lstsq(theirs, mine @ theta, rcond=None)[0]


def _side(title: str, risk: Risk, theta: Array) -> Side:
    best, names = minimize(risk), risk.names
    i, j = (0, 1) if len(names) < 3 or names[0] != "intercept" else (1, 2)
    if len(names) == 1:
        plane = Plane(np.zeros(1), np.ones(1), np.zeros(1), (names[0], ""))
    else:
        plane = axes(best.theta if len(names) > 2 else 2, i, j, (names[i], names[j]))
    a, b = plane.project(theta).tolist()
    surface = of_problem(risk, best, plane, good_window(risk, plane, within_reach(risk, best)))
    surface = surface.including((a, b))
    return Side(title, risk, surface, (a, b), surface.curvature())
