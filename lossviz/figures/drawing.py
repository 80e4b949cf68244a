"""A figure as plain data, in Plotly's words: traces and a layout that are written out as JSON.

Plotly's own figure checks and copies every attribute when it is set, which takes longer than all
the rest of a page.  Here nothing is checked while a reader waits: ``plotly()`` is the same figure
as Plotly's own, which checks it, and the tests ask for it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

# attributes whose own name has an underscore: other underscores lead into an object
WHOLE = ("error_x", "error_y", "error_z", "plot_bgcolor", "paper_bgcolor")
TYPED = {"i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"}  # what plotly.js reads as binary
NARROW = (("i1", -(2**7), 2**7), ("u1", 0, 2**8), ("i2", -(2**15), 2**15), ("u2", 0, 2**16),
          ("i4", -(2**31), 2**31), ("u4", 0, 2**32))  # fmt: skip


class Node(dict[str, Any]):
    """A JSON object whose entries are attributes too: ``trace.marker.size``.

    What is not there is None, as in Plotly.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.put(name, value)

    def put(self, name: str, value: Any) -> None:
        """Set an attribute, or with underscores one inside an object; objects are merged."""
        name, inner = _split(name)
        if inner:
            self.setdefault(name, Node()).put(inner, value)
        elif value is None:
            self.pop(name, None)
        elif isinstance(value, dict):
            within = self.setdefault(name, Node())
            for each, entry in value.items():
                within.put(each, entry)
        elif name == "title" and isinstance(value, str):
            self[name] = Node(text=value)
        elif name == "range":  # never binary
            self[name] = tuple(each.item() if hasattr(each, "item") else each for each in value)
        elif isinstance(value, list | tuple):
            self[name] = tuple(_node(**each) if isinstance(each, dict) else each for each in value)
        else:
            self[name] = value


class Figure:
    """Traces in ``data`` and a ``layout``; ``add_scatter(...)`` and its like add a trace."""

    def __init__(self, **layout: Any) -> None:
        self.data: tuple[Node, ...] = ()
        self.layout = _node(**layout)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("add_"):
            kind = name.removeprefix("add_")
            return lambda **attributes: self.add_traces([trace(kind, **attributes)])
        raise AttributeError(f"a figure has no {name!r}")

    def add_traces(self, traces: Iterable[Node]) -> None:
        """Add traces over those that are there."""
        self.data = (*self.data, *traces)

    def add_annotation(self, **attributes: Any) -> None:
        """Add a word, at a place of the axes unless ``xref`` and ``yref`` say otherwise."""
        self.layout["annotations"] = (*self.layout.get("annotations", ()), _node(**attributes))

    def add_vline(self, x: float, annotation: dict[str, Any] | None = None, **line: Any) -> None:
        """A line over the whole height, with a word at its top."""
        ends = {"x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
        self._line(ends, line)
        if annotation:
            top = {"x": x, "xref": "x", "xanchor": "left", "y": 1, "yref": "y domain"}
            self.add_annotation(yanchor="top", showarrow=False, **top, **annotation)

    def add_hline(self, y: float, **line: Any) -> None:
        """A line over the whole width."""
        self._line({"x0": 0, "x1": 1, "xref": "x domain", "y0": y, "y1": y, "yref": "y"}, line)

    def _line(self, ends: dict[str, Any], line: dict[str, Any]) -> None:
        drawn = _node(type="line", **ends, **line)
        self.layout["shapes"] = (*self.layout.get("shapes", ()), drawn)

    def update_layout(self, **attributes: Any) -> None:
        """Set attributes of the layout; objects are merged."""
        for name, value in attributes.items():
            self.layout.put(name, value)

    def update_traces(self, **attributes: Any) -> None:
        """Set attributes of every trace."""
        for each in self.data:
            for name, value in attributes.items():
                each.put(name, value)

    def update_xaxes(self, **attributes: Any) -> None:
        """Set attributes of every x axis."""
        self._update("xaxis", attributes)

    def update_yaxes(self, **attributes: Any) -> None:
        """Set attributes of every y axis."""
        self._update("yaxis", attributes)

    def update_scenes(self, **attributes: Any) -> None:
        """Set attributes of every scene."""
        self._update("scene", attributes)

    def _update(self, kind: str, attributes: dict[str, Any]) -> None:
        self.layout.setdefault(kind, Node())
        for each in [each for each in self.layout if each.startswith(kind)]:
            for name, value in attributes.items():
                self.layout[each].put(name, value)

    def to_json(self, binary: Callable[[bytes], Any] | None = None) -> str:
        """The figure as plotly.js reads it; arrays are binary, and what is not finite is null.

        ``binary`` says what stands for an array's bytes, which is base64 without it.
        """
        encoded = binary or (lambda value: base64.b64encode(value).decode())
        spec = {"data": self.data, "layout": self.layout}
        text = json.dumps(
            spec,
            default=lambda value: encoded(value) if isinstance(value, bytes) else _plain(value),
            separators=(",", ":"),
            ensure_ascii=False,
        )
        if "NaN" in text or "Infinity" in text:
            plain = json.loads(text, parse_constant=lambda _: None)
            text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
        return text

    def plotly(self) -> Any:
        """The same as a figure of Plotly, which raises ValueError at what it does not know."""
        import plotly.graph_objects as go

        return go.Figure(json.loads(self.to_json()))


def trace(kind: str, **attributes: Any) -> Node:
    """A trace of Plotly's kind ("scatter", "surface"), to be added to a figure."""
    return _node(type=kind, **attributes)


def _node(**attributes: Any) -> Node:
    made = Node()
    for name, value in attributes.items():
        made.put(name, value)
    return made


@lru_cache(maxsize=1024)  # a page asks a thousand times, for a few hundred names
def _split(name: str) -> tuple[str, str]:
    """The attribute itself and what is asked for inside it."""
    for each in WHOLE:
        if name == each or name.startswith(f"{each}_"):
            return each, name[len(each) + 1 :]
    outer, _, inner = name.partition("_")
    return outer, inner


def _plain(value: Any) -> Any:
    """A NumPy array or number for the JSON."""
    if not hasattr(value, "dtype"):
        raise TypeError(f"a figure holds numbers, texts and arrays; not {type(value).__name__}")
    if value.ndim and value.dtype.kind in "iu":
        value = value.astype(_narrow(value))
    kind = value.dtype.str[1:]
    if kind not in TYPED or value.ndim == 0:
        return value.tolist()
    ordered = value.astype(f"<{kind}", order="C", copy=False)
    spec = {"dtype": kind, "bdata": ordered.tobytes()}
    return spec | ({"shape": ", ".join(map(str, value.shape))} if value.ndim > 1 else {})


def _narrow(whole: Any) -> str:
    """The shortest type that holds whole numbers; plotly.js knows none of 64 bits."""
    low, high = (int(whole.min()), int(whole.max())) if whole.size else (0, 0)
    return next((kind for kind, first, end in NARROW if first <= low and high < end), "f8")
