"""The empty picture into which points are clicked."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.figures.drawing import Figure
from lossviz.figures.theme import DATA, axis, blank

ENDS = [0.0, 10.0]


def board(points: Sequence[tuple[float, float]]) -> Figure:
    """The points drawn so far, on axes that do not move."""
    figure = blank(
        xaxis={**axis("x"), "range": ENDS},
        yaxis={**axis("y"), "range": ENDS},
        clickmode="event",
    )
    figure.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        name="data",
        mode="markers",
        marker={"size": 9, "color": DATA},
        hovertemplate="%{x:.4g}, %{y:.4g}<extra></extra>",
    )
    return figure
