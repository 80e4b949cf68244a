"""How many small faults a room's tests notice: ``python -m tests.mutations --room minima``.

A place in the room's modules is drawn at random and changed in a copy of the project: a comparison
turned round, a number larger, an operator swapped, a ``not`` dropped, two branches exchanged.
The room's own tests then run, the quickest files first, and after them others that import the
changed module, until one fails.  A change that all of
them pass has survived: a test is missing, or nothing that anybody could notice depends on it.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

PROJECT = Path(__file__).parent.parent
ROOMS = ("minima", "regularization", "descent", "metrics", "outliers")
COPIED = ("lossviz", "pages", "tests", "app.py", "pyproject.toml")
# words for how long or how much something may work: nobody could notice a little more
BUDGETS = {"limit", "maxiter", "max_iter", "maxsize"}
MANY = 100  # one more than so many is too little to be noticed: such a number grows tenfold
SLACK = 3.0  # times the time of all tests: after a change that takes longer a loop may never end

# what each operator becomes; a sign or a ``not`` goes away
TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


class Place(NamedTuple):
    """Something in a module that can be changed: the ``number``-th of them."""

    path: Path
    number: int
    line: int
    change: str


class _Changed(ast.NodeTransformer):
    """Lists the ``places`` (line, change) of a tree, and changes the one with a number."""

    def __init__(self, number: int = -1) -> None:
        self.number = number
        self.places: list[tuple[int, str]] = []

    def visit(self, node: ast.AST) -> ast.AST:
        match node:
            case ast.keyword(arg=str(name), value=ast.Constant()) if name in BUDGETS:
                return node
            case ast.Assign(targets=[ast.Name(id="BUDGET")]):
                return node
        new = changed(node)
        if new is not None:
            self.places.append((node.lineno, f"{ast.unparse(node)}  ->  {ast.unparse(new)}"))
            if len(self.places) - 1 == self.number:
                return new
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        # nothing runs in an annotation
        kept = {name: getattr(node, name, None) for name in ("annotation", "returns")}
        for name, value in kept.items():
            if value is not None:
                setattr(node, name, None)
        super().generic_visit(node)
        for name, value in kept.items():
            if value is not None:
                setattr(node, name, value)
        return node


def changed(node: ast.AST) -> ast.AST | None:
    """The changed node, or None where there is nothing to change."""
    new = copy.copy(node)
    match new:
        case ast.Compare(ops=[op]) if type(op) in TURNED:
            new.ops = [TURNED[type(op)]()]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if type(op) in TURNED:
            new.op = TURNED[type(op)]()
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            return new.operand
        case ast.Constant(value=bool()):
            new.value = not new.value
        case ast.Constant(value=int() | float()):
            new.value = new.value + 1 if abs(new.value) < MANY else new.value * 10
        case ast.IfExp():
            new.body, new.orelse = new.orelse, new.body
        case _:
            return None
    return new


def places(room: str, project: Path = PROJECT) -> list[Place]:
    """All places of a room's modules."""
    found = []
    for path in sorted((project / "lossviz" / room).rglob("*.py")):
        look = _Changed()
        look.visit(ast.parse(path.read_text(encoding="utf-8")))
        at = path.relative_to(project)
        found += [Place(at, i, line, told) for i, (line, told) in enumerate(look.places)]
    return found


def with_change(source: str, number: int) -> str:
    """A module's source with its ``number``-th place changed."""
    tree = _Changed(number).visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


class Copy:
    """A copy of the project in ``folder``, in which a room's tests run."""

    def __init__(self, folder: Path, room: str) -> None:
        self.folder = folder
        for name in COPIED:
            source = PROJECT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "browser")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy(source, folder / name)
        self.files = [f"tests/{room}"]
        self.limit: float | None = None

    def fails(self, *options: str, also: Sequence[str] = ()) -> bool:
        """Whether a test of the room's files fails, or of ``also``, or none ends in time."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider"]
        try:
            ended = subprocess.run(
                [*command, "-k", "not page", *options, *self.files, *also],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                timeout=self.limit,
            )
        except subprocess.TimeoutExpired:
            return True
        return ended.returncode != 0

    def prepare(self) -> None:
        """Run everything unchanged: it must pass, and tells which files are the quickest.

        Raises ValueError where a test fails.
        """
        report, start = self.folder / "report.xml", time.monotonic()
        if self.fails(f"--junit-xml={report}"):
            raise ValueError("The tests fail before anything is changed: run them first.")
        self.limit = 300 + SLACK * (time.monotonic() - start)
        seconds: dict[str, float] = {}
        for case in ElementTree.parse(report).iter("testcase"):
            file = case.attrib["classname"].replace(".", "/") + ".py"
            seconds[file] = seconds.get(file, 0.0) + float(case.attrib["time"])
        self.files = sorted(seconds, key=seconds.__getitem__)

    def importing(self, module: Path) -> list[str]:
        """Files of other rooms' tests that import a module by its name."""
        name = ".".join(module.with_suffix("").parts)
        files = sorted((self.folder / "tests").rglob("test_*.py"))
        named = [file for file in files if f"{name} import" in file.read_text(encoding="utf-8")]
        others = [str(file.relative_to(self.folder)) for file in named]
        return [file for file in others if file not in self.files and "_page" not in file]

    def notices(self, place: Place) -> bool:
        """Whether the tests fail with a change, which is then taken back."""
        path = self.folder / place.path
        source = path.read_text(encoding="utf-8")
        path.write_text(with_change(source, place.number), encoding="utf-8")
        try:
            return self.fails(also=self.importing(place.path))
        finally:
            path.write_text(source, encoding="utf-8")


def main() -> None:
    """Print each change with its outcome, and the share that was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--room", action="append", choices=ROOMS, help="default: each in turn")
    parser.add_argument("--sample", type=int, default=20, help="changes per room")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    for room in chosen.room or ROOMS:
        every = places(room)
        sample = random.Random(chosen.seed).sample(every, min(chosen.sample, len(every)))
        with tempfile.TemporaryDirectory() as folder:
            project = Copy(Path(folder), room)
            project.prepare()
            noticed = 0
            for place in sample:
                killed = project.notices(place)
                noticed += killed
                outcome = "killed  " if killed else "SURVIVED"
                print(f"{outcome} {place.path}:{place.line}: {place.change}", flush=True)
        print(
            f"{room}: {noticed} of {len(sample)} changes killed ({noticed / len(sample):.0%}), "
            f"drawn from {len(every)} places with --seed {chosen.seed}",
            flush=True,
        )


if __name__ == "__main__":
    main()
