"""The base of all datasets: points that are drawn when asked for, and their labels and source.

Real tables are read, and scikit-learn is imported, inside ``draw``: importing this package costs
next to nothing, and a page pays only for the data it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from lossviz.datasets.data import Array, Data
from lossviz.datasets.transforms import select, standardised
from lossviz.recipes import Recipe


@dataclass(frozen=True)
class Dataset(Recipe):
    """Points to learn from; the same recipe always draws the same points.

    ``task`` is what they are for and ``source`` where they come from.  ``features`` is how many
    columns X has, None where the table decides; ``for_networks`` says that a small network learns
    something from them in seconds.  Pages choose by these facts which datasets they offer.
    """

    task: ClassVar[str]
    source: ClassVar[str]
    features: ClassVar[int | None] = None
    for_networks: ClassVar[bool] = False

    @classmethod
    def fits(cls, least: int, most: float) -> bool:
        """Whether a draw may have between ``least`` and ``most`` features."""
        return cls.features is None or least <= cls.features <= most

    def draw(self) -> Data:
        """The points: X (n, d) and y (n,) with names, units and classes, the same each time."""
        raise NotImplementedError

    def whole(self) -> Dataset:
        """The same table with all its features, for a recipe that picks some of them."""
        return self

    def data(self, X: Array, y: Array, **words: Any) -> Data:
        """``Data`` of X (n, d) and y (n,) for this task; ``words`` are names, units and classes."""
        return Data(X, y, task=self.task, source=self.source, **words)


def measured(table: Data, features: Sequence[str], standardise: bool) -> Data:
    """Some features of a table, standardised or in their own units."""
    data = select(table, features)
    return standardised(data) if standardise else data
