"""Classes, the lines and regions between them, and what moves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.classification.decision_regions import Regions, boundary
from lossviz.classification.label_noise import NoisyFit
from lossviz.classification.separability import Ray
from lossviz.datasets import Data
from lossviz.figures.data import CLASS_COLOURS, class_names, classes
from lossviz.figures.drawing import Figure
from lossviz.figures.losses import colours_of
from lossviz.figures.theme import GREY, MARK, SCALE, axis, blank, faint
from lossviz.text import number


def won(data: Data, found: Regions, leads: Any) -> Figure:
    """Several classes and the region each one wins, as contours named "lead 0", "lead 1", …"""
    figure = classes(data)
    for c, lead in enumerate(leads):
        colour = CLASS_COLOURS[c % len(CLASS_COLOURS)]
        figure.add_contour(
            x=found.x, y=found.x2, z=lead.astype("float32"), name=f"lead {c}", hoverinfo="skip",
            showscale=False, showlegend=False,
            contours={"start": 0, "end": 0, "size": 1, "coloring": "fill"},
            colorscale=[[0, faint(colour, 0)], [1, faint(colour, 0.22)]],
            line={"width": 2, "color": colour},
        )  # fmt: skip
    k = len(leads)
    figure.data = (*figure.data[-k:], *figure.data[:-k])
    return figure


def noisy_fits(clean: Data, noisy: Data, found: Sequence[NoisyFit]) -> Figure:
    """The points with their clean labels, wrong ones ringed, and each loss's line on both.

    Thin and dashed on clean labels, thick on the noisy ones.  One or two features.
    """
    one = clean.X.shape[1] == 1
    figure = _strip(clean) if one else classes(clean)
    wrong = clean.y != noisy.y
    figure.add_scatter(
        x=clean.X[wrong, 0],
        y=clean.y[wrong] if one else clean.X[wrong, 1],
        name="wrong label",
        mode="markers",
        marker={
            "size": 12 if wrong.sum() <= 40 else 9,
            "symbol": "circle-open",
            "color": MARK,
            "line": {"width": 1.5 if wrong.sum() <= 40 else 1},
        },
        hoverinfo="skip",
    )
    colours = colours_of([each.loss.id for each in found])
    for colour, each in zip(colours, found, strict=True):
        ends = (("clean", each.clean, 1.5, "dash"), ("noisy", each.noisy, 3.5, "solid"))
        for labels, end, width, dash in ends:
            x, y = boundary(clean, end.theta)
            figure.add_scatter(
                x=x, y=y, mode="lines", name=each.loss.label, legendgroup=each.loss.id,
                showlegend=labels == "noisy", hoverinfo="skip",
                line={"width": width, "dash": dash, "color": colour},
            )  # fmt: skip
    return figure


def along_ray(found: Ray) -> Figure:
    """The loss along one direction, without penalty and under several."""
    figure = blank(
        xaxis=axis("norm of the parameters along this direction"),
        yaxis={**axis("loss"), "range": [0, 1.15 * float(found.values[0].max())]},
        showlegend=True,
    )
    for place, (strength, values) in enumerate(zip(found.strengths, found.values, strict=True)):
        figure.add_scatter(
            x=found.t.astype("float32"), y=values.astype("float32"), mode="lines",
            name=f"λ = {number(strength)}" if strength else "no penalty", hoverinfo="skip",
            line={"width": 3.5 if not strength else 2, "dash": "solid" if not strength else "dash",
                  "color": MARK if not strength else SCALE[place + 3]},
        )  # fmt: skip
        if strength:
            low = values.argmin()
            figure.add_scatter(
                x=[found.t[low]], y=[values[low]], mode="markers", showlegend=False,
                marker={"size": 9, "color": SCALE[place + 3]}, hoverinfo="skip",
            )  # fmt: skip
    return figure


def _strip(data: Data) -> Figure:
    """One feature: the classes at heights 0 and 1."""
    figure = blank(
        xaxis=axis(data.names[0], data.units[0]),
        yaxis={"title": {"text": "class"}, "range": [-0.25, 1.25], "tickvals": [0, 1]},
        showlegend=True,
    )
    for label, name in enumerate(class_names(data)):
        rows = data.y == label
        figure.add_scatter(
            x=data.X[rows, 0], y=data.y[rows], name=name, mode="markers",
            marker={"size": 10, "color": CLASS_COLOURS[label]}, hoverinfo="skip",
        )  # fmt: skip
    figure.add_hline(y=0.5, line={"width": 1, "color": GREY, "dash": "dot"})
    return figure
