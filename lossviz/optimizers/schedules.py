"""Learning-rate schedules: what the rate is multiplied by as the steps go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lossviz.recipes import Recipe, catalogue, hyperparameter

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Schedule(Recipe):
    """A factor for the learning rate at every step; ``formula`` is LaTeX in the step t of T."""

    formula: ClassVar[str]

    def factors(self, steps: int) -> Array:
        """(steps,) multipliers for the steps 0, 1, …, steps - 1 of a run of that length."""
        raise NotImplementedError


@dataclass(frozen=True)
class ConstantRate(Schedule):
    """The same rate at every step."""

    id, label, formula = "constant", "Constant", r"\eta_t = \eta"

    def factors(self, steps: int) -> Array:
        return np.ones(steps)


@dataclass(frozen=True)
class StepRate(Schedule):
    """The rate drops by a factor every so many steps."""

    id, label = "step", "Step"
    formula = r"\eta_t = \eta\,\gamma^{\lfloor t / s \rfloor}"
    step_size: int = hyperparameter(50, 1, 500, domain="[1, inf)", label="steps between drops")
    gamma: float = hyperparameter(0.5, 0.01, 1.0, domain="[0, 1]")

    def factors(self, steps: int) -> Array:
        return self.gamma ** (np.arange(steps) // self.step_size)


@dataclass(frozen=True)
class InverseTimeRate(Schedule):
    """The rate falls like one over the time, as Robbins and Monro's proof asks."""

    id, label, formula = "inverse_time", "1 / t", r"\eta_t = \frac{\eta}{1 + d\,t}"
    decay: float = hyperparameter(0.05, 0.0, 1.0, domain="[0, inf)")

    def factors(self, steps: int) -> Array:
        return 1 / (1 + self.decay * np.arange(steps))


@dataclass(frozen=True)
class CosineRate(Schedule):
    """The rate glides down half a cosine wave to its floor."""

    id, label = "cosine", "Cosine"
    formula = r"\eta_t = \eta\left(f + (1-f)\,\tfrac{1 + \cos(\pi t / T)}{2}\right)"
    floor: float = hyperparameter(0.0, 0.0, 0.5, domain="[0, 1]")

    def factors(self, steps: int) -> Array:
        wave = (1 + np.cos(np.pi * np.arange(steps) / max(steps, 1))) / 2
        return self.floor + (1 - self.floor) * wave


@dataclass(frozen=True)
class WarmUpRate(Schedule):
    """The rate climbs in a straight line before it stays."""

    id, label = "warm_up", "Warm-up"
    formula = r"\eta_t = \eta\,\min\!\left(1,\; f + (1-f)\,\tfrac{t}{s}\right)"
    total_iters: int = hyperparameter(20, 1, 200, domain="[1, inf)", label="steps of warm-up")
    start_factor: float = hyperparameter(0.1, 0.0, 1.0, domain="[0, 1]")

    def factors(self, steps: int) -> Array:
        done = np.minimum(1.0, np.arange(steps) / self.total_iters)
        return self.start_factor + (1 - self.start_factor) * done


SCHEDULES: dict[str, type[Schedule]] = catalogue(
    ConstantRate, StepRate, InverseTimeRate, CosineRate, WarmUpRate
)
