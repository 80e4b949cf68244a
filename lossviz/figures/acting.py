"""Returns as landscapes: agents' paths, policies, state values, and clouds of sampled gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.acting import Cloud, Run
from lossviz.figures.combined import PAPER, colour_of, on_top
from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour, lift, surface
from lossviz.figures.theme import BLUE, COLORSCALE, GREY, MARK, PALETTE, VERMILION, axis, blank
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis

# From where good returns lie, up to the plateau; the axis of the steeper edge on the left too, so
# that the whole width on the right is the surface's.
EYE = {"x": 0.85, "y": 1.5, "z": 1.45}
ACROSS = {"x": 1.25, "y": 1.35, "z": 1.75}  # from where both ways to fall are seen
LIFT = 0.012  # of the picture's height: a path lies on the surface, not in it


def solid(land: Landscape, height_axis: HeightAxis, runs: Sequence[Run]) -> Figure:
    """Minus the return as a surface, every agent's path on it."""
    figure = _named(surface(land, height_axis))
    low, high = height_axis.range
    for place, run in enumerate(runs):
        z = height_axis(-run.returns) + LIFT * (high - low)
        a, b = run.points[:, 0], run.points[:, 1]
        figure.add_scatter3d(
            x=a, y=b, z=z, name=run.label, mode="lines", hoverinfo="skip",
            line={"width": 6, "color": colour_of(place)},
        )  # fmt: skip
        figure.add_scatter3d(
            x=a, y=b, z=height_axis(-run.returns) + lift(height_axis), name=f"{run.label} now",
            mode="markers",
            marker={"size": 5, "color": colour_of(place), "line": {"color": "white", "width": 1}},
            hovertemplate=f"{run.label}<extra></extra>",
        )  # fmt: skip
    return figure


def bare(land: Landscape, height_axis: HeightAxis) -> Figure:
    """Minus the return as a small surface, whose heading says what is high."""
    figure = _named(surface(land, height_axis))
    figure.update_scenes(zaxis_title_text="", camera_eye=ACROSS)
    return figure


def _named(figure: Figure) -> Figure:
    figure.update_scenes(
        zaxis_title_text="−return",
        zaxis_nticks=4,
        camera={"eye": EYE, "center": {"x": 0, "y": 0, "z": -0.2}},
    )
    words = figure.data[0].hovertemplate
    figure.data[0].hovertemplate = words.replace("loss %", "minus the return %")
    return figure


def flat(
    land: Landscape, height_axis: HeightAxis, runs: Sequence[Run], start: Sequence[float]
) -> Figure:
    """The same from above, with the start to be dragged."""
    figure = on_top(contour(land, height_axis), [(run.points, run) for run in runs])
    figure.add_scatter(
        x=[start[0]], y=[start[1]], name="start", mode="markers",
        marker={"size": 15, "color": "rgba(255,255,255,0.25)",
                "line": {"color": "#ffffff", "width": 3}},
        hovertemplate="start: drag it<extra></extra>",
    )  # fmt: skip
    return figure


def returns(runs: Sequence[Run], best: float) -> Figure:
    """Every agent's exact return against steps; the best there is, dotted."""
    figure = blank(xaxis=axis("step"), yaxis=axis("return (dotted: the best)"))
    figure.add_hline(y=best, line={"color": GREY, "dash": "dot", "width": 2})
    for place, run in enumerate(runs):
        steps = list(range(len(run.returns)))
        figure.add_scatter(
            x=steps, y=run.returns, mode="lines", name=run.label,
            line={"width": 2.4, "color": colour_of(place)},
            hovertemplate=f"{run.label}, step %{{x}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=steps, y=run.returns, mode="markers", name=f"{run.label} now", hoverinfo="skip",
            marker={"size": 9, "color": colour_of(place), "line": PAPER},
        )  # fmt: skip
    return figure


def _side_by_side(places: Sequence[str]) -> dict[str, Any]:
    """An axis of places in order.  Plotly would read a cell "2, 1" as a number, two pits as one."""
    return {"tickangle": 0, "tickvals": list(range(len(places))), "ticktext": list(places)}


def chances(policy: Any, places: Sequence[str], actions: Sequence[str]) -> Figure:
    """The probability of every action in every place: ``policy`` (s, a)."""
    figure = blank(
        barmode="stack", showlegend=True, xaxis=_side_by_side(places),
        yaxis={"title": {"text": "probability"}, "range": [0, 1.001]},
    )  # fmt: skip
    for place, action in enumerate(actions):
        figure.add_bar(
            x=list(range(len(places))), y=policy[:, place], name=action, customdata=list(places),
            marker={"color": PALETTE[(place + 1) % len(PALETTE)]},
            hovertemplate=f"%{{customdata}}: {action} %{{y:.3f}}<extra></extra>",
        )  # fmt: skip
    return figure


def values(found: Any, places: Sequence[str], ends: Sequence[float]) -> Figure:
    """The value of every state: ``found`` (s,), on an axis that holds all steps."""
    figure = blank(xaxis=_side_by_side(places), yaxis={**axis("value"), "range": list(ends)})
    figure.add_bar(
        x=list(range(len(places))), y=found, name="value", marker={"color": BLUE},
        customdata=list(places), hovertemplate="%{customdata}: %{y:.4g}<extra></extra>",
    )  # fmt: skip
    return figure


def values_map(found: Any, named: Sequence[Sequence[str]], ends: Sequence[float]) -> Figure:
    """The value of every cell of a grid, row by row from below; special cells by their names."""
    high, wide = len(named), len(named[0])
    figure = blank(
        xaxis={"visible": False, "range": [-0.5, wide - 0.5], "constrain": "domain"},
        yaxis={"visible": False, "range": [-0.5, high - 0.5], "scaleanchor": "x"},
        margin={"l": 6, "r": 6, "t": 6, "b": 6},
    )
    low, top = ends
    figure.add_heatmap(
        z=found, customdata=[list(row) for row in named], name="value", colorscale=COLORSCALE,
        zmin=low, zmax=top, showscale=False, xgap=2, ygap=2, texttemplate="%{text}%{z:.2f}",
        text=[[f"{name}<br>" if name.isalpha() else "" for name in row] for row in named],
        hovertemplate="%{customdata}: %{z:.4g}<extra></extra>",
    )  # fmt: skip
    return figure


def clouds(cloud: Cloud, names: Sequence[str]) -> Figure:
    """Sampled gradients without and with a baseline around the exact one."""
    figure = blank(
        showlegend=True,
        xaxis=axis(f"gradient by {names[0]}"),
        yaxis=axis(f"gradient by {names[1]}"),
    )
    for points, name, colour in (
        (cloud.plain, "no baseline", VERMILION),
        (cloud.baseline, "baseline", BLUE),
    ):
        figure.add_scatter(
            x=points[:, 0].astype("float32"), y=points[:, 1].astype("float32"), mode="markers",
            name=name, hoverinfo="skip", marker={"size": 5, "color": colour, "opacity": 0.4},
        )  # fmt: skip
    figure.add_scatter(
        x=[cloud.exact[0]], y=[cloud.exact[1]], mode="markers", name="exact gradient",
        marker={"size": 13, "color": MARK, "symbol": "diamond", "line": PAPER},
        hovertemplate="exact: %{x:.4g}, %{y:.4g}<extra></extra>",
    )  # fmt: skip
    return figure
