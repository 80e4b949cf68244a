"""Results worth keeping between reruns: recipes go in side by side, results come out.

An objective is never an argument: Streamlit hashes what is inside it by its numbers alone and
would hand the absolute error the squared error's answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.planes import Plane
from lossviz.minima import Minimum, minimize
from lossviz.problem.problem import Problem
from lossviz.ui.bars import kept

Array = NDArray[np.floating]


def parts(problem: Problem) -> tuple[Any, ...]:
    """The recipes of a problem, side by side, as a cached function takes them."""
    return (
        problem.dataset,
        problem.model,
        problem.loss,
        problem.penalty,
        problem.edits,
        problem.contamination,
        problem.held,
    )


def minimum(problem: Problem) -> Minimum:
    """The lowest point of the problem's objective."""
    return _minimum(parts(problem))


@st.cache_data(max_entries=128, show_spinner="Searching for the lowest point")
def _minimum(recipes: tuple[Any, ...]) -> Minimum:
    return minimize(Problem(*recipes).risk())


def landscape(problem: Problem, plane: Plane, a: Array, b: Array) -> Landscape:
    """The problem's objective over a window of a plane."""
    return Landscape(plane, a, b, _values(parts(problem), plane.origin, plane.u, plane.v, a, b))


@kept("Computing the surface", 64)
def _values(
    progress: Progress,
    recipes: tuple[Any, ...],
    origin: Array,
    u: Array,
    v: Array,
    a: Array,
    b: Array,
) -> Array:
    risk = Problem(*recipes).risk()
    return evaluate_plane(risk, Plane(origin, u, v), a, b, progress).values
