"""The evidence for an ending, on paths made by hand: what counts as growing, stuck, calm or level.

Each number is held from both sides, by paths that lie just within it and just beyond.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lossviz.descent import descend
from lossviz.descent.evidence import Evidence, gather, recent
from lossviz.objectives.analytic import ANALYTIC, Level
from lossviz.optimizers import OPTIMIZERS


def seen(moves, values=None, start=0.0) -> Evidence:
    """The evidence on a path along x by these moves; the values rise where none are given."""
    x = start + np.concatenate([[0.0], np.cumsum(moves)])
    points = np.stack([x, 0 * x], axis=-1)[:, None]
    values = np.arange(len(x), dtype=float) + 1 if values is None else np.asarray(values, float)
    return gather(Level(), points, values[:, None])


@pytest.mark.parametrize(("points", "last"), [(1, 0), (2, 1), (5, 4), (31, 5), (61, 6), (201, 20)])
def test_the_last_tenth_is_five_steps_at_least_and_the_whole_path_at_most(points, last):
    assert recent(points) == last


def test_steps_that_grow_are_half_as_long_again_as_the_middle_one_lately():
    """Of 100 steps the last ten are looked at, and no other."""
    usual = np.ones(90)
    assert seen([*usual, *np.full(10, 1.6)]).growing
    assert not seen([*usual, *np.full(10, 1.4)]).growing
    assert not seen([*np.full(10, 1.6), *usual]).growing
    # one long step among ten: a mean of 1.6, and it is the first or the last of them
    for place in (0, 9):
        late = np.ones(10)
        late[place] = 7.0
        assert seen([*usual, *late]).growing
    assert not seen([*np.ones(89), 7.0, *np.ones(10)]).growing


def test_growing_steps_diverge_where_the_value_rises_or_falls_beyond_all_measure():
    moves = [*np.ones(90), *np.full(10, 90.0)]  # ends at 990
    highest_before = [1.0, *np.full(89, 5.0), *np.full(11, 4.0)]
    assert not seen(moves, highest_before).growing
    assert not seen(moves, np.linspace(5, 4, 101)).growing
    assert not seen(moves, [*np.full(100, 1.0), -1001.0]).growing  # not far enough
    far = 10 * np.array(moves)
    assert seen(far, [*np.full(100, 1.0), -1001.0]).growing
    assert not seen(far, [*np.full(100, 1.0), -999.0]).growing


def test_of_a_path_of_a_few_steps_only_one_that_went_far_grows():
    """A thousand times the size of its start, and one more."""
    for start, reach in ((0.0, 1000.0), (1.0, 2000.0)):
        for share, far in ((1.01, True), (0.99, False)):
            end = reach * share - start
            assert bool(seen([0.1 * end, 0.1 * end, 0.8 * end], start=start).growing[0]) is far
    assert not seen([*np.ones(8), 2.0]).growing  # nine
    assert seen([*np.ones(9), *np.full(5, 2.0)]).growing


def test_a_path_is_calm_whose_last_steps_are_a_tenth_of_its_size_at_most():
    for start, longest in ((0.0, 0.1), (9.0, 1.0)):
        for share, calm in ((0.99, True), (1.02, False)):
            late = np.zeros(10)
            late[::2], late[1::2] = longest * share, -longest * share
            assert bool(seen([*np.zeros(90), *late], start=start).calm[0]) is calm
    assert seen([*np.full(45, 5.0), *np.full(45, -5.0), *np.zeros(10)]).calm  # long ago


def test_a_path_is_stuck_that_was_not_lower_in_its_last_tenth():
    falling = np.linspace(10, 5, 101)
    assert not seen(np.zeros(100), falling).stuck
    assert seen(np.zeros(100), [*falling[:91], *np.full(10, falling[90])]).stuck
    assert seen(np.zeros(100), [*falling[:91], *np.full(10, falling[90] - 1e-9)]).stuck  # rounding
    assert not seen(np.zeros(100), [*falling[:91], *np.full(10, falling[90] - 1e-8)]).stuck
    assert not seen(np.zeros(9), np.full(10, 3.0)).stuck  # too few steps to tell
    assert seen(np.zeros(10), np.full(11, 3.0)).stuck


def test_the_change_is_that_of_the_last_tenth():
    values = [*np.full(90, 7.0), 5.0, *np.full(9, 4.0), 3.0]
    assert seen(np.zeros(100), values).change == pytest.approx(3.0 - 5.0)


class Bowl:
    """1e6 above zero at its lowest point, with curvatures 1 and ``slight``."""

    layout = SimpleNamespace(size=2)

    def __init__(self, slight, centre):
        self.curved, self.centre = np.array([1.0, slight]), np.array(centre)

    def value(self, theta):
        return 1e6 + 0.5 * (self.curved * (np.asarray(theta) - self.centre) ** 2).sum(-1)

    def gradient(self, theta):
        return self.curved * (np.asarray(theta) - self.centre)

    def hessian(self, theta):
        return np.broadcast_to(np.diag(self.curved), (*np.shape(theta)[:-1], 2, 2))


@pytest.mark.parametrize(
    ("centre", "slight", "sort"),
    [
        ((0.0, 0.0), 5e-7, "a flat place"),
        ((0.0, 0.0), 2e-6, "a local minimum"),
        ((3.0, -1.0), 5e-8, "a flat place"),  # over four units, squared
        ((3.0, -1.0), 1e-7, "a local minimum"),
    ],
)
def test_a_curvature_is_none_that_bends_the_value_by_its_rounding_only(centre, slight, sort):
    path = descend(Bowl(slight, centre), OPTIMIZERS["gd"](lr=0.1), centre, steps=3)
    assert path.ending.kind == "converged"
    assert sort in path.ending.message


def test_a_step_that_is_not_there_is_refused_with_those_that_are():
    path = descend(ANALYTIC["booth"], OPTIMIZERS["gd"](lr=0.01), [1.0, 2.0], steps=5)
    assert path.explain(4)
    for step in (-1, 5):
        with pytest.raises(ValueError, match=rf"steps 0 to 4; there is no step {step}"):
            path.explain(step)


def test_a_search_for_the_step_length_is_told_for_many_starts_as_for_each_alone():
    starts = np.array([[1.0, 2.0], [-3.0, 0.5]])
    rule = OPTIMIZERS["lbfgs"]()
    together = [*descend(ANALYTIC["himmelblau"], rule, starts, steps=4).replay()]
    for row, start in enumerate(starts):
        alone = descend(ANALYTIC["himmelblau"], rule, start, steps=4).replay()
        for one, both in zip(alone, together, strict=True):
            for mine, all_ in zip(one, both, strict=True):
                np.testing.assert_allclose(np.asarray(all_.value)[row], mine.value, rtol=1e-9)
