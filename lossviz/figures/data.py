"""Pictures of data and of the models fitted to them."""

from __future__ import annotations

from typing import Any

from lossviz.datasets import Data
from lossviz.figures.drawing import Figure, trace
from lossviz.figures.theme import GREY, MARK, POINT, axis, blank
from lossviz.landscapes.fitted import AGREEMENT, BOUNDARY, PROBABILITY, Fit


def scatter(data: Data, name: str = "data") -> Figure:
    """One feature against the target, ready for a fit to be drawn over it."""
    figure = blank(
        xaxis=axis(data.names[0], data.units[0]), yaxis=axis(data.target, data.target_unit)
    )
    figure.add_scatter(
        x=data.X[:, 0].astype("float32"),
        y=data.y.astype("float32"),
        name=name,
        mode="markers",
        marker={"size": _size(len(data)), **POINT},
        hovertemplate="%{x:.4g}, %{y:.4g}<extra></extra>",
    )
    return figure


def classes(data: Data) -> Figure:
    """Two features, one colour and symbol per class."""
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
            marker={"size": _size(len(data)), "color": CLASS_COLOURS[label % len(CLASS_COLOURS)],
                    "symbol": CLASS_SYMBOLS[label % len(CLASS_SYMBOLS)], "opacity": 0.8,
                    # or a point would be lost on the region of its own colour
                    "line": {"color": "black", "width": 0.5}},
            hovertemplate=f"{name}<br>%{{x:.4g}}, %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    return figure


CLASS_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
SIDES = [  # how sure the model is: class 0 to the left, class 1 to the right, unsure is clear
    [0.0, "rgba(0,114,178,0.32)"],
    [0.5, "rgba(128,128,128,0.0)"],
    [1.0, "rgba(230,159,0,0.32)"],
]
CLASS_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "star", "cross")


def class_names(data: Data) -> tuple[str, ...]:
    """The classes in order, by name where they have one."""
    return data.classes or tuple(f"class {k}" for k in range(max(data.outputs, 2)))


def curve(x: Any, y: Any, *, name: str = "fit", colour: str = MARK, dash: str = "solid") -> Any:
    """The model's answer as a line over the data."""
    return trace("scatter",
        x=x, y=y, name=name, mode="lines", line={"width": 3, "color": colour, "dash": dash},
        hoverinfo="skip",
    )  # fmt: skip


def fitted(fit: Fit, best: Any) -> Figure:
    """Data with the model at its best (dashed) and the model under the cursor ("fit").

    ``best`` are drawn heights, as ``Fit.heights`` gives them; the cursor starts there.
    """
    data = fit.risk.data
    if fit.kind == BOUNDARY:
        figure = classes(data)
        figure.add_heatmap(
            x=fit.x, y=fit.x2, z=best, name="fit", showscale=False, hoverinfo="skip",
            colorscale=SIDES, zmin=-4, zmax=4, zsmooth="best",
        )  # fmt: skip
        figure.add_contour(
            x=fit.x, y=fit.x2, z=best, name="boundary", showscale=False, hoverinfo="skip",
            contours={"start": 0, "end": 0, "size": 1, "coloring": "none"},
            line={"width": 3, "color": MARK}, showlegend=False,
        )  # fmt: skip
        figure.data = (*figure.data[-2:], *figure.data[:-2])
        return figure
    if fit.kind == AGREEMENT:
        figure = blank(
            xaxis=axis(f"observed {data.target}", data.target_unit),
            yaxis=axis("predicted", data.target_unit),
        )
        ends = [data.y.min(), data.y.max()]
        figure.add_traces([curve(ends, ends, name="perfect", colour=GREY, dash="dash")])
        figure.add_scatter(
            x=fit.x, y=best, name="fit", mode="markers",
            marker={"size": _size(len(data)), **POINT},
            hovertemplate="observed %{x:.4g}, predicted %{y:.4g}<extra></extra>",
        )  # fmt: skip
        return figure
    figure = scatter(data)
    if fit.kind == PROBABILITY:
        figure.update_yaxes(
            title={"text": f"probability of {class_names(data)[1]}"}, range=[-0.08, 1.08]
        )
    # dashed and solid are told apart in words; the points need none
    figure.update_traces(showlegend=False)
    figure.update_layout(showlegend=True)
    figure.add_traces(
        [
            curve(fit.x, best, name="minimum", colour="black", dash="dash"),
            curve(fit.x, best, name="fit"),
        ]
    )
    return figure


def _size(n: int) -> int:
    return 10 if n <= 60 else 7 if n <= 500 else 4
