"""Residual plots: of a fit, of the identity, of an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lossviz.figures.data import curve, scatter
from lossviz.figures.drawing import Figure
from lossviz.figures.theme import (
    BLUE,
    DATA,
    GREEN,
    GREY,
    MARK,
    ORANGE,
    POINT,
    VERMILION,
    axis,
    blank,
)
from lossviz.networks.near_identity import Learned
from lossviz.residuals.diagnostics import Diagnostics

WHOLE, CORRECTION = VERMILION, BLUE
WAYS = (VERMILION, ORANGE, BLUE, GREEN)


def against(found: Diagnostics, unit: str) -> Figure:
    """Every residual over its fitted value."""
    figure = blank(
        xaxis=axis("fitted value", unit),
        yaxis={**axis("residual r = y − ŷ", unit), "zeroline": False},
    )
    figure.add_hline(y=0, line={"color": GREY, "dash": "dot", "width": 2})
    return _dotted(figure, found.fitted, found.residual, "fitted %{x:.4g}: residual %{y:.4g}")


def histogram(found: Diagnostics, unit: str) -> Figure:
    """The histogram of the residuals."""
    figure = blank(bargap=0.04, xaxis=axis("residual", unit), yaxis={"title": {"text": "points"}})
    figure.add_histogram(
        x=found.residual, nbinsx=24, name="residuals", marker={"color": DATA},
        hovertemplate="%{x}: %{y}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": GREY, "dash": "dot", "width": 2})
    return figure


def quantiles(found: Diagnostics) -> Figure:
    """Sorted residuals against those of a normal sample: a straight line if they are normal."""
    figure = blank(
        xaxis={"title": {"text": "normal quantile"}},
        yaxis={"title": {"text": "residual, standardised"}},
    )
    ends = [float(found.normal[0]), float(found.normal[-1])]
    figure.add_traces([curve(ends, ends, name="normal", colour=GREY, dash="dash")])
    return _dotted(figure, found.normal, found.ordered, "%{x:.3g} expected, %{y:.3g} found")


def _dotted(figure: Figure, x: Any, y: Any, words: str) -> Figure:
    figure.add_scatter(
        x=x, y=y, name="residuals", mode="markers", hovertemplate=f"{words}<extra></extra>",
        marker={"size": 7, **POINT},
    )  # fmt: skip
    return figure


def answers(learned: Learned) -> Figure:
    """The target with both networks at the last step; "h(x)" and "x + f(x)" move with a player."""
    figure = scatter(learned.data)
    figure.update_layout(showlegend=True)
    figure.data[0].showlegend = False
    figure.update_yaxes(range=_range_of(learned.data.y))
    for name, rows, colour in (
        ("h(x)", learned.whole_curves, WHOLE),
        ("x + f(x)", learned.correction_curves, CORRECTION),
    ):
        trace = curve(learned.x, rows[-1], name=name, colour=colour)
        trace.showlegend = True
        figure.add_traces([trace])
    return figure


def learning(learned: Learned) -> Figure:
    """The loss of both against steps, with a marker at the step shown."""
    figure = blank(
        showlegend=True,
        xaxis={"title": {"text": "step"}},
        yaxis={"title": {"text": "loss"}, "type": "log", "exponentformat": "power"},
    )
    for name, run, colour in (
        ("h(x)", learned.whole, WHOLE),
        ("x + f(x)", learned.correction, CORRECTION),
    ):
        figure.add_scatter(
            x=run.steps, y=run.values, name=name, mode="lines",
            line={"width": 2.6, "color": colour},
            hovertemplate=f"{name}, step %{{x}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=run.steps, y=run.values, name=f"{name} now", mode="markers", showlegend=False,
            marker={"size": 10, "color": colour, "line": {"color": "white", "width": 1.5}},
            hoverinfo="skip",
        )  # fmt: skip
    return figure


def depths(sizes: Mapping[str, Any]) -> Figure:
    """The size of the slope at each block, from the first to the last, on a log scale."""
    figure = blank(
        showlegend=True,
        xaxis={"title": {"text": "block"}},
        yaxis={"title": {"text": "|dL/dh|"}, "type": "log", "exponentformat": "power"},
    )
    for (name, values), colour in zip(sizes.items(), WAYS, strict=True):
        figure.add_scatter(
            x=list(range(len(values))), y=_drawable(values), name=name, mode="lines",
            line={"width": 2.8, "color": colour},
            hovertemplate=f"{name}, block %{{x}}: %{{y:.3g}}<extra></extra>",
        )  # fmt: skip
    return figure


def solution(t: Any, exact: Any, found: Any, points: Any) -> Figure:
    """The exact solution, the trial, and where the equation was asked."""
    figure = blank(showlegend=True, xaxis={"title": {"text": "t"}}, yaxis={"title": {"text": "u"}})
    figure.update_yaxes(range=_range_of(exact))
    for name, y, colour, dash in (
        ("exact", exact, GREY, "dash"),
        ("trained", found, MARK, "solid"),
    ):
        trace = curve(t, y, name=name, colour=colour, dash=dash)
        trace.showlegend = True
        figure.add_traces([trace])
    figure.add_scatter(
        x=points, y=[min(exact)] * len(points), name="collocation points", mode="markers",
        marker={"size": 5, "color": DATA, "symbol": "line-ns-open"}, hoverinfo="skip",
    )  # fmt: skip
    return figure


def bars(residual: Sequence[float], data: Sequence[float]) -> Figure:
    """Curvature along each sine, for the residual loss and the data loss."""
    figure = blank(
        showlegend=True, barmode="group",
        xaxis={"title": {"text": "sine number k"}, "dtick": 1},
        yaxis={"title": {"text": "curvature"}, "type": "log", "exponentformat": "power"},
    )  # fmt: skip
    for name, values, colour in (
        ("residual of the equation", residual, VERMILION),
        ("misfit of the data", data, BLUE),
    ):
        figure.add_bar(
            x=list(range(1, len(values) + 1)), y=values, name=name, marker={"color": colour},
            hovertemplate=f"{name}, k = %{{x}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    return figure


def errors(frequencies: Sequence[float], found: Sequence[float]) -> Figure:
    """How far the trained trial is from the exact solution, against the frequency."""
    figure = blank(
        xaxis={"title": {"text": "frequency"}},
        yaxis={"title": {"text": "error of u"}, "type": "log", "exponentformat": "power"},
    )
    figure.add_scatter(
        x=frequencies, y=found, name="error", mode="lines+markers",
        line={"width": 2.6, "color": MARK}, marker={"size": 8, "color": MARK},
        hovertemplate="frequency %{x:.3g}: %{y:.3g}<extra></extra>",
    )  # fmt: skip
    return figure


def _range_of(values: Any) -> list[float]:
    low, high = float(min(values)), float(max(values))
    margin = 0.2 * (high - low) or 1.0
    return [low - margin, high + margin]


def _drawable(values: Any) -> list[float | None]:
    return [float(v) if 0 < v < float("inf") else None for v in values]
