"""The pages of the demo: each shows one part of the stage, with its events as text."""

import json

import numpy as np
import streamlit as st

from lossviz.figures.theme import COLORSCALE, blank
from lossviz.landscapes.planes import axes
from lossviz.models import Line
from lossviz.objectives import Quadratic
from lossviz.ui import stage

A, B = np.linspace(-2, 4, 31), np.linspace(-3, 3, 25)
X = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
PLANE = axes(2, names=("intercept", "slope"))
GRID = np.linspace(-3, 4, 20)


def answer(name):
    """Keep the last event and how many there were."""

    def heard(event):
        st.session_state[name] = event
        st.session_state.count = st.session_state.get("count", 0) + 1

    return heard


def moved(event):
    answer("drag")(event)
    st.session_state.y = [*y()[: event["index"]], event["y"], *y()[event["index"] + 1 :]]


def y():
    return st.session_state.get("y", [-1.5, -0.4, 0.6, 1.4, 2.6, 3.5])


def design(x):
    return np.stack([np.ones_like(x), x], axis=1)


def quadratic():
    bottom = np.linalg.lstsq(design(X), np.array(y()), rcond=None)[0]
    floor = float(((design(X) @ bottom - y()) ** 2).mean())
    return Quadratic(np.linalg.qr(design(X), mode="r") / np.sqrt(len(X)), bottom, floor)


def heights(scale=1.0):
    a, b = np.meshgrid(A, B)
    return scale * quadratic().value(np.stack([a, b], -1))


def surface(z):
    figure = blank(margin_t=0, margin_b=0, margin_l=0, margin_r=0)
    figure.add_surface(
        x=A, y=B, z=z.astype("f4"), showscale=False, hoverinfo="none", colorscale=COLORSCALE
    )
    figure.update_scenes(xaxis_title_text="intercept", yaxis_title_text="slope")
    return figure


def contour(z):
    figure = blank(margin_t=8, margin_r=8)
    figure.add_contour(x=A, y=B, z=z.astype("f4"), showscale=False, colorscale=COLORSCALE)
    figure.add_scatter(x=[1], y=[1], mode="markers", name="minimum", marker_color="white")
    figure.update_xaxes(title_text="intercept", range=[A[0], A[-1]])
    figure.update_yaxes(title_text="slope", range=[B[0], B[-1]])
    return figure


def data():
    figure = blank(margin_t=8, margin_r=8)
    figure.add_scatter(x=X, y=y(), mode="markers", name="data", marker_size=10)
    figure.add_scatter(x=GRID, y=0 * GRID, mode="lines", name="fit", line_color="#d55e00")
    figure.add_scatter(x=GRID, y=0 * GRID, mode="lines", name="best", line_color="black")
    figure.update_xaxes(range=[-3, 4])  # y finds its own range
    return figure


def surface_page():
    """A surface, its map and the data."""
    st.caption("A surface, its map and the data")
    if st.button("Start again"):
        st.session_state.clear()
    scale = st.slider("scale", 1.0, 5.0, 1.0, 0.5)
    z = heights(scale)
    left, middle, right = st.columns(3)
    with left:
        stage.show(
            surface(z),
            key="surface",
            group="main",
            height=260,
            cursor="ab",
            alt=f"A quadratic, {scale:g} times as steep.",
            on_click=answer("surface-click"),
        )
    with middle:
        stage.show(
            contour(z),
            key="contour",
            group="main",
            height=260,
            cursor="ab",
            alt="The quadratic from above.",
            at=(0, 0),
            readout=stage.Readout(
                PLANE.names, "loss", quadratic=quadratic().along(PLANE.origin, PLANE.u, PLANE.v)
            ),
            moves=[stage.Live("minimum", "lines.squaredMinimum")],
            on_click=answer("click"),
        )
    with right:
        stage.show(
            data(),
            key="data",
            group="main",
            height=260,
            alt="Six points and two lines.",
            moves=[
                stage.Fit("fit", design(GRID), PLANE),
                stage.Live("best", "lines.squaredLine"),
            ],
            drag=stage.Drag("data", "y", removable=True),
            on_drag=moved,
            on_click=answer("edit"),
        )
    st.code(json.dumps({k: st.session_state.get(k) for k in ("click", "drag", "edit", "count")}))
    st.text(f"surface {json.dumps(st.session_state.get('surface-click'))}")


def play():
    """A path, played."""
    st.caption("A path, played")
    points = [np.array([-1.5, -2.5])]
    for _ in range(20):
        points.append(points[-1] - 0.1 * quadratic().gradient(points[-1]))
    path = np.array(points)
    values = quadratic().value(path)
    figure = contour(heights())
    figure.add_scatter(x=path[:, 0], y=path[:, 1], mode="lines+markers", name="path")
    solid = surface(heights())
    solid.add_scatter3d(x=path[:, 0], y=path[:, 1], z=values, mode="lines", name="path")
    losses = blank()
    losses.add_scatter(y=values, x=np.arange(21), name="loss")
    losses.add_scatter(y=values, x=np.arange(21), name="now", mode="markers", marker_size=12)
    penalty = surface(heights())
    squares = (A[None, :] ** 2 + B[:, None] ** 2) / 2
    captions = [f"loss {value:.3f}" for value in values]
    stage.player(
        steps=21, key="player", group="walk", captions=captions, on_frame=answer("frame"), at=0
    )
    first, second, third, fourth = st.columns(4)
    with first:
        stage.show(solid, key="walk3", group="walk", height=240, moves=[stage.Cut("path")])
    with second:
        stage.show(figure, key="walk2", group="walk", height=240, moves=[stage.Cut("path")])
    with third:
        stage.show(losses, key="losses", group="walk", height=240, moves=[stage.Pick("now")])
        stage.show(
            data(),
            key="walkfit",
            group="walk",
            height=200,
            moves=[stage.Fit("fit", design(GRID), PLANE, path=path)],
        )
    with fourth:
        weights = np.linspace(0, 2, 21)
        mix = stage.Mix(0, heights(), squares, weights)
        stage.show(penalty, key="sum", group="walk", height=240, moves=[mix])
    st.code(json.dumps({"frame": st.session_state.get("frame")}))


def linked():
    """Two surfaces, one camera."""
    st.caption("Two surfaces, one camera")
    for column, name in zip(st.columns(2), ("left", "right"), strict=True):
        with column:
            scale = 1 if name == "left" else 3
            z = surface(heights(scale))
            stage.show(z, key=name, camera="pair", height=260, alt=name, spin=name == "left")


def words():
    """Sentences in place of pictures, a curve, a table."""
    st.caption("Words")
    if st.toggle("broken"):
        stage.show(None, key="once", note="The window is empty.", height=200)
    else:
        stage.show(data(), key="once", height=200, alt="Points.")
    stage.show(None, key="never", note="There is nothing to draw yet.", height=120)
    curve = blank()
    curve.add_scatter(x=A, y=(A - 1) ** 2, name="curve")
    curve.update_xaxes(range=[-2, 4])
    model = Line()
    line = axes(2, 0, 1)
    stage.show(
        curve,
        key="curve",
        group="one",
        height=200,
        cursor="a",
        readout=stage.Readout(("slope",), "loss"),
        alt="A parabola.",
    )
    stage.show(
        data(),
        key="follower",
        group="one",
        height=200,
        moves=[stage.Fit("fit", model.design(GRID[:, None]), line)],
    )
