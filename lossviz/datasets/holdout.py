"""The hold-out split: all rows, the training rows, or the validation rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets.data import Data
from lossviz.datasets.transforms import held_rows, split
from lossviz.recipes import Recipe, choice, hyperparameter

SIDES = ("all", "train", "held_out")


@dataclass(frozen=True)
class HoldOut(Recipe):
    """Some rows are held out: nothing is learned from them, not even how to scale the features.

    ``side`` "train" keeps the rows to learn from, "held_out" the others, "all" every row.  Each
    class keeps its proportion in both parts.  ``standardise`` gives each feature mean 0 and
    variance 1 over the rows to learn from, and moves the rows held out by the same numbers.
    """

    id, label = "hold_out", "Held out"
    side: str = choice("all", SIDES)
    share: float = hyperparameter(0.3, 0.1, 0.9, domain="(0, 1)", label="share held out")
    seed: int = hyperparameter(0, 0, 99, domain="[0, inf)", label="which rows (seed)")
    standardise: bool = choice(False, (True, False))

    def rows(self, data: Data) -> NDArray[np.integer]:
        """Which rows of the whole data are in the part asked for, in order: (m,) of 0 to n - 1."""
        if self.side == "all":
            return np.arange(len(data))
        held = held_rows(data, self.share, self.seed)
        return np.flatnonzero(held if self.side == "held_out" else ~held)

    def apply(self, data: Data) -> Data:
        """The part of the data asked for; ValueError if one of the parts would be empty."""
        if self.side == "all":
            return data
        train, held_out = split(data, self.share, self.seed)
        part = train if self.side == "train" else held_out
        if not self.standardise:
            return part
        middle, spread = train.X.mean(axis=0), train.X.std(axis=0)
        flat = train.X.max(axis=0) == train.X.min(axis=0)
        scaled = (part.X - middle) / np.where(flat, 1.0, spread)
        return replace(part, X=np.where(flat, 0.0, scaled), units=("sd",) * part.X.shape[1])
