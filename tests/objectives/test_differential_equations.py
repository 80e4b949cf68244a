"""Equation residuals against sympy, torch and JAX numbers, and against differences."""

import numpy as np
import pytest

from lossviz.objectives.differential_equations import (
    ExponentialTrial,
    NetworkTrial,
    ResidualLoss,
    decay,
    oscillator,
    poisson,
)
from tests.oracles import case, check


def test_the_two_parameter_trial_is_sympys():
    oracle = case("P01_decay")
    given, probes = oracle["inputs"], oracle["expected"]["probes"]
    for row in probes["value"]:
        loss = ResidualLoss(
            decay(given["k"]), ExponentialTrial(), np.array(given["collocation"]), row["lam"]
        )
        at = np.array([row["a"], row["b"]])
        near = {"rtol": probes["rtol"], "atol": probes["atol"]}
        np.testing.assert_allclose(loss.value(at), row["loss"], **near)
        np.testing.assert_allclose(loss.gradient(at), row["gradient"], **near)
        np.testing.assert_allclose(
            np.linalg.eigvalsh(loss.hessian(at)), row["hessian_eigenvalues"], rtol=1e-6, atol=1e-6
        )


def test_the_network_trial_is_torchs():
    oracle = case("P02_decay_network")
    given, expected = oracle["inputs"], oracle["expected"]
    trial = NetworkTrial(given["units"])
    loss = ResidualLoss(decay(given["k"]), trial, np.array(given["collocation"]), given["lam"])
    theta = np.array(given["theta"])
    check(loss.value(theta), expected["loss"])
    check(loss.gradient(theta), expected["gradient"])
    ends = np.linalg.eigvalsh(loss.hessian(theta))[[0, -1]]
    np.testing.assert_allclose(ends, expected["hessian_extreme_eigenvalues"]["value"], rtol=1e-6)


def test_the_operator_costs_the_fourth_power():
    oracle = case("P03_poisson")
    given, expected = oracle["inputs"], oracle["expected"]
    found = poisson(given["K"], given["N"])
    check(found.residual, expected["residual.hessian_diagonal"])
    check(found.data, expected["data.hessian_diagonal"])
    check(found.residual_condition, expected["residual.condition_number"])
    check(found.data_condition, expected["data.condition_number"])
    for modes in (1, 2, 5, 10):
        assert poisson(modes).residual_condition == pytest.approx(modes**4, rel=1e-9)
    with pytest.raises(ValueError, match="tell apart 1 to 19 sines"):
        poisson(20)


@pytest.mark.parametrize("term", ["total", "equation", "start"])
@pytest.mark.parametrize("trial", [ExponentialTrial(), NetworkTrial(4)])
def test_gradients_of_a_second_order_equation_agree_with_differences(trial, term):
    loss = ResidualLoss(oscillator(3.0, 0.2), trial, np.linspace(0, 2, 9), 3.0, term)
    rng = np.random.default_rng(1)
    theta = rng.normal(0, 0.7, (3, trial.layout.size))
    step = 1e-6
    for i in range(trial.layout.size):
        nudge = step * np.eye(trial.layout.size)[i]
        slope = (loss.value(theta + nudge) - loss.value(theta - nudge)) / (2 * step)
        np.testing.assert_allclose(loss.gradient(theta)[:, i], slope, rtol=2e-5, atol=2e-5)


def test_the_terms_add_up_and_many_points_are_the_points_one_by_one():
    trial, t = NetworkTrial(3), np.linspace(0, 1, 7)
    theta = np.random.default_rng(0).normal(size=(2, 4, trial.layout.size))
    loss = ResidualLoss(oscillator(), trial, t, 2.5)
    np.testing.assert_allclose(
        loss.value(theta), loss.equation_term(theta) + 2.5 * loss.start_term(theta)
    )
    np.testing.assert_allclose(loss.gradient(theta)[1, 2], loss.gradient(theta[1, 2]))


@pytest.mark.parametrize(
    "equation", [decay(2.0), oscillator(4.0, 0.1), oscillator(3.0, 1.0), oscillator(3.0, 1.5)]
)
def test_exact_solutions_solve_the_equation(equation):
    t, h = np.linspace(0.3, 2, 12), 1e-4
    u, up, down = (equation.exact(each) for each in (t, t + h, t - h))
    left = (
        equation.a2 * (up - 2 * u + down) / h**2 + equation.a1 * (up - down) / (2 * h)
        + equation.a0 * u
    )  # fmt: skip
    np.testing.assert_allclose(left, 0, atol=2e-5)
    assert equation.exact(0.0) == pytest.approx(equation.u0)
    if equation.a2:
        assert (equation.exact(h) - equation.exact(-h)) / (2 * h) == pytest.approx(0, abs=1e-5)
