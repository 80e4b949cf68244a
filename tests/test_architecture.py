"""The house has one direction: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
# every room and its floor: a room knows only rooms on lower floors
FLOOR = {
    "recipes": 0,
    "patience": 0,
    "text": 0,
    "formula": 0,
    "datasets": 1,
    "losses": 1,
    "penalties": 1,
    "models": 1,
    "optimizers": 1,
    "finite_differences": 2,
    "objectives": 3,
    "problem": 4,
    "curvature": 4,
    "minima": 5,
    "landscapes": 6,
    "metrics": 7,
    "descent": 7,
    "outliers": 8,
    "regularization": 8,
    "classification": 8,
    "networks": 8,
    "residuals": 8,
    "combined": 8,
    "acting": 8,
    "validation": 8,
    "exports": 8,
    "lessons": 9,
    "findings": 9,
    "figures": 9,
    "ui": 10,
}
ALIASES = {"planes", "trajectories", "pinn"}  # import paths of the contract, one file each
STRANGERS = {"datasets", "losses", "penalties", "models", "optimizers"}
OUTSIDE = {"plotly": "figures", "streamlit": "ui", "starlette": "ui"}
FILES = sorted((HOUSE / "lossviz").rglob("*.py"))


def imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def room(path: Path) -> str:
    return path.relative_to(HOUSE / "lossviz").with_suffix("").parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_room_knows_only_the_rooms_below(path):
    here = room(path)
    if here in ALIASES:
        return
    for name in imports(path):
        top, *rest = name.split(".")
        if top == "lossviz" and rest and rest[0] != here and here != "__init__":
            there = rest[0]
            assert FLOOR[there] < FLOOR[here], f"{here} must not know {there}"
            assert not {here, there} <= STRANGERS, f"{here} and {there} are strangers"
        elif top in OUTSIDE:
            assert here == OUTSIDE[top], f"{here} must not import {top}"


def graph(files: list[Path]) -> dict[str, set[str]]:
    """The rooms that files lie in, each with the rooms it imports; the contract's doors aside."""
    found: dict[str, set[str]] = {}
    for path in files:
        if (here := room(path)) in {*ALIASES, "__init__", "__main__"}:
            continue
        known = found.setdefault(here, set())
        for name in imports(path):
            top, *rest = name.split(".")
            if top == "lossviz" and rest and rest[0] != here:
                known.add(rest[0])
    return found


def test_a_drawing_of_the_imports_has_at_most_thirty_rooms_and_no_circle():
    drawing = graph(FILES)
    assert drawing.keys() == FLOOR.keys()
    assert len(drawing) <= 30
    assert len(list(TopologicalSorter(drawing).static_order())) == len(drawing)  # or CycleError


def test_the_drawing_is_of_the_imports_as_they_are():
    drawing = graph(FILES)
    assert {"datasets", "losses", "models"} <= drawing["objectives"]
    with pytest.raises(CycleError):
        list(TopologicalSorter(drawing | {"text": {"ui"}}).static_order())


def test_no_result_depends_on_the_clock():
    """A search that stops by time finds less on a slower machine, or beside other visitors."""
    for path in FILES:
        if room(path) not in ("ui", "__main__"):
            assert "time" not in set(imports(path)), path


@pytest.mark.parametrize("place", ["figures", "findings"])
def test_pictures_and_sentences_do_not_compute(place):
    """A number is computed once, in its topic's room, for the picture and for the sentence."""
    for path in (HOUSE / "lossviz" / place).rglob("*.py"):
        assert not {"numpy", "scipy", "sklearn"} & {n.split(".")[0] for n in imports(path)}, path


@pytest.mark.parametrize("path", sorted((HOUSE / "pages").glob("*.py")), ids=lambda p: p.name)
def test_pages_do_not_draw(path):
    assert not {"plotly", "scipy", "sklearn"} & {n.split(".")[0] for n in imports(path)}


def test_the_core_loads_neither_plotly_nor_streamlit():
    rooms = [n for n in FLOOR if n not in ("figures", "ui")]
    rooms = [n for n in rooms if any(room(p) == n for p in FILES)]
    code = ";".join(f"import lossviz.{n}" for n in rooms)
    code += ";import sys;print([m for m in ('plotly','streamlit','torch') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=HOUSE, check=True
    )
    assert done.stdout.strip() == "[]"
