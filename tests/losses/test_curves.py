"""Prices along a line, and misses drawn as what they cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.losses.curves import at, ceiling, curve, steepness, target
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.outliers.residual_shapes import MOST, residual_shapes

LINE = MODELS["line"]()
RESIDUAL = [id for id, each in LOSSES.items() if each.task == "regression"]


@pytest.mark.parametrize(
    ("id", "rho"),
    [("squared", 9), ("absolute", 3), ("half_squared", 4.5), ("huber", 2.5)],
)
def test_a_model_that_says_one_where_the_truth_is_four(id, rho):
    assert at(LOSSES[id](), 3.0, 4.0)[0] == rho


@pytest.mark.parametrize("id", RESIDUAL + [i for i, e in LOSSES.items() if e.task == "binary"])
def test_every_curve_is_priced_where_the_loss_is(id):
    loss = LOSSES[id]()
    found = curve(loss, 4.0, 4.0, points=41)
    known = np.isfinite(found.rho)
    assert known.any()
    y = target(loss, 4.0)
    prediction = found.u if loss.task == "binary" else y - found.u
    with np.errstate(all="ignore"):
        expected = loss.value(np.full_like(found.u, y), prediction)
    np.testing.assert_array_equal(found.rho[known], expected[known])
    for low, high in (ceiling([found], 4.0), steepness([found])):
        assert np.isfinite([low, high]).all()
        assert low < high


@pytest.mark.parametrize(("id", "jump"), [("absolute", 0.0), ("hinge", 1.0), ("zero_one", 0.0)])
def test_a_jump_is_drawn_upright_with_its_middle(id, jump):
    found = curve(LOSSES[id](), 4.0, 4.0)
    near = np.abs(found.u - jump) < 1e-5
    assert near.sum() == 3
    assert len(set(found.u[near].astype("float32"))) == 3
    values = found.rho[near] if id == "zero_one" else found.slope[near]
    assert abs(values[2] - values[0]) >= 1
    assert 0.0 in found.u


def test_a_target_no_loss_can_price_becomes_one_it_can():
    assert target(LOSSES["gamma_deviance"](), -2.0) == 1.0
    assert target(LOSSES["squared"](), -2.0) == -2.0
    rho, slope = at(LOSSES["formula"](expression="1/r"), 0.0, 0.0)
    assert np.isnan([rho, slope]).all()


@settings(max_examples=30)
@given(
    id=st.sampled_from(["squared", "half_squared", "absolute", "huber", "cauchy"]),
    b=st.floats(-3, 5),
    w=st.floats(-2, 4),
)
def test_what_is_drawn_is_what_is_paid(id, b, w):
    risk = Risk(DATASETS["anscombe"]().draw(), LINE, LOSSES[id]())
    theta = np.array([b, w])
    found = residual_shapes(risk, theta)
    x, y = (part.reshape(-1, 6)[:, :5] for part in found.outlines(theta))
    rho = risk.loss.value(risk.data.y, LINE.predict(theta, risk.data.X))[found.rows]
    width, height = np.ptp(x, axis=1) / found.ratio, np.ptp(y, axis=1)
    widest = 0.5 * np.ptp(found.across) / found.ratio
    if found.area:
        seen = width < widest * (1 - 1e-9)
        np.testing.assert_allclose((width * height)[seen], rho[seen], rtol=1e-6, atol=1e-9)
    else:
        np.testing.assert_allclose(height, rho, rtol=1e-9, atol=1e-9)
    if id == "squared":
        np.testing.assert_allclose(width[seen], height[seen], rtol=1e-6, atol=1e-9)


def test_few_enough_are_drawn_and_a_bank_is_the_drawing_at_each_node():
    risk = Risk(DATASETS["diabetes"]().draw(), LINE, LOSSES["squared"]())
    found = residual_shapes(risk, np.array([150.0, 40.0]))
    assert len(found.rows) <= MOST
    assert {risk.data.y.argmin(), risk.data.y.argmax()} & set(found.rows.tolist())
    plane = axes(2)
    x, y, a, b = found.bank(plane, np.linspace(100, 200, 5), np.linspace(0, 90, 5))
    alone = found.outlines(np.array([a[3], b[2]]))
    np.testing.assert_array_equal(x[2, 3], alone[0])
    np.testing.assert_array_equal(y[2, 3], alone[1])


def test_a_price_below_zero_is_not_drawn():
    risk = Risk(DATASETS["anscombe"]().draw(), LINE, LOSSES["constant"](value=-1.0))
    assert residual_shapes(risk, np.zeros(2)).undefined(np.zeros(2)) == 11
    assert (
        residual_shapes(replace(risk, loss=LOSSES["squared"]()), np.zeros(2)).undefined(np.zeros(2))
        == 0
    )


def test_squares_at_the_sides_lie_in_the_picture():
    risk = Risk(DATASETS["line"](outliers=0.1).draw(), LINE, LOSSES["squared"]())
    theta = np.array([2.084, 2.025])
    found = residual_shapes(risk, theta)
    x, _ = found.outlines(theta)
    plain = residual_shapes(replace(risk, loss=LOSSES["absolute"]()), theta).across
    assert found.across[0] < plain[0]
    assert np.nanmin(x) >= found.across[0] - 0.05 * np.ptp(plain)


def test_a_perfect_fit_and_a_constant_price_are_drawn_without_a_warning():
    data = DATASETS["leverage"](x=5.0).draw()
    for id in ("squared", "absolute", "constant"):
        x, _ = residual_shapes(Risk(data, LINE, LOSSES[id]()), np.array([0.0, 1.0])).outlines(
            np.array([0.0, 1.0])
        )
        assert np.isfinite(x.reshape(-1, 6)[:, :5]).all()


def test_classes_have_no_residuals_to_draw():
    risk = Risk(DATASETS["separable"]().draw(), LINE, LOSSES["hinge"]())
    with pytest.raises(ValueError, match="regression"):
        residual_shapes(risk, np.zeros(2))


def test_a_bar_stands_in_the_middle_of_its_point_a_hundredth_of_the_picture_wide():
    risk = Risk(DATASETS["diabetes"](standardise=False).draw(), LINE, LOSSES["absolute"]())
    found = residual_shapes(risk, np.zeros(2))
    x, _ = (part.reshape(-1, 6)[:, :5] for part in found.outlines(np.zeros(2)))
    np.testing.assert_allclose(np.ptp(x, axis=1), 0.012 * np.ptp(found.across))
    np.testing.assert_allclose((x.min(1) + x.max(1)) / 2, risk.data.X[found.rows, 0])


def test_room_for_squares_ends_where_the_data_would_become_small():
    risk = Risk(DATASETS["line"]().draw(), LINE, LOSSES["squared"]())
    x = risk.data.X[:, 0]
    for level, end in ((1e3, 1), (-1e3, 0)):  # a line far off: every square is cut
        found = residual_shapes(risk, np.array([level, 0.0]))
        window = np.array([x.min(), x.max()]) + 0.08 * np.ptp(x) * np.array([-1, 1])
        room = np.abs(np.array(found.across) - window) / np.ptp(window)
        np.testing.assert_allclose(room[end], 0.35)
        np.testing.assert_allclose(room[1 - end], 0.0, atol=1e-12)
