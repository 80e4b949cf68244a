"""A landscape as a surface, as a map, or as a curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from lossviz.figures.drawing import Figure, trace
from lossviz.figures.theme import BOX, COLORSCALE, CORNER, EYE, LIFT, MARK, blank, inner
from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.gradient_field import Arrows
from lossviz.landscapes.height_scale import HeightAxis, single

CROWD = 12  # points of one mark from which on each is drawn smaller
_LIGHT = {"ambient": 0.62, "diffuse": 0.65, "specular": 0.12, "roughness": 0.85, "fresnel": 0.1}


def surface(
    land: Landscape,
    height_axis: HeightAxis,
    marks: Sequence[Mark] = (),
    corner: Literal["left", "right"] = "left",
) -> Figure:
    """The landscape in three dimensions, with its marks.

    A height that is more than the loss is told in the ``corner`` above.
    """
    z = height_axis(land.values).astype("float32")
    low, high = _ends(height_axis)
    # a surface on the box's own floor or roof would flicker through it
    below, over = low - 0.03 * (high - low), high + 0.02 * (high - low)
    x_title, y_title = land.plane.names
    long = height_axis.title != "loss"
    figure = blank(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={
            "xaxis": {"title": {"text": x_title}, **inner(land.a[0], land.a[-1], 6)},
            "yaxis": {"title": {"text": y_title}, **inner(land.b[0], land.b[-1], 6)},
            "zaxis": {
                "title": {"text": "" if long else height_axis.title},
                **inner(low, high, 5),
                **_ticks(height_axis),
                "range": [below, over],
            },
            "aspectmode": "manual",
            "aspectratio": BOX,
            "camera": {"eye": EYE},
        },
    )
    figure.add_surface(
        x=land.a.astype("float32"),
        y=land.b.astype("float32"),
        z=z,
        customdata=single(land.values).T,  # Plotly reads a surface's as [column][row]
        name="surface",
        colorscale=COLORSCALE,
        cmin=low,
        cmax=high,
        showscale=False,
        lighting=_LIGHT,
        contours={
            "z": {
                "show": height_axis.range[0] < height_axis.range[1],
                "start": low + (high - low) / 14,  # none on the floor itself, none on the roof
                "end": high - (high - low) / 28,
                "size": (high - low) / 14 or 1,
                "color": "#8fc7cf",
                "width": 1,
            }
        },
        hovertemplate=f"{x_title} %{{x:.4g}}<br>{y_title} %{{y:.4g}}<br>"
        "loss %{customdata:.5g}<extra></extra>",
    )
    figure.add_traces([marked(mark, height_axis, solid=True) for mark in marks])
    if long:  # along the axis it would be cut at the edge of a small picture
        figure.add_annotation(
            x=int(corner == "right"), y=1, xref="paper", yref="paper", xanchor=corner,
            yanchor="top", showarrow=False, text=height_axis.title,
        )  # fmt: skip
    return figure


def contour(
    land: Landscape,
    height_axis: HeightAxis,
    marks: Sequence[Mark] = (),
    steps: Arrows | None = None,
) -> Figure:
    """The same landscape from above, as a map with level lines; ``steps`` point downhill."""
    x_title, y_title = land.plane.names
    figure = blank(
        xaxis={"title": {"text": x_title}, "range": [land.a[0], land.a[-1]], "showgrid": False},
        yaxis={"title": {"text": y_title}, "range": [land.b[0], land.b[-1]], "showgrid": False},
        margin={"l": 54, "r": 8, "t": 8, "b": 44},
    )
    low, high = _ends(height_axis)
    figure.add_contour(
        x=land.a.astype("float32"),
        y=land.b.astype("float32"),
        z=height_axis(land.values).astype("float32"),
        customdata=single(land.values),
        name="surface",
        colorscale=COLORSCALE,
        zmin=low,
        zmax=high,
        contours={"start": low, "end": high, "size": (high - low) / 24 or 1},
        line={"width": 0.6, "color": "rgba(255,255,255,0.35)"},
        showscale=False,
        hoverinfo="none",
    )
    if steps is not None:
        figure.add_traces([arrows(steps)])
    figure.add_traces([marked(mark, height_axis, solid=False) for mark in marks])
    return figure


def profile(land: Landscape, height_axis: HeightAxis, marks: Sequence[Mark] = ()) -> Figure:
    """One parameter: the landscape (of a single row or more, all the same) is a curve."""
    figure = blank(
        xaxis={"title": {"text": land.plane.names[0]}, "range": [land.a[0], land.a[-1]]},
        yaxis={"title": {"text": height_axis.title}, **_ticks(height_axis)},
    )
    figure.add_scatter(
        x=land.a.astype("float32"),
        y=height_axis(land.values[0]).astype("float32"),
        name="surface",
        mode="lines",
        line={"width": 4, "color": COLORSCALE[4][1]},
        hoverinfo="skip",
    )
    for mark in marks:
        place = mark._replace(b=height_axis(mark.values))
        figure.add_traces([marked(place, height_axis, solid=False)])
    return figure


def cut(land: Landscape, height_axis: HeightAxis, axis: int) -> Figure:
    """The true loss along one axis, through the cursor; the stage fills the trace "cut"."""
    line = (land.a, land.b)[axis]
    values = land.values[len(land.b) // 2] if axis == 0 else land.values[:, len(land.a) // 2]
    figure = blank(
        xaxis={"title": {"text": land.plane.names[axis]}, "range": [line[0], line[-1]]},
        yaxis={
            "title": {"text": "loss"},
            **(
                {"type": "log"}
                if height_axis.log
                else {"range": [height_axis.low, height_axis.high]}
            ),
        },
    )
    figure.add_scatter(
        x=line.astype("float32"),
        y=values.astype("float32"),
        name="cut",
        mode="lines",
        hoverinfo="skip",
        line={"width": 3, "color": COLORSCALE[4][1]},
    )
    return figure


def marked(mark: Mark, height_axis: HeightAxis, *, solid: bool, colour: str = MARK) -> Any:
    """A mark as a trace: over the surface if ``solid``, else on the map.

    Hundreds of local minima are drawn smaller, or nothing would be seen between them.
    """
    share = 1.0 if len(mark.a) <= CROWD else 0.4
    paper = {"color": "white", "width": 1.5 * share}
    size = {"point": 12 * share, "outline": 5, "arrow": [0] * (len(mark.a) - 1) + [14]}[mark.shape]
    word = f"{mark.name}<extra></extra>"
    common = {"name": mark.name, "mode": "markers" if mark.shape == "point" else "lines+markers"}
    if solid:
        small = {"point": 6 * share, "outline": 3, "arrow": [0] * (len(mark.a) - 1) + [8]}[
            mark.shape
        ]
        ball = mark.shape == "point"  # lies on the surface, which would hide half of it otherwise
        z = height_axis(mark.values) + (lift(height_axis) if ball else 0)
        symbol = "diamond" if mark.shape == "arrow" else "circle"
        return trace("scatter3d",
            x=mark.a, y=mark.b, z=z, line={"width": 7, "color": colour}, hovertemplate=word,
            marker={"size": small, "color": colour, "symbol": symbol, "line": paper}, **common,
        )  # fmt: skip
    pointer = {"symbol": "arrow", "angleref": "previous"} if mark.shape == "arrow" else {}
    return trace("scatter",
        x=mark.a, y=mark.b, line={"width": 4, "color": colour}, hovertemplate=word,
        fill="toself" if mark.shape == "outline" else "none",
        marker={"size": size, "color": colour, "line": paper, **pointer}, **common,
    )  # fmt: skip


def folded(figure: Figure, kinks: Mark, heights: Any = None) -> Figure:
    """The figure with the lines of its kinks, under whatever it marks.

    ``heights`` (m,) is where they are drawn on a surface; a map has none.
    """
    solid = heights is not None
    line = {"color": "rgba(255,255,255,0.8)", "width": 2.5 if solid else 1}
    common = {"name": "kinks", "mode": "lines", "line": line, "hoverinfo": "skip"}
    if solid:
        line = trace("scatter3d", x=kinks.a, y=kinks.b, z=heights, **common)
    else:
        line = trace("scatter", x=kinks.a, y=kinks.b, **common)
    figure.add_traces([line])
    figure.data = (figure.data[0], figure.data[-1], *figure.data[1:-1])
    return figure


def lift(height_axis: HeightAxis) -> float:
    """How far the ball of a point stands above a surface, in heights, so as not to sink in."""
    low, high = _ends(height_axis)
    return LIFT * (high - low)


def _ends(height_axis: HeightAxis) -> tuple[float, float]:
    """The range of heights; a flat one gets a margin above and below, so that it is seen level."""
    low, high = height_axis.range
    return (low, high) if high > low else (low - 1, low + 1)


def _ticks(height_axis: HeightAxis) -> dict[str, Any]:
    if height_axis.ticks is None:
        return {}
    low, high = height_axis.range
    places, texts = height_axis.ticks
    kept = [i for i, at in enumerate(places) if len(places) < 3 or at > low + CORNER * (high - low)]
    return {"tickvals": [places[i] for i in kept], "ticktext": [texts[i] for i in kept]}


def arrows(steps: Arrows) -> Any:
    """Downhill, drawn as short arrows on the map."""
    gap = [None] * len(steps.a)
    ends = list(zip(steps.a, steps.a + steps.da, gap, strict=True))
    tops = list(zip(steps.b, steps.b + steps.db, gap, strict=True))
    return trace("scatter",
        x=[x for triple in ends for x in triple],
        y=[y for triple in tops for y in triple],
        name="downhill",
        mode="lines+markers",
        hoverinfo="skip",
        line={"width": 1.2, "color": "rgba(255,255,255,0.85)"},
        marker={"symbol": "arrow", "angleref": "previous", "color": "rgba(255,255,255,0.85)",
                "size": [0, 7, 0] * len(steps.a)},
    )  # fmt: skip
