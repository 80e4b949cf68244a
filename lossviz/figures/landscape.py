"""A landscape as a surface, as a map, or as a curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from lossviz.arrows import Arrows
from lossviz.figures.theme import COLORSCALE, MARK, blank
from lossviz.heights import Ruler
from lossviz.landscapes import Landscape, Profile

_LIGHT = {"ambient": 0.62, "diffuse": 0.65, "specular": 0.12, "roughness": 0.85, "fresnel": 0.1}
_EYE = {"x": -1.35, "y": -1.55, "z": 1.05}


def surface(land: Landscape, ruler: Ruler, marks: Sequence[Any] = ()) -> go.Figure:
    """The landscape in three dimensions; ``marks`` are further traces, drawn over it."""
    z = ruler(land.values).astype("float32")
    x_title, y_title = land.plane.names
    figure = blank(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={
            "xaxis": {"title": {"text": x_title}, "range": [land.a[0], land.a[-1]]},
            "yaxis": {"title": {"text": y_title}, "range": [land.b[0], land.b[-1]]},
            "zaxis": {"title": {"text": ruler.title}, **_ticks(ruler)},
            "aspectmode": "manual",
            "aspectratio": {"x": 1.15, "y": 1.15, "z": 0.72},
            "camera": {"eye": _EYE, "center": {"x": 0, "y": 0, "z": -0.12}},
        },
    )
    low, high = ruler.range
    figure.add_surface(
        x=land.a.astype("float32"),
        y=land.b.astype("float32"),
        z=z,
        customdata=land.values.astype("float32"),
        name="surface",
        colorscale=COLORSCALE,
        cmin=low,
        cmax=high,
        showscale=False,
        lighting=_LIGHT,
        contours={
            "z": {
                "show": high > low,
                "start": low,
                "end": high,
                "size": (high - low) / 16 or 1,
                "color": "rgba(255,255,255,0.28)",
                "width": 1,
            }
        },
        hovertemplate=f"{x_title} %{{x:.4g}}<br>{y_title} %{{y:.4g}}<br>"
        "loss %{customdata:.5g}<extra></extra>",
    )
    figure.add_traces(list(marks))
    return figure


def contour(land: Landscape, ruler: Ruler, marks: Sequence[Any] = ()) -> go.Figure:
    """The same landscape from above, as a map with level lines."""
    x_title, y_title = land.plane.names
    figure = blank(
        xaxis={"title": {"text": x_title}, "range": [land.a[0], land.a[-1]], "showgrid": False},
        yaxis={"title": {"text": y_title}, "range": [land.b[0], land.b[-1]], "showgrid": False},
        margin={"l": 54, "r": 8, "t": 8, "b": 44},
    )
    low, high = ruler.range
    figure.add_contour(
        x=land.a.astype("float32"),
        y=land.b.astype("float32"),
        z=ruler(land.values).astype("float32"),
        customdata=land.values.astype("float32"),
        name="surface",
        colorscale=COLORSCALE,
        zmin=low,
        zmax=high,
        contours={"start": low, "end": high, "size": (high - low) / 24 or 1},
        line={"width": 0.6, "color": "rgba(255,255,255,0.35)"},
        showscale=False,
        hoverinfo="none",
    )
    figure.add_traces(list(marks))
    return figure


def profile(line: Profile, x_title: str, y_title: str, marks: Sequence[Any] = ()) -> go.Figure:
    """One parameter: the landscape is a curve."""
    figure = blank(xaxis={"title": {"text": x_title}}, yaxis={"title": {"text": y_title}})
    figure.add_scatter(
        x=line.t.astype("float32"),
        y=line.values.astype("float32"),
        name="surface",
        mode="lines",
        line={"width": 3, "color": COLORSCALE[4][1]},
        hovertemplate="%{x:.4g}: loss %{y:.5g}<extra></extra>",
    )
    figure.add_traces(list(marks))
    return figure


def point(a: Any, b: Any, z: Any = None, *, name: str, colour: str = MARK) -> Any:
    """A marked place: on the surface if ``z`` is given, else on the map."""
    if z is None:
        return go.Scatter(
            x=a, y=b, name=name, mode="markers", hoverinfo="name",
            marker={"size": 12, "color": colour, "symbol": "x", "line": {"width": 2,
                    "color": "white"}},
        )  # fmt: skip
    return go.Scatter3d(
        x=a, y=b, z=z, name=name, mode="markers", hoverinfo="name",
        marker={"size": 6, "color": colour, "line": {"width": 2, "color": "white"}},
    )  # fmt: skip


def outline(a: Any, b: Any, z: Any = None, *, name: str, colour: str = MARK) -> Any:
    """A flat set of equally good points: a segment or a polygon, drawn as such."""
    if z is None:
        return go.Scatter(
            x=a, y=b, name=name, mode="lines+markers", fill="toself", hoverinfo="name",
            line={"width": 4, "color": colour}, marker={"size": 6, "color": colour},
        )  # fmt: skip
    return go.Scatter3d(
        x=a, y=b, z=z, name=name, mode="lines+markers", hoverinfo="name",
        line={"width": 7, "color": colour}, marker={"size": 3, "color": colour},
    )  # fmt: skip


def _ticks(ruler: Ruler) -> dict[str, Any]:
    if ruler.ticks is None:
        return {}
    return {"tickvals": ruler.ticks[0], "ticktext": ruler.ticks[1]}


def arrows(steps: Arrows) -> Any:
    """Downhill, drawn as short arrows on the map."""
    gap = [None] * len(steps.a)
    ends = list(zip(steps.a, steps.a + steps.da, gap, strict=True))
    tops = list(zip(steps.b, steps.b + steps.db, gap, strict=True))
    return go.Scatter(
        x=[x for triple in ends for x in triple],
        y=[y for triple in tops for y in triple],
        name="downhill",
        mode="lines+markers",
        hoverinfo="skip",
        line={"width": 1.2, "color": "rgba(255,255,255,0.85)"},
        marker={"symbol": "arrow", "angleref": "previous", "color": "rgba(255,255,255,0.85)",
                "size": [0, 7, 0] * len(steps.a)},
    )  # fmt: skip
