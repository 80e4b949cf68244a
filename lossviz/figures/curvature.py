"""Pictures of a Hessian's eigenvalues: how many there are of each size."""

from __future__ import annotations

from typing import Any

from lossviz.curvature.spectral_density import Bins, Spectrum
from lossviz.figures.drawing import Figure
from lossviz.figures.theme import GREY, ORANGE, blank
from lossviz.text import number

_LEAST = 0.4  # of an eigenvalue: below it an estimate says there is none


def spectrum(found: Spectrum, heights: Any, where: Bins, colour: str, most: int) -> Figure:
    """Bars over decades on both sides of zero: negative, nearly zero, positive curvature.

    ``heights`` are the bars' counts and ``most`` the number of eigenvalues of the picture with
    the most, so that compared pictures share their axes.
    """
    edges = where.place(where.edges)
    figure = blank(
        showlegend=True,
        bargap=0,
        xaxis={
            "title": {"text": "curvature (eigenvalue)"},
            "range": [edges[0] - 0.3, edges[-1] + 0.3],
            "tickvals": where.place(where.ticks),
            "ticktext": [f"{value:g}".replace("-", "−") for value in where.ticks],
        },
        yaxis={
            "title": {"text": "how many" if found.exact else "how many, about"},
            "type": "log",
            "range": [-0.4, _decades(most) + 0.35],
            "tickvals": [10**k for k in range(_decades(most) + 1)],
            "ticktext": [f"{10**k:,}" for k in range(_decades(most) + 1)],
        },
    )
    parts = (
        ("negative", ORANGE, lambda low, high: high <= 0),
        ("near zero", GREY, lambda low, high: low < 0 < high),
        ("positive", colour, lambda low, high: low >= 0),
    )
    bars = list(zip(edges, edges[1:], where.edges, where.edges[1:], heights, strict=False))
    for name, hue, inside in parts:
        some = [bar for bar in bars if inside(bar[0], bar[1])]
        figure.add_bar(
            x=[(left + right) / 2 for left, right, *_ in some],
            width=[right - left for left, right, *_ in some],
            y=[count if count >= _LEAST else None for *_, count in some],
            name=name, marker={"color": hue, "line": {"width": 0.5, "color": "white"}},
            customdata=[[low, high] for _, _, low, high, _ in some],
            hovertemplate="%{y:.3g} from %{customdata[0]:.3g} to %{customdata[1]:.3g}"
            "<extra></extra>",
        )  # fmt: skip
    for value, name, side in (
        (found.largest, "largest", "right"),
        (found.smallest, "smallest", "left"),
    ):
        figure.add_scatter(
            x=[float(where.place(value))] * 2, y=[10**-0.4, most], mode="lines", showlegend=False,
            line={"width": 2, "color": "black", "dash": "dot"}, hoverinfo="skip", name=name,
        )  # fmt: skip
        text = f"{name} {number(value, 3)}"
        figure.add_annotation(
            x=float(where.place(value)), y=_decades(most) + 0.1, text=text,
            showarrow=False, xanchor=side, yanchor="bottom",
        )  # fmt: skip
    return figure


def _decades(most: int) -> int:
    """The power of ten that reaches ``most``."""
    return len(str(max(most - 1, 1)))
