"""Moves of traces in the browser: with the cursor, the player or a dragged point.

Each move is a small record that names a trace and becomes a message for stage/moves.js.  Pages
take them from ``lossviz.ui.stage``, whose text has an example of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes.planes import Plane
from lossviz.models.layered import Step

Array = NDArray[np.floating]
Trace = str | int
GAP = 2**16 - 1  # in a packed curve: no number here
SMALL = 2000  # numbers that are sent as they are
FAR = 20  # times the curves' middle range that one of them may span
Attribute = Literal["x", "y", "z", "text", "u", "v"]


def pack(values: ArrayLike, kind: type = np.float32) -> dict[str, Any]:
    """An array as Plotly names it: the bytes of little-endian numbers, and a shape."""
    array = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
    return {
        "dtype": f"f{array.itemsize}",
        "bdata": array.tobytes(),
        "shape": ", ".join(map(str, array.shape)),
    }


def pack_curves(values: ArrayLike) -> dict[str, Any]:
    """Curves (..., m) that are drawn and never read: 16 bits between each one's own ends.

    That is finer than a pixel of the largest screen.  A few numbers, and curves of which a part
    runs far away from the rest, are packed as float32 instead.
    """
    curves = np.asarray(values, dtype=float)
    known = np.isfinite(curves)
    if curves.size < SMALL or not known.any():
        return pack(curves)
    low = np.where(known, curves, np.inf).min(-1)
    high = np.where(known, curves, -np.inf).max(-1)
    low, high = np.where(known.any(-1), low, 0.0), np.where(known.any(-1), high, 0.0)
    middle = np.nanpercentile(np.where(known, curves, np.nan)[..., ::5].ravel(), (5, 95))
    if not (high - low).max() <= FAR * (middle[1] - middle[0]):
        return pack(curves)
    step = (high - low) / (GAP - 1)
    scale = np.where(step > 0, step, 1.0)[..., None]
    whole = np.rint((np.where(known, curves, low[..., None]) - low[..., None]) / scale)
    coded = np.where(known, whole, GAP).astype("<u2")
    return {
        "dtype": "u2",
        "bdata": coded.tobytes(),
        "shape": ", ".join(map(str, coded.shape)),
        "low": pack(low.ravel(), float),
        "step": pack(step.ravel(), float),
    }


@dataclass(frozen=True, eq=False)
class Fit:
    """link(offset + basis @ theta) as an attribute (m,) of a trace; theta is at the cursor.

    ``basis`` is (m, p), ``offset`` (m,).  With ``path`` (k, 2), coordinates on the plane, theta
    is at the player's step instead.  ``attribute="z"`` fills the rows of a grid in order.
    """

    trace: Trace
    basis: Array
    plane: Plane
    offset: Array | float = 0.0
    attribute: Attribute = "y"
    link: Literal["identity", "sigmoid", "exp", "tanh", "sign"] = "identity"
    path: Array | None = None

    def message(self) -> dict[str, Any]:
        basis = np.asarray(self.basis, float)
        return {
            "kind": "fit",
            "trace": self.trace,
            "c": pack(self.offset + basis @ self.plane.origin, float),
            "p": pack(basis @ self.plane.u, float),
            "q": pack(basis @ self.plane.v, float),
            "attribute": self.attribute,
            "link": self.link,
            "path": None if self.path is None else pack(self.path, float),
        }


@dataclass(frozen=True, eq=False)
class Lead:
    """How far output ``index`` of basis @ theta lies above all others; theta is at the cursor.

    ``basis`` is (k, m, p); the lead (m,) fills the rows of the trace's z in order.
    """

    trace: Trace
    basis: Array
    plane: Plane
    index: int

    def message(self) -> dict[str, Any]:
        basis = np.asarray(self.basis, float)
        return {
            "kind": "lead",
            "trace": self.trace,
            "c": pack(basis @ self.plane.origin),
            "p": pack(basis @ self.plane.u),
            "q": pack(basis @ self.plane.v),
            "index": self.index,
        }


@dataclass(frozen=True, eq=False)
class Table:
    """An attribute known on a coarse grid of the plane: ``values`` is (len(b), len(a), m)."""

    trace: Trace
    values: Array
    a: Array
    b: Array
    attribute: Attribute = "y"

    def message(self) -> dict[str, Any]:
        packed = {"values": pack_curves(self.values), "a": pack(self.a), "b": pack(self.b)}
        return {"kind": "table", "trace": self.trace, "attribute": self.attribute, **packed}


@dataclass(frozen=True, eq=False)
class Forward:
    """link(what a network says) as an attribute (m,) of a trace; theta is at the cursor.

    ``steps`` and ``inputs`` (m, d) as ``LayeredNetwork.steps`` has them; answers beyond ``most``
    are drawn there.
    """

    trace: Trace
    steps: Sequence[Step]
    inputs: Array
    plane: Plane
    most: float
    attribute: Attribute = "y"
    link: Literal["identity", "sigmoid", "exp", "tanh", "sign"] = "identity"

    def message(self) -> dict[str, Any]:
        arrays = {"inputs": self.inputs.T, "origin": self.plane.origin}
        arrays |= {"u": self.plane.u, "v": self.plane.v}
        return {
            "kind": "network",
            "trace": self.trace,
            "steps": self.steps,
            **{name: pack(array) for name, array in arrays.items()},
            "most": self.most,
            "attribute": self.attribute,
            "link": self.link,
        }


@dataclass(frozen=True, eq=False)
class Judge:
    """A classifier at the cursor, judged on labels ``y`` (n,) of two classes.

    ``basis`` (n, p) gives its logits as basis @ theta.  ``shows`` says what the trace draws: the
    ROC or the precision-recall curve, the point on it at ``threshold``, the calibration curve in
    ten bins, or the confusion matrix as four texts and as z of a heatmap.
    """

    trace: Trace
    shows: Literal["roc", "roc point", "pr", "pr point", "calibration", "confusion"]
    y: Array
    basis: Array
    plane: Plane
    threshold: float = 0.5

    def message(self) -> dict[str, Any]:
        basis = np.asarray(self.basis, float)
        return {
            "kind": "judge",
            "trace": self.trace,
            "shows": self.shows,
            "y": pack(self.y),
            "c": pack(basis @ self.plane.origin, float),
            "p": pack(basis @ self.plane.u, float),
            "q": pack(basis @ self.plane.v, float),
            "threshold": self.threshold,
        }


@dataclass(frozen=True)
class Slice:
    """The true heights of the group's map along one axis, through the cursor."""

    trace: Trace
    along: Literal["a", "b"]

    def message(self) -> dict[str, Any]:
        return {"kind": "slice", "trace": self.trace, "along": self.along}


@dataclass(frozen=True)
class Cut:
    """Points 0 to k of a trace that holds a whole path."""

    trace: Trace

    def message(self) -> dict[str, Any]:
        return {"kind": "cut", "trace": self.trace}


@dataclass(frozen=True)
class Pick:
    """Point k of a trace that holds a whole path."""

    trace: Trace

    def message(self) -> dict[str, Any]:
        return {"kind": "pick", "trace": self.trace}


@dataclass(frozen=True, eq=False)
class Rows:
    """Row k of ``values`` (steps, m) as an attribute of a trace."""

    trace: Trace
    values: Array
    attribute: Attribute = "y"

    def message(self) -> dict[str, Any]:
        packed = pack_curves(self.values)
        return {
            "kind": "rows",
            "trace": self.trace,
            "values": packed,
            "attribute": self.attribute,
        }


@dataclass(frozen=True, eq=False)
class Model:
    """link(basis @ theta_k) as an attribute (m,) of a trace: the model at step k of a path.

    ``basis`` is (m, p) and ``path`` (k, p), in parameters: the path may lie off every plane.
    """

    trace: Trace
    basis: Array
    path: Array
    attribute: Attribute = "y"
    link: Literal["identity", "sigmoid", "exp", "tanh", "sign"] = "identity"

    def message(self) -> dict[str, Any]:
        packed = {"basis": pack(self.basis, float), "path": pack(self.path, float)}
        kind = {"kind": "model", "trace": self.trace, "attribute": self.attribute}
        return {**kind, **packed, "link": self.link}


@dataclass(frozen=True, eq=False)
class Mix:
    """base + weights[k] * other: two curves (m,) or two grids of one shape.

    None is what the figure's own trace holds, which is not sent twice; a number stands for all.
    """

    trace: Trace
    base: Array | float | None
    other: Array | None
    weights: ArrayLike
    attribute: Attribute = "z"

    def message(self) -> dict[str, Any]:
        ends = {"base": self.base, "other": self.other}
        packed = {
            name: pack(end) if isinstance(end, np.ndarray) else end for name, end in ends.items()
        }
        weights = pack(self.weights, float)
        kind = {"kind": "mix", "trace": self.trace, "attribute": self.attribute}
        return {**kind, **packed, "weights": weights}


@dataclass(frozen=True)
class Live:
    """What stage/<module>.js makes of the points while one is dragged: "module.function".

    ``of`` is the trace whose points it listens to: a group may hold more than one that is dragged.
    """

    trace: Trace
    solver: str
    options: Mapping[str, Any] = field(default_factory=dict)
    of: Trace = "data"

    def message(self) -> dict[str, Any]:
        live = {"kind": "live", "trace": self.trace, "of": self.of}
        return {**live, "solver": self.solver, "options": self.options}


class Move(Protocol):
    """How a trace moves in the browser."""

    def message(self) -> dict[str, Any]: ...
