"""Panels about a choice: when to stop, which penalty, how many rows, which degree, which folds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import validation as pictures
from lossviz.findings import validation as findings
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.height_scale import LinearScale
from lossviz.landscapes.planes import Plane
from lossviz.problem.problem import Problem
from lossviz.ui import cache, stage
from lossviz.ui.bars import kept
from lossviz.ui.lenses.validation.comparison import Scene
from lossviz.ui.lenses.validation.layout import beside
from lossviz.ui.lenses.validation.paths import descent, strengths
from lossviz.ui.sidebar.widgets import slider
from lossviz.validation.curves import (
    Degrees,
    Folds,
    Learning,
    by_degree,
    fold_surfaces,
    learning_curve,
)
from lossviz.validation.stopping import early_stop

Array = NDArray[np.floating]


def stop(scene: Scene, patience: int) -> None:
    """Where early stopping would stop a descent on the training loss."""
    path = descent(scene)
    held = scene.held.value(path.points)
    found = early_stop(held, patience)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(
            pictures.stopping(path.values, held, found, ("training loss", "held-out loss")),
            key="stop",
            height="panel",
            alt="Training and held-out loss against the step, with the step that is kept.",
        )
    with right:
        st.markdown(findings.stopped(found, patience, len(path.values) - 1))
        st.caption(
            "The white line on both surfaces is the descent, seen on this plane, and the diamond "
            "the step that is kept."
        )


def penalty(scene: Scene, form: str) -> None:
    """The path of the penalised minimum, judged on both parts."""
    found = strengths(cache.parts(scene.parts.train), cache.parts(scene.parts.held), form)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(
            pictures.strengths(found),
            key="strengths",
            height="panel",
            alt="Training and held-out loss against the strength of the penalty.",
        )
    with right:
        with st.container(key="in-numbers"):
            st.markdown(findings.strengths(found))
        st.caption(
            "The orange line on both surfaces is the path of the minimum as λ grows, and the "
            "diamond the best λ."
        )


def rows(scene: Scene) -> None:
    """Losses by the number of rows learned from, with bands over seeds."""
    found = _learning(cache.parts(scene.parts.train), cache.parts(scene.parts.held))
    law = f"risk, from {found.sample:,} fresh rows"
    beside(pictures.learning(found, law), "learning", findings.learning(found),
          "Training and held-out loss against the number of rows.")  # fmt: skip


@kept("Fitting to more and more rows", 16)
def _learning(progress: Progress, train: tuple[Any, ...], held: tuple[Any, ...]) -> Learning:
    return learning_curve(Problem(*train), Problem(*held).risk(), progress=progress)


def degree(scene: Scene) -> None:
    """Under- and overfitting by degree, with bias and variance."""
    found = _degrees(cache.parts(scene.parts.train))
    beside(pictures.degrees(found), "degree", findings.degrees(found),
          "Mean squared error against the degree, with bias and variance.")  # fmt: skip


@kept("Fitting every degree to many samples", 16)
def _degrees(progress: Progress, recipes: tuple[Any, ...]) -> Degrees:
    return by_degree(Problem(*recipes), progress=progress)


def folds(scene: Scene) -> None:
    """Cross-validation: k surfaces around their mean."""
    k = slider("Folds", "folds", 5, 2, 10, whole=True)
    a, b = scene.landscapes[0].a, scene.landscapes[0].b
    plane = scene.plane
    found = _folds(cache.parts(scene.parts.train), plane.origin, plane.u, plane.v, a, b, k)
    named = replace(found, mean=replace(found.mean, plane=plane))
    height_axis = LinearScale().height_axis(*(land.values for land in found.landscapes))
    beside(pictures.folds(named, height_axis), "folds", findings.folds(found),
          f"The losses of {k} folds as nets around the surface of their mean.", "most")  # fmt: skip


@kept("Fitting without each fold", 16)
def _folds(
    progress: Progress, recipes: tuple[Any, ...], origin: Array, u: Array, v: Array, a: Array,
    b: Array, k: int,
) -> Folds:  # fmt: skip
    risk, plane = Problem(*recipes).risk(), Plane(origin, u, v)
    return fold_surfaces(risk, plane, a, b, k, progress=progress)
