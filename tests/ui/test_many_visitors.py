"""A class at work: nobody is shown another's state, and nothing that is kept grows for ever."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import load
from tests.browser.conftest import ROOT, serving

STUDENTS = 60
# functions that keep what they made without a number of entries, and why that is bounded
BOUNDED = {
    "_shelf": "one shelf, which counts the numbers on it",
    "rooms": "one collection, which closes the room that rested longest",
    "_bytes": "the files that are served",
}


def test_sixty_students_at_once_see_their_own_states(monkeypatch):
    monkeypatch.setattr(load, "PAUSE", (0.0, 0.5))
    seen = load.Seen()

    async def lesson(url: str) -> None:
        await asyncio.gather(*(load.student(url, k, seen, most=1) for k in range(STUDENTS)))

    # a thread of its own: a browser test's driver keeps an event loop running in this one
    with serving(ROOT / "app.py") as url, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, lesson(url)).result()
    assert not seen.failed
    assert not seen.raised
    assert not seen.mixed
    assert sum(len(answers) for answers in seen.changes.values()) == STUDENTS
    assert len(seen.marks) == STUDENTS


def kept() -> Iterator[tuple[str, ast.FunctionDef, str, dict[str, object]]]:
    """Every function that keeps its results: where, the function, how, and the limits given."""
    for path in sorted((ROOT / "lossviz").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for each in node.decorator_list:
                    call = each if isinstance(each, ast.Call) else None
                    name = ast.unparse(call.func if call else each).rpartition(".")[2]
                    if "cache" in name and name != "cached_property":
                        words = call.keywords if call else []
                        limits = {w.arg: getattr(w.value, "value", w.value) for w in words if w.arg}
                        yield str(path.relative_to(ROOT)), node, name, limits


def test_everything_kept_is_bounded():
    found = list(kept())
    assert len(found) > 50
    for where, function, how, limits in found:
        if function.name in BOUNDED:
            continue
        needed = {"lru_cache": "maxsize"}.get(how, "max_entries")
        takes = [*function.args.args, *function.args.kwonlyargs]
        assert limits.get(needed) or (how == "cache" and not takes), f"{where}: {function.name}"
