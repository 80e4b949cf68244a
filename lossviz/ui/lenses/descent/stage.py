"""The stage of a race: surface, map and data, the player, and the same steps as curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.descent import Trajectory
from lossviz.descent.race import Track, arrows, two_parameter_quadratic
from lossviz.figures import descent as pictures
from lossviz.figures.landscapes import lift
from lossviz.figures.theme import colour_of
from lossviz.findings import descent as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.fitted import BOUNDARY, Fit, fit
from lossviz.landscapes.height_scale import HeightAxis, Scale
from lossviz.optimizers import Optimizer
from lossviz.optimizers.schedules import ConstantRate
from lossviz.text import number
from lossviz.ui import stage
from lossviz.ui.data import fitted
from lossviz.ui.lenses.descent import cache
from lossviz.ui.lenses.descent import controls as racers
from lossviz.ui.sharing import offers
from lossviz.ui.sidebar import controls, state

Array = NDArray[np.floating]
GROUP = "descent"
OVER = 4  # optimizers whose names fit into the empty corner of the scene
MOST = 4  # parameters whose numbers are written out


def land(scene: cache.Scene, scale: Scale, tracks: Sequence[Track]) -> tuple[Landscape, HeightAxis]:
    """The heights of the window and how tall they are drawn, down to the lowest point of a path."""
    a, b = controls.grid(scene.surface.window, 101)
    found = cache.landscape(scene, a, b)
    top = np.nanmax(np.where(np.isfinite(found.values), found.values, -np.inf))
    under = [np.minimum(track.values, top) for track in tracks]
    return found, scale.height_axis(found.values, *under)


def legend(optimizers: Sequence[Optimizer]) -> None:
    """Who runs in which colour, and at which rate."""
    runners = [
        f'<span><span style="color:{colour_of(each.id, place)}">&#9679;</span> {each.label}'
        f"{'' if each.line_search else f', rate {number(each.lr, 3)}'}</span>"
        for place, each in enumerate(optimizers)
    ]
    with st.container(key="legend" if len(optimizers) <= OVER else None):
        st.html(f'<div class="runners">{"".join(runners)}</div>')


def pictures_of(
    scene: cache.Scene,
    optimizers: Sequence[Optimizer],
    run: cache.Race,
    setting: cache.Setting,
    focus: int,
    land: Landscape,
    height_axis: HeightAxis,
) -> None:
    """The surface, its map and, where there are data, the fit at the step shown."""
    here = scene.surface
    if scene.problem is None:
        offers.withdraw("Data")  # a test function has none
    offers.surface("Surface", land)
    for each, path in zip(optimizers, run.paths, strict=True):
        offers.path(f"Path of {each.label}", path, path.objective.layout.names)
    solid, flat = st.columns([3, 1], gap="small")
    alt = " ".join(findings.ends(run.paths))
    with solid:
        legend(optimizers)
        stage.show(
            pictures.solid(land, height_axis, here, run.tracks),
            key="descent-surface",
            height="large",
            alt=f"The surface with every path on it. {alt}",
            group=GROUP,
            cursor="ab",
            moves=[*walking(run.tracks), *leading(scene, optimizers, setting, height_axis)],
            on_click=racers.clicked(here.window),
        )
    with flat:
        pointers = arrows(here, run.paths[focus], run.tracks[focus])
        stage.show(
            pictures.flat(land, height_axis, here, run.tracks, setting.start, pointers),
            key="descent-map",
            height="half",
            alt=f"The same surface from above, with every path from the start. {alt}",
            group=GROUP,
            cursor="ab",
            readout=stage.reading(here.objective, here.plane),
            moves=[
                *walking(run.tracks, halo=True),
                *pointing(pointers),
                *leading(scene, optimizers, setting, height_axis, halo=True),
            ],
            drag=stage.Drag("start"),
            on_click=racers.clicked(here.window),
            on_drag=racers.dragged(here.window),
        )
    if scene.problem is not None:
        with flat:
            _data(scene, run.paths[focus], land)


def walking(tracks: Sequence[Track], *, halo: bool = False) -> list[stage.Move]:
    """Every path up to the player's step, and its head."""
    found: list[stage.Move] = []
    for track in tracks:
        found += [stage.Cut(track.label), stage.Pick(f"{track.label} now")]
        if halo:
            found.append(stage.Cut(f"{track.label} halo"))
    return found


def leading(
    scene: cache.Scene,
    optimizers: Sequence[Optimizer],
    setting: cache.Setting,
    height_axis: HeightAxis,
    *,
    halo: bool = False,
) -> list[stage.Move]:
    """Paths that follow the dragged start in the browser, where the surface is quadratic."""
    quadratic = two_parameter_quadratic(scene.surface)
    if quadratic is None or setting.schedule != ConstantRate():
        return []
    low, high = height_axis.range
    common = {
        "hessian": quadratic.hessian.tolist(),
        "minimiser": quadratic.minimiser.tolist(),
        "floor": quadratic.floor,
        "steps": setting.steps,
        "far": [4 * (end - start) for start, end in scene.surface.window],
        "heightAxis": {
            **height_axis.options(),
            "lift": pictures.LIFT * (high - low),
        },
    }  # fmt: skip
    found: list[stage.Move] = []
    for each in optimizers:
        decays: float = getattr(each, "weight_decay", 0.0)
        if not each.live or decays:
            continue
        settings = {f.name: getattr(each, f.name) for f in each.hyperparameters()}
        options = {**common, "rule": each.id, "settings": settings}
        found.append(stage.Live(each.label, "descent.path", options, "start"))
        raised = {**options, "heightAxis": {**height_axis.options(), "lift": lift(height_axis)}}
        found.append(stage.Live(f"{each.label} now", "descent.head", raised, "start"))
        if halo:
            found.append(stage.Live(f"{each.label} halo", "descent.path", options, "start"))
    return found


def pointing(pointers: dict[str, tuple[Array, Array]]) -> list[stage.Move]:
    """The arrows of the player's step."""
    found: list[stage.Move] = []
    for name, (x, y) in pointers.items():
        found += [stage.Rows(name, x, attribute="x"), stage.Rows(name, y, attribute="y")]
    return found


def _data(scene: cache.Scene, path: Trajectory, land: Landscape) -> None:
    problem = scene.problem
    assert problem is not None
    drawn = fit(problem.risk())
    best = scene.surface.targets[0] if len(scene.surface.targets) else path.best
    fitted.show(
        problem,
        drawn,
        scene.surface.plane,
        best,
        (land.a, land.b),
        key="descent-fit",
        group=GROUP,
        height="half",
        more=following(drawn, path.points),
    )


def following(drawn: Fit, points: Array) -> list[stage.Move]:
    """How the drawn model follows the path (k, p), on the plane or off it."""
    names = ("fit", "boundary") if drawn.kind == BOUNDARY else ("fit",)
    attribute: stage.Attribute = "z" if drawn.kind == BOUNDARY else "y"
    if drawn.basis is not None:
        return [
            stage.Model(name, drawn.basis, points, attribute=attribute, link=drawn.link)
            for name in names
        ]
    curves = drawn.heights(points).reshape(len(points), -1)
    return [stage.Rows(name, curves, attribute=attribute) for name in names]


def play(
    scene: cache.Scene,
    optimizer: Optimizer,
    run: cache.Race,
    setting: cache.Setting,
    focus: int,
) -> int:
    """The player; returns the step of the focus path at which it rests."""
    longest = max(len(path.points) for path in run.paths)
    path = run.paths[focus]
    captions = cache.captions(scene, optimizer, setting, path, shown(scene))
    stage.player(
        steps=longest,
        key="descent-player",
        group=GROUP,
        opens=0,
        captions=stage.Captions(captions.words, captions.numbers, captions.end),
        on_frame=lambda k: state.remember("descent-step", k),
    )
    step = state.get("descent-step")
    return 0 if step is None else min(step, path.steps)  # it opens at the start


def shown(scene: cache.Scene) -> tuple[int, ...]:
    """The parameters whose numbers are written: all if few, else those the plane moves most."""
    plane = scene.surface.plane
    p = len(plane.origin)
    if p <= MOST:
        return tuple(range(p))
    weight = np.abs(plane.u) + np.abs(plane.v)
    return tuple(sorted(np.argsort(-weight, kind="stable")[:2].tolist()))


def charts(run: cache.Race) -> None:
    """Loss, slope and distance against steps, with a marker at the player's step."""
    for column, (field, title) in zip(st.columns(3, gap="small"), pictures.CHARTS.items(),
                                      strict=True):  # fmt: skip
        moves = [
            stage.Pick(f"{track.label} now") for track in run.tracks if len(getattr(track, field))
        ]
        with column:
            if not moves:
                st.caption("No minimum is known here, so there is no distance to it.")
                continue
            stage.show(
                pictures.chart(run.tracks, field, title),
                key=f"descent-{field}",
                height="strip",
                alt=f"{title.capitalize()} against steps, for every optimizer.",
                group=GROUP,
                moves=moves,
            )
