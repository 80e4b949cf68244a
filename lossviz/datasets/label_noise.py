"""Wrong labels: a share of them, at random or from one side."""

from __future__ import annotations

from dataclasses import dataclass

from lossviz.datasets.data import Data
from lossviz.datasets.transforms import with_label_noise
from lossviz.recipes import Recipe, choice, hyperparameter


@dataclass(frozen=True)
class FlippedLabels(Recipe):
    """A share of the labels is wrong: evenly among the classes, or only towards class 0.

    A larger share flips the same rows and some more.  A one-sided share beyond the rows there
    are to flip flips them all.
    """

    id, label = "flipped", "Wrong labels"
    share: float = hyperparameter(0.2, 0.0, 0.45, domain="[0, 1]", label="share of wrong labels")
    kind: str = choice("symmetric", ("symmetric", "one_sided"), label="which labels")
    seed: int = hyperparameter(0, 0, 99, domain="[0, inf)", label="which rows (seed)")

    def apply(self, data: Data) -> Data:
        """The same points with these labels wrong; ValueError for regression data."""
        share = self.share
        if self.kind == "one_sided" and data.task != "regression":
            share = min(share, float((data.y > 0).mean()))
        return with_label_noise(data, share, self.seed, self.kind)
