"""The first picture, and one choice in a menu until it settles: every lens against its floors.

Needs the test tools (Playwright and a Chromium).  A ``bare`` page shows the same pictures, in the
same sizes, sent from messages recorded beforehand, and nothing else; a ``precomputed`` page is the
whole page sent from such messages.  Neural networks is left out: its choices train.
"""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.screens import COUNTS, SETTLED, measured

HERE = Path(__file__).parent
WARM = 4  # choices that are not counted: until the precomputed page has kept both states
BOXES = """() => Object.fromEntries([...document.querySelectorAll('.stage')]
    .map((each) => [each.closest('[class*="st-key-"]').className.match(/st-key-(\\S+)/)[1],
        each.querySelector('.stage-plot')?.getBoundingClientRect() ?? each.getBoundingClientRect()])
    .map(([key, { width, height }]) => [key, [Math.round(width), Math.round(height)]]))"""


class Change(NamedTuple):
    """A menu of a page by its key, and two choices: how the link and the menu name them."""

    menu: str
    first: tuple[str, str]
    second: tuple[str, str]
    link: Mapping[str, str] = {}


SQUARED, ABSOLUTE = ("squared", "Squared error"), ("absolute", "Absolute error")
BINARY = ("cross_entropy", "Cross-entropy"), ("squared_hinge", "Squared hinge")
CHANGES = {
    "losses": Change("loss", SQUARED, ABSOLUTE, {"task": "regression"}),
    "surface": Change("loss", SQUARED, ABSOLUTE),
    "gradient_descent": Change("loss", SQUARED, ("huber", "Huber")),
    "outliers": Change("loss", ("huber", "Huber"), ("log_cosh", "Log-cosh")),
    "regularization": Change("penalty", ("l1", "L1 (lasso)"), ("l2", "L2 (ridge)")),
    "classification": Change("bloss", *BINARY, {"task": "binary"}),
    "validation": Change("bloss", *BINARY, {"task": "binary"}),
    "residuals": Change("loss", SQUARED, ABSOLUTE, {"task": "regression"}),
    "combined": Change(
        "comb-scene", ("bowls", "Two tasks"), ("exercise", "Two targets of one dataset")
    ),
    "acting": Change(
        "act-world", ("two_states", "Two states, two actions"), ("two_arms", "Bandit with two arms")
    ),
}


def run(repeats: int = 6) -> None:
    """Print for every lens the medians of interleaved loads, and changes, and their ratios."""
    try:
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import FLAGS, serving
        from tests.chromium import system
    except ImportError:
        print("every lens: Playwright is not installed; make test installs it")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LENSES"] = folder
        both = {lens: record(lens, change, Path(folder)) for lens, change in CHANGES.items()}
        with (
            serving(HERE.parent / "app.py") as real,
            serving(HERE / "recorded_page.py") as precomputed,
            serving(HERE / "precomputed_lens.py") as bare,
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(executable_path=system(), args=FLAGS)
            print("milliseconds until the pictures have settled (software WebGL): the page, itself")
            print("precomputed (aim of a choice: 1.3 times), a bare page (aim of the first: 1.5)")
            print(f"  {'':16s} {'one choice':>40s}   {'first picture':>32s}")
            for lens, (labels, pictures) in both.items():
                words = "&".join(f"{key}={value}" for key, value in opening(lens).items())
                addresses = [f"{each}/{lens}?{words}" for each in (real, precomputed)]
                urls = (*addresses, f"{bare}/?lens={lens}")
                choices, loads = race(browser, lens, urls, labels, pictures, Path(folder), repeats)
                print(f"  {lens:16s} {told(choices)}   {told(loads)}", flush=True)
            browser.close()


def opening(lens: str) -> dict[str, str]:
    """The link of a lens before its menu's first choice is left."""
    change = CHANGES[lens]
    return {**change.link, change.menu: change.first[0]}


def told(times: Sequence[Sequence[float]]) -> str:
    """The medians of the page and of its floors, each floor with its ratio."""
    page, *floors = (median(each) for each in times)
    return f"{page:6.0f} " + " ".join(f"{each:6.0f} {page / each:5.2f}" for each in floors)


def record(lens: str, change: Change, folder: Path) -> tuple[list[str], list[str]]:
    """The two labels, and the pictures that differ between both states; what the floor shows."""
    from lossviz.ui.stage import messages
    from tests.running import run as opened

    states: dict[str, dict[str, Any]] = {}
    usual = messages.send
    for id, label in (change.first, change.second):
        seen: dict[str, Any] = states.setdefault(label, {})

        def send(entry, key, message, callbacks, figure=None, seen=seen):
            seen[key] = (entry, dict(message), figure)
            usual(entry, key, message, callbacks, figure)

        messages.send = send
        try:
            opened(lens, **{**change.link, change.menu: id})
        finally:
            messages.send = usual
    (folder / f"{lens}.pickle").write_bytes(pickle.dumps((change.menu, states)))
    one, two = states.values()
    changed = [
        key
        for key, (entry, *shown) in one.items()
        if entry == "picture" and key in two and _differ(shown, two[key][1:])
    ]
    return list(states), changed


def _differ(one: Any, two: Any) -> bool:
    return pickle.dumps([*one]) != pickle.dumps([*two])


def race(
    browser: Any,
    lens: str,
    urls: Sequence[str],
    labels: list[str],
    pictures: list[str],
    folder: Path,
    repeats: int,
) -> tuple[list[list[float]], list[list[float]]]:
    """Milliseconds of each change, and of each load, on the page and on its floors in turns."""
    change = CHANGES[lens]
    loads: list[list[float]] = [[] for _ in urls]
    for turn in range(repeats // 2 + 1):  # the first is warm-up; the last stays open
        pages = []
        for url, spent in zip(urls, loads, strict=True):
            page = measured(browser)
            page.goto(url)
            loaded = page.wait_for_function(SETTLED, arg=[dict.fromkeys(pictures, 0)])
            if turn:
                spent.append(loaded.json_value())
            elif not pages:
                (folder / f"{lens}.json").write_text(json.dumps(page.evaluate(BOXES)))
            if turn < repeats // 2:
                page.close()
            pages.append(page)
    times: list[list[float]] = [[] for _ in urls]
    for turn in range(repeats + WARM):
        for page, found in zip(pages, times, strict=True):
            page.bring_to_front()
            spent = choose(page, change.menu, labels[(turn + 1) % 2], pictures)
            if turn >= WARM:
                found.append(spent)
    for page in pages:
        page.close()
    return times, loads


def choose(page: Any, menu: str, label: str, pictures: list[str]) -> float:
    """Milliseconds from the choice until the last picture is drawn anew."""
    from tests.browser.conftest import option

    counts = page.evaluate(COUNTS, pictures)
    option(page, menu, label).click()
    spent: float = page.wait_for_function(SETTLED, arg=[counts]).json_value()
    return spent
