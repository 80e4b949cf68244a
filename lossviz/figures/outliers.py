"""Fitted lines over the data, each point's share of loss and gradient, surfaces side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lossviz.datasets import Data
from lossviz.figures.data import curve, scatter
from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour, marked, profile, surface
from lossviz.figures.theme import BLUE, GREEN, GREY, MARK, axis, blank, colour_of
from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.height_scale import HeightAxis
from lossviz.losses import Loss
from lossviz.outliers.displacement import Breakdown
from lossviz.outliers.influence import Curve, Influences


class Line(NamedTuple):
    """A loss's fit over the data: heights ``y`` (m,) at ``x`` (m,).

    ``floor`` (q, m) are the outermost of several equally good lines, if there are several.
    """

    loss: Loss
    x: Any
    y: Any
    floor: Any = None


def tint(loss: Loss) -> str:
    """A loss's colour; the third loss never borrows squared error's."""
    colour = colour_of(loss.id, 2)
    return GREEN if colour == BLUE and loss.id != "squared" else colour


def lines(data: Data, each: Sequence[Line], chosen: int, home: Sequence[float] | None) -> Figure:
    """The data with one line per loss; a ring around the chosen point, a ghost where it was."""
    figure = scatter(data)
    figure.update_layout(showlegend=True, margin={"l": 54, "r": 8, "t": 30, "b": 40})
    figure.data[0].showlegend = False
    x, y = float(data.X[chosen, 0]), float(data.y[chosen])
    if home is not None:
        figure.add_scatter(
            x=[home[0], x], y=[home[1], y], name="was", mode="lines+markers", hoverinfo="skip",
            line={"width": 1.5, "color": GREY, "dash": "dot"}, showlegend=False,
            marker={"size": [9, 0], "color": "rgba(0,0,0,0)",
                    "line": {"width": 1.5, "color": GREY}},
        )  # fmt: skip
    figure.add_scatter(
        x=[x], y=[y], name="chosen", mode="markers", hoverinfo="skip", showlegend=False,
        marker={"size": 17, "color": "rgba(0,0,0,0)", "line": {"width": 2.5, "color": MARK}},
    )  # fmt: skip
    for line in each:
        colour = tint(line.loss)
        if line.floor is not None:
            gap = [None]
            figure.add_scatter(
                x=[v for _ in line.floor for v in [*line.x, *gap]],
                y=[v for row in line.floor for v in [*row, *gap]],
                name=f"{line.loss.label}, equally good", mode="lines", hoverinfo="skip",
                line={"width": 1, "color": colour}, showlegend=False,
            )  # fmt: skip
        trace = curve(line.x, line.y, name=line.loss.label, colour=colour)
        trace.showlegend = True
        figure.add_traces([trace])
    pointed = curve(each[0].x, [None] * len(each[0].x), name="at the pointer", colour=GREY)
    pointed.update(line={"width": 1.5, "dash": "dash"}, showlegend=False)
    figure.add_traces([pointed])
    return figure


def bars(
    rows: Sequence[str], losses: Sequence[Loss], each: Sequence[Influences], kept: Any
) -> Figure:
    """Each point's share of the loss (above) and of the gradient in the slope (below), per loss.

    ``rows`` name the points that are shown, ``kept`` (k,) are their numbers.
    """
    figure = blank(
        showlegend=False, bargap=0.25, bargroupgap=0.05,
        margin={"l": 54, "r": 8, "t": 30, "b": 40},
        xaxis={"title": {"text": "point"}, "type": "category", "anchor": "y2", "fixedrange": True},
        yaxis={"title": {"text": "loss"}, "domain": [0.54, 1], "ticksuffix": " %",
               "nticks": 4, "rangemode": "tozero"},
        yaxis2={"title": {"text": "influence"}, "domain": [0, 0.46], "ticksuffix": " %",
                "nticks": 4, "zeroline": True, "automargin": True},
    )  # fmt: skip
    for loss, of_loss in zip(losses, each, strict=True):
        parts = (("y", 100 * of_loss.share[kept], "of the loss"),
                 ("y2", 100 * of_loss.turn_share[kept], "of influence on the slope"))  # fmt: skip
        for place, heights, what in parts:
            figure.add_bar(
                x=rows, y=heights, yaxis=place, name=loss.label, offsetgroup=loss.id,
                marker={"color": tint(loss)},
                hovertemplate=f"point %{{x}}, {loss.label}: %{{y:.1f}} {what}<extra></extra>",
            )  # fmt: skip
    if not any(of_loss.share.any() for of_loss in each):
        figure.add_annotation(text="no loss", showarrow=False, xref="paper", yref="paper",
                              x=0.5, y=0.8, font={"size": 15, "color": GREY})  # fmt: skip
    return figure


def loss_surface(
    land: Landscape,
    height_axis: HeightAxis,
    loss: Loss,
    marks: Sequence[Mark],
    trail: Mark | None,
    title: str,
    *,
    solid: bool,
) -> Figure:
    """One loss's surface, or its map, with its exact minimum and the trail that led there."""
    flat = not land.plane.names[1]  # one parameter: a curve
    figure = (
        profile(land, height_axis) if flat else (surface if solid else contour)(land, height_axis)
    )
    deep = solid and not flat
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0} if deep else {"l": 54, "r": 8, "t": 28, "b": 40},
        annotations=[
            {"text": f"<b style='color:{tint(loss)}'>■</b> {title}", "x": 0.01, "y": 1,
             "xref": "paper", "yref": "paper", "xanchor": "left", "showarrow": False,
             "yanchor": "top" if deep else "bottom", "font": {"size": 15}}
        ],
    )  # fmt: skip
    for mark, colour in [*((m, GREY) for m in marks[1:]), (trail, "#ffffff"), (marks[0], MARK)]:
        if mark is not None:
            placed = mark._replace(b=height_axis(mark.values)) if flat else mark
            figure.add_traces([_drawn(placed, height_axis, colour, deep)])
    if deep:
        figure.update_scenes(zaxis_title_text="")  # the heading says it, and a phone has no room
    if marks[0].shape != "arrow":
        figure.data[-1].name = "minimum"
    return figure


def _drawn(mark: Mark, height_axis: HeightAxis, colour: str, solid: bool) -> Any:
    """A mark that may turn from a point into an outline, and back, while a point moves."""
    trace = marked(mark, height_axis, solid=solid, colour=colour)
    if mark.shape == "outline":
        trace.mode = "lines+markers"
    if mark.name == "trail":
        trace.update(mode="lines", line={"width": 5 if solid else 2.5}, hoverinfo="skip")
        if not solid:
            trace.fill = "none"
    return trace


def influence(losses: Sequence[Loss], curves: Sequence[Curve | None], each: Sequence[Influences],
              unit: str) -> Figure:  # fmt: skip
    """Influence against the residual, with every point on every curve."""
    figure = blank(
        showlegend=True, xaxis=axis("residual r = y − ŷ", unit),
        yaxis={"title": {"text": "its influence on the line, ψ(r)"}, "zeroline": True},
    )  # fmt: skip
    for loss, drawn, of_loss in zip(losses, curves, each, strict=True):
        colour = tint(loss)
        if drawn is not None:
            figure.add_scatter(
                x=drawn.above, y=drawn.influence, name=loss.label, mode="lines", hoverinfo="skip",
                line={"width": 2.5, "color": colour},
            )  # fmt: skip
        figure.add_scatter(
            x=of_loss.above, y=of_loss.influence, name=f"{loss.label}, the points", mode="markers",
            marker={"size": 8, "color": colour, "line": {"width": 1, "color": "white"}},
            showlegend=drawn is None, text=[str(i) for i in range(len(of_loss.above))],
            hovertemplate="point %{text}: residual %{x:.4g}, influence %{y:.4g}<extra></extra>",
        )  # fmt: skip
    return figure


def breakdowns(losses: Sequence[Loss], each: Sequence[Breakdown], now: float, what: str) -> Figure:
    """The ``what`` of each loss's fit against the share of bad points; upright, the share now."""
    figure = blank(
        showlegend=True,
        xaxis={"title": {"text": "contaminated points"}, "ticksuffix": " %", "range": [-1, 51]},
        yaxis={"title": {"text": f"{what} of the fit"}},
    )
    for loss, run in zip(losses, each, strict=True):
        colour = tint(loss)
        figure.add_scatter(
            x=100 * run.shares, y=run.slopes, name=loss.label, mode="lines+markers",
            line={"width": 2.5, "color": colour}, marker={"size": 6, "color": colour},
            hovertemplate=f"{loss.label}, %{{x:.0f}} % contaminated: "
                          f"{what} %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=100 * now, line={"color": GREY, "dash": "dot", "width": 2})
    return figure
