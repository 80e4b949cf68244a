"""Maps of networks: one slice on training and held-out data, and paths between minima."""

from __future__ import annotations

from typing import Any

from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour
from lossviz.figures.networks import slice3d
from lossviz.figures.theme import GREEN, MARK, ORANGE
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis
from lossviz.networks.validation import Evaluation

_PAPER = {"color": "white", "width": 2}
_LOWS = (
    ("minimum of training loss", "circle", MARK),
    ("minimum of validation loss", "diamond", ORANGE),
)


def held_out(land: Landscape, height_axis: HeightAxis, found: Evaluation) -> Figure:
    """One loss over a slice from above, with the lowest points of both."""
    figure = contour(land, height_axis)
    figure.update_layout(showlegend=True)
    figure.update_traces(showlegend=False)
    # the larger one first, so that both are seen where they meet
    for (name, symbol, hue), low, size in zip(_LOWS, found.lows, (17, 10), strict=True):
        figure.add_scatter(
            x=[low.a], y=[low.b], name=name, mode="markers",
            marker={"size": size, "symbol": symbol, "color": hue, "line": _PAPER},
            hovertemplate=f"{name}: {low.value:.4g}<extra></extra>",
        )  # fmt: skip
    return figure


def held_out3d(land: Landscape, height_axis: HeightAxis, found: Evaluation) -> Figure:
    """The same as a surface."""
    figure = slice3d(land, height_axis)
    for (name, symbol, hue), low, size in zip(_LOWS, found.lows, (7, 5), strict=True):
        j, i = int(abs(land.b - low.b).argmin()), int(abs(land.a - low.a).argmin())
        figure.add_scatter3d(
            x=[low.a], y=[low.b], z=[float(height_axis(land.values[j, i]))],
            name=name, mode="markers",
            marker={"size": size, "symbol": symbol, "color": hue, "line": _PAPER},
            hovertemplate=f"{name}<extra></extra>",
        )  # fmt: skip
    return figure


def detour(
    land: Landscape, height_axis: HeightAxis, straight: Any, curve: Any, control: Any
) -> Figure:
    """The plane through two minima and the control point of a curve of low loss between them.

    ``straight`` and ``curve`` are (m, 2) points on the plane, ``control`` (2,).
    """
    figure = contour(land, height_axis)
    figure.update_layout(showlegend=True)
    figure.update_traces(showlegend=False)
    for name, points, hue, dash in (
        ("straight", straight, MARK, "solid"),
        ("curve", curve, GREEN, "solid"),
    ):
        for width, colour, shown in ((6, "rgba(255,255,255,0.8)", False), (3, hue, True)):
            figure.add_scatter(
                x=points[:, 0], y=points[:, 1], name=name if shown else f"{name} paper",
                mode="lines", showlegend=shown, hoverinfo="skip",
                line={"width": width, "color": colour, "dash": dash},
            )  # fmt: skip
    figure.add_scatter(
        x=[control[0]], y=[control[1]], name="control point", mode="markers",
        marker={"size": 11, "symbol": "square", "color": GREEN, "line": _PAPER},
        hovertemplate="control point<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=straight[[0, -1], 0], y=straight[[0, -1], 1], name="minima", mode="markers",
        marker={"size": 13, "color": MARK, "line": _PAPER},
        hovertemplate="a trained network<extra></extra>",
    )  # fmt: skip
    return figure
