"""Small environments whose expected return is known exactly, each with two logits to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.datasets.reading.numbers import PLAIN, clean
from lossviz.minima import Minimum, minimize
from lossviz.minima.policies import as_decisions, choices, good_actions
from lossviz.models import Block, Layout
from lossviz.objectives import Bandit, MarkovDecision
from lossviz.text import exact

Array = NDArray[np.floating]
Rewards = tuple[float, ...]
ARROWS = ("up", "right", "down", "left")
WIDE, HIGH = 4, 3
DISCOUNT = 0.9  # where none is chosen
LARGEST = 1e6  # of a reward
FLAT = 1e-12  # of the return: policies that differ by less are equally good


@dataclass(frozen=True, eq=False)
class Tied:
    """A decision process or bandit whose logits are ``basis`` @ theta: theta (..., 2).

    ``basis`` is (p, 2).  Value, gradient and Hessian follow by the chain rule.
    """

    inner: Bandit | MarkovDecision
    basis: Array
    names: tuple[str, str]

    @property
    def layout(self) -> Layout:
        """Two numbers, named."""
        return Layout((Block("theta", (2,), labels=self.names),))

    def logits(self, theta: ArrayLike) -> Array:
        """(..., 2) to (..., p)."""
        return np.asarray(theta, float) @ self.basis.T

    def value(self, theta: ArrayLike) -> Array:
        """(..., 2) to (...): minus the return."""
        return self.inner.value(self.logits(theta))

    def returns(self, theta: ArrayLike) -> Array:
        """(..., 2) to (...): the return, the entropy bonus included."""
        return self.inner.returns(self.logits(theta))

    def gradient(self, theta: ArrayLike) -> Array:
        """(..., 2) to (..., 2)."""
        return self.inner.gradient(self.logits(theta)) @ self.basis

    def hessian(self, theta: ArrayLike) -> Array:
        """(..., 2) to (..., 2, 2)."""
        return self.basis.T @ self.inner.hessian(self.logits(theta)) @ self.basis

    def best(self) -> Minimum:
        """Where the return is largest, as far as two parameters go.

        A bandit's logits may be shifted together, so two of three reach every policy.
        """
        if isinstance(self.inner, Bandit):
            found = minimize(self.inner)
            shift = found.theta[2] if len(found.theta) > 2 else 0.0
            return replace(found, theta=found.theta[:2] - shift, direction=None, directions=None)
        if np.array_equal(self.basis, np.eye(2)):
            return minimize(self.inner)
        return minimize(self)

    @cached_property
    def flat(self) -> bool:
        """Whether every policy that theta reaches has the same return."""
        returns = self.returns(np.random.default_rng(0).normal(0, 4, (50, 2)))
        return bool(np.ptp(returns) <= FLAT * np.abs(returns).max())

    @cached_property
    def states(self) -> MarkovDecision:
        """The decision process inside; a bandit is one of a single state."""
        return as_decisions(self.inner)

    def policy(self, theta: ArrayLike) -> Array:
        """(..., 2) to (..., s, a)."""
        logits = self.logits(theta)
        return (
            self.inner.policy(logits)[..., None, :]
            if isinstance(self.inner, Bandit)
            else self.inner.policy(logits)
        )

    def state_values(self, theta: ArrayLike) -> Array:
        """(..., 2) to (..., s): the return from each state on."""
        if isinstance(self.inner, Bandit):
            return self.returns(theta)[..., None]
        return self.inner.state_values(self.logits(theta))


@dataclass(frozen=True)
class Environment:
    """An environment as a menu knows it: ``make`` is its objective.

    ``lasting`` says whether there is a next step, so that the discount counts; ``actions`` and
    ``places`` name what can be done and where; ``reach`` is the half width of the window, and
    ``start`` two logits from which there is something to learn.  ``rewards`` are those it has
    unless others are given, ``earned`` says what each is for.  ``cells`` is (rows, columns) where
    the states lie on a grid, row by row from below.
    """

    label: str
    build: Callable[[float, float, Rewards], Tied]
    lasting: bool
    actions: tuple[str, ...]
    places: tuple[str, ...]
    reach: float
    start: tuple[float, float]
    rewards: Rewards
    earned: tuple[str, ...]
    cells: tuple[int, int] | None = None

    def make(self, discount: float, entropy: float, rewards: Iterable[float] | None = None) -> Tied:
        """The objective with this discount, this weight of the entropy, and these rewards.

        Raises ValueError for rewards that are not one finite number for each of ``earned``.
        """
        given = self.rewards if rewards is None else self._checked(rewards)
        return self.build(discount, entropy, given)

    def read_rewards(self, text: str) -> Rewards:
        """Rewards as a person types them: numbers between commas, semicolons or spaces.

        Raises ValueError, a sentence that names what is no number or how many are missing.
        """
        parts = [clean(part) for part in re.split(r"[;,\s]+", text.strip()) if part]
        for part in parts:
            if not PLAIN.fullmatch(part):
                raise ValueError(f"{part[:40]!r} is not a number. {self._needs}.")
        return self._checked(map(float, parts))

    def spelled(self, rewards: Rewards) -> str:
        """Rewards as ``read_rewards`` reads them."""
        return ", ".join(exact(reward) for reward in rewards)

    def _checked(self, rewards: Iterable[float]) -> Rewards:
        given = tuple(rewards)
        if len(given) != len(self.earned):
            raise ValueError(
                f"{self._needs}, with a point before decimals; got {len(given)} of them."
            )
        for reward in given:
            if isinstance(reward, bool) or not isinstance(reward, int | float | np.number):
                raise ValueError(f"{reward!r:.40} is not a number. {self._needs}.")
            if not abs(reward) <= LARGEST:  # nor is NaN
                raise ValueError(f"Rewards lie within ±{LARGEST:,.0f}; got {reward:g}.")
        return tuple(float(reward) + 0.0 for reward in given)

    @property
    def _needs(self) -> str:
        return (
            f"The rewards are {len(self.earned)} numbers, of {', '.join(self.earned)}, "
            f"such as {self.spelled(self.rewards)}"
        )


def two_arms(discount: float, entropy: float, rewards: Rewards) -> Tied:
    """Two arms with their mean rewards."""
    return Tied(Bandit(rewards, entropy), np.eye(2), ("logit of arm 1", "logit of arm 2"))


def three_arms(discount: float, entropy: float, rewards: Rewards) -> Tied:
    """Three arms with their mean rewards; the third arm's logit stays 0."""
    basis = np.eye(3)[:, :2]
    return Tied(Bandit(rewards, entropy), basis, ("logit of arm 1", "logit of arm 2"))


def two_states(discount: float, entropy: float, rewards: Rewards) -> Tied:
    """Action 0 mostly stays in state 1 or leads there, action 1 mostly in or to state 2.

    The rewards are of both actions in state 1, then of both in state 2.
    """
    moves = [[[0.9, 0.1], [0.2, 0.8]], [[0.7, 0.3], [0.05, 0.95]]]
    inner = MarkovDecision(moves, [rewards[:2], rewards[2:]], discount, [1.0, 0.0], entropy)
    return Tied(inner, np.eye(2), ("logit in state 1", "logit in state 2"))


def grid(discount: float, entropy: float, rewards: Rewards) -> Tied:
    """From the upper left to the lower right, past two pits, with the same logits everywhere.

    The two parameters are how much the agent leans to the right and how much it leans downwards,
    the same in every cell: going right alone never arrives, going down too early falls.  The
    rewards are of the goal, of a pit, and of every step.
    """
    arrived, fallen, step = rewards
    cells = WIDE * HIGH
    moves, table = np.zeros((cells, 4, cells)), np.full((cells, 4), step)
    goal, pits = WIDE - 1, range(1, WIDE - 1)
    for cell in range(cells):
        x, y = cell % WIDE, cell // WIDE
        if cell == goal or cell in pits:
            moves[cell, :, cell], table[cell] = 1.0, 0.0
            continue
        for action, (dx, dy) in enumerate(((0, 1), (1, 0), (0, -1), (-1, 0))):
            to = min(max(x + dx, 0), WIDE - 1) + WIDE * min(max(y + dy, 0), HIGH - 1)
            moves[cell, action, to] = 1.0
            table[cell, action] += arrived * (to == goal) + fallen * (to in pits)
    start = np.zeros(cells)
    start[(HIGH - 1) * WIDE] = 1.0
    lean = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    inner = MarkovDecision(moves, table, discount, start, entropy)
    return Tied(inner, np.tile(lean, (cells, 1)), ("lean right", "lean down"))


def _cell(cell: int) -> str:
    names = {
        (HIGH - 1) * WIDE: "start",
        WIDE - 1: "goal",
        **dict.fromkeys(range(1, WIDE - 1), "pit"),
    }
    return names.get(cell, f"{cell % WIDE + 1}, {cell // WIDE + 1}")


ENVIRONMENTS = {
    "two_states": Environment(
        "Two states, two actions", two_states, True, ("action 0", "action 1"),
        ("state 1", "state 2"), 8.0, (-3.0, -2.0), (0.1, 0.0, 0.0, 1.0),
        tuple(f"action {action} in state {state}" for state in (1, 2) for action in (0, 1)),
    ),
    "two_arms": Environment(
        "Bandit with two arms", two_arms, False, ("arm 1", "arm 2"), ("arms",), 8.0,
        (-4.0, 0.0), (1.0, 0.5), ("arm 1", "arm 2"),
    ),
    "three_arms": Environment(
        "Bandit with three arms", three_arms, False, ("arm 1", "arm 2", "arm 3"), ("arms",), 8.0,
        (-3.0, 0.0), (1.0, 0.8, 0.0), ("arm 1", "arm 2", "arm 3"),
    ),
    "grid": Environment(
        "A walk past two pits", grid, True, ARROWS, tuple(map(_cell, range(WIDE * HIGH))), 6.0,
        (1.0, 0.0), (1.0, -1.0, -0.02), ("the goal", "a pit", "every step"), (HIGH, WIDE),
    ),
}  # fmt: skip


def best_actions(environment: Tied) -> list[list[int]]:
    """The best actions of each state, more than one where they are equally good.

    Every state may choose its own, which logits that states share cannot give.
    """
    return [np.flatnonzero(row).tolist() for row in good_actions(environment.states)]


def needs_differ(environment: Tied) -> bool:
    """Whether no one action is best in all states where a choice has to be made."""
    states = environment.states
    return not good_actions(states)[choices(states)].all(0).any()


def degrees_apart(first: Tied, second: Tied) -> float | None:
    """The angle between both steepest descents where all logits are 0; None if one has none."""
    one, two = (each.gradient(np.zeros(2)) for each in (first, second))
    lengths = float(np.linalg.norm(one) * np.linalg.norm(two))
    if first.flat or second.flat or not lengths:
        return None
    return float(np.degrees(np.arccos(np.clip(one @ two / lengths, -1, 1))))


def worth_reaching(best: float, worst: float, share: float) -> float:
    """A return that is nearly the best: short of it by a share of what is at stake.

    That is the best return itself, or the distance to the ``worst``, whichever is larger: a best
    return of 0 is never reached by a softmax.
    """
    return best - share * max(abs(best), best - worst)
