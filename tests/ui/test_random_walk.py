"""A walk through the app that turns anything a reader could turn: no exception, no missing number.

Every state is a page with one more change: a menu, a slider, a switch, another page with the
problem kept.  ``WALK`` states in all (``make test-deep`` takes 10,000 from a fresh ``SEED``); a
failure prints the way that led there.
"""

from __future__ import annotations

import os
import random
import re

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.ui.frame.contents import LENSES
from tests.running import HOUSE, text

WALK = int(os.environ.get("WALK", "20"))
SEED = int(os.environ.get("SEED", "0"))
PAGES = [entry.file for entry in LENSES if "neural" not in entry.file]  # training takes seconds
LONG = 12  # states before the walk starts afresh on the next page
MISSING = re.compile(r"(?<![\w-])(nan|NaN|-?inf)(?![\w])")


def turns(at: AppTest) -> list[tuple[str, str, list]]:
    """What can be changed: (kind, key, values to choose from)."""
    found = [("selectbox", box.key, list(box.options)) for box in at.selectbox]
    found += [("toggle", switch.key, [True, False]) for switch in at.toggle]
    found += [("number_input", each.key, [0.0, -1.0, 2.5, 1e6]) for each in at.number_input]
    for slider in at.slider:
        if isinstance(slider.value, int | float):
            middle = type(slider.value)((slider.min + slider.max) / 2)
            found.append(("slider", slider.key, [slider.min, middle, slider.max]))
    return [each for each in found if each[1]]


def turned(at: AppTest, kind: str, key: str, value: object) -> None:
    widget = next(w for w in at.get(kind) if w.key == key)
    if kind == "selectbox":
        widget.select(value)
    else:
        widget.set_value(value)


@pytest.mark.parametrize("page", PAGES)
def test_a_random_walk_meets_no_exception_and_no_missing_number(page):
    rng = random.Random(f"{SEED} {page}")
    for start in range(0, max(1, WALK // len(PAGES)), LONG):
        at = AppTest.from_file(str(HOUSE / page), default_timeout=300)
        at.run()
        way = [f"SEED={SEED}, walk from {start}"]
        for _ in range(min(LONG, WALK // len(PAGES) - start)):
            assert not at.exception, (way, [e.message for e in at.exception])
            said = MISSING.search(text(at))
            assert not said, (way, text(at)[max(0, said.start() - 80) : said.end() + 40])
            choices = turns(at)
            if not choices:
                break
            kind, key, values = rng.choice(choices)
            value = rng.choice(values)
            way.append(f"{key}={value}")
            turned(at, kind, key, value)
            at.run()
        assert not at.exception, (way, [e.message for e in at.exception])
