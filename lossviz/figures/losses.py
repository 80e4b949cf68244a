"""Losses drawn over the data they are losses of, and as curves along the residual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.figures.data import class_names, curve, fitted, scatter
from lossviz.figures.drawing import Figure
from lossviz.figures.theme import COLOURS, DATA, GREY, MARK, PALETTE, axis, blank, faint
from lossviz.landscapes.fitted import CURVE, Fit
from lossviz.losses.curves import LossCurve
from lossviz.outliers.adaptive_loss import Learned
from lossviz.outliers.residual_shapes import ResidualShapes


def residual_drawings(
    fit: Fit, line: Any, outlines: tuple[Any, Any], shapes: ResidualShapes, colour: str
) -> Figure:
    """The data, the model ("fit") and every residual as its loss ("residuals").

    ``line`` are drawn heights, as ``Fit.heights`` gives them.
    """
    figure = fitted(fit, line)
    x, y = outlines
    figure.add_scatter(
        x=x.astype("float32"),
        y=y.astype("float32"),
        name="residuals",
        mode="lines",
        fill="toself",
        line={"width": 1.2, "color": colour},
        fillcolor=faint(colour, 0.22),
        hoverinfo="skip",
    )
    figure.data = (figure.data[-1], *figure.data[:-1])
    figure.update_xaxes(range=shapes.across)
    figure.update_yaxes(range=shapes.up)
    if shapes.area:  # a square must look square on every screen
        figure.update_yaxes(scaleanchor="x", scaleratio=shapes.ratio, constrain="range")
        figure.update_xaxes(constrain="range")
    return figure


def contributions(fit: Fit, best: Any, loss_curves: Any) -> Figure:
    """Two classes with the boundary; the area of every point goes with its loss."""
    figure = fitted(fit, best)
    names = class_names(fit.risk.data)
    for trace in figure.data:
        if trace.name in names and trace.mode == "markers":
            rows = fit.risk.data.y == names.index(trace.name)
            trace.marker.size = [4 + 18 * float(share) ** 0.5 for share in loss_curves[rows]]
            trace.marker.opacity = 0.6
    return figure


def loss_curves(
    curves: Sequence[LossCurve], heights: tuple[float, float], across: str, *, slope: bool = False
) -> Figure:
    """Each loss in its colour against residual or margin; ``slope`` draws its derivative."""
    figure = blank(
        xaxis={**axis(across), "range": [curves[0].u[0], curves[0].u[-1]]},
        yaxis={**axis("derivative ψ" if slope else "loss"), "range": list(heights)},
        showlegend=not slope,
        margin={"l": 54, "r": 8, "t": 26 if not slope else 8, "b": 40},
    )
    colours = colours_of([each.loss.id for each in curves])
    for colour, each in zip(colours, curves, strict=True):
        values = each.slope if slope else each.rho
        figure.add_scatter(
            x=each.u.astype("float32"),
            y=values.astype("float32"),
            name=each.loss.label,
            mode="lines",
            line={"width": 3, "simplify": False, **look(each.loss.id, colour)},
            hoverinfo="skip",
        )
    figure.add_vline(x=0, line={"width": 1, "color": GREY, "dash": "dot"})
    figure.add_hline(y=0, line={"width": 1, "color": GREY})
    return figure


def colours_of(ids: Sequence[str]) -> list[str]:
    """A colour for each loss of a picture: its own, or one that no other there has."""
    taken = {COLOURS[id] for id in ids if id in COLOURS}
    free = [colour for colour in PALETTE if colour not in taken] or list(PALETTE)
    strangers = [id for id in ids if id not in COLOURS]
    return [COLOURS.get(id) or free[strangers.index(id) % len(free)] for id in ids]


def look(id: str, colour: str) -> dict[str, str]:
    """Colour and dash of a loss; half the square is dashed, in the colour of the square."""
    return {"color": colour, "dash": "dash" if id == "half_squared" else "solid"}


def learned(fit: Fit, heights: Any, plain: Any) -> Figure:
    """The data with the line that learned its own loss ("fit") and the least-squares line."""
    if fit.kind != CURVE:
        return fitted(fit, heights)
    figure = scatter(fit.risk.data)
    figure.add_traces(
        [
            curve(fit.x, plain, name="least squares", colour="black", dash="dash"),
            curve(fit.x, heights, name="fit"),
        ]
    )
    figure.update_layout(showlegend=True)
    figure.data[0].showlegend = False
    return figure


def shape_path(found: Learned) -> Figure:
    """Alpha and c, step by step, as they are learned with the line."""
    figure = blank(
        xaxis=axis("step"),
        yaxis=axis("α, the shape"),
        yaxis2={
            **axis("c, the scale"),
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "tickmode": "auto",
            "nticks": 6,
            "rangemode": "tozero",
        },
        showlegend=True,
        margin={"l": 54, "r": 54, "t": 10, "b": 44},
    )
    steps = list(range(len(found.alpha)))
    for name, values, colour, where, dash in (
        ("α", found.alpha, MARK, "y", "solid"),
        ("c", found.c, DATA, "y2", "dash"),
    ):
        figure.add_scatter(
            x=steps, y=values.astype("float32"), name=name, yaxis=where, mode="lines",
            line={"width": 3, "color": colour, "dash": dash}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=[0], y=found.alpha[:1], name="head", mode="markers", showlegend=False,
        marker={"size": 11, "color": MARK}, hoverinfo="skip",
    )  # fmt: skip
    return figure
