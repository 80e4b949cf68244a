"""Agents on small environments: sampled gradients, the natural gradient, plateaus, what is said."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from lossviz.acting import (
    ENVIRONMENTS,
    best_actions,
    climb,
    cloud,
    degrees_apart,
    steps_to,
    walks,
    worth_reaching,
)
from lossviz.acting.agents import natural
from lossviz.findings import acting as findings
from lossviz.minima import minimize
from tests.combined.test_combined import central
from tests.oracles import case

Q01, Q02 = case("Q01_bandit")["expected"], case("Q02_mdp")["expected"]


def environment(id, discount=0.9, entropy=0.0, rewards=None):
    return ENVIRONMENTS[id].make(discount, entropy, rewards)


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
    assert "Every policy has the same return, 1:" in told("two_arms", rewards=(1, 1))
    assert "Every policy has the same return, −0.02:" in told("grid", discount=0.0)
    assert "so is any mixture of them: arm 2 or arm 3." in told("three_arms", rewards=(0, 1, 1))
    assert "all but deterministic, arm 1 1, arm 2 below 0.001" in told(
        "two_arms", entropy=0.1, rewards=(2, 0)
    )
    wandering = told("grid", rewards=(0, 0, 0.1))
    assert "right 1" in wandering
    assert wandering.endswith("the best policy found is all but deterministic.")
    assert "different actions" not in told("grid", rewards=(1, -1, 0.5))


def test_what_is_said_of_near_and_far_sight():
    def told(id, rewards=None, late=0.99):
        pair = (environment(id, each, rewards=rewards) for each in (0.0, late))
        return findings.horizon(ENVIRONMENTS[id], *pair, late)

    assert "the best action in state 1 is action 0; with discount 0.99 it is action 1" in told(
        "two_states"
    )
    assert "in 8 of 12 places several actions have the best reward at once" in told("grid")
    assert "same actions everywhere" in told("two_states", (0, 1, 1, 0))
    assert "all actions are equally good everywhere" in told("grid", (0, 0, 0))
    assert "in 1, 1 is up or down or left; with discount 0.99 it is right" in told(
        "grid", (-1, -1, -0.1)
    )


@pytest.mark.parametrize("id", ["two_arms", "three_arms", "two_states"])
def test_the_best_actions_are_those_of_all_deterministic_policies(id):
    # small whole rewards tie often; every deterministic policy is tried
    rng = np.random.default_rng(7)
    for _ in range(20):
        rewards = rng.integers(-1, 2, len(ENVIRONMENTS[id].earned)).astype(float)
        one = environment(id, 0.5, rewards=rewards)
        states = one.states
        s, a = states.table.shape
        policies = list(itertools.product(range(a), repeat=s))
        values = []
        for policy in policies:
            row, rows = np.array(policy), np.arange(s)
            system = np.eye(s) - states.discount * states.moves[rows, row]
            values.append(np.linalg.solve(system, states.table[rows, row]))
        top = np.max(values, axis=0)
        for state, acts in enumerate(best_actions(one)):
            after = states.table[state] + states.discount * states.moves[state] @ top
            assert acts == np.flatnonzero(after >= after.max() - 1e-9).tolist()
        reached = float(one.returns(rng.normal(0, 3, (500, 2))).max())
        assert reached <= -one.best().value + 1e-9
        assert one.flat == (np.ptp([value[0] for value in values]) < 1e-9)


def test_the_angle_between_near_and_far_sight():
    soon, late = environment("two_states", 0.0), environment("two_states", 0.99)
    ways = [-each.gradient(np.zeros(2)) for each in (soon, late)]
    cosine = ways[0] @ ways[1] / np.prod(np.linalg.norm(ways, axis=1))
    assert degrees_apart(soon, late) == pytest.approx(np.degrees(np.arccos(cosine)))
    level = environment("two_states", 0.0, rewards=(1, 1, 0, 0))
    assert degrees_apart(level, late) is None
    assert "at least one" in findings.apart(None)


@pytest.mark.parametrize("id", ENVIRONMENTS)
def test_typed_rewards_are_those_of_the_return(id):
    env = ENVIRONMENTS[id]
    assert env.read_rewards(env.spelled(env.rewards)) == env.rewards
    given = tuple(0.25 * k - 0.5 for k in range(len(env.earned)))
    typed = "; ".join(f"{each:g}".replace("-", "−") for each in given)
    assert env.read_rewards(typed) == given
    usual, twice = env.make(0.9, 0.0), env.make(0.9, 0.0, [2 * each for each in env.rewards])
    theta = np.random.default_rng(0).normal(size=(5, 2))
    np.testing.assert_allclose(twice.returns(theta), 2 * usual.returns(theta), rtol=1e-12)
    theta = np.array([0.3, -1.2])
    # a softmax agent's simulated episodes earn what is told
    drawn = cloud(env.make(0.5, 0.0, given), theta, 20_000)
    error = drawn.plain.std(0, ddof=1) / 20_000**0.5 + 1e-3
    assert (np.abs(drawn.plain.mean(0) - drawn.exact) < 4 * error).all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("high, 0.5", "'high' is not a number. The rewards are 2 numbers, of arm 1, arm 2"),
        ("nan, 1", "'nan' is not a number"),
        ("1_0, 1", "'1_0' is not a number"),
        ("1,5; 0,5", "with a point before decimals; got 4 of them"),
        ("", "got 0 of them"),
        ("1e9, 0", "Rewards lie within ±1,000,000; got 1e+09"),
        ("1e999, 0", "Rewards lie within ±1,000,000; got inf"),
    ],
)
def test_rewards_that_are_none_are_told(text, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        ENVIRONMENTS["two_arms"].read_rewards(text)


def test_rewards_in_code_that_are_none_are_told():
    for rewards, says in (([1, "2"], "'2' is not a number"), ([1, float("nan")], "got nan")):
        with pytest.raises(ValueError, match=says):
            environment("two_arms", rewards=rewards)


def test_a_goal_is_below_a_best_return_of_zero():
    assert worth_reaching(1.0, 0.5, 0.05) == 0.95
    assert worth_reaching(0.0, -2.0, 0.05) == -0.1


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
    # two arms without a reward, and a rare one with: what was taken differs, what was earned not
    text = findings.noise(cloud(environment("three_arms", rewards=(0, 0, 1)), np.full(2, 9.0), 400))
    assert "are all the same, (0, 0): the rare action" in text
    same = cloud(environment("two_states", rewards=(1, 1, 1, 1)), np.array([-3.0, -2.0]), 50)
    assert findings.noise(same).endswith("the same exact gradient (0, 0).")
    text = findings.plateau(0.01, None, 21, 13, 0.95, 5000)
    assert "more than 5,000 steps" in text
    assert "natural gradient 21" in text
