"""Several outliers at once: a share of the points, pushed far off."""

from __future__ import annotations

from dataclasses import dataclass

from lossviz.datasets.data import Data
from lossviz.datasets.transforms import with_outliers
from lossviz.recipes import Recipe, choice, hyperparameter


@dataclass(frozen=True)
class FarOff(Recipe):
    """A share of the points moved by the same distance, up or far out to the side.

    ``distance`` is in standard deviations of y (or of the first feature, for ``where="x"``).
    A larger share moves the same points and some more.
    """

    id, label = "far_off", "Outliers"
    share: float = hyperparameter(
        0.0, 0.0, 0.5, domain="[0, 1]", label="share of contaminated points"
    )
    distance: float = hyperparameter(5.0, -20.0, 20.0, label="shift, in standard deviations")
    where: str = choice("y", ("y", "x"), label="shifted in")
    seed: int = hyperparameter(0, 0, 99, domain="[0, inf)", label="which points (seed)")

    def count(self, n: int) -> int:
        """How many of n points are moved."""
        return int(self.share * n + 0.5)

    def apply(self, data: Data) -> Data:
        """The data with these points moved; ValueError if they have no y to be moved in."""
        if not self.share:
            return data
        column = data.y if self.where == "y" else data.X[:, 0]
        shift = self.distance * (float(column.std()) or 1.0)
        return with_outliers(data, self.count(len(data)), shift, self.seed, self.where)
