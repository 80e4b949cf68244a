"""Agents that climb the return: exact gradients, natural ones, and gradients from samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.acting.environments import Tied
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.objectives import MarkovDecision

Array = NDArray[np.floating]
AGENTS = {
    "exact": "Policy gradient",
    "natural": "Natural gradient",
    "reinforce": "REINFORCE",
    "baseline": "REINFORCE with baseline",
}
HORIZON = 1e-2  # an episode ends where the discount leaves less than this
LONGEST = 400
STALLED = 200
ROUNDING = 1e-24  # of a gradient's square: a variance below this is rounding
FIRST_LAP = 8  # steps between looks at the return; the laps grow
LONG_STEP = 2.0  # of a logit in one step: a natural gradient far out has no limit


@dataclass(frozen=True, eq=False)
class Run:
    """An agent's path: ``points`` (t + 1, 2) and the exact returns there (t + 1,)."""

    id: str
    label: str
    points: Array
    returns: Array


@dataclass(frozen=True, eq=False)
class Cloud:
    """Sampled gradients of the return, one episode each.

    ``plain`` and ``baseline`` are (m, 2) without and with the state values as a baseline;
    ``exact`` (2,) is the gradient they estimate.
    """

    plain: Array
    baseline: Array
    exact: Array

    @property
    def variances(self) -> tuple[float, float]:
        """The sum of the entries' variances, without and with the baseline; 0 to rounding is 0."""
        nothing = ROUNDING * float(np.square(self.plain).mean() + np.square(self.exact).sum())
        both = (float(each.var(0, ddof=1).sum()) for each in (self.plain, self.baseline))
        return tuple(each if each > nothing else 0.0 for each in both)  # type: ignore[return-value]

    @property
    def size(self) -> float:
        """The largest entry of a sampled gradient: the exact one is known to its rounding."""
        return float(np.abs(self.plain).max())

    @property
    def off(self) -> bool:
        """Whether all samples are the same and another than the exact gradient."""
        mean = self.plain.mean(0)
        return self.variances[0] == 0 and not np.allclose(mean, self.exact, rtol=1e-6, atol=0)


def natural(environment: Tied, theta: Array) -> Array:
    """(2,) the gradient of the return in the policy's own geometry: F^+ grad (Kakade 2001).

    F is the Fisher information of the actions, averaged over the discounted visits.
    """
    policy = environment.policy(theta)
    s, a = policy.shape
    states = environment.states
    weight = states.visits(_inner(environment, theta)) if states.discount else states.begin
    blocks = policy[:, :, None] * (np.eye(a) - policy[:, None, :])
    scores = _scores(environment)
    fisher = np.einsum("s,sab,sap,sbq->pq", weight, blocks, scores, scores)
    return np.linalg.pinv(fisher, rcond=1e-10, hermitian=True) @ -environment.gradient(theta)


def _inner(environment: Tied, theta: Array) -> Array:
    """The logits as the decision process inside takes them."""
    logits = environment.logits(theta)
    if isinstance(environment.inner, MarkovDecision) or logits.shape[-1] > 2:
        return logits
    return logits[..., 1:] - logits[..., :1]  # a bandit of two arms as one state of two actions


def _scores(environment: Tied) -> Array:
    """(s, a, 2) how each action's logit moves with theta."""
    s, a = np.shape(environment.states.rewards)
    if isinstance(environment.inner, MarkovDecision) and a == 2:
        return np.stack([np.zeros_like(environment.basis), environment.basis], axis=1)
    return environment.basis.reshape(s, a, 2)


def cloud(environment: Tied, theta: Array, count: int = 400, seed: int = 0) -> Cloud:
    """Gradients from ``count`` simulated episodes at theta (2,) (Williams 1992).

    Each is the sum over steps of discount^t times the score of the action taken times what came
    after it, minus, with the baseline, the value of the state.  The same episodes serve both.
    """
    rng = np.random.default_rng(seed)
    policy, states = environment.policy(theta), environment.states
    values, tau = environment.state_values(theta), states.entropy
    rewards, discount = states.table, states.discount
    bonus = -tau * np.log(np.maximum(policy, 1e-300))
    basis = _scores(environment)
    scores = basis - np.einsum("sa,sap->sp", policy, basis)[:, None]
    length = 1 if discount == 0 else int(np.ceil(np.log(HORIZON) / np.log(min(discount, 0.999))))
    length = min(length, LONGEST)
    to_act, to_move = _steps(policy), _steps(np.array(states.transitions))
    chance = rng.random((2 * length + 1, count, 1))
    at = (chance[0] >= _steps(states.begin)).sum(-1)
    over = _ended(environment) & (tau == 0)  # what comes after an end changes nothing
    seen: list[NDArray[np.intp]] = []
    acts: list[NDArray[np.intp]] = []
    while len(seen) < length and not over[at].all():
        act = (chance[2 * len(seen) + 1] >= to_act[at]).sum(-1)
        seen.append(at)
        acts.append(act)
        at = (chance[2 * len(seen)] >= to_move[at, act]).sum(-1)
    if not seen:
        return Cloud(np.zeros((count, 2)), np.zeros((count, 2)), -environment.gradient(theta))
    where, what = np.array(seen), np.array(acts)  # (steps, count)
    weight = discount ** np.arange(len(seen) + 1)[:, None]
    gains = weight[:-1] * (rewards + bonus)[where, what]
    gains[-1] += weight[-1] * values[at]  # what a cut episode would still have brought
    after = gains[::-1].cumsum(0)[::-1]
    score = scores[where, what]
    plain = np.einsum("tmp,tm->mp", score, after)
    baseline = np.einsum("tmp,tm->mp", score, after - weight[:-1] * values[where])
    return Cloud(plain, baseline, -environment.gradient(theta))


def _ended(environment: Tied) -> NDArray[np.bool_]:
    """(s,) states that every action keeps, at a reward of 0."""
    states = environment.states
    keeps = np.einsum("sas->sa", np.array(states.transitions)) == 1
    return (keeps & (states.table == 0)).all(1)


def _steps(chances: Array) -> Array:
    """(..., k) probabilities to what a number from 0 to 1 passes on its way to each but the first.

    How many of them it reaches is the index drawn.
    """
    sums = chances.cumsum(-1)
    steps = sums / sums[..., -1:]
    steps[..., -1] = np.inf
    return steps


def climb(
    environment: Tied,
    id: str,
    start: Array,
    rate: float,
    steps: int,
    episodes: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> Run:
    """One agent's path from ``start`` (2,): theta + rate * its gradient, ``steps`` times.

    ``progress`` hears the share of the steps that is done.
    """
    points = np.empty((steps + 1, 2))
    points[0] = start
    for step in range(steps):
        at = points[step]
        if id in WAYS:
            way = WAYS[id](environment, at)
        else:
            drawn = cloud(environment, at, episodes, seed=1000 * seed + step)
            way = (drawn.plain if id == "reinforce" else drawn.baseline).mean(0)
        points[step + 1] = _moved(at, rate * way)
        if progress:
            progress((step + 1) / steps)
    return Run(id, AGENTS[id], points, environment.returns(points))


def walks(
    environment: Tied,
    start: Array,
    rate: float,
    steps: int,
    episodes: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Run]:
    """Every agent from one start; ``progress`` hears the share that is done."""
    start = np.asarray(start, float)
    return [
        climb(environment, id, start, rate, steps, episodes, seed, part(progress, k, len(AGENTS)))
        for k, id in enumerate(AGENTS)
    ]


def steps_to(
    environment: Tied,
    start: Array,
    rate: float,
    goal: float,
    id: str = "exact",
    most: int = 20_000,
    progress: Progress | None = None,
) -> int | None:
    """How many steps until the return reaches ``goal``, or None if ``most`` do not suffice.

    A walk whose return has not risen in ``STALLED`` steps is not followed further.  ``progress``
    hears the share of ``most`` that is done.
    """
    way = WAYS[id]
    at, highest, risen, step, lap = np.asarray(start, float), -np.inf, 0, 0, FIRST_LAP
    while step <= most:
        points = np.empty((min(lap, most + 1 - step), 2))
        for place in range(len(points)):
            points[place] = at
            at = _moved(at, rate * way(environment, at))
        for reached in environment.returns(points).tolist():  # many at once are found faster
            if reached >= goal:
                return step
            if reached > highest:
                highest, risen = reached, step
            if step - risen >= STALLED:
                return None
            step += 1
        if progress:
            progress(step / (most + 1))
        lap = min(2 * lap, STALLED)
    return None


def _moved(at: Array, move: Array) -> Array:
    """(2,) a step from ``at``, of no more than ``LONG_STEP``."""
    length = float(np.hypot(*move))
    return at + move * min(1.0, LONG_STEP / max(length, 1e-300))


def _uphill(environment: Tied, theta: Array) -> Array:
    return -environment.gradient(theta)


WAYS = {"exact": _uphill, "natural": natural}
