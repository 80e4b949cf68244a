"""How far minima go, where nothing moved, where rounding did, and where a fit does not exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data, Edits, FarOff
from lossviz.losses import LOSSES
from lossviz.minima import Minimum
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.displacement import Side, breakdown, trail, untouched
from lossviz.problem.problem import Problem

LINE = MODELS["line"]()


def posed(loss: str, edits: str = "", data: str = "anscombe") -> Problem:
    return Problem(DATASETS[data](), LINE, LOSSES[loss](), edits=Edits.parse(edits))


def side(theta, before, x=(0.0, 1.0, 5.0)) -> Side:
    risk = Risk(Data(np.array(x)[:, None], np.arange(3.0)), LINE, LOSSES["squared"]())
    now, then = (
        Minimum(np.array(at), 0.0, "point", True, "by hand", "by hand") for at in (theta, before)
    )
    return Side(risk, now, risk, then)


def test_a_model_that_stays_goes_nowhere():
    went = side([1.0, 2.0], [1.0, 2.0]).displacement
    assert (went.length, went.at_centre, went.typical, went.centre) == (0.0, 0.0, 0.0, 2.0)
    assert went.by.tolist() == [0.0, 0.0]


def test_how_far_it_goes_is_told_in_parameters_at_the_mean_and_over_the_points():
    went = side([4.0, -1.0], [1.0, 3.0]).displacement  # by 3 and -4: 3, -1, -17 at the points
    assert went.length == 5
    assert went.at_centre == pytest.approx(3 - 4 * 2)
    assert went.typical == pytest.approx(np.sqrt((9 + 1 + 289) / 3))


@pytest.mark.parametrize(("size", "least"), [(0.0, 1e-9), (9.0, 1e-8), (-9.0, 1e-8)])
def test_a_minimum_has_moved_by_more_than_1e_9_of_its_size(size, least):
    assert side([1.02 * least, size], [0.0, size]).moved
    assert not side([0.98 * least, size], [0.0, size]).moved


def test_points_at_one_x_or_unchanged_are_told():
    assert side([0.0, 0.0], [0.0, 0.0], (2.0, 2.0, 2.0)).one_position
    here = side([0.0, 0.0], [0.0, 0.0])
    assert not here.one_position
    assert here.same_data
    for other in (replace(here.clean.data, y=here.clean.data.y + [0, 0, 1]),
                  replace(here.clean.data, X=here.clean.data.X + [[0], [1], [0]])):  # fmt: skip
        assert not here._replace(clean=replace(here.clean, data=other)).same_data


def test_a_loss_with_several_valleys_is_solved_at_the_ends_and_half_way():
    known = {}
    walked = trail(posed("tukey_biweight", "2:13,8"), 2, (13.0, 4.0), known)
    assert list(known) == [(13.0, 4.0), (13.0, 6.0), (13.0, 8.0)]
    assert walked.shape == (3, 2)
    known = {}
    trail(posed("absolute", "2:13,8"), 2, (13.0, 4.0), known)
    steps = np.diff([y for _, y in known])
    assert 6 <= len(steps) <= 12
    np.testing.assert_allclose(steps, 0.5)  # the power of two below a sixth of 4


def test_where_a_fit_does_not_exist_its_slope_is_missing_and_the_others_are_there():
    far = FarOff(distance=-50.0)
    run = breakdown(replace(posed("poisson_deviance"), contamination=far), most=2)
    assert np.isfinite(run.slopes[0])
    assert np.isnan(run.slopes[1:]).all()
    assert untouched(replace(posed("absolute", "2:13,8"), contamination=far)) == posed("absolute")
