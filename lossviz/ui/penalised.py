"""The regularization lens's pictures, and its results worth keeping between reruns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz import regularization as core
from lossviz.datasets import DATASETS
from lossviz.figures import regularization as pictures
from lossviz.findings import regularization as findings
from lossviz.objectives import Risk
from lossviz.problems import Problem
from lossviz.regularization import Scene, WeightsOnly
from lossviz.ui import stage, state, work
from lossviz.ui.widgets import select, slider

Array = NDArray[np.floating]
PAIRS = (
    "diabetes_pair", "correlated_pair", "breast_cancer", "iris_versicolor", "moons", "circles",
    "blobs", "xor", "spirals",
)  # fmt: skip
LOSS_IDS = ("squared", "half_squared", "cross_entropy")
GROUP, TALL, LOW = "regularization", 244, 318
LEARN = 40  # points: few enough for a penalty to matter
VIEWS = {"price": "Penalty λ", "budget": "Budget"}
PANELS = {
    "paths": "All coefficients",
    "unseen": "Points not seen",
    "descent": "Slope or prox",
    "curve": "A wiggly curve",
}


def risk_of(recipes: tuple[Any, ...]) -> Risk:
    return Problem(*recipes).risk()


def opening(problem: Problem) -> bool:
    """Open with a strength at which something happens; True if the page should start again."""
    penalty = problem.penalty
    value = _opening(work.parts(replace(problem, penalty=core.unit(penalty))))
    return state.suggest(strength_key(problem), value)


def strength_key(problem: Problem) -> str:
    return f"penalty-{problem.penalty.id}-strength"


@st.cache_data(max_entries=64, show_spinner=False)
def _opening(recipes: tuple[Any, ...]) -> float:
    return core.opening(WeightsOnly(risk_of(recipes)))


@st.cache_data(max_entries=64, show_spinner=False)
def _rungs(recipes: tuple[Any, ...]) -> Array:
    return core.ladder(WeightsOnly(risk_of(recipes)))


def ladder(problem: Problem) -> tuple[tuple[Any, ...], float | None, int]:
    """What the results of every strength depend on, and the step of the strength chosen.

    The recipes hold the penalty at strength 1 and the second is the strength where it is no rung:
    all rungs share one result.
    """
    strength = problem.penalty.strength  # type: ignore[attr-defined]
    recipes = work.parts(replace(problem, penalty=core.unit(problem.penalty)))
    rungs = _rungs(recipes)
    step = int(np.searchsorted(rungs, strength))
    on = step < len(rungs) and rungs[step] == strength
    return recipes, None if on else strength, step


@st.cache_data(max_entries=32, show_spinner="Solving for every λ")
def _scene(recipes: tuple[Any, ...], now: float | None) -> Scene:
    return core.scene(WeightsOnly(risk_of(recipes)), now)


def scene(problem: Problem) -> tuple[Scene, int]:
    """What the pictures show, and the step of the strength chosen."""
    recipes, now, step = ladder(problem)
    return _scene(recipes, now), step


def surfaces(scene: Scene, crease: bool) -> None:
    """Data loss, penalty and their sum, under one camera and on one scale."""
    data, penalty, both = scene.heights()
    zero = np.zeros_like(scene.data)
    titles = ("Data loss", "+ λ · penalty", "= what is minimised")
    terms = (
        (scene.data, None, data),
        (zero, scene.price, penalty),
        (scene.data, scene.price, both),
    )
    keys = ("reg-data", "reg-penalty", "reg-sum")
    for place, title, key, (base, other, heights) in zip(
        st.columns(3, gap="small"), titles, keys, terms, strict=True
    ):
        lines = _creases(scene, base, other) if crease and other is not None else []
        moves: list[stage.Move] = [stage.Pick("minimum")]
        if other is not None:
            moves.append(stage.Mix("surface", base, other, scene.path.strengths))
        for number, (_, _, low, rise) in enumerate(lines):
            moves.append(stage.Mix(f"crease {number}", low, rise, scene.path.strengths))
        with place:
            st.markdown(f"**{title}**")
            stage.show(
                pictures.term(scene, base, heights, [line[:3] for line in lines]),
                key=key, group=GROUP, camera=GROUP, height=TALL, moves=moves,
                alt=f"{title} over the two weights, as a surface; it follows λ.",
            )  # fmt: skip


def _creases(scene: Scene, base: Array, other: Array) -> list[tuple[Array, Array, Array, Array]]:
    """x, y, base and rise along the two grid lines on which one weight is zero."""
    row, column = int((scene.b == 0).argmax()), int((scene.a == 0).argmax())
    return [
        (scene.a, np.zeros_like(scene.a), base[row], other[row]),
        (np.zeros_like(scene.b), scene.b, base[:, column], other[:, column]),
    ]


def view() -> str:
    """Whether the penalty is seen as a price or as a fence."""
    return select("Seen as", VIEWS, "reg-view", draw=st.segmented_control)


def maps(scene: Scene, step: int, view: str) -> None:
    """The map with the level sets through the minimum, and both weights against λ."""
    left, right = st.columns([1.1, 1], gap="small")
    path, price = scene.path, view == "price"
    ground = scene.data + (path.strengths[step] * scene.price if price else 0)
    moves: list[stage.Move] = [stage.Pick("minimum")]
    if price:
        moves.append(stage.Mix("surface", scene.data, scene.price, path.strengths))
    for name, curves in (("budget", scene.budget), ("touching", scene.touching)):
        for axis, values in zip("xy", curves or (), strict=False):
            moves.append(stage.Rows(name, values, attribute=axis))  # type: ignore[arg-type]
    with left:
        stage.show(
            pictures.above(scene, step, ground, constrained=not price),
            key="reg-map", group=GROUP, height=LOW, moves=moves,
            alt="The ground from above with the penalty's level set through the minimum, and the "
            "path of the minimum as λ grows.",
        )  # fmt: skip
    places = core.places(path.strengths)
    known = np.nan_to_num(path.weights)
    figure = pictures.coefficients(
        places,
        path.strengths,
        path.weights,
        scene.names,
        spread(known[0], known),
        step,
        moving=True,
    )
    still = np.stack([places, places], axis=1)
    with right:
        stage.show(
            figure, key="reg-weights", group=GROUP, height=LOW,
            moves=[*(stage.Pick(f"{name} now") for name in scene.names),
                   stage.Rows("now", still, attribute="x")],
            alt="Both weights against λ.",
        )  # fmt: skip


def spread(at: Array, curves: Array) -> Array:
    """(p,) heights for names at the line ends, apart by a fourteenth of the picture."""
    gap = float(np.ptp(curves)) / 14 or 1.0
    order = np.argsort(at)
    placed = at[order].copy()
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed -= (placed - at[order]).mean()
    found = np.empty_like(placed)
    found[order] = placed
    return found


def play(problem: Problem, scene: Scene, step: int) -> None:
    """The player over λ; where it rests is the strength of the whole page."""
    key = strength_key(problem)
    strengths = scene.path.strengths

    def rested(k: int) -> None:
        if 0 <= k < len(strengths):
            state.put(key, float(strengths[k]))

    stage.player(
        steps=len(strengths), key="reg-player", group=GROUP, label="λ step", at=step,
        captions=findings.captions(scene), on_frame=rested,
    )  # fmt: skip


def panel(problem: Problem, ground: WeightsOnly, scene: Scene, step: int) -> None:
    """A closer look: one of the panels; the others cost nothing."""
    chosen = select("Look closer", PANELS, "reg-panel", draw=st.segmented_control)
    draw: dict[str, Callable[[], None]] = {
        "paths": lambda: _paths(problem),
        "unseen": lambda: _unseen(problem),
        "descent": lambda: _descent(ground, scene, step),
        "curve": lambda: _curve(problem),
    }
    try:
        draw[chosen]()
    except ValueError as error:
        st.error(str(error))


def all_features(problem: Problem) -> Problem:
    """The same problem with every feature of its table, where that is another dataset."""
    if problem.dataset.id != "diabetes_pair":
        return problem
    standardise: bool = problem.dataset.standardise  # type: ignore[attr-defined]
    dataset = DATASETS["diabetes_all"](standardise=standardise)  # type: ignore[call-arg]
    return Problem(dataset, problem.model, problem.loss, problem.penalty)


@st.cache_data(max_entries=32, show_spinner="Following every coefficient")
def _coefficients(recipes: tuple[Any, ...], now: float | None) -> core.CoefficientPath:
    risk = risk_of(recipes)
    return core.coefficient_path(risk, core.ladder(WeightsOnly(risk), now))


def _paths(problem: Problem) -> None:
    every = all_features(problem)
    recipes, off, now = ladder(every)
    path = _coefficients(recipes, off)
    places = core.places(path.strengths)
    left, right = st.columns([1.6, 1], gap="small")
    said = findings.fewer(path, now)
    with left:
        stage.show(
            pictures.coefficients(
                places, path.strengths, path.weights, path.names,
                spread(path.weights[1], path.weights[1:]), now, moving=False,
            ),
            key="reg-paths", height=400, alt=f"Every coefficient against λ. {said}",
        )  # fmt: skip
    with right:
        stage.show(
            pictures.freedom(places, path.strengths, path.zeros, path.freedom, now),
            key="reg-freedom", height=400, alt=said,
        )  # fmt: skip
    st.markdown(said)


@st.cache_data(max_entries=32, show_spinner="Judging every λ on points not seen")
def _judged(recipes: tuple[Any, ...], now: float | None, learn: int, seed: int) -> core.Judged:
    risk = risk_of(recipes)
    train, held = core.parted(risk.data, learn, seed)
    return core.judge(train, held, risk, core.ladder(WeightsOnly(risk), now), seed=seed)


def unseen(problem: Problem) -> str:
    """A sentence on what the strength buys on held-out points, for the two weights shown."""
    n = len(problem.draw())
    try:
        recipes, off, now = ladder(problem)
        found = _judged(recipes, off, min(state.get("reg-learn", LEARN), int(0.9 * n)), 0)
    except ValueError:  # a handful of points, or a part of one class only
        return ""
    return findings.learned(found, now)


def _unseen(problem: Problem) -> None:
    every = all_features(problem)
    n = len(every.draw())
    first, second = st.columns(2)
    with first:
        learn = slider("Points to learn from", "reg-learn", LEARN, 4, 400, whole=True)
    with second:
        seed = slider("Which points", "reg-seed", 0, 0, 99, whole=True)
    if learn >= n:
        st.caption(f"There are {n} points; one in ten is held out.")
    recipes, off, now = ladder(every)
    found = _judged(recipes, off, min(learn, int(0.9 * n)), seed)
    said = findings.learned(found, now)
    d = every.draw().X.shape[1]
    if found.learned <= d:
        said += (
            f" There are {d} features and only {found.learned} points: without a penalty many "
            "models fit them without any error, and the shortest one is taken."
        )
    stage.show(
        pictures.judged(core.places(found.strengths), found, now, every.loss.label.lower()),
        key="reg-unseen", height=380, alt=said,
    )  # fmt: skip
    st.markdown(said)


def _descent(ground: WeightsOnly, scene: Scene, step: int) -> None:
    if not ground.penalty.convex:
        st.caption("L0 has no slope to follow: it is shown as a comparison and not descended.")
        return
    share = slider("Learning rate, as a share of the safe 1/L", "reg-rate", 0.3, 0.05, 1.0)
    start = np.array([0.9 * scene.a[-1], 0.9 * scene.b[-1]])
    runs = core.landings(ground, start, share=share)
    held = int(np.argmin(np.abs(runs[1].points[-1])))
    said = findings.landed(runs, ground.names)
    left, right = st.columns(2, gap="small")
    with left:
        z = scene.data + scene.path.strengths[step] * scene.price
        stage.show(pictures.landings(scene, z, runs), key="reg-descent", height=380, alt=said)
    with right:
        stage.show(
            pictures.hovering(runs, held, scene.names[held]), key="reg-hover", height=380,
            alt=f"The size of the {scene.names[held]} against steps. {said}",
        )  # fmt: skip
    st.markdown(said)


@st.cache_data(max_entries=32, show_spinner=False)
def _wiggles(dataset: Any, degree: int, learn: int, seed: int) -> core.Wiggles:
    return core.wiggles(dataset, degree, learn, seed)


def _curve(problem: Problem) -> None:
    first, second, third = st.columns(3)
    with first:
        degree = slider("Degree", "reg-degree", 12, 1, 15, whole=True)
    with second:
        learn = slider("Points to learn from", "reg-points", 15, 4, 29, whole=True)
    with third:
        seed = slider("Which points", "reg-seed", 0, 0, 99, whole=True)
    found = _wiggles(DATASETS["curve"](), degree, learn, seed)
    said = findings.calmed(found)
    stage.player(
        steps=len(found.strengths), key="reg-curve-player", group="reg-curve", label="λ step", at=0,
        captions=[f"λ = {s:.2g}" for s in found.strengths],
    )  # fmt: skip
    left, right = st.columns(2, gap="small")
    with left:
        stage.show(
            pictures.wiggly(found, 0), key="reg-curve", group="reg-curve", height=360, alt=said,
            moves=[stage.Rows("curve", found.curves)],
        )  # fmt: skip
    with right:
        stage.show(
            pictures.wiggly_losses(core.places(found.strengths), found), key="reg-curve-losses",
            group="reg-curve", height=360, alt=said,
            moves=[stage.Pick("learned from now"), stage.Pick("held out now")],
        )  # fmt: skip
    st.markdown(said)
