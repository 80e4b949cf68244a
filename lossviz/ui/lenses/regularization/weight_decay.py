"""A small network trained twice from one start, without and with weight decay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz import regularization as core
from lossviz.datasets import DATASETS
from lossviz.figures import weight_decay as pictures
from lossviz.figures.networks import curves
from lossviz.findings import weight_decay as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis, LogScale
from lossviz.landscapes.planes import Plane
from lossviz.losses import LOSSES
from lossviz.models import Network
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import L2, NoPenalty
from lossviz.problem.problem import Problem
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.lenses.networks import pair
from lossviz.ui.lenses.networks.pair import Member, View
from lossviz.ui.lenses.networks.training import Setting, trained
from lossviz.ui.sidebar import controls, state
from lossviz.ui.sidebar.widgets import select, slider

Array = NDArray[np.floating]
GROUP = "reg-net"
NAMES = ("Without decay", "With decay")
RULES = {"filter": "Filter-normalised", "raw": "Raw"}
SURFACES = {"data": "Data loss", "total": "Regularised objective"}
DATA = {"binary": ("moons", "cross_entropy"), "regression": ("sine_wave", "squared")}
DIRECTIONS = ("1st direction", "2nd direction")
NOISE, STEPS, GRID = 0.3, 1500, 61


def show(task: str) -> None:
    """Both networks: their planes by one rule, what they say of the data, their numbers."""
    strength, cut, shown, model, points, seed = _asked()
    data, loss = DATA[task]
    dataset = DATASETS[data](n=points, noise=NOISE)  # type: ignore[call-arg]
    free = Problem(dataset, model, LOSSES[loss]())
    problems = (free, replace(free, penalty=L2(strength=strength)))
    each = Setting(OPTIMIZERS["adam"](lr=0.01), STEPS, 0, seed)
    runs = trained([(one, each) for one in problems], "Training without and with decay")
    if runs is None:
        return
    members = [
        pair.seen_from(name, one, run, cut)
        for name, one, run in zip(NAMES, problems, runs, strict=True)
    ]
    landscapes = [_land(member, cut, shown == "total") for member in members]
    height_axis = LogScale().height_axis(*(land.values for land in landscapes))
    keys = ("without", "with")
    for member, land, colour, key, column in zip(
        members, landscapes, pictures.COLOURS, keys, st.columns(2, gap="small"), strict=True
    ):
        with column:
            _side(member, land, height_axis, cut, colour, key)
    numbers = [
        _weighed(cache.parts(t.problem), t.plane.origin, t.plane.u, t.plane.v) for t in members
    ]
    _compared(members, landscapes)
    sentences = findings.sentences(numbers[0], numbers[1], strength, cut.rule, core.HELD_OUT)
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    what = "the data loss" if shown == "data" else "the regularised objective of each"
    st.caption(
        f"The maps show {what} around each trained network: a 2-D slice of a "
        f"{members[0].risk.layout.size:,}-dimensional surface, both along directions of seed "
        f"{cut.seed}, one colour scale by factors. Both networks began at the same weights and "
        f"took {STEPS:,} steps of Adam on {points} points; decay adds λ/2 times the sum of the "
        "squared weights to the loss, biases are free. Another slice may look different."
    )


def _asked() -> tuple[float, View, str, Network, int, int]:
    """λ, the view, which surface, the network, how many points, the seed of the weights."""
    with controls.beside():
        strength = slider("λ of the decay", "reg-net-decay", 0.003, 1e-4, 1.0, log=True)
        rule = select("Directions", RULES, "reg-net-plane", draw=st.segmented_control)
        shown = select("Heights", SURFACES, "reg-net-surface", draw=st.segmented_control)
        with state.fold("Network", "network"):
            width = slider("Width of its two layers", "reg-net-width", 16, 2, 32, whole=True)
            activation = select(
                "Activation", {"tanh": "tanh", "relu": "ReLU"}, "reg-net-activation"
            )
            points = slider("Training points", "reg-net-points", 40, 10, 200, whole=True)
            seed = slider("Seed of the weights", "reg-net-seed", 0, 0, 99, whole=True)
            turned = slider("Seed of the directions", "reg-net-turn", 0, 0, 99, whole=True)
    model = Network(width=width, depth=2, activation=activation)
    return strength, View(rule, turned, 1.0), shown, model, points, seed


def _land(member: Member, cut: View, total: bool) -> Landscape:
    """The slice: the data loss, or with the network's own penalty."""
    problem = member.problem if total else replace(member.problem, penalty=NoPenalty())
    return cache.landscape(problem, member.plane, *pair.grid(member, cut, GRID))


def _side(
    member: Member, land: Landscape, height_axis: HeightAxis, cut: View, colour: str, key: str
) -> None:
    """One network: its plane, and what the network under the cursor says."""
    st.html(
        f'<div style="font-size:.95rem"><span style="color:{colour}">&#9632;</span> '
        f"<b>{member.name}</b></div>"
    )
    stage.show(
        pictures.plane(land, height_axis, colour), key=f"reg-net-{key}", height="panel",
        group=GROUP,
        cursor="ab", at=(0.0, 0.0), readout=stage.Readout(DIRECTIONS, "loss"),
        alt=f"{member.name}: the loss around the trained network from above.",
    )  # fmt: skip
    figure, moves = pair.answer(member, cut)
    figure.update_traces(line={"color": colour}, selector={"name": "boundary"})
    figure.update_traces(line={"color": colour}, selector={"name": "fit", "type": "scatter"})
    stage.show(
        figure, key=f"reg-net-fit-{key}", height="low", group=GROUP, moves=moves,
        alt=f"{member.name}: the data and the predictions of the network under the cursor.",
    )  # fmt: skip


def _compared(members: Sequence[Member], landscapes: Sequence[Landscape]) -> None:
    """The cut through both middles on one axis, and the sizes of the weights."""
    left, right = st.columns(2, gap="small")
    middle = GRID // 2
    rows = [
        (member.name, colour, land.a, land.values[middle])
        for member, colour, land in zip(members, pictures.COLOURS, landscapes, strict=True)
    ]
    with left:
        stage.show(
            curves(rows, "step along direction 1", "loss", log=True), key="reg-net-cut",
            height="low", alt="The loss of both networks along the first direction.",
        )  # fmt: skip
    weights = [
        (member.name, colour, member.run.theta[member.risk.layout.weights > 0])
        for member, colour in zip(members, pictures.COLOURS, strict=True)
    ]
    with right:
        stage.show(
            pictures.sizes(weights), key="reg-net-sizes", height="low",
            alt="How many weights of each network have which size.",
        )  # fmt: skip


@searched("Measuring both networks", 64)
def _weighed(recipes: tuple[Any, ...], origin: Array, u: Array, v: Array) -> core.Weighed:
    problem = Problem(*recipes)
    return core.weigh(problem.risk(), core.fresh(problem.dataset).draw(), Plane(origin, u, v))
