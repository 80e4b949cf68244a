"""What the Outliers page says is recomputed here another way."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS, Data, Edits
from lossviz.datasets.yours import pack
from lossviz.findings import outliers as findings
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.outliers.displacement import Side, untouched
from lossviz.problem.problem import Problem

NAMES = {"squared": "Squared error", "absolute": "Absolute error", "huber": "Huber"}


def sides(data=None, edits="", third="huber", model="line"):
    found = []
    for loss in ("squared", "absolute", third):
        now = Problem(
            data or DATASETS["anscombe"](which=3), MODELS[model](), LOSSES[loss](),
            edits=Edits.parse(edits),
        )  # fmt: skip
        then = untouched(now)
        found.append(Side(now.risk(), minimize(now.risk()), then.risk(), minimize(then.risk())))
    return found


def posed(y):
    data = Data(np.arange(len(y), dtype=float)[:, None], np.array(y))
    return DATASETS["yours"](table=pack(data))


def said(*args, **kwargs):
    return "\n".join(findings.sentences(sides(*args, **kwargs)))


def test_surfaces_that_a_common_height_axis_shows_flat_are_named():
    assert findings.flattened([("squared error", 1.0), ("Huber", 0.07)]) == ""
    one = findings.flattened([("squared error", 1.0), ("absolute error", 0.002)])
    assert "surface looks flat for **absolute error** (0.2\u00a0% of the height)" in one
    two = findings.flattened([("squared error", 1.0), ("absolute error", 0.002), ("Huber", 0.03)])
    assert (
        "surfaces look flat for **absolute error** (0.2\u00a0% of the height) and **Huber** (3"
        in two
    )


def test_untouched_data_are_compared_by_their_slopes():
    text = said()
    assert "No point has been moved yet" in text
    assert "slope 0.4997" in text
    assert "slope 0.345" in text
    assert "slope 0.393" in text


def test_a_whole_interval_of_minima_is_told_from_end_to_end():
    text = said(data=DATASETS["few_numbers"](numbers="1, 2, 3, 10"), model="constant")
    assert "squared error gives intercept 4, absolute error gives intercept anything" in text
    assert "anything from 2 to 3 and" in text  # between the two middle numbers


def test_the_line_that_moved_most_is_named_with_how_far():
    text = said(edits="2:13,100")
    assert "**Squared error's minimum moved furthest**" in text
    assert "slope +3.17" in text
    assert "(x 9) changed by +7.93" in text  # 87.26 / 11
    assert "Absolute error's did not move" in text


@settings(max_examples=12)
@given(st.integers(0, 10), st.integers(1, 20), st.integers(-40, 60))
def test_whoever_moved_furthest_did(row, x, y):
    these = sides(edits=f"{row}:{x},{y}")
    lengths = [np.linalg.norm(s.best.theta - s.before.theta) for s in these]
    text = findings.moved(these)
    furthest = re.search(r"\*\*(.+)'s minimum moved furthest", text)
    if furthest:
        top = next(k for k, s in enumerate(these) if s.name.lower() == furthest[1].lower())
        assert lengths[top] == pytest.approx(max(lengths), rel=1e-6)
        told = float(re.search(r"a distance of ([\d.]+)", text)[1])
        assert told == pytest.approx(max(lengths), rel=6e-3)
    else:
        assert "as far as" in text or max(lengths) < 1e-6


def test_the_payer_and_its_share():
    these = sides(edits="2:13,100")
    risk, best = these[0].risk, these[0].best
    loss_curves = risk.loss.value(risk.data.y, risk.model.predict(best.theta, risk.data.X))
    text = findings.largest(these)
    assert "(13, 100)" in text
    assert f"**{100 * loss_curves.max() / loss_curves.sum():.0f}\u00a0%**" in text
    assert "over 99\u00a0% of absolute error's" in text
    perfect = sides(DATASETS["leverage"](x=20.0), edits="-9")
    assert "passes through every point" in findings.largest(perfect)


def test_the_floor_is_a_set_where_it_is_one():
    assert "**one point**" in findings.floor(sides()[1])
    assert "**a set**" in findings.floor(sides(DATASETS["few_numbers"](), model="constant")[1])
    assert "**a set**" in findings.floor(sides(DATASETS["leverage"](x=25.0))[1])


def test_leverage_is_told_where_there_is_some():
    assert "No point has high leverage" in said()
    assert "(20, 0) **has leverage**" in said(DATASETS["leverage"](x=20.0))
    # high from twice the mean on: 2.08 times at 11, 1.86 times (the other end) at 8
    assert "(11, 0) **has leverage**" in said(DATASETS["leverage"](x=11.0))
    assert "No point has high leverage" in said(DATASETS["leverage"](x=8.0))
    four = said(DATASETS["anscombe"](which=4))
    assert "(19, 12.5) **has leverage** 1 " in four


@pytest.mark.parametrize("n", [2, 3, 4])
def test_so_few_points_that_none_could_count_as_far_out_get_no_sentence_on_leverage(n):
    assert "leverage" not in said(posed([1.0, 3, 2, 7][:n]))


def test_at_a_perfect_fit_no_point_has_the_largest_loss():
    told = said(posed([3.0] * 8))
    assert "No point has high leverage: the highest is 0.417" in told
    assert "largest loss" not in told


def test_local_minima_are_owned_up_to():
    assert "may have several local minima" in said(third="welsch")
    assert "may have several local minima" not in said(third="huber")


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        (";".join(f"-{k}" for k in range(9)), "only 2 points"),
        (";".join(f"-{k}" for k in range(10)), "only 1 point:"),
        (";".join(f"{k}:3,{k % 4}" for k in range(11)), "All points share one x"),
        (";".join(f"{k}:{k % 2},5" for k in range(11)), "passes through every point"),
        ("2:13,1e9", "over 99\u00a0% of absolute error's"),
    ],
)
def test_too_little_or_too_much_gives_a_sentence(edits, says):
    assert says in said(edits=edits)
