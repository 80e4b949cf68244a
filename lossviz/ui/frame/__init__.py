"""The frame every page shares: a question, its first finding, the stage, what to try, the maths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitPageNotFoundError

from lossviz.text import unbroken
from lossviz.ui.frame import hidden
from lossviz.ui.sharing import panel
from lossviz.ui.sidebar import held_out, state


class Task(NamedTuple):
    """Something to try: predict first, then let the page set itself up and look.

    ``settings`` are values by state key, set together when the reader asks for it.
    """

    ask: str
    settings: Mapping[str, Any]
    button: str = "Show me"


LINE = 150  # characters of a finding that fit on one line over the pictures
SHORT = 24  # characters of a formula that fit on one line of the sidebar
STYLE = (Path(__file__).parent / "page.css").read_text()
SPARE = ".st-key-board { --stage-spare: 3.5rem; }"  # the height of a row of controls
# Read by stage/presenter.js, which is on every page that has a picture.
PRESENT = (
    '<button type="button" class="present" aria-pressed="false" '
    'title="Fill the screen with the pictures (key p)">Present</button>'
)


@dataclass
class _Head:
    """The places over the stage that are filled when the results are known."""

    look: str
    lead: DeltaGenerator
    next: DeltaGenerator
    share: DeltaGenerator
    titled: bool = False


def _head() -> _Head | None:
    return st.session_state.get("_head")


def heading(
    question: str,
    look: str,
    formula: Sequence[str] = (),
    *,
    controls: bool = True,
    pictures: bool = True,
) -> None:
    """The page's question as its title; what is minimised goes to the problem in the sidebar.

    Under the title ``lesson`` puts the first finding.  ``look``, one or two sentences on what a
    hand can do here, stands under *What you see*; a page without a lesson shows it at the top.
    A page says here what it goes without, a row of ``controls`` or ``pictures``: a style sheet that
    asks for them is asked again at every change, a twentieth of the time of a choice.
    """
    st.html(f"<style>{STYLE}{'' if controls else SPARE}</style>{hidden.style()}")
    place = st.container(key="heading", gap=None)
    with place:
        with st.container(key="title", horizontal=True, vertical_alignment="center"):
            st.title(question, anchor=False)
            after = st.container(key="next", width="content")
            share = st.container(key="share", width="content")
            if pictures:
                st.html(PRESENT, width="content")
        lead = st.container(key="lead")
        state.reserve(lambda: place.container(key="complaint"))
    st.session_state["_head"] = _Head(look, lead, after, share)
    if formula:
        # a line breaks between the pieces; in braces KaTeX breaks none of the short ones
        kept = [f"{{{piece}}}" if len(piece) <= SHORT else piece for piece in formula]
        with st.sidebar.container(key="statement"):
            st.markdown(" ".join(f"${piece}$" for piece in kept))


def board() -> DeltaGenerator:
    """The pictures that matter and their player: ``with frame.board(): ...``, once a page.

    It is what presenting shows, what the skip link leads to, and what comes first on a phone.
    """
    return st.container(key="board")


def lesson(
    sentences: Sequence[str], tasks: Sequence[Task], key: str, lead: str | None = None
) -> None:
    """*What you see*: findings computed from the state shown.  *Try this*: tasks that set it.

    The first finding, or ``lead``, stands under the page's title as well, and the next task beside
    it.
    """
    head = _head()
    if head and sentences:
        head.titled = True
        head.lead.markdown(unbroken(_one_line(lead or sentences[0])))
        for sentence in held_out.sentences():
            head.lead.caption(sentence)
    seen, tried = st.columns(2, gap="large")
    with seen.container(key="what-you-see"):
        st.subheader("What you see", anchor=False)
        st.markdown(unbroken("\n".join(f"- {sentence}" for sentence in sentences)))
        if head:
            st.caption(head.look)
    with tried.container(key="try-this"):
        st.subheader("Try this", anchor=False)
        for number, task in enumerate(tasks):
            st.markdown(unbroken(task.ask))
            name = f"{key}-try-{number}"
            st.button(task.button, key=name, on_click=_set, args=(task, key, number))
    if head and tasks:
        number = state.get(f"_task-{key}", 0) % len(tasks)
        task = tasks[number]
        with head.next, state.fold(f"Task {number + 1} of {len(tasks)}", "task"):
            st.markdown(unbroken(task.ask))
            st.button(task.button, key=f"{key}-next", on_click=_set, args=(task, key, number))


def _one_line(finding: str) -> str:
    """As many of its first sentences as one line holds, at least one: no picture moves down."""
    line, *rest = re.split(r"(?<=[.!?]) (?=[A-Z*$])", finding)
    for sentence in rest:
        if len(f"{line} {sentence}") > LINE:
            break
        line += f" {sentence}"
    return line


def link(file: str, label: str, icon: str, query: Mapping[str, str] | None = None) -> None:
    """A link to another page, in a state if ``query`` gives one."""
    try:
        st.page_link(file, label=label, icon=icon, query_params=query)
    except StreamlitPageNotFoundError:  # the page runs alone, without app.py's navigation
        st.markdown(f"{icon} {label}")


def mathematics(text: str) -> None:
    """Formulas and references, for those who open them."""
    with state.fold("The mathematics and references", "mathematics", line=True):
        st.markdown(text)


def _set(task: Task, page: str, number: int) -> None:
    """Set the page up for a task; the next one is offered beside the title."""
    for key, value in task.settings.items():
        state.put(key, value)
    state.remember(f"_task-{page}", number + 1)


def close() -> None:
    """The last line of every page: what the reader chose goes into the link."""
    head = _head()
    if head:
        if not head.titled:
            head.lead.markdown(head.look)
        with head.share:
            panel.panel()
    st.session_state.pop("_head", None)
    state.publish()
