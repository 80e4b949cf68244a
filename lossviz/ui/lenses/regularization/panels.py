"""A closer look at penalised weights: one panel at a time, the others cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from lossviz import regularization as core
from lossviz.datasets import DATASETS, Edits
from lossviz.figures import shrinkage as pictures
from lossviz.figures.regularization import coefficients
from lossviz.findings import regularization as findings
from lossviz.problem.problem import Problem
from lossviz.regularization import Scene, WeightsOnly
from lossviz.text import as_markdown, number
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.lenses.regularization import weight_decay
from lossviz.ui.lenses.regularization.stage import on_grid, risk_of, strength_key
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import select, slider

LEARN = 40  # points: few enough for a penalty to matter
ROW = 17  # pixels a name takes beside a picture
PANELS = {
    "paths": "All coefficients",
    "validation": "Held-out data",
    "descent": "Subgradient or proximal gradient",
    "curve": "Polynomial curve",
    "network": "Small network",
}


def panel(problem: Problem, reduced: WeightsOnly, scene: Scene, step: int) -> None:
    """A closer look: one of the panels; the others cost nothing."""
    chosen = select("Details", PANELS, "reg-panel", draw=st.segmented_control)
    draw: dict[str, Callable[[], None]] = {
        "paths": lambda: _paths(problem),
        "validation": lambda: _held_out(problem),
        "descent": lambda: _descent(problem, reduced, scene, step),
        "curve": _curve,
        "network": lambda: weight_decay.show(problem.dataset.task),
    }
    with st.container(key="details"):
        try:
            draw[chosen]()
        except ValueError as error:
            st.error(as_markdown(str(error)))


def all_features(problem: Problem) -> Problem:
    """The same problem with every feature of its table; changes by hand are of two and stay out."""
    dataset = problem.dataset.whole()
    if dataset == problem.dataset:
        return problem
    return replace(problem, dataset=dataset, edits=Edits())


P = TypeVar("P", core.CoefficientPath, core.ValidationPath)


def _with(path: P, one: P) -> P:
    """The path over the grid with one strength more: all that a change of λ computes."""
    return core.inserted(path, one, int(np.searchsorted(path.strengths, one.strengths[0])))


# a slider over λ has 74 stops, and a class moves it over the same data
@searched("Following every coefficient", 256)
def _coefficients(recipes: tuple[Any, ...], now: float | None) -> core.CoefficientPath:
    risk = risk_of(recipes)
    if now is None:
        return core.coefficient_path(risk, core.strength_grid(WeightsOnly(risk)))
    return _with(_coefficients(recipes, None), core.coefficient_path(risk, [now]))


def _paths(problem: Problem) -> None:
    every = all_features(problem)
    recipes, off, now = on_grid(every)
    path = _coefficients(recipes, off)
    places = core.places(path.strengths)
    height = max(400, 70 + ROW * len(path.names))
    left, right = st.columns([1.6, 1], gap="small")
    text = findings.fewer(path, now)
    with left:
        stage.show(
            coefficients(
                places, path.strengths, path.weights, path.names,
                core.name_heights(path.weights[1:], (height - 60) // ROW), now, moving=False,
            ),
            key="reg-paths", height=height, alt=f"Every coefficient against λ. {text}",
        )  # fmt: skip
    with right:
        stage.show(
            pictures.freedom(places, path.strengths, path.zeros, path.freedom, now),
            key="reg-freedom", height="panel", alt=text,
        )  # fmt: skip
        st.markdown(text)
    if every.edits != problem.edits:
        st.caption("Edited points are left out here: they have two features only.")


@searched("Validating every λ on held-out data", 256)
def _validation(
    recipes: tuple[Any, ...], now: float | None, learn: int, seed: int
) -> core.ValidationPath:
    known = _learners(recipes, learn, seed)
    if now is None:
        strengths = core.strength_grid(WeightsOnly(known.risk))
        return core.validation_path(known.train, known.validation, known.risk, strengths, seed=seed)
    return _with(_validation(recipes, None, learn, seed), core.validated(known, [now]))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NAME)
def _learners(recipes: tuple[Any, ...], learn: int, seed: int) -> core.Learners:
    risk = risk_of(recipes)
    return core.learners(*core.learning_split(risk.data, learn, seed), risk, seed)


def held_out(problem: Problem) -> str:
    """A sentence on what the strength buys on held-out points, for the two weights shown."""
    n, learn = len(problem.draw()), LEARN
    if state.get("reg-panel") == "validation":  # a slider that is not shown changes no sentence
        learn = state.get("reg-learn", LEARN)
    try:
        recipes, off, now = on_grid(problem)
        found = _validation(recipes, off, min(learn, int(0.9 * n)), 0)
    except ValueError:  # a handful of points, or a part of one class only
        return ""
    return findings.learned(found, now, problem.draw().X.shape[1])


def _held_out(problem: Problem) -> None:
    every = all_features(problem)
    n = len(every.draw())
    first, second = st.columns(2)
    with first:
        learn = slider("Training points", "reg-learn", LEARN, 4, 400, whole=True)
    with second:
        seed = slider("Which points (seed)", "reg-seed", 0, 0, 99, whole=True)
    if learn >= n:
        st.caption(f"There are {n} points; one in ten is held out.")
    recipes, off, now = on_grid(every)
    found = _validation(recipes, off, min(learn, int(0.9 * n)), seed)
    d = every.draw().X.shape[1]
    text = findings.learned(found, now, d)
    if found.learned <= d:
        text += (
            f" There are {d} features and only {found.learned} points: without a penalty many "
            "models fit them without any error, and the one of least norm is taken."
        )
    stage.show(
        pictures.validation_path(
            core.places(found.strengths), found, now, every.loss.label.lower()
        ),
        key="reg-validation", height="panel", alt=text,
    )  # fmt: skip
    st.markdown(text)


def _descent(problem: Problem, reduced: WeightsOnly, scene: Scene, step: int) -> None:
    if not reduced.penalty.convex:
        st.caption("L0 has no gradient to follow, so no method is run on it here.")
        return
    share = slider("Learning rate, as a share of the safe 1/L", "reg-rate", 0.3, 0.05, 1.0)
    _to_a_zero(problem, scene, step)
    if np.isnan(scene.path.weights[step]).any():
        st.caption("At this λ there is no finite minimum. Raise λ.")
        return
    start = np.array([0.9 * scene.a[-1], 0.9 * scene.b[-1]])
    runs = core.penalised_paths(reduced, start, share=share)
    held = int(np.argmin(np.abs(runs[1].points[-1])))
    text = findings.exact_zeros(reduced, runs, scene.path.weights[step])
    left, right = st.columns(2, gap="small")
    with left:
        z = scene.data + scene.path.strengths[step] * scene.penalty_values
        stage.show(
            pictures.penalised_paths(scene, z, runs), key="reg-descent", height="panel", alt=text
        )
    with right:
        stage.show(
            pictures.hovering(runs, held, scene.names[held]), key="reg-hover", height="panel",
            alt=f"The size of the {scene.names[held]} against steps. {text}",
        )  # fmt: skip
    st.markdown(text)


def _to_a_zero(problem: Problem, scene: Scene, step: int) -> None:
    """A button to a strength at which one weight is exactly zero, where this one is none."""
    zeros = scene.path.zeros
    better = np.flatnonzero(zeros == 1)
    if zeros[step] or not len(better):
        return
    strength = float(scene.path.strengths[better[0]])
    st.button(
        f"Set λ to {number(strength, 3)}, where one weight is exactly zero",
        on_click=state.put, args=(strength_key(problem), strength),
    )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _wiggles(dataset: Any, degree: int, learn: int, seed: int) -> core.Wiggles:
    return core.wiggles(dataset, degree, learn, seed)


def _curve() -> None:
    first, second, third = st.columns(3)
    with first:
        degree = slider("Degree", "reg-degree", 12, 1, 15, whole=True)
    with second:
        learn = slider("Training points", "reg-points", 15, 4, 29, whole=True)
    with third:
        seed = slider("Which points (seed)", "reg-seed", 0, 0, 99, whole=True)
    found = _wiggles(DATASETS["curve"](), degree, learn, seed)
    text = findings.calmed(found)
    stage.player(
        steps=len(found.strengths), key="reg-curve-player", group="reg-curve", label="λ step",
        opens=0, captions=[f"λ = {number(s, 2)}" for s in found.strengths],
    )  # fmt: skip
    left, right = st.columns(2, gap="small")
    with left:
        stage.show(
            pictures.wiggly(found, 0), key="reg-curve", group="reg-curve", height="panel", alt=text,
            moves=[stage.Rows("curve", found.curves)],
        )  # fmt: skip
    with right:
        stage.show(
            pictures.wiggly_losses(core.places(found.strengths), found), key="reg-curve-losses",
            group="reg-curve", height="panel", alt=text,
            moves=[stage.Pick("training now"), stage.Pick("held-out now")],
        )  # fmt: skip
    st.markdown(text)
