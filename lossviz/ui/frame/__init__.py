"""The frame every page shares: a question, the stage, what you see, what to try, the maths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from lossviz.ui.sidebar import state


class Task(NamedTuple):
    """Something to try: predict first, then let the page set itself up and look.

    ``settings`` are values by state key, set together when the reader asks for it.
    """

    ask: str
    settings: Mapping[str, Any]
    button: str = "Show me"


STYLE = (Path(__file__).parent / "page.css").read_text()


def heading(question: str, look: str, formula: Sequence[str] = ()) -> None:
    """The page's question, one or two sentences on what to look for, and what is minimised."""
    st.html(f"<style>{STYLE}</style>")
    st.title(question, anchor=False)
    st.markdown(look)
    if formula:
        with st.container(key="statement"):  # a line breaks between the pieces, never within one
            st.markdown("&emsp; ".join(f"${piece}$" for piece in formula))
    state.reserve(st.container())


def lesson(sentences: Sequence[str], tasks: Sequence[Task], key: str) -> None:
    """*What you see*: findings computed from the state shown.  *Try this*: tasks that set it."""
    seen, tried = st.columns(2, gap="large")
    with seen.container(key="what-you-see"):
        st.subheader("What you see", anchor=False)
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    with tried.container(key="try-this"):
        st.subheader("Try this", anchor=False)
        for number, task in enumerate(tasks):
            st.markdown(task.ask)
            st.button(task.button, key=f"{key}-try-{number}", on_click=_set, args=(task.settings,))


def link(file: str, label: str, icon: str, query: Mapping[str, str] | None = None) -> None:
    """A link to another page, in a state if ``query`` gives one."""
    try:
        st.page_link(file, label=label, icon=icon, query_params=query)
    except StreamlitPageNotFoundError:  # the page runs alone, without app.py's navigation
        st.markdown(f"{icon} {label}")


def mathematics(text: str) -> None:
    """Formulas and references, for those who open them."""
    with st.expander("The mathematics and references"):
        st.markdown(text)


def _set(settings: Mapping[str, Any]) -> None:
    for key, value in settings.items():
        state.put(key, value)


def close() -> None:
    """The last line of every page: what the reader chose goes into the link."""
    state.publish()
