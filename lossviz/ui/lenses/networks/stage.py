"""The networks' stage, and what the two trained networks themselves show: paths, layers, seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from lossviz.figures import networks as pictures
from lossviz.figures.theme import GREEN
from lossviz.findings import networks as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis, Scale
from lossviz.landscapes.planes import random
from lossviz.networks.layer_gradients import layer_sizes
from lossviz.networks.pair import roughness, shadow, square
from lossviz.text import TIMES, as_markdown, number, percent
from lossviz.ui import cache, stage
from lossviz.ui.lenses.networks import pair
from lossviz.ui.lenses.networks.pair import Member, View
from lossviz.ui.lenses.networks.training import Setting, trained
from lossviz.ui.sidebar import state

GROUP, CAMERA = "networks", "networks"
SEEDS = 5
LINE = 41
COLOURS = (pictures.PLAIN, pictures.SKIP)


def stage_pair(
    members: Sequence[Member],
    landscapes: Sequence[Landscape],
    scale: Scale,
    view: View,
    going: bool,
) -> None:
    """Two slices, one height axis, one camera; under each what its network says of the data.

    ``going``: the training goes on, and this is a first glimpse.
    """
    more = ", training goes on" if going else ""
    height_axis = height_axis_of(landscapes, scale)
    sides = zip(
        members, landscapes, COLOURS, ("plain", "skip"), st.columns(2, gap="small"), strict=True
    )
    for member, land, colour, key, column in sides:
        with column:
            loss = number(float(member.run.values[-1]), 3)
            steps = int(member.run.steps[-1])
            st.html(
                f'<div style="font-size:.95rem"><span style="color:{colour}">&#9632;</span> '
                f"<b>{member.name}</b>: loss {loss} after {steps:,} steps{more}</div>"
            )
            text = f"{member.name}: the loss around the trained network, which lies in the middle."
            if height_axis is None:
                note = "The loss is not finite anywhere on these slices. Make them smaller."
                stage.show(None, key=f"net-{key}", note=note, height="most")
            else:
                stage.show(
                    pictures.slice3d(land, height_axis), key=f"net-{key}", alt=text, height="most",
                    group=GROUP, camera=CAMERA, cursor="ab", at=(0.0, 0.0),
                )  # fmt: skip
            _answers(member, view, key)


def _answers(member: Member, view: View, key: str) -> None:
    """The boundary or the curve under the cursor; for many classes who is called what."""
    data = member.risk.data
    if data.task == "multiclass":
        answer = member.risk.model.predict(member.run.theta, data.X).argmax(-1)
        counts = np.zeros((data.outputs, data.outputs), int)
        np.add.at(counts, (data.y.astype(int), answer), 1)
        right = np.trace(counts) / len(data)
        stage.show(
            pictures.confusion(data, counts), key=f"net-confusion-{key}", height="third",
            alt=f"{member.name}: {percent(right)} of the rows are classified correctly.",
        )  # fmt: skip
        return
    figure, moves = pair.answer(member, view)
    stage.show(
        figure, key=f"net-fit-{key}", height="third", group=GROUP, moves=moves,
        alt=f"{member.name}: the data and the predictions of the network under the cursor.",
    )  # fmt: skip


def height_axis_of(landscapes: Sequence[Landscape], scale: Scale) -> HeightAxis | None:
    """One height axis for all of these; None, after a sentence, where nothing is finite."""
    try:
        return scale.height_axis(*(land.values for land in landscapes))
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return None


def path(
    members: Sequence[Member], landscapes: Sequence[Landscape], scale: Scale, view: View
) -> None:
    """Both runs seen from their planes: their shadows, and what the planes hide."""
    height_axis = height_axis_of(landscapes, scale)
    sides = zip(
        members, landscapes, COLOURS, ("plain", "skip"), st.columns(2, gap="small"), strict=True
    )
    for member, land, colour, key, column in sides:
        with column:
            seen = shadow(member.risk, member.run, member.plane)
            text = findings.hidden(seen)
            if height_axis is not None:
                stage.show(
                    pictures.walked(land, height_axis, seen, colour), key=f"net-map-{key}",
                    height="panel",
                    alt=f"{member.name}: the slice from above with the shadow of the path.",
                )  # fmt: skip
            stage.show(
                pictures.hidden(seen, colour), key=f"net-hides-{key}", height="panel", alt=text
            )
            st.markdown(f"**{member.name}.** {text}")
    if view.rule == "pca":
        with st.container(key="net-shares"):
            st.caption(
                "The axes name the share of the path's variance they hold. A pure random walk in "
                "many dimensions shows 61 % and 15 % and a smooth curve as well: the shares alone "
                "say nothing about learning."
            )


def layers(members: Sequence[Member]) -> None:
    """The size of the slope that reaches each layer, at the start and after training."""
    each = [layer_sizes(t.risk, np.stack([t.run.points[0], t.run.theta])) for t in members]
    model: Any = members[1].problem.model
    full = replace(model, branch_scale=1.0, branch_start="standard")
    unscaled = replace(members[1].risk, model=full)
    with np.errstate(over="ignore", invalid="ignore"):
        raw = layer_sizes(unscaled, members[0].run.points[0])
    for column, when, title in zip(
        st.columns(2, gap="small"), (0, 1), ("At the start", "After training"), strict=True
    ):
        sizes = [
            (t.name, colour, s.gradient[when])
            for t, colour, s in zip(members, COLOURS, each, strict=True)
        ]
        if when == 0 and full != model:
            sizes.append(("With skips, unscaled", GREEN, raw.gradient))
        with column:
            st.markdown(f"**{title}**: the size of $\\partial L/\\partial h$ at each layer")
            lines = [findings.layers(name, values) for name, _, values in sizes]
            stage.show(
                pictures.layers(sizes, "|dL/dh|"), key=f"net-layers-{when}", height="panel",
                alt=" ".join(lines),
            )  # fmt: skip
            st.markdown("\n".join(f"- {line}" for line in lines))


def rough(members: Sequence[Member], setting: Setting, view: View) -> None:
    """Both networks from five seeds of the weights: are the pictures luck?"""
    asked = (cache.parts(members[1].problem), setting)
    rule = view.rule if view.rule in ("filter", "layer", "raw") else "filter"
    st.markdown(
        f"One picture may be chance. This trains both networks from {SEEDS} seeds and counts on "
        f"{LINE}{TIMES}{LINE} slices with {rule}-scaled random directions."
    )
    st.button(f"Measure {SEEDS} seeds", on_click=state.remember, args=("_net-seeds", asked))
    if state.get("_net-seeds") != asked:
        return
    seeds = [setting._replace(seed=setting.seed + k) for k in range(SEEDS)]
    wanted = [(member.problem, each) for member in members for each in seeds]
    runs = trained(wanted, f"Training {len(wanted)} networks")
    if runs is None:
        return
    found = []
    for place, member in enumerate(members):
        mine = runs[place * SEEDS : (place + 1) * SEEDS]
        try:
            planes = [random(run.theta, member.risk.layout, view.seed, rule) for run in mine]
        except ValueError as error:
            st.error(as_markdown(str(error)))
            return
        slices = [square(member.risk, plane, view.reach, LINE) for plane in planes]
        found.append(roughness(slices, [float(run.values[-1]) for run in mine]))
    names = [member.name for member in members]
    titles = {
        "minima": "local minima of the grid",
        "nonconvex": "non-convex share",
        "final": "final loss",
    }
    for column, (field, title) in zip(st.columns(3), titles.items(), strict=True):
        with column:
            stage.show(
                pictures.seeds(found, names, field, title),
                key=f"net-seeds-{field}", height="panel",
                alt=f"{title[0].upper()}{title[1:]} for every seed, with and without skips.",
            )  # fmt: skip
    st.markdown(findings.rough(found))
