"""Data and what a model makes of them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from lossviz.datasets import Data
from lossviz.figures.theme import DATA, MARK, axis, blank


def scatter(data: Data, name: str = "data") -> go.Figure:
    """One feature against the target, ready for a fit to be drawn over it."""
    figure = blank(
        xaxis=axis(data.names[0], data.units[0]), yaxis=axis(data.target, data.target_unit)
    )
    figure.add_scatter(
        x=data.X[:, 0].astype("float32"),
        y=data.y.astype("float32"),
        name=name,
        mode="markers",
        marker={"size": _size(len(data)), "color": DATA, "opacity": 0.75},
        hovertemplate="%{x:.4g}, %{y:.4g}<extra></extra>",
    )
    return figure


def classes(data: Data) -> go.Figure:
    """Two features, one ink and symbol per class."""
    figure = blank(
        xaxis=axis(data.names[0], data.units[0]),
        yaxis=axis(data.names[1], data.units[1]),
        showlegend=True,
    )
    for label, name in enumerate(class_names(data)):
        rows = data.y == label
        figure.add_scatter(
            x=data.X[rows, 0].astype("float32"),
            y=data.X[rows, 1].astype("float32"),
            name=name,
            mode="markers",
            marker={"size": _size(len(data)), "color": CLASS_INKS[label % len(CLASS_INKS)],
                    "symbol": CLASS_SYMBOLS[label % len(CLASS_SYMBOLS)], "opacity": 0.8},
            hovertemplate=f"{name}<br>%{{x:.4g}}, %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    return figure


CLASS_INKS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
CLASS_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "star", "cross")


def class_names(data: Data) -> tuple[str, ...]:
    """The classes in order, by name where they have one."""
    return data.classes or tuple(f"class {k}" for k in range(max(data.outputs, 2)))


def curve(x: Any, y: Any, *, name: str = "fit", colour: str = MARK, dash: str = "solid") -> Any:
    """The model's answer as a line over the data."""
    return go.Scatter(
        x=x, y=y, name=name, mode="lines", line={"width": 3, "color": colour, "dash": dash},
        hoverinfo="skip",
    )  # fmt: skip


def _size(n: int) -> int:
    return 10 if n <= 60 else 7 if n <= 500 else 4
