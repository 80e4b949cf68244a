"""The house has one direction: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
FLOOR = {
    "recipes": 0,
    "derivatives": 0,
    "words": 0,
    "formula": 0,
    "doctor": 0,
    "datasets": 1,
    "losses": 1,
    "penalties": 1,
    "models": 1,
    "optimizers": 1,
    "heights": 1,
    "analytic": 2,
    "objectives": 3,
    "planes": 3,
    "problems": 4,
    "minima": 5,
    "trajectories": 5,
    "curvature": 5,
    "grids": 6,
    "landscapes": 6,
    "metrics": 6,
    "windows": 6,
    "statement": 5,
    "spectra": 2,
    "densities": 2,
    "connectivity": 6,
    "symmetries": 5,
    "layers": 5,
    "roughness": 7,
    "training": 6,
    "twins": 8,
    "unseen": 8,
    "pinn": 6,
    "leftovers": 6,
    "identity": 7,
    "landscape_files": 7,
    "export": 8,
    "landmarks": 6,
    "regularization": 6,
    "influence": 6,
    "travels": 7,
    "fits": 6,
    "prices": 4,
    "misses": 6,
    "adaptive": 5,
    "noise": 6,
    "regions": 5,
    "separation": 6,
    "grounds": 7,
    "races": 8,
    "scaling": 8,
    "arrows": 6,
    "findings": 8,
    "figures": 8,
    "ui": 9,
}
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
    for name in imports(path):
        top, *rest = name.split(".")
        if top == "lossviz" and rest and rest[0] != here and here != "__init__":
            there = rest[0]
            assert FLOOR[there] <= FLOOR[here], f"{here} must not know {there}"
            assert not {here, there} <= STRANGERS, f"{here} and {there} are strangers"
        elif top in OUTSIDE:
            assert here == OUTSIDE[top], f"{here} must not import {top}"


def test_figures_do_not_compute():
    for path in (HOUSE / "lossviz" / "figures").rglob("*.py"):
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
