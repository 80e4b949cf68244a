"""Maxima of the return of a softmax policy: by dynamic programming, exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.minimum import Minimum
from lossviz.objectives import Bandit, MarkovDecision
from lossviz.objectives.policies import softmax
from lossviz.text import number

Array = NDArray[np.floating]
FAR = 40.0  # logits at which a softmax is as sure as numbers can say
TIE = 1e-12  # relative: actions this close to the best are equally good
ROUNDS = 1000


def policy_minimum(objective: Bandit | MarkovDecision) -> Minimum:
    """The policy of the largest return.

    Without an entropy bonus the best policy is deterministic, and a softmax only approaches it:
    the minimum lies at infinity, unless all actions are equally good.  With a bonus the best
    policy is a softmax of the action values, found by soft policy iteration; logits of more than
    one action per state may be shifted together, which leaves lines of equal policies.
    """
    states = as_decisions(objective)
    if objective.entropy:
        return _soft(objective, states)
    best, good = _best(states)
    open_ = choices(states)
    if not open_.any():
        zero = np.zeros(objective.layout.size)
        return Minimum(
            theta=zero,
            value=float(objective.value(zero)),
            kind="set",
            exact=True,
            method="policy iteration",
            message="Every policy has the same return: all actions are equally good.",
            directions=np.eye(len(zero)),
        )
    direction = _towards(objective, good & open_[:, None], open_)
    infimum = -float(np.array(states.start) @ best)
    return Minimum(
        theta=FAR / np.abs(direction).max() * direction,
        value=infimum,
        kind="infinity",
        exact=True,
        method="policy iteration",
        message=(
            "The best policy always takes the best action. A softmax only comes close, as its "
            f"logits grow for ever: the return rises towards {number(-infimum)} and never gets "
            "there."
        ),
        direction=direction,
    )


def as_decisions(objective: Bandit | MarkovDecision) -> MarkovDecision:
    """A bandit as a decision process of one state, whose next step does not count."""
    if isinstance(objective, MarkovDecision):
        return objective
    arms = objective.rewards
    return MarkovDecision([[[1.0]] * len(arms)], [arms], 0.0, [1.0], objective.entropy)


def best_actions(states: MarkovDecision) -> NDArray[np.intp]:
    """(s,) the actions of the best deterministic policy, by policy iteration (Howard 1960)."""
    action = np.array(states.rewards).argmax(-1)
    for _ in range(ROUNDS):
        values = _action_values(states, action)
        kept = values[np.arange(len(action)), action]
        gain = values.max(-1) > kept + TIE * np.maximum(np.abs(values).max(), 1e-300)
        if not gain.any():
            break
        action = np.where(gain, values.argmax(-1), action)
    return action


def good_actions(states: MarkovDecision) -> NDArray[np.bool_]:
    """(s, a) which actions are as good as the best, where the best policy follows."""
    return _best(states)[1]


def choices(states: MarkovDecision) -> NDArray[np.bool_]:
    """(s,) the states that some path reaches and where not all actions are equally good."""
    return _reached(states) & ~good_actions(states).all(1)


def _best(states: MarkovDecision) -> tuple[Array, NDArray[np.bool_]]:
    """(s,) the return of the best policy from each state on, and (s, a) the actions it may take."""
    values = _action_values(states, best_actions(states))
    best = values.max(-1)
    top = np.maximum(np.abs(values).max(), 1e-300)
    return best, values >= best[:, None] - TIE * top


def _action_values(states: MarkovDecision, action: NDArray[np.intp]) -> Array:
    """(s, a) the returns after every action where the policy is ``action`` from then on."""
    rows, moves = np.arange(len(action)), states.moves
    system = np.eye(len(action)) - states.discount * moves[rows, action]
    values = np.linalg.solve(system, np.array(states.rewards)[rows, action])
    return np.array(states.rewards) + states.discount * moves @ values


def _reached(states: MarkovDecision) -> NDArray[np.bool_]:
    """(s,) whether a state counts: it is a start, or some action leads there from one."""
    reached = np.array(states.start) > 0
    if not states.discount:
        return reached
    linked = states.moves.max(1) > 0
    for _ in range(len(reached)):
        reached = reached | linked[reached].any(0)
    return reached


def _towards(
    objective: Bandit | MarkovDecision, good: NDArray[np.bool_], choice: NDArray[np.bool_]
) -> Array:
    """(p,) the unit vector along which the good actions take over where there is a choice."""
    logits = np.where(good, 1.0, 0.0)
    if isinstance(objective, MarkovDecision) and logits.shape[1] == 2:
        way = logits[:, 1] - logits[:, 0]
    else:
        way = np.where(choice[:, None], logits - logits.mean(1, keepdims=True), 0.0).ravel()
    return np.asarray(way / np.linalg.norm(way))


def _soft(objective: Bandit | MarkovDecision, states: MarkovDecision) -> Minimum:
    """Soft policy iteration: evaluate exactly, then take the softmax of the action values."""
    s, a = np.shape(states.rewards)
    logits = np.zeros((s, a))
    for _ in range(ROUNDS):
        theta = logits[:, 1] - logits[:, 0] if a == 2 else logits.ravel()
        values = states.action_values(theta)
        better = values / objective.entropy
        better = better - better.mean(-1, keepdims=True)
        moved = np.abs(softmax(better)[0] - softmax(logits)[0]).max()
        logits = better
        if moved <= 1e-15:
            break
    theta, lines = logits.ravel(), np.kron(np.eye(s), np.full((1, a), a**-0.5))
    if isinstance(objective, MarkovDecision) and a == 2:
        theta, lines = logits[:, 1] - logits[:, 0], np.zeros((0, s))
    unreached = np.flatnonzero(~_reached(states))
    if len(unreached):  # what no path reaches may be anything
        each = len(theta) // s
        places = [state * each + k for state in unreached for k in range(each)]
        lines = np.concatenate([np.delete(lines, unreached, 0) if each > 1 else lines,
                                np.eye(len(theta))[places]])  # fmt: skip
    message = "The best policy is a softmax of the action values, divided by the entropy's weight."
    if len(lines):
        message += " Logits of one state may be shifted together without changing it."
    return Minimum(
        theta=theta,
        value=float(objective.value(theta)),
        kind="set" if len(lines) else "point",
        exact=True,
        method="soft policy iteration",
        message=message,
        directions=lines if len(lines) else None,
    )
