"""Below the stage of a descent: one step in numbers, rates, basins, mini-batches, scaling."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.curvature import Curvature, is_exact
from lossviz.descent import Trajectory
from lossviz.descent.outcomes import gradient_noise
from lossviz.figures import descent as pictures
from lossviz.figures.theme import colour_of
from lossviz.findings import descent as findings
from lossviz.findings import descent_step as words
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis, Scale
from lossviz.optimizers import OPTIMIZERS, Optimizer
from lossviz.text import TIMES
from lossviz.ui import stage
from lossviz.ui.lenses.descent import cache
from lossviz.ui.sidebar import controls
from lossviz.ui.sidebar.widgets import select

PANELS = {
    "step": "This step in numbers",
    "rates": "Learning rates",
    "basins": "Basins",
    "batches": "Mini-batches",
    "scaling": "Scaling the inputs",
}
SIDE, COARSE, HEAVY = 101, 41, 1e8  # starts along an axis; evaluations of one run worth a question
SEEDS = 8


def choose() -> str:
    """Which panel is open; the others cost nothing."""
    return select("Details", PANELS, "panel", draw=st.segmented_control)


def step(path: Trajectory, k: int, names: Sequence[str], shown: Sequence[int]) -> None:
    """The rule with the numbers of one step filled in, and every named quantity."""
    k = max(0, min(k, path.steps - 1))  # from the last point no step is taken
    rows, worked = words.table(path, k, shown)
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        st.markdown(
            "\n\n".join([
                f"**{path.optimizer.label}**, from point {k} to point {k + 1}",
                f"${path.optimizer.formula}$",  # inline wraps; st.latex would be cut
                *(f"{names[i]}: ${line}$" for i, line in zip(shown, worked, strict=False)),
            ])
        )  # fmt: skip
        st.caption(path.optimizer.summary + f" {path.optimizer.reference}.")
    with right:
        if not rows:
            st.markdown("No step was taken.")
            return
        heads = " | ".join(names[i] for i in shown)
        lines = [f"| | | {heads} |", "|---|---|" + "---:|" * len(shown)]
        for row in rows:
            cells = row.texts * len(shown) if len(row.texts) == 1 else row.texts
            lines.append(f"| {row.name} | ${row.symbol}$ | {' | '.join(cells)} |")
        st.markdown("\n".join(lines))


def rates(
    scene: cache.Scene,
    optimizers: tuple[Optimizer, ...],
    setting: cache.Setting,
    curvature: Curvature,
    here: Curvature,
) -> None:
    """Final loss against the learning rate, over five decades for each optimizer."""
    centres = {each.id: cache.fitted(scene, OPTIMIZERS[each.id]) for each in optimizers}
    found = cache.sweeps(scene, optimizers, centres, setting)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(
            pictures.rates(found, curvature, any(each.id == "gd" for each in optimizers)),
            key="rates",
            height="panel",
            alt="Final loss against the learning rate. " + " ".join(findings.sweeping(found)),
        )
    with right:
        st.markdown("\n".join(f"- {line}" for line in findings.sweeping(found)))
        st.markdown(f"**At the lowest known point.** {curvature.sentence}")
        if not here.everywhere:
            st.markdown(f"**At the step shown.** {here.sentence}")
        st.caption(
            f"{setting.steps} steps from the same start at 61 rates each; crosses at the top "
            "diverged. Vertical lines are the theory of plain gradient descent."
        )


def basins(scene: cache.Scene, optimizer: Optimizer, setting: cache.Setting) -> None:
    """A grid of starts, coloured by where they end or by how long they take."""
    objective = scene.surface.objective
    rows = 1 if getattr(objective, "quadratic", None) else len(getattr(objective, "data", (0,)))
    factor = 12 if optimizer.uses_hessian and not is_exact(objective) else 1  # by differences
    heavy_run = factor * rows * SIDE * SIDE * setting.steps > HEAVY
    left, right = st.columns([1.6, 1], gap="large")
    with right:
        labels = {"where": "Where they end", "steps": "Steps they take"}
        by = select("Colour", labels, "basin-by", draw=st.segmented_control)
        full = not heavy_run or controls.switch(
            f"All {SIDE}{TIMES}{SIDE} starts (takes a while)", "basin-full"
        )
        side = SIDE if full else COARSE
        found = cache.basins(scene, optimizer, side, setting.steps, setting.schedule)
        for line in findings.basins(found):
            st.markdown(f"- {line}")
        st.caption(
            f"{optimizer.label}, {side}{TIMES}{side} starts, {setting.steps} steps each, as one "
            "batch of arrays. Choose another optimizer under *Show details for*."
        )
    with left:
        stage.show(
            pictures.basin_map(found, scene.surface, by),
            key="basins",
            height="panel",
            alt=f"Starts coloured by {labels[by].lower()}. " + " ".join(findings.basins(found)),
        )


def batches(
    scene: cache.Scene,
    optimizer: Optimizer,
    setting: cache.Setting,
    path: Trajectory,
    k: int,
    land: Landscape,
    height_axis: HeightAxis,
) -> None:
    """The cloud of noisy gradients at the step shown, and a bundle of noisy paths."""
    if scene.problem is None:
        st.info(
            "A test function has no data, so there are no mini-batches to draw from. Choose "
            "*Your problem* as the surface."
        )
        return
    if optimizer.line_search:
        st.info(
            f"{optimizer.label} searches along the whole loss for its own step lengths and takes "
            "no mini-batches. Choose another optimizer under *Show details for*."
        )
        return
    risk = scene.problem.risk()
    found = cache.noise(scene, optimizer, setting, path.points[k], SEEDS)
    note = f"200 mini-batches of {setting.batch}"
    sentence = findings.noise(gradient_noise(found.cloud, found.full))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**Gradients at step {k}.** {sentence}")
        stage.show(
            pictures.cloud(found.cloud, found.full, scene.surface.plane.names, note),
            key="cloud",
            height="panel",
            alt=f"Gradients on mini-batches. {sentence}",
        )
    with right:
        st.markdown(
            f"**{SEEDS} paths of {optimizer.label}** on batches of {setting.batch} of "
            f"{len(risk.data)} rows, one per seed. The size is under *Settings*."
        )
        stage.show(
            pictures.bundle(land, height_axis, scene.surface, found.bundle, colour_of("gd")),
            key="bundle",
            height="panel",
            alt="Paths from one start with different mini-batches.",
        )


def scaling(scene: cache.Scene, setting: cache.Setting, plain: Optimizer, scale: Scale) -> None:
    """The same model as a start, raw inputs and standardised ones, gradient descent on both."""
    if scene.problem is None:
        st.info(
            "A test function has no inputs to scale; its *Shape* has a condition number. Choose "
            "*Your problem* as the surface."
        )
        return
    labels = {"own": "Each at its best rate", "same": "One rate for both"}
    by = select("Rate", labels, "scaling-rate", draw=st.segmented_control)
    both = cache.sides(scene.problem, scene.surface.theta(setting.start))
    for column, side in zip(st.columns(2, gap="large"), both, strict=True):
        rate = findings.sensible_rate(side.curvature, plain.lr) if by == "own" else plain.lr
        local = cache.Scene(side.surface, ("scaling", side.title, *scene.recipes))
        runner = (OPTIMIZERS["gd"](lr=rate),)
        run = cache.race(local, runner, setting._replace(start=side.start))
        a, b = controls.grid(side.surface.window, 81)
        land = cache.landscape(local, a, b)
        with column:
            st.markdown(f"**{side.title}.** {findings.scaling(side, run.paths[0])}")
            stage.show(
                pictures.flat(
                    land, scale.height_axis(land.values), side.surface, run.tracks, side.start, {}
                ),
                key=f"scaling-{side.title.split()[0].lower()}",
                height="panel",
                alt=f"{side.title}. {findings.scaling(side, run.paths[0])}",
            )
