"""What pages, pictures and sentences say is said in the field's terms, with one way of numbers."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import ANALYTIC
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.penalties import PENALTIES
from tests.private_words import private
from tests.running import HOUSE, run, shown

PAGES = sorted(path.stem for path in (HOUSE / "pages").glob("*.py"))
CATALOGUES = (ANALYTIC, DATASETS, LOSSES, MODELS, OPTIMIZERS, PENALTIES, SCHEDULES)
SPEAKING = (
    "classification", "combined", "curvature", "datasets", "descent", "figures", "findings",
    "landscapes", "losses", "minima", "networks", "objectives", "outliers", "regularization",
    "residuals", "ui",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_the_fields_terms(page):
    at = run(page)  # which looks for private words in all that is shown
    assert len(shown(at)) > 200


def test_strings_of_the_house_hold_no_private_word():
    files = [HOUSE / "pages", *(HOUSE / "lossviz" / room for room in SPEAKING)]
    found = [
        f"{path.relative_to(HOUSE)}:{line}: {words}"
        for root in files
        for path in sorted(root.rglob("*.py"))
        for line, text in strings(path)
        if (words := private(text))
    ]
    assert not found, "\n".join(found)


def test_what_stands_under_the_menus_holds_no_private_word():
    said = [
        f"{entry.__name__}: {words}"
        for catalogue in CATALOGUES
        for entry in catalogue.values()
        if isinstance(entry, type)
        and (words := private((inspect.getdoc(entry) or "").split("\n")[0] + " " + entry.label))
    ]
    assert not said, "\n".join(said)


@pytest.mark.parametrize("page", PAGES)
def test_numbers_have_one_minus_and_one_way_of_powers(page):
    said = re.sub(r"`[^`]*`|\$\$?[^$]*\$\$?|https?://\S+|<[^>]*>|#\w{6}", " ", shown(run(page)))
    assert not re.findall(r"(?:^|[\s(])-\d[\d.]*", said)
    assert not re.findall(r"\d+(?:\.\d+)?e[-−+]?\d+", said)
    assert not re.findall(r"\b(?:nan|inf)\b", said)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of the strings of a file that are read: several words, no docstring."""
    tree = ast.parse(path.read_text())
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in node.values}  # fmt: skip
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if id(node) not in parts | silent and " " in text.strip():
            yield node.lineno, text
    title = ast.get_docstring(tree)
    if path.parent.name == "pages" and title:
        yield 1, title
