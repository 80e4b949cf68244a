"""Synthetic classification datasets, most of them scikit-learn's own generators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.datasets.base import Dataset
from lossviz.datasets.data import Data
from lossviz.recipes import hyperparameter

ROWS, NOISES, SEEDS = "[4, 1e6]", "[0, 1e6]", "[0, 4294967295]"


@dataclass(frozen=True)
class Moons(Dataset):
    """Two interleaved half moons: a line separates them fairly, a curve better."""

    id, label, task = "moons", "Moons", "binary"
    source = "drawn at random; scikit-learn's make_moons"
    features, for_networks = 2, True
    n: int = hyperparameter(200, 20, 1000, domain=ROWS, label="points")
    noise: float = hyperparameter(0.2, 0, 0.6, domain=NOISES)
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        from sklearn.datasets import make_moons

        X, y = make_moons(self.n, noise=self.noise, random_state=self.seed)
        return self.data(X, y, target="moon", classes=("upper", "lower"))


@dataclass(frozen=True)
class Circles(Dataset):
    """A ring inside a ring: no straight line helps at all."""

    id, label, task = "circles", "Circles", "binary"
    source = "drawn at random; scikit-learn's make_circles"
    features, for_networks = 2, True
    n: int = hyperparameter(200, 20, 1000, domain=ROWS, label="points")
    noise: float = hyperparameter(0.1, 0, 0.4, domain=NOISES)
    factor: float = hyperparameter(0.5, 0.1, 0.9, domain="[0, 1)", label="size of the inner ring")
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        from sklearn.datasets import make_circles

        X, y = make_circles(self.n, noise=self.noise, factor=self.factor, random_state=self.seed)
        return self.data(X, y, target="ring", classes=("outer", "inner"))


@dataclass(frozen=True)
class Blobs(Dataset):
    """Two round clouds, near or far, equal in number or not."""

    id, label, task = "blobs", "Blobs", "binary"
    source = "drawn at random; scikit-learn's make_blobs"
    features, for_networks = 2, True
    n: int = hyperparameter(200, 20, 1000, domain=ROWS, label="points")
    distance: float = hyperparameter(3.0, 0, 8, domain="[0, 1e6]", label="distance of the centres")
    spread: float = hyperparameter(1.0, 0.1, 3, domain=NOISES)
    share: float = hyperparameter(0.5, 0.02, 0.98, domain="[0, 1]", label="share of the right one")
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        from sklearn.datasets import make_blobs

        right = int(self.share * self.n + 0.5)
        half = self.distance / np.sqrt(8)
        X, y = make_blobs(
            [self.n - right, right],
            centers=[[-half, -half], [half, half]],
            cluster_std=self.spread,
            random_state=self.seed,
        )
        return self.data(X, y, target="cloud", classes=("left", "right"))


@dataclass(frozen=True)
class Xor(Dataset):
    """Four squares coloured like a chessboard: either feature alone says nothing."""

    id, label, task = "xor", "XOR", "binary"
    source = "drawn at random; Minsky and Papert (1969), Perceptrons"
    features, for_networks = 2, True
    n: int = hyperparameter(200, 20, 1000, domain=ROWS, label="points")
    noise: float = hyperparameter(0.1, 0, 0.5, domain=NOISES)
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        rng = np.random.default_rng(self.seed)
        X = rng.uniform(-1, 1, (self.n, 2))
        y = (X[:, 0] > 0) != (X[:, 1] > 0)
        X += self.noise * rng.standard_normal(X.shape)  # after the colours: they blur at the edges
        return self.data(X, y, target="signs", classes=("equal", "opposite"))


@dataclass(frozen=True)
class Spirals(Dataset):
    """Two spirals wound around each other: the classic test of patience for a network."""

    id, label, task = "spirals", "Spirals", "binary"
    source = "drawn at random; after Lang and Witbrock (1988), Learning to tell two spirals apart"
    features, for_networks = 2, True
    n: int = hyperparameter(200, 20, 1000, domain=ROWS, label="points")
    noise: float = hyperparameter(0.03, 0, 0.2, domain=NOISES)
    turns: float = hyperparameter(1.5, 0.25, 3, domain="[0, 100]")
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        rng = np.random.default_rng(self.seed)
        y = np.arange(self.n) % 2
        radius = np.sqrt(rng.uniform(0.01, 1, self.n))  # the root spreads them evenly along the arm
        angle = 2 * np.pi * self.turns * radius + np.pi * y
        X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        X += self.noise * rng.standard_normal(X.shape)
        return self.data(X, y.astype(float), target="arm", classes=("first", "second"))


@dataclass(frozen=True)
class ManyBlobs(Dataset):
    """Several round clouds on a circle, one class each."""

    id, label, task = "many_blobs", "Blobs, several classes", "multiclass"
    source = "drawn at random; scikit-learn's make_blobs"
    features, for_networks = 2, True
    k: int = hyperparameter(3, 3, 8, domain="[2, 20]", label="classes")
    n: int = hyperparameter(200, 20, 1000, domain="[20, 1e6]", label="points")
    radius: float = hyperparameter(3.0, 0, 8, domain="[0, 1e6]")
    spread: float = hyperparameter(1.0, 0.1, 3, domain=NOISES)
    seed: int = hyperparameter(0, 0, 99, domain=SEEDS)

    def draw(self) -> Data:
        from sklearn.datasets import make_blobs

        angles = np.pi / 2 + 2 * np.pi * np.arange(self.k) / self.k
        centers = self.radius * np.column_stack([np.cos(angles), np.sin(angles)])
        X, y = make_blobs(self.n, centers=centers, cluster_std=self.spread, random_state=self.seed)
        return self.data(
            X, y, target="cloud", classes=tuple(f"cloud {i + 1}" for i in range(self.k))
        )
