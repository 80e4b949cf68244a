"""A small network without and with weight decay: one colour each on every picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour
from lossviz.figures.theme import BLUE, VERMILION, axis, blank
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis

COLOURS = (VERMILION, BLUE)
BARS = 30


def plane(land: Landscape, height_axis: HeightAxis, colour: str) -> Figure:
    """A slice from above; the trained network lies in the middle."""
    figure = contour(land, height_axis)
    figure.add_scatter(
        x=[0.0], y=[0.0], name="trained network", mode="markers",
        marker={"size": 12, "color": colour, "line": {"color": "white", "width": 2}},
        hovertemplate="the trained network<extra></extra>",
    )  # fmt: skip
    return figure


def sizes(each: Sequence[tuple[str, str, Any]]) -> Figure:
    """How many weights have which size: (name, colour, weights) for each network."""
    reach = max((abs(float(w)) for _, _, weights in each for w in weights), default=0.0) or 1.0
    figure = blank(
        showlegend=True, barmode="overlay", bargap=0.04,
        xaxis=axis("weight"), yaxis=axis("weights"),
    )  # fmt: skip
    for name, colour, weights in each:
        figure.add_histogram(
            x=weights, name=name, xbins={"start": -reach, "end": reach * 1.001,
                                         "size": 2 * reach / BARS},
            marker={"color": colour, "line": {"width": 0}}, opacity=0.6,
            hovertemplate=f"{name}: %{{y}} weights around %{{x}}<extra></extra>",
        )  # fmt: skip
    return figure
