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

    stage.show(data, key="data", group="main", drag=Drag("data"), on_drag=moved, on_click=edit,
               moves=[Live("fit", "lines.squaredLine")])
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

    stage.dial(key="delta", group="main", label="δ", field="delta", value=1.0, ends=(0.1, 10),
               log=True, on_rest=chosen)

Linked cameras: give several pictures the same ``camera``::

    for loss in losses:
        stage.show(surface(loss), key=loss.id, camera="outliers", alt=...)

A scene that turns by itself until a hand takes it: ``spin=True``.

Keys on a focused picture: arrows move the cursor (in 3-D without a cursor, or with shift: turn),
shift times ten, + and - zoom, Enter clicks.
"""

from __future__ import annotations

import hashlib
import json
import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import drawing
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Objective, Quadratic
from lossviz.text import spoken
from lossviz.ui.sidebar import state
from lossviz.ui.stage import assets
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
from lossviz.ui.stage.parcel import Parcel

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


class Figure(Protocol):
    """A Plotly figure."""

    def to_json(self) -> str | None: ...


class Drag(NamedTuple):
    """The markers of this trace can be dragged, along one axis or both.

    ``axis="path"``: the marker is one point of its trace, at the player's step, and the hand moves
    that step; a curve that also follows the step (``curve``, moved by ``Rows``) can be taken too.
    ``on_drag`` hears {"index": step, "done": True} on release.
    """

    trace: Trace
    axis: Literal["xy", "x", "y", "path"] = "xy"
    curve: Trace | None = None


class Readout(NamedTuple):
    """The line that says where the cursor is and how high: "slope 1.2 · loss 3.456"."""

    names: Sequence[str]  # one per coordinate
    label: str  # what the height is
    unit: str = ""
    quadratic: Quadratic | None = None  # of the two coordinates: exact heights anywhere
    hint: str = "Move over the picture to read the numbers here."
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
    _mount("picture", key, message, {"click": on_click, "drag": on_drag}, figure)


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


class Captions(NamedTuple):
    """Lines of one form: ``words`` around the ``numbers`` of a step, and ``end`` after the last.

    The browser writes the line of the step shown: of all others nobody reads a word.
    """

    words: Sequence[str]
    numbers: Sequence[Sequence[float]]
    end: str


def player(
    *,
    steps: int,
    key: str,
    group: str,
    label: str = "step",
    at: int | None = None,
    opens: int | None = None,
    pace: float = 60,
    captions: Sequence[str] | Captions | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> None:
    """Play, pause, step and a slider over steps 0 to ``steps`` - 1, for all pictures of a group.

    It opens at the last step, or at ``opens``, unless the link holds another.  With ``at`` the page
    holds the step itself, in words of its own.  ``pace`` is milliseconds per step at speed 1;
    ``captions`` has one line of text per step; ``on_frame`` hears the step when it rests.
    """
    lines: Any = captions
    if isinstance(captions, Captions):
        lines = {
            "words": captions.words,
            "numbers": pack(captions.numbers, float),
            "text": captions.end,
        }
    elif captions is not None:
        lines = [spoken(line) for line in captions]
    message = {
        "steps": int(steps),
        "group": group,
        "label": label,
        "at": at,
        "opens": opens,
        "pace": pace,
        "captions": lines,
        "events": ["frame"] if on_frame else [],
    }
    _mount("player", key, message, {"frame": on_frame})


def dial(
    *,
    key: str,
    group: str,
    label: str,
    value: float,
    values: Sequence[float],
    solvers: Sequence[Mapping[str, Any]],
    on_rest: Callable[[float], None],
) -> None:
    """A slider for a number of the loss: the Live solvers of its group follow while it is turned.

    The server hears the number where it comes to rest.  ``values`` ascend, one for each notch;
    ``solvers`` are what the loss is at each, in the words of a Live's option "loss".
    """
    parts = {name: [each[name] for each in solvers] for name in solvers[0]}
    turned = {name: part for name, part in parts.items() if part.count(part[0]) < len(part)}
    message = {"group": group, "label": label, "value": value, "values": values, "turned": turned}
    _mount("dial", key, message, {"rest": on_rest})


def _mount(
    entry: str,
    key: str,
    message: Mapping[str, Any],
    callbacks: Mapping[str, Callable[[Any], None] | None],
    figure: Figure | None = None,
) -> None:
    """Send a message to the browser; each callback is called with the value of its event."""
    parcel = Parcel()
    text = json.dumps(message, default=parcel.put, allow_nan=False, ensure_ascii=False)
    if entry == "picture":
        if figure is None:
            spec = "null"
        elif isinstance(figure, drawing.Figure):
            spec = figure.to_json(parcel.put)
        else:
            spec = figure.to_json() or "null"
        text = f'{text[:-1]}, "figure": {spec}}}'
    if grids := parcel.mount():
        text = f'{{"grids": {json.dumps(grids)}, {text[1:]}'
    data = parcel.sealed(text)
    head = json.dumps(_stamp(key, data))
    data = f"{head[:-1]}, ".encode() + data[1:]

    def caller(name: str, act: Callable[[Any], None]) -> Callable[[], None]:
        def call() -> None:
            state.touch()
            value = st.session_state[key][name]
            if value is not None:
                act(value)

        return call

    heard: dict[str, Any] = {
        f"on_{name}_change": caller(name, act) for name, act in callbacks.items() if act
    }
    _COMPONENTS[entry](key=key, data=data, **heard)


def _stamp(key: str, data: bytes) -> dict[str, Any]:
    """A number that rises with every new message of this session; the same bytes keep their own.

    Messages can overtake each other on their way into the page: the stage drops the older one.
    """
    sent = st.session_state.setdefault("_lossviz_sent", {})
    session, count = sent.setdefault("", (secrets.token_hex(4), 0))
    digest = hashlib.blake2b(data, digest_size=16).digest()
    if key not in sent or sent[key][0] != digest:
        sent[""], sent[key] = (session, count + 1), (digest, count + 1)
    return {"session": session, "stamp": sent[key][1]}


_COMPONENTS = assets.components("stage", ("picture", "player", "dial"))
