"""Twins differ in their skips alone, and a shadow says what a plane hides."""

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.models import ResidualNetwork
from lossviz.networks.near_identity import KINDS, learn, target, through
from lossviz.networks.pair import RULES, SCALES, look, plain, scaled, shadow, square, window
from lossviz.networks.training import train
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS

BASE = ResidualNetwork(width=3, blocks=4)
DATA = DATASETS["moons"](n=30).draw()


def trained(model, steps=20):
    risk = Risk(DATA, model, LOSSES["cross_entropy"]())
    start = model.start(2, 1, 0)
    return risk, train(risk, OPTIMIZERS["adam"](lr=0.02), start, steps)


@pytest.mark.parametrize("scale", SCALES)
def test_twins_have_the_same_parameters_and_the_plain_one_is_never_scaled(scale):
    skip = scaled(BASE, scale)
    bare = plain(skip)
    assert skip.skip
    assert not bare.skip
    assert bare.branch_scale == 1
    assert skip.layout(2, 1) == bare.layout(2, 1)
    wanted = {"root": 0.5, "one": 1.0, "each": 0.25, "zero": 1.0}[scale]
    assert skip.branch_scale == pytest.approx(wanted)
    if scale != "zero":
        np.testing.assert_array_equal(skip.start(2, 1, 5), bare.start(2, 1, 5))


@pytest.mark.parametrize("rule", RULES)
def test_every_plane_goes_through_the_end_of_the_run_and_its_window_holds_it(rule):
    risk, run = trained(scaled(BASE, "root"))
    plane = look(risk, run, rule, 1)
    np.testing.assert_allclose(plane.project(run.theta), 0, atol=1e-9)
    (a0, a1), (b0, b1) = window(run, plane, rule, 1.0)
    assert a0 < 0 < a1
    assert b0 < 0 < b1


def test_along_the_hessian_the_window_is_a_tenth_of_the_weights_length():
    risk, run = trained(scaled(BASE, "root"))
    reach = 0.1 * np.linalg.norm(run.theta)
    for rule, wide in (("hessian", 2 * reach), ("filter", 2.0)):
        box = window(run, look(risk, run, rule, 1), rule, 2.0)
        np.testing.assert_allclose(box, [(-wide, wide)] * 2)


def test_the_shadow_of_a_run_is_true_where_it_touches_the_plane():
    risk, run = trained(plain(BASE))
    plane = look(risk, run, "filter", 0)
    seen = shadow(risk, run, plane)
    assert seen.off[-1] == pytest.approx(0, abs=1e-9)
    assert seen.seen[-1] == pytest.approx(seen.true[-1])
    np.testing.assert_allclose(seen.true, risk.value(run.points))
    step = run.points[3] - plane.point(seen.a[3], seen.b[3])
    assert np.linalg.norm(step) == pytest.approx(seen.off[3])
    assert abs(step @ plane.u) < 1e-8  # nearest: what is left stands upright on the plane
    assert ((seen.share >= 0) & (seen.share <= 1)).all()


def test_a_square_slice_has_the_trained_loss_in_its_middle():
    risk, run = trained(scaled(BASE, "root"))
    land = square(risk, look(risk, run, "filter", 0), 1.0, 11)
    assert land.values[5, 5] == pytest.approx(run.values[-1], rel=1e-4)


def test_whole_and_correction_start_from_one_network():
    found = learn(1.0, 0.2, 2, 30, 0)
    np.testing.assert_array_equal(found.whole.points[0], found.correction.points[0])
    np.testing.assert_allclose(found.correction_curves[0] - found.whole_curves[0], found.x)
    x, y = found.data.X[:, 0], found.data.y
    np.testing.assert_allclose(y, x + 0.2 * np.sin(3 * x))
    assert found.correction.values[0] == pytest.approx(
        ((np.interp(x, found.x, found.correction_curves[0]) - y) ** 2).mean(), rel=1e-3
    )
    np.testing.assert_allclose(target(-1.0, 0.0).y, -target(-1.0, 0.0).X[:, 0])


def test_slopes_vanish_explode_or_stay_as_the_theory_says():
    sizes = through(60, "tanh", 0)
    assert list(sizes) == list(KINDS)
    ratio = {name: values[0] / values[-1] for name, values in sizes.items()}
    assert all(len(values) == 61 for values in sizes.values())
    assert ratio["plain"] < 1e-3
    assert 0.1 < ratio["skips / √blocks"] < 50
    assert 0.3 < ratio["skips / blocks"] < 3
    assert (
        through(60, "relu", 0)["skips, unscaled"][0]
        > 1e6 * through(60, "relu", 0)["skips / blocks"][0]
    )
