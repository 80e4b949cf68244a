"""Scripts and notebooks: they run, and their numbers are the page's."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data, Edits, FarOff, HoldOut, Yours
from lossviz.datasets.yours import pack
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane, axes
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives.analytic import ANALYTIC, ConvexQuadratic
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.problem.script import (
    TABLE,
    Cell,
    Code,
    array,
    call,
    known,
    literal,
    notebook,
    of_surface,
    script,
)

CURVES = ("line", "linear", "polynomial", "constant", "sine")
HOSTILE = "x\"\"\"'''\n\\\"); __import__('os').abort() #"


def ran(text: str) -> dict:
    names: dict = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "script", "exec"), names)
    return names


def drawn(recipe, rng):
    """The recipe with each number somewhere between its slider's ends."""
    values = {}
    for each in recipe.hyperparameters():
        about = each.metadata
        if "low" in about and rng.random() < 0.5:
            value = rng.uniform(about["low"], about["high"])
            values[each.name] = round(value) if isinstance(each.default, int) else value
        elif "options" in about:
            values[each.name] = about["options"][rng.integers(len(about["options"]))]
    return recipe(**values)


def some_problem(seed):
    """A problem whose parts fit, of any task, now and then contaminated, edited or split."""
    rng = np.random.default_rng(seed)
    for _ in range(200):
        try:
            data = drawn(list(DATASETS.values())[rng.integers(len(DATASETS))], rng)
            task = type(data).task
            losses = [e for e in LOSSES.values() if e.task == task and e.id != "formula"]
            problem = Problem(
                data,
                drawn(MODELS[CURVES[rng.integers(len(CURVES))]], rng),
                drawn(losses[rng.integers(len(losses))], rng),
                drawn(PENALTIES[("none", "l1", "l2", "elastic_net")[rng.integers(4)]], rng),
                Edits(added=((0.5, 0.25),)) if rng.random() < 0.3 else Edits(),
                FarOff(0.2, 3.0) if task == "regression" and rng.random() < 0.3 else FarOff(),
                HoldOut("train", 0.3, 1) if rng.random() < 0.3 else HoldOut(),
            )
            risk = problem.risk()
            if len(risk.data) * risk.layout.size < 6000 and np.isfinite(
                risk.value(np.full(risk.layout.size, 0.1))
            ):
                return problem, risk
        except ValueError:
            continue
    raise AssertionError("no problem fits")


@pytest.mark.parametrize("seed", range(50))
def test_the_script_of_a_random_state_gives_its_numbers(seed):
    problem, risk = some_problem(seed)
    best, p = minimize(risk), risk.layout.size
    if p == 1:
        plane = Plane(np.zeros(1), np.ones(1), np.zeros(1), ("height", ""))
    elif seed % 2:
        plane = Plane(best.theta, *np.random.default_rng(seed).normal(size=(2, p)))
    else:
        plane = axes(best.theta, p - 2, p - 1)
    a, b = np.linspace(-1.3, 2.1, 9), np.linspace(-0.7, 0.9, 7)
    got = ran(script(of_surface("A state", problem, plane, a, b)))
    with np.errstate(all="ignore"):
        wanted = evaluate_plane(risk, plane, a, b).values
    assert got["best"].kind == best.kind
    np.testing.assert_allclose(got["best"].theta, best.theta, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got["best"].value, best.value, rtol=1e-12)
    np.testing.assert_array_equal(got["land"].values, wanted)


def surface_of(data: Data) -> Code:
    problem = Problem(Yours(pack(data)), MODELS["linear"](), LOSSES["squared"]())
    plane = axes(problem.risk().layout.size, 0, 1)
    return of_surface(HOSTILE, problem, plane, [0.0, 1.0], [0.0, 1.0])


def test_what_somebody_typed_is_never_code():
    data = Data([[1.0], [2.0], [4.0]], [1.0, 3.0, 2.0], names=(HOSTILE,), target=HOSTILE,
                units=(HOSTILE,), target_unit=HOSTILE, source=HOSTILE)  # fmt: skip
    code = surface_of(data)
    got = ran(script(code))  # os.abort would end these tests
    assert got["data"].names == Yours(pack(data)).draw().names
    assert got["data"].source == HOSTILE
    np.testing.assert_array_equal(got["data"].y, data.y)
    json.loads(notebook(code))
    typed = MODELS["formula"](expression="a*x + b")
    assert eval(call(typed), {"MODELS": MODELS}) == typed
    assert eval(literal(HOSTILE)) == HOSTILE


def test_a_script_imports_lossviz_and_numpy_alone():
    problem, _ = some_problem(3)
    plane = axes(problem.risk().layout.size, 0, 1)
    tree = ast.parse(script(of_surface("A state", problem, plane, [0.0, 1.0], [0.0, 1.0])))
    found = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    found |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {name.split(".")[0] for name in found} == {"lossviz", "numpy"}


def test_the_notebook_is_the_script_in_cells():
    problem, _ = some_problem(4)
    code = of_surface("A state", problem, axes(problem.risk().layout.size, 0, 1), [0, 1], [0, 1])
    book = json.loads(notebook(code))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{1,64}", id) for id in ids)
    lines = "\n".join("".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code")
    mine, other = ran(lines), ran(script(code))
    np.testing.assert_array_equal(mine["land"].values, other["land"].values)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_a_long_table_lies_beside_the_script(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    data = Data(rng.normal(size=(9000, 2)) * 1e-7, rng.normal(size=9000), names=("a,b", "c\nd"))
    code = surface_of(data)
    text = script(code)
    assert len(text) < 5000
    assert TABLE in text
    (tmp_path / TABLE).write_text(code.files[TABLE]())
    monkeypatch.chdir(tmp_path)
    got = ran(text)
    np.testing.assert_array_equal(got["data"].X, data.X)
    np.testing.assert_array_equal(got["data"].y, data.y)
    assert surface_of(Data(data.X[:50], data.y[:50])).files == {}


@pytest.mark.parametrize("values", [[1 / 3], [[0.1, 2.0], [3.0, 4e-300]], [[0.1], [0.2]],
                                    np.linspace(0, 1, 40)])  # fmt: skip
def test_numbers_are_written_to_their_last_digit(values):
    read = eval(array(values), {"np": np})
    np.testing.assert_array_equal(read, np.asarray(values, float))


def test_every_recipe_is_read_back_from_its_call():
    where = {"DATASETS": DATASETS, "LOSSES": LOSSES, "MODELS": MODELS, "PENALTIES": PENALTIES}
    for entries in where.values():
        for entry in entries.values():
            assert eval(call(entry()), {**where}) == entry()
    for analytic in (*ANALYTIC.values(), ConvexQuadratic(kappa=7.0)):
        assert (
            eval(known(analytic), {"ANALYTIC": ANALYTIC, "ConvexQuadratic": ConvexQuadratic})
            == analytic
        )


def test_a_script_runs_as_a_file(tmp_path):
    code = Code("One cell", (Cell("Numbers.", "print(np.arange(3).sum())"),))
    file = tmp_path / "lossviz_script.py"
    file.write_text(script(code))
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "3"
