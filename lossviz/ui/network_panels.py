"""The networks' stage and the panels below it, each of which costs nothing until it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.connectivity import barrier, connect, interpolate
from lossviz.figures import data as over_data
from lossviz.figures import networks as pictures
from lossviz.figures.landscape import contour, surface
from lossviz.figures.theme import GREEN, GREY, ORANGE
from lossviz.findings import networks as findings
from lossviz.heights import LogScale, Ruler, Scale
from lossviz.landscape_files import load_landscape
from lossviz.landscapes import Landscape, evaluate_points
from lossviz.layers import layer_sizes
from lossviz.models import LayeredNetwork, Network
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.planes import random
from lossviz.problems import Problem
from lossviz.spectra import top_eigenvalues
from lossviz.symmetries import align, rescale
from lossviz.twins import roughness, shadow, square
from lossviz.ui import networks, stage, state, work
from lossviz.ui.networks import Setting, Twin, View
from lossviz.ui.widgets import select, slider
from lossviz.words import as_markdown, number

Array = NDArray[np.floating]
PANELS = {
    "path": "Path",
    "layers": "Layers",
    "sharpness": "Sharpness",
    "roughness": "Roughness",
    "between": "Between minima",
    "file": "Open a landscape file",
}
GROUP, CAMERA = "networks", "networks"
SEEDS = 5
LINE = 41
INKS = (pictures.PLAIN, pictures.SKIP)


def stage_pair(twins: Sequence[Twin], lands: Sequence[Landscape], scale: Scale, view: View) -> None:
    """Two slices, one ruler, one camera; under each what its network says of the data."""
    ruler = _ruler(lands, scale)
    sides = zip(twins, lands, INKS, ("plain", "skip"), st.columns(2, gap="small"), strict=True)
    for twin, land, ink, key, column in sides:
        with column:
            loss = number(float(twin.run.values[-1]), 3)
            steps = int(twin.run.steps[-1])
            st.html(
                f'<div style="font-size:.95rem"><span style="color:{ink}">&#9632;</span> '
                f"<b>{twin.name}</b>: loss {loss} after {steps:,} steps</div>"
            )
            says = f"{twin.name}: the loss around the trained network, which lies in the middle."
            if ruler is None:
                note = "The loss is not finite anywhere on these slices. Make them smaller."
                stage.show(None, key=f"net-{key}", note=note, height=316)
            else:
                stage.show(
                    pictures.slice3d(land, ruler), key=f"net-{key}", alt=says, height=316,
                    group=GROUP, camera=CAMERA, cursor="ab", at=(0.0, 0.0),
                )  # fmt: skip
            _answers(twin, view, key)


def _answers(twin: Twin, view: View, key: str) -> None:
    """The boundary or the curve under the cursor; for many classes who is called what."""
    data = twin.risk.data
    if data.task == "multiclass":
        answer = twin.risk.model.predict(twin.run.theta, data.X).argmax(-1)
        counts = np.zeros((data.outputs, data.outputs), int)
        np.add.at(counts, (data.y.astype(int), answer), 1)
        right = np.trace(counts) / len(data)
        stage.show(
            pictures.told(data, counts), key=f"net-told-{key}", height=230,
            alt=f"{twin.name}: {right:.1%} of the rows are named rightly.",
        )  # fmt: skip
        return
    drawn, best, moves = networks.follow(twin, view)
    figure = over_data.fitted(drawn, best)
    low, high = float(data.y.min()), float(data.y.max())
    if drawn.kind == "curve":  # far from the trained point the answer leaves any axis
        margin = 0.25 * (high - low) or 1.0
        figure.update_yaxes(range=[low - margin, high + margin])
    figure.update_layout(showlegend=False, margin={"l": 54, "r": 8, "t": 6, "b": 36})
    stage.show(
        figure, key=f"net-fit-{key}", height=196, group=GROUP, moves=moves,
        alt=f"{twin.name}: the data and what the network under the cursor says.",
    )  # fmt: skip


def _ruler(lands: Sequence[Landscape], scale: Scale) -> Ruler | None:
    try:
        return scale.ruler(*(land.values for land in lands))
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return None


def show(
    twins: Sequence[Twin],
    lands: Sequence[Landscape],
    scale: Scale,
    setting: Setting,
    view: View,
) -> None:
    """The panel the reader opened."""
    panel = select("Look closer", PANELS, "net-panel", draw=st.segmented_control)
    if panel == "path":
        path(twins, lands, scale, view)
    elif panel == "layers":
        layers(twins)
    elif panel == "sharpness":
        sharpness(twins[1].problem, setting)
    elif panel == "roughness":
        rough(twins, setting, view)
    elif panel == "between":
        between(twins[1].problem, setting)
    else:
        opened()


def path(twins: Sequence[Twin], lands: Sequence[Landscape], scale: Scale, view: View) -> None:
    """Both runs seen from their planes: their shadows, and what the planes hide."""
    ruler = _ruler(lands, scale)
    sides = zip(twins, lands, INKS, ("plain", "skip"), st.columns(2, gap="small"), strict=True)
    for twin, land, ink, key, column in sides:
        with column:
            seen = shadow(twin.risk, twin.run, twin.plane)
            says = findings.hidden(seen)
            if ruler is not None:
                stage.show(
                    pictures.walked(land, ruler, seen, ink), key=f"net-map-{key}", height=280,
                    alt=f"{twin.name}: the slice from above with the shadow of the path.",
                )  # fmt: skip
            stage.show(pictures.hidden(seen), key=f"net-hides-{key}", height=300, alt=says)
            st.markdown(f"**{twin.name}.** {says}")
    if view.rule == "pca":
        st.caption(
            "The axes name the share of the path's variance they hold. A pure random walk in many "
            "dimensions shows 61 % and 15 % and a smooth curve as well: the shares alone say "
            "nothing about learning."
        )


def layers(twins: Sequence[Twin]) -> None:
    """The size of the slope that reaches each layer, at the start and after training."""
    each = [layer_sizes(t.risk, np.stack([t.run.points[0], t.run.theta])) for t in twins]
    model: Any = twins[1].problem.model
    full = replace(model, branch_scale=1.0, branch_start="standard")
    unscaled = replace(twins[1].risk, model=full)
    with np.errstate(over="ignore", invalid="ignore"):
        raw = layer_sizes(unscaled, twins[0].run.points[0])
    for column, when, title in zip(
        st.columns(2, gap="small"), (0, 1), ("At the start", "After training"), strict=True
    ):
        sizes = [
            (t.name, ink, s.gradient[when]) for t, ink, s in zip(twins, INKS, each, strict=True)
        ]
        if when == 0 and full != model:
            sizes.append(("With skips, unscaled", GREEN, raw.gradient))
        with column:
            st.markdown(f"**{title}**: the size of $\\partial L/\\partial h$ at each layer")
            lines = [findings.layers(name, values) for name, _, values in sizes]
            stage.show(
                pictures.layers(sizes, "|dL/dh|"), key=f"net-layers-{when}", height=320,
                alt=" ".join(lines),
            )  # fmt: skip
            st.markdown("\n".join(f"- {line}" for line in lines))


def _small(problem: Problem, activation: str, depth: int = 2) -> Problem:
    return replace(problem, model=Network(width=8, depth=depth, activation=activation))


def sharpness(problem: Problem, setting: Setting) -> None:
    """Dinh's rescaling on a small rectified network, and curvature against what a rate can bear."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**One function, two sharpnesses.** A rectified network with two layers of 8.")
        factor = slider("Make layer 1 so many times larger", "net-factor", 4.0, 1.0, 20.0, log=True)
        small = _small(problem, "relu")
        runs = networks.trained([(small, _adam(setting))], "Training the small network")
        if runs is not None:
            _rescaled(small.risk(), runs[0].theta, factor)
    with right:
        st.markdown("**The edge of stability.** Gradient descent on all the data, a tanh network.")
        rate = slider("Rate of gradient descent", "net-gd", 0.5, 0.01, 2.0, log=True)
        smooth = _small(problem, "tanh")
        gd = Setting(OPTIMIZERS["gd"](lr=rate), 1000, 0, setting.seed)
        runs = networks.trained([(smooth, gd)], "Training by gradient descent")
        if runs is not None:
            steps, tops = _tops(work.parts(smooth), runs[0].points[::5], runs[0].steps[::5])
            says = findings.edge(rate, steps, tops)
            limit = [2 / rate] * 2
            lines = [
                ("largest curvature", ORANGE, steps, tops),
                ("2 / rate", GREY, [0, int(steps[-1])], limit),
            ]
            stage.show(pictures.curves(lines, "step", "λmax"), key="net-edge", height=320, alt=says)
            st.markdown(says)


def _adam(setting: Setting) -> Setting:
    return Setting(OPTIMIZERS["adam"](lr=0.01), 300, 0, setting.seed)


def _rescaled(risk: Risk, theta: Array, factor: float) -> None:
    model = risk.model
    assert isinstance(model, LayeredNetwork)
    moved = rescale(theta, model, risk.layout, 0, factor)
    change = np.abs(model.predict(moved, risk.data.X) - model.predict(theta, risk.data.X)).max()
    t = np.linspace(-1, 1, 61)
    places = [(theta, GREY, "before"), (moved, pictures.PLAIN, "after")]
    for column, rule, title in zip(
        st.columns(2, gap="small"),
        ("raw", "filter"),
        ("Raw slice", "Filter-normalised"),
        strict=True,
    ):
        lines = []
        for place, ink, name in places:
            plane = random(place, risk.layout, 0, rule)
            values = evaluate_points(risk, plane.point(t, np.zeros_like(t)))
            lines.append((name, ink, t, np.where(np.isfinite(values), values, np.nan)))
        with column:
            st.markdown(title)
            stage.show(
                pictures.curves(lines, "step along one direction", "loss"),
                key=f"net-dinh-{rule}", height=240,
                alt=f"{title}: the loss along one direction, before and after the rescaling.",
            )  # fmt: skip
    before, after = (float(top_eigenvalues(risk, place)[0]) for place in (theta, moved))
    st.markdown(findings.rescaled(before, after, factor, float(change)))


@st.cache_data(max_entries=32, show_spinner="Measuring curvature …")
def _tops(recipes: tuple[Any, ...], points: Array, steps: Any) -> tuple[Any, Array]:
    risk = Problem(*recipes).risk()
    return steps, np.array([float(top_eigenvalues(risk, point)[0]) for point in points])


def rough(twins: Sequence[Twin], setting: Setting, view: View) -> None:
    """Both networks from five seeds of the weights: are the pictures luck?"""
    asked = (work.parts(twins[1].problem), setting)
    rule = view.rule if view.rule in ("filter", "layer", "raw") else "filter"
    st.markdown(
        f"One picture may be luck. This trains both networks from {SEEDS} seeds and counts on "
        f"{LINE} × {LINE} slices with {rule}-scaled random directions."
    )
    st.button(f"Measure {SEEDS} seeds", on_click=state.remember, args=("_net-seeds", asked))
    if state.get("_net-seeds") != asked:
        return
    seeds = [setting._replace(seed=setting.seed + k) for k in range(SEEDS)]
    wanted = [(twin.problem, each) for twin in twins for each in seeds]
    runs = networks.trained(wanted, f"Training {len(wanted)} networks")
    if runs is None:
        return
    found = []
    for place, twin in enumerate(twins):
        mine = runs[place * SEEDS : (place + 1) * SEEDS]
        try:
            planes = [random(run.theta, twin.risk.layout, view.seed, rule) for run in mine]
        except ValueError as error:
            st.error(as_markdown(str(error)))
            return
        slices = [square(twin.risk, plane, view.reach, LINE) for plane in planes]
        found.append(roughness(slices, [float(run.values[-1]) for run in mine]))
    names = [twin.name for twin in twins]
    titles = {"minima": "low points", "nonconvex": "non-convex share", "final": "final loss"}
    for column, (field, title) in zip(st.columns(3), titles.items(), strict=True):
        with column:
            stage.show(
                pictures.seeds(found, names, field, title), key=f"net-seeds-{field}", height=280,
                alt=f"{title[0].upper()}{title[1:]} for every seed, with and without skips.",
            )  # fmt: skip
    st.markdown(findings.rough(found))


def between(problem: Problem, setting: Setting) -> None:
    """From one trained network to another: straight, straight after reordering, and bent."""
    small = _small(problem, "tanh")
    first = _adam(setting)
    second = first._replace(seed=setting.seed + 1)
    runs = networks.trained([(small, first), (small, second)], "Training two small networks")
    if runs is None:
        return
    t = np.linspace(0, 1, 51)
    ways = _ways(work.parts(small), runs[0].theta, runs[1].theta, t)
    heights = [barrier(t, values)[0] for values in ways.values()]
    inks = (pictures.PLAIN, pictures.SKIP, GREEN)
    lines = [(name, ink, t, ways[name]) for name, ink in zip(ways, inks, strict=True)]
    st.markdown(
        "Two tanh networks with two layers of 8, trained from two seeds. Hidden units have no "
        "order, so two far points may be nearly one function."
    )
    says = findings.barriers(*heights)
    stage.show(
        pictures.curves(lines, "from the first to the second", "loss", log=True),
        key="net-between", height=320, alt=says,
    )  # fmt: skip
    st.markdown(says)


@st.cache_data(max_entries=16, show_spinner="Looking for ways between them …")
def _ways(recipes: tuple[Any, ...], first: Array, second: Array, t: Array) -> dict[str, Array]:
    risk = Problem(*recipes).risk()
    model = risk.model
    assert isinstance(model, LayeredNetwork)
    turned = align(first, second, model, risk.layout)
    ways = {
        "straight": interpolate(first, second, t),
        "straight, units reordered": interpolate(first, turned, t),
        "a curve fitted to be low": connect(risk, first, second, steps=60).point(t),
    }
    return {name: evaluate_points(risk, points) for name, points in ways.items()}


def opened() -> None:
    """A landscape made elsewhere, from its file."""
    st.markdown(
        "A landscape of any network, saved as one `.npz` with `a`, `b` and `values` (see "
        "`lossviz.export_landscape` for PyTorch). Nothing in the file is run."
    )
    file = st.file_uploader("Landscape file", type=["npz"], label_visibility="collapsed")
    if file is None:
        return
    try:
        land = load_landscape(file.getvalue())
        ruler = LogScale().ruler(land.values)
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return
    if land.title or land.note:
        st.markdown(as_markdown(f"{land.title} {land.note}".strip()))
    solid, flat = st.columns(2, gap="small")
    with solid:
        stage.show(surface(land, ruler), key="net-file", cursor="ab", group="file", height=420,
                   alt=f"The landscape of {file.name}.")  # fmt: skip
    with flat:
        stage.show(contour(land, ruler), key="net-file-map", cursor="ab", group="file", height=400,
                   readout=stage.Readout(land.plane.names, "loss"),
                   alt="The same landscape from above.")  # fmt: skip
