"""The frame every page shares: a question, the stage, what you see, what to try, the maths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from lossviz.ui import state


class Task(NamedTuple):
    """Something to try: predict first, then let the page set itself up and look.

    ``settings`` are values by state key, set together when the reader asks for it.
    """

    ask: str
    settings: Mapping[str, Any]
    button: str = "Show me"


def heading(question: str, look: str) -> None:
    """The page's question, and one or two sentences on what to look for."""
    st.title(question, anchor=False)
    st.markdown(look)
    for sentence in state.complaints():
        st.warning(sentence)


def what_you_see(sentences: Sequence[str]) -> None:
    """Findings computed from the state shown."""
    with st.container(key="what-you-see"):
        st.subheader("What you see", anchor=False)
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def try_this(tasks: Sequence[Task], key: str) -> None:
    """Two or three tasks whose buttons set the controls."""
    with st.container(key="try-this"):
        st.subheader("Try this", anchor=False)
        for number, task in enumerate(tasks):
            text, button = st.columns([4, 1], vertical_alignment="center")
            text.markdown(task.ask)
            button.button(
                task.button,
                key=f"{key}-try-{number}",
                on_click=_set,
                args=(task.settings,),
                width="stretch",
            )


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
