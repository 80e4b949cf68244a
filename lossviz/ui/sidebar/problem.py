"""The sidebar: one problem, drawn by every page with one call, narrowed to what it can show."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from lossviz import exports
from lossviz.datasets import DATASETS, Dataset, Edits, HoldOut, Yours
from lossviz.landscapes.window import within_reach
from lossviz.losses import LOSSES, Loss
from lossviz.losses.formula import TypedLoss
from lossviz.models import MODELS, Model
from lossviz.models.formula import FormulaModel
from lossviz.models.gallery import GALLERY
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES, Penalty
from lossviz.problem.problem import Problem
from lossviz.recipes import Recipe
from lossviz.text import as_markdown
from lossviz.ui import cache
from lossviz.ui.data import long_tables
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import held_out, state
from lossviz.ui.sidebar.widgets import choose, select, turn

R = TypeVar("R", bound=Recipe)
QUICK = 100  # parameters of a model whose minimum is found while a page is drawn
TASKS = {"regression": "Regression", "binary": "Two classes", "multiclass": "Many classes"}
FIRST = {  # what a page shows when nobody has chosen anything: (dataset, model, loss)
    "regression": ("diabetes", "line", "squared"),
    "binary": ("breast_cancer", "linear", "cross_entropy"),
    "multiclass": ("iris", "linear", "softmax_cross_entropy"),
}


def anything(entry: Any) -> bool:
    """Accepts every entry."""
    return True


@dataclass(frozen=True)
class Lens:
    """What a page can show: tasks, and tests on the classes of each catalogue.

    ``why`` tells the reader why a menu is shorter here.  ``first`` overrides FIRST.  ``ask`` draws
    a page's own controls for the model in place of the menu.  ``inputs`` is how many features, at
    least and at most, the page can draw of somebody's own table.
    ``holds`` says that some rows are held out whether or not the reader asks for it.  A page that
    does not ``search`` finds the minimum in its own way, for losses that have one.
    """

    tasks: tuple[str, ...] = ("regression",)
    datasets: Callable[[type[Dataset]], bool] = anything
    models: Callable[[type[Model]], bool] = anything
    losses: Callable[[type[Loss]], bool] = anything
    penalties: Callable[[type[Penalty]], bool] = anything
    why: str = ""
    first: Mapping[str, tuple[str, str, str]] | None = None
    ask: Callable[[], Model] | None = None
    inputs: tuple[int, float] = (1, math.inf)
    holds: bool = False
    search: bool = True


def pose(lens: Lens) -> tuple[Problem, Risk]:
    """Draw the sidebar and return the problem it poses, with its objective.

    If the parts do not fit together the reader is told which, and the last problem that worked
    is shown instead, so a picture never disappears.
    """
    state.arrive()  # first: it hears what a page that outlived its server says to a new session
    long_tables.recall()
    with st.sidebar:
        problem = _menus(lens)
    try:
        _check_inputs(lens, problem)
        risk = _usable(problem) if lens.search else problem.risk()
    except ValueError as error:
        last = state.get("_worked")
        if last and not (
            type(last.dataset).task == type(problem.dataset).task
            and lens.models(type(last.model))
            and lens.datasets(type(last.dataset))
            and not isinstance(last.dataset, Yours)
            and _draws(lens, last.dataset)
        ):
            last = None
        problem = last or _first(lens, type(problem.dataset).task)
        st.error(f"{as_markdown(str(error))}  The picture shows the last problem that worked.")
        risk = problem.risk()
    state.remember("_worked", problem)
    offers.add("Data", lambda: exports.data(risk.data))
    offers.problem(_words(lens, problem))
    if isinstance(problem.dataset, Yours):
        code.own_table()
    if problem.held.side == "train":
        text = _validated(problem, risk)
        if lens.holds:  # this page is about it: its first finding says so
            st.sidebar.caption(text)
        else:
            held_out.add(text)
    return problem, risk


def _words(lens: Lens, problem: Problem) -> dict[str, str]:
    """What a link must say for the problem to be the same on every page."""
    key = prefix(type(problem.dataset).task)
    many = "" if problem.dataset.draw().X.shape[1] == 1 else "-many"
    words = {f"{key}data": problem.dataset.id, f"{key}loss": problem.loss.id}
    if lens.ask is None:
        words[f"{key}model{many}"] = problem.model.id
    if len(lens.tasks) > 1:
        words["task"] = type(problem.dataset).task
    return words


def _check_inputs(lens: Lens, problem: Problem) -> None:
    """ValueError where the page cannot draw as many features as the data have."""
    if _draws(lens, problem.dataset):
        return
    least, most = lens.inputs
    wanted = f"{least}" if least == most else f"{least} to {most:g}"
    own, names = isinstance(problem.dataset, Yours), problem.dataset.draw().names
    raise ValueError(
        f"This page draws {wanted} feature{'s' if most > 1 else ''}; "
        f"{'your table' if own else problem.dataset.label} has {len(names)}: "
        f"{', '.join(names[:6])}. Choose {'others on Your data' if own else 'another dataset'}."
    )


def _draws(lens: Lens, dataset: Dataset) -> bool:
    """Whether the page can draw as many features as the dataset turns out to have."""
    least, most = lens.inputs
    return least <= dataset.draw().X.shape[1] <= most


def _validated(problem: Problem, risk: Risk) -> str:
    """What the rows held out say of the minimum, where that is quick to find."""
    quick = risk.model.design(risk.data.X) is not None and risk.layout.size <= QUICK
    text = held_out.rows(problem)
    if not quick:
        return text
    best = cache.minimum(problem)
    whose = "the model shown" if best.kind == "infinity" else "the best model"
    return f"{text} {held_out.on_both(problem, within_reach(risk, best), whose)}"


def _usable(problem: Problem) -> Risk:
    """The problem's objective; ValueError, as a sentence, where it has none or no lowest point.

    Where the minimum is quick to find it is found now: a loss without a loss for these data
    (a typed ``log(r)``) shows only then.
    """
    risk = problem.risk()
    linear = risk.model.design(risk.data.X) is not None and problem.loss.task != "multiclass"
    if linear or isinstance(problem.loss, TypedLoss):
        cache.minimum(problem)
    return risk


def prefix(task: str) -> str:
    """Keys of the three kinds of task are apart, so that none overwrites another's choice."""
    return {"regression": "", "binary": "b", "multiclass": "m"}[task]


def _menus(lens: Lens) -> Problem:
    task = lens.tasks[0]
    if len(lens.tasks) > 1:
        task = select("Task", {t: TASKS[t] for t in lens.tasks}, "task", draw=st.segmented_control)
    key = prefix(task)
    first = (lens.first or FIRST).get(task, FIRST[task])
    sets = _menu(DATASETS, first[0], lambda e: e.task == task and lens.datasets(e))
    dataset = choose("Dataset", sets, f"{key}data", known=DATASETS, why=lens.why, shown=0)
    if isinstance(dataset, Yours):
        _whose(dataset)
        if dataset.table:  # the default of Your data, and of no other page
            state.spell(f"{key}data", dataset.id)
    model = lens.ask() if lens.ask else _model(lens, task, first[1], dataset)
    usable = _menu(LOSSES, first[2], lambda e: e.task == task and lens.losses(e))
    loss = choose("Loss", usable, f"{key}loss", known=LOSSES, why=lens.why)
    penalty = choose(
        "Penalty on the weights",
        _menu(PENALTIES, "none", lens.penalties),
        "penalty",
        known=PENALTIES,
    )
    edits = _edits(dataset, f"{key}points")
    return Problem(dataset, model, loss, penalty, edits, held=_held(dataset, lens.holds))


def _held(dataset: Dataset, always: bool) -> HoldOut:
    """Which rows nothing is learned from: a share of them, where the reader or the page asks."""
    if not always and not state.bound(
        "hold",
        False,
        state.FLAG,
        lambda: st.toggle(
            "Hold out rows",
            key="hold",
            help="The validation set: nothing is fitted to it.",
        ),
    ):
        return HoldOut()
    fields = {each.name: each for each in HoldOut.hyperparameters()}
    share, seed = turn(fields["share"], "hold-share"), turn(fields["seed"], "hold-seed")
    return HoldOut("train", share, seed, bool(getattr(dataset, "standardise", False)))


def _whose(dataset: Yours) -> None:
    """What somebody's own table is, and the way to the page that takes it."""
    data = dataset.draw()
    shape = f"{len(data):,} rows, {data.target} from {', '.join(data.names[:3])}"
    st.caption(as_markdown(shape) if dataset.table else "No table yet: six points stand in.")
    with suppress(StreamlitPageNotFoundError):  # the page runs alone, without the navigation
        st.page_link("pages/your_data.py", label="Your data", icon=":material/upload_file:")


def _model(lens: Lens, task: str, first: str, dataset: Dataset) -> Model:
    inputs = dataset.draw().X.shape[1]
    fitting = _menu(
        MODELS,
        first,
        lambda e: task in e.tasks and inputs <= (e.most_inputs or inputs) and lens.models(e),
    )
    # a line needs one feature: a model kept from data with another number of columns stays kept
    many = "" if inputs == 1 else "-many"
    key = f"{prefix(task)}model{many}"
    model = choose("Model", fitting, key, known=MODELS)
    if isinstance(model, FormulaModel):
        _gallery(f"{key}-formula-expression")
    return model


def _gallery(key: str) -> None:
    """Curves to start from: a button writes its formula into the box."""
    with state.fold("Gallery of formulas", "gallery") as seen:
        for number, curve in enumerate(GALLERY if seen else ()):
            st.markdown(f"**{curve.title}**: `{curve.expression}`  \n{curve.says}.")
            name = f"gallery-{number}"
            st.button("Take it", key=name, on_click=state.put, args=(key, curve.expression))


def _menu(
    entries: Mapping[str, type[R]], first: str, wanted: Callable[[type[R]], bool]
) -> dict[str, type[R]]:
    """The wanted entries, the ``first`` one at the head of the menu as its default."""
    menu = {id: entry for id, entry in entries.items() if wanted(entry)}
    return {first: menu[first], **menu} if first in menu else menu


def _edits(dataset: Dataset, key: str) -> Edits:
    """The changes made by hand: typed here, dragged on a picture, carried by the link."""
    with state.fold("Edited points", "edits", line=True, opened=bool(state.get(key))):
        text = state.bound(
            key,
            "",
            state.TEXT,
            lambda: st.text_input(
                "Edits",
                key=key,
                help="row:x,y moves a point, +x,y adds one, −row deletes one; separated by ;",
                label_visibility="collapsed",
            ),
        )
        st.button("Undo all edits", on_click=state.put, args=(key, ""))
    try:
        edits = Edits.parse(text)
        edits.apply(dataset.draw())
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return Edits()
    return edits


def _first(lens: Lens, task: str) -> Problem:
    data, model, loss = (lens.first or FIRST).get(task, FIRST[task])
    penalty = next(iter(_menu(PENALTIES, "none", lens.penalties).values()))
    return Problem(DATASETS[data](), MODELS[model](), LOSSES[loss](), penalty())
