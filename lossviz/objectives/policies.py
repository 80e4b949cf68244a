"""Losses for acting: minus the expected return of a softmax policy, exactly.

A policy chooses action a in state s with probability pi(a|s) = softmax(logits of s)_a.  Its
return is J = start' (I - discount P_pi)^-1 r_pi, with P_pi and r_pi the transitions and rewards
averaged over the policy; an entropy bonus adds tau times the entropy of pi(.|s) to the reward of
every state visited (Sutton & Barto 2018, ch. 13; Mei et al. 2020, arXiv:2005.06392).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.models import Block, Layout

Array = NDArray[np.floating]
SLACK = 1e-9  # how far probabilities may miss a sum of one


@dataclass(frozen=True)
class Bandit:
    """Minus the expected reward of a softmax policy over k arms, of logits theta (..., k).

    ``rewards`` (k,) are the arms' mean rewards and ``entropy`` the weight tau of the policy's
    entropy.  ``value`` (...) is minus ``returns`` (...), which are sum_a pi_a r_a plus tau times
    the entropy; ``reward`` (...) leaves the bonus out; ``policy`` (..., k) are the probabilities.

    Raises ValueError for fewer than two arms, rewards that are no finite numbers, or a negative
    entropy weight.
    """

    rewards: Any
    entropy: float = 0.0

    def __post_init__(self) -> None:
        rewards = _numbers(self.rewards, "rewards", 1)
        if len(rewards) < 2:
            raise ValueError(
                f"A bandit needs at least two arms to choose from; got {len(rewards)}."
            )
        object.__setattr__(self, "rewards", tuple(rewards.tolist()))
        object.__setattr__(self, "entropy", _bonus(self.entropy))

    @property
    def layout(self) -> Layout:
        """One logit per arm."""
        names = tuple(f"logit of arm {arm + 1}" for arm in range(len(self.rewards)))
        return Layout((Block("logits", (len(names),), labels=names),))

    def policy(self, theta: ArrayLike) -> Array:
        """(..., k) to (..., k): the probability of every arm."""
        return softmax(_vectors(theta, len(self.rewards)))[0]

    def reward(self, theta: ArrayLike) -> Array:
        """(..., k) to (...): the expected reward, without the bonus."""
        return self.policy(theta) @ np.array(self.rewards)

    def returns(self, theta: ArrayLike) -> Array:
        """(..., k) to (...): the expected reward and the bonus."""
        return self._look(theta)[2]

    def value(self, theta: ArrayLike) -> Array:
        """(..., k) to (...): minus the return, to be minimised."""
        return -self.returns(theta)

    def gradient(self, theta: ArrayLike) -> Array:
        """(..., k) to (..., k): -pi_a (r_a - J) where there is no bonus."""
        policy, advantage, _ = self._look(theta)
        return -policy * advantage

    def hessian(self, theta: ArrayLike) -> Array:
        """(..., k) to (..., k, k)."""
        policy, advantage, _ = self._look(theta)
        return -softmax_curvature(policy, advantage, self.entropy)

    def _look(self, theta: ArrayLike) -> tuple[Array, Array, Array]:
        """The policy (..., k), every arm's advantage over it (..., k), and its return (...)."""
        policy, logs = softmax(_vectors(theta, len(self.rewards)))
        heights = np.array(self.rewards) - self.entropy * logs
        returns = (policy * heights).sum(-1)
        return policy, heights - returns[..., None], returns


@dataclass(frozen=True)
class MarkovDecision:
    """Minus the expected discounted return of a softmax policy in a Markov decision process.

    ``transitions[s][a][t]`` is the probability of going from state s to t by action a,
    ``rewards[s][a]`` the reward for it, ``discount`` the weight of the next step's reward,
    ``start`` (s,) the probabilities of the first state, ``entropy`` the weight tau of the bonus.
    Two actions have one logit per state, of action 1 against action 0: theta is (..., s); else
    theta is (..., s * a), state by state.

    ``value`` (...) is minus ``returns`` (...); ``reward`` (...) leaves the bonus out; ``policy``
    (..., s, a), ``state_values`` (..., s), ``action_values`` (..., s, a) and ``visits`` (..., s),
    the discounted number of visits, are what they are made of.

    Raises ValueError where the shapes do not fit, probabilities are negative or do not add up to
    one, a number is not finite, the discount lies outside 0 to 1, or it is 1 and some policy
    never ends.  An end is a state that every action keeps, at a reward of 0.
    """

    transitions: Any
    rewards: Any
    discount: float
    start: Any
    entropy: float = 0.0

    def __post_init__(self) -> None:
        moves = _numbers(self.transitions, "transitions", 3)
        rewards = _numbers(self.rewards, "rewards", 2)
        start = _numbers(self.start, "start", 1)
        s, a = rewards.shape
        if a < 2:
            raise ValueError("A Markov decision process needs at least two actions in each state.")
        if moves.shape != (s, a, s) or start.shape != (s,):
            raise ValueError(
                f"Rewards for {s} states and {a} actions need transitions of shape ({s}, {a}, {s}) "
                f"and a start of shape ({s},); got {moves.shape} and {start.shape}."
            )
        _probabilities(moves, "The transitions of every state and action")
        _probabilities(start, "The start's probabilities")
        object.__setattr__(self, "discount", _discount(self.discount))
        object.__setattr__(self, "entropy", _bonus(self.entropy))
        for name, array in (("transitions", moves), ("rewards", rewards), ("start", start)):
            object.__setattr__(self, name, _frozen(array.tolist()))
        if self.discount == 1:
            _must_end(self.moves)

    @cached_property
    def moves(self) -> Array:
        """(s, a, s) the transitions as an array; with a discount of 1, an end leads nowhere."""
        moves = np.array(self.transitions)
        if self.discount == 1:
            keeps = np.einsum("sas->sa", moves) >= 1 - SLACK
            moves[(keeps & (np.array(self.rewards) == 0)).all(1)] = 0.0
        return moves

    @cached_property
    def by_action(self) -> tuple[Array, ...]:
        """``moves`` action by action, (s, s) each."""
        return tuple(np.ascontiguousarray(moves) for moves in np.moveaxis(self.moves, 1, 0))

    @cached_property
    def table(self) -> Array:
        """(s, a) the rewards as an array."""
        return np.array(self.rewards)

    @cached_property
    def begin(self) -> Array:
        """(s,) the probabilities of the first state as an array."""
        return np.array(self.start)

    @property
    def layout(self) -> Layout:
        """One logit per state for two actions, else one per state and action."""
        s, a = np.shape(self.rewards)
        if a == 2:
            names = tuple(f"logit in state {state + 1}" for state in range(s))
            return Layout((Block("logits", (s,), labels=names),))
        pairs = [(state + 1, action + 1) for state in range(s) for action in range(a)]
        names = tuple(f"logit of action {action} in state {state}" for state, action in pairs)
        return Layout((Block("logits", (s, a), labels=names),))

    def policy(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., s, a): the probability of every action in every state."""
        return softmax(self._logits(theta))[0]

    def state_values(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., s): the return from each state on, with the bonus."""
        policy, logs = softmax(self._logits(theta))
        return _values(self._system(policy), policy, self.table - self.entropy * logs)

    def action_values(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., s, a): the return after each action, with the later bonuses."""
        return self._after(self.state_values(theta))

    def visits(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., s): the discounted number of visits to each state."""
        return self._visits(self._system(self.policy(theta)))

    def reward(self, theta: ArrayLike) -> Array:
        """(..., p) to (...): the expected discounted reward, without the bonus."""
        policy = self.policy(theta)
        return _values(self._system(policy), policy, self.table) @ self.begin

    def returns(self, theta: ArrayLike) -> Array:
        """(..., p) to (...): the expected discounted reward and the bonus."""
        return self.state_values(theta) @ self.begin

    def value(self, theta: ArrayLike) -> Array:
        """(..., p) to (...): minus the return, to be minimised."""
        return -self.returns(theta)

    def gradient(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., p): minus visits * policy * advantage (Sutton et al. 2000)."""
        policy, advantage, system = self._look(theta)
        return self._kept(-self._visits(system)[..., None] * policy * advantage)

    def hessian(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., p, p), exactly: the policy gradient differentiated once more."""
        policy, advantage, system = self._look(theta)
        s, a = policy.shape[-2:]
        visits = self._visits(system)
        logit_gradient = (
            policy * advantage
        )  # (..., s, a): how a logit moves the value of its own state
        own = visits[..., None, None] * softmax_curvature(policy, advantage, self.entropy)
        # how a logit of t moves the visits, times how a logit of s moves the value on arrival
        shift = self.moves - self._moved(policy)[..., None, :]
        arrive = np.linalg.inv(system)
        reach = np.einsum("...tbu,...us->...tbs", shift, arrive)
        reach = reach * (self.discount * visits[..., None, None] * policy[..., None])
        cross = reach[..., None] * logit_gradient[..., None, None, :, :]  # (..., t, b, s, a)
        cross = cross.reshape(*policy.shape[:-2], s * a, s * a)
        whole = cross + np.swapaxes(cross, -1, -2)
        blocks = whole.reshape(*policy.shape[:-2], s, a, s, a)
        for state in range(s):
            blocks[..., state, :, state, :] += own[..., state, :, :]
        if a == 2:
            return -blocks[..., :, 1, :, 1]
        return -whole

    def _look(self, theta: ArrayLike) -> tuple[Array, Array, Array]:
        """The policy, every action's advantage over it, the bonus included, and the system.

        (..., s, a) twice and (..., s, s).
        """
        policy, logs = softmax(self._logits(theta))
        system, bonus = self._system(policy), self.entropy * logs
        values = _values(system, policy, self.table - bonus)
        return policy, self._after(values) - bonus - values[..., None], system

    def _after(self, values: Array) -> Array:
        return self.table + self.discount * np.einsum("sat,...t->...sa", self.moves, values)

    def _visits(self, system: Array) -> Array:
        system = np.swapaxes(system, -1, -2)
        return solved(system, np.broadcast_to(self.begin, system.shape[:-1]))

    def _system(self, policy: Array) -> Array:
        """(..., s, s): I - discount P_pi."""
        return np.eye(policy.shape[-2]) - self.discount * self._moved(policy)

    def _moved(self, policy: Array) -> Array:
        """(..., s, s): the transitions averaged over the policy."""
        pairs = enumerate(self.by_action)
        return sum((policy[..., k, None] * moves for k, moves in pairs), np.zeros(()))

    def _logits(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., s, a)."""
        s, a = self.table.shape
        theta = _vectors(theta, s if a == 2 else s * a)
        if a == 2:
            return np.stack([np.zeros_like(theta), theta], axis=-1)
        return theta.reshape(*theta.shape[:-1], s, a)

    def _kept(self, each: Array) -> Array:
        """(..., s, a) derivatives by logits to (..., p)."""
        if each.shape[-1] == 2:
            return each[..., 1]
        return each.reshape(*each.shape[:-2], -1)


def softmax(logits: Array) -> tuple[Array, Array]:
    """(..., k) logits to the probabilities and their logarithms, both (..., k)."""
    shifted = logits - logits.max(-1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return np.exp(logs), logs


def softmax_curvature(policy: Array, advantage: Array, entropy: float) -> Array:
    """(..., k, k) second derivatives of sum_a pi_a (q_a - tau log pi_a) in the logits, q fixed.

    ``advantage`` (..., k) is q_a - tau log pi_a minus that sum.
    """
    both = advantage[..., :, None] + advantage[..., None, :] - entropy
    curved = -policy[..., :, None] * policy[..., None, :] * both
    own = policy * (advantage - entropy)
    return curved + own[..., None] * np.eye(policy.shape[-1])


def _values(system: Array, policy: Array, rewards: Array) -> Array:
    """(..., s) the returns from each state on, for rewards (..., s, a)."""
    return solved(system, (policy * rewards).sum(-1))


def solved(system: Array, right: Array) -> Array:
    """Solutions (..., s) of systems (..., s, s); two states by Cramer's rule, which is faster."""
    if system.shape[-1] == 2:
        (a, b), (c, d) = np.moveaxis(system, (-2, -1), (0, 1))
        x, y = right[..., 0], right[..., 1]
        return np.stack([d * x - b * y, a * y - c * x], axis=-1) / (a * d - b * c)[..., None]
    return np.linalg.solve(system, right[..., None])[..., 0]


def _vectors(theta: ArrayLike, p: int) -> Array:
    vectors = np.asarray(theta, float)
    if vectors.shape[-1:] != (p,):
        raise ValueError(
            f"This policy has {p} logits; theta has shape {vectors.shape}. "
            f"Its last axis has to have length {p}."
        )
    return vectors


def _numbers(given: Any, name: str, axes: int) -> Array:
    try:
        array = np.array(given, float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The {name} have to be numbers, {axes} levels deep and equally long everywhere; "
            f"got {given!r:.60}."
        ) from error
    if array.ndim != axes or not array.size:
        raise ValueError(
            f"The {name} have to be a list with {axes} level{'s' if axes > 1 else ''} of numbers; "
            f"got shape {array.shape}."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"The {name} have to be finite numbers; got NaN or infinity among them.")
    return array


def _probabilities(array: Array, what: str) -> None:
    sums = array.sum(-1)
    if (array < 0).any() or (np.abs(sums - 1) > SLACK).any():
        worst = float(sums.ravel()[np.abs(sums - 1).argmax()])
        raise ValueError(
            f"{what} have to be at least 0 and add up to 1; found a smallest of "
            f"{array.min():g} and a sum of {worst:g}."
        )


def _discount(discount: Any) -> float:
    number = isinstance(discount, int | float | np.integer | np.floating)
    if not number or isinstance(discount, bool) or not 0 <= discount <= 1:
        raise ValueError(f"The discount has to be a number from 0 to 1; got {discount!r}.")
    return float(discount)


def _bonus(entropy: Any) -> float:
    number = isinstance(entropy, int | float | np.integer | np.floating)
    if not number or isinstance(entropy, bool) or not 0 <= entropy < np.inf:
        raise ValueError(f"The weight of the entropy is a number of at least 0; got {entropy!r}.")
    return float(entropy)


def _must_end(moves: Array) -> None:
    """ValueError where some policy can stay for ever in states that are no end."""
    stays = moves.sum(-1).max(-1) > 0
    while True:
        certain = (moves[:, :, stays].sum(-1) >= 1 - SLACK).any(1) & stays
        if (certain == stays).all():
            break
        stays = certain
    if stays.any():
        raise ValueError(
            "With a discount of 1 the return has to end, and here some policy never leaves "
            f"{int(stays.sum())} of the states, so its return has no limit. Use a discount below "
            "1, or give every policy an end: a state that every action keeps, at a reward of 0."
        )


def _frozen(nested: Any) -> Any:
    return tuple(_frozen(each) for each in nested) if isinstance(nested, list) else nested
