"""Training and validation: two surfaces and what lies between, thresholds, learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.figures import landscapes
from lossviz.figures.data import classes
from lossviz.figures.drawing import Figure
from lossviz.figures.theme import (
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    PINK,
    SKY,
    axis,
    blank,
    counted,
    faint,
)
from lossviz.landscapes import Landscape, ProjectedPath
from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.height_scale import HeightAxis
from lossviz.text import number
from lossviz.validation.curves import Degrees, Folds, Learning, Strengths
from lossviz.validation.stopping import Stop

TRAIN, HELD, TRUE = SKY, PINK, GREEN  # not the cursor's
PATHS = {"descent": "white", "penalty": ORANGE}
KEPT = {"descent": "step that is kept", "penalty": "best λ"}
MINIMUM_COLOURS = (
    TRAIN,
    HELD,
)  # the colour of a bottom is that of its judgement, on either surface
DIFFERENCE = [[0, "#2166ac"], [0.5, "#f7f7f7"], [1, "#b2182b"]]


def with_minima(
    land: Landscape,
    height_axis: HeightAxis,
    minima: Sequence[Mark],
    paths: Sequence[tuple[str, ProjectedPath, int]] = (),
) -> Figure:
    """A surface with both bottoms and the paths that were walked, at their heights on it.

    Of each path one place is marked as kept.
    """
    figure = landscapes.surface(land, height_axis)
    figure.update_scenes(zaxis_title_text="")  # the heading says it
    low, high = height_axis.range
    lift = 0.02 * (high - low)  # a line on the surface itself would flicker
    for kind, path, kept in paths:
        figure.add_scatter3d(
            x=path.a.astype("float32"), y=path.b.astype("float32"),
            z=(height_axis(path.values) + lift).astype("float32"), name=kind, mode="lines",
            line={"width": 6, "color": PATHS[kind]}, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter3d(
            x=path.a[[kept]], y=path.b[[kept]], z=height_axis(path.values[[kept]]) + 2 * lift,
            name=KEPT[kind], mode="markers", hovertemplate=f"{KEPT[kind]}<extra></extra>",
            marker={"size": 8, "symbol": "diamond", "color": HELD,
                    "line": {"color": "white", "width": 1.5}},
        )  # fmt: skip
    if high > low:  # room for a dot on the highest point, which is the best one of a metric
        figure.update_scenes(zaxis_range=[low - 0.03 * (high - low), high + 0.08 * (high - low)])
    for mark, colour in zip(minima, MINIMUM_COLOURS, strict=True):
        # well above the surface: that of a metric is rough and would hide it
        figure.add_scatter3d(
            x=mark.a, y=mark.b, z=height_axis(mark.values) + 2 * lift,
            name=mark.name, mode="markers",
            marker={"size": 7, "color": colour, "line": {"color": "white", "width": 1.5}},
            hovertemplate=f"{mark.name}<extra></extra>",
        )  # fmt: skip
    return figure


def difference(land: Landscape, minima: Sequence[Mark]) -> Figure:
    """Validation less training as a map: blue where the held-out rows cost less, red where more."""
    names = land.plane.names
    figure = blank(
        xaxis={**axis(names[0]), "range": [land.a[0], land.a[-1]], "showgrid": False},
        yaxis={**axis(names[1]), "range": [land.b[0], land.b[-1]], "showgrid": False},
        margin={"l": 54, "r": 8, "t": 8, "b": 44},
    )
    figure.add_heatmap(
        x=land.a.astype("float32"), y=land.b.astype("float32"), z=land.values.astype("float32"),
        name="difference", colorscale=DIFFERENCE, zmid=0, zsmooth="best",
        colorbar={"thickness": 12},
        hovertemplate=f"{names[0]} %{{x:.4g}}<br>{names[1]} %{{y:.4g}}<br>"
        "difference %{z:.4g}<extra></extra>",
    )  # fmt: skip
    for mark, colour in zip(minima, MINIMUM_COLOURS, strict=True):
        figure.add_scatter(
            x=mark.a, y=mark.b, name=mark.name, mode="markers", hovertemplate=mark.name,
            marker={"size": 12, "color": colour, "line": {"color": "white", "width": 1.5}},
        )  # fmt: skip
    return figure


def stopping(train: Any, held: Any, stop: Stop, names: tuple[str, str]) -> Figure:
    """Both measures against the step; where the lowest held-out loss is, and where one stops."""
    figure = blank(xaxis=axis("step"), yaxis=axis("loss"), showlegend=True)
    for values, name, colour in zip((train, held), names, (TRAIN, HELD), strict=True):
        figure.add_scatter(
            x=list(range(len(values))), y=values.astype("float32"), name=name, mode="lines",
            line={"width": 3, "color": colour}, hovertemplate="step %{x}: %{y:.5g}",
        )  # fmt: skip
    figure.add_scatter(
        x=[stop.best], y=[held[stop.best]], name=f"kept: step {stop.best}", mode="markers",
        marker={"size": 12, "color": HELD, "line": {"color": "white", "width": 1.5}},
    )  # fmt: skip
    if stop.ended:
        figure.add_vline(
            x=stop.at, line={"width": 1.5, "dash": "dot", "color": GREY},
            annotation={"text": f"stops at {stop.at}", "font": {"color": GREY}},
        )  # fmt: skip
    return figure


def strengths(path: Strengths) -> Figure:
    """Training and held-out loss against λ, the best one marked."""
    shown = path.strengths > 0
    figure = blank(
        xaxis={**axis("λ"), "type": "log", "dtick": 1},
        yaxis=axis("loss without the penalty"),
        showlegend=True,
    )
    for values, name, colour in ((path.train, "training", TRAIN), (path.held, "held out", HELD)):
        figure.add_scatter(
            x=path.strengths[shown], y=values[shown].astype("float32"), name=name, mode="lines",
            line={"width": 3, "color": colour}, hovertemplate="λ %{x:.3g}: %{y:.5g}",
        )  # fmt: skip
    best = path.best
    if path.strengths[best] > 0:
        figure.add_scatter(
            x=[path.strengths[best]], y=[path.held[best]], mode="markers",
            name=f"best λ = {number(path.strengths[best], 3)}",
            marker={"size": 12, "color": HELD, "line": {"color": "white", "width": 1.5}},
        )  # fmt: skip
    return figure


def staircase(t: Any, loss: Any, metric: Any, names: tuple[str, str, str]) -> Figure:
    """Loss and metric along one line, each on its own axis."""
    figure = blank(
        xaxis=axis(names[0]),
        yaxis={**axis(names[1]), "title_font_color": TRAIN},
        yaxis2={
            **axis(names[2]), "overlaying": "y", "side": "right", "showgrid": False,
            "automargin": True, "title_font_color": HELD, "tickmode": "auto",
        },
        showlegend=True,
    )  # fmt: skip
    figure.add_scatter(
        x=t.astype("float32"), y=loss.astype("float32"), name=names[1], mode="lines",
        line={"width": 3, "color": TRAIN}, hovertemplate="%{y:.5g}",
    )  # fmt: skip
    figure.add_scatter(
        x=t.astype("float32"), y=metric.astype("float32"), name=names[2], mode="lines",
        line={"width": 3, "color": HELD}, yaxis="y2", hovertemplate="%{y:.5g}",
    )  # fmt: skip
    return figure


def operating(x: Any, y: Any, point: tuple[float, float], titles: tuple[str, str]) -> Figure:
    """A curve over all thresholds ("curve") and the one in force ("point"), in the unit square."""
    sides = [{**axis(title), "range": [-0.03, 1.03], "tickvals": [0, 0.5, 1]} for title in titles]
    figure = blank(xaxis=sides[0], yaxis=sides[1])
    if titles == ROC:
        figure.add_scatter(
            x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip", name="by chance",
            line={"width": 1, "color": GREY, "dash": "dot"},
        )  # fmt: skip
    figure.add_scatter(
        x=x, y=y, mode="lines", name="curve", line={"width": 3, "color": HELD},
        hovertemplate="(%{x:.3g}, %{y:.3g})<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers", name="point",
        hovertemplate="(%{x:.3g}, %{y:.3g})<extra>this threshold</extra>",
        marker={"size": 13, "color": HELD, "line": {"color": "white", "width": 2}},
    )  # fmt: skip
    return figure


ROC = ("false positive rate", "true positive rate")
PRECISION_RECALL = ("recall", "precision")


def calibration(mean: Any, share: Any, rows: Any) -> Figure:
    """The share of class 1 against the predicted probability, bin by bin ("bins")."""
    side = {"range": [-0.03, 1.03], "tickvals": [0, 0.5, 1]}
    figure = blank(xaxis={**axis("predicted probability"), **side},
                   yaxis={**axis("share of class 1"), **side})  # fmt: skip
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="calibrated", hoverinfo="skip",
        line={"width": 1, "color": GREY, "dash": "dot"},
    )  # fmt: skip
    figure.add_scatter(
        x=mean, y=share, text=[f"{n} rows" for n in rows], name="bins", mode="lines+markers",
        line={"width": 2, "color": HELD}, marker={"size": 9},
        hovertemplate="%{x:.3g}: %{y:.3g}, %{text}<extra></extra>",
    )  # fmt: skip
    return figure


def confusion(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Figure:
    """Four counts ("counts"): rows are true classes, columns the classes named."""
    ticks = {"tickvals": [0, 1], "ticktext": list(names), "showgrid": False}
    figure = blank(
        xaxis={**axis("predicted class"), **ticks},
        yaxis={**axis("true class"), **ticks, "autorange": "reversed"},
    )
    figure.add_heatmap(
        z=counts, text=[[str(n) for n in row] for row in counts], texttemplate="%{text}",
        name="counts", **counted(len(names)),
        hovertemplate="true %{y}, predicted %{x}: %{z}<extra></extra>",
    )  # fmt: skip
    return figure


def learning(found: Learning, law: str) -> Figure:
    """Mean losses by number of rows, each with a band of one standard deviation over seeds."""
    figure = blank(
        xaxis={**axis("rows learned from"), "type": "log", "tickvals": found.sizes.tolist()},
        yaxis=axis("mean loss"),
        showlegend=True,
    )
    curves = [("training", found.train, TRAIN), ("held out", found.held, HELD)]
    if found.risk is not None:
        curves.append((law, found.risk, TRUE))
    for name, values, colour in curves:
        middle, spread = values.mean(0), values.std(0)
        x = found.sizes.tolist()
        figure.add_scatter(
            x=[*x, *x[::-1]], y=[*(middle + spread), *(middle - spread)[::-1]], fill="toself",
            mode="lines", line={"width": 0}, fillcolor=faint(colour, 0.18), hoverinfo="skip",
            showlegend=False, name=f"{name} band",
        )  # fmt: skip
        figure.add_scatter(
            x=x, y=middle, name=name, mode="lines+markers", line={"width": 3, "color": colour},
            hovertemplate="%{x} rows: %{y:.4g}",
        )  # fmt: skip
    top = float(max(values[:, 1:].mean(0).max() for _, values, _ in curves))
    figure.update_yaxes(range=[0, 1.25 * top])  # the first size alone may be off the scale
    return figure


def degrees(found: Degrees) -> Figure:
    """Loss on rows seen and on fresh rows by degree, and the two parts of the latter."""
    figure = blank(
        xaxis={**axis("degree"), "dtick": 1}, showlegend=True,
        yaxis={**axis("mean squared error"), "type": "log", "dtick": 1, "exponentformat": "power"},
    )  # fmt: skip
    curves = (
        ("training", found.train, TRAIN, "solid"),
        ("fresh rows", found.fresh, HELD, "solid"),
        ("bias² + noise", found.bias, GREEN, "dash"),
        ("variance", found.variance, ORANGE, "dash"),
    )
    for name, values, colour, dash in curves:
        figure.add_scatter(
            x=found.degrees, y=values, name=name, mode="lines+markers",
            line={"width": 3, "color": colour, "dash": dash},
            hovertemplate="degree %{x}: %{y:.4g}",
        )  # fmt: skip
    return figure


def folds(found: Folds, height_axis: HeightAxis) -> Figure:
    """The mean of the folds as the surface, and each fold as a net around it.

    Sheets so close to each other would flicker.
    """
    figure = landscapes.surface(found.mean, height_axis)
    figure.update_scenes(zaxis_title_text="")
    for fold, (a, b, z) in enumerate(found.nets):
        figure.add_scatter3d(
            x=a.astype("float32"), y=b.astype("float32"), z=height_axis(z).astype("float32"),
            name=f"fold {fold + 1}", mode="lines", hoverinfo="skip",
            line={"width": 3, "color": PALETTE[fold % len(PALETTE)]},
        )  # fmt: skip
    return figure


def boundaries(data: Any, lines: Sequence[tuple[str, Any, Any, str]]) -> Figure:
    """The classes with one line for each of a few models: (name, x, y, side).

    Triangles on the line point to the ``side`` of class 1: "right", "left", "up" or "down".
    """
    figure = classes(data)
    for (name, x, y, side), colour in zip(lines, MINIMUM_COLOURS, strict=False):
        figure.add_scatter(
            x=x, y=y, name=name, mode="lines+markers", line={"width": 4, "color": colour},
            marker={"symbol": f"triangle-{side}", "size": 14, "maxdisplayed": 8, "opacity": 1,
                    "line": {"color": "white", "width": 1}},
            hoverinfo="skip",
        )  # fmt: skip
    return figure
