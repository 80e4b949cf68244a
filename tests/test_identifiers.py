"""No name in the code is a word that only this house knows: the field has a term for each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
# private word -> the field's
INSTEAD = {
    "ground": "surface, landscape, objective",
    "grounds": "surfaces, objectives",
    "price": "loss, rho",
    "prices": "losses, loss curves",
    "priced": "defined, penalised",
    "pull": "influence, gradient",
    "pulls": "influences, gradients",
    "pulled": "gradient",
    "miss": "residual, error",
    "misses": "residuals",
    "leftovers": "residuals, diagnostics",
    "travel": "displacement",
    "unseen": "held out, validation",
    "twin": "pair, network",
    "twins": "pair, networks",
    "bend": "curvature, second derivative, activation",
    "bends": "curvature, eigenvalues",
    "bent": "curved, non-linear",
    "crease": "kink",
    "creases": "kinks",
    "creased": "kinked",
    "ink": "colour",
    "inks": "colours",
    "news": "event",
    "doctor": "examination",
    "dear": "heavy",
    "dearer": "larger",
    "dearest": "largest",
    "payer": "largest contribution",
    "fee": "cost",
    "purse": "budget",
    "lands": "landscapes",
    "terrain": "test function",
    "terrains": "test functions",
    "bowl": "quadratic",
    "bowls": "quadratics",
    "bottoms": "minima",
    "judgement": "measure, comparison",
    "parted": "split",
    "trade": "trade-off, Pareto front",
    "world": "environment",
    "worlds": "environments",
    "landing": "path, run",
    "landings": "paths, runs",
    "landed": "reached",
    "heap": "histogram",
    "endless": "unbounded",
    "spoil": "contamination",
    "ladder": "grid",
    "ruler": "height axis",
    "rulers": "height axes",
    "landmark": "mark",
    "landmarks": "marks",
    "said": "text, sentence",
    "told": "text, sentences, progress",
    "judged": "scored, validated",
    "rung": "step",
    "rungs": "steps",
}
ALLOWED = {
    "TradeOff",
    "trade_off",
    "GoldsteinPrice",  # a test function of Goldstein and Price
    "miss",  # an error of a probability, inside two losses and a metric: not a residual
}
PYTHON = [
    *sorted((HOUSE / "lossviz").rglob("*.py")), *sorted((HOUSE / "pages").glob("*.py")),
]  # fmt: skip
SCRIPTS = sorted((HOUSE / "lossviz").rglob("*.js"))


def in_python(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def in_javascript(text: str) -> list[str]:
    code = re.sub(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", "", text, flags=re.DOTALL)
    return re.findall(r"[A-Za-z_$][\w$]*", code)


def private(name: str) -> list[str]:
    """The private words that a name is made of."""
    parts = re.split(r"[_\d]+|(?<=[a-z])(?=[A-Z])", name)
    return [part for part in parts if part.lower() in INSTEAD and name not in ALLOWED]


@pytest.mark.parametrize("path", [*PYTHON, *SCRIPTS], ids=lambda p: str(p.relative_to(HOUSE)))
def test_names_are_terms_of_the_field(path):
    text = path.read_text()
    names = in_python(text) if path.suffix == ".py" else in_javascript(text)
    found = {f"{n}: say {INSTEAD[w.lower()]}" for n in (*names, path.stem) for w in private(n)}
    assert not found


def test_the_search_finds_a_private_word_in_a_name():
    assert private("show_grounds") == ["grounds"]
    assert private("lossPrice") == ["Price"]
    assert not private("background")
    assert "price" in in_javascript("const price = 1; // ground")
