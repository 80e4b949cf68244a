"""The classroom of a lesson: a code, and what its browsers have answered so far."""

from __future__ import annotations

import secrets

import streamlit as st

from lossviz.lessons import Question
from lossviz.text import as_markdown, count, number
from lossviz.ui.lenses.lessons.tally import Rooms
from lossviz.ui.sidebar import state

CODE = "room"
_BROWSER = "_tally_browser"  # a random number of this visit, told to nobody


@st.cache_resource(show_spinner=False)
def rooms() -> Rooms:
    """The rooms of this server."""
    return Rooms()


def enter() -> None:
    """Open a room, or join one by its code; the code is part of the link."""
    with st.expander("Answer as a class", expanded=bool(state.get(CODE))):
        code = _code()
        if not code:
            st.button("Open a room", on_click=_open, help="Its code lets others join.")
        elif rooms().known(code):
            st.markdown(
                f"Room **{code}**. Whoever opens this link, or types the code, is counted. Only "
                "answers are kept, without names, until the server stops."
            )
        else:
            st.warning("No room with this code is open on this server. Ask for the code again.")


def _code() -> str:
    def widget() -> str:
        return st.text_input("Room code", key=CODE, max_chars=8)

    typed: str = state.bound(CODE, "", state.TEXT, widget)
    return typed.strip().upper()


def _open() -> None:
    state.put(CODE, rooms().open())


def answered(question: str, answer: object) -> None:
    """Count an answer in the room, if one is joined."""
    code = str(state.get(CODE, "")).strip().upper()
    browser = state.get(_BROWSER)
    if browser is None:
        browser = secrets.token_hex(8)
        state.remember(_BROWSER, browser)
    if code:
        rooms().answer(code, question, browser, _words(answer))


@st.fragment
def board(key: str, question: Question) -> None:
    """What the room has answered: hidden until the lecturer asks for it, then live."""
    code = str(state.get(CODE, "")).strip().upper()
    if not code or not rooms().known(code):
        return
    if st.toggle("Show the room's answers", key=f"tally-{key}"):
        _live(code, key, tuple(option.label for option in question.options))


@st.fragment(run_every="2s")
def _live(code: str, key: str, labels: tuple[str, ...]) -> None:
    found = rooms().counts(code, key)
    total = sum(found.values())
    st.caption(f"{count(total, 'browser')} answered.")
    listed = [*labels] if set(found) <= set(labels) else [each for each, _ in found.most_common(8)]
    for label in listed:
        share = found[label] / total if total else 0.0
        st.progress(share, f"{as_markdown(label)}: {found[label]}")


def _words(answer: object) -> str:
    if isinstance(answer, list | tuple):
        return " < ".join(_words(each) for each in answer)
    return number(answer, 3) if isinstance(answer, int | float) else str(answer)
