"""Controls beside a lens's pictures: plot range, height scale, resolution."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from lossviz.landscapes.height_scale import SCALES, Scale
from lossviz.problem.problem import Problem
from lossviz.text import number
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import select, slider, tune

Array = NDArray[np.floating]
Box = tuple[tuple[float, float], tuple[float, float]]
ENDS = ("a0", "a1", "b0", "b1")  # of a window


def row() -> DeltaGenerator:
    """The line of controls over the stage: ``with controls.row(): ...``."""
    return st.container(key="controls", horizontal=True, vertical_alignment="bottom")


def beside() -> DeltaGenerator:
    """A few controls next to a picture or a player."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def scale(key: str = "height", default: str = "linear") -> Scale:
    """Linear, log or clipped heights."""
    labels = {i: e.label for i, e in SCALES.items()}
    id = select("Height", labels, key, default=default, draw=st.segmented_control)
    return tune(SCALES[id], f"{key}-{id}")


def resolution(default: int = 101) -> int:
    """Grid points along each axis."""
    return slider("Resolution", "n", default, 25, 301, whole=True)


def window(auto: Box, names: tuple[str, str], lens: str, problem: Problem) -> Box:
    """The ranges to look at, in a popover: see ``ranges``."""
    with state.fold("Window", "window"):
        return ranges(auto, names, lens, (problem.dataset.id, problem.model.id))


def ranges(auto: Box, names: tuple[str, str], lens: str, owner: Any) -> Box:
    """The ranges to look at: fitted to the problem, zoomed, or typed.

    ``auto`` is the fitted window; a range typed the wrong way round is refused with a sentence
    and the fitted one shown.  What was typed for another ``owner`` says nothing about this one.
    """
    state.belong(owner, *(f"{lens}-{end}" for end in ENDS))
    zoom = slider("Zoom", f"{lens}-zoom", 1.0, 0.1, 10.0, log=True)
    chosen = []
    for name, side, (low, high) in zip(names, "ab", auto, strict=True):
        if not name:  # a curve has one axis
            chosen.append((low, high))
            continue
        middle, half = (low + high) / 2, (high - low) / 2 / zoom
        left, right = st.columns(2)
        start = typed(left, f"{name} from", f"{lens}-{side}0", middle - half)
        end = typed(right, f"{name} to", f"{lens}-{side}1", middle + half)
        if not start < end:
            st.error(
                f"The window must start below its end: {name} runs from {number(start)} to "
                f"{number(end)}. The fitted window is shown."
            )
            start, end = low, high
        chosen.append((start, end))
    st.button("Fit the window to the problem", on_click=_refit, args=(lens,))
    return chosen[0], chosen[1]


def typed(place: DeltaGenerator, title: str, key: str, auto: float) -> float:
    """A number that is fitted until somebody types one."""
    value = state.bound(
        key,
        None,
        state.number(),
        lambda: place.number_input(
            title, value=None, key=key, placeholder=f"{auto:.4g}", format="%.12g"
        ),
        problem=lambda v: "" if np.isfinite(v) and abs(v) < 1e12 else "is no usable number",
    )
    return auto if value is None else value


def _refit(lens: str) -> None:
    state.put(f"{lens}-zoom", 1.0)
    for end in ENDS:
        state.put(f"{lens}-{end}", None)


def grid(box: Box, n: int) -> tuple[Array, Array]:
    """The coordinates of an n by n grid over the window."""
    (a0, a1), (b0, b1) = box
    return np.linspace(a0, a1, n), np.linspace(b0, b1, n)


def switch(title: str, key: str, *, default: bool = False) -> bool:
    """A toggle kept in the link."""
    return state.bound(key, default, state.FLAG, lambda: st.toggle(title, key=key))
