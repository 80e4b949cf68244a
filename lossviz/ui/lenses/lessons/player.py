"""The player of lessons: cards, scenes beside their stage, questions, and what was answered."""

from __future__ import annotations

import csv
import io
import json
import math
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from lossviz.lessons import (
    Lesson,
    Question,
    Scene,
    course,
    judge,
    read_lesson,
    right_answer,
    writing,
)
from lossviz.lessons.expression import evaluate
from lossviz.lessons.lesson import filled
from lossviz.problem.link import RENAMED_VALUES, read_link
from lossviz.text import as_markdown, count, unbroken
from lossviz.ui import browser_store, frame
from lossviz.ui.frame.contents import LENSES
from lossviz.ui.lenses.lessons import classroom, picture
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import select

OWN = "own"
ANSWERS = "_lesson_answers"  # lesson -> scene -> {"answer", "right"}
MOST = 100_000  # letters of a lesson file
_unlabelled = partial(st.selectbox, label_visibility="collapsed", width=360)

_FILES = tuple(entry.file.removeprefix("pages/").removesuffix(".py") for entry in LENSES)
_PAGES = tuple(page for page in _FILES if page != "lessons")  # no lesson within a lesson
Answers = dict[str, dict[str, dict[str, Any]]]


_MERGED = "_lesson_answers_told"  # the text of the browser's that is in them already
_RESETS = "_lesson_resets"  # lesson-scene -> how often it was reset
_WANTED = {"point": "ring", "drag": "link"}  # what the picture shall tell, by kind of question


class _Reader(NamedTuple):
    """What was done in the picture, and the key of the widgets that take the answer."""

    done: Any
    key: str


class Chosen(NamedTuple):
    """A lesson and the number of its scene, from 1."""

    id: str
    lesson: Lesson
    scene: int


def choose() -> Chosen | None:
    """The lesson and scene that the link or the menus name, or None for the cards."""
    lessons = dict(course())
    own = state.get("_own_lesson")
    if own is not None:
        lessons[OWN] = own
    options = {"": "All lessons", **{id: each.title for id, each in lessons.items()}}
    with st.container(key="lesson-bar", horizontal=True, vertical_alignment="bottom"):
        id = select("Lesson", options, "lesson", known=(OWN,), draw=_unlabelled)
        return Chosen(id, lessons[id], _number(len(lessons[id].scenes))) if id else None


def cards() -> None:
    """Every lesson with its minutes, what one will be able to do, and how far one is."""
    answers = _answers()
    for place, (id, lesson) in enumerate(course().items()):
        if place % 2 == 0:  # row by row, so that a phone shows them in their order
            columns = st.columns(2)
        asked = sum(scene.question is not None for scene in lesson.scenes)
        done = len(answers.get(id, {}))
        with columns[place % 2].container(border=True, gap="small"):
            top = st.container(horizontal=True, horizontal_alignment="distribute", key=f"card-{id}")
            top.markdown(
                f"**{place + 1}. {lesson.title}**  \n{lesson.minutes} minutes · "
                f"{done} of {count(asked, 'question')} answered"
            )
            label = "Go on" if 0 < done < asked else "Start"
            top.button(label, key=f"start-{id}", on_click=_open, args=(id,))
            st.markdown(lesson.aims)
    _export(answers)
    _own()


def play(chosen: Chosen) -> None:
    """One scene: its stage, live, and beside it the text and the question."""
    id, lesson, number = chosen
    last = len(lesson.scenes)
    scene = lesson.scenes[number - 1]
    with frame.board():
        stage, beside = st.columns([2.2, 1], gap="medium")
        with stage:
            picture.show(scene)
        with beside, st.container(key="lesson-text", gap="small"):
            st.subheader(scene.title, anchor=False)
            st.caption(f"Scene {number} of {last}")
            st.markdown(unbroken(filled(scene.text, scene.scope())))
        place = beside.container(key="lesson-question")
    with place:  # alone: a run of a part copies every container that it stands in by "with"
        question = scene.question
        if question is not None:
            st.markdown(unbroken(f"**{filled(question.prompt, scene.scope())}**"))
        _talk(id, number, scene)
        if question is not None:
            classroom.board(f"{id}-{number}", question)
        _move(f"{id}-{number}", number, last)
        link = read_link(scene.link)
        frame.link(f"pages/{link.page}.py", "Explore this state", ":material/open_in_full:",
                   link.words)  # fmt: skip
    if lesson.complaints:  # below, for its author: a class sees the picture first
        with st.expander(f"{count(len(lesson.complaints), 'scene')} left out"):
            _refused(lesson)
    classroom.enter()


def _number(last: int) -> int:
    def widget() -> Any:
        return st.segmented_control(
            "Scene", range(1, last + 1), key="scene", label_visibility="collapsed", required=True
        )

    def wrong(value: int) -> str:
        return "" if 1 <= value <= last else f"is not a scene from 1 to {last}"

    codec = state.Codec(str, int)
    fits = range(1, last + 1).__contains__
    number: int = state.bound("scene", 1, codec, widget, problem=wrong, fits=fits, fallback=1)
    return number


@st.fragment
def _talk(id: str, number: int, scene: Scene) -> None:
    """The answer and what waits for it.

    An answer runs this alone, not the page: what it does not change, each element of which costs
    the server about a millisecond, is drawn around it.
    """
    question = scene.question
    key = f"{id}-{number}"
    resets = state.get(_RESETS, {}).get(key, 0)
    known = question is None
    if question is not None:
        done = picture.heard(key, resets)
        known = _ask(id, number, scene, question, _Reader(done, f"{key}-{resets}"))
    if scene.breaks and known:
        st.markdown(unbroken(f"**Make it break.** {filled(scene.breaks, scene.scope())}"))
    _answers()
    picture.tell(key, known, _WANTED.get(question.kind, "") if question else "", resets)


def _ask(id: str, number: int, scene: Scene, question: Question, reader: _Reader) -> bool:
    """What takes the answer, and what that means; whether there is one."""
    verdict = None
    with st.form(f"ask-{id}-{number}", border=False):
        answer = _entry(scene, question, reader)
        sent = st.form_submit_button("Answer", type="primary")
    if sent and answer in (None, []):
        drag = question.kind == "drag"
        st.caption("Drag it first." if drag else "Choose or type an answer first.")
    elif sent:
        verdict = judge(question, scene.scope(), answer)
        _keep(id, number, {"answer": answer, "right": verdict.right})
        classroom.answered(f"{id}-{number}", answer)
    given = _merged().get(id, {}).get(str(number))
    if given is not None:
        verdict = verdict or judge(question, scene.scope(), given["answer"])
        show, icon = (
            (st.success, ":material/check:") if verdict.right else (st.info, ":material/help:")
        )
        show(("Yes. " if verdict.right else "Not this. ") + verdict.reply, icon=icon)
    return given is not None


def _entry(scene: Scene, question: Question, reader: _Reader) -> Any:
    key = f"answer-{reader.key}"
    labels = [option.label for option in question.options]
    if question.kind == "choice":
        return st.radio("Your answer", labels, index=None, key=key, label_visibility="collapsed")
    if question.kind == "order":
        right = right_answer(question, scene.scope())
        shown = [*right[1::2], *right[::2]]  # never in the right order
        chosen = st.multiselect("Choose all, the smallest first", shown, key=key)
        return chosen if len(chosen) == len(labels) else []
    if question.kind == "number":
        return st.number_input("Your answer", value=None, key=key, format="%g", step=None)
    if question.kind == "drag":
        return _dragged(scene, question, reader.done)
    st.caption("The ring in the picture is your answer; numbers can be typed as well.")
    at = [float(f"{value:.4g}") for value in reader.done] if reader.done else (None, None)
    pair = [
        column.number_input(
            name.capitalize(), value=value, key=f"{key}-{name}-{value}", format="%g"
        )
        for column, name, value in zip(st.columns(2), scene.scope().coordinates(), at, strict=True)
    ]
    return pair if None not in pair else None


def _dragged(scene: Scene, question: Question, link: str | None) -> float | None:
    """What the question measures in the state that was dragged to; None before."""
    start = float(evaluate(question.measure, scene.scope()))
    try:
        measured = float(evaluate(question.measure, scene.dragged(link))) if link else start
    except ValueError as error:
        st.caption(as_markdown(str(error)))
        return None
    if math.isclose(measured, start, rel_tol=1e-9):
        st.caption("Drag it in the picture, as often as you like, then answer.")
        return None
    st.caption("Moved. Answer when it is where you want it.")
    return measured


def _move(key: str, number: int, last: int) -> None:
    row = st.container(horizontal=True, key="lesson-move", gap="small")
    row.button("Previous", key="scene-back", shortcut="Left", disabled=number == 1,
                on_click=state.put, args=("scene", number - 1))  # fmt: skip
    row.button("Next", key="scene-on", shortcut="Right", disabled=number == last, type="primary",
              on_click=state.put, args=("scene", number + 1))  # fmt: skip
    row.button("Reset", key="scene-reset", on_click=_reset, args=(key,),
               help="The picture and the question as they were at first.")  # fmt: skip
    row.button("All lessons", key="scene-all", on_click=_open, args=("",))


def _open(id: str) -> None:
    state.put("lesson", id)
    state.put("scene", 1)


def _reset(key: str) -> None:
    id, _, number = key.rpartition("-")
    answers: Answers = state.get(ANSWERS) or {}
    still = {scene: given for scene, given in answers.get(id, {}).items() if scene != number}
    state.remember(ANSWERS, {**answers, id: still})
    resets = state.get(_RESETS, {})
    state.remember(_RESETS, {**resets, key: resets.get(key, 0) + 1})


def _answers() -> Answers:
    """What was answered, which the browser is asked for and given to keep."""
    _merged()
    answers: Answers | None = state.get(ANSWERS)
    browser_store.keep("lessons", None if answers is None else json.dumps(answers))
    return answers or {}


def _merged() -> Answers:
    """What was answered: in this session and, once it has told, what the browser holds.

    The browser tells again when another tab has answered meanwhile.
    """
    answers: Answers | None = state.get(ANSWERS)
    held = browser_store.known("lessons")
    if held and held != state.get(_MERGED):
        state.remember(_MERGED, held)
        try:
            theirs = {
                RENAMED_VALUES.get(("lesson", id), id): dict(scenes)
                for id, scenes in json.loads(held).items()
            }
        except (ValueError, AttributeError, TypeError):
            theirs = {}
        ours = answers or {}
        if both := {id: {**theirs.get(id, {}), **ours.get(id, {})} for id in {**theirs, **ours}}:
            answers = both
            state.remember(ANSWERS, answers)
    return answers or {}


def _keep(id: str, number: int, given: dict[str, Any]) -> None:
    answers: Answers = state.get(ANSWERS) or {}
    state.remember(ANSWERS, {**answers, id: {**answers.get(id, {}), str(number): given}})


def _export(answers: Answers) -> None:
    # there before the browser tells its answers: what stands below keeps its place, and with it
    # what somebody has begun to type
    row = st.container(horizontal=True)
    if not answers:
        return
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["lesson", "scene", "answer", "right"])
    for id, scenes in answers.items():
        for number, given in sorted(scenes.items(), key=lambda item: int(item[0])):
            rows.writerow([id, number, given["answer"], int(given["right"])])
    row.download_button("Answers as CSV", table.getvalue(), "lossviz-answers.csv", "text/csv")
    row.button("Start all over", key="lessons-reset", help="Forgets every answer given here.",
               on_click=state.remember, args=(ANSWERS, {}))  # fmt: skip


def _refused(lesson: Lesson) -> None:
    for complaint in lesson.complaints:
        st.warning(as_markdown(f"Left out. {complaint}"))


def _own() -> None:
    """A lesson written elsewhere: opened or pasted, it plays at once."""
    with st.expander("A lesson of your own"):
        st.markdown(
            "A lesson is a Markdown file of scenes. Open or paste one, and it plays at once."
        )
        with st.popover("How to write a lesson", width="stretch"):
            st.markdown(writing())
        file = st.file_uploader("Lesson file", type=["md", "txt"], key="_lesson_file")
        pasted = st.text_area("Or paste it", key="_lesson_text", max_chars=MOST)
        text = file.getvalue().decode("utf-8", "replace") if file is not None else pasted
        if not text.strip():
            return
        try:
            lesson = read_lesson(text, pages=_PAGES)
        except ValueError as error:
            st.error(as_markdown(str(error)))
            return
        _refused(lesson)
        state.remember("_own_lesson", lesson)
        st.button(f"Play “{as_markdown(lesson.title)}”", on_click=_open, args=(OWN,))
