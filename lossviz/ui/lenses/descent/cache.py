"""Descents worth keeping between reruns: what they depend on goes in, results come out.

Surfaces are passed under a name with an underscore, which Streamlit does not hash; ``key`` holds
everything that decides the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.curvature import Curvature
from lossviz.descent import Trajectory, descend, scaling, stochastic_gradients
from lossviz.descent import race as races
from lossviz.descent.setting import Surface, fitted_rate, of_problem
from lossviz.findings import descent_step as words
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.window import good_window, within_reach
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.optimizers import Optimizer, Schedule
from lossviz.problem.problem import Problem
from lossviz.ui import cache
from lossviz.ui.bars import kept, searched
from lossviz.ui.turns import heed

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Scene:
    """A surface with the recipes it comes from; ``problem`` is None on a test function.

    Scenes are equal where their keys are.
    """

    surface: Surface
    recipes: tuple[Any, ...]
    problem: Problem | None = None

    @cached_property
    def key(self) -> str:
        """A name for everything that decides what a descent on this surface does."""
        plane = self.surface.plane
        return cache.key(*self.recipes, plane.origin, plane.u, plane.v, self.surface.window)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scene) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Setting(NamedTuple):
    """How a race is run, apart from who runs."""

    start: tuple[float, float]
    steps: int
    schedule: Schedule
    batch: int
    seed: int


def landscape(scene: Scene, a: Array, b: Array) -> Landscape:
    """The surface's heights over a window."""
    if scene.problem is not None:
        return cache.progressive(scene.problem, scene.surface.plane, a, b)
    return evaluate_plane(scene.surface.objective, scene.surface.plane, a, b)


def around(problem: Problem, plane: Plane) -> Surface:
    """The fitted problem's surface, in its usual window."""
    key = cache.key(*cache.parts(problem), plane.origin, plane.u, plane.v)
    return _around(problem.risk(), cache.minimum(problem), plane, key)


@searched("Looking for a window", 64)
def _around(_risk: Risk, _best: Minimum, _plane: Plane, key: str) -> Surface:
    window = good_window(_risk, _plane, within_reach(_risk, _best))
    return of_problem(_risk, _best, _plane, window)


def curvature(scene: Scene) -> Curvature:
    """The curvature at the lowest known point."""
    return _curvature(scene.surface, scene.key)


@searched("Measuring the curvature", 64)
def _curvature(_surface: Surface, key: str) -> Curvature:
    return _surface.curvature()


def here(scene: Scene, path: Trajectory, step: int) -> Curvature:
    """The curvature at a step of a path."""
    return scene.surface.curvature_at(path.points[step])


def fitted(scene: Scene, entry: type[Optimizer]) -> float:
    """A rate that suits this optimizer on this surface."""
    return _fitted(scene.surface, scene.key, entry.id, entry)


@searched("Looking for a learning rate", 256)
def _fitted(_surface: Surface, key: str, id: str, _entry: type[Optimizer]) -> float:
    return fitted_rate(_entry, _surface, _curvature(_surface, key))


class Race(NamedTuple):
    """Paths and what is drawn of them."""

    paths: list[Trajectory]
    tracks: list[races.Track]


def race(scene: Scene, optimizers: tuple[Optimizer, ...], setting: Setting) -> Race:
    """One path for each optimizer, and its drawn form."""
    return _race(scene.surface, scene.key, optimizers, setting)


@searched("Descending", 24)
def _race(_surface: Surface, key: str, optimizers: tuple[Optimizer, ...], setting: Setting) -> Race:
    paths = races.race(
        _surface,
        optimizers,
        setting.start,
        setting.steps,
        setting.schedule,
        setting.batch,
        setting.seed,
        heed,
    )
    for path in paths:
        _ = path.ending  # judged once, here, and kept with the path
    return Race(paths, races.tracks(_surface, paths))


def captions(
    scene: Scene, optimizer: Optimizer, setting: Setting, path: Trajectory, shown: tuple[int, ...]
) -> words.Captions:
    """One line of numbers for every step of the path."""
    return _captions(path, scene.key, optimizer, setting, shown)


@searched("Writing down every step")
def _captions(
    _path: Trajectory, key: str, optimizer: Optimizer, setting: Setting, shown: tuple[int, ...]
) -> words.Captions:
    return words.captions(_path, shown)


def sweeps(
    scene: Scene,
    optimizers: tuple[Optimizer, ...],
    centres: Mapping[str, float],
    setting: Setting,
) -> list[races.Sweep]:
    """Five decades of learning rates for each optimizer."""
    return _sweeps(scene, optimizers, tuple(centres.items()), setting)


@kept("Descending at 61 learning rates", 16)
def _sweeps(
    progress: Progress,
    scene: Scene,
    optimizers: tuple[Optimizer, ...],
    centres: tuple[tuple[str, float], ...],
    setting: Setting,
) -> list[races.Sweep]:
    return races.sweeps(
        scene.surface,
        optimizers,
        dict(centres),
        setting.start,
        setting.steps,
        setting.schedule,
        progress,
    )


@kept("Descending from every point of a grid", 12)
def basins(
    progress: Progress,
    scene: Scene,
    optimizer: Optimizer,
    side: int,
    steps: int,
    schedule: Schedule,
) -> races.BasinMap:
    """A grid of starts, descended at once."""
    return races.basins(scene.surface, optimizer, side, steps, schedule, progress)


class Noise(NamedTuple):
    """Stochastic gradients (draws, 2), the full one (2,), and a bundle of noisy paths."""

    cloud: Array
    full: Array
    bundle: list[races.Track]


@kept("Drawing mini-batches", 16)
def noise(
    progress: Progress,
    scene: Scene,
    optimizer: Optimizer,
    setting: Setting,
    theta: Array,
    seeds: int,
) -> Noise:
    """What mini-batches of this size do at a point, and to a path."""
    risk, plane = scene.surface.objective, scene.surface.plane
    axes = np.stack([plane.u, plane.v], axis=1)
    draws = stochastic_gradients(risk, theta, setting.batch, 200, setting.seed)
    start = scene.surface.theta(setting.start)
    rule = None if optimizer.line_search else setting.schedule
    paths = []
    for number in range(seeds):
        progress((number + 1) / (seeds + 1))
        paths.append(
            descend(
                risk,
                optimizer,
                start,
                setting.steps,
                batch_size=setting.batch,
                seed=setting.seed + number,
                schedule=rule,
            )
        )
    bundle = races.tracks(scene.surface, paths)
    return Noise(draws @ axes, risk.gradient(theta) @ axes, bundle)


def sides(problem: Problem, theta: Array) -> tuple[scaling.Side, scaling.Side]:
    """The problem in raw and in standardised inputs."""
    return _sides(cache.parts(problem), theta)


@searched("Fitting raw and standardised inputs", 16)
def _sides(recipes: tuple[Any, ...], theta: Array) -> tuple[scaling.Side, scaling.Side]:
    return scaling.sides(Problem(*recipes), theta)
