"""Basins of attraction: thousands of descents at once, of which only the ends are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent.trajectory import checked_start, edge_of, everywhere, whole
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.objectives import Objective
from lossviz.optimizers import Optimizer, Schedule

Array = NDArray[np.floating]
TOGETHER = 2**21  # numbers of the paths held in memory at once


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start ended: points (..., p) and values (...), all finite.

    ``steps`` (...) is the number of steps after which a start stays within the tolerance of its
    end, or, where ``lost``, after which it left the numbers: then the point is the last one
    before, or the start if the value there is no finite number.
    """

    points: Array
    values: Array
    steps: NDArray[np.integer]
    lost: NDArray[np.bool_]

    def nearest(self, targets: ArrayLike, within: float = 0.1) -> NDArray[np.integer]:
        """(...) which of the targets (m, p) each end lies at; -1 if at none, or lost."""
        gaps = self.points[..., None, :] - np.asarray(targets, float)
        far = np.linalg.norm(gaps, axis=-1)
        closest = far.argmin(-1)
        return np.where((far.min(-1) <= within) & ~self.lost, closest, -1)


def settle(
    objective: Objective,
    optimizer: Optimizer,
    starts: ArrayLike,
    steps: int = 200,
    tolerance: float = 1e-3,
    schedule: Schedule | None = None,
    scale: ArrayLike = 1.0,
    progress: Progress | None = None,
) -> Basins:
    """Descend from every start (..., p) and keep the ends; a grid of starts is one batch.

    ``scale`` multiplies the learning rate, and may be an array (..., 1): one for each start.
    ``tolerance`` is in parameter units.  Starts walk in large groups, whose paths are forgotten
    one group after the other, so that memory does not grow with their number.  ``progress`` hears
    the share that is done, at every step; what it raises ends the work.

    Raises ValueError when the starts do not fit the objective.
    """
    theta = checked_start(objective, starts)
    steps = whole(steps, "steps", 0)
    factors = np.ones(steps) if schedule is None else schedule.factors(steps)
    flat = theta.reshape(-1, theta.shape[-1])
    scales = np.broadcast_to(scale, (*theta.shape[:-1], 1)).reshape(-1, 1)
    group = max(1, TOGETHER // ((steps + 1) * flat.shape[1]))
    ends = [
        _settle(
            objective,
            optimizer,
            flat[i : i + group],
            scales[i : i + group],
            factors,
            tolerance,
            edge_of(flat),
            part(progress, k, -(-len(flat) // group)),
        )
        for k, i in enumerate(range(0, len(flat), group))
    ]
    points, values, taken, lost = (np.concatenate(each) for each in zip(*ends, strict=True))
    shape = theta.shape[:-1]
    return Basins(
        points.reshape(theta.shape),
        values.reshape(shape),
        taken.reshape(shape),
        lost.reshape(shape),
    )


def _settle(
    objective: Objective,
    optimizer: Optimizer,
    theta: Array,
    scales: Array,
    factors: Array,
    tolerance: float,
    edge: float,
    progress: Progress | None,
) -> tuple[Array, Array, NDArray[np.integer], NDArray[np.bool_]]:
    """The fields of ``Basins`` for one group of starts (m, p)."""
    shared: Any = scales[0].item() if (scales == scales[0]).all() else scales
    path = np.empty((len(factors) + 1, *theta.shape))
    path[0] = theta
    steps = len(factors)
    with np.errstate(all="ignore"):  # leaving the map is an ending, not a warning
        state, at = optimizer.init(theta), theta
        for step, factor in enumerate(factors, start=1):
            at, state = optimizer.step(objective, state, at, factor * shared)
            path[step] = at
            if progress:
                progress(step / steps)
        lost = np.zeros(len(theta), bool)
        taken = np.full(len(theta), steps)
        end = path[-1].copy()
        if not max(path.max(), -path.min()) < edge:
            out = np.logical_not((np.abs(path) < edge).all(-1))
            lost = np.any(out, axis=0)
            taken = np.where(lost, out.argmax(0) - 1, steps)
            end = path[taken, np.arange(len(theta))]
        values = everywhere(objective.value, end)
        nowhere = ~np.isfinite(values)
        if nowhere.any():
            lost |= nowhere
            end = np.where(nowhere[:, None], theta, end)
            values = everywhere(objective.value, end)
        arrived = np.zeros(len(theta), int)
        every, limit = np.ones(theta.shape[1]), tolerance * tolerance
        for step, gap in enumerate(path, start=1):
            gap -= end
            gap *= gap
            arrived[gap @ every > limit] = step
    return end, values, np.where(lost, taken, np.minimum(arrived, steps)), lost


def sweep(
    objective: Objective,
    optimizer: Optimizer,
    start: ArrayLike,
    rates: ArrayLike,
    steps: int = 200,
    schedule: Schedule | None = None,
    progress: Progress | None = None,
) -> Basins:
    """The end from one start (p,) under every learning rate (r,), in one batched run.

    ``progress`` is as in ``settle``.
    """
    theta, rates = checked_start(objective, start), np.asarray(rates, float)
    starts = np.broadcast_to(theta, (*rates.shape, theta.shape[-1]))
    plain = replace(optimizer, lr=1.0)
    return settle(
        objective,
        plain,
        starts,
        steps,
        schedule=schedule,
        scale=rates[..., None],
        progress=progress,
    )


def stochastic_gradients(
    objective: Any, theta: ArrayLike, batch_size: int, draws: int = 200, seed: int = 0
) -> Array:
    """(draws, p) gradients at theta (p,) on random mini-batches: the noise that SGD feels."""
    at, rng = checked_start(objective, theta), np.random.default_rng(seed)
    n = len(objective.data)
    size = min(whole(batch_size, "batch_size", 1), n)
    return np.stack([objective.on(rng.permutation(n)[:size]).gradient(at) for _ in range(draws)])
