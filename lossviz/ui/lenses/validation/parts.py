"""The page's menus, its two surfaces under one camera, and which closer look is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lossviz.figures import data as data_pictures
from lossviz.figures import validation as pictures
from lossviz.landscapes import Landscape
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.height_scale import Scale
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.regularization import has_exact_path
from lossviz.text import as_markdown
from lossviz.ui import stage
from lossviz.ui.data import fitted as over_data
from lossviz.ui.lenses.validation import choices, metrics
from lossviz.ui.lenses.validation.comparison import Scene
from lossviz.ui.lenses.validation.layout import GROUP
from lossviz.ui.lenses.validation.paths import paths
from lossviz.ui.sidebar import plane_menu
from lossviz.ui.sidebar.widgets import select, slider

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


def choose() -> str:
    """Which panel is open; the others cost nothing."""
    return select("Details", PANELS, "panel-validation", draw=st.segmented_control)


def short(plane: Plane) -> Plane:
    """The same plane with names that fit a narrow picture."""
    first, second = (plane_menu.brief(name) for name in plane.names)
    return replace(plane, names=(first, second))


def form() -> str:
    """Which penalty grows along the path."""
    known = {id: entry.label for id, entry in PENALTIES.items() if has_exact_path(entry())}
    return select("Path of", known, "validation-form", default="l2")


def patience() -> int:
    """How many steps without a new lowest held-out loss end the training."""
    steps: int = slider("Patience, in steps", "patience", 10, 1, 100, whole=True)
    return steps


def surfaces(
    scene: Scene, scale: Scale, together: bool, panel: str, form: str, patience: int
) -> None:
    """Two surfaces under one camera, and what lies between them or what it means in the data."""
    walked = paths(scene, panel, form, patience)
    first, second = (land.values for land in scene.landscapes)
    if together and scene.metric is None:
        height_axes = (scale.height_axis(first, second),) * 2
    else:
        height_axes = scale.height_axis(first), scale.height_axis(second)
    titles = f"Training: {scene.train.loss.name}", scene.label
    measures = scene.train.loss.name, scene.label.removeprefix("Held out: ")
    places = [*st.columns(2, gap="small"), st.container()]
    home = scene.plane.project(scene.middle).tolist()
    for k in (0, 1):
        with places[k]:
            st.markdown(f"**{titles[k]}**")
            stage.show(
                pictures.with_minima(
                    scene.landscapes[k], height_axes[k], scene.minima[k], walked[k]
                ),
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
        st.caption("Drawn for two classes and for regression, over one or two features.")
        return
    drawn = fit(risk)
    window = scene.landscapes[0].a, scene.landscapes[0].b
    stage.show(
        data_pictures.fitted(drawn, drawn.heights(scene.middle)),
        key=f"validation-{'data' if risk is scene.train else 'held'}",
        group=GROUP,
        height="third",
        alt=over_data.CAPTIONS[drawn.kind],
        moves=over_data.moves(drawn, scene.plane, window),
    )


def closer(scene: Scene, panel: str, form: str, patience: int) -> None:
    """The open panel; what it cannot show it says in a sentence."""
    draw: dict[str, Callable[[Scene], None]] = {
        "threshold": metrics.threshold,
        "stairs": metrics.stairs,
        "stop": lambda scene: choices.stop(scene, patience),
        "penalty": lambda scene: choices.penalty(scene, form),
        "rows": choices.rows,
        "degree": choices.degree,
        "folds": choices.folds,
        "disagree": metrics.disagree,
    }
    try:
        draw[panel](scene)
    except ValueError as error:
        st.info(as_markdown(str(error)))
