"""The contract documents itself: sentences, shapes, the errors raised and the sources."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import lossviz
from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.objectives import ANALYTIC
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from tests.private_words import private

HOUSE = Path(lossviz.__file__).parent
CONTRACT = (
    "losses", "penalties", "models", "optimizers", "datasets", "objectives", "minima",
    "trajectories", "planes", "landscapes", "metrics", "objectives.differential_equations",
)  # fmt: skip
# (n,), (..., p), (m, 2), (..., n, k), (..., n[, k]), (..., *shape), (len(b), len(a)), (k, k)
SHAPE = re.compile(r"\((\.\.\.|\w+)(, ?(\*?\w+|\w+\(\w\)))*(\[, k\])*,?\)")
YEAR_OR_LIBRARY = r"\b1\d{3}\b|\b20\d{2}\b|scikit-learn|Library"
NOBODYS = {"none", "constant", "formula", "formula_binary"}  # nothing, or what the reader types
WORDS = re.compile(r"\([a-z]{4,}\)")


class Entry(NamedTuple):
    """Something public: its name, its code, what is written about it, and about its class."""

    name: str
    code: Any
    doc: str
    around: str = ""


def named(room: str) -> Iterator[tuple[str, Any]]:
    """What a module of the contract offers; the recipes in its tables too."""
    module = import_module(f"lossviz.{room}")
    own = [n for n, it in vars(module).items() if getattr(it, "__module__", "") == module.__name__]
    for name in getattr(module, "__all__", None) or [n for n in own if not n.startswith("_")]:
        it = getattr(module, name)
        for each in it.values() if isinstance(it, dict) else [it]:
            known = each if inspect.isclass(each) or inspect.isfunction(each) else type(each)
            if known.__module__.startswith("lossviz"):
                yield f"{room}.{known.__name__}", known


def code_of(member: Any) -> Callable[..., Any] | None:
    if isinstance(member, property):
        return member.fget
    code = getattr(member, "func", getattr(member, "__func__", member))
    return code if inspect.isfunction(code) else None


def methods(cls: type) -> Iterator[Entry]:
    """Public methods; one without a docstring of its own has that of the method it replaces."""
    family = [c for c in cls.__mro__ if c.__module__.startswith("lossviz")]
    around = " ".join(c.__doc__ or "" for c in family)
    for name in {k for c in family for k in vars(c) if not k.startswith("_")}:
        found = [code for c in family if (code := code_of(vars(c).get(name)))]
        if found:
            doc = next((code.__doc__ for code in found if code.__doc__), "")
            yield Entry(found[0].__qualname__, found[0], doc, around)


def public() -> Iterator[Entry]:
    for room in CONTRACT:
        for name, it in named(room):
            # a class has the docstring written for it, never that of its base
            yield Entry(
                name, it, (vars(it).get("__doc__") if inspect.isclass(it) else it.__doc__) or ""
            )
            if inspect.isclass(it):
                yield from methods(it)


PUBLIC = list({entry.name: entry for entry in public()}.values())
FUNCTIONS = [entry for entry in PUBLIC if inspect.isfunction(entry.code)]


def takes_arrays(code: Callable[..., Any]) -> bool:
    return any("Array" in str(kind) for kind in inspect.get_annotations(code).values())


def refuses(code: Any) -> bool:
    """Whether a ValueError is raised in the body itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    raised = [n.exc for n in ast.walk(tree) if isinstance(n, ast.Raise) and n.exc]
    return any(ast.unparse(each).startswith("ValueError(") for each in raised)


def states_a_shape(text: str) -> bool:
    return any(not WORDS.fullmatch(found.group()) for found in SHAPE.finditer(text))


@pytest.mark.parametrize(
    "path", sorted(HOUSE.rglob("*.py")), ids=lambda p: str(p.relative_to(HOUSE))
)
def test_the_first_line_of_a_module_reads_like_an_entry_of_an_index(path):
    """It begins with what the module holds, not with a question or a picture of it."""
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    assert re.fullmatch(r"[A-Z\d].{9,94}\.", first)
    assert not re.match(r"(What|Where|How|Which|Why|Who|Everything|From|Between)\b", first)
    assert not private(first)


def test_the_contract_is_described_in_the_words_of_the_field():
    assert not {e.name: private(e.doc) for e in PUBLIC if private(e.doc)}


def test_the_walk_finds_the_contract():
    names = {entry.name for entry in PUBLIC}
    assert {"minima.minimize", "losses.Huber", "Risk.hessian", "planes.through"} <= names
    assert len(PUBLIC) > 400


def test_everything_public_is_described_in_a_sentence():
    silent = [e.name for e in PUBLIC if not re.search(r"\w.*[.:?)]\s*$", e.doc or "", re.DOTALL)]
    assert not silent


def test_what_takes_or_gives_arrays_says_their_shapes():
    entries = [e for e in FUNCTIONS if takes_arrays(e.code)]
    assert not [e.name for e in entries if not states_a_shape(f"{e.doc} {e.around}")]


def test_what_refuses_its_input_says_so():
    assert not [
        e.name
        for e in FUNCTIONS
        if refuses(e.code) and not re.search(r"[Rr]aises?\s+ValueError", e.doc)
    ]


@pytest.mark.parametrize(
    "table",
    [LOSSES, PENALTIES, OPTIMIZERS, ANALYTIC],
    ids=["losses", "penalties", "optimizers", "analytic"],
)
def test_every_recipe_names_its_source(table):
    vague = {id for id, each in table.items() if not re.search(YEAR_OR_LIBRARY, each.reference)}
    assert vague <= NOBODYS


def test_every_dataset_names_its_source():
    assert not [id for id, dataset in DATASETS.items() if len(dataset.source) < 8]


def first_lines() -> dict[str, str]:
    files = [*HOUSE.rglob("*.py"), *(HOUSE.parent / "pages").glob("*.py"), HOUSE.parent / "app.py"]
    docs = {f.relative_to(HOUSE.parent): ast.get_docstring(ast.parse(f.read_text())) for f in files}
    return {str(path): (doc or "").split("\n")[0] for path, doc in docs.items()}


def test_the_first_lines_of_modules_read_like_an_index():
    lines = first_lines()
    # a page's first line is its title
    end = {path: "" if path.startswith("pages") else "[.?]" for path in lines}
    assert not [
        path for path, line in lines.items() if not re.fullmatch(rf"\W*\w.+{end[path]}", line)
    ]
    twice = [path for path, line in lines.items() if list(lines.values()).count(line) > 1]
    assert not twice
