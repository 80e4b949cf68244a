"""Every task, and every link of README and Home, opens the state it names."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.problem.link import read_link
from lossviz.ui import frame
from lossviz.ui.frame.examples import FAMOUS
from tests.running import HOUSE, WIDGETS, deep_but, pictures, run, settled, text

PAGES = sorted(path.stem for path in (HOUSE / "pages").glob("*.py"))
SLOW = {"neural_networks", "residuals"}  # they train: the link of a task is not opened again
LINKS = [
    *re.findall(r"[`\"(](\w+\?[\w=&.,:-]+)", (HOUSE / "README.md").read_text()),
    *(
        f"{Path(example.file).stem}?" + "&".join(f"{k}={v}" for k, v in example.query.items())
        for example in FAMOUS
    ),
]


def tasks(page: str) -> list[frame.Task]:
    """What stands in a page's table of tasks, without running the page."""
    found: dict[str, Any] = {}
    for node in ast.parse((HOUSE / "pages" / f"{page}.py").read_text()).body:
        if isinstance(node, ast.Assign | ast.Import | ast.ImportFrom):
            exec(compile(ast.Module([node], []), page, "exec"), found)
        if "TASKS" in found:
            return found["TASKS"]
    return []


def values(at: AppTest) -> dict[str, Any]:
    """What every widget shows, by its key."""
    kinds = set(WIDGETS) - {"button", "expander"}
    return {each.key: each.value for kind in kinds for each in at.get(kind) if each.key}


def differing(at: AppTest, named: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings that a page does not have, as (named, shown)."""
    seen = values(at)
    for key in named.keys() - seen.keys():  # set, though this page draws no widget for it
        with suppress(KeyError):
            seen[key] = at.session_state[key]
    found = {
        key: (value, seen.get(key, "no such key"))
        for key, value in named.items()
        if value is not None
    }
    return {key: both for key, both in found.items() if str(both[0]) != str(both[1])}


@pytest.mark.parametrize("link", LINKS)
def test_a_link_opens_what_it_names(link):
    page, words = read_link(link)
    at = run(page, **{key.replace("-", "__"): value for key, value in words.items()})
    assert not differing(at, words)
    assert not at.warning
    assert not at.error
    assert pictures(at)


WITH_TASKS = [page for page in PAGES if tasks(page)]


@pytest.mark.parametrize("page", deep_but(WITH_TASKS, *{*WITH_TASKS} - SLOW))
def test_a_task_opens_what_it_names_and_so_does_its_link(page):
    at = run(page)
    for number, task in enumerate(tasks(page)):
        next(b for b in at.button if (b.key or "").endswith(f"-try-{number}")).click()
        settled(at)
        assert not differing(at, dict(task.settings)), task.ask
        assert not at.warning, task.ask
        assert not at.error, task.ask
        if page not in SLOW:
            link = {key.replace("-", "__"): value for key, (value,) in words(at).items()}
            again = run(page, **link)
            assert values(again) == values(at), task.ask
            assert findings(again, page) == findings(at, page), task.ask


def findings(at: AppTest, page: str) -> str:
    """What the page says of its state; the task it offers next is none of that."""
    said = text(at)
    for task in tasks(page):
        said = said.replace(task.ask, "")
    return said


def words(at: AppTest) -> dict[str, list[str]]:
    """The words of the page's link."""
    found = at.query_params
    return {key: value if isinstance(value, list) else [value] for key, value in found.items()}
