"""Results worth keeping between reruns: recipes go in side by side, results come out.

An objective is never an argument: Streamlit hashes what is inside it by its numbers alone and
would hand the absolute error the squared error's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from secrets import token_hex
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.findings import landscapes as findings
from lossviz.landscapes import Landscape, evaluate_plane, expected_seconds
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.planes import Plane
from lossviz.minima import Minimum, minimize
from lossviz.problem.problem import Problem
from lossviz.ui import coarse
from lossviz.ui.bars import hashable, kept, searched

Array = NDArray[np.floating]


class Parts(tuple[Any, ...]):
    """What can be a key, side by side: recipes above all."""


@lru_cache(maxsize=4096)
def named(parts: Parts) -> str:
    """A name for these parts; the same for equal ones, as long as it is remembered."""
    return token_hex(8)


def key(*values: Any) -> str:
    """A name for recipes, numbers and arrays side by side; the same for equal ones."""
    return named(Parts(map(hashable, values)))


# For ``hash_funcs``: Streamlit copies a recipe field by field to look through it, which was a sixth
# of a rerun's CPU.  Python compares recipes by their class and their numbers at once.
BY_NAME: dict[str | type[Any], Callable[[Any], Any]] = {Parts: named}


def parts(problem: Problem) -> Parts:
    """The recipes of a problem, side by side, as a function cached ``BY_NAME`` takes them."""
    return Parts(
        (
            problem.dataset,
            problem.model,
            problem.loss,
            problem.penalty,
            problem.edits,
            problem.contamination,
            problem.held,
        )
    )


def minimum(problem: Problem) -> Minimum:
    """The lowest point of the problem's objective."""
    return _minimum(parts(problem))


@searched("Searching for the lowest point", 512)
def _minimum(recipes: tuple[Any, ...]) -> Minimum:
    return minimize(Problem(*recipes).risk())


def landscape(problem: Problem, plane: Plane, a: Array, b: Array) -> Landscape:
    """The problem's objective over a window of a plane."""
    return Landscape(plane, a, b, _values(parts(problem), plane.origin, plane.u, plane.v, a, b))


class Asked(NamedTuple):
    """A surface: the problem's objective over the grid of a (k,) and b (m,) on a plane."""

    problem: Problem
    plane: Plane
    a: Array
    b: Array

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        return expected_seconds(self.problem.risk(), self.plane, self.a, self.b)

    @property
    def key(self) -> tuple[Any, ...]:
        """What decides it."""
        plane = self.plane
        return parts(self.problem), *map(hashable, (plane.origin, plane.u, plane.v, self.a, self.b))


def progressive(problem: Problem, plane: Plane, a: Array, b: Array) -> Landscape:
    """``landscape``, coarse at first where a fine one takes long (``coarse``)."""
    return landscapes([Asked(problem, plane, a, b)])[0]


def landscapes(asked: Sequence[Asked]) -> list[Landscape]:
    """Surfaces that are seen together: all coarse at first where they take long."""
    return coarse.drawn(
        lambda grids: [
            landscape(each.problem, each.plane, *grid)
            for each, grid in zip(asked, grids, strict=True)
        ],
        [(each.a, each.b) for each in asked],
        sum(each.seconds for each in asked),
        tuple(each.key for each in asked),
    )


def sentences(problem: Problem, land: Landscape) -> list[str]:
    """What is seen on the problem's surface: the local minima of many points take a while."""
    return _sentences(problem, land, Asked(problem, land.plane, land.a, land.b).key)


@searched("Reading the surface", 64)
def _sentences(_problem: Problem, _land: Landscape, of: tuple[Any, ...]) -> list[str]:
    return findings.sentences(_problem.risk(), minimum(_problem), _land)


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
