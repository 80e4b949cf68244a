"""Synthetic regression datasets: a known truth, a known noise, and a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.datasets.base import Dataset
from lossviz.datasets.data import Array, Data
from lossviz.datasets.transforms import with_outliers
from lossviz.recipes import hyperparameter

SIZES, SEEDS = "[-1e6, 1e6]", "[0, 4294967295]"


@dataclass(frozen=True)
class NoisyCurve(Dataset):
    """A true curve over one feature, points scattered around it, and a share of them shifted."""

    task, source = "regression", "drawn at random"
    features = 1
    interval: ClassVar[tuple[float, float]]

    n: int = hyperparameter(60, 5, 500, domain="[2, 1e6]", label="points")
    noise: float = hyperparameter(0.1, 0, 1, domain="[0, 1e6]")
    outliers: float = hyperparameter(0.0, 0, 0.5, domain="[0, 1]", label="share of outliers")
    shift: float = hyperparameter(2.0, -5, 5, domain=SIZES, label="shift of outliers")
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        rng = np.random.default_rng(self.seed)
        x = rng.uniform(*self.interval, self.n)
        y = self.truth(x) + self.noise * rng.standard_normal(self.n)
        count = int(self.outliers * self.n + 0.5)
        return with_outliers(self.data(x[:, None], y), count, self.shift, self.seed)

    def truth(self, x: Array) -> Array:
        """The curve without noise and outliers: (...) to (...)."""
        raise NotImplementedError


@dataclass(frozen=True)
class NoisyLine(NoisyCurve):
    """Points around a straight line that you set yourself, so you know the right answer."""

    id, label, interval = "line", "Noisy line", (-3.0, 3.0)
    noise: float = hyperparameter(1.0, 0, 5, domain="[0, 1e6]")
    shift: float = hyperparameter(10.0, -30, 30, domain=SIZES, label="shift of outliers")
    intercept: float = hyperparameter(1.0, -5, 5, domain=SIZES)
    slope: float = hyperparameter(2.0, -5, 5, domain=SIZES)

    def truth(self, x: Array) -> Array:
        return self.intercept + self.slope * x


@dataclass(frozen=True)
class Bump(NoisyCurve):
    """Points around Runge's bump, 1 / (1 + 25 x²): high powers of x swing wildly at its ends."""

    id, label, interval = "curve", "Smooth curve", (-1.0, 1.0)
    n: int = hyperparameter(30, 5, 500, domain="[2, 1e6]", label="points")

    def truth(self, x: Array) -> Array:
        return 1 / (1 + 25 * x**2)


@dataclass(frozen=True)
class NoisySine(NoisyCurve):
    """Points around a wave: simple to see, hard to descend to."""

    id, label, interval = "sine_wave", "Noisy sine wave", (-3.0, 3.0)
    for_networks = True
    amplitude: float = hyperparameter(1.0, -3, 3, domain=SIZES)
    frequency: float = hyperparameter(2.0, 0.5, 6, domain=SIZES)

    def truth(self, x: Array) -> Array:
        return self.amplitude * np.sin(self.frequency * x)


@dataclass(frozen=True)
class Growth(NoisyCurve):
    """Points around something that grows, or decays, at a constant rate."""

    id, label, interval = "growth", "Noisy growth", (0.0, 2.0)
    size: float = hyperparameter(1.0, 0.1, 3, domain=SIZES)
    rate: float = hyperparameter(1.0, -2, 2, domain="[-50, 50]")

    def truth(self, x: Array) -> Array:
        return self.size * np.exp(self.rate * x)


@dataclass(frozen=True)
class NearIdentity(NoisyCurve):
    """Points where the answer is almost the question: y = x and a little wave on top."""

    id, label, interval = "near_identity", "Near identity", (-2.0, 2.0)
    for_networks = True
    noise: float = hyperparameter(0.0, 0, 1, domain="[0, 1e6]")
    wave: float = hyperparameter(0.2, 0, 1, domain=SIZES, label="height of the wave")
    frequency: float = hyperparameter(3.0, 0.5, 10, domain=SIZES)

    def truth(self, x: Array) -> Array:
        return x + self.wave * np.sin(self.frequency * x)


@dataclass(frozen=True)
class CorrelatedPair(Dataset):
    """Two features with a chosen correlation: the higher, the worse the conditioning.

    In the sample itself both features have mean 0, variance 1 and exactly this correlation.
    """

    id, label, task = "correlated_pair", "Correlated pair", "regression"
    source = "drawn at random"
    features = 2
    correlation: float = hyperparameter(0.8, -1, 1, domain="[-1, 1]")
    weight_1: float = hyperparameter(2.0, -5, 5, domain=SIZES)
    weight_2: float = hyperparameter(0.5, -5, 5, domain=SIZES)
    noise: float = hyperparameter(1.0, 0, 5, domain="[0, 1e6]")
    n: int = hyperparameter(60, 5, 500, domain="[3, 1e6]", label="points")
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        rng = np.random.default_rng(self.seed)
        raw = rng.standard_normal((self.n, 2))
        first, second = np.sqrt(self.n) * np.linalg.qr(raw - raw.mean(axis=0)).Q.T
        own = np.sqrt(1 - self.correlation**2)
        X = np.column_stack([first, self.correlation * first + own * second])
        y = X @ [self.weight_1, self.weight_2] + self.noise * rng.standard_normal(self.n)
        return self.data(X, y)
