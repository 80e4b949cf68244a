"""Small environments whose expected return is known exactly, each with two logits to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.minima import Minimum, minimize
from lossviz.minima.policies import as_decisions
from lossviz.minima.policies import best_actions as best_of
from lossviz.models import Block, Layout
from lossviz.objectives import Bandit, MarkovDecision

Array = NDArray[np.floating]
ARROWS = ("up", "right", "down", "left")
WIDE, HIGH = 4, 3
GOAL, FALL, STEP = 1.0, -1.0, -0.02  # rewards of the small gridworld


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
    """An environment as a menu knows it: ``make(discount, entropy)`` is its objective.

    ``lasting`` says whether there is a next step, so that the discount counts; ``actions`` and
    ``places`` name what can be done and where; ``reach`` is the half width of the window.
    ``cells`` is (rows, columns) where the states lie on a grid, row by row from below.
    """

    label: str
    make: Callable[[float, float], Tied]
    lasting: bool
    actions: tuple[str, ...]
    places: tuple[str, ...]
    reach: float
    cells: tuple[int, int] | None = None


def two_arms(discount: float, entropy: float) -> Tied:
    """Two arms with rewards 1 and 0.5."""
    return Tied(Bandit([1.0, 0.5], entropy), np.eye(2), ("logit of arm 1", "logit of arm 2"))


def three_arms(discount: float, entropy: float) -> Tied:
    """Three arms with rewards 1, 0.8 and 0; the third arm's logit stays 0."""
    basis = np.eye(3)[:, :2]
    return Tied(Bandit([1.0, 0.8, 0.0], entropy), basis, ("logit of arm 1", "logit of arm 2"))


def two_states(discount: float, entropy: float) -> Tied:
    """Action 0 has a small reward at once in state 1; action 1 leads to a larger one."""
    moves = [[[0.9, 0.1], [0.2, 0.8]], [[0.7, 0.3], [0.05, 0.95]]]
    inner = MarkovDecision(moves, [[0.1, 0.0], [0.0, 1.0]], discount, [1.0, 0.0], entropy)
    return Tied(inner, np.eye(2), ("logit in state 1", "logit in state 2"))


def grid(discount: float, entropy: float) -> Tied:
    """From the upper left to the lower right, past two pits, with the same logits everywhere.

    The two parameters are how much the agent leans to the right and how much it leans downwards,
    the same in every cell: going right alone never arrives, going down too early falls.
    """
    cells = WIDE * HIGH
    moves, rewards = np.zeros((cells, 4, cells)), np.full((cells, 4), STEP)
    goal, pits = WIDE - 1, range(1, WIDE - 1)
    for cell in range(cells):
        x, y = cell % WIDE, cell // WIDE
        if cell == goal or cell in pits:
            moves[cell, :, cell], rewards[cell] = 1.0, 0.0
            continue
        for action, (dx, dy) in enumerate(((0, 1), (1, 0), (0, -1), (-1, 0))):
            to = min(max(x + dx, 0), WIDE - 1) + WIDE * min(max(y + dy, 0), HIGH - 1)
            moves[cell, action, to] = 1.0
            rewards[cell, action] += GOAL * (to == goal) + FALL * (to in pits)
    start = np.zeros(cells)
    start[(HIGH - 1) * WIDE] = 1.0
    lean = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    inner = MarkovDecision(moves, rewards, discount, start, entropy)
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
        ("state 1", "state 2"), 8.0,
    ),
    "two_arms": Environment(
        "Bandit with two arms", two_arms, False, ("arm 1", "arm 2"), ("arms",), 8.0
    ),
    "three_arms": Environment(
        "Bandit with three arms", three_arms, False, ("arm 1", "arm 2", "arm 3"), ("arms",), 8.0
    ),
    "grid": Environment(
        "A walk past two pits", grid, True, ARROWS, tuple(map(_cell, range(WIDE * HIGH))), 6.0,
        (HIGH, WIDE),
    ),
}  # fmt: skip


def best_actions(environment: Tied) -> list[int]:
    """The best action of each state where every state may choose its own."""
    return [int(action) for action in best_of(environment.states)]


def first_reward(environment: Tied) -> Any:
    """(s, a) the reward of each action at once."""
    return np.array(environment.states.rewards)
