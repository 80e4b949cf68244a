"""Pictures of two penalised weights: three surfaces that add up, their map, paths over λ."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any

from lossviz.figures.drawing import Figure, trace
from lossviz.figures.landscapes import _LIGHT
from lossviz.figures.theme import (
    BOX,
    COLORSCALE,
    DASHES,
    EYE,
    GREY,
    LIFT,
    MARK,
    PALETTE,
    SKY,
    axis,
    blank,
)
from lossviz.regularization import Scene
from lossviz.text import number

TICKS = 6  # on an axis of strengths
PAPER = {"color": "white", "width": 1.5}
LEAD = 0.07  # of the axis, for the lines that lead from names to curves
WHITE = "rgba(255,255,255,0.95)"


def term(scene: Scene, z: Any, heights: Any, kinks: Sequence[tuple[Any, Any, Any]]) -> Figure:
    """One of the three surfaces: ``z`` (j, i), the exact minimum at ``heights`` (k,), kinks."""
    first, second = (name.removeprefix("weight of ") for name in scene.names)
    quiet = {"showticklabels": False, "ticks": ""}
    top = scene.top
    lifted = heights + LIFT * top
    figure = blank(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={
            "xaxis": {"title": {"text": first}, "range": [scene.a[0], scene.a[-1]], "nticks": 5},
            "yaxis": {"title": {"text": second}, "range": [scene.b[0], scene.b[-1]], "nticks": 5},
            "zaxis": {"title": {"text": ""}, "range": [-0.03 * top, 1.02 * top], **quiet},
            "aspectmode": "manual",
            "aspectratio": BOX,
            "camera": {"eye": EYE},
        },
    )
    figure.add_surface(
        x=scene.a.astype("float32"), y=scene.b.astype("float32"), z=z.astype("float32"),
        name="surface", colorscale=COLORSCALE, cmin=0, cmax=top, showscale=False,
        lighting=_LIGHT,
        contours={"z": {"show": True, "start": top / 14, "end": top - top / 28, "size": top / 14,
                        "color": "#8fc7cf", "width": 1}},
        hovertemplate=f"{first} %{{x:.4g}}<br>{second} %{{y:.4g}}<br>%{{z:.5g}}"
        "<extra></extra>",
    )  # fmt: skip
    for place, (x, y, height) in enumerate(kinks):
        figure.add_scatter3d(
            x=x, y=y, z=height, name=f"kink {place}", mode="lines", hoverinfo="skip",
            line={"width": 4, "color": WHITE},
        )  # fmt: skip
    figure.add_scatter3d(
        x=scene.path.weights[:, 0], y=scene.path.weights[:, 1], z=lifted, name="minimum",
        mode="markers", marker={"size": 6, "color": MARK, "line": PAPER},
        hovertemplate="minimum<extra></extra>",
    )  # fmt: skip
    return figure


def above(scene: Scene, step: int, z: Any, *, constrained: bool) -> Figure:
    """The map: its values, the level sets through the minimum, and its path over the strength."""
    first, second = scene.names
    figure = blank(
        xaxis={"title": {"text": first}, "range": [scene.a[0], scene.a[-1]], "showgrid": False,
               "constrain": "domain"},
        yaxis={"title": {"text": second}, "range": [scene.b[0], scene.b[-1]], "showgrid": False,
               "scaleanchor": "x", "constrain": "domain"},
        margin={"l": 54, "r": 8, "t": 6, "b": 42},
    )  # fmt: skip
    figure.add_contour(
        x=scene.a.astype("float32"), y=scene.b.astype("float32"), z=z.astype("float32"),
        name="surface", colorscale=COLORSCALE, zmin=0, zmax=scene.top,
        contours={"start": 0, "end": 2 * scene.top, "size": scene.top / 24},
        line={"width": 0.6, "color": "rgba(255,255,255,0.35)"}, showscale=False, hoverinfo="none",
    )  # fmt: skip
    ends = scene.a[[0, -1]], scene.b[[0, -1]]
    for x, y in ((ends[0], [0, 0]), ([0, 0], ends[1])):
        figure.add_scatter(x=x, y=y, mode="lines", hoverinfo="skip", name="a weight is zero",
                           line={"width": 1, "color": WHITE, "dash": "dot"})  # fmt: skip
    if scene.valley is not None:
        figure.add_scatter(
            x=scene.valley[:, 0], y=scene.valley[:, 1], mode="lines", name="flat direction",
            line={"width": 4, "color": MARK, "dash": "dash"},
            hovertemplate="flat direction: equally good without a penalty<extra></extra>",
        )  # fmt: skip
    if scene.touching is not None:
        figure.add_scatter(
            x=scene.touching[0][step], y=scene.touching[1][step], mode="lines", name="touching",
            line={"width": 2, "color": SKY},
            hovertemplate="equal data loss<extra></extra>",
        )  # fmt: skip
    if scene.budget is not None:
        figure.add_scatter(
            x=scene.budget[0][step], y=scene.budget[1][step], mode="lines", name="budget",
            fill="toself" if constrained else "none", fillcolor="rgba(255,255,255,0.22)",
            line={"width": 3, "color": WHITE}, hovertemplate="equal penalty<extra></extra>",
        )  # fmt: skip
    weights = scene.path.weights
    figure.add_scatter(
        x=weights[:, 0], y=weights[:, 1], mode="lines", name="path", hoverinfo="skip",
        line={"width": 3, "color": MARK},
    )  # fmt: skip
    figure.add_traces([_ticks_along(scene)])
    figure.add_scatter(
        x=weights[:, 0], y=weights[:, 1], mode="markers", name="minimum",
        marker={"size": 13, "color": MARK, "line": PAPER},
        hovertemplate="minimum<extra></extra>",
    )  # fmt: skip
    return figure


def _ticks_along(scene: Scene) -> Any:
    """Strengths written along the path, none closer than a third of the window: maps are small."""
    margin = (scene.a[-1] - scene.a[0]) / 3
    shown: list[int] = []
    for k, (x, y) in enumerate(scene.path.weights):
        far = all(
            abs(x - scene.path.weights[j][0]) + abs(y - scene.path.weights[j][1]) > margin
            for j in shown
        )
        if x == x and far:  # a strength without a minimum is not drawn
            shown.append(k)
    return trace("scatter",
        x=scene.path.weights[shown, 0], y=scene.path.weights[shown, 1], name="ticks",
        mode="markers+text", text=[number(scene.path.strengths[k], 3) for k in shown],
        textposition="bottom right", textfont={"size": 11, "color": "rgb(255,255,255)"},
        marker={"size": 5, "color": WHITE},
        hovertemplate="λ = %{text}<extra></extra>",
    )  # fmt: skip


def strength_axis(places: Any, strengths: Any) -> dict[str, Any]:
    """A logarithmic axis with 0 at its left end."""
    positive = [float(s) for s in strengths if s > 0]
    powers = [10.0**p for p in range(-12, 13)]
    ticks = [p for p in powers if positive[0] <= p <= positive[-1]]
    ticks = ticks[:: -(-len(ticks) // TICKS) or 1]
    return {
        "title": {"text": "λ"},
        "type": "log",
        "tickvals": [float(places[0]), *ticks],
        "ticktext": ["0", *(number(p, 3) for p in ticks)],
        "showgrid": False,
    }


def coefficients(
    places: Any,
    strengths: Any,
    weights: Any,
    names: Sequence[str],
    labels: Any,
    step: int,
    *,
    moving: bool,
) -> Figure:
    """Every weight against the strength, its name at the left end at height ``labels`` (p,).

    A thin line leads from each name to a curve that begins there.  Where it is ``moving`` the
    stage picks the marker of each weight, else it stands at ``step``.
    """
    shown = slice(None) if moving else slice(step, step + 1)
    figure = blank(
        xaxis=strength_axis(places, strengths), yaxis={**axis("weight"), "side": "right"},
        margin={"l": 8 + 7 * max(map(len, names)), "r": 54, "t": 8, "b": 42},
    )  # fmt: skip
    first = next(
        (k for k, row in enumerate(weights.tolist()) if row == row and row[0] == row[0]), 0
    )
    known = [v for row in weights.tolist()[max(first, 1) :] for v in row if v == v] or [0.0]
    left = log10(places[0]) - LEAD * log10(places[-1] / places[0])
    figure.update_xaxes(range=[left, log10(places[-1]) + 0.05])
    figure.add_hline(y=0, line={"width": 1, "color": GREY})
    for j, name in enumerate(names):
        colour = PALETTE[j % len(PALETTE)]
        if first <= 2:  # further in a line would cross the picture
            figure.add_scatter(
                x=[10**left, places[first]], y=[labels[j], weights[first, j]], mode="lines",
                name=f"{name} lead", hoverinfo="skip", line={"width": 0.8, "color": colour},
            )  # fmt: skip
        figure.add_scatter(
            x=places, y=weights[:, j], mode="lines", name=name,
            line={"width": 3, "color": colour, "dash": DASHES[j // len(PALETTE) % 4]},
            hovertemplate=f"{name} %{{y:.4g}} at λ %{{x:.3g}}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=-0.005, xref="paper", y=labels[j], text=name, showarrow=False, xanchor="right",
            font={"color": colour, "size": 13 if len(names) <= 12 else 11},
        )  # fmt: skip
        figure.add_scatter(
            x=places[shown], y=weights[shown, j], mode="markers", name=f"{name} now",
            hoverinfo="skip",
            marker={"size": 9, "color": colour, "line": PAPER},
        )  # fmt: skip
    low, high = min(known), max(known)
    figure.add_scatter(
        x=[places[step]] * 2, y=[low, high], mode="lines", name="now", hoverinfo="skip",
        line={"width": 1.5, "color": "black", "dash": "dot"},
    )  # fmt: skip
    return figure
