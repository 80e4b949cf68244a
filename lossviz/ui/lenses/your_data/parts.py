"""A table brought by the reader: how it comes in, how it was read, what it is used for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from lossviz.datasets import TASKS, Data, Dataset, Table, Yours, read_table
from lossviz.datasets.reading import Column
from lossviz.datasets.reading.layout import ROW_NUMBER
from lossviz.datasets.yours import hold, pack
from lossviz.figures import landscapes as surfaces
from lossviz.figures import your_data as pictures
from lossviz.findings import your_data as findings
from lossviz.findings.landscapes import lowest
from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import minimum_marks
from lossviz.landscapes.height_scale import Scale
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem
from lossviz.text import as_markdown
from lossviz.ui import stage
from lossviz.ui.data import fitted, long_tables
from lossviz.ui.lenses.your_data import draft, landscape_files
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.problem import prefix
from lossviz.ui.sidebar.widgets import select

Array = NDArray[np.floating]
WAYS = {"file": "Upload a file", "paste": "Paste", "type": "Type or edit", "draw": "Draw points",
        "landscape": "Landscape file"}  # fmt: skip
KINDS = ["csv", "tsv", "txt", "tab", "dat", "data", "asc", "prn"]
IDS = {"regression": "yours", "binary": "yours_binary", "multiclass": "yours_multiclass"}
NEW = "x,y\n1,1\n2,2\n3,2\n"
MOST_EDITED = 500  # rows that are edited in place
SHOWN = 200  # rows of the preview
GUESS = "as the target is"


def place(dataset: Dataset) -> DeltaGenerator:
    """Where a table is brought: open until one is in use, then folded."""
    if not (isinstance(dataset, Yours) and dataset.table):
        return st.container(key="your-table")
    data = dataset.draw()
    shape = f"{len(data):,} rows, {data.target} from {', '.join(data.names[:4])}"
    return st.expander(as_markdown(f"In use: {shape}. Bring another table, or edit this one"))


def bring(dataset: Dataset) -> str:
    """The ways in which a table comes: a file, pasted text, cells that are typed, clicks.

    Without a new one, the cells are those of ``dataset``.  Returns the way chosen; "landscape" is
    no table but heights made elsewhere.
    """
    way = select("Bring a table", WAYS, "way", draw=st.segmented_control)
    if way == "file":
        st.file_uploader(
            "A table as CSV or text: at most 5 MB, 200,000 rows and 200 columns. It stays on this "
            "server for as long as you use it, and nothing in it is run.",
            type=KINDS, key="your-file", on_change=_uploaded, max_upload_size=5,
        )  # fmt: skip
    elif way == "paste":
        st.text_area(
            "Rows of a table, as copied from a spreadsheet or a file", key="your-paste",
            height=140, max_chars=5_000_000, placeholder="x\ty\n1\t2.5\n2\t3.1",
        )  # fmt: skip
        st.button("Read it", on_click=_pasted, type="primary")
    elif way == "type":
        _cells(dataset)
    elif way == "draw":
        _draw()
    else:
        landscape_files.bring()
    return way


def _uploaded() -> None:
    file = st.session_state.get("your-file")
    if file is not None:
        draft.take(file.getvalue(), file.name)


def _pasted() -> None:
    if text := st.session_state.get("your-paste"):
        draft.take(text, "what you pasted")


def _cells(dataset: Dataset) -> None:
    """The cells of the table in place: type over them, add rows, delete rows."""
    table = table_of(draft.text() or _in_use(dataset) or NEW)
    if table is None:
        table = read_table(NEW)
    if len(table) > MOST_EDITED:
        st.caption(f"The first {MOST_EDITED} rows are edited here; the others stay as they are.")
    shown = [dict(zip(table.names, row, strict=True)) for row in table.rows[:MOST_EDITED]]
    columns = {name: st.column_config.TextColumn(name) for name in table.names}
    key = f"your-cells-{draft.owner(str(dataset))}"
    st.data_editor(
        shown, key=key, num_rows="dynamic", height=260, column_config=columns,
        on_change=lambda: _typed(table, st.session_state[key]),
    )  # fmt: skip


def _in_use(dataset: Dataset) -> str:
    """The table in use as text, where it is short enough to be edited whole; else ""."""
    if not (isinstance(dataset, Yours) and dataset.table):
        return ""
    data = dataset.draw()
    return _of_data(data) if len(data) <= MOST_EDITED else ""


def _typed(table: Table, changes: Mapping[str, Any]) -> None:
    rows = [list(row) for row in table.rows]
    for row, cells in changes["edited_rows"].items():
        for name, cell in cells.items():
            rows[int(row)][table.names.index(name)] = "" if cell is None else str(cell)
    gone = set(changes["deleted_rows"])
    rows = [row for i, row in enumerate(rows) if i not in gone]
    for cells in changes["added_rows"]:
        if cells:
            rows.append([str(cells.get(name) or "") for name in table.names])
    draft.take(written(table.names, rows), "what you typed", draft.answers())


def written(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table as CSV text, as ``read_table`` reads it back."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([names, *rows])
    return out.getvalue()


def _draw() -> None:
    """An empty picture: a click adds a point, a drag moves one, shift and a click delete one."""
    points = draft.points()
    stage.show(
        pictures.board(points), key="drawn-board", height="panel",
        alt=f"An empty picture to click points into; {len(points)} so far.",
        drag=stage.Drag("data", removable=True) if points else None,
        on_drag=_moved, on_click=_clicked,
    )  # fmt: skip
    st.button("Start over", on_click=_redraw, args=([],))


def _redraw(points: list[tuple[float, float]]) -> None:
    draft.draw(points)
    if len(points) > 1:
        rows = [[f"{x:.4g}", f"{y:.4g}"] for x, y in points]
        draft.take(written(("x", "y"), rows), "what you drew")


def _moved(event: stage.Event) -> None:
    points = list(draft.points())
    points[event["index"]] = (event["x"], event["y"])
    _redraw(points)


def _clicked(event: stage.Event) -> None:
    points = list(draft.points())
    if event["kind"] == "place":
        points.append((event["x"], event["y"]))
    elif event["kind"] == "remove":
        del points[event["index"]]
    _redraw(points)


@st.cache_data(max_entries=8, show_spinner="Reading the table …")
def _read(text: str | bytes) -> Table | str:
    try:
        return read_table(text)
    except ValueError as error:
        return str(error)


def table_of(text: str | bytes) -> Table | None:
    """The table in a text; None, with the reason on the page, if there is none."""
    found = _read(text)
    if isinstance(found, str):
        st.error(as_markdown(found))
        return None
    return found


def place_reading() -> DeltaGenerator:
    """Where a table's reading stands: open until it is in use, then folded under a line."""
    if draft.in_use():
        return st.expander(as_markdown(f"How {draft.called()} was read, what predicts what"))
    return st.container()


def reading() -> Table | None:
    """How the table was read, with the questions that are open; None without a table."""
    text = draft.text()
    if draft.brought_back():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("You made this here earlier and did not use it; this browser kept it.")
            st.button("Discard it", on_click=draft.discard)
    if not text:
        return None
    table = table_of(text)
    if table is None:
        return None
    table = _answered(table)
    st.markdown(as_markdown(findings.read(table, draft.called())))
    left, right = st.columns([1, 1], gap="medium")
    with left:
        st.dataframe(findings.columns(table), hide_index=True, height=_tall(len(table.columns)))
    with right:
        st.dataframe(
            [dict(zip(table.names, row, strict=True)) for row in table.rows[:SHOWN]],
            hide_index=True, height=_tall(len(table)),
        )  # fmt: skip
    return table


def _tall(rows: int) -> int:
    """The height of a table of so many rows, in pixels; it scrolls beyond six."""
    return 38 + 35 * min(rows, 6)


def _answered(table: Table) -> Table:
    """The table with the answers given so far; each question as a menu, until none is new."""
    answers: dict[str, str] = {}
    kept = draft.answers()
    asked: set[str] = set()
    while new := [each for each in table.questions if each.id not in asked]:
        for question in new:
            asked.add(question.id)
            labels = dict(zip(question.choices, question.meanings, strict=True))
            st.markdown(as_markdown(question.text[0].upper() + question.text[1:]))
            picked = st.selectbox(
                f"Answer {len(asked)}", question.choices, index=None,
                format_func=labels.__getitem__, placeholder="Choose one",
                key=f"your-answer-{draft.owner(question.id)}",
                label_visibility="collapsed",
            )  # fmt: skip
            picked = picked or kept.get(question.id)
            if picked in question.choices:
                answers[question.id] = str(picked)
        known = {i: a for i, a in answers.items() if i in {q.id for q in table.questions}}
        table = table.answered(known) if known else table
    draft.answer({**kept, **answers})
    return table


def choose(table: Table) -> Data | None:
    """Target, features, task and standardising; the data they make, None with the reason said."""
    names = list(table.names)
    usable = [c.name for c in table.columns if c.kind != "skipped"]
    if len(usable) < 2:
        st.error("The table needs two columns with values: one to predict, one to predict from.")
        return None
    # texts that are all different name the rows, and one text for all has nothing to tell apart
    named = [
        n
        for n in usable
        if _kind(table, n) != "label" or 1 < _column(table, n).distinct < len(table)
    ]
    first = (named or usable)[-1]
    a, b, c = st.columns([1, 2, 1])
    owner = draft.owner()
    target = a.selectbox("Target", usable, index=usable.index(first), key=f"target-{owner}")
    offered = [name for name in usable if name != target]
    measured = [n for n in offered if _kind(table, n) in ("number", "date")]
    start = next((n for n in measured if n != ROW_NUMBER), (measured or offered)[0])
    features = b.multiselect(
        "Features", [n for n in names if n in offered], default=[start],
        key=f"features-{draft.owner(target)}",
    )  # fmt: skip
    task = c.selectbox("Task", [GUESS, *TASKS], key=f"your-task-{owner}")
    try:
        return table.data(features, target, None if task == GUESS else task)
    except ValueError as error:
        used = {"", target, *features}
        if any(question.column in used for question in table.open):
            st.info("Answer the questions above: they are about the columns chosen here.")
        else:
            st.error(as_markdown(str(error)))
        return None


def _column(table: Table, name: str) -> Column:
    return table.columns[table.names.index(name)]


def _kind(table: Table, name: str) -> str:
    return _column(table, name).kind


def use(data: Data) -> None:
    """A button that makes these the data of every page; and the table as a file."""
    left, middle, right = st.columns([1, 1, 2], vertical_alignment="bottom")
    standardise = right.toggle("Standardise the features (mean 0, variance 1)", key="your-scale")
    left.button("Use these data", type="primary", on_click=_used, args=(data, standardise))
    middle.download_button(
        "Save as CSV", lambda: _of_data(data), "your-data.csv", "text/csv", on_click="ignore",
    )  # fmt: skip


def _of_data(data: Data) -> str:
    """Data as the text of a table: features, then the target."""
    rows = [
        [*map(repr, map(float, x)), data.classes[int(y)] if data.classes else repr(float(y))]
        for x, y in zip(data.X, data.y, strict=True)
    ]
    return written([*data.names, data.target], rows)


def _used(data: Data, standardise: bool) -> None:
    token = pack(data)
    id, key = IDS[data.task], prefix(data.task)
    long_tables.keep(token, data)
    state.put("task", data.task)
    state.put(f"{key}data", id)
    state.put(f"{key}data-{id}-table", token)
    state.put(f"{key}data-{id}-standardise", standardise)
    state.put(f"{key}points", "")
    state.remember("_your-tables", {**dict([*_tables().items()][-3:]), token: data})
    draft.used()


def _tables() -> dict[str, Data]:
    found: dict[str, Data] = state.get("_your-tables") or {}
    return found


def hold_tables() -> None:
    """Long tables of this session stay, however many others come."""
    for name, data in _tables().items():
        hold(name, data)


def show(
    problem: Problem,
    risk: Risk,
    best: Minimum,
    at: Array,
    land: Landscape,
    scale: Scale,
    places: Sequence[DeltaGenerator],
) -> None:
    """In two places, the surface of the data in use and the data with the model at the cursor."""
    height_axis = scale.height_axis(land.values)
    marks = minimum_marks(risk, best, land.plane, (land.a, land.b))
    linked: dict[str, Any] = {
        "group": "yours",
        "at": land.plane.project(at),
        "readout": stage.Readout([name for name in land.plane.names if name], "loss"),
        "alt": lowest(risk, best),
        "height": "large",
    }
    solid, flat = places
    with solid:
        if risk.layout.size == 1:
            curve = surfaces.profile(land, height_axis, marks)
            stage.show(curve, key="yours-curve", cursor="a", **linked)
        else:
            surface = surfaces.surface(land, height_axis, marks)
            stage.show(surface, key="yours-surface", cursor="ab", **linked)
    with flat:
        fitted.of_model(
            problem, risk, land.plane, at, (land.a, land.b), key="yours-fit", group="yours",
            height="half",
        )  # fmt: skip
