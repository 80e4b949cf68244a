"""The regularization lens's stage: two penalised weights, solved once for every strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from lossviz import exports
from lossviz import regularization as core
from lossviz.figures import regularization as pictures
from lossviz.findings import regularization as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.kinks import RAISED
from lossviz.landscapes.planes import axes
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem
from lossviz.regularization import Scene, WeightsOnly
from lossviz.text import number
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.sharing import offers
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import select

Array = NDArray[np.floating]
GROUP = "regularization"
LINES = 14  # of text, that fit beside the lower pictures
VIEWS = {"penalty": "Penalty λ", "budget": "Budget"}


def risk_of(recipes: tuple[Any, ...]) -> Risk:
    return Problem(*recipes).risk()


def opening(problem: Problem) -> bool:
    """Open with a strength at which something happens; True if the page should start again."""
    penalty = problem.penalty
    value = _opening(cache.parts(replace(problem, penalty=core.unit(penalty))))
    return state.suggest(strength_key(problem), value)


def strength_key(problem: Problem) -> str:
    return f"penalty-{problem.penalty.id}-strength"


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NAME)
def _opening(recipes: tuple[Any, ...]) -> float:
    return core.opening(WeightsOnly(risk_of(recipes)))


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NAME)
def _strengths(recipes: tuple[Any, ...]) -> Array:
    return core.strength_grid(WeightsOnly(risk_of(recipes)))


def on_grid(problem: Problem) -> tuple[tuple[Any, ...], float | None, int]:
    """What the results of every strength depend on, and the step of the strength chosen.

    The recipes hold the penalty at strength 1 and the second is the strength where it is not on the
    grid:
    all strengths of the grid share one result.
    """
    strength = problem.penalty.strength  # type: ignore[attr-defined]
    recipes = cache.parts(replace(problem, penalty=core.unit(problem.penalty)))
    strengths = _strengths(recipes)
    step = int(np.searchsorted(strengths, strength))
    on = step < len(strengths) and strengths[step] == strength
    return recipes, None if on else strength, step


@searched("Solving for every λ", 96)
def _scene(recipes: tuple[Any, ...], now: float | None) -> Scene:
    reduced = WeightsOnly(risk_of(recipes))
    return (
        core.scene(reduced) if now is None else core.including(_scene(recipes, None), reduced, now)
    )


def scene(problem: Problem) -> tuple[Scene, int]:
    """What the pictures show, and the step of the strength chosen."""
    recipes, now, step = on_grid(problem)
    return _scene(recipes, now), step


def _table(scene: Scene) -> dict[str, Array]:
    """The minimum at every strength, as columns."""
    path = scene.path
    weights = dict(zip(scene.names, path.weights.T, strict=True))
    return {"lambda": path.strengths, **weights, "data loss": path.data, "objective": path.values}


def surfaces(problem: Problem, scene: Scene, kink: bool) -> DeltaGenerator:
    """Their sum large, data loss and penalty beside it, under one camera and on one scale.

    Returns the column beside the sum, which has room for a third picture.
    """
    data, penalty, both = scene.heights()
    plane = axes(2, names=scene.names)
    loss = Landscape(plane, scene.a, scene.b, scene.data + scene.floor)
    offers.surface("Surface, data loss", loss)
    offers.surface(
        "Surface, penalty at λ = 1", Landscape(plane, scene.a, scene.b, scene.penalty_values)
    )
    offers.add("Minima over λ", lambda: exports.table(_table(scene)))
    cut = f", drawn up to {number(scene.top, 3)}"
    # read from the large picture on the left down the small ones beside it
    titles = ("= data loss", f"+ λ · penalty{cut}", f"Regularised objective{cut}")
    terms: tuple[tuple[Array | float, Array | None, Array], ...] = (
        (scene.data, None, data),
        (0.0, scene.penalty_values, penalty),
        (scene.data, scene.penalty_values, both),
    )
    keys = ("reg-data", "reg-penalty", "reg-sum")
    heights_of: tuple[stage.Height, ...] = ("third", "third", "large")
    grip = stage.Drag("minimum", "path")
    large, small = st.columns([2, 1], gap="small")
    for place, title, key, height, (base, other, heights) in zip(
        (small, small, large), titles, keys, heights_of, terms, strict=True
    ):
        shown = scene.penalty_values if isinstance(base, float) else base
        lines = _kinks(scene, base, other) if kink and other is not None else []
        moves: list[stage.Move] = [stage.Pick("minimum")]
        if other is not None:
            # the figure's own surface is the one, or the other
            first, second = (base, None) if isinstance(base, float) else (None, other)
            moves.append(stage.Mix("surface", first, second, scene.path.strengths))
        for k, (_, _, low, rise) in enumerate(lines):
            moves.append(stage.Mix(f"kink {k}", low, rise, scene.path.strengths))
        with place:
            st.markdown(f"**{title}**")
            stage.show(
                pictures.term(scene, shown, heights, [line[:3] for line in lines]),
                key=key, group=GROUP, camera=GROUP, height=height, moves=moves,
                drag=grip if key == "reg-sum" else None,  # the small ones are turned
                on_drag=chosen(problem, scene) if key == "reg-sum" else None,
                alt=f"A surface over the two weights: {title.lstrip('=+ ')}; it follows λ.",
            )  # fmt: skip
    return small


def _kinks(
    scene: Scene, base: Array | float, other: Array
) -> list[tuple[Array, Array, Array, Array]]:
    """x, y, base and rise along the two grid lines on which one weight is zero.

    The base stands a little above the surface, which would flicker through the lines otherwise.
    """
    row, column = int((scene.b == 0).argmax()), int((scene.a == 0).argmax())
    base = np.broadcast_to(base, other.shape) + RAISED * scene.top
    return [
        (scene.a, np.zeros_like(scene.a), base[row], other[row]),
        (np.zeros_like(scene.b), scene.b, base[:, column], other[:, column]),
    ]


def view() -> str:
    """Whether the problem is seen in its penalised or its constrained form."""
    return select("Seen as", VIEWS, "reg-view", draw=st.segmented_control)


def above(problem: Problem, scene: Scene, view: str) -> None:
    """The map, with the level sets through the minimum.

    The figure is that of the first step, and the player moves it: another strength sends nothing.
    """
    path, penalised = scene.path, view == "penalty"
    moves: list[stage.Move] = [stage.Pick("minimum")]
    if penalised:
        moves.append(stage.Mix("surface", None, scene.penalty_values, path.strengths))
    for name, curves in (("budget", scene.budget), ("touching", scene.touching)):
        for axis, values in zip("xy", curves or (), strict=False):
            moves.append(stage.Rows(name, values, attribute=axis))  # type: ignore[arg-type]
    stage.show(
        pictures.above(scene, 0, scene.data, constrained=not penalised),
        key="reg-map", group=GROUP, height="third", moves=moves,
        drag=stage.Drag("minimum", "path", "budget" if scene.budget is not None else None),
        on_drag=chosen(problem, scene),
        alt="The surface from above with the penalty's level set through the minimum, and the "
        "path of the minimum as λ grows.",
    )  # fmt: skip


def weights(scene: Scene, step: int) -> None:
    """Both weights against λ."""
    path = scene.path
    places = core.places(path.strengths)
    figure = pictures.coefficients(
        places,
        path.strengths,
        path.weights,
        scene.names,
        core.name_heights(path.weights, LINES),
        step,
        moving=True,
    )
    still = np.stack([places, places], axis=1)
    stage.show(
        figure, key="reg-weights", group=GROUP, height="low",
        moves=[*(stage.Pick(f"{name} now") for name in scene.names),
               stage.Rows("now", still, attribute="x")],
        alt="Both weights against λ.",
    )  # fmt: skip


def play(problem: Problem, scene: Scene, step: int) -> None:
    """The player over λ; where it rests is the strength of the whole page."""
    stage.player(
        steps=len(scene.path.strengths), key="reg-player", group=GROUP, label="λ step", at=step,
        captions=findings.captions(scene), on_frame=rested(problem, scene),
    )  # fmt: skip


def rested(problem: Problem, scene: Scene) -> Callable[[int], None]:
    """What the page does when the player rests at a step."""
    key, strengths = strength_key(problem), scene.path.strengths

    def rest(k: int) -> None:
        if 0 <= k < len(strengths):
            state.put(key, float(strengths[k]))

    return rest


def chosen(problem: Problem, scene: Scene) -> Callable[[stage.Event], None]:
    """The same when a hand lets go of the minimum, or of the budget, at a step."""
    rest = rested(problem, scene)
    return lambda event: rest(event["index"]) if event["done"] else None
