"""The stage: Plotly figures that stay alive, talk to each other and answer the hand.

``show`` puts one figure on the page.  It keeps its camera over reruns and page switches, follows
the reader's theme, and is not sent again while it does not change.  Pictures of one ``group``
talk in the browser, without the server: about the *cursor* (a point (a, b) of the plane), the
*points* being dragged, and the *step* of a player.  Traces are named by their ``name`` in the
figure or by their number.  Colours "black" and "white" mean colour and paper and swap in the dark.

One picture, one sentence instead of a picture::

    stage.show(figures.surface(land, height_axis), key="surface", alt="The minimum is at ...")
    stage.show(None, key="surface", note="The window is empty: its left end lies right of ...")

None keeps the last good picture under the sentence.

A surface, its map, and the data: the fit follows the cursor on both at pointer speed, the line
under the map says where the cursor is and what the loss is there::

    stage.show(surface, key="surface", group="main", cursor="ab", alt=...)
    stage.show(contour, key="contour", group="main", cursor="ab", alt=...,
               at=minimum,                                  # where the cursor starts
               readout=reading(risk, plane, minimum))
    stage.show(data, key="data", group="main", alt=...,
               moves=[Fit("fit", model.design(grid), plane)])

The cursor keeps to the grid of the figure's first surface or map, where the read-out's heights
are true (they are taken from its ``customdata`` if that is a grid of
true values), or exactly from a quadratic.  For one parameter use ``cursor="a"`` on the curve.

Residuals as bars, a probability curve, a decision boundary follow in the same way: ``Fit`` is
link(offset + basis @ theta) for any attribute of any trace; NaN in ``offset`` makes a gap::

    Fit("residuals", basis=interleaved, plane=plane, offset=interleaved_y)
    Fit("probability", design, plane, link="sigmoid")
    Fit("boundary", design_of_grid, plane, attribute="z")     # z of a heatmap or contour

The region where one of several classes wins (z of a contour at level 0)::

    Lead("setosa", basis_of_grid, plane, index=0)

Curves of a model that is not linear, from a coarse grid of the plane, bilinear in between, and
cuts through the landscape at the cursor (true heights, from the group's map)::

    Forward("fit", steps, inputs, plane, 1e6)                # a network at the cursor
    Table("fit", values, a, b)                                # values (len(b), len(a), m)
    Slice("along a", along="a")

What a classifier of two classes at the cursor is worth, from its logits basis @ theta::

    Judge("roc", "roc", y, basis, plane)                      # also "pr", "calibration", ...

Clicks, anywhere on a map or on a vertex of a surface, and Enter at the cursor::

    stage.show(contour, key="contour", cursor="ab", on_click=start)
    def start(event):     # {"kind": "place", "x": 1.2, "y": -2.1, "by": "pointer"}, z in 3-D
        st.session_state.a, st.session_state.b = event["x"], event["y"]

Points that can be dragged, chosen ([ and ]), moved (arrow keys), removed (shift-click, Delete)::

    stage.show(data, key="data", group="main", drag=Drag("data", removable=True),
               on_drag=moved, on_click=edit, moves=[Live("fit", "lines.squaredLine")])
    stage.show(contour, key="contour", group="main",
               moves=[Live("minimum", "lines.squaredMinimum")])
    def moved(event):     # {"index": 3, "x": 1.0, "y": 9.5, "done": True}; False at rest
    def edit(event):      # {"kind": "point" or "remove", "index": 3} or {"kind": "place", "x", "y"}

``Live`` solvers are functions of the JavaScript modules beside this file: ``lines.squaredLine``
is ``squaredLine(points, trace, options)`` in stage/lines.js and returns the attributes of the
trace that change while a point is dragged.

A path played step by step, in every picture of the group and without the server::

    stage.player(steps=len(path), key="play", group="main", captions=lines, on_frame=paused)
    moves=[Cut("path"), Pick("head"), Pick("head on curve")]            # points 0..k; point k
    moves=[Fit("fit", design, plane, path=projected)]                   # the model at step k
    moves=[Model("fit", design, path)]                                  # the same, off the plane
    moves=[Rows("fit", curves)]                                         # row k of (K, m)
    moves=[Mix("surface", base=data_loss, other=penalty, weights=lambdas)]   # base + w_k other

A slider that turns a number of the loss, which the Live solvers of the group then use::

    stage.dial(key="delta", group="main", label="δ", value=1.0, values=[0.5, 1.0, 2.0],
               solvers=[{"kind": "huber", "delta": delta, "scale": 1} for delta in (0.5, 1, 2)],
               on_rest=chosen)

Linked cameras: give several pictures the same ``camera``::

    for loss in losses:
        stage.show(surface(loss), key=loss.id, camera="outliers", alt=...)

A scene that turns by itself until a hand takes it: ``spin=True``.

Keys on a focused picture: arrows move the cursor (in 3-D without a cursor, or with shift: turn),
shift times ten, + and - zoom, Enter clicks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.figures import drawing
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Objective, Quadratic
from lossviz.text import spoken
from lossviz.ui.stage import assets, messages
from lossviz.ui.stage.messages import Figure
from lossviz.ui.stage.moves import (
    Attribute,
    Cut,
    Fit,
    Forward,
    Judge,
    Lead,
    Live,
    Mix,
    Model,
    Move,
    Pick,
    Rows,
    Slice,
    Table,
    Trace,
    pack,
)
from lossviz.ui.stage.player import Captions, dial, player

__all__ = [
    "Attribute", "Captions", "Cut", "Drag", "Event", "Figure", "Fit", "Forward", "Height", "Judge",
    "Lead", "Live", "Mix", "Model", "Move", "Pick", "Readout", "Rows", "Slice",
    "Table", "Trace", "dial", "player", "reading", "show",
]  # fmt: skip

Array = NDArray[np.floating]
# Shares of the room that the window leaves for the stage: "large" takes all of it; two of "half",
# three of "third", or "most" and a "third" stand above one another in it.  "strip" is a row of
# small charts under the stage, "panel" a picture of a closer look and "low" a lower one.  stage.css
# says how tall each is; all follow the window.
Height = Literal["large", "half", "most", "third", "strip", "low", "panel"]
Event = Mapping[str, Any]


class Drag(NamedTuple):
    """The markers of this trace can be dragged, along one axis or both.

    ``axis="path"``: the marker is one point of its trace, at the player's step, and the hand moves
    that step; a curve that also follows the step (``curve``, moved by ``Rows``) can be taken too.
    ``on_drag`` hears {"index": step, "done": True} on release.  Only what is ``removable`` has a
    bin under the picture: a start can be moved, and not deleted.
    """

    trace: Trace
    axis: Literal["xy", "x", "y", "path"] = "xy"
    curve: Trace | None = None
    removable: bool = False


class Readout(NamedTuple):
    """The line that says where the cursor is and how high: "slope 1.2 · loss 3.456"."""

    names: Sequence[str]  # one per coordinate
    label: str  # what the height is
    unit: str = ""
    quadratic: Quadratic | None = None  # of the two coordinates: exact heights anywhere
    hint: str = "Point at the picture to read the numbers here."
    each: bool = False  # the height of every curve of the legend, by its name
    known: Sequence[Sequence[float]] = ()  # places between those of the grid: (a, b, value)


def reading(
    objective: Objective,
    plane: Plane,
    at: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    label: str = "loss",
) -> Readout:
    """A read-out that blends nothing: exact at ``at``, and anywhere on a quadratic.

    Elsewhere the cursor keeps to the grid of the picture, whose values are the objective's.
    """
    names = [name for name in plane.names if name] if names is None else names
    shape = getattr(objective, "quadratic", None)
    if isinstance(shape, Quadratic) and len(names) == 2:
        seen = shape.along(plane.origin, plane.u, plane.v)
        return Readout(names, label, quadratic=seen)
    if at is None:
        return Readout(names, label)
    a, b = (float(value) for value in at)
    value = float(objective.value(plane.point(a, b)))
    return Readout(names, label, known=[(a, b, value)] if math.isfinite(value) else ())


def show(
    figure: Figure | None,
    *,
    key: str,
    alt: str = "",
    note: str = "",
    height: Height | int = "panel",
    group: str | None = None,
    camera: str | None = None,
    spin: bool = False,
    cursor: Literal["ab", "a"] | None = None,
    at: Sequence[float] | None = None,
    readout: Readout | None = None,
    moves: Sequence[Move] = (),
    drag: Drag | None = None,
    on_click: Callable[[Event], None] | None = None,
    on_drag: Callable[[Event], None] | None = None,
) -> None:
    """Put a figure on the stage; None keeps the last good picture and shows ``note`` over it.

    ``cursor`` says what the axes of this picture are on the plane: "ab" for a surface or a map,
    "a" for the curve of one parameter, None for pictures that only listen.  The module's text
    has an example of every feature.  ``height`` is a share of the window, or pixels where
    the contents give the height (a row per bar).
    """
    readings = readout and {
        **readout._asdict(),
        "quadratic": readout.quadratic and {
            "root": pack(readout.quadratic.root, float),
            "minimiser": pack(readout.quadratic.minimiser, float),
            "floor": readout.quadratic.floor,
        },
    }  # fmt: skip
    message: dict[str, Any] = {
        "key": key,
        "library": f"../../{assets.library()}",
        "alt": spoken(alt),
        "note": note or None,
        "height": height,
        "group": group or key,
        "camera": camera or key,
        "spin": spin,
        "cursor": cursor,
        "at": None if at is None else [float(value) for value in at],
        "readout": readings,
        "moves": [move.message() for move in moves],
        "drag": drag and drag._asdict(),
        "events": [name for name, act in (("click", on_click), ("drag", on_drag)) if act],
    }
    if isinstance(figure, drawing.Figure):
        figure, message["same"] = _once(figure)
    messages.send("picture", key, message, {"click": on_click, "drag": on_drag}, figure)


def _once(figure: drawing.Figure) -> tuple[drawing.Figure, list[int]]:
    """The figure with no grid twice, and the traces whose true values are the heights drawn.

    Heights in linear scale are the values themselves: the browser lays them beside each other
    again, for tooltips and the read-out.
    """
    data = list(figure.data)
    same = []
    for place, trace in enumerate(data):
        z, true = trace.z, trace.customdata
        if not isinstance(z, np.ndarray) or not isinstance(true, np.ndarray):
            continue
        if np.array_equal(z, true.T if trace.type == "surface" else true):
            data[place] = drawing.Node({k: v for k, v in trace.items() if k != "customdata"})
            same.append(place)
    lean = drawing.Figure()
    lean.data, lean.layout = tuple(data), figure.layout
    return lean, same
