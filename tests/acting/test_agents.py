"""Agents on small environments: sampled gradients, the natural gradient, plateaus, what is said."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.acting import ENVIRONMENTS, climb, cloud, steps_to, walks
from lossviz.acting.agents import natural
from lossviz.findings import acting as findings
from lossviz.minima import minimize
from lossviz.objectives import Bandit
from tests.combined.test_combined import central
from tests.oracles import case

Q01, Q02 = case("Q01_bandit")["expected"], case("Q02_mdp")["expected"]


def environment(id, discount=0.9, entropy=0.0):
    return ENVIRONMENTS[id].make(discount, entropy)


@pytest.mark.parametrize("entropy", [0.0, 0.2])
@pytest.mark.parametrize("id", ENVIRONMENTS)
def test_the_worlds_have_the_right_derivatives(id, entropy):
    one = environment(id, entropy=entropy)
    theta = np.random.default_rng(0).normal(size=(3, 2))
    slope, bend = central(one.value, theta), central(one.gradient, theta)
    np.testing.assert_allclose(one.gradient(theta), slope, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(one.hessian(theta), bend, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(one.policy(theta).sum(-1), 1)
    start = np.array(one.states.start)
    np.testing.assert_allclose(one.state_values(theta) @ start, one.returns(theta))
    places, actions = ENVIRONMENTS[id].places, ENVIRONMENTS[id].actions
    assert one.policy(theta).shape == (3, len(places), len(actions))


@pytest.mark.parametrize("entropy", [0.0, 0.2])
@pytest.mark.parametrize("id", ENVIRONMENTS)
def test_sampled_gradients_are_right_on_average_with_and_without_a_baseline(id, entropy):
    one, theta = environment(id, 0.7, entropy), np.array([-0.5, 0.8])
    drawn = cloud(one, theta, 8000)
    for points in (drawn.plain, drawn.baseline):
        error = points.std(0, ddof=1) / np.sqrt(len(points)) + 1e-3  # and the horizon's end
        assert (np.abs(points.mean(0) - drawn.exact) < 4 * error).all()
    plain, baseline = drawn.variances
    assert baseline < plain


@pytest.mark.parametrize("row", Q01["probes"]["value"])
def test_their_variance_is_q01s(row):
    drawn = cloud(environment("two_arms", 0.0), np.array(row["theta"]), 40_000)
    expected = row["reinforce_variance"]
    plain, baseline = drawn.variances
    assert plain == pytest.approx(expected["no_baseline"], rel=0.3, abs=1e-12)
    assert baseline == pytest.approx(expected["baseline_J"], rel=0.8, abs=1e-12)


def test_the_natural_gradient_is_the_advantage_whatever_the_policy():
    for theta in ([0.0, 0.0], [-8.0, 0.0], [3.0, 1.0]):
        way = natural(environment("two_arms", 0.0), np.array(theta))
        assert way[0] - way[1] == pytest.approx(0.5, rel=1e-6)  # the difference of the rewards
    one, theta = environment("two_states"), np.array([1.0, -2.0])
    values = one.inner.action_values(theta)
    assert natural(one, theta) == pytest.approx(values[:, 1] - values[:, 0], rel=1e-9)


def test_leaving_a_plateau_takes_thousands_of_exact_steps_and_few_natural_ones():
    one = environment("two_arms", 0.0)
    assert steps_to(one, np.zeros(2), 1.0, 0.95) == 13
    assert steps_to(one, np.array([-8.0, 0.0]), 1.0, 0.95) == 3014
    assert steps_to(one, np.array([-8.0, 0.0]), 1.0, 0.95, "natural") < 30
    assert steps_to(one, np.array([-8.0, 0.0]), 1.0, 0.95, most=100) is None


def step_by_step(environment, at, rate, goal, id, most):
    """How many steps to the goal, one after another, as the definition says."""
    seen = []
    for step in range(most + 1):
        seen.append(float(environment.returns(at)))
        if seen[-1] >= goal:
            return step
        if step - int(np.argmax(seen)) >= 200:
            return None
        way = natural(environment, at) if id == "natural" else -environment.gradient(at)
        at = at + rate * way * min(1.0, 2.0 / max(np.linalg.norm(rate * way), 1e-300))
    return None


@pytest.mark.parametrize("id", ["exact", "natural"])
@pytest.mark.parametrize(("goal", "most"), [(0.6, 300), (0.62, 300), (0.9, 40), (2.0, 700)])
def test_steps_are_counted_as_if_one_looked_after_each(id, goal, most):
    one, start, told = environment("two_arms", 0.0), np.array([-1.0, 1.0]), []
    counted = steps_to(one, start, 0.3, goal, id, most, told.append)
    assert counted == step_by_step(one, start, 0.3, goal, id, most)
    assert told == sorted(told)
    assert all(0 < share <= 1 for share in told)


def test_walks_tell_how_far_they_are():
    told = []
    walks(environment("grid"), np.zeros(2), 0.5, 5, episodes=2, progress=told.append)
    np.testing.assert_allclose(told, np.arange(1, 21) / 20)


def test_the_best_of_every_world():
    assert -environment("two_states").best().value == pytest.approx(Q02["supremum"]["value"])
    for id in ("two_arms", "three_arms"):
        found = environment(id).best()
        assert (found.kind, found.value) == ("infinity", pytest.approx(-1))
        assert environment(id).value(found.theta) == pytest.approx(-1)
        soft = environment(id, entropy=0.4).best()
        inner = environment(id, entropy=0.4).inner
        assert environment(id, entropy=0.4).value(soft.theta) == pytest.approx(
            minimize(inner).value
        )
    grid = environment("grid")
    side = np.linspace(-6, 6, 61)
    seen = grid.value(np.stack(np.meshgrid(side, side), -1)).min()
    assert grid.best().value <= seen + 1e-9


def test_every_agent_climbs_and_is_the_same_for_the_same_seed():
    one, start = environment("two_states"), np.array([-1.0, -1.0])
    runs = walks(one, start, 0.5, 30, seed=3)
    for run in runs:
        assert run.returns[-1] > run.returns[0]
        np.testing.assert_allclose(run.returns, one.returns(run.points))
    again = climb(one, "reinforce", start, 0.5, 30, seed=3)
    assert np.array_equal(again.points, runs[2].points)


def test_what_is_said_of_the_best_policy():
    def told(id, **how):
        one = environment(id, **how)
        return findings.best(ENVIRONMENTS[id], one.best(), one)

    assert "action 1 in state 1, action 1 in state 2" in told("two_states")
    assert "8.324" in told("two_states")
    assert "action 0 in state 1, action 1 in state 2" in told("two_states", discount=0.0)
    soft = told("two_arms", entropy=1.0)  # Q01's optimum
    assert "arm 1 0.622, arm 2 0.378" in soft
    assert "1.474" in soft
    assert "stochastic" in told("grid")
    flat = ENVIRONMENTS["two_arms"]
    equal = environment("two_arms")
    object.__setattr__(equal, "inner", Bandit([1.0, 1.0]))
    assert "Every policy has the same return, 1" in findings.best(flat, equal.best(), equal)


def test_what_is_said_of_near_and_far_sight():
    def told(id):
        return findings.horizon(ENVIRONMENTS[id], environment(id, 0.0), environment(id, 0.99), 0.99)

    assert "the best action in state 1 is action 0; with discount 0.99 it is action 1" in told(
        "two_states"
    )
    assert "of 12 places several actions have the best reward at once" in told("grid")
    same = findings.horizon(
        ENVIRONMENTS["two_states"], environment("two_states"), environment("two_states"), 0.9
    )
    assert "same actions everywhere" in same


def test_what_is_said_of_noise_and_plateaus():
    drawn = cloud(environment("two_arms", 0.0), np.zeros(2), 400)
    text = findings.noise(drawn)
    assert "and 0 with the state's value" in text
    assert "(0.125, −0.125)" in text
    assert cloud(environment("two_states", 0.0, 0.0), np.array([0.0, 0.0]), 400).variances[1] == 0
    text = findings.noise(cloud(environment("two_arms", 0.0), np.array([-8.0, 0.0]), 400))
    assert "are all the same" in text
    assert "never sampled" in text
    assert "variance" not in text
    text = findings.plateau(0.01, None, 21, 13, 0.95, 5000)
    assert "more than 5,000 steps" in text
    assert "natural gradient 21" in text
