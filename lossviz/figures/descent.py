"""Paths on a landscape and against steps; rates, basins and noisy gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from lossviz.curvature import Curvature
from lossviz.descent.race import BasinMap, Sweep, Track
from lossviz.descent.setting import Surface
from lossviz.figures.drawing import Figure
from lossviz.figures.landscapes import contour, lift, marked
from lossviz.figures.landscapes import surface as drawn_surface
from lossviz.figures.theme import BOX, GREEN, GREY, MARK, PALETTE, PINK, axis, blank, colour_of
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import HeightAxis

HALO = "rgba(255,255,255,0.75)"
LIFT = 0.012  # of the height of the picture: a path lies on the surface, not in it
PASTELS = ("#f0b08a", "#b9def5", "#8fd3bd", "#f5d48a", "#e8c5da", "#8fb8d8", "#dcd58a")
KIND_COLOUR = {"minimum": MARK, "minima": MARK, "saddle": GREEN, "saddles": GREEN}
KIND_COLOUR |= {"maximum": PINK, "maxima": PINK}
ARROW_COLOUR = {"downhill": "#ffffff", "step": "#111111"}


def solid(
    land: Landscape, height_axis: HeightAxis, surface: Surface, tracks: Sequence[Track]
) -> Figure:
    """The surface with every path on it."""
    figure = drawn_surface(land, height_axis, corner="right")  # the legend is on the left
    figure.add_traces(_marks(surface, height_axis, solid=True))
    low, high = height_axis.range
    for place, track in enumerate(tracks):
        colour = colour_of(track.id, place)
        z = height_axis(track.values) + LIFT * (high - low)
        figure.add_scatter3d(
            x=track.a, y=track.b, z=z, name=track.label, mode="lines", hoverinfo="skip",
            line={"width": 6, "color": colour},
        )  # fmt: skip
        figure.add_scatter3d(
            x=track.a, y=track.b, z=height_axis(track.values) + lift(height_axis),
            name=f"{track.label} now", mode="markers",
            marker={"size": 5, "color": colour, "line": {"color": "white", "width": 1}},
            hovertemplate=f"{track.label}<extra></extra>",
        )  # fmt: skip
    # lower than elsewhere: one steep corner makes most of a box empty
    figure.update_scenes(zaxis_nticks=4, aspectratio={**BOX, "z": 0.37})
    return figure


def flat(
    land: Landscape,
    height_axis: HeightAxis,
    surface: Surface,
    tracks: Sequence[Track],
    start: Sequence[float],
    arrows: Mapping[str, tuple[Any, Any]],
) -> Figure:
    """The map with every path, the start to be dragged, and the focus's arrows."""
    figure = contour(land, height_axis)
    figure.add_traces(_marks(surface, height_axis, solid=False))
    for track in tracks:
        figure.add_scatter(
            x=track.a, y=track.b, name=f"{track.label} halo", mode="lines", hoverinfo="skip",
            line={"width": 4.2, "color": HALO}, showlegend=False,
        )  # fmt: skip
    for place, track in enumerate(tracks):
        colour = colour_of(track.id, place)
        figure.add_scatter(
            x=track.a, y=track.b, name=track.label, mode="lines+markers",
            line={"width": 2.6, "color": colour}, marker={"size": 4.5, "color": colour},
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=track.a, y=track.b, name=f"{track.label} now", mode="markers", showlegend=False,
            marker={"size": 11, "color": colour, "line": {"color": "white", "width": 2}},
            hovertemplate=f"{track.label}<extra></extra>",
        )  # fmt: skip
    for name, (x, y) in arrows.items():
        figure.add_scatter(
            x=x[-1], y=y[-1], name=name, mode="lines+markers", hoverinfo="skip", showlegend=False,
            line={"width": 2.5, "color": ARROW_COLOUR[name]},
            marker={"symbol": "arrow", "angleref": "previous", "size": [0, 13],
                    "color": ARROW_COLOUR[name]},
        )  # fmt: skip
    figure.add_scatter(
        x=[start[0]], y=[start[1]], name="start", mode="markers", showlegend=False,
        marker={"size": 15, "color": "rgba(255,255,255,0.25)", "symbol": "circle",
                "line": {"color": "#ffffff", "width": 3}},
        hovertemplate="start: drag it<extra></extra>",
    )  # fmt: skip
    return figure


def _marks(surface: Surface, height_axis: HeightAxis, *, solid: bool) -> list[Any]:
    hues = [KIND_COLOUR.get(mark.name, MARK) for mark in surface.marks]
    made = [
        marked(mark, height_axis, solid=solid, colour=colour)
        for mark, colour in zip(surface.marks, hues, strict=True)
    ]
    for trace in made:
        trace.showlegend = False
    return made


CHARTS = {  # field of a Track -> title of its axis
    "excess": "loss − minimum",
    "slope": "gradient norm",
    "away": "distance to the minimum",
}


def chart(tracks: Sequence[Track], field: str, title: str) -> Figure:
    """One quantity of every path against steps, with a marker at the step shown."""
    figure = blank(
        yaxis={"type": "log", "exponentformat": "power", "nticks": 5},
        margin={"l": 52, "r": 8, "t": 22, "b": 22},
    )
    figure.add_annotation(
        x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", showarrow=False,
        text=f"{title}, against steps", font={"size": 12.5},
    )  # fmt: skip
    for place, track in enumerate(tracks):
        y = getattr(track, field)
        if not len(y):
            continue
        x, colour = list(range(len(y))), colour_of(track.id, place)
        figure.add_scatter(
            x=x, y=y, name=track.label, mode="lines", line={"width": 2.2, "color": colour},
            hovertemplate=f"{track.label}, step %{{x}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=x, y=y, name=f"{track.label} now", mode="markers", hoverinfo="skip",
            marker={"size": 9, "color": colour, "line": {"color": "white", "width": 1.5}},
        )  # fmt: skip
    return figure


def rates(sweeps: Sequence[Sweep], curvature: Curvature, classic: bool) -> Figure:
    """Final loss against the learning rate; where it was lost, a cross at the top.

    ``classic`` says that plain gradient descent is among them, whose limit and best rate are
    drawn as upright lines.
    """
    figure = blank(
        xaxis={"title": {"text": "learning rate"}, "type": "log", "exponentformat": "power"},
        yaxis={"title": {"text": "final loss − minimum"}, "type": "log",
               "exponentformat": "power"},
        showlegend=True,
    )  # fmt: skip
    tops = [max(some) for s in sweeps if (some := [v for v in s.excess if v == v])]
    top = max(tops, default=1.0) * 10
    for place, each in enumerate(sweeps):
        colour = colour_of(each.id, place)
        figure.add_scatter(
            x=each.rates, y=each.excess, name=each.label, mode="lines+markers",
            line={"width": 2.5, "color": colour}, marker={"size": 4, "color": colour},
            hovertemplate=f"{each.label}, rate %{{x:.3g}}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=each.rates[each.lost], y=[top * 3**place] * int(each.lost.sum()), mode="markers",
            name=f"{each.label}, diverged", showlegend=False,
            marker={"symbol": "x-thin", "size": 7, "line": {"width": 1.5, "color": colour}},
            hovertemplate=f"{each.label}, rate %{{x:.3g}}: diverged<extra></extra>",
        )  # fmt: skip
    lines = {"limit 2/λmax": curvature.safe_rate, "best 2/(λmin+λmax)": curvature.best_rate}
    for title, rate in lines.items():
        if classic and 0 < rate < float("inf"):
            dash = "dot" if "best" in title else "dash"
            figure.add_vline(x=rate, line={"color": GREY, "dash": dash, "width": 2})
            figure.add_annotation(
                x=log10(rate), y=0.02 if "best" in title else 0.12, yref="paper", text=title,
                showarrow=False, xanchor="right", font={"size": 12},
            )  # fmt: skip
    return figure


def basin_map(found: BasinMap, surface: Surface, by: str) -> Figure:
    """Every start coloured by where it ends (``by="where"``) or how long it takes."""
    names = surface.plane.names
    figure = blank(
        xaxis={**axis(names[0]), "range": list(surface.window[0]), "showgrid": False},
        yaxis={**axis(names[1]), "range": list(surface.window[1]), "showgrid": False},
        margin={"l": 54, "r": 8, "t": 8, "b": 44},
    )
    if by == "steps":
        figure.add_heatmap(
            x=found.a, y=found.b, z=found.steps, name="steps", colorscale="Viridis",
            colorbar={"title": {"text": "steps"}, "thickness": 12},
            hovertemplate="from (%{x:.3g}, %{y:.3g}): %{z} steps<extra></extra>",
        )  # fmt: skip
    else:
        numbers = sorted(found.labels)
        places = {number: place for place, number in enumerate(numbers)}
        z = [[places[k] for k in row] for row in found.where.tolist()]
        text = [[found.labels[k] for k in row] for row in found.where.tolist()]
        figure.add_heatmap(
            x=found.a, y=found.b, z=z, text=text, name="where", showscale=False,
            colorscale=_bands([_target_colour(k, surface) for k in numbers]), zmin=-0.5,
            zmax=len(numbers) - 0.5,
            hovertemplate="from (%{x:.3g}, %{y:.3g}): %{text}<extra></extra>",
        )  # fmt: skip
        for number in numbers:
            figure.add_scatter(
                x=[None], y=[None], mode="markers", name=found.labels[number],
                marker={"size": 11, "symbol": "square", "color": _target_colour(number, surface)},
            )  # fmt: skip
        figure.update_layout(showlegend=len(numbers) <= 10)
    for mark in surface.marks:
        if mark.shape == "point":
            figure.add_scatter(
                x=mark.a, y=mark.b, mode="markers", name=mark.name, showlegend=False,
                marker={"size": 9, "color": "black", "line": {"color": "white", "width": 1.5}},
                hovertemplate=f"{mark.name}<extra></extra>",
            )  # fmt: skip
    return figure


def _target_colour(number: int, surface: Surface) -> str:
    """Full colours for minima, pale ones for saddles and maxima, greys for all else."""
    if number < 0:
        return {-1: "#c9c9c9", -2: "#4a4a4a"}[number]
    lowest = surface.kinds[number] == "minimum"
    place = sum((kind == "minimum") == lowest for kind in surface.kinds[:number])
    hues = PALETTE[:-1] if lowest else PASTELS
    return hues[place % len(hues)]


def _bands(colours: Sequence[str]) -> list[list[Any]]:
    """A scale of flat bands, one per colour."""
    n = len(colours)
    return [[(i + end) / n, colour] for i, colour in enumerate(colours) for end in (0, 1)]


def cloud(gradients: Any, full: Any, names: Sequence[str], note: str) -> Figure:
    """Noisy gradients (draws, 2) around the gradient on all the data (2,)."""
    figure = blank(
        xaxis=axis(f"gradient by {names[0]}"), yaxis=axis(f"gradient by {names[1]}"),
        showlegend=True,
    )  # fmt: skip
    figure.add_scatter(
        x=gradients[:, 0], y=gradients[:, 1], mode="markers", name=note,
        marker={"size": 6, "color": colour_of("sgd"), "opacity": 0.6}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[full[0]], y=[full[1]], mode="markers", name="all the data",
        marker={"size": 13, "color": MARK, "symbol": "diamond",
                "line": {"color": "white", "width": 1.5}},
    )  # fmt: skip
    figure.add_scatter(
        x=[0], y=[0], mode="markers", name="no gradient",
        marker={"size": 10, "symbol": "cross-thin", "line": {"color": GREY, "width": 2}},
    )  # fmt: skip
    return figure


def bundle(
    land: Landscape, height_axis: HeightAxis, surface: Surface, tracks: Sequence[Track], colour: str
) -> Figure:
    """Several paths of one colour on the map."""
    figure = contour(land, height_axis)
    figure.add_traces(_marks(surface, height_axis, solid=False))
    for track in tracks:
        figure.add_scatter(
            x=track.a, y=track.b, mode="lines", name=track.label, hoverinfo="skip",
            line={"width": 1.8, "color": colour}, opacity=0.85,
        )  # fmt: skip
    return figure
