"""The data picture that follows the cursor: what a point of the surface means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.classification.decision_regions import regions
from lossviz.figures import classification
from lossviz.figures import data as pictures
from lossviz.landscapes.fitted import BOUNDARY, CURVE, Fit, fit
from lossviz.landscapes.planes import Plane
from lossviz.models import LayeredNetwork
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem
from lossviz.ui import stage
from lossviz.ui.data import editing

Array = NDArray[np.floating]
QUICK = 2e7  # multiplications that a browser does between two frames
LOGITS = 12.0  # beyond which a boundary's picture shows no difference
FAR = 1e6  # times the targets, where a curve has left its picture
CAPTIONS = {
    "curve": "The data with the model at the cursor and, dashed, at the minimum.",
    "probability": "The two classes at 0 and 1, and the model's probability of class 1.",
    "boundary": "The two classes and the decision boundary: both have the same probability there.",
    "agreement": "Predicted against observed: points on the dashed line are predicted exactly.",
}


def of_model(
    problem: Problem,
    risk: Risk,
    plane: Plane,
    theta: Array,
    window: tuple[Array, Array],
    *,
    key: str,
    group: str,
    height: stage.Height,
) -> None:
    """The data with the model at the cursor, be it a curve, a boundary or several classes' regions.

    ``theta`` (p,) are the parameters where the cursor starts, ``window`` the coordinates of the
    landscape's grid.
    """
    if risk.data.task != "multiclass":
        show(problem, fit(risk), plane, theta, window, key=key, group=group, height=height)
        return
    if risk.data.X.shape[1] != 2:
        st.caption("The decision regions of several classes are drawn over two features.")
        return
    found = regions(risk.data, risk.model)
    stage.show(
        classification.won(risk.data, found, found.leads(theta)),
        key=key,
        group=group,
        height=height,
        alt="The classes and the decision region of each.",
        moves=[
            stage.Lead(f"lead {c}", found.basis, plane, index=c) for c in range(len(found.basis))
        ],
    )


def show(
    problem: Problem,
    fit: Fit,
    plane: Plane,
    best: Array,
    window: tuple[Array, Array],
    *,
    key: str,
    group: str,
    height: stage.Height,
    more: Sequence[stage.Move] = (),
) -> None:
    """Data with the fit at the cursor; points of a one-feature dataset can be dragged.

    ``best`` (p,) are the parameters of the minimum, where the cursor starts; ``window`` the
    coordinates of the landscape's grid.
    """
    figure = pictures.fitted(fit, fit.heights(best))
    editable = fit.kind == CURVE
    stage.show(
        figure,
        key=key,
        group=group,
        height=height,
        alt=CAPTIONS[fit.kind],
        moves=[*moves(fit, plane, window), *more],
        drag=stage.Drag("data", removable=True) if editable else None,
        on_drag=editing.dragged(problem) if editable else None,
        on_click=editing.clicked(problem) if editable else None,
    )


def moves(fit: Fit, plane: Plane, window: tuple[Array, Array]) -> list[stage.Move]:
    """How the drawn model follows the cursor in the browser."""
    names, attribute = traces(fit)
    if exact(fit):
        assert isinstance(fit.risk.model, LayeredNetwork)
        largest = float(np.abs(fit.risk.data.y).max()) or 1.0
        most = LOGITS if fit.kind == BOUNDARY else FAR * largest
        steps = fit.risk.model.steps(1)
        return [
            stage.Forward(name, steps, fit.inputs, plane, most, attribute, fit.link)
            for name in names
        ]
    if fit.basis is not None:
        return [
            stage.Fit(name, fit.basis, plane, attribute=attribute, link=fit.link) for name in names
        ]
    of = (fit.risk.model, fit.kind, fit.inputs, plane.origin, plane.u, plane.v, *window)
    a, b, bank = _bank(fit, plane, window, of)
    return [stage.Table(name, bank, a, b, attribute=attribute) for name in names]


def traces(fit: Fit) -> tuple[tuple[str, ...], stage.Attribute]:
    """The traces of a picture that are the model's answer, and which attribute of them is."""
    return (("fit", "boundary"), "z") if fit.kind == BOUNDARY else (("fit",), "y")


def exact(fit: Fit) -> bool:
    """Whether the browser computes a network's answers under the cursor and blends none."""
    return (
        isinstance(fit.risk.model, LayeredNetwork)
        and len(fit.inputs) * fit.risk.layout.size <= QUICK
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _bank(
    _fit: Fit, _plane: Plane, _window: tuple[Array, Array], of: tuple[Any, ...]
) -> tuple[Array, Array, Array]:
    """Coordinates a and b and the drawings there: ``of`` decides what they are."""
    a, b = _fit.mesh(_plane, _window)
    return a, b, _fit.bank(_plane, a, b).reshape(len(b), len(a), -1)
