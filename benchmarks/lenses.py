"""One choice in a menu, from the click to the settled picture: every lens against its floor.

Needs the test tools (Playwright and a Chromium).  The floor is the same pictures, in the same
sizes, sent from messages recorded beforehand.  Neural networks is left out: its choices train.
"""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.screens import COUNTS, SETTLED

HERE = Path(__file__).parent
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
    """Print for every lens the medians of interleaved changes and their ratio."""
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
            serving(HERE / "precomputed_lens.py") as floor,
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(executable_path=system(), args=FLAGS)
            print("one choice in a menu, click to settled picture (software WebGL)")
            for lens, (labels, pictures) in both.items():
                times = race(browser, lens, real, floor, labels, pictures, Path(folder), repeats)
                page, ideal = (median(each) for each in times)
                print(f"  {lens:18s} {page:6.0f} ms, precomputed {ideal:6.0f} ms, "
                      f"ratio {page / ideal:5.2f}   (aim: at most 1.3)", flush=True)  # fmt: skip
            browser.close()


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
    real: str,
    floor: str,
    labels: list[str],
    pictures: list[str],
    folder: Path,
    repeats: int,
) -> tuple[list[float], list[float]]:
    """Milliseconds of each change on the page, and on its floor, turn by turn."""
    change = CHANGES[lens]
    words = "&".join(f"{key}={value}" for key, value in
                     {**change.link, change.menu: change.first[0]}.items())  # fmt: skip
    pages = []
    for url in (f"{real}/{lens}?{words}", f"{floor}/?lens={lens}"):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(url)
        page.wait_for_function(SETTLED, arg=[dict.fromkeys(pictures, 0)])
        if not pages:
            (folder / f"{lens}.json").write_text(json.dumps(page.evaluate(BOXES)))
        pages.append(page)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 2):  # the first two are warm-up
        for page, found in zip(pages, times, strict=True):
            page.bring_to_front()
            spent = choose(page, change.menu, labels[(turn + 1) % 2], pictures)
            if turn > 1:
                found.append(spent)
    for page in pages:
        page.close()
    return times


def choose(page: Any, menu: str, label: str, pictures: list[str]) -> float:
    """Milliseconds from the choice until all pictures are drawn anew and the script rests."""
    from tests.browser.conftest import option

    counts = page.evaluate(COUNTS, pictures)
    chosen = option(page, menu, label)
    page.evaluate("window.begun = performance.now()")
    chosen.click()
    spent: float = page.wait_for_function(SETTLED, arg=[counts]).json_value()
    return spent
