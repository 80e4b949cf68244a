"""The parts of the classification page: two surfaces, the classes, and four closer looks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.classification.label_noise import (
    NoisyFit,
    Scores,
    fit_clean_and_noisy,
    imbalanced,
    scores,
)
from lossviz.classification.separability import Penalised, Ray, penalised_fits, ray
from lossviz.datasets.label_noise import FlippedLabels
from lossviz.figures import classification as pictures
from lossviz.figures import landscapes
from lossviz.figures import losses as curves
from lossviz.figures.data import class_names
from lossviz.figures.theme import SIDE
from lossviz.findings import classification as findings
from lossviz.findings import losses as loss_curves
from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import lowest, minimum_marks
from lossviz.landscapes.height_scale import HeightAxis, Scale
from lossviz.landscapes.planes import Plane
from lossviz.losses import LOSSES, Focal, Loss
from lossviz.losses.curves import ceiling, curve, steepness
from lossviz.minima import Minimum, minimize
from lossviz.objectives import Risk
from lossviz.penalties import L2, NoPenalty, Penalty
from lossviz.problem.problem import Problem
from lossviz.text import number
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.sidebar import controls, loss_menu, plane_menu, state
from lossviz.ui.sidebar.problem import prefix
from lossviz.ui.sidebar.widgets import select, slider, tune, turn

Array = NDArray[np.floating]
Window = tuple[Array, Array]
PANELS = {
    "margins": "By margin",
    "noise": "Label noise",
    "far": "Separable data",
    "rare": "Class imbalance",
}
SECOND = {"binary": "mse_sigmoid", "multiclass": "softmax_brier"}
NOISE = ("cross_entropy", "mae_prob", "generalised_cross_entropy", "symmetric_cross_entropy")
TURN = math.radians(20)  # off the plateau's own direction, so that its edge is seen
LEAST = 0.01  # of an L2 penalty, where none is chosen: some losses have no minimum without


def choose() -> str:
    """Which panel is open; the others cost nothing."""
    return select("Details", PANELS, "panel-classes", draw=st.segmented_control)


def second(problem: Problem) -> Loss:
    """The loss beside the one being minimised, with its settings."""
    task = problem.loss.task
    menu = {i: e.label for i, e in LOSSES.items() if e.task == task and i != problem.loss.id}
    first = SECOND[task] if problem.loss.id != SECOND[task] else next(iter(menu))
    key = prefix(task)
    id = select("Compare with", menu, f"{key}beside", default=first, known=LOSSES)
    if not LOSSES[id].hyperparameters():
        return LOSSES[id]()
    with state.fold("Its settings", "its-settings"):
        return tune(LOSSES[id], f"{key}loss-{id}")


def short(plane: Plane) -> Plane:
    """The same plane with names that fit a narrow picture."""
    first, second = (plane_menu.brief(name) for name in plane.names)
    return replace(plane, names=(first, second))


def height_axes(
    scale: Scale, landscapes: tuple[Landscape, Landscape], together: bool
) -> tuple[HeightAxis, HeightAxis | None]:
    """One height axis for each surface, or one for both; None for a second without any height."""
    first, second = (land.values for land in landscapes)
    if not np.isfinite(second).any():
        return scale.height_axis(first), None
    if together:
        return (scale.height_axis(first, second),) * 2
    return scale.height_axis(first), scale.height_axis(second)


def facing(land: Landscape) -> dict[str, float]:
    """Where to look from so that the highest part, the plateau, rises at the back."""
    j, i = land.where(higher=True) if land.finite.any() else (0, 0)
    away = np.array([i / max(len(land.a) - 1, 1), j / max(len(land.b) - 1, 1)]) - 0.5
    quarter, side = math.pi / 2, math.radians(SIDE)
    towards = math.atan2(-away[1], -away[0]) + TURN
    towards += min(max(towards % quarter, side), quarter - side) - towards % quarter
    return {"x": 0.65 * math.cos(towards), "y": 0.65 * math.sin(towards), "z": 0.68}


def surface(
    land: Landscape,
    height_axis: HeightAxis | None,
    risk: Risk,
    best: Minimum | None,
    middle: Array,
    *,
    key: str,
    eye: dict[str, float],
) -> None:
    """One of the two surfaces; ``best`` is marked where it lies on the plane, or the way to it.

    None marks the lowest point of the grid.  The cursor starts at ``middle`` (p,); ``eye`` is
    where both are seen from.  Without a height axis there is nothing to draw, and the last
    good picture stays under a sentence.
    """
    plane, marks = land.plane, []
    if best is not None and (
        best.kind == "infinity" or plane.distance(best.theta[None])[0] <= 1e-9
    ):
        marks = minimum_marks(risk, best, plane, (land.a, land.b))
    elif best is None and (lowest_here := lowest(land)) is not None:
        marks = [lowest_here]
    st.markdown(f"**{risk.loss.label}**")
    if height_axis is None:
        text = "This loss is not finite anywhere in this window. Choose or write another."
        stage.show(None, key=key, group="classes", height="most", note=text)
        return
    curved, at = risk.layout.size == 1, plane.project(middle).tolist()
    draw = landscapes.profile if curved else landscapes.surface
    figure = draw(land, height_axis, marks)
    # the heading says what the heights are
    figure.update_scenes(zaxis_title_text="", camera={"eye": eye})
    stage.show(
        figure,
        key=key,
        group="classes",
        camera="classes",
        cursor="a" if curved else "ab",
        at=at if best is not None else None,
        height="most",
        alt=f"{risk.loss.label} over {land.plane.names[0]} and {land.plane.names[1]}.",
        readout=stage.reading(risk, plane, at, label=risk.loss.name),
    )


def margins(problem: Problem) -> None:
    """Losses and derivatives against the margin, for any number of losses."""
    if problem.loss.task != "binary":
        st.caption("The margin is defined for two classes: these are the losses of that task.")
    with controls.beside():
        losses = _binary(problem)
        u = slider("Margin of one example", "margin", -2.0, -10.0, 10.0)
    reach = max(4.0, abs(u))
    drawn = [curve(loss, reach, 1.0) for loss in losses]
    readout = stage.Readout(["margin m"], "loss", each=True)
    for place, slope in zip(st.columns(2, gap="small"), (False, True), strict=True):
        with place:
            heights = steepness(drawn) if slope else ceiling(drawn, reach)
            stage.show(
                curves.loss_curves(drawn, heights, "margin m (correct > 0 > wrong)", slope=slope),
                key="by-slope" if slope else "by-margin",
                group="margins",
                cursor="a",
                at=[u],
                height="panel",
                alt="The derivative of each loss against the margin."
                if slope
                else "Each loss against the margin.",
                readout=readout,
            )
    with st.container(key="in-numbers"):
        st.markdown(loss_curves.table(losses, u, 1.0))


def _binary(problem: Problem) -> list[Loss]:
    """The losses compared by margin, led by the one being minimised if it has one."""
    lead = problem.loss if problem.loss.task == "binary" else LOSSES["cross_entropy"]()
    return loss_menu.compared(lead, "bwith")


def noise(problem: Problem, clean_risk: Risk) -> None:
    """Flipped labels: where each loss's minimum goes, on these data and in theory."""
    data = clean_risk.data
    if data.task != "binary":
        st.markdown("Label noise is shown for two classes: choose *Two classes* in the sidebar.")
        return
    fields = {each.name: each for each in FlippedLabels.hyperparameters()}
    with controls.beside():
        flips = FlippedLabels(**{n: turn(each, f"flip-{n}") for n, each in fields.items()})
    losses = tuple(LOSSES[id]() for id in NOISE)
    penalty: Penalty = (
        problem.penalty if not isinstance(problem.penalty, NoPenalty) else L2(strength=LEAST)
    )
    found = _noisy_fits(cache.parts(problem), flips, losses, penalty)
    noisy = flips.apply(data)
    wrong = int((noisy.y != data.y).sum())
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        if data.X.shape[1] <= 2:
            stage.show(
                pictures.noisy_fits(data, noisy, found),
                key="noisy-fits",
                height="panel",
                alt="The classes, wrong labels ringed, and each loss's line before and after.",
            )
            st.caption("Thin and dashed: fitted to the clean labels. Thick: to the noisy ones.")
    with right:
        st.markdown("**On these data**, judged on the clean labels:")
        st.markdown(findings.noise_table(found))
        st.markdown("\n".join(f"- {each}" for each in findings.noise(found, wrong, len(data))))
        if isinstance(problem.penalty, NoPenalty):
            st.caption(
                f"With an L2 penalty of λ = {number(LEAST)}, so that more of them have a minimum."
            )
    eta = min(flips.share, 0.49)
    more = tuple(LOSSES[id]() for id in ("mse_sigmoid", "focal", "label_smoothing", "hinge"))
    with st.container(key="in-theory"):
        st.markdown("**In theory**, for labels flipped at random and the expected loss:")
        st.markdown(findings.theory((*losses, *more), eta))


@searched("Fitting every loss to clean and to wrong labels …")
def _noisy_fits(
    recipes: tuple[object, ...], flips: FlippedLabels, losses: tuple[Loss, ...], penalty: Penalty
) -> list[NoisyFit]:
    problem = Problem(*recipes)  # type: ignore[arg-type]
    clean = problem.draw()
    return fit_clean_and_noisy(clean, flips.apply(clean), problem.model, losses, penalty)


def far(problem: Problem) -> None:
    """Along the way to infinity, without a penalty and under several."""
    if problem.loss.task != "binary" or not problem.loss.convex:
        st.markdown(
            "Shown for two classes and a convex loss such as cross-entropy: choose them in the "
            "sidebar."
        )
        return
    found, penalised, best = _far(cache.parts(problem))
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        stage.show(
            pictures.along_ray(found),
            key="ray",
            height="panel",
            alt="The loss along one direction, without a penalty and under several.",
        )
    with right:
        st.markdown(
            "\n".join(f"- {each}" for each in findings.separated(problem.risk(), best, penalised))
        )


@searched("Following the loss to infinity")
def _far(recipes: tuple[object, ...]) -> tuple[Ray, list[Penalised], Minimum]:
    problem = replace(Problem(*recipes), penalty=NoPenalty())  # type: ignore[arg-type]
    best, risk = cache.minimum(problem), problem.risk()
    return ray(risk, best), penalised_fits(risk), best


def rare(problem: Problem, risk: Risk) -> None:
    """One class with fewer rows: what accuracy hides, and what weighing the classes changes."""
    if risk.data.task != "binary":
        st.markdown(
            "Class imbalance is shown for two classes: choose *Two classes* in the sidebar."
        )
        return
    with controls.beside():
        share = slider("Share of class 1", "rare", 0.05, 0.02, 0.5)
    weight = float(np.clip(1 - share, 0, 1))
    losses = (
        problem.loss,
        Focal(gamma=0.0, alpha=weight),
        Focal(gamma=2.0, alpha=weight),
    )
    labels = (
        problem.loss.label,
        "Cross-entropy, classes weighted equally",
        "Focal, γ = 2, classes weighted equally",
    )
    found, kept = _rare(cache.parts(problem), share, losses)
    rows = list(zip(labels, found, strict=True))
    st.markdown(findings.imbalance(rows, kept, class_names(risk.data)[:2]))  # type: ignore[arg-type]
    st.markdown(findings.score_table(rows))
    st.caption(
        f"Rows of class 1 are left out at random; the scores are on the points kept, class 1 "
        f"({class_names(risk.data)[1]}) is the positive class, and 0/0 counts as 0."
    )


@searched("Fitting every loss to fewer rows of class 1")
def _rare(
    recipes: tuple[object, ...], share: float, losses: tuple[Loss, ...]
) -> tuple[list[Scores], float]:
    """The scores of each loss's minimum, and the share of class 1 among the rows kept."""
    problem = Problem(*recipes)  # type: ignore[arg-type]
    data = imbalanced(problem.draw(), share)
    ends = [minimize(Risk(data, problem.model, loss, problem.penalty)) for loss in losses]
    return [scores(data, problem.model, end.theta) for end in ends], float(data.y.mean())
