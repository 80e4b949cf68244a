"""Returns of softmax policies: Q01, Q02, brute force, simulation, central differences."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest
from scipy.special import expit, logsumexp, softmax

from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import axes
from lossviz.minima import minimize
from lossviz.minima.policies import best_actions
from lossviz.objectives import Bandit, MarkovDecision
from lossviz.optimizers import OPTIMIZERS
from lossviz.trajectories import descend
from tests.combined.test_combined import central
from tests.oracles import case, check

SHORT_SIGHTED = 5  # a seed whose best action at once is not the best in the long run
Q01, Q02 = case("Q01_bandit"), case("Q02_mdp")


def two_states(entropy=0.0):
    given = Q02["inputs"]
    return MarkovDecision(given["P"], given["R"], given["gamma"], given["rho"], entropy)


def anywhere(s=4, a=3, discount=0.8, entropy=0.0, seed=0):
    rng = np.random.default_rng(seed)
    moves, start = rng.dirichlet(np.ones(s), size=(s, a)), rng.dirichlet(np.ones(s))
    return MarkovDecision(moves, rng.normal(size=(s, a)), discount, start, entropy)


def probe(entry, row, *names):
    return [{**entry, "value": row[name]} for name in names]


@pytest.mark.parametrize("unit", [1e-15, 1e15])
def test_the_unit_of_rewards_does_not_change_the_best_policy(unit):
    states = anywhere(seed=SHORT_SIGHTED)
    at_once = np.array(states.rewards).argmax(-1)
    best = best_actions(states)
    assert (best != at_once).any()
    scaled = MarkovDecision(states.moves, unit * np.array(states.rewards), 0.8, states.start)
    assert (best_actions(scaled) == best).all()
    assert minimize(scaled).value == pytest.approx(unit * minimize(states).value, rel=1e-12, abs=0)


def test_the_bandit_is_q01s():
    bandit, entry = Bandit(Q01["inputs"]["r"]), Q01["expected"]["probes"]
    for row in entry["value"]:
        policy, reward, gradient, bends = probe(
            entry, row, "pi", "J", "gradient", "hessian_eigenvalues"
        )
        theta = row["theta"]
        check(bandit.policy(theta), policy)
        check(bandit.returns(theta), reward)
        check(bandit.reward(theta), reward)
        check(-bandit.value(theta), reward)
        check(-bandit.gradient(theta), gradient)
        check(np.linalg.eigvalsh(-bandit.hessian(theta)), bends)


@pytest.mark.parametrize("row", Q01["expected"]["entropy_regularised_optimum"]["value"])
def test_the_best_policy_under_an_entropy_bonus_is_q01s(row):
    entry = Q01["expected"]["entropy_regularised_optimum"]
    bandit = Bandit(Q01["inputs"]["r"], entropy=row["tau"])
    best = minimize(bandit)
    assert (best.kind, best.exact) == ("set", True)
    check(bandit.policy(best.theta), {**entry, "value": row["pi"]})
    check(bandit.reward(best.theta), {**entry, "value": row["J"]})
    check(-best.value, {**entry, "value": row["J_tau"]})
    # along the line that changes nothing, nothing changes
    assert bandit.value(best.theta + 3 * best.directions[0]) == pytest.approx(best.value)


def test_the_decision_process_is_q02s():
    states, entry = two_states(), Q02["expected"]["probes"]
    for row in entry["value"]:
        value, values, gradient, bends = probe(
            entry, row, "J", "V", "gradient", "hessian_eigenvalues"
        )
        theta = row["theta"]
        check(states.returns(theta), value)
        check(states.reward(theta), value)
        check(-states.value(theta), value)
        check(states.state_values(theta), values)
        check(-states.gradient(theta), gradient)
        check(np.linalg.eigvalsh(-states.hessian(theta)), bends)


def test_deterministic_policies_and_the_supremum_are_q02s():
    states, entry = two_states(), Q02["expected"]["deterministic_policies"]
    for row in entry["value"]:
        theta = 60.0 * (2 * np.array(row["actions"]) - 1)
        check(states.returns(theta), {**entry, "value": row["J"]})
    best = minimize(states)
    assert (best.kind, best.exact) == ("infinity", True)
    check(-best.value, Q02["expected"]["supremum"])
    assert np.allclose(best.direction, np.sqrt([0.5, 0.5]))


@pytest.mark.parametrize("entropy", [0.0, 0.3])
@pytest.mark.parametrize("actions", [2, 3])
def test_derivatives_agree_with_central_differences(actions, entropy):
    for objective in (
        anywhere(a=actions, entropy=entropy),
        Bandit(np.arange(actions) ** 2, entropy),
    ):
        p = objective.layout.size
        theta = 2 * np.random.default_rng(1).normal(size=(3, 2, p))
        assert objective.value(theta).shape == (3, 2)
        slope, bend = central(objective.value, theta), central(objective.gradient, theta)
        np.testing.assert_allclose(objective.gradient(theta), slope, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(objective.hessian(theta), bend, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("entropy", [0.0, 0.5])
def test_returns_are_the_sum_over_all_that_can_happen(entropy):
    states = anywhere(entropy=entropy)
    theta = np.random.default_rng(2).normal(size=states.layout.size)
    policy = softmax(theta.reshape(4, 3), axis=1)
    gains = (policy * (np.array(states.rewards) - entropy * np.log(policy))).sum(1)
    at, total = np.array(states.start), 0.0
    for step in range(200):
        total += 0.8**step * at @ gains
        at = np.einsum("s,sa,sat->t", at, policy, np.array(states.transitions))
    assert states.returns(theta) == pytest.approx(total, rel=1e-12)
    assert states.reward(theta) == pytest.approx(
        float(MarkovDecision(states.transitions, states.rewards, 0.8, states.start).returns(theta))
    )
    assert states.visits(theta).sum() == pytest.approx(1 / (1 - 0.8))


def test_returns_are_what_simulated_agents_get():
    states, theta = two_states(), np.array([0.7, -0.4])
    rng, agents = np.random.default_rng(0), 4000
    chance, moves = expit(theta), np.array(states.transitions)
    at, total = np.zeros(agents, int), np.zeros(agents)
    for step in range(150):
        acts = (rng.random(agents) < chance[at]).astype(int)
        total += 0.9**step * np.array(states.rewards)[at, acts]
        at = (rng.random(agents) < moves[at, acts, 1]).astype(int)
    error = total.std(ddof=1) / np.sqrt(agents)
    assert abs(states.returns(theta) - total.mean()) < 4 * error


@pytest.mark.parametrize("actions", [2, 3])
@pytest.mark.parametrize("discount", [0.0, 0.6, 0.99])
def test_the_best_return_is_the_best_of_all_deterministic_policies(actions, discount):
    states = anywhere(a=actions, discount=discount, seed=actions)
    moves, rewards, rows = np.array(states.transitions), np.array(states.rewards), range(4)
    returns = [
        np.array(states.start)
        @ np.linalg.solve(np.eye(4) - discount * moves[rows, acts], rewards[rows, acts])
        for acts in product(range(actions), repeat=4)
    ]
    best = minimize(states)
    assert best.kind == "infinity"
    assert best.exact
    assert -best.value == pytest.approx(max(returns), rel=1e-10)
    assert states.returns(best.theta) == pytest.approx(max(returns), rel=1e-10)
    assert states.returns(20 * best.direction) < max(returns)
    assert np.linalg.norm(best.direction) == pytest.approx(1)


@pytest.mark.parametrize("actions", [2, 3])
def test_the_best_soft_policy_is_stationary_and_worth_the_soft_value(actions):
    tau = 0.4
    states = anywhere(a=actions, entropy=tau)
    best = minimize(states)
    assert best.kind == ("point" if actions == 2 else "set")
    assert np.abs(states.gradient(best.theta)).max() < 1e-12
    values = np.zeros(4)  # soft value iteration: another way to the same numbers
    for _ in range(400):
        after = np.array(states.rewards) + 0.8 * np.array(states.transitions) @ values
        values = tau * logsumexp(after / tau, axis=1)
    assert -best.value == pytest.approx(float(np.array(states.start) @ values), rel=1e-12)
    for way in best.directions if best.directions is not None else []:
        assert states.value(best.theta + way) == pytest.approx(best.value, rel=1e-12)


def test_equal_actions_are_a_flat_set_and_unreached_states_do_not_count():
    assert minimize(Bandit([2.0, 2.0, 2.0])).kind == "set"
    stay = [[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]]
    never = MarkovDecision(stay, [[1.0, 1.0], [0.0, 5.0]], 0.5, [1.0, 0.0])
    assert minimize(never).kind == "set"
    assert minimize(never).value == pytest.approx(-2)
    soft = MarkovDecision(stay, [[1.0, 0.0], [0.0, 5.0]], 0.5, [1.0, 0.0], 0.1)
    found = minimize(soft)
    assert found.kind == "set"
    assert np.allclose(np.abs(found.directions), [[0.0, 1.0]])
    assert minimize(Bandit([1.0, 3.0, 3.0])).direction == pytest.approx(
        np.array([-2, 1, 1]) / np.sqrt(6)
    )


def test_a_discount_of_one_needs_an_end():
    walk = [[[0.5, 0.5], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]
    ends = MarkovDecision(walk, [[-1.0, -3.0], [0.0, 0.0]], 1, [1.0, 0.0])
    assert ends.returns([-60.0, 0.0]) == pytest.approx(-2)  # two steps on average
    assert ends.returns([60.0, 0.0]) == pytest.approx(-3)
    assert -minimize(ends).value == pytest.approx(-2)
    with pytest.raises(ValueError, match="has to end"):
        MarkovDecision(walk, [[-1.0, -3.0], [0.0, 1.0]], 1.0, [1.0, 0.0])
    lazy = [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]
    with pytest.raises(ValueError, match="1 of the states"):
        MarkovDecision(lazy, [[0.0, -3.0], [0.0, 0.0]], 1.0, [1.0, 0.0])


def test_extreme_logits_give_numbers():
    for objective in (Bandit([1.0, 0.5], 0.1), two_states(0.1), anywhere(entropy=0.2)):
        theta = np.full(objective.layout.size, 1e6) * (-1.0) ** np.arange(objective.layout.size)
        for found in (objective.value(theta), objective.gradient(theta), objective.hessian(theta)):
            assert np.isfinite(found).all()


def test_planes_and_descent_take_policies():
    states = two_states()
    land = evaluate_plane(states, axes(2, 0, 1), np.linspace(-6, 6, 5), np.linspace(-6, 6, 3))
    assert land.values[1, 2] == pytest.approx(-2.6632047477444827, rel=1e-9)
    path = descend(Bandit([1.0, 0.5]), OPTIMIZERS["gd"](lr=1.0), [0.0, 0.0], steps=50)
    assert (np.diff(path.values) < 0).all()


def test_policies_compare_print_and_pickle():
    one, two = Bandit(np.array([1, 2])), Bandit([1.0, 2.0])
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one) == "Bandit(rewards=(1.0, 2.0), entropy=0.0)"
    assert pickle.loads(pickle.dumps(two_states())) == two_states()
    assert two_states().layout.names == ("logit in state 1", "logit in state 2")


STAY = [[[1.0], [1.0]]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Bandit([1.0]), "two arms"),
        (lambda: Bandit([1.0, "x"]), "rewards have to be numbers"),
        (lambda: Bandit([1.0, float("nan")]), "finite"),
        (lambda: Bandit([[1.0, 2.0]]), "1 level"),
        (lambda: Bandit([1.0, 2.0], -1), "at least 0"),
        (lambda: Bandit([1.0, 2.0], float("inf")), "at least 0"),
        (lambda: MarkovDecision(STAY, [[1.0, 0.0]], 1.0, [1.0]), "has to end"),
        (lambda: MarkovDecision(STAY, [[1.0, 0.0]], 1.5, [1.0]), "discount"),
        (lambda: MarkovDecision(STAY, [[1.0, 0.0]], "0.5", [1.0]), "discount"),
        (lambda: MarkovDecision(STAY, [[1.0, 0.0]], 0.5, [0.5]), "add up to 1"),
        (lambda: MarkovDecision([[[0.5], [1.0]]], [[1.0, 0.0]], 0.5, [1.0]), "add up to 1"),
        (lambda: MarkovDecision(STAY, [[1.0]], 0.5, [1.0]), "two actions"),
        (lambda: MarkovDecision(STAY, [[1.0, 0.0]], 0.5, [0.5, 0.5]), "shape"),
        (lambda: MarkovDecision(STAY, [[1.0, float("inf")]], 0.5, [1.0]), "finite"),
        (lambda: MarkovDecision([1.0], [[1.0, 0.0]], 0.5, [1.0]), "3 levels"),
        (lambda: Bandit([1.0, 2.0]).value(np.zeros(3)), "2 logits"),
        (lambda: two_states().gradient(np.zeros(3)), "2 logits"),
    ],
)
def test_wrong_input_is_told_in_a_sentence(make, words):
    with pytest.raises(ValueError, match=words):
        make()
