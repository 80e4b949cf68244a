"""Curves against the strength of a penalty: zeros, held-out losses, two descents, a polynomial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.figures.drawing import Figure
from lossviz.figures.regularization import PAPER, strength_axis
from lossviz.figures.theme import COLORSCALE, GREY, MARK, PALETTE, PINK, SKY, axis, blank
from lossviz.regularization import Scene
from lossviz.text import number


def freedom(places: Any, strengths: Any, zeros: Any, count: Any, step: int) -> Figure:
    """How many weights are exactly zero, and how many in effect fitted; gaps without a minimum."""
    figure = blank(
        xaxis=strength_axis(places, strengths),
        yaxis={**axis("weights"), "rangemode": "tozero"},
        showlegend=True,
    )
    gone = [int(n) if c == c else None for n, c in zip(zeros, count, strict=True)]
    figure.add_scatter(x=places, y=gone, name="exactly zero", mode="lines",
                       line={"width": 3, "color": MARK, "shape": "hv"})  # fmt: skip
    # L1 and L0 fit whole weights: their degrees of freedom jump where a weight becomes zero
    whole = all(c != c or abs(c - round(c)) < 1e-9 for c in count)
    figure.add_scatter(x=places, y=count, name="degrees of freedom", mode="lines",
                       line={"width": 3, "color": SKY, "dash": "dash",
                             "shape": "hv" if whole else "linear"})  # fmt: skip
    figure.add_vline(x=float(places[step]), line={"width": 1.5, "dash": "dot", "color": "black"})
    return figure


def validation_path(places: Any, found: Any, step: int, title: str) -> Figure:
    """Loss on points learned from, held out and cross-validated, with the two marked strengths."""
    figure = blank(xaxis=strength_axis(places, found.strengths), yaxis=axis(title), showlegend=True)
    lines = (
        ("training", found.train, PALETTE[5], "solid"),
        ("held-out", found.validation, PALETTE[0], "solid"),
    )
    figure.add_scatter(
        x=places, y=found.folds, name="cross-validated", mode="lines",
        line={"width": 2, "color": PALETTE[2], "dash": "dash"},
        error_y={"array": found.error, "thickness": 1, "width": 0},
    )  # fmt: skip
    for name, values, colour, dash in lines:
        figure.add_scatter(x=places, y=values, name=name, mode="lines",
                           line={"width": 3, "color": colour, "dash": dash})  # fmt: skip
    for step, name, symbol in ((found.best, "best", "star"),
                               (found.simplest, "one standard error", "diamond")):  # fmt: skip
        figure.add_scatter(
            x=[places[step]], y=[found.folds[step]],
            name=f"{name}: λ {number(found.strengths[step], 3)}",
            mode="markers", marker={"size": 13, "symbol": symbol, "color": PALETTE[2],
                                    "line": PAPER},
        )  # fmt: skip
    figure.add_vline(x=float(places[step]), line={"width": 1.5, "dash": "dot", "color": "black"})
    return figure


def penalised_paths(scene: Scene, z: Any, runs: Sequence[Any]) -> Figure:
    """Both descents on the map of the penalised objective."""
    figure = blank(
        xaxis={"title": {"text": scene.names[0]}, "range": [scene.a[0], scene.a[-1]]},
        yaxis={"title": {"text": scene.names[1]}, "range": [scene.b[0], scene.b[-1]]},
        showlegend=True,
    )
    figure.add_contour(
        x=scene.a.astype("float32"), y=scene.b.astype("float32"), z=z.astype("float32"),
        colorscale=COLORSCALE, showscale=False, hoverinfo="none", ncontours=26, showlegend=False,
        line={"width": 0.6, "color": "rgba(255,255,255,0.35)"},
    )  # fmt: skip
    for run, colour in zip(runs, (MARK, PINK), strict=True):
        figure.add_scatter(
            x=run.points[:, 0], y=run.points[:, 1], name=run.title, mode="lines+markers",
            line={"width": 2, "color": colour}, marker={"size": 5, "color": colour},
        )  # fmt: skip
    return figure


def hovering(runs: Sequence[Any], weight: int, name: str) -> Figure:
    """The size of one weight against steps, on a log axis: an exact zero leaves the picture."""
    figure = blank(
        xaxis=axis("step"), showlegend=True,
        yaxis={**axis(f"size of {name}"), "type": "log", "nticks": 6, "exponentformat": "power"},
    )  # fmt: skip
    for run, colour in zip(runs, (MARK, PINK), strict=True):
        size = [abs(float(w)) or None for w in run.points[:, weight]]
        figure.add_scatter(y=size, name=run.title, mode="lines+markers",
                           line={"width": 2, "color": colour}, marker={"size": 5})  # fmt: skip
    return figure


def wiggly(found: Any, step: int) -> Figure:
    """A polynomial's curve over the points it learned from and those it did not."""
    y = [*found.train.y, *found.validation.y]
    margin = 0.6 * (max(y) - min(y)) or 1
    figure = blank(
        xaxis=axis(found.train.names[0]),
        yaxis={**axis(found.train.target), "range": [min(y) - margin, max(y) + margin]},
        showlegend=True,
    )
    groups = (
        (found.validation, "held-out", "circle-open", GREY),
        (found.train, "training", "circle", PALETTE[5]),
    )
    for data, name, symbol, colour in groups:
        figure.add_scatter(x=data.X[:, 0], y=data.y, name=name, mode="markers",
                           marker={"size": 9, "symbol": symbol, "color": colour})  # fmt: skip
    figure.add_scatter(x=found.x, y=found.curves[step], name="curve", mode="lines",
                       line={"width": 3, "color": MARK})  # fmt: skip
    return figure


def wiggly_losses(places: Any, found: Any) -> Figure:
    """Both losses of the polynomial against the strength."""
    figure = blank(
        xaxis=strength_axis(places, found.strengths),
        yaxis={**axis("mean squared error"), "type": "log"}, showlegend=True,
    )  # fmt: skip
    for name, values, colour in (("training", found.on_train, PALETTE[5]),
                                 ("held-out", found.on_validation, PALETTE[0])):  # fmt: skip
        shown = [max(float(v), 1e-6) for v in values]
        figure.add_scatter(x=places, y=shown, name=name, mode="lines",
                           line={"width": 3, "color": colour})  # fmt: skip
        figure.add_scatter(x=places, y=shown, name=f"{name} now", mode="markers", showlegend=False,
                           marker={"size": 11, "color": colour, "line": PAPER})  # fmt: skip
    return figure
