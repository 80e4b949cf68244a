"""Who pays and who pulls, and how far minima travel, against statsmodels' and published numbers."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossviz.datasets import DATASETS, Data, Edits, FarOff
from lossviz.landscapes.critical_points import minimum_marks
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES, ResidualLoss
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.displacement import breakdown, displacement, home, trail, unmoved, untouched
from lossviz.outliers.influence import influence_curve, influences, leverage
from lossviz.problem.problem import Problem

LINE = MODELS["line"]()
EXACT = Path(__file__).parents[2] / "lossviz" / "ui" / "stage" / "exact.js"
points = st.integers(3, 12).flatmap(
    lambda n: arrays(float, (2, n), elements=st.integers(-40, 40).map(lambda k: k / 4))
)


def posed(loss, edits="", **more):
    data = DATASETS["anscombe"](which=3)
    return Problem(data, LINE, LOSSES[loss](), edits=Edits.parse(edits), **more)


def test_shares_are_those_of_anscombes_outlier():
    risk = posed("squared").risk()
    theta = minimize(risk).theta
    residual = risk.data.y - risk.model.predict(theta, risk.data.X)
    found = influences(risk, theta)
    np.testing.assert_allclose(found.share, residual**2 / (residual**2).sum(), rtol=1e-9)
    np.testing.assert_allclose(found.influence, 2 * residual, rtol=1e-9)
    assert found.share[2] == pytest.approx(0.7633, abs=1e-3)  # 3.2411^2 of 13.7562


@pytest.mark.parametrize("loss", ["squared", "huber", "log_cosh", "cauchy", "charbonnier"])
def test_pulls_balance_at_a_smooth_minimum(loss):
    risk = posed(loss).risk()
    found = influences(risk, minimize(risk).theta)
    size = np.abs(found.turn).sum()
    assert abs(found.turn.sum()) < 1e-6 * size
    assert np.abs(found.turn_share).sum() == pytest.approx(1)


def test_a_point_on_the_line_neither_pays_nor_pulls():
    risk = Problem(DATASETS["leverage"](x=20.0), LINE, LOSSES["absolute"]()).risk()
    found = influences(risk, np.array([1e-16, 1 + 1e-16]))
    assert found.share.tolist() == [0.0] * 9 + [1.0]
    assert found.influence.tolist() == [0.0] * 9 + [-1.0]
    assert not influences(risk.on(np.arange(9)), np.array([0.0, 1.0])).share.any()


def test_leverage_is_the_hat_matrix():
    risk = Problem(DATASETS["leverage"](x=20.0), LINE, LOSSES["squared"]()).risk()
    x = risk.data.X[:, 0]
    expected = 1 / 10 + (x - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    np.testing.assert_allclose(leverage(risk), expected)
    # every prediction's own derivative in its own y
    bumped = [replace(risk.data, y=risk.data.y + np.eye(10)[i]) for i in range(10)]
    base = LINE.predict(minimize(risk).theta, risk.data.X)
    moved = [LINE.predict(minimize(replace(risk, data=d)).theta, d.X) for d in bumped]
    np.testing.assert_allclose(leverage(risk), [m[i] - base[i] for i, m in enumerate(moved)])


def test_leverage_counts_a_column_that_repeats_the_intercept_once():
    data = Data(np.full((4, 1), 3.0), np.array([1.0, 2, 5, 6]))
    np.testing.assert_allclose(leverage(Risk(data, LINE, LOSSES["squared"]())), 1 / 4)


def test_leverage_needs_a_model_that_is_linear():
    model = MODELS["sine"]()
    with pytest.raises(ValueError, match="linear in its parameters"):
        leverage(Risk(posed("squared").draw(), model, LOSSES["squared"]()))


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber", "tukey_biweight", "quantile"])
def test_the_influence_curve_is_minus_the_slope_of_the_price(loss):
    curve = influence_curve(LOSSES[loss](), 6.0, points=60)
    assert isinstance(LOSSES[loss](), ResidualLoss)
    h = 1e-6
    rho = LOSSES[loss]().rho
    np.testing.assert_allclose(
        curve.influence, (rho(-curve.above + -h) - rho(-curve.above + h)) / (2 * h), atol=1e-4
    )


def test_there_is_no_curve_where_the_price_is_not_of_the_residual():
    assert influence_curve(LOSSES["poisson_deviance"](), 3.0) is None


def test_mse_runs_after_the_outlier_and_mae_stays():
    """[R02] Slope grows by 0.03636 for every unit of y, for ever; absolute error's not at all."""
    for loss, slope in (("squared", 0.49973 + 87.26 * 4 / 110), ("absolute", 0.345)):
        far = posed(loss, "2:13,100")
        before, after = (minimize(p.risk()) for p in (untouched(far), far))
        went = displacement(untouched(far).risk(), before.theta, after.theta)
        assert after.theta[1] == pytest.approx(slope, abs=1e-4)
        assert went.by[1] == pytest.approx(0 if loss == "absolute" else 87.26 * 4 / 110, abs=1e-6)
        # at the centre the line passes through the mean: 87.26 shared by eleven
        assert went.at_centre == pytest.approx(0 if loss == "absolute" else 87.26 / 11, abs=1e-6)


def test_a_trail_leads_from_home_to_where_the_point_is():
    far = posed("squared", "-0;2:13,100")  # row 2 is shown as row 1
    assert home(far, 1) == (13, 12.74)
    assert home(posed("squared", "+1,2"), 11) is None
    walked = trail(far, 1, (13, 12.74))
    np.testing.assert_allclose(walked[0], minimize(posed("squared", "-0").risk()).theta)
    np.testing.assert_allclose(walked[-1], minimize(far.risk()).theta)
    steps = np.diff(walked, axis=0)
    along = steps[0] / np.linalg.norm(steps[0])  # a straight line
    np.testing.assert_allclose(steps, np.linalg.norm(steps, axis=1)[:, None] * along)


def test_a_way_shares_its_places_with_a_longer_one():
    shown = posed("absolute", "-0;2:13,30")
    known = {}
    walked = trail(shown, 1, (13, 12.74), known)
    before = set(known)
    further = posed("absolute", "-0;2:13,31")
    assert unmoved(further, 1) == unmoved(shown, 1) == posed("absolute", "-0")
    again = trail(further, 1, (13, 12.74), known)
    assert len(set(known) - before) <= 2  # solved for anew: the end, and one place before it
    assert 6 < len(walked) <= len(again) <= 14
    np.testing.assert_allclose(again[-1], minimize(further.risk()).theta)


def test_leverage_breaks_absolute_error_between_24_and_26():
    """[Y01] It holds y = x for X = 24, ties at 25, and has let go at 26."""
    kinds = {}
    for x in (24.0, 25.0, 26.0):
        kinds[x] = minimize(Problem(DATASETS["leverage"](x=x), LINE, LOSSES["absolute"]()).risk())
    np.testing.assert_allclose(kinds[24].theta, [0, 1], atol=1e-9)
    assert kinds[25].kind == "set"
    np.testing.assert_allclose(kinds[26].theta, [6.19, -0.238], atol=2e-3)


def test_far_off_moves_a_share_and_more_of_it_keeps_the_first():
    data = DATASETS["line"]().draw()
    some, more = (FarOff(share=s, distance=3.0).apply(data) for s in (0.2, 0.4))
    shift = 3 * data.y.std()
    moved = np.flatnonzero(some.y != data.y)
    assert len(moved) == round(0.2 * len(data))
    np.testing.assert_allclose(some.y[moved] - data.y[moved], shift)
    np.testing.assert_array_equal(some.y[moved], more.y[moved])
    assert FarOff().apply(data) is data
    aside = FarOff(share=0.1, where="x").apply(data)
    assert (aside.y == data.y).all()
    assert (aside.X != data.X).sum() == round(0.1 * len(data))


def test_breakdown_counts_from_none_to_half():
    contamination = FarOff(distance=20.0)
    for loss, holds in (("squared", False), ("absolute", True)):
        run = breakdown(replace(posed(loss), contamination=contamination))
        np.testing.assert_allclose(run.shares, np.arange(6) / 11)
        assert run.slopes[0] == pytest.approx(minimize(posed(loss).risk()).theta[1])
        change = np.abs(run.slopes[1] - run.slopes[0])
        assert (change < 0.05) == holds


def test_breakdown_takes_a_few_of_many_counts():
    many = Problem(DATASETS["line"](n=200), LINE, LOSSES["squared"]())
    shares = breakdown(many, most=4).shares
    np.testing.assert_array_equal(shares, np.array([0, 25, 50, 75, 100]) / 200)


def test_a_centre_that_is_rounding_is_zero():
    x = np.array([-0.3, 0.1, 0.2])  # their sum is 2.8e-17
    for shift, centre in ((0.0, 0.0), (1e-6, 1e-6), (5.0, 5.0)):
        risk = Risk(Data((x + shift)[:, None], x), LINE, LOSSES["squared"]())
        went = displacement(risk, np.array([1.0, 2.0]), np.array([1.5, 2.0]))
        assert went.centre == pytest.approx(centre, rel=1e-6)
        assert went.typical == pytest.approx(0.5)
        assert went.length == pytest.approx(0.5)


def test_a_breakdown_tells_how_far_it_is():
    heard: list[float] = []
    breakdown(posed("absolute"), most=3, progress=heard.append)
    np.testing.assert_allclose(heard, [0.25, 0.5, 0.75, 1.0])


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
@settings(max_examples=8)
@given(st.lists(points, min_size=4, max_size=8))
def test_the_browser_and_the_server_find_the_same_lines(clouds):
    """Exact fits in JavaScript: values, middles and numbers of corners of flat sets."""
    losses = {
        "m.squares(p)": LOSSES["squared"](),
        "m.pinball(p)": LOSSES["absolute"](),
        "m.pinball(p, 0.75, 0.25)": LOSSES["quantile"](tau=0.25),
        "m.huber(p, 0.5)": LOSSES["huber"](delta=0.5),
    }
    calls = ", ".join(losses)
    text = json.dumps([cloud.tolist() for cloud in clouds])
    code = (
        f"import * as m from {json.dumps(EXACT.as_uri())};"
        f"console.log(JSON.stringify({text}.map(([x, y]) => {{"
        f" const p = {{x: Float64Array.from(x), y: Float64Array.from(y)}}; return [{calls}]; }})))"
    )
    run = ["node", "--input-type=module", "-e", code]
    answers = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    for (x, y), found in zip(clouds, answers, strict=True):
        for loss, line in zip(losses.values(), found, strict=True):
            best = minimize(Risk(Data(x[:, None], y), LINE, loss))
            assert line["value"] == pytest.approx(best.value, rel=1e-7, abs=1e-9)
            if best.exact and best.kind == "point":
                np.testing.assert_allclose(line["best"], best.theta, rtol=1e-5, atol=1e-6)
            elif loss.id in ("absolute", "quantile") and best.directions is None:
                assert len(line["corners"]) == len(best.vertices)
                np.testing.assert_allclose(line["best"], best.theta, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber", "constant"])
def test_a_minimum_that_is_a_line_is_drawn_across_the_window(loss):
    data = Data(np.full((4, 1), 3.0), np.array([1.0, 2, 5, 6]))
    risk = Risk(data, LINE, LOSSES[loss]())
    best = minimize(risk)
    window = np.array([-4.0, 6.0]), np.array([-2.0, 3.0])
    floor = minimum_marks(risk, best, axes(2), window)[0]
    assert floor.shape == "outline"
    assert np.ptp(floor.b) == pytest.approx(10 / 3 if loss == "squared" else np.ptp(floor.b))
    for line, at in zip(window, (floor.a, floor.b), strict=True):
        assert at.min() >= line[0] - 1e-9
        assert at.max() <= line[1] + 1e-9
    theta = np.stack([floor.a, floor.b], axis=-1)
    np.testing.assert_allclose(risk.value(theta), best.value, rtol=1e-9)
