"""The panels below the networks' stage, each of which costs nothing until it is opened."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lossviz.figures.landscapes import contour, surface
from lossviz.landscapes import Landscape
from lossviz.landscapes.file import load_landscape
from lossviz.landscapes.height_scale import LogScale, Scale
from lossviz.text import as_markdown
from lossviz.ui import stage
from lossviz.ui.lenses.networks import curvature, mode_connectivity, validation
from lossviz.ui.lenses.networks import stage as network_pair
from lossviz.ui.lenses.networks.pair import Member, View
from lossviz.ui.lenses.networks.replay import replay
from lossviz.ui.lenses.networks.training import Setting
from lossviz.ui.sidebar.widgets import select

PANELS = {
    "path": "Path",
    "replay": "Training",
    "validation": "Validation data",
    "layers": "Layers",
    "spectrum": "Spectrum",
    "sharpness": "Sharpness",
    "roughness": "Roughness",
    "between": "Mode connectivity",
    "file": "Open a file",
}


def show(
    members: Sequence[Member],
    landscapes: Sequence[Landscape],
    scale: Scale,
    setting: Setting,
    view: View,
) -> None:
    """The panel the reader opened."""
    panel = select("Details", PANELS, "net-panel", draw=st.segmented_control)
    if panel == "path":
        network_pair.path(members, landscapes, scale, view)
    elif panel == "replay":
        replay(members, network_pair.COLOURS)
    elif panel == "validation":
        validation.held_out(members, setting, scale, view)
    elif panel == "layers":
        network_pair.layers(members)
    elif panel == "spectrum":
        curvature.spectrum(members)
    elif panel == "sharpness":
        curvature.sharpness(members[1].problem, setting)
    elif panel == "roughness":
        network_pair.rough(members, setting, view)
    elif panel == "between":
        mode_connectivity.between(members[1].problem, setting, scale)
    else:
        opened()


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
        height_axis = LogScale().height_axis(land.values)
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return
    if land.title or land.note:
        st.markdown(as_markdown(f"{land.title} {land.note}".strip()))
    solid, flat = st.columns(2, gap="small")
    with solid:
        stage.show(surface(land, height_axis), key="net-file", cursor="ab", group="file",
                   height="panel", alt=f"The landscape of {file.name}.")  # fmt: skip
    with flat:
        stage.show(contour(land, height_axis), key="net-file-map", cursor="ab", group="file",
                   height="panel", readout=stage.Readout(land.plane.names, "loss"),
                   alt="The same landscape from above.")  # fmt: skip
