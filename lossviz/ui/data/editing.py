"""Points edited by hand: dragged, clicked, chosen, pushed by a slider, typed in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lossviz.datasets import Data, Edits
from lossviz.problem.problem import Problem
from lossviz.text import number
from lossviz.ui import stage
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.problem import prefix
from lossviz.ui.sidebar.widgets import about, nice_step, select

Handler = Callable[[stage.Event], None]
MOST = 500  # points that a menu lists
REACH = 15.0  # spreads that the slider goes to either side


def dragged(problem: Problem) -> Handler:
    """What a drag does: the point moves, and is the chosen one."""

    def move(event: stage.Event) -> None:
        row, at = _row(problem, event["index"]), _aimed(event)
        edit(problem, lambda edits, n: edits.move(n, row, *at))
        _take(event["index"])

    return move


def clicked(problem: Problem) -> Handler:
    """What a click does: adds a point, chooses one, or (with shift) deletes it."""

    def click(event: stage.Event) -> None:
        if event["kind"] == "remove":
            row = _row(problem, event["index"])
            edit(problem, lambda edits, n: edits.delete(n, row))
        elif event["kind"] == "place":
            add(problem, *_aimed(event))
        elif event["kind"] == "point":
            _take(event["index"])

    return click


def _aimed(event: stage.Event) -> tuple[float, float]:
    """Where the hand was, in six digits: more than it can aim, and a short link."""
    x, y = (float(f"{event[name]:.6g}") for name in "xy")
    return x, y


def add(problem: Problem, x: float, y: float) -> None:
    """One more point, which is then the chosen one."""
    if edit(problem, lambda edits, n: edits.add(x, y)):
        _take(len(problem.draw()))


def edit(problem: Problem, change: Callable[[Edits, int], Edits]) -> bool:
    """Write a hand-made change into the state; a change that cannot be made leaves it as it is."""
    data, key = problem.dataset.draw(), f"{prefix(type(problem.dataset).task)}points"
    try:
        # a second event may come before the page has run again with the first
        edits = change(Edits.parse(state.get(key) or str(problem.edits)), len(data))
        edits.apply(data)
    except ValueError as error:
        state.complain(str(error))
        return False
    state.put(key, str(edits))
    return True


def _row(problem: Problem, shown: int) -> int:
    """A row of the picture as a row of all the data: some may be held out."""
    if problem.held.side == "all":
        return shown
    rows = problem.held.rows(problem.whole())
    return int(rows[shown]) if shown < len(rows) else shown


def _take(row: int) -> None:
    if state.get("point") is not None:  # only where a page asks which point
        state.put("point", str(row))


def chosen(problem: Problem, data: Data, first: int) -> int:
    """Which point the reader works on; ``first`` until one is chosen among these data."""
    state.belong(problem.dataset.id, "point")
    rows = range(min(len(data), MOST))
    names = {str(row): f"{row} at {_place(data, row)}" for row in rows}
    first = first if str(first) in names else 0
    return int(select("Point", names, "point", default=str(first)))


def _place(data: Data, row: int) -> str:
    return f"({number(data.X[row, 0])}, {number(data.y[row])})"


def _reach(owner: Any, usual: float, needed: float) -> float:
    """How far the slider goes: as usual, doubled until the point is on it, and never less again.

    A range that followed the point would move under the thumb that moves it.
    """
    last, reach = state.get("_push-reach") or (None, usual)
    if last != owner:
        reach = usual
    while reach < needed * (1 - 1e-5):
        reach *= 2
    state.remember("_push-reach", (owner, reach))
    return reach


def push(problem: Problem, data: Data, row: int, line: Callable[[float], float]) -> None:
    """A slider that pushes the chosen point up or down from a ``line`` through the others.

    Its value is where the point lies, however it got there, so it is not kept for itself.
    """
    x, y = float(data.X[row, 0]), float(data.y[row])
    start = line(x)
    spread = float(problem.dataset.draw().y.std()) or 1.0
    off = float(f"{y - start:.6g}")
    reach = _reach((str(problem.dataset), row), float(f"{REACH * spread:.1g}"), abs(off))
    off = max(-reach, min(off, reach))  # rounding at the very end
    st.session_state["push"] = off

    def pushed() -> None:
        far = st.session_state["push"]
        at = _row(problem, row)
        end = float(f"{start + far:.12g}")  # the addition leaves 28.494999999999997 of 28.495
        edit(problem, lambda edits, n: edits.move(n, at, x, end))

    st.slider(
        "Vertical offset", -reach, reach, step=nice_step(2 * reach), key="push", on_change=pushed,
        format="%.4g", help="Vertical offset of the point from the MAE line of the "
        "untouched data, at the same x.",
    )  # fmt: skip


def table(problem: Problem, data: Data) -> None:
    """Every point in a row: type over a number, add a row, tick rows and delete them."""
    names = {"x": data.names[0], "y": data.target}
    shown = {"x": data.X[:MOST, 0].tolist(), "y": data.y[:MOST].tolist()}
    # afresh after every change, and after a refused one: its cells would stay and refuse the next
    key = f"table-{about(str(problem.edits), str(problem), state.get('_refused', 0))}"
    columns: dict[str, Any] = {
        id: st.column_config.NumberColumn(name, required=True, format="%.12g")
        for id, name in names.items()
    }
    st.data_editor(
        shown, key=key, num_rows="dynamic", height=320, column_config=columns,
        on_change=lambda: typed(problem, data, st.session_state[key]),
    )  # fmt: skip


def typed(problem: Problem, data: Data, changes: Mapping[str, Any]) -> None:
    """Write what was changed in the table into the state; what is no point gives a sentence."""

    def change(edits: Edits, n: int) -> Edits:
        for row, cells in changes["edited_rows"].items():
            x, y = cells.get("x", data.X[row, 0]), cells.get("y", data.y[row])
            edits = edits.move(n, _row(problem, row), *_numbers(x, y))
        for cells in changes["added_rows"]:
            if set(cells) >= {"x", "y"}:  # a row is added when it is complete
                edits = edits.add(*_numbers(cells["x"], cells["y"]))
        for row in sorted(changes["deleted_rows"], reverse=True):
            edits = edits.delete(n, _row(problem, row))
        return edits

    if not edit(problem, change):
        state.remember("_refused", state.get("_refused", 0) + 1)


def _numbers(*cells: Any) -> tuple[float, ...]:
    try:
        return tuple(float(cell) for cell in cells)
    except (TypeError, ValueError):
        raise ValueError(
            f"A point needs two numbers; got {', '.join(map(str, cells))}. It stays where it was."
        ) from None
