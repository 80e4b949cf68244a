"""The menu of compared losses, each with its hyperparameters where every page keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lossviz.losses import LOSSES, Loss
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import tune

MOST = 6
FIRST = {
    "regression": ("squared", "absolute", "huber"),
    "binary": ("cross_entropy", "mse_sigmoid", "hinge"),
}
IDS = state.Codec(lambda ids: ",".join(ids), lambda raw: [id for id in raw.split(",") if id])


def compared(
    minimised: Loss, key: str, *, first: Sequence[str] | None = None, title: str = "Compare"
) -> list[Loss]:
    """A menu of any number of losses of one task, and their settings; ``minimised`` leads.

    The loss being minimised has its settings in the sidebar and is shared with it.
    """
    task = minimised.task
    menu = [id for id, entry in LOSSES.items() if entry.task == task]

    def widget() -> Any:
        return st.multiselect(
            title,
            menu,
            key=key,
            format_func=lambda id: LOSSES[id].label,
            max_selections=MOST,
            width=430 if task == "regression" else 540,  # three losses by name
        )

    def problem(ids: list[str]) -> str:
        lost = [id for id in ids if id not in menu]
        if lost or len(set(ids)) < len(ids):
            return "does not name losses of this task"
        return "names too many losses" if len(ids) > MOST else ""

    ids = state.bound(key, list(first or FIRST[task]), IDS, widget, problem=problem)
    ids = [minimised.id, *(id for id in ids if id != minimised.id)]
    prefix = {"regression": "", "binary": "b"}[task]
    rest = {id: LOSSES[id] for id in ids[1:]}
    with state.fold("Settings", "settings"):
        if not any(entry.hyperparameters() for entry in rest.values()):
            st.caption(
                "The losses compared have no settings. Those of the loss being minimised are in "
                "the sidebar."
            )
        found: list[Loss] = [minimised]
        for id, entry in rest.items():
            if entry.hyperparameters():
                st.markdown(f"**{entry.label}**")
            found.append(tune(entry, f"{prefix}loss-{id}"))
    return found
