"""Hessians, eigenvalues and the rates they allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature import Curvature, hessian
from lossviz.datasets import Data
from lossviz.descent import descend
from lossviz.finite_differences import kind, slopes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.analytic import ANALYTIC, ConvexQuadratic, Level
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from tests.oracles import case, check, columns


def regression(loss="squared", penalty="none", model="linear", seed=0, **more):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 2)) * [1.0, 3.0]
    y = X @ [1.0, -2.0] + rng.normal(size=40)
    return Risk(Data(X, y), MODELS[model](**more), LOSSES[loss](), PENALTIES[penalty]())


def engel(standardised=False):
    x, y = columns("data/engel.csv", "income", "foodexp").T
    x = (x - x.mean()) / x.std() if standardised else x
    return Risk(Data(x[:, None], y), MODELS["line"](), LOSSES["squared"]())


def test_the_theory_of_the_quadratic():
    expected = case("O04_quadratic_theory")["expected"]
    found = Curvature.of(ANALYTIC["quadratic_100"], [10.0, 1.0])
    check(found.condition_number, expected["condition_number"])
    check(found.safe_rate, expected["gd.limit_lr"])
    check(found.best_rate, expected["gd.optimal_lr"])
    check(found.contraction, expected["gd.optimal_contraction"])
    check(found.contraction_at(found.best_rate), expected["gd.optimal_contraction"])
    check(found.heavy_ball.lr, expected["heavy_ball.optimal_lr"])
    check(found.heavy_ball.momentum, expected["heavy_ball.optimal_momentum"])
    check(found.heavy_ball.contraction, expected["heavy_ball.optimal_contraction"])
    limit = expected["heavy_ball.limit_lr_for_momentum"]
    check(found.safe_rate_with(limit["momentum"]), limit)
    assert found.exact
    assert found.everywhere
    assert "holds everywhere" in found.sentence


def test_raw_units_need_millions_of_steps():
    expected = case("Y01_facts")["expected"]
    entry = expected["scaling.engel"]
    raw, scaled = Curvature.of(engel(), [0, 0]), Curvature.of(engel(True), [0, 0])
    for found, name in (
        (raw.condition_number, "condition_number_raw"),
        (scaled.condition_number, "condition_number_standardised"),
        (raw.safe_rate, "gd_lr_limit_raw"),
        (scaled.safe_rate, "gd_lr_limit_standardised"),
        (
            raw.steps_to_shrink(100, raw.safe_rate / 2),
            "gd_steps_to_shrink_slow_direction_by_100_at_lr_1_over_L",
        ),
        (scaled.steps_to_shrink(100, 0.5), "gd_steps_standardised_at_lr_half"),
    ):
        check(found, entry | {"value": entry["value"][name]})
    total = expected["sum_vs_mean.engel_standardised"]
    check(scaled.safe_rate / total["value"]["n"], total | {"value": total["value"]["lr_limit_sum"]})
    assert raw.steps_to_shrink(100, 2 * raw.safe_rate) == np.inf


@pytest.mark.parametrize("penalty", list(PENALTIES))
@pytest.mark.parametrize(
    "loss", ["squared", "log_cosh", "pseudo_huber", "cauchy", "welsch", "charbonnier"]
)
def test_closed_form_hessians_are_the_turn_of_the_gradient(loss, penalty):
    risk = regression(loss, penalty)
    theta = np.random.default_rng(1).uniform(0.3, 1.5, (2, 2, 3))
    exact = risk.hessian(theta)
    assert risk.columns is not None
    assert exact.shape == (2, 2, 3, 3)
    numeric = slopes(risk.gradient, theta)
    np.testing.assert_allclose(exact, numeric.matrix, rtol=1e-8, atol=1e-9)


def test_kinds_of_hessian_are_said():
    at = np.array([0.1, 0.2, 0.3])
    assert Curvature.of(regression(), at).everywhere
    assert Curvature.of(regression("squared", "l2"), at).everywhere
    assert not Curvature.of(regression("squared", "l1"), at).everywhere
    local = Curvature.of(regression("cauchy"), at)
    assert local.exact
    assert not local.everywhere
    assert "at that point only" in local.sentence
    assert not Curvature.of(regression(model="neuron"), at).exact


def test_a_crease_of_the_penalty_counts_as_flat():
    risk, at = regression("squared", "l1"), np.zeros(3)
    np.testing.assert_array_equal(risk.hessian(at), regression().hessian(at))


def test_differences_reach_eleven_digits_on_smooth_surface():
    for name in ("rosenbrock", "himmelblau", "goldstein_price", "mccormick", "easom", "branin"):
        analytic = ANALYTIC[name]
        (left, right), (low, high) = analytic.window
        theta = np.random.default_rng(0).uniform((left, low), (right, high), (30, 2))
        found = slopes(analytic.gradient, theta)
        scale = np.abs(analytic.hessian(theta)).max((-1, -2), keepdims=True)
        assert (np.abs(found.matrix - analytic.hessian(theta)) <= 1e-9 * scale + 1e-11).all(), name
        assert found.doubt.max() < 1e-5


def test_differences_next_to_a_crease_take_the_short_step_and_doubt():
    def gradient(theta):  # |x| + x^2 + xy
        x, y = theta[..., 0], theta[..., 1]
        return np.stack([np.sign(x) + 2 * x + y, x], axis=-1)

    found = slopes(gradient, np.array([[2e-5, 1.0], [0.5, 1.0]]))
    np.testing.assert_allclose(found.matrix, [[[2, 1], [1, 0]]] * 2, atol=1e-6)
    assert found.doubt[0] > 1
    assert found.doubt[1] < 1e-8


def test_an_objective_without_a_hessian_gets_one_from_its_gradient():
    class Bare:
        layout = ANALYTIC["beale"].layout
        value, gradient = ANALYTIC["beale"].value, ANALYTIC["beale"].gradient

    at = np.array([[1.0, 1.0], [2.0, -0.5]])
    np.testing.assert_allclose(hessian(Bare(), at), ANALYTIC["beale"].hessian(at), rtol=1e-9)
    assert not Curvature.of(Bare(), at[0]).exact


def test_a_networks_spectrum_is_that_of_automatic_differentiation():
    oracle = case("N01_mlp_231_tanh")
    given, expected = oracle["inputs"], oracle["expected"]
    network = MODELS["network"](width=3, depth=1, activation="tanh")
    risk = Risk(Data(np.array(given["X"]), given["y"]), network, LOSSES["squared"]())
    found = Curvature.of(risk, given["theta"])
    check(found.eigenvalues, expected["hessian_eigenvalues"])
    check(np.trace(found.hessian), expected["hessian_trace"])
    product = expected["hessian_vector_product"]
    v, answer = product["value"]["v"], product["value"]["Hv"]
    check(found.hessian @ v, product | {"value": answer})
    assert (found.eigenvalues < 0).sum() == expected["negative_eigenvalues"]["value"]
    assert found.kind == "saddle"
    assert not found.exact


@pytest.mark.parametrize(
    ("name", "point", "expected", "words"),
    [
        ("saddle", [0.3, 0.3], "saddle", "moves away"),
        ("himmelblau", [-0.27, -0.92], "maximum", "Negative curvature in every direction"),
        ("rosenbrock", [1.0, 1.0], "minimum", "condition number 2,508"),
    ],
)
def test_what_the_signs_say(name, point, expected, words):
    found = Curvature.of(ANALYTIC[name], point)
    assert found.kind == expected
    assert words in found.sentence
    assert np.isnan(found.condition_number) == (expected != "minimum")
    rebuilt = found.vectors @ np.diag(found.eigenvalues) @ found.vectors.T
    np.testing.assert_allclose(rebuilt, found.hessian, atol=1e-10)


def test_flat_directions_are_named():
    copies = np.repeat(np.random.default_rng(0).normal(size=(20, 1)), 2, axis=1)
    risk = Risk(Data(copies, copies[:, 0]), MODELS["linear"](), LOSSES["squared"]())
    found = Curvature.of(risk, np.zeros(3))
    assert found.kind == "flat"
    assert found.condition_number == np.inf
    assert "along 1 direction the curvature is zero" in found.sentence
    level = Curvature.of(Level(), [0.0, 0.0])
    assert level.kind == "flat"
    assert level.safe_rate == np.inf
    assert "sets no limit to the rate" in level.verdict(1.0)
    assert "moves nothing" in level.verdict(0.0)


def test_curvature_wants_one_point():
    with pytest.raises(ValueError, match="one point of 2 numbers"):
        Curvature.of(ANALYTIC["booth"], np.zeros((3, 2)))


def test_kind_looks_at_signs_relative_to_the_largest():
    assert kind(np.array([1e-3, 1.0])) == "minimum"
    assert kind(np.array([1e-12, 1.0])) == "flat"
    assert kind(np.array([-1e-12, 1.0])) == "flat"
    assert kind(np.array([-0.1, 1.0])) == "saddle"
    assert kind(np.array([-1.0, -0.1])) == "maximum"
    assert kind(np.zeros(2)) == "flat"


@given(
    kappa=st.floats(1.2, 300),
    scale=st.floats(1e-3, 1e3),
    angle=st.floats(0, 90),
    share=st.floats(0.05, 1.8),
)
@settings(max_examples=30)
def test_a_verdict_is_what_the_path_does(kappa, scale, angle, share):
    bowl = ConvexQuadratic(kappa=kappa, angle=angle, scale=scale)
    found = Curvature.of(bowl, [0.0, 0.0])
    lr = share * found.safe_rate
    path = descend(bowl, OPTIMIZERS["gd"](lr=lr), bowl.turned([1.0, 1.0]), steps=30)
    distance = path.distance([0, 0])
    assert found.condition_number == pytest.approx(kappa, rel=1e-6)
    # no step changes the error by more than the promised factor
    assert (distance[1:] <= distance[:-1] * found.contraction_at(lr) * (1 + 1e-9)).all()
    assert ("grows" in found.verdict(lr)) == (share > 1)
    if share > 1.01:
        assert distance[-1] > distance[0] or share * kappa < 1


@given(kappa=st.floats(2, 500), angle=st.floats(0, 90))
@settings(max_examples=20)
def test_the_best_rates_are_best(kappa, angle):
    bowl = ConvexQuadratic(kappa=kappa, angle=angle)
    found = Curvature.of(bowl, [1.0, 1.0])
    for other in (0.9, 1.1):
        assert found.contraction_at(other * found.best_rate) > found.contraction
    ball = found.heavy_ball
    steps = int(np.ceil(np.log(1e-4) / np.log(ball.contraction))) * 2 + 10
    path = descend(
        bowl, OPTIMIZERS["momentum"](lr=ball.lr, momentum=ball.momentum), [1.0, 1.0], steps
    )
    assert path.distance([0, 0])[-1] < 1e-3
