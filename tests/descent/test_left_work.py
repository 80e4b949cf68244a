"""What a panel of Gradient descent computes is left as soon as its visitor changes something."""

from __future__ import annotations

import pytest

from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.ui import bars
from lossviz.ui.cache import parts
from lossviz.ui.lenses.descent import cache
from tests.descent.test_race import problem, surface_of

RULES = (OPTIMIZERS["gd"](lr=0.01), OPTIMIZERS["adam"](lr=0.1))
RATES = {"gd": 0.01, "adam": 0.1}


class Newer(Exception):
    """Stands for Streamlit's request to run again."""


def scene(name):
    posed = problem()
    return cache.Scene(surface_of(posed), (name, *parts(posed)), posed)


def setting(on, steps=40):
    return cache.Setting(on.surface.home, steps, SCHEDULES["constant"](), 16, 0)


WORK = {
    "rates": lambda on: cache.sweeps(on, RULES, RATES, setting(on)),
    "batches": lambda on: cache.noise(
        on, RULES[0], setting(on), on.surface.theta(on.surface.home), 3
    ),
    "race": lambda on: cache.race(on, RULES, setting(on)),  # scaling the inputs runs two of them
}


@pytest.mark.parametrize("name", WORK)
def test_a_newer_change_stops_it_and_what_was_left_is_not_kept(name, monkeypatch):
    on, heard = scene(name), []

    def leave(fraction=0.0):
        heard.append(fraction)
        if fraction > 0:
            raise Newer

    for module in (bars, cache):
        monkeypatch.setattr(module, "heed", leave)
    with pytest.raises(Newer):
        WORK[name](on)
    assert 0 < heard[-1] < 1
    for module in (bars, cache):
        monkeypatch.setattr(module, "heed", heard.append)
    WORK[name](on)
    asked = len(heard)
    WORK[name](on)
    assert len(heard) == asked, "what was finished is kept"
