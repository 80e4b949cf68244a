"""Pages as code: a script or a notebook that computes the same numbers again.

A page says in cells what it computed: a sentence and the Python lines that do it, written in the
contract's names.  Recipes are written as the calls that make them, numbers to their last digit,
and whatever a person typed as a quoted literal, so that a name or a formula is never code.
"""

from __future__ import annotations

import ast
import json
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.datasets import DATASETS, Data, Yours
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import ANALYTIC
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.recipes import Recipe

Array = NDArray[np.floating]
WIDTH = 96
MOST_EMBEDDED = 20_000  # numbers of a table that are written into the script itself
TABLE = "lossviz-data.csv"
CATALOGUES: dict[str, Mapping[str, Any]] = {
    "DATASETS": DATASETS,
    "MODELS": MODELS,
    "LOSSES": LOSSES,
    "PENALTIES": PENALTIES,
    "OPTIMIZERS": OPTIMIZERS,
    "SCHEDULES": SCHEDULES,
}
HOMES = {  # where each name that a cell may use is imported from
    "lossviz.acting": ("ENVIRONMENTS", "climb"),
    "lossviz.combined": ("SCENES", "linnerud", "two_targets"),
    "lossviz.datasets": ("DATASETS", "Data", "Edits", "FarOff", "HoldOut"),
    "lossviz.landscapes": ("evaluate_plane",),
    "lossviz.losses": ("LOSSES",),
    "lossviz.metrics": ("METRICS", "metric_surface"),
    "lossviz.minima": ("minimize",),
    "lossviz.models": ("MODELS",),
    "lossviz.networks.near_identity": ("learn",),
    "lossviz.networks.training": ("train",),
    "lossviz.objectives": ("ANALYTIC", "Risk", "pareto_front"),
    "lossviz.objectives.analytic": ("Level", "ConvexQuadratic"),
    "lossviz.objectives.differential_equations": (
        "Equation", "ExponentialTrial", "NetworkTrial", "ResidualLoss",
    ),
    "lossviz.optimizers": ("OPTIMIZERS", "SCHEDULES"),
    "lossviz.penalties": ("PENALTIES",),
    "lossviz.planes": ("Plane", "axes", "hessian", "principal", "random"),
    "lossviz.regularization": ("WeightsOnly",),
    "lossviz.trajectories": ("descend",),
}  # fmt: skip
NEEDS = (
    "Needs lossviz and NumPy, nothing else. Every number is written to its last digit, so the "
    "results are those of the page, up to the rounding of another machine."
)


Writer = Callable[[], str]


class Cell(NamedTuple):
    """One step: what it does, in a sentence, and the lines that do it."""

    says: str
    code: str


@dataclass(frozen=True)
class Code:
    """What a page computed, in order; ``files`` are name -> writer of what must lie beside it."""

    title: str
    cells: tuple[Cell, ...]
    files: Mapping[str, Writer] = field(default_factory=dict)


# -- the two forms -------------------------------------------------------------------------------


def script(code: Code) -> str:
    """The cells as one Python file."""
    head = [_comment(code.title), "#", _comment(NEEDS), *map(_comment, _beside(code))]
    parts = ["\n".join(head), _imports(code.cells)]
    parts += [f"{_comment(cell.says)}\n{cell.code}" for cell in code.cells]
    return "\n\n".join(parts) + "\n"


def notebook(code: Code) -> str:
    """The cells as a Jupyter notebook (nbformat 4.5), without outputs."""
    cells = [
        _markdown(0, f"# {_line(code.title)}\n\n" + "\n\n".join([NEEDS, *_beside(code)])),
        _python(1, _imports(code.cells)),
    ]
    for cell in code.cells:
        cells.append(_markdown(len(cells), _line(cell.says)))
        cells.append(_python(len(cells), cell.code))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def _markdown(number: int, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"cell-{number}", "metadata": {},
            "source": text.splitlines(keepends=True)}  # fmt: skip


def _python(number: int, text: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "id": f"cell-{number}", "metadata": {},
            "outputs": [], "source": text.splitlines(keepends=True)}  # fmt: skip


def _beside(code: Code) -> list[str]:
    return [
        f"Put {name}, which is downloaded with it, into the same folder." for name in code.files
    ]


def _imports(cells: Iterable[Cell]) -> str:
    """The import lines of exactly the names that the cells use."""
    used = {
        node.id
        for cell in cells
        for node in ast.walk(ast.parse(cell.code))
        if isinstance(node, ast.Name)
    }
    lines = []
    for home, names in HOMES.items():
        wanted = [name for name in names if name in used]
        if wanted:
            lines.append(f"from {home} import {', '.join(wanted)}")
    return "\n".join(["import numpy as np", "", *lines])


def _line(text: str) -> str:
    """One line of printable characters: a line break would end a comment."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _comment(text: str) -> str:
    return "\n".join(textwrap.wrap(_line(text), WIDTH, initial_indent="# ", subsequent_indent="# "))


# -- values as literals --------------------------------------------------------------------------


def call(recipe: Recipe, catalogue: str = "") -> str:
    """The recipe as the call that makes it: LOSSES["huber"](delta=0.5).

    ``catalogue`` is the name of its catalogue where it is none of ``CATALOGUES``.
    """
    if not catalogue:
        catalogue = next(
            name for name, entries in CATALOGUES.items() if type(recipe) in entries.values()
        )
    return f'{catalogue}["{recipe.id}"]({_arguments(recipe)})'


def made(recipe: Recipe) -> str:
    """A recipe without a catalogue as the call of its class: ConvexQuadratic(kappa=10.0)."""
    return f"{type(recipe).__name__}({_arguments(recipe)})"


def known(analytic: Recipe) -> str:
    """A test function: by its place in ANALYTIC, or as the call of its class."""
    if analytic.id not in ANALYTIC:
        return made(analytic)
    if analytic == ANALYTIC[analytic.id]:
        return f'ANALYTIC["{analytic.id}"]'
    return f'type(ANALYTIC["{analytic.id}"])({_arguments(analytic)})'


def _arguments(recipe: Recipe) -> str:
    return ", ".join(
        f"{each.name}={literal(getattr(recipe, each.name))}" for each in fields(recipe) if each.init
    )


def literal(value: Any) -> str:
    """A number, text, flag or tuple of them, read back as the very same."""
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float | np.floating):
        return repr(float(value)) if math.isfinite(value) else f'float("{float(value)}")'
    if isinstance(value, int | str | np.integer) or value is None:
        return repr(int(value)) if isinstance(value, np.integer) else repr(value)
    raise TypeError(f"A script holds numbers, texts and flags; got {type(value).__name__}.")


def array(values: ArrayLike) -> str:
    """An array (n,) or (n, d) of numbers, to the last digit."""
    x = np.asarray(values, float)
    if x.ndim == 2 and x.shape[1] == 1:
        return f"{array(x[:, 0])}[:, None]"
    if x.ndim == 2:
        rows = ",\n    ".join(f"[{_numbers(row)}]" for row in x)
        return f"np.array([\n    {rows},\n])"
    flat = f"np.array([{_numbers(x)}])"
    if len(flat) <= WIDTH // 2:
        return flat
    lines = textwrap.fill(_numbers(x), WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"np.array([\n{lines},\n])"


def _numbers(x: Array) -> str:
    return ", ".join(map(literal, x.tolist()))


def line(values: ArrayLike) -> str:
    """Coordinates (n,): evenly spaced ones as np.linspace, others as an array."""
    x = np.asarray(values, float)
    ends = f"np.linspace({literal(x[0])}, {literal(x[-1])}, {len(x)})"
    return ends if np.array_equal(x, np.linspace(x[0], x[-1], len(x))) else array(x)


def plane_of(plane: Any) -> str:
    """A plane: of two parameters as ``axes``, any other by its origin and directions."""
    along = [np.flatnonzero(each) for each in (plane.u, plane.v)]
    names = literal(tuple(plane.names))
    if all(len(hit) == 1 for hit in along):
        i, j = (int(hit[0]) for hit in along)
        if i != j and plane.u[i] == plane.v[j] == 1 and not plane.origin[[i, j]].any():
            origin = array(plane.origin) if plane.origin.any() else str(len(plane.origin))
            return f"axes({origin}, {i}, {j}, {names})"
    parts = ",\n    ".join(array(each) for each in (plane.origin, plane.u, plane.v))
    return f"Plane(\n    {parts},\n    {names},\n)"


# -- cells that several pages share --------------------------------------------------------------


def posed(problem: Problem) -> tuple[list[Cell], dict[str, Writer]]:
    """Cells that make ``data``, ``model``, ``loss``, ``penalty`` and ``risk``, and their files."""
    drawn, files = drawing(problem)
    parts = [f"{name} = {call(getattr(problem, name))}" for name in ("model", "loss", "penalty")]
    return [
        drawn,
        Cell("The model, the loss of one row, and the penalty on the weights.", "\n".join(parts)),
        Cell("The objective: the mean loss plus the penalty.",
             "risk = Risk(data, model, loss, penalty)"),
    ], files  # fmt: skip


def drawing(problem: Problem) -> tuple[Cell, dict[str, Writer]]:
    """The cell that makes ``data``, and the files that it reads.

    Somebody's own table is written out; a long one lies beside the script.
    """
    files: dict[str, Writer] = {}
    if isinstance(problem.dataset, Yours):
        lines, files = _own(problem.dataset.draw())
        text = "Your own table" + (f", from {TABLE}." if files else ".")
    else:
        lines = [f"data = {call(problem.dataset)}.draw()"]
        text = "The data."
    if problem.contamination.share:
        lines.append(f"data = {made(problem.contamination)}.apply(data)")
    if problem.edits:
        lines.append(f"data = Edits.parse({str(problem.edits)!r}).apply(data)")
    if problem.held.side != "all":
        lines.append(f"data = {made(problem.held)}.apply(data)")
    return Cell(text, "\n".join(lines)), files


def _own(data: Data) -> tuple[list[str], dict[str, Writer]]:
    words = ("task", "names", "units", "target", "target_unit", "classes", "source")
    named = ",\n    ".join(f"{word}={literal(getattr(data, word))}" for word in words)
    if data.X.size + len(data) <= MOST_EMBEDDED:
        return [f"data = Data(\n    {array(data.X)},\n    {array(data.y)},\n    {named},\n)"], {}
    read = f'table = np.loadtxt("{TABLE}", delimiter=",", skiprows=1, ndmin=2)'
    return (
        [read, f"data = Data(\n    table[:, :-1],\n    table[:, -1],\n    {named},\n)"],
        {TABLE: lambda: table_of(data)},
    )


def table_of(data: Data) -> str:
    """The rows as CSV, features and then the target, to the last digit, under one header line."""
    header = ",".join(_line(name).replace(",", ";") for name in (*data.names, data.target))
    rows = np.column_stack([data.X, data.y]).tolist()
    return "\n".join([header, *(",".join(map(repr, row)) for row in rows)]) + "\n"


def lowest() -> Cell:
    """The minimum of ``risk``, as ``best``."""
    return Cell(
        "Where the objective is smallest, and what kind of place that is.",
        "best = minimize(risk)\n"
        'print("minimum at", dict(zip(risk.names, best.theta.tolist())))\n'
        'print("value", best.value, "kind", best.kind)',
    )


def window(plane: Any, a: ArrayLike, b: ArrayLike) -> Cell:
    """The ``plane`` and the coordinates ``a`` and ``b`` of the pictures."""
    return Cell(
        "The plane of the picture and its window.",
        f"plane = {plane_of(plane)}\na = {line(a)}\nb = {line(b)}",
    )


def surface(objective: str = "risk") -> Cell:
    """The heights of an objective over ``plane``, as ``land``."""
    return Cell(
        "The landscape: values[j, i] is the height at (a[i], b[j]).",
        f"land = evaluate_plane({objective}, plane, a, b)\n{heights('land')}",
    )


def heights(name: str, title: str = "landscape") -> str:
    """A line that prints what a landscape's values are like."""
    return (
        f"seen = {name}.values[np.isfinite({name}.values)]\n"
        f"print({title!r}, {name}.values.shape)\n"
        'print("lowest", seen.min(initial=np.inf), "highest", seen.max(initial=-np.inf))'
    )


def of_surface(title: str, problem: Problem, plane: Any, a: ArrayLike, b: ArrayLike) -> Code:
    """One problem, its minimum, and its landscape over a window of a plane."""
    cells, files = posed(problem)
    return Code(title, (*cells, lowest(), window(plane, a, b), surface()), files)
