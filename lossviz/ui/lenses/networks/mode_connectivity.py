"""Paths between trained networks: straight, reordered, and a curve seen from above."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import network_maps as maps
from lossviz.figures import networks as pictures
from lossviz.figures.theme import GREEN
from lossviz.findings import network_panels as panel_findings
from lossviz.findings import networks as findings
from lossviz.landscapes import evaluate_points
from lossviz.landscapes.height_scale import Scale
from lossviz.models import LayeredNetwork
from lossviz.networks.mode_connectivity import (
    Bezier,
    barrier,
    connect,
    frame,
    interpolate,
    overlook,
)
from lossviz.networks.small import small as small_network
from lossviz.networks.symmetries import align
from lossviz.problem.problem import Problem
from lossviz.text import as_markdown
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.lenses.networks import pair
from lossviz.ui.lenses.networks.stage import height_axis_of
from lossviz.ui.lenses.networks.training import Setting, trained

Array = NDArray[np.floating]
TIMES = 51
FINE = 61


def between(problem: Problem, setting: Setting, scale: Scale) -> None:
    """Two small networks from two seeds, three paths between them, and the surface around two."""
    small = small_network(problem, "tanh")
    first = pair.adam(setting)
    second = first._replace(seed=setting.seed + 1)
    runs = trained([(small, first), (small, second)], "Training two small networks")
    if runs is None:
        return
    t = np.linspace(0, 1, TIMES)
    curve, ways = _ways(cache.parts(small), runs[0].theta, runs[1].theta, t)
    heights = [barrier(t, values)[0] for values in ways.values()]
    colours = (pictures.PLAIN, pictures.SKIP, GREEN)
    lines = [(name, colour, t, ways[name]) for name, colour in zip(ways, colours, strict=True)]
    st.markdown(
        "Two tanh networks with two layers of 8, trained from two seeds. Hidden units have no "
        "order, so two distant points may be nearly the same function."
    )
    text = findings.barriers(*heights)
    along, above = st.columns(2, gap="small")
    with along:
        stage.show(
            pictures.curves(lines, "from the first to the second", "loss", log=True),
            key="net-between", height="panel", alt=text.replace("*", ""),
        )  # fmt: skip
        st.markdown(text)
    with above:
        _from_above(small, curve, scale, ways)


def _from_above(problem: Problem, curve: Bezier, scale: Scale, ways: dict[str, Array]) -> None:
    """The plane through both minima and the control point, with both ways drawn on it."""
    try:
        plane = overlook(curve)
    except ValueError as error:
        st.warning(as_markdown(str(error)))
        return
    a, b = (np.linspace(*ends, FINE) for ends in frame(curve, plane))
    land = cache.landscape(problem, plane, a, b)
    height_axis = height_axis_of([land], scale)
    if height_axis is None:
        return
    t = np.linspace(0, 1, 101)
    straight = plane.project(interpolate(curve.first, curve.second, t))
    bezier, control = plane.project(curve.point(t)), plane.project(curve.control)
    straightest, _, lowest = (float(values.max()) for values in ways.values())
    text = panel_findings.detour(straightest, lowest, float(problem.risk().value(curve.control)))
    stage.show(
        maps.detour(land, height_axis, straight, bezier, control), key="net-detour", height="panel",
        cursor="ab", group="net-detour", at=(float(bezier[50, 0]), float(bezier[50, 1])),
        readout=stage.Readout([f"{name}:" for name in plane.names], "loss:"),
        alt=text.replace("*", ""),
    )  # fmt: skip
    st.markdown(text)


@searched("Looking for paths between them …", 16)
def _ways(
    recipes: tuple[Any, ...], first: Array, second: Array, t: Array
) -> tuple[Bezier, dict[str, Array]]:
    risk = Problem(*recipes).risk()
    model = risk.model
    assert isinstance(model, LayeredNetwork)
    turned = align(first, second, model, risk.layout)
    curve = connect(risk, first, second, steps=60)
    ways = {
        "straight": interpolate(first, second, t),
        "linear, units permuted": interpolate(first, turned, t),
        "a curve fitted to be low": curve.point(t),
    }
    return curve, {name: evaluate_points(risk, points) for name, points in ways.items()}
