"""The benchmarks write what they printed where it was written last, and nothing else."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from benchmarks import timing
from benchmarks.__main__ import CONTEXT, PARTS, README, main, written
from benchmarks.timing import Contender, race


def test_a_table_takes_its_own_place_and_a_new_one_the_last():
    first = written("# Measured\n", "lines", "1.0 ms\n")
    both = written(first, "memory", "3 MB\n")
    again = written(both, "lines", r"2.0 ms \1" + "\n")
    assert again.startswith("# Measured\n\n<!-- lines -->")
    assert "1.0 ms" not in again
    assert again.index(r"2.0 ms \1") < again.index("<!-- memory -->") < again.index("3 MB")
    assert written(again, "memory", "3 MB\n") == again


def test_an_unknown_part_is_refused_before_anything_runs():
    before = README.read_text()
    with pytest.raises(SystemExit, match="not speed"):
        main(["--write", "speed"])
    assert README.read_text() == before


def test_pages_opened_without_a_browser_do_not_warn_of_it(monkeypatch):
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    logger = logging.getLogger(CONTEXT)
    monkeypatch.setattr(logger, "filters", [])
    logger.addHandler(handler)
    monkeypatch.setitem(PARTS, "opened", get_script_run_ctx)
    try:
        get_script_run_ctx()
        assert len(said) == 1  # there is something to silence
        main(["opened"])
        logger.warning("another")
    finally:
        logger.removeHandler(handler)
    assert said[1:] == ["another"]


def test_a_race_says_what_each_took_and_which_part_of_the_work_it_did(capsys, monkeypatch):
    ours, ran = Contender("lossviz", lambda: np.arange(4.0)), []
    part = Contender("loop", lambda: ran.append(4) or np.arange(4.0), share=0.5,
                     part=lambda: ran.append(2) or np.arange(2.0))  # fmt: skip
    race("Numbers", [ours, part, Contender("JAX", None)], rtol=1e-9, turns=1)
    said = capsys.readouterr().out
    assert ran[0] == 2  # to see how long all would take
    assert set(ran[1:]) == {4}
    assert "of the work" not in said
    monkeypatch.setattr(timing, "LONG", 0.0)
    ran.clear()
    race("Numbers", [ours, part, Contender("JAX", None)], rtol=1e-9, turns=1)
    said = capsys.readouterr().out
    assert set(ran) == {2}
    assert "(from 50.00% of the work)" in said
    assert "not installed" in said
    assert "CPU" in said
    with pytest.raises(AssertionError, match="wrong"):
        race("Numbers", [ours, Contender("wrong", lambda: np.ones(4))], rtol=1e-9, turns=1)
