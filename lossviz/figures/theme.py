"""The theme: a surface scale, a colour for every recipe, an empty figure to draw on.

The stage paints text, paper and grid from the reader's light or dark theme, so nothing here
names a background.
"""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

from lossviz.figures.drawing import Figure

# Even steps in perceived lightness (OKLCH lightness 0.27 to 0.96, hue from indigo over teal to
# sand): low values are dark, high ones pale, and warm colours stand out on all of it.
SCALE = (
    "#26066a", "#272880", "#234294", "#195f9d", "#2779a2", "#3293a7",
    "#51aaaa", "#6fc1ae", "#93d6b2", "#cde5ae", "#fff2c2",
)  # fmt: skip
COLORSCALE = [[i / (len(SCALE) - 1), colour] for i, colour in enumerate(SCALE)]

# Okabe & Ito (2008): told apart by every kind of colour vision, on white and on black.
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
SKY, VERMILION, YELLOW, GREY = "#56b4e9", "#d55e00", "#b8a800", "#7f7f7f"
PALETTE = (VERMILION, SKY, GREEN, ORANGE, PINK, BLUE, YELLOW, GREY)
DASHES = ("solid", "dash", "dot", "dashdot")

# One loss, one optimizer: one colour on every page.  The rest take theirs from the palette, in
# the order a page gives them.
COLOURS = {
    "squared": BLUE,
    "half_squared": BLUE,
    "absolute": VERMILION,
    "huber": GREEN,
    "quantile": PINK,
    "log_cosh": ORANGE,
    "tukey_biweight": YELLOW,
    "barron_general": SKY,
    "constant": GREY,
    "cross_entropy": VERMILION,
    "mse_sigmoid": BLUE,
    "mae_prob": GREEN,
    "hinge": ORANGE,
    "generalised_cross_entropy": PINK,
    "symmetric_cross_entropy": SKY,
    "focal": YELLOW,
    "zero_one": GREY,
    "gd": VERMILION,
    "momentum": ORANGE,
    "nesterov": YELLOW,
    "adam": SKY,
    "rmsprop": GREEN,
    "adagrad": PINK,
    "newton": BLUE,
    "sgd": GREY,
}
MARK = VERMILION  # the minimum, the cursor, whatever the reader looks for
DATA = "#6b7a99"  # points of a dataset, quiet enough to draw a fit over
POINT = {"color": DATA, "opacity": 0.9}  # one of many, seen on a projector in either theme

# A scene is seen from here (a direction: the stage goes as near as box and labels allow), in a box
# that is low enough for the surface to cover most of it.  At least SIDE degrees off either axis:
# nearer to one, the edge of a bowl would hide the numbers of the other axis behind it.
EYE = {"x": -0.24, "y": -0.62, "z": 0.95}
SIDE = 21
LIFT = 0.005  # of a scene's height: a ball over its surface, which the stage draws it before
CORNER = 0.07  # of an axis, kept free of ticks at its ends
BOX = {"x": 1.1, "y": 1.1, "z": 0.45}

TEMPLATE = {
    "layout": {
        "colorway": PALETTE,
        "margin": {"l": 54, "r": 12, "t": 10, "b": 44},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"align": "left"},
        "xaxis": {"zeroline": False, "automargin": True, "title": {"standoff": 6}},
        "yaxis": {"zeroline": False, "automargin": True, "title": {"standoff": 6}},
    }
}


def colour_of(id: str, place: int = 0) -> str:
    """The colour of a recipe: its own, or the palette's at ``place``."""
    return COLOURS.get(id, PALETTE[place % len(PALETTE)])


def faint(colour: str, opacity: float) -> str:
    """A colour that lets the paper, light or dark, shine through."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def blank(**layout: Any) -> Figure:
    """An empty figure in the house's template."""
    figure = Figure(**{"showlegend": False, **layout})
    figure.layout["template"] = TEMPLATE
    return figure


def inner(low: float, high: float, most: int) -> dict[str, Any]:
    """Range and ticks of an axis of a scene, none in a corner, where those of two axes collide."""
    low, high = float(low), float(high)
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(m * power for m in (1, 2, 5, 10) if (high - low) / (m * power) <= most)
    margin = CORNER * (high - low)
    first, last = ceil((low + margin) / step), floor((high - margin) / step)
    # rounded to the step's own digits: 3 * 0.1 would be told as 0.30000000000000004
    ticks = [float(f"{k * step:.12g}") for k in range(first, last + 1)]
    return {"range": [low, high], "tickvals": ticks}


def counted(rows: int) -> dict[str, Any]:
    """How the cells of a table of counts look in either theme; smaller type for many rows."""
    return {
        "colorscale": [[0, faint(BLUE, 0.06)], [1, faint(BLUE, 0.6)]],
        "zmin": 0,
        "xgap": 3,
        "ygap": 3,
        "textfont": {"size": 22 if rows < 5 else 12, "color": "black"},
        "showscale": False,
    }


def axis(title: str, unit: str = "") -> dict[str, Any]:
    """An axis with its name and unit."""
    return {"title": {"text": f"{title} ({unit})" if unit else title}}
