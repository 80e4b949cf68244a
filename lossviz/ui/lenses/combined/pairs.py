"""The menu of pairs of losses: the catalogue's, or two columns of the reader's own table."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from lossviz.combined import SCENES, Scene, columns, linnerud, two_targets
from lossviz.datasets import DATASETS, Data, Yours
from lossviz.text import as_markdown
from lossviz.ui import frame
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.problem import prefix
from lossviz.ui.sidebar.widgets import select, turn

OWN = "own"
MENU = {id: label for id, (label, _) in SCENES.items()} | {OWN: "Two targets of your own table"}
NONE = ""  # no second feature
TABLES = {entry.task: entry for entry in DATASETS.values() if issubclass(entry, Yours)}


class Pair(NamedTuple):
    """A pair of losses by its id; of a table also the dataset, its targets and its features."""

    id: str
    dataset: Yours | None = None
    targets: tuple[str, str] = ("", "")
    features: tuple[str, ...] = ()

    def data(self) -> Data:
        """The reader's table, or what stands in until there is one."""
        return self.dataset.draw() if self.dataset else linnerud()

    def scene(self) -> Scene:
        """Both losses; ValueError where a table has no two targets."""
        if self.id != OWN:
            return SCENES[self.id][1]()
        return two_targets(self.data(), *self.targets, self.features)


def ask() -> Pair:
    """The menu of pairs, and the menus of columns where the pair is the reader's own.

    What makes no pair is told, and the table that stands in for one is shown.
    """
    id = select("Two losses", MENU, "comb-scene")
    if id != OWN:
        return Pair(id)
    try:
        pair = _columns(_table())
        pair.scene()
    except ValueError as error:
        st.error(as_markdown(str(error)) + "  Linnerud's exercises stand in.")
        return _standing_in()
    return pair


def _standing_in() -> Pair:
    names = list(columns(linnerud()))
    return Pair(OWN, None, (names[0], names[-1]), tuple(names[1:3]))


def _table() -> Yours | None:
    """The table that the page *Your data* made the one in use, whatever its task."""
    first = state.get("task", "regression")
    found = None
    for task, entry in sorted(TABLES.items(), key=lambda each: each[0] != first):
        (field,) = (each for each in entry.hyperparameters() if each.name == "table")
        token = turn(field, f"{prefix(task)}data-{entry.id}-table")
        if token and found is None:
            found = entry, token
    return None if found is None else found[0](table=found[1])


def _columns(dataset: Yours | None) -> Pair:
    """Menus of two targets and one or two features."""
    data = dataset.draw() if dataset else linnerud()
    shape = f"{len(data):,} rows: {', '.join((data.target, *data.names))}"
    st.caption(
        as_markdown(shape)
        if dataset
        else "No table yet: Linnerud's three exercises and three measurements of the body stand in."
    )
    frame.link("pages/your_data.py", "Your data", ":material/upload_file:")
    names = list(columns(data))
    if len(names) < 3:
        raise ValueError(
            "Two targets need a table with at least three columns of numbers that vary: two to "
            f"predict and one to predict them from. This one has {len(names)}"
            + (f": {', '.join(names)}." if names else ".")
            + " On Your data, choose more features."
        )
    first = _menu("First target", names, "comb-first", names[0])
    rest = [name for name in names if name != first]
    second = _menu("Second target", rest, "comb-second", rest[-1])
    rest = [name for name in rest if name != second]
    one = _menu("Feature", rest, "comb-feature", rest[0])
    others = [name for name in rest if name != one]
    two = _menu("Second feature", [*others, NONE], "comb-feature-2", [*others, NONE][0])
    st.caption("Every column is in standard deviations.")
    return Pair(OWN, dataset, (first, second), (one, two) if two else (one,))


def _menu(title: str, names: list[str], key: str, first: str) -> str:
    labels = {name: name or "none: intercept and slope" for name in names}
    return select(title, labels, key, default=first)
