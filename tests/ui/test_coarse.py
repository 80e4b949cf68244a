"""What takes long is drawn coarse first, then fine; a newer change leaves the fine work undone."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.landscapes import expected_seconds
from lossviz.landscapes.planes import Plane, axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import ANALYTIC, Risk
from lossviz.ui import coarse, frame, stage
from tests.running import deep_but, messages, run, text

PAGES = {
    "surface": ("surface", {"loss": "cauchy", "model": "line"}, 101),
    "your_data": ("yours-surface", {"loss": "log_cosh"}, 101),
    "outliers": ("outliers-third", {"third": "1", "loss": "log_cosh"}, 61),
    "classification": ("first", {"bdata": "blobs"}, 61),
    "validation": ("validation-1", {"task": "regression", "judge": "loss", "loss": "log_cosh"}, 81),
    "gradient_descent": ("descent-surface", {"objective": "problem"}, 101),
    "losses": ("which-line", {"data": "line", "loss": "log_cosh"}, 61),
    "neural_networks": ("net-skip", {"net__blocks": "2", "net__steps": "3"}, 51),
}
LINE = np.linspace(-1, 1, 101)


class Again(Exception):
    """Stands for Streamlit's request to draw the page again."""


class Newer(Exception):
    """Stands for Streamlit's request to run with what somebody has changed since."""


@pytest.fixture
def page(monkeypatch):
    """A page's session, outside Streamlit."""

    def rerun():
        raise Again

    monkeypatch.setattr(coarse, "st", SimpleNamespace(session_state={}, rerun=rerun))
    monkeypatch.setattr(coarse, "_fine", coarse.Shelf(2))


def sides(grids):
    """A stand-in for work: how many points it is done over."""
    return [(len(a), len(b)) for a, b in grids]


@pytest.mark.parametrize("name", deep_but(PAGES, "surface", "validation"))
def test_a_page_is_drawn_coarse_then_fine_and_ends_as_if_it_had_not(name, monkeypatch):
    key, link, n = PAGES[name]
    shown, told = [], []
    show, lesson = stage.show, frame.lesson

    def seen(figure, **how):
        if how["key"] == key:
            shown.append(np.shape(next(t.z for t in figure.data if np.ndim(t.z) == 2)))
        show(figure, **how)

    def telling(sentences, *more, **how):
        told.append(sentences)
        lesson(sentences, *more, **how)

    monkeypatch.setattr(stage, "show", seen)
    monkeypatch.setattr(frame, "lesson", telling)
    monkeypatch.setattr(coarse, "LONG", float("inf"))
    before = drawn(run(name, **link))
    assert shown == [(n, n)]
    shown.clear(), told.clear()
    monkeypatch.setattr(coarse, "LONG", 0.0)
    monkeypatch.setattr(coarse, "MOST", 21)
    monkeypatch.setattr(coarse, "_fine", coarse.Shelf(2))
    after = drawn(run(name, **link))
    assert shown == [(21, 21), (n, n)]
    assert len(told) == 1, "no sentence is made of what is coarse"
    assert after == before


def drawn(at):
    """All that a page says and shows, but for the session that it was made for."""
    sent = [{k: v for k, v in m.items() if k not in ("session", "stamp")} for m in messages(at)]
    return text(at), sent


def test_fewer_points_come_first_over_the_same_window_and_then_all_of_them(page, monkeypatch):
    coarse.begin()
    monkeypatch.setattr(coarse, "MOST", 41)
    grid = LINE, 3 * LINE
    few = coarse.drawn(lambda grids: grids[0], [grid], 1.0, "it")
    for line, whole in zip(few, grid, strict=True):
        assert coarse.LEAST <= len(line) <= 41
        assert (line[0], line[-1]) == (whole[0], whole[-1])
    with pytest.raises(Again):
        coarse.finish()
    coarse.begin()
    assert coarse.drawn(sides, [grid], 1.0, "it") == [(101, 101)]
    coarse.finish()  # nothing is left to do


@pytest.mark.parametrize("seconds", [0.0, coarse.LONG])
def test_what_takes_no_longer_than_a_moment_is_fine_at_once(page, seconds):
    coarse.begin()
    assert coarse.drawn(sides, [(LINE, LINE)], seconds, "it") == [(101, 101)]
    coarse.finish()


def test_the_longer_it_takes_the_fewer_points_come_first(page):
    coarse.begin()
    first = [coarse.drawn(sides, [(LINE, LINE)], s, s)[0][0] for s in (0.4, 1.0, 10.0, 1000.0)]
    assert first == sorted(first, reverse=True)
    assert first[0] == coarse.MOST
    assert first[-1] == coarse.LEAST


def test_a_newer_change_leaves_the_fine_work_of_the_old_state_undone(page):
    done = []

    def old(grids):
        if done:  # its fine form is asked for: somebody has changed something
            raise Newer
        done.append("old, coarse")

    def new(grids):
        done.append(f"new, {len(grids[0][0])} points")

    coarse.begin()
    coarse.drawn(old, [(LINE, LINE)], 1.0, "old")
    with pytest.raises(Newer):
        coarse.finish()
    coarse.begin()
    coarse.drawn(new, [(LINE, LINE)], 1000.0, "new")
    with pytest.raises(Again):
        coarse.finish()
    assert done == ["old, coarse", "new, 11 points", "new, 101 points"]
    coarse.begin()
    assert coarse.drawn(sides, [(LINE, LINE)], 1000.0, "old") == [(11, 11)], "it was never fine"


def seconds(data, model, loss, plane=None, n=101):
    risk = Risk(DATASETS[data]().draw(), MODELS[model](), LOSSES[loss]())
    line = np.linspace(-1, 1, n)
    return expected_seconds(risk, plane or axes(risk.layout.size, 0, 1), line, line)


def test_how_long_a_surface_takes_is_known_beforehand():
    slanted = Plane(np.zeros(2), np.array([0.6, 0.8]), np.array([-0.8, 0.6]))
    assert seconds("diabetes", "line", "squared") == 0, "an exact quadratic"
    line = axes(2, 0, 1)
    assert expected_seconds(ANALYTIC["himmelblau"], line, LINE, LINE) == 0
    assert (
        seconds("diabetes", "line", "absolute")
        < seconds("diabetes", "line", "absolute", slanted)
        == seconds("diabetes", "line", "log_cosh")
        < seconds("diabetes", "sine", "squared")
        < seconds("diabetes", "network", "squared")
        < coarse.LONG
        < seconds("diabetes", "line", "log_cosh", n=301)
    )
