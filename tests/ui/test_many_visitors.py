"""A class at work: nobody is shown another's state, and nothing that is kept grows for ever."""

from __future__ import annotations

import ast
import asyncio
import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import load
from lossviz.ui.sidebar import state
from tests.browser.conftest import ROOT, serving
from tests.running import run

STUDENTS = 60
HEAVY = ("gradient_descent", "regularization")  # a few on these; on the others a page costs little
# functions that keep what they made without a number of entries, and why that is bounded
BOUNDED = {
    "_shelf": "one shelf, which counts the numbers on it",
    "rooms": "one collection, which closes the room that rested longest",
    "_bytes": "the files that are served",
}


@pytest.mark.deep
def test_sixty_students_at_once_see_their_own_states(monkeypatch):
    monkeypatch.setattr(load, "PAUSE", (0.0, 0.0))
    seen = load.Seen()
    light = [page for page in load.CHANGES if page not in HEAVY]
    pages = [*HEAVY * 3, *light * STUDENTS][:STUDENTS]

    async def lesson(url: str) -> None:
        students = (load.student(url, k, seen, most=1, page=page) for k, page in enumerate(pages))
        await asyncio.gather(*students)

    # a thread of its own: a browser test's driver keeps an event loop running in this one
    with serving(ROOT / "app.py") as url, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, lesson(url)).result()
    assert not seen.failed
    assert not seen.raised
    assert not seen.mixed
    assert sum(len(answers) for answers in seen.changes.values()) == STUDENTS
    assert all(len(answers) >= 3 for answers in seen.changes.values())
    assert len(seen.marks) == STUDENTS


def test_what_a_session_kept_is_freed_when_it_leaves(monkeypatch):
    alive: weakref.WeakSet[state._Store] = weakref.WeakSet()
    begin = state._Store.__init__

    def begun(store: state._Store) -> None:
        begin(store)
        alive.add(store)

    monkeypatch.setattr(state._Store, "__init__", begun)
    for page in ("losses", "surface"):
        at = run(page)
        assert alive
    assert at.session_state["_lossviz_sent"]
    del at
    gc.collect()
    assert not alive


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
