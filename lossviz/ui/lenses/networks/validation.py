"""Both networks on held-out data: two losses over the same slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from lossviz.figures import network_maps as maps
from lossviz.findings import network_panels as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis, Scale
from lossviz.networks.validation import Apart, Evaluation, apart, evaluate
from lossviz.text import as_markdown
from lossviz.ui import cache, stage
from lossviz.ui.lenses.networks import pair
from lossviz.ui.lenses.networks.pair import Member, View
from lossviz.ui.lenses.networks.stage import height_axis_of
from lossviz.ui.lenses.networks.training import Setting, trained
from lossviz.ui.sidebar import controls
from lossviz.ui.sidebar.widgets import select, slider

KINDS = {"maps": "Maps", "plain": "Surfaces, plain", "skip": "Surfaces, skips"}
TITLES = ("Training loss", "Validation loss")


class _Side(NamedTuple):
    """One network judged: the slices of both losses, and what was found."""

    key: str
    member: Member
    landscapes: tuple[Landscape, Landscape]
    found: Evaluation


def held_out(members: Sequence[Member], setting: Setting, scale: Scale, view: View) -> None:
    """The training loss and the loss on points not seen, over one plane, under one height axis."""
    problem = members[1].problem
    fresh = hasattr(problem.dataset, "seed")
    share = 0.3
    with controls.beside():
        kind = select("Drawn as", KINDS, "net-validation", draw=st.segmented_control)
        if not fresh:
            share = slider("Share held out", "net-share", 0.3, 0.1, 0.6)
        name = "Which fresh points (seed)" if fresh else "Which rows (seed)"
        seed = slider(name, "net-fresh", 0, 0, 99, whole=True)
    try:
        parts = [apart(member.problem, share, seed) for member in members]
        learners = members if fresh else _anew(members, parts, setting, view)
        if learners is None:
            return
        sides = [
            _evaluated(key, member, each, view)
            for key, member, each in zip(("plain", "skip"), learners, parts, strict=True)
        ]
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return
    height_axis = height_axis_of([land for side in sides for land in side.landscapes], scale)
    if height_axis is None:
        return
    if kind == "maps":
        _maps(sides, height_axis)
    else:
        _surfaces(next(side for side in sides if side.key == kind), height_axis)
    for side in sides:
        st.markdown(f"- {_says(side)}")
    st.caption(findings.split(parts[0], *sides[0].found.points))


def _anew(
    members: Sequence[Member], parts: Sequence[Apart], setting: Setting, view: View
) -> list[Member] | None:
    """Both networks trained on the rows to learn from alone, with planes of their own."""
    wanted = [(each.learned, setting) for each in parts]
    runs = trained(wanted, "Training both on the training rows")
    if runs is None:
        return None
    return [
        pair.seen_from(member.name, each.learned, run, view)
        for member, each, run in zip(members, parts, runs, strict=True)
    ]


def _evaluated(key: str, member: Member, parts: Apart, view: View) -> _Side:
    n = pair.COARSE if pair.heavy([member, member]) else pair.FINE
    a, b = pair.grid(member, view, n)
    landscapes = (
        cache.landscape(parts.seen, member.plane, a, b),
        cache.landscape(parts.held_out, member.plane, a, b),
    )
    return _Side(key, member, landscapes, evaluate(parts, member.run.theta, landscapes))


def _says(side: _Side) -> str:
    return findings.held_out(side.member.name, side.found, side.landscapes)


def _maps(sides: Sequence[_Side], height_axis: HeightAxis) -> None:
    for side, column in zip(sides, st.columns(2, gap="small"), strict=True):
        with column:
            for name, land, part in zip(
                TITLES, side.landscapes, ("seen", "validation"), strict=True
            ):
                st.markdown(f"**{side.member.name}**: {name[0].lower()}{name[1:]}")
                stage.show(
                    maps.held_out(land, height_axis, side.found), key=f"net-{part}-{side.key}",
                    height="panel", cursor="ab", group=f"net-validation-{side.key}", at=(0.0, 0.0),
                    readout=stage.Readout([f"{name}:" for name in land.plane.names], "loss:"),
                    alt=f"{name}, from above. {_says(side).replace('*', '')}",
                )  # fmt: skip


def _surfaces(side: _Side, height_axis: HeightAxis) -> None:
    columns = st.columns(2, gap="small")
    for name, land, part, column in zip(
        TITLES, side.landscapes, ("seen", "validation"), columns, strict=True
    ):
        with column:
            st.markdown(f"**{side.member.name}**: {name[0].lower()}{name[1:]}")
            stage.show(
                maps.held_out3d(land, height_axis, side.found), key=f"net-{part}3d-{side.key}",
                height="panel", camera="net-validation", group=f"net-validation-{side.key}",
                alt=f"{name}, as a surface. {_says(side).replace('*', '')}",
            )  # fmt: skip
