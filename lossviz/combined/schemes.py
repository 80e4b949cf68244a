"""Schemes that weigh two losses while they are minimised, as competitors in one race."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.combined.scenes import Scene
from lossviz.combined.trade_off import both
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.objectives.combined import hessian_of

Array = NDArray[np.floating]
LEAST = -8.0  # of a logarithm of a variance: a loss that reaches 0 would pull it down for ever
PACE = 0.1  # of the weights that learn
ALPHA = 1.5  # GradNorm's alpha
EVEN_PACE = 0.03  # of GradNorm's weights, which step back and forth around their aim


class Look(NamedTuple):
    """What a scheme sees at a step: losses (2,), gradients (2, p), and both losses at first."""

    losses: Array
    gradients: Array
    first: Array


Memory = Array  # (2,) whatever a scheme carries from step to step
Weigh = Callable[[Look, Memory], tuple[Array, Memory]]


@dataclass(frozen=True, eq=False)
class Run:
    """A scheme's path: ``points`` (t + 1, 2), ``losses`` (t + 1, 2) and ``weights`` (t, 2).

    The weights are told as shares of one, whatever the length of the step.
    """

    id: str
    label: str
    points: Array
    losses: Array
    weights: Array


SCHEMES = {
    "fixed": "Fixed weights",
    "uncertainty": "Uncertainty weighting",
    "gradnorm": "GradNorm",
    "pcgrad": "PCGrad",
    "mgda": "MGDA",
    "chebyshev": "Chebyshev",
}


def race(
    scene: Scene,
    weight: float,
    start: Array,
    best: Array,
    steps: int = 200,
    rate: float | None = None,
    progress: Progress | None = None,
) -> list[Run]:
    """Gradient descent on the weighted losses from one start, under each scheme.

    ``weight`` is the first loss's for the fixed scheme and for Chebyshev's, ``best`` (2,) are the
    lowest values of both losses.  ``rate`` defaults to a safe one for the steeper loss at the
    start; ``progress`` hears the share that is done.

    Fixed weights; uncertainty weighting (Kendall, Gal & Cipolla 2018); GradNorm (Chen et al.
    2018); PCGrad (Yu et al. 2020); MGDA (Désidéri 2012, Sener & Koltun 2018); the weighted
    Chebyshev distance (Bowman 1976).
    """
    step = safe_rate(scene, start) if rate is None else rate
    rules: dict[str, tuple[Weigh, Array]] = {
        "fixed": (_fixed(weight), np.zeros(2)),
        "uncertainty": (_uncertainty, np.zeros(2)),
        "gradnorm": (_gradnorm, np.ones(2)),
        "pcgrad": (_pcgrad, np.zeros(2)),
        "mgda": (_mgda, np.zeros(2)),
        "chebyshev": (_chebyshev(weight, best, step), np.zeros(2)),
    }
    start, runs = np.asarray(start, float), []
    for place, id in enumerate(SCHEMES):
        heard = part(progress, place, len(SCHEMES))
        runs.append(_run(scene, id, *rules[id], start, step, steps, heard))
    return runs


def end_apart(runs: Sequence[Run], spans: Array) -> bool:
    """Whether the runs end further apart than a twentieth of the front's ``spans`` (2,)."""
    apart = np.ptp(np.array([run.losses[-1] for run in runs]), axis=0)
    return bool((apart > 0.05 * np.maximum(spans, 1e-9)).any())


def inverse_share(losses: Array) -> float:
    """The first weight, of two that add up to one and are as 1/L₁ to 1/L₂ for losses (2,)."""
    total = float(losses.sum())
    return float(losses[1]) / total if total > 0 else 0.5


def safe_rate(scene: Scene, start: Array) -> float:
    """One over the largest curvature of either loss, at the start and at a few points around."""
    near = np.asarray(start) + np.random.default_rng(0).normal(size=(50, 2))
    near = np.concatenate([near, np.zeros((1, 2)), np.asarray(start)[None]])
    steep = [
        np.abs(np.linalg.eigvalsh(hessian_of(each, near))).max()
        for each in (scene.first, scene.second)
    ]
    return 1 / float(max(*steep, 1e-12))


def _run(
    scene: Scene, id: str, weigh: Weigh, memory: Memory, start: Array, rate: float, steps: int,
    progress: Progress | None,
) -> Run:  # fmt: skip
    points, weights = np.empty((steps + 1, 2)), np.empty((steps, 2))
    points[0] = start
    first = both(scene, start)
    for step in range(steps):
        at = points[step]
        gradients = np.stack([scene.first.gradient(at), scene.second.gradient(at)])
        shares, memory = weigh(Look(both(scene, at), gradients, first), memory)
        weights[step] = _even(shares)
        points[step + 1] = at - rate * shares @ gradients
        if progress:
            progress((step + 1) / steps)
    return Run(id, SCHEMES[id], points, both(scene, points), weights)


def _even(weights: Array) -> Array:
    """Weights that add up to one: how long a step is shall not decide the race."""
    return weights / max(float(weights.sum()), 1e-300)


def _fixed(weight: float) -> Weigh:
    return lambda look, memory: (np.array([weight, 1 - weight]), memory)


def _uncertainty(look: Look, logs: Memory) -> tuple[Array, Memory]:
    """sum L_i / (2 s_i^2) + log s_i, with the logarithms of s_i^2 learned beside the model."""
    weights = np.exp(-logs)
    after = logs - PACE * (1 - weights * look.losses)
    return _even(weights), np.maximum(after, LEAST)


def _gradnorm(look: Look, weights: Memory) -> tuple[Array, Memory]:
    """Weights that even out the gradients' norms, more for the loss that has fallen less."""
    norms = np.linalg.norm(look.gradients, axis=1)
    mean = float((weights * norms).mean())
    rates = look.losses / np.where(look.first == 0, 1.0, look.first)
    aims = mean * (rates / max(float(rates.mean()), 1e-300)) ** ALPHA
    after = weights - EVEN_PACE * np.sign(weights * norms - aims) * norms / max(norms.max(), 1e-300)
    after = np.maximum(after, 1e-3)
    return _even(weights), 2 * after / after.sum()


def _pcgrad(look: Look, memory: Memory) -> tuple[Array, Memory]:
    """Each gradient without its part against the other: as weights, 1 - g1 g2 / |g|^2."""
    product = float(look.gradients[0] @ look.gradients[1])
    squares = np.maximum((look.gradients**2).sum(1), 1e-300)
    return _even(1 - min(product, 0.0) / squares), memory


def _mgda(look: Look, memory: Memory) -> tuple[Array, Memory]:
    """The shortest convex combination of both gradients."""
    return shortest(look.gradients), memory


def shortest(gradients: Array) -> Array:
    """(2,) weights that add up to one and make gradients (2, p) as short as they can be."""
    apart = gradients[0] - gradients[1]
    length = float(apart @ apart)
    share = 0.5 if length == 0 else float(np.clip(-apart @ gradients[1] / length, 0, 1))
    return np.array([share, 1 - share])


def _chebyshev(weight: float, best: Array, step: float) -> Weigh:
    """The larger of both weighted distances from the best, by proximal steps on the maximum.

    A step of length ``step`` towards a lower maximum of the two linear models; its dual is one
    number, the share of the first (Nesterov 2004, section 2.3).
    """
    pair_weights = np.array([weight, 1 - weight])

    def weigh(look: Look, memory: Memory) -> tuple[Array, Memory]:
        heights, slopes = (
            pair_weights * (look.losses - best),
            pair_weights[:, None] * look.gradients,
        )
        apart = slopes[0] - slopes[1]
        wanted = (heights[0] - heights[1]) / step - float(apart @ slopes[1])
        share = float(np.clip(wanted / max(float(apart @ apart), 1e-300), 0, 1))
        return pair_weights * np.array([share, 1 - share]), memory

    return weigh
