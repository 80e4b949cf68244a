"""A walk through the app that turns anything a reader could turn: no exception, no missing number.

Every state is a page with one more change: a menu, a slider, a switch, another page with the
problem kept.  ``WALK`` states in all (``make test-deep`` takes 10,000 from a fresh ``SEED``, and
none that computes for more than ``LIMIT`` seconds); a failure prints the way that led there.
"""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.ui.frame.contents import LENSES
from lossviz.ui.sidebar.vocabulary import known
from tests.running import HOUSE, pictures, shown, unfolded

WALK = int(os.environ.get("WALK", "240"))
SEED = int(os.environ.get("SEED", "0"))
LIMIT = float(os.environ.get("LIMIT", "inf"))
PAGES = [entry.file for entry in LENSES if "neural" not in entry.file]  # training takes seconds
LONG = 12  # states before the walk starts afresh on the next page
AWAY = 0.15  # of all changes: another page
MISSING = re.compile(r"(?<![\w-])(nan|NaN|-?inf|undefined)(?![\w])")


def turns(at: AppTest) -> list[tuple[str, str, list]]:
    """What can be changed: (kind, key, values to choose from)."""
    one = ("selectbox", "radio", "button_group")
    found = [(kind, each.key, list(each.options)) for kind in one for each in at.get(kind)]
    found += [("multiselect", box.key, [[], *([o] for o in box.options), list(box.options)])
              for box in at.multiselect]  # fmt: skip
    found += [("button", each.key, [None]) for each in at.button if "-try-" in (each.key or "")]
    found += [("toggle", switch.key, [True, False]) for switch in at.toggle]
    found += [("number_input", each.key, [0.0, -1.0, 2.5, 1e6]) for each in at.number_input]
    for slider in at.slider:
        if isinstance(slider.value, int | float):
            middle = type(slider.value)((slider.min + slider.max) / 2)
            found.append(("slider", slider.key, [slider.min, middle, slider.max]))
    return [each for each in found if each[1]]


def turned(at: AppTest, kind: str, key: str, value: object) -> None:
    widget = next(w for w in at.get(kind) if w.key == key)
    if kind == "button":
        widget.click()
    elif kind == "selectbox":
        widget.select(value)
    elif isinstance(widget.value, list) and not isinstance(value, list):
        widget.set_value([value])  # a group where several may be chosen
    else:
        widget.set_value(value)


def sound(at: AppTest, way: list[str]) -> None:
    """No exception, no missing number in any word, and a link that every page can read."""
    assert not at.exception, (way, [e.message for e in at.exception])
    words = shown(at)
    said = MISSING.search(words)
    assert not said, (way, words[max(0, said.start() - 80) : said.end() + 40])
    link = at.session_state["_lossviz"].link
    strange = [key for key, word in link.items() if not known(key) or word == "None"]
    assert not strange, (way, strange)
    for each in pictures(at):
        assert b"**" not in each.proto.bytes[:4000].split(b'"figure"')[0], (way, "stars in alt")


def step(at: AppTest, rng: random.Random, way: list[str]) -> None:
    """One change: another page, or any control turned."""
    choices = turns(at)
    if rng.random() < AWAY or not choices:
        page = rng.choice(PAGES)
        way.append(page)
        at.switch_page(Path(page).name)
    else:
        kind, key, values = rng.choice(choices)
        value = rng.choice(values)
        way.append(f"{key}={value}")
        turned(at, kind, key, value)
    before = time.process_time()
    at.run()
    assert time.process_time() - before <= LIMIT, way


@pytest.mark.parametrize("page", PAGES)
def test_a_random_walk_meets_no_exception_and_no_missing_number(page):
    rng = random.Random(f"{SEED} {page}")
    for start in range(0, max(1, WALK // len(PAGES)), LONG):
        at = unfolded(AppTest.from_file(str(HOUSE / page), default_timeout=300))
        at.run()
        way = [f"SEED={SEED}, walk from {start} on {page}"]
        sound(at, way)
        for _ in range(min(LONG, WALK // len(PAGES) - start)):
            step(at, rng, way)
            sound(at, way)
