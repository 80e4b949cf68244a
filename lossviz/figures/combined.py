"""Pictures of two losses and their weighted sum: surfaces, the front, conflict, schemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.combined import Run, TradeOff
from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour, surface
from lossviz.figures.theme import GREY, LIFT, MARK, PALETTE, blank
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis
from lossviz.text import inside

PAPER = {"color": "white", "width": 1.5}
WHITE = "rgba(255,255,255,0.95)"
AGREE = [[0.0, "#8f2d56"], [0.5, "#f4f1ea"], [1.0, "#2a6f77"]]  # against, across, along


def colour_of(place: int) -> str:
    """The colour of a scheme."""
    return PALETTE[place % len(PALETTE)]


def term(land: Landscape, height_axis: HeightAxis, thetas: Any, heights: Any, label: str) -> Figure:
    """One surface; the minima of the sum as a line on it, at ``heights`` (m,)."""
    figure = surface(land, height_axis)
    figure.update_scenes(zaxis_nticks=4, zaxis_title_text="")
    x, y = land.plane.names
    figure.data[
        0
    ].hovertemplate = f"{x} %{{x:.4g}}<br>{y} %{{y:.4g}}<br>{label} %{{z:.5g}}<extra></extra>"
    low, high = height_axis.range
    lifted = height_axis(heights) + LIFT * (high - low)
    figure.add_scatter3d(
        x=thetas[:, 0], y=thetas[:, 1], z=lifted, mode="lines", name="front", hoverinfo="skip",
        line={"width": 5, "color": WHITE},
    )  # fmt: skip
    figure.add_scatter3d(
        x=thetas[:, 0], y=thetas[:, 1], z=lifted, mode="markers", name="chosen",
        marker={"size": 6, "color": MARK, "line": PAPER},
        hovertemplate="minimum of the weighted sum<extra></extra>",
    )  # fmt: skip
    return figure


def front(pareto: TradeOff, step: int) -> Figure:
    """Both losses against each other: what is possible, the front, the chosen point."""
    figure = _losses(pareto)
    x, y = pareto.levels
    figure.add_scatter(
        x=x[step], y=y[step], mode="lines", name="equal sum", hoverinfo="skip",
        line={"width": 2, "color": MARK, "dash": "dash"},
    )  # fmt: skip
    figure.add_scatter(
        x=pareto.losses[:, 0], y=pareto.losses[:, 1], mode="markers", name="chosen",
        showlegend=False, marker={"size": 15, "color": MARK, "line": PAPER},
        hovertemplate="%{x:.4g}, %{y:.4g}: drag it along the front<extra></extra>",
    )  # fmt: skip
    return figure


def _losses(pareto: TradeOff) -> Figure:
    first, second = pareto.scene.labels
    low, high = pareto.front.min(0), pareto.front.max(0)
    # of a front that is one point nothing but rounding would be left to see
    spans = [float(b - a) for a, b in zip(low, high, strict=True)]
    margin = [0.25 * span if span > 1e-9 * max(1.0, abs(b)) else 0.5
              for span, b in zip(spans, high, strict=True)]  # fmt: skip
    figure = blank(
        showlegend=True,
        legend={"entrywidth": 0.45, "entrywidthmode": "fraction", "font": {"size": 11}},
        xaxis={"title": {"text": first}, "range": [low[0] - margin[0] / 2, high[0] + margin[0]]},
        yaxis={"title": {"text": second}, "range": [low[1] - margin[1] / 2, high[1] + margin[1]]},
    )
    reach = pareto.reach
    figure.add_scatter(
        x=reach[:, 0], y=reach[:, 1], mode="markers", name="possible", hoverinfo="skip",
        marker={"size": 4, "color": GREY, "opacity": 0.4},
    )  # fmt: skip
    figure.add_scatter(
        x=pareto.front[:, 0], y=pareto.front[:, 1], mode="lines", name="front",
        line={"width": 3, "color": PALETTE[1]},
        hovertemplate=f"{first} %{{x:.4g}}<br>{second} %{{y:.4g}}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=pareto.losses[:, 0], y=pareto.losses[:, 1], mode="markers", name="weighted",
        marker={"size": 5, "color": PALETTE[5]}, hoverinfo="skip",
    )  # fmt: skip
    return figure


def angles(pareto: TradeOff) -> Figure:
    """The cosine of the angle between the gradients over the window, with the front on it."""
    land = pareto.first
    x, y = land.plane.names
    figure = blank(
        xaxis={"title": {"text": x}, "range": [land.a[0], land.a[-1]], "showgrid": False},
        yaxis={"title": {"text": y}, "range": [land.b[0], land.b[-1]], "showgrid": False},
        margin={"l": 54, "r": 8, "t": 8, "b": 44},
    )
    figure.add_heatmap(
        x=land.a.astype("float32"), y=land.b.astype("float32"), z=pareto.angles.astype("float32"),
        colorscale=AGREE, zmin=-1, zmax=1, name="cosine",
        colorbar={"title": {"text": "cosine"}, "thickness": 10, "tickvals": [-1, 0, 1]},
        hovertemplate=f"{x} %{{x:.3g}}<br>{y} %{{y:.3g}}<br>cosine %{{z:.3f}}<extra></extra>",
    )  # fmt: skip
    figure.add_contour(
        x=land.a.astype("float32"), y=land.b.astype("float32"), z=pareto.angles.astype("float32"),
        contours={"start": 0, "end": 0, "size": 1, "coloring": "none"}, showscale=False,
        line={"width": 2, "color": "#4a4a4a"}, name="right angle", hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=pareto.thetas[:, 0], y=pareto.thetas[:, 1], mode="lines", name="front", hoverinfo="skip",
        line={"width": 3, "color": "#111111"},
    )  # fmt: skip
    figure.add_scatter(
        x=pareto.thetas[:, 0], y=pareto.thetas[:, 1], mode="markers", name="chosen",
        marker={"size": 13, "color": MARK, "line": PAPER},
        hovertemplate="minimum of the weighted sum<extra></extra>",
    )  # fmt: skip
    return figure


def paths(
    land: Landscape, height_axis: HeightAxis, pareto: TradeOff, runs: Sequence[Run]
) -> Figure:
    """The schemes' paths over the weighted sum."""
    figure = contour(land, height_axis)
    figure.add_scatter(
        x=pareto.thetas[:, 0], y=pareto.thetas[:, 1], mode="lines", name="front", hoverinfo="skip",
        line={"width": 3, "color": WHITE},
    )  # fmt: skip
    return on_top(figure, [(run.points, run) for run in runs])


def paths_in_losses(pareto: TradeOff, runs: Sequence[Run]) -> Figure:
    """The schemes' paths in the plane of both losses."""
    figure = _losses(pareto)
    figure.update_layout(showlegend=False)
    return on_top(figure, [(run.losses, run) for run in runs])


def on_top(figure: Figure, pairs: Sequence[tuple[Any, Any]]) -> Figure:
    """Paths (t, 2), each with a run that has a label, and their heads."""
    for place, (points, run) in enumerate(pairs):
        figure.add_scatter(
            x=points[:, 0], y=points[:, 1], mode="lines", name=run.label,
            line={"width": 2.6, "color": colour_of(place)}, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=points[:, 0], y=points[:, 1], mode="markers", name=f"{run.label} now",
            showlegend=False, marker={"size": 11, "color": colour_of(place), "line": PAPER},
            hovertemplate=f"{run.label}<extra></extra>",
        )  # fmt: skip
    return figure


def weights(runs: Sequence[Run], label: str) -> Figure:
    """The first loss's share of the weights against steps."""
    figure = blank(
        xaxis={"title": {"text": "step"}},
        yaxis={"title": {"text": f"weight of {inside(label)}"}, "range": [-0.05, 1.05]},
    )
    for place, run in enumerate(runs):
        steps = list(range(len(run.weights)))
        figure.add_scatter(
            x=steps, y=run.weights[:, 0], mode="lines", name=run.label,
            line={"width": 2.4, "color": colour_of(place)},
            hovertemplate=f"{run.label}, step %{{x}}: %{{y:.3f}}<extra></extra>",
        )  # fmt: skip
    return figure
