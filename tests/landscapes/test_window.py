"""The window shows the minimum and the surface around it, in any units."""

from dataclasses import replace

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane, axes
from lossviz.landscapes.window import good_window, within_reach
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 1))
NOISE = 0.5 * RNG.normal(size=50)
LINE = MODELS["line"]()


def risk_of(x, y, loss="squared", model=LINE, task="regression"):
    return Risk(Data(x, y, task=task), model, LOSSES[loss]())


def best(risk):
    return np.linalg.lstsq(LINE.design(risk.data.X), risk.data.y)[0]


def test_the_minimum_is_in_the_middle_and_the_mean_alone_is_in_view():
    risk = risk_of(X, 1 + 0.8 * X[:, 0] + NOISE)
    (a0, a1), (b0, b1) = good_window(risk, axes(2), best(risk))
    np.testing.assert_allclose([(a0 + a1) / 2, (b0 + b1) / 2], best(risk))
    assert a0 < risk.data.y.mean() < a1
    assert b0 < 0 < b1


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
@pytest.mark.parametrize("shift", [0.0, 3.0, 1000.0])
def test_a_bowl_is_neither_a_dot_nor_the_whole_picture(loss, shift):
    """Of the grid, the part below a quarter of its height is worth drawing contours in."""
    x = X + shift
    risk = risk_of(x, 1 + 0.8 * X[:, 0] + NOISE, loss)
    box = good_window(risk, axes(2), best(risk))
    values = evaluate_plane(risk, axes(2), *(np.linspace(*side, 81) for side in box)).values
    rise = (values - values.min()) / np.ptp(values)
    assert 0.02 < (rise < 0.25).mean() < 0.8
    if shift < 1000:  # that valley is narrower than a grid cell, which is the truth about it
        assert np.unravel_index(values.argmin(), values.shape) == pytest.approx((40, 40), abs=8)


def test_a_slanted_valley_widens_the_window_three_times_at_most():
    """An intercept far from the data trades off with the slope."""
    sizes = []
    for shift in (0.0, 1.0, 5.0, 50.0):
        x = X - X.mean() + shift
        risk = risk_of(x, 1 + 0.8 * X[:, 0] + NOISE)
        sizes.append(np.ptp(good_window(risk, axes(2), best(risk))[0]))
    assert sizes[1] == pytest.approx(sizes[0] * np.sqrt(1 + 1 / X.var()), rel=1e-6)
    assert sizes[2:] == pytest.approx([3 * sizes[0]] * 2, rel=1e-6)


@pytest.mark.parametrize(("by_x", "by_y"), [(1e-6, 1), (1e6, 1), (1, 1e-6), (1, 1e6), (1e3, 1e-3)])
def test_units_only_relabel_the_axes(by_x, by_y):
    here = risk_of(X, 1 + 0.8 * X[:, 0] + NOISE)
    there = risk_of(X * by_x, by_y * here.data.y)
    expected = np.array(good_window(here, axes(2), best(here))) * [[by_y], [by_y / by_x]]
    np.testing.assert_allclose(good_window(there, axes(2), best(there)), expected, rtol=1e-6)


def test_one_wild_point_does_not_blow_up_the_window():
    y = 1 + 0.8 * X[:, 0] + NOISE
    calm = risk_of(X, y)
    wild = risk_of(X, np.where(np.arange(50) == 7, 1000.0, y))
    near, far = (np.ptp(good_window(r, axes(2), best(calm)), axis=1) for r in (calm, wild))
    assert (far < 1.2 * near).all()


def test_a_minimum_at_infinity_is_answered_by_the_way_there():
    risk = risk_of(X, X[:, 0] > 0, "cross_entropy", task="binary")
    there = within_reach(risk, minimize(risk))
    (a0, a1), (b0, b1) = good_window(risk, axes(2), there)
    assert a0 < 0 < a1
    assert 3 < b1 < 30
    values = evaluate_plane(risk, axes(2), [0.0], np.linspace(b0, b1, 9)).values[:, 0]
    assert np.ptp(values) > 0.3


def test_flat_directions_and_constant_targets_still_have_a_window():
    flat = risk_of(np.zeros((5, 1)), np.ones(5))
    (a0, a1), (b0, b1) = good_window(flat, axes(2), [1.0, 0.0])
    assert (a0, a1) == pytest.approx((-1, 3))
    assert (b0, b1) == pytest.approx((-1, 1))
    line = Plane([0, 0], [0, 1], [0, 0])
    assert np.isfinite(good_window(risk_of(X, X[:, 0]), line, [0.0, 1.0])).all()


@pytest.mark.parametrize("model", ["sine", "exponential", "neuron", "deep_linear", "network"])
def test_models_that_bend_have_a_window_with_relief(model):
    model = MODELS[model]()
    risk = risk_of(X, np.tanh(X[:, 0]), "squared", model)
    theta = model.start(1, 1, 0)
    plane = axes(theta)
    box = good_window(risk, plane, theta)
    assert all(low < at < high for (low, high), at in zip(box, plane.project(theta), strict=True))
    values = evaluate_plane(risk, plane, *(np.linspace(*side, 21) for side in box)).values
    assert np.isfinite(values).all()
    assert np.ptp(values) > 0


def test_a_window_of_a_subset_of_rows_is_its_own():
    risk = risk_of(X, X[:, 0])
    half = replace(risk, data=Data(X[:2] * 10, X[:2, 0]))
    assert good_window(risk, axes(2), [0, 1]) != good_window(half, axes(2), [0, 1])


def test_seven_targets_in_a_hundred_do_not_set_the_height_wherever_they_lie():
    boxes = []
    for far in (10.0, 1000.0):
        y = np.linspace(-1, 1, 100)
        y[:7] += far
        boxes.append(good_window(risk_of(np.tile(X, (2, 1)), y), axes(2), np.zeros(2)))
    np.testing.assert_allclose(boxes[0], boxes[1])
