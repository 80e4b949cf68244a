"""The pair of networks on the page: its controls, both members, their planes and slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import data as over_data
from lossviz.landscapes import Landscape
from lossviz.landscapes.fitted import BOUNDARY, CURVE, Fit, fit
from lossviz.landscapes.planes import Plane
from lossviz.models import Model, ResidualNetwork
from lossviz.models.activations import ACTIVATIONS
from lossviz.networks.pair import RULES, SCALES, look, plain, scaled
from lossviz.networks.pair import window as window_of
from lossviz.networks.small import RATE, STEPS
from lossviz.networks.training import Training
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.problem.problem import Problem
from lossviz.text import TIMES, as_markdown
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.data import fitted
from lossviz.ui.lenses.networks.training import Course, Setting, begun
from lossviz.ui.sidebar import controls, held_out, state
from lossviz.ui.sidebar.problem import Lens
from lossviz.ui.sidebar.widgets import select, slider

Array = NDArray[np.floating]
ACTIVATION_NAMES = {"relu": "ReLU", "gelu": "GELU"}
COARSE, FINE = 21, 51
HEAVY = 8e9  # multiplications of a pair of surfaces above which a coarse pair comes first
BANK = 9  # drawings of the data per axis of the slice, for networks too large for the browser


class View(NamedTuple):
    """How a slice is cut: a key of ``RULES``, the seed of its directions, how far it reaches."""

    rule: str
    seed: int
    reach: float


class Member(NamedTuple):
    """One network of the pair: what it is, how it was trained, the plane it is seen from."""

    name: str
    problem: Problem
    risk: Risk
    run: Training
    plane: Plane


def lens() -> Lens:
    """What these networks can serve."""
    return Lens(
        tasks=("binary", "regression", "multiclass"),
        datasets=lambda entry: entry.for_networks,
        models=lambda entry: entry.id == "residual_network",
        losses=lambda entry: not entry.flat,
        ask=ask,
        why="This page trains networks: data and losses that are not suited to that are left out.",
        first={
            "binary": ("moons", "residual_network", "cross_entropy"),
            "regression": ("sine_wave", "residual_network", "squared"),
            "multiclass": ("digits", "residual_network", "softmax_cross_entropy"),
        },
    )


def ask() -> Model:
    """The network, as with the skips added."""
    blocks = slider("Blocks", "net-blocks", 20, 1, 50, whole=True)
    with state.fold("More settings", "net-more", line=True):
        width = slider("Width", "net-width", 8, 1, 64, whole=True)
        names = {id: ACTIVATION_NAMES.get(id, id) for id in ACTIVATIONS}
        activation = select("Activation", names, "net-activation", default="relu")
        scale = select("Branch scale, with skips", SCALES, "net-scale", default="root")
    return scaled(ResidualNetwork(width=width, blocks=blocks, activation=activation), scale)


def setting() -> Setting:
    """Optimizer, rate, steps, batch and seed, in the sidebar."""
    with st.sidebar:
        st.markdown("**Training**")
        labels = {i: e.label for i, e in OPTIMIZERS.items()}
        id = select("Optimizer", labels, "net-opt", default="adam")
        rate = slider("Learning rate", "net-lr", 0.01, 1e-4, 10.0, log=True)
        steps = slider("Steps", "net-steps", 400, 1, 5000, whole=True)
        batch = slider("Batch size (0: all the data)", "net-batch", 0, 0, 512, whole=True)
        seed = slider("Seed of the weights", "net-seed", 0, 0, 99, whole=True)
    return Setting(OPTIMIZERS[id](lr=rate), steps, batch, seed)


def view() -> View:
    """The rule of the plane, its seed and its reach, with a button for new directions."""
    rule = select("Plane", RULES, "net-plane")
    reach = 1.0
    seed = state.get("net-directions", 0)
    with state.fold("View", "view"):
        reach = slider("Half width of the slice", "net-reach", 1.0, 0.05, 4.0)
        seed = slider("Seed of the directions", "net-directions", 0, 0, 999, whole=True)
    random = rule not in ("pca", "hessian")
    st.button("New directions", on_click=state.put, disabled=not random,
              args=("net-directions", (seed + 1) % 1000))  # fmt: skip
    return View(rule, seed, reach)


def problems(problem: Problem) -> tuple[Problem, Problem]:
    """The plain network and the one with skips."""
    assert isinstance(problem.model, ResidualNetwork)
    return replace(problem, model=plain(problem.model)), problem


def adam(each: Setting) -> Setting:
    """How the small networks are trained: from the seed chosen."""
    return Setting(OPTIMIZERS["adam"](lr=RATE), STEPS, 0, each.seed)


# -- the pair ---------------------------------------------------------------------------------


def pair(problem: Problem, each: Setting, cut: View) -> tuple[list[Member], Course] | None:
    """Both networks with their planes, trained or under way; None, after a sentence, if neither."""
    both = problems(problem)
    course = begun([(one, each) for one in both], "Training both networks")
    if course is None:
        return None
    try:
        named = zip(("Plain", "With skips"), both, course.results, strict=True)
        return [seen_from(name, one, run, cut) for name, one, run in named], course
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return None


def seen_from(name: str, problem: Problem, run: Training, cut: View) -> Member:
    """A trained network with its plane; ValueError where there is no such plane."""
    risk = problem.risk()
    return Member(
        name, problem, risk, run, _plane(cache.parts(problem), run.points, cut, risk, run)
    )


@searched("Looking for the plane", 64)
def _plane(recipes: Any, points: Array, cut: View, _risk: Risk, _run: Training) -> Plane:
    return look(_risk, _run, cut.rule, cut.seed)


def grid(member: Member, cut: View, n: int) -> tuple[Array, Array]:
    """The coordinates of the slice."""
    a, b = window_of(member.run, member.plane, cut.rule, cut.reach)
    return np.linspace(*a, n), np.linspace(*b, n)


def landscapes(members: Sequence[Member], cut: View, glimpse: bool) -> list[Landscape]:
    """Both slices: coarse at first where fine ones take time, and while it is a glimpse."""
    n = COARSE if glimpse else FINE
    return cache.landscapes([cache.Asked(t.problem, t.plane, *grid(t, cut, n)) for t in members])


def heavy(members: Sequence[Member]) -> bool:
    """Whether fine slices keep a reader waiting."""
    return sum(2.0 * len(t.risk.data) * t.risk.layout.size * FINE**2 for t in members) > HEAVY


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=cache.BY_NAME)
def _bank(
    recipes: tuple[Any, ...], origin: Array, u: Array, v: Array, a: Array, b: Array
) -> tuple[Array, Array]:
    """The drawing of the data at the trained point, and over a grid of the slice."""
    drawn = fit(Problem(*recipes).risk())
    places = Plane(origin, u, v).point(*np.meshgrid(a, b)).astype(np.float32)
    inputs = drawn.inputs.astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        heights = drawn.risk.model.predict(places, inputs)
    most = fitted.LOGITS if drawn.kind == BOUNDARY else 1e6
    heights = np.clip(np.nan_to_num(heights, nan=0.0), -most, most)
    if drawn.link == "sigmoid":
        heights = 1 / (1 + np.exp(-heights))
    return drawn.heights(origin), heights


def answer(member: Member, cut: View) -> tuple[Any, list[stage.Move]]:
    """The data with what the network says of them, a figure, and how it follows the cursor."""
    drawn, best, moves = follow(member, cut)
    return over(member, drawn, best), moves


def over(member: Member, drawn: Fit, heights: Array) -> Any:
    """The data with one answer of the network, a figure without a legend."""
    figure = over_data.fitted(drawn, heights)
    if drawn.kind == CURVE:  # far from the trained point the answer leaves any axis
        low, high = float(member.risk.data.y.min()), float(member.risk.data.y.max())
        margin = 0.25 * (high - low) or 1.0
        figure.update_yaxes(range=[low - margin, high + margin])
    figure.update_layout(showlegend=False, margin={"l": 54, "r": 8, "t": 6, "b": 36})
    return figure


def follow(member: Member, cut: View) -> tuple[Any, Array, list[stage.Move]]:
    """How the network's answer is drawn, at the trained point and under the cursor."""
    drawn, plane = fit(member.risk), member.plane
    a, b = grid(member, cut, BANK)
    if fitted.exact(drawn):
        return drawn, drawn.heights(plane.origin), fitted.moves(drawn, plane, (a, b))
    names, attribute = fitted.traces(drawn)
    best, bank = _bank(cache.parts(member.problem), plane.origin, plane.u, plane.v, a, b)
    return drawn, best, [stage.Table(name, bank, a, b, attribute=attribute) for name in names]


def blended(members: Sequence[Member]) -> str:
    """What must be said of answers that are not computed under the cursor."""
    one = members[0].risk.data.task != "multiclass" and not all(
        fitted.exact(fit(member.risk)) for member in members
    )
    return (
        f"Predictions under the cursor are interpolated from {BANK}{TIMES}{BANK} drawings."
        if one
        else ""
    )


def validated(members: Sequence[Member]) -> None:
    """Beside the stage, both networks' losses and accuracies on the rows held out."""
    for each in members:
        held_out.add(held_out.on_both(each.problem, each.run.theta, f"the network “{each.name}”"))


def height() -> Any:
    """How tall the pair is drawn; by orders of magnitude unless somebody chooses otherwise."""
    return controls.scale("net-height", "log")
