"""The parts of the page: two surfaces and a third picture, and the closer looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.classification.decision_regions import boundary
from lossviz.descent import Trajectory, descend
from lossviz.descent.race import fitted_rate
from lossviz.descent.setting import of_problem
from lossviz.figures import data as data_pictures
from lossviz.figures import validation as pictures
from lossviz.figures.data import class_names
from lossviz.findings import validation as findings
from lossviz.landscapes import Landscape, ProjectedPath, evaluate_line, project
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.height_scale import LinearScale, Scale
from lossviz.landscapes.planes import Plane
from lossviz.losses.binary import sigmoid
from lossviz.metrics import METRICS, Metric, measure, metric_surface
from lossviz.metrics.classes import counts
from lossviz.metrics.curves import calibration, precision_recall, roc
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.regularization import WeightsOnly, strength_grid
from lossviz.regularization.validation import fitted
from lossviz.text import as_markdown
from lossviz.ui import cache, stage
from lossviz.ui.data import fitted as over_data
from lossviz.ui.lenses.validation.comparison import Scene
from lossviz.ui.sidebar import plane_menu
from lossviz.ui.sidebar.widgets import select, slider
from lossviz.validation.curves import (
    Degrees,
    Folds,
    Learning,
    Strengths,
    by_degree,
    fold_surfaces,
    learning_curve,
    validated_path,
    weighted_sum,
)
from lossviz.validation.gap import disagreement, flatness
from lossviz.validation.stopping import early_stop

Array = NDArray[np.floating]
GROUP = "validation"
PANELS = {
    "threshold": "Threshold",
    "stairs": "Zero gradient",
    "stop": "Early stopping",
    "penalty": "Penalty",
    "rows": "Number of rows",
    "degree": "Degree",
    "folds": "Folds",
    "disagree": "Loss against metric",
}
USUAL = {"regression": "mae", "binary": "accuracy", "multiclass": "accuracy"}
STEPS = 601  # along a line: fine enough to see single rows change sides
WALK = 400  # steps of the descent
FORMS = {"l2": "Ridge (L2)", "l1": "Lasso (L1)"}
MOST = 1000  # rows judged in the browser at every move of the pointer


def choose() -> str:
    """Which panel is open; the others cost nothing."""
    return select("Details", PANELS, "panel-validation", draw=st.segmented_control)


def short(plane: Plane) -> Plane:
    """The same plane with names that fit a narrow picture."""
    first, second = (plane_menu.brief(name) for name in plane.names)
    return replace(plane, names=(first, second))


def form() -> str:
    """Which penalty grows along the path."""
    return select("Path of", FORMS, "validation-form", draw=st.segmented_control)


def patience() -> int:
    """How many steps without a new lowest held-out loss end the training."""
    steps: int = slider("Patience, in steps", "patience", 10, 1, 100, whole=True)
    return steps


def paths(
    scene: Scene, panel: str, form: str, patience: int
) -> tuple[list[tuple[str, ProjectedPath, int]], ...]:
    """What was walked, on the first surface and on the second: a descent, or a penalty's path.

    With the place on it that is kept: by early stopping, or as the best strength.
    """
    if panel not in ("stop", "penalty"):
        return [], []
    try:
        if panel == "stop":
            points = _descent(scene).points
            kind, kept = "descent", early_stop(scene.held.value(points), patience).best
        else:
            recipes = cache.parts(scene.parts.train), cache.parts(scene.parts.held)
            found = _strengths(*recipes, form)
            points, kind, kept = found.thetas, "penalty", found.best
    except ValueError:  # the panel says why
        return [], []
    judge = scene.metric
    second = scene.held.value(points) if judge is None else measure(scene.held, judge, points)
    return tuple(
        [(kind, _inside(project(_Walk(points, values), scene.plane), land), kept)]
        for values, land in zip((scene.train.value(points), second), scene.landscapes, strict=True)
    )


class _Walk:
    """Points with values, as ``project`` takes a path."""

    def __init__(self, points: Array, values: Array) -> None:
        self.points, self.values = points, values


def _inside(path: ProjectedPath, land: Landscape) -> ProjectedPath:
    """The same path with gaps where it leaves the window."""
    seen = (path.a >= land.a[0]) & (path.a <= land.a[-1])
    seen &= (path.b >= land.b[0]) & (path.b <= land.b[-1])
    return replace(path, a=np.where(seen, path.a, np.nan), b=np.where(seen, path.b, np.nan))


def surfaces(
    scene: Scene, scale: Scale, together: bool, panel: str, form: str, patience: int
) -> None:
    """Two surfaces under one camera, and what lies between them or what it means in the data."""
    walked = paths(scene, panel, form, patience)
    first, second = (land.values for land in scene.landscapes)
    if together and scene.metric is None:
        rulers = (scale.ruler(first, second),) * 2
    else:
        rulers = scale.ruler(first), scale.ruler(second)
    titles = f"Training: {scene.train.loss.label.lower()}", scene.label
    measures = scene.train.loss.name, scene.label.removeprefix("Held out: ")
    places = [*st.columns(2, gap="small"), st.container()]
    home = scene.plane.project(scene.middle).tolist()
    for k in (0, 1):
        with places[k]:
            st.markdown(f"**{titles[k]}**")
            stage.show(
                pictures.with_minima(scene.landscapes[k], rulers[k], scene.minima[k], walked[k]),
                key=f"validation-{k}",
                group=GROUP,
                camera=GROUP,
                cursor="ab",
                at=home if k == 0 else None,
                height="most",
                alt=f"{titles[k]} over {scene.plane.names[0]} and {scene.plane.names[1]}, with "
                "the best point of both surfaces.",
                readout=stage.Readout(list(scene.plane.names), measures[k]),
            )
    left, right = places[2].columns(2, gap="small")
    with left:
        _data(scene.train, "Training rows", scene)
    with right:
        if scene.metric is None:
            _difference(scene)
        else:
            _data(scene.held, "Rows held out", scene)


def _difference(scene: Scene) -> None:
    st.markdown("**Held-out less training loss**")
    a, b = scene.landscapes[0].a, scene.landscapes[0].b
    between = Landscape(scene.plane, a, b, scene.landscapes[1].values - scene.landscapes[0].values)
    stage.show(
        pictures.difference(between, scene.minima[0]),
        key="validation-between",
        group=GROUP,
        cursor="ab",
        height="third",
        alt="Where the held-out loss is above the training loss, red, and where below, blue.",
    )


def _data(risk: Risk, title: str, scene: Scene) -> None:
    """Some of the rows, and the model under the pointer."""
    st.markdown(f"**{title}, and the model under the pointer**")
    if risk.data.task == "multiclass" or risk.data.X.shape[1] > 2:
        st.caption("Drawn for two classes or a number, over one or two features.")
        return
    drawn = fit(risk)
    window = scene.landscapes[0].a, scene.landscapes[0].b
    stage.show(
        data_pictures.fitted(drawn, drawn.heights(scene.middle)),
        key=f"validation-{'data' if risk is scene.train else 'held'}",
        group=GROUP,
        height="third",
        alt=over_data.SAYS[drawn.kind],
        moves=over_data.moves(drawn, scene.plane, window),
    )


def closer(scene: Scene, panel: str, form: str, patience: int) -> None:
    """The open panel; what it cannot show it says in a sentence."""
    draw: dict[str, Callable[[Scene], None]] = {
        "threshold": threshold,
        "stairs": stairs,
        "stop": lambda scene: stop(scene, patience),
        "penalty": lambda scene: penalty(scene, form),
        "rows": rows,
        "degree": degree,
        "folds": folds,
        "disagree": disagree,
    }
    try:
        draw[panel](scene)
    except ValueError as error:
        st.info(as_markdown(str(error)))


def metric_of(scene: Scene) -> Metric:
    """The metric being looked at, or the usual one where the loss is."""
    return scene.metric or METRICS[USUAL[scene.train.data.task]]()


def threshold(scene: Scene) -> None:
    """Confusion matrix, ROC, precision and recall, calibration: of the model under the pointer."""
    held = scene.held
    design = held.model.design(held.data.X)
    if held.data.task != "binary" or design is None:
        raise ValueError(
            "A threshold divides two classes: choose the task *Two classes* in the sidebar."
        )
    if len(held.data) > MOST:
        raise ValueError(
            f"These pictures follow the pointer with up to {MOST:,} rows held out; there are "
            f"{len(held.data):,}. Hold out a smaller share."
        )
    cut = float(getattr(scene.metric, "threshold", 0.5))
    if not hasattr(scene.metric, "threshold"):
        cut = slider("Threshold", "judge-threshold", 0.5, 0.01, 0.99)
    y, p = held.data.y, sigmoid(design @ scene.middle)
    found = counts(y, p >= cut)
    tp, fp, fn, tn = (float(each) for each in (found.tp, found.fp, found.fn, found.tn))
    curves = roc(y, p), precision_recall(y, p)
    points = (
        (fp / (fp + tn), tp / (tp + fn)),
        (tp / (tp + fn), tp / (tp + fp) if tp + fp else 0.0),
    )

    def follows(trace: str, shows: Any) -> stage.Judge:
        return stage.Judge(trace, shows, y, design, scene.plane, cut)

    drawn = [
        ("Confusion matrix, rows held out", "confusion",
         pictures.confusion([[int(tn), int(fp)], [int(fn), int(tp)]], class_names(held.data)),
         [follows("counts", "confusion")], "How many rows of each class are predicted as which."),
        ("ROC curve", "roc", pictures.operating(curves[0].x, curves[0].y, points[0], pictures.ROC),
         [follows("curve", "roc"), follows("point", "roc point")],
         "True against false positive rate over all thresholds."),
        ("Precision and recall", "pr",
         pictures.operating(curves[1].x, curves[1].y, points[1], pictures.PRECISION_RECALL),
         [follows("curve", "pr"), follows("point", "pr point")],
         "Precision against recall over all thresholds."),
        ("Calibration", "calibration", pictures.calibration(*calibration(y, p)),
         [follows("bins", "calibration")], "The share of class 1 among rows given a probability."),
    ]  # fmt: skip
    for place, (title, key, figure, moves, alt) in zip(
        st.columns(4, gap="small"), drawn, strict=True
    ):
        with place:
            st.markdown(f"**{title}**")
            stage.show(
                figure, key=f"threshold-{key}", group=GROUP, height="panel", alt=alt, moves=moves
            )
    st.caption("Point at a surface: all four follow the model under the pointer.")


def stairs(scene: Scene) -> None:
    """The metric beside the loss along a line, and how much of the plane is level."""
    metric = metric_of(scene)
    plane = scene.plane
    a = scene.landscapes[0].a
    t = np.linspace(a[0], a[-1], STEPS)
    home = plane.project(scene.middle)
    start = plane.point(0.0, home[1])
    loss = evaluate_line(scene.train, start, plane.u, t).values
    line = Plane(start, plane.u, np.zeros_like(plane.u))
    scores = metric_surface(scene.held, metric, line, t, [0.0]).values[0]
    land = _scored(scene, metric)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(
            pictures.staircase(
                t,
                loss,
                scores,
                (plane.names[0], "training loss", f"held-out {findings.named(metric)}"),
            ),
            key="stairs",
            height="panel",
            alt=f"Training loss and {metric.label} along {plane.names[0]}.",
        )
    with right:
        st.markdown(findings.flat(metric, flatness(scene.held, metric, land)))


def _scored(scene: Scene, metric: Metric) -> Landscape:
    """The metric over the scene's window."""
    if scene.metric == metric:
        return scene.landscapes[1]
    return metric_surface(
        scene.held, metric, scene.plane, scene.landscapes[0].a, scene.landscapes[0].b
    )


def _descent(scene: Scene) -> Trajectory:
    """Gradient descent on the training loss from a corner of the window."""
    a, b = scene.landscapes[0].a, scene.landscapes[0].b
    window = (float(a[0]), float(a[-1])), (float(b[0]), float(b[-1]))
    surface = of_problem(scene.train, scene.best, scene.plane, window)
    entry = OPTIMIZERS["gd"]
    rate = fitted_rate(entry, surface, surface.curvature())
    return descend(scene.train, entry(lr=rate), surface.theta(surface.home), steps=WALK)


def stop(scene: Scene, patience: int) -> None:
    """Where early stopping would stop a descent on the training loss."""
    path = _descent(scene)
    held = scene.held.value(path.points)
    found = early_stop(held, patience)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(
            pictures.stopping(path.values, held, found, ("training loss", "held-out loss")),
            key="stop",
            height="panel",
            alt="Training and held-out loss against the step, with the step that is kept.",
        )
    with right:
        st.markdown(findings.stopped(found, patience, len(path.values) - 1))
        st.caption(
            "The white line on both surfaces is the descent, seen on this plane, and the diamond "
            "the step that is kept."
        )


@st.cache_data(max_entries=32, show_spinner="Following the penalty")
def _strengths(train: tuple[Any, ...], held: tuple[Any, ...], form: str) -> Strengths:
    risk = weighted_sum(replace(Problem(*train), penalty=PENALTIES[form]()).risk())
    judge = weighted_sum(Problem(*held).risk())
    strengths = strength_grid(WeightsOnly(risk))
    return validated_path(risk, judge.data, strengths.tolist(), fitted(risk, risk.data, strengths))


def penalty(scene: Scene, form: str) -> None:
    """The path of the penalised minimum, judged on both parts."""
    found = _strengths(cache.parts(scene.parts.train), cache.parts(scene.parts.held), form)
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(
            pictures.strengths(found),
            key="strengths",
            height="panel",
            alt="Training and held-out loss against the strength of the penalty.",
        )
    with right:
        st.markdown(findings.strengths(found))
        st.caption(
            "The orange line on both surfaces is the path of the minimum as λ grows, and the "
            "diamond the best λ."
        )


def rows(scene: Scene) -> None:
    """Losses by the number of rows learned from, with bands over seeds."""
    found = _learning(cache.parts(scene.parts.train), cache.parts(scene.parts.held))
    law = f"risk, from {found.sample:,} fresh rows"
    _told(pictures.learning(found, law), "learning", findings.learning(found),
          "Training and held-out loss against the number of rows.")  # fmt: skip


@st.cache_data(max_entries=16, show_spinner="Fitting to more and more rows")
def _learning(train: tuple[Any, ...], held: tuple[Any, ...]) -> Learning:
    return learning_curve(Problem(*train), Problem(*held).risk())


def degree(scene: Scene) -> None:
    """Under- and overfitting by degree, with bias and variance."""
    found = _degrees(cache.parts(scene.parts.train))
    _told(pictures.degrees(found), "degree", findings.degrees(found),
          "Mean squared error against the degree, with bias and variance.")  # fmt: skip


@st.cache_data(max_entries=16, show_spinner="Fitting every degree to many samples")
def _degrees(recipes: tuple[Any, ...]) -> Degrees:
    return by_degree(Problem(*recipes))


def folds(scene: Scene) -> None:
    """Cross-validation: k surfaces around their mean."""
    k = slider("Folds", "folds", 5, 2, 10, whole=True)
    a, b = scene.landscapes[0].a, scene.landscapes[0].b
    plane = scene.plane
    found = _folds(cache.parts(scene.parts.train), plane.origin, plane.u, plane.v, a, b, k)
    named = replace(found, mean=replace(found.mean, plane=plane))
    ruler = LinearScale().ruler(*(land.values for land in found.landscapes))
    _told(pictures.folds(named, ruler), "folds", findings.folds(found),
          f"The losses of {k} folds as pale sheets around their mean.")  # fmt: skip


@st.cache_data(max_entries=16, show_spinner="Fitting without each fold")
def _folds(
    recipes: tuple[Any, ...], origin: Array, u: Array, v: Array, a: Array, b: Array, k: int
) -> Folds:
    return fold_surfaces(Problem(*recipes).risk(), Plane(origin, u, v), a, b, k)


def disagree(scene: Scene) -> None:
    """Two models of which the loss prefers one and the metric the other."""
    metric = metric_of(scene)
    found = disagreement(scene.landscapes[0], _scored(scene, metric), metric.higher)
    says = findings.disagreement(found, metric)
    data = scene.held.data
    flat = data.task == "binary" and data.X.shape[1] <= 2 and scene.held.model.id != "polynomial"
    if found is None or not flat:
        st.markdown(says)
        return
    models = [scene.plane.point(*at) for at in (found.first, found.second)]
    lines = [
        (name, *boundary(data, theta))
        for name, theta in zip(("lower loss", f"better {metric.label}"), models, strict=True)
    ]
    _told(pictures.boundaries(data, lines), "disagree", [says],
          "The rows held out, with two models that loss and metric rank otherwise.")  # fmt: skip


def _told(figure: Any, key: str, says: list[str], alt: str) -> None:
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(figure, key=f"validation-{key}", height="panel", alt=alt)
    with right:
        st.markdown("\n".join(f"- {each}" for each in says))
