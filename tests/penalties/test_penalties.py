"""Penalties: the oracle's thresholds, slopes by differences, the prox by searching, the facts."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from tests.oracles import case

EVERY = [
    PENALTIES["none"](),
    *(PENALTIES[id](strength=s) for id in PENALTIES if id != "none" for s in (0.0, 0.3, 2.0)),
    PENALTIES["elastic_net"](strength=0.7, l1_ratio=0.0),
    PENALTIES["elastic_net"](strength=0.7, l1_ratio=1.0),
    PENALTIES["group_l2"](strength=0.7, groups=(2, 3)),
]
each_penalty = pytest.mark.parametrize("penalty", EVERY, ids=repr)
SEPARABLE = [p for p in EVERY if p.id != "group_l2"]


def test_thresholds_of_one_coefficient():
    for row in case("G03_soft_threshold")["expected"]["solutions"]["value"]:
        total = row["l1"] + row["l2"]
        ratio = row["l1"] / total if total else 0.5
        z, close = np.array([row["z"]]), {"rtol": 1e-12, "atol": 1e-14}
        net = PENALTIES["elastic_net"](strength=total, l1_ratio=ratio)
        np.testing.assert_allclose(net.prox(z, 1.0), [row["w"]], **close)
        if row["l2"] == 0:
            for id in ("l1", "group_l2"):
                prox = PENALTIES[id](strength=row["l1"]).prox(z, 1.0)
                np.testing.assert_allclose(prox, [row["w"]], **close)
        if row["l1"] == 0:
            prox = PENALTIES["l2"](strength=row["l2"]).prox(z, 1.0)
            np.testing.assert_allclose(prox, [row["w"]], **close)


def test_values_worked_by_hand():
    theta = np.array([3.0, -4.0, 0.0])
    expected = {"none": 0, "l1": 3.5, "l2": 6.25, "elastic_net": 4.875, "group_l2": 2.5, "l0": 1.0}
    for id, value in expected.items():
        penalty = PENALTIES[id]() if id == "none" else PENALTIES[id](strength=0.5)
        assert penalty.value(theta) == pytest.approx(value, rel=1e-15)
    groups = PENALTIES["group_l2"](strength=0.5, groups=(1, 2))
    assert groups.value(theta) == pytest.approx(3.5)


def assert_slope(penalty, theta, step=1e-6):
    """The derivative at theta (p,) is the central difference of the value, entry by entry."""
    nudges = step * np.eye(theta.size)
    slope = (penalty.value(theta + nudges) - penalty.value(theta - nudges)) / (2 * step)
    np.testing.assert_allclose(penalty.derivative(theta), slope, rtol=1e-6, atol=1e-8)


@each_penalty
def test_derivatives_are_slopes(penalty):
    for theta in np.random.default_rng(1).normal(size=(5, 5)):
        assert_slope(penalty, theta)


@each_penalty
def test_hessians_are_slopes_of_the_derivative(penalty):
    theta, step = np.random.default_rng(1).normal(size=(4, 5)), 1e-6
    for j, nudge in enumerate(step * np.eye(5)):
        bend = (penalty.derivative(theta + nudge) - penalty.derivative(theta - nudge)) / (2 * step)
        np.testing.assert_allclose(penalty.hessian(theta)[..., j], bend, rtol=1e-6, atol=1e-8)


@each_penalty
def test_the_slope_at_a_crease_is_zero(penalty):
    assert not penalty.derivative(np.zeros((2, 5))).any()
    assert not penalty.prox(np.zeros(5), 0.7).any()


def test_the_checker_catches_a_slope_wrong_by_one_in_two_thousand():
    class Wrong(PENALTIES["l2"]):
        def derivative(self, theta):
            return 1.0005 * super().derivative(theta)

    with pytest.raises(AssertionError):
        assert_slope(Wrong(), np.array([1.0, -2.0, 0.5]))


@pytest.mark.parametrize("penalty", SEPARABLE, ids=repr)
@given(z=st.floats(-6, 6), step=st.floats(0.01, 3))
@settings(max_examples=20)
def test_the_prox_is_the_minimiser(penalty, z, step):
    def price(w):
        return 0.5 * (w - z) ** 2 + step * float(penalty.value(np.array([w])))

    found = float(penalty.prox(np.array([z]), step)[0])
    searched = minimize_scalar(price, bounds=(-7, 7), method="bounded", options={"xatol": 1e-10})
    assert price(found) <= min(searched.fun, price(0.0), price(z)) + 1e-12


def test_the_prox_of_a_group_is_the_minimiser():
    penalty = PENALTIES["group_l2"](strength=0.8, groups=(2, 3))
    rng = np.random.default_rng(0)
    for z in rng.normal(size=(20, 5)):
        found = penalty.prox(z, 0.9)
        around = found + rng.normal(size=(400, 5)) * np.logspace(-4, 0, 400)[:, None]
        loss_curves = 0.5 * ((around - z) ** 2).sum(-1) + 0.9 * penalty.value(around)
        assert 0.5 * ((found - z) ** 2).sum() + 0.9 * penalty.value(found) <= loss_curves.min()
    small = penalty.prox(np.array([0.1, 0.1, 3.0, 0.0, 0.1]), 0.9)
    assert (small == 0).tolist() == [True, True, False, True, False]


@each_penalty
def test_a_batch_is_many_single_calls(penalty):
    theta = np.random.default_rng(2).normal(size=(2, 3, 5))
    steps = np.linspace(0.1, 0.6, 6).reshape(2, 3, 1)
    assert penalty.value(theta).shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        one = theta[i, j]
        np.testing.assert_allclose(penalty.value(theta)[i, j], penalty.value(one), rtol=1e-14)
        np.testing.assert_array_equal(penalty.derivative(theta)[i, j], penalty.derivative(one))
        got, singly = penalty.prox(theta, steps)[i, j], penalty.prox(one, float(steps[i, j, 0]))
        np.testing.assert_allclose(got, singly, rtol=1e-14)


@each_penalty
def test_the_facts_are_true(penalty):
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 2000, 5)) * (rng.random((2, 2000, 5)) < 0.7)
    middle = 0.5 * (penalty.value(one) + penalty.value(other)) - penalty.value(0.5 * (one + other))
    assert penalty.convex == bool((middle >= -1e-12).all())
    near = np.concatenate([np.eye(5), rng.normal(size=(20, 5))]) * 1e-9  # across the kink at 0
    slopes = np.abs(penalty.derivative(near) - penalty.derivative(-near)).max()
    steps = np.abs(penalty.value(near) - penalty.value(0 * near)).max()
    assert penalty.smooth == bool(max(slopes, steps) < 1e-6)


def test_a_risk_tells_the_filters_of_its_network():
    X = np.random.default_rng(0).normal(size=(8, 2))
    data = Data(X, X[:, 0], task="regression")
    model = MODELS["network"](width=3, depth=2)
    risk = Risk(data, model, LOSSES["squared"](), PENALTIES["group_l2"](strength=0.5))
    theta = model.start(2, 1, seed=1)
    by_hand = 0.0
    for block, part in zip(risk.layout.blocks, risk.layout.split(theta), strict=True):
        if block.weight:
            by_hand += 0.5 * sum(np.linalg.norm(row) for row in part)
    np.testing.assert_allclose(risk.value(theta) - risk.data_value(theta), by_hand, rtol=1e-12)
    biases = risk.layout.weights == 0
    np.testing.assert_array_equal(risk.gradient(theta)[biases], risk.data_gradient(theta)[biases])
    assert risk.on(np.arange(4)).penalty == risk.penalty


def test_groups_that_do_not_cover_theta_are_refused():
    with pytest.raises(ValueError, match="groups of 5 weights together; theta has 4"):
        PENALTIES["group_l2"](groups=(2, 3)).value(np.ones(4))


@each_penalty
def test_recipes_travel(penalty):
    copy = pickle.loads(pickle.dumps(penalty))
    assert copy == penalty
    assert hash(copy) == hash(penalty)
    assert eval(repr(penalty), {type(penalty).__name__: type(penalty)}) == penalty


@pytest.mark.parametrize("id", PENALTIES)
def test_words(id):
    penalty = PENALTIES[id]()
    assert penalty.id == id
    assert re.fullmatch(r"[A-Z].{10,98}\.", penalty.summary)
    assert penalty.label[0].isupper()
    assert penalty.reference
    assert id == "none" or r"\lambda" in penalty.formula


@pytest.mark.parametrize("id", [id for id in PENALTIES if id != "none"])
def test_a_negative_strength_is_refused(id):
    with pytest.raises(ValueError, match="strength"):
        PENALTIES[id](strength=-1)
