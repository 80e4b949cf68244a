"""Datasets of a handful of points, each made to show one thing by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.datasets.base import Dataset
from lossviz.datasets.data import Data
from lossviz.recipes import choice, hyperparameter


@dataclass(frozen=True)
class FewNumbers(Dataset):
    """Which one number stands for all of these: the mean, the median, or the middle?"""

    id, label, task = "few_numbers", "A few numbers", "regression"
    source = "made by hand"
    features = 1
    numbers: str = choice("1, 2, 3, 10", ("1, 2, 3, 10", "1, 2, 3, 4, 100"))

    def draw(self) -> Data:
        y = np.array([float(number) for number in self.numbers.split(",")])
        # the place in the list: something to draw them against that a constant model ignores
        return self.data(np.arange(1.0, len(y) + 1)[:, None], y, names=("place",), target="number")


@dataclass(frozen=True)
class FourCorners(Dataset):
    """The corners of a square: a whole region of lines is equally good under absolute error."""

    id, label, task = "four_corners", "Four corners", "regression"
    source = "made by hand"
    features = 1

    def draw(self) -> Data:
        return self.data(np.array([[0.0], [0], [1], [1]]), np.array([0.0, 1, 0, 1]))


@dataclass(frozen=True)
class Leverage(Dataset):
    """Nine points exactly on y = x, and one at (X, 0): how far out until a line leaves the nine?"""

    id, label, task = "leverage", "Leverage, nine points and one", "regression"
    source = "made by hand"
    features = 1
    x: float = hyperparameter(20.0, 0, 40, domain="[-1000, 1000]", label="X of the tenth point")

    def draw(self) -> Data:
        nine = np.arange(1.0, 10)
        return self.data(np.append(nine, self.x)[:, None], np.append(nine, 0.0))


@dataclass(frozen=True)
class Separable(Dataset):
    """Two points on either side of zero: no weight is large enough, so no minimum is reached."""

    id, label, task = "separable", "Separable, four points", "binary"
    source = "made by hand"
    features = 1

    def draw(self) -> Data:
        return self.data(
            np.array([[-2.0], [-1], [1], [2]]),
            np.array([0.0, 0, 1, 1]),
            target="class",
            classes=("left", "right"),
        )
