"""Small published tables, number for number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from lossviz.datasets.base import Dataset, measured
from lossviz.datasets.data import Array, Data
from lossviz.recipes import choice


@lru_cache(maxsize=8)
def _table(name: str) -> Array:
    """(n, columns): the numbers of a file in ``tables``."""
    path = Path(__file__).parent / "tables" / f"{name}.csv"
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    table.flags.writeable = False
    return table


@dataclass(frozen=True)
class Engel(Dataset):
    """What 235 Belgian households spent on food: the richer, the wider the spread."""

    id, label, task = "engel", "Engel, food and income", "regression"
    source = "Engel (1857); Koenker and Bassett (1982), Econometrica 50"
    features = 1
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        income, food = _table("engel").T
        data = self.data(
            income[:, None],
            food,
            names=("income",),
            units=("francs a year",),
            target="food expenditure",
            target_unit="francs a year",
        )
        return measured(data, data.names, self.standardise)


@dataclass(frozen=True)
class StackLoss(Dataset):
    """Ammonia lost by a chemical plant on 21 days; four of the days are famous outliers."""

    id, label, task = "stackloss", "Stack loss, three features", "regression"
    source = "Brownlee (1965), Statistical theory and methodology in science and engineering"
    features = 3
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        table = _table("stackloss")
        data = self.data(
            table[:, :3],
            table[:, 3],
            names=("air flow", "water temperature", "acid concentration"),
            units=("", "°C", "(% − 50) × 10"),
            target="stack loss",
            target_unit="0.1 %",
        )
        return measured(data, data.names, self.standardise)


@dataclass(frozen=True)
class Anscombe(Dataset):
    """One of four small sets that share their mean, spread and best line, and nothing else."""

    id, label, task = "anscombe", "Anscombe's four", "regression"
    source = "Anscombe (1973), Graphs in statistical analysis, The American Statistician 27"
    features = 1
    which: int = choice(3, (1, 2, 3, 4))

    def draw(self) -> Data:
        x123, y1, y2, y3, x4, y4 = _table("anscombe").T
        x, y = {1: (x123, y1), 2: (x123, y2), 3: (x123, y3), 4: (x4, y4)}[self.which]
        return self.data(x[:, None], y)


@dataclass(frozen=True)
class Spector(Dataset):
    """Did a new way of teaching economics help: 32 students, their grades, a test, the method."""

    id, label, task = "spector", "Spector, a teaching trial", "binary"
    source = "Spector and Mazzeo (1980), Journal of Economic Education 11"
    features = 3
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        table = _table("spector")
        data = self.data(
            table[:, :3],
            table[:, 3],
            names=("GPA", "TUCE", "PSI"),
            units=("grade points", "points", ""),
            target="grade",
            classes=("not improved", "improved"),
        )
        return measured(data, data.names, self.standardise)
