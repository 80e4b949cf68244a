"""Pictures of networks: the pair of slices, paths off the plane, layers, sharpness, barriers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.datasets import Data
from lossviz.figures.data import class_names
from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour, surface
from lossviz.figures.theme import BLUE, DASHES, GREY, ORANGE, VERMILION, blank, counted
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis
from lossviz.networks.pair import Roughness, Shadow
from lossviz.networks.training import Training

PLAIN, SKIP = VERMILION, BLUE  # one colour each on every picture of this page
_EYE = {
    "x": -0.3,
    "y": -0.62,
    "z": 0.6,
}  # lower than elsewhere: roughness is seen by its edges


def slice3d(land: Landscape, height_axis: HeightAxis) -> Figure:
    """One network's slice, its trained point in the middle; heights as on the height axis."""
    figure = surface(land, height_axis)
    figure.update_scenes(zaxis_nticks=4, zaxis_title_text="", camera={"eye": _EYE})
    return figure


def walked(land: Landscape, height_axis: HeightAxis, path: Shadow, colour: str) -> Figure:
    """The slice from above with the shadow of the run on it."""
    figure = contour(land, height_axis)
    for width, hue in ((4.5, "rgba(255,255,255,0.75)"), (2.5, colour)):
        figure.add_scatter(
            x=path.a, y=path.b, name="path", mode="lines", line={"width": width, "color": hue},
            hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=path.a[-1:], y=path.b[-1:], name="end", mode="markers",
        marker={"size": 11, "color": colour, "line": {"color": "white", "width": 2}},
        hovertemplate="end of training<extra></extra>",
    )  # fmt: skip
    return figure


def hidden(path: Shadow, hue: str) -> Figure:
    """True loss against the loss of the slice under the path, and the distance off the plane."""
    figure = blank(
        showlegend=True,
        xaxis={"title": {"text": "step"}, "anchor": "y2"},
        yaxis={"title": {"text": "loss"}, "domain": [0.42, 1], **_log(path.true, path.seen)},
        yaxis2={"title": {"text": "off the plane"}, "domain": [0, 0.34], "rangemode": "tozero"},
    )  # fmt: skip
    for name, y, colour, dash in (
        ("loss along the path", path.true, hue, "solid"),
        ("loss of the slice below it", path.seen, GREY, "dot"),
    ):
        figure.add_scatter(
            x=path.steps, y=_positive(y), name=name, mode="lines",
            line={"width": 2.6, "color": colour, "dash": dash},
            hovertemplate=f"step %{{x}}, {name}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=path.steps, y=path.off, name="distance off the plane", yaxis="y2", mode="lines",
        line={"width": 2.6, "color": ORANGE}, fill="tozeroy", fillcolor="rgba(230,159,0,0.18)",
        hovertemplate="step %{x}: %{y:.4g} off the plane<extra></extra>",
    )  # fmt: skip
    return figure


def layers(sizes: Sequence[tuple[str, str, Any]], title: str) -> Figure:
    """Sizes by layer on a log scale: (name, colour, values) for each network."""
    figure = blank(
        showlegend=True, barmode="group", bargap=0.15,
        xaxis={"title": {"text": "layer"}},
        yaxis={"title": {"text": title}, **_log(*(values for *_, values in sizes))},
    )  # fmt: skip
    for name, colour, values in sizes:
        figure.add_bar(
            x=list(range(len(values))), y=_positive(values), name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"{name}, layer %{{x}}: %{{y:.3g}}<extra></extra>",
        )  # fmt: skip
    return figure


def curves(
    each: Sequence[tuple[str, str, Any, Any]], across: str, up: str, *, log: bool = False
) -> Figure:
    """Lines by name and colour: (name, colour, x, y)."""
    figure = blank(
        showlegend=len(each) > 1,
        xaxis={"title": {"text": across}},
        yaxis={
            "title": {"text": up},
            **(_log(*(y for *_, y in each)) if log else {}),
        },
    )
    for (name, colour, x, y), dash in zip(each, DASHES, strict=False):
        figure.add_scatter(
            x=x, y=_positive(y) if log else y, name=name, mode="lines",
            line={"width": 2.8, "color": colour, "dash": dash},
            hovertemplate=f"{name}<br>%{{x:.4g}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    return figure


def learned(runs: Sequence[tuple[str, str, Training]]) -> Figure:
    """Losses against the step, (name, colour, run) each; "NAME now" holds all points of a run."""
    each = [(name, colour, run.steps, run.values) for name, colour, run in runs]
    figure = curves(each, "step", "loss", log=True)
    for name, colour, steps, values in each:
        figure.add_scatter(
            x=steps, y=_positive(values), name=f"{name} now", mode="markers", showlegend=False,
            marker={"size": 11, "color": colour, "line": {"color": "white", "width": 2}},
            hovertemplate=f"{name}<br>step %{{x}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    return figure


def seeds(pair: Sequence[Roughness], names: Sequence[str], field: str, title: str) -> Figure:
    """Every seed as a dot, their mean and one standard deviation as an error bar."""
    figure = blank(
        showlegend=False,
        xaxis={"type": "category"},
        yaxis={"title": {"text": title}, "rangemode": "tozero"},
    )
    for name, colour, found in zip(names, (PLAIN, SKIP), pair, strict=True):
        values, mean, deviation = found.sample(field)
        if not len(values):
            continue
        figure.add_scatter(
            x=[name] * len(values), y=values, mode="markers",
            marker={"size": 8, "color": colour, "opacity": 0.5},
            hovertemplate="%{y:.3g}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=[name], y=[mean], mode="markers",
            error_y={"type": "data", "array": [deviation], "width": 14, "thickness": 2.5},
            marker={"size": 15, "color": colour, "symbol": "line-ew-open",
                    "line": {"width": 3, "color": colour}},
            hovertemplate="mean %{y:.3g}<extra></extra>",
        )  # fmt: skip
    return figure


def confusion(data: Data, counts: Any) -> Figure:
    """How often each class (rows) was given each name (columns)."""
    names = list(class_names(data))
    figure = blank(
        xaxis={"title": {"text": "predicted"}, "type": "category"},
        yaxis={"title": {"text": "observed"}, "type": "category", "autorange": "reversed"},
    )
    figure.add_heatmap(
        x=names, y=names, z=counts, texttemplate="%{z}", **counted(len(names)),
        hovertemplate="%{y} predicted as %{x}: %{z}<extra></extra>",
    )  # fmt: skip
    return figure


def _log(*lines: Any) -> dict[str, Any]:
    """A log axis for all of these, with few and plain numbers on it."""
    values = [value for line in lines for value in _positive(line) if value is not None]
    ticks = HeightAxis(min(values), max(values), log=True).ticks if values else None
    if ticks is None:
        return {"type": "log"}
    return {"type": "log", "tickvals": [10**place for place in ticks[0]], "ticktext": ticks[1]}


def _positive(values: Any) -> list[float | None]:
    """Values a logarithm can draw, gaps for the rest."""
    return [float(v) if 0 < v < float("inf") else None for v in values]
