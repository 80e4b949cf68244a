"""Panels about the metric: threshold, zero gradient, loss against metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lossviz.classification.decision_regions import boundary, side
from lossviz.figures import validation as pictures
from lossviz.figures.data import class_names
from lossviz.findings import validation as findings
from lossviz.landscapes import Landscape, evaluate_line
from lossviz.landscapes.planes import Plane
from lossviz.losses.binary import sigmoid
from lossviz.metrics import METRICS, Metric, metric_surface
from lossviz.metrics.classes import counts
from lossviz.metrics.curves import calibration, precision_recall, roc
from lossviz.text import as_markdown
from lossviz.ui import stage
from lossviz.ui.lenses.validation.comparison import Scene
from lossviz.ui.lenses.validation.layout import GROUP, beside
from lossviz.ui.sidebar.widgets import slider
from lossviz.validation.gap import disagreement, flatness

USUAL = {"regression": "mae", "binary": "accuracy", "multiclass": "accuracy"}
STEPS = 601  # along a line: fine enough to see single rows change sides
MOST = 1000  # rows scored in the browser at every move of the pointer


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
    positive = as_markdown(class_names(held.data)[1])
    st.caption(
        "Point at a surface: all four follow the model under the pointer. Where no row is "
        f"predicted to be {positive}, precision is 0/0 and drawn as 0."
    )


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
                (plane.names[0], "training loss", f"held-out {metric.name}"),
            ),
            key="stairs",
            height="panel",
            alt=f"Training loss and {metric.name} along {plane.names[0]}.",
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


def disagree(scene: Scene) -> None:
    """Two models of which the loss prefers one and the metric the other."""
    metric = metric_of(scene)
    found = disagreement(scene.landscapes[0], _scored(scene, metric), metric.higher)
    text = findings.disagreement(found, metric)
    data = scene.held.data
    flat = data.task == "binary" and data.X.shape[1] <= 2 and scene.held.model.affine
    if found is None or not flat:
        st.markdown(text)
        return
    models = [scene.plane.point(*at) for at in (found.first, found.second)]
    logit = float(np.log(cut / (1 - cut))) if (cut := getattr(metric, "threshold", None)) else 0.0
    lines = [
        (name, *boundary(data, theta, logit), side(data, theta))
        for name, theta in zip(("lower loss", f"better {metric.name}"), models, strict=True)
    ]
    where = f"Triangles point to where a model predicts {as_markdown(class_names(data)[1])}."
    beside(pictures.boundaries(data, lines), "disagree", [text, where],
          "The rows held out, with two models that loss and metric rank otherwise.")  # fmt: skip
