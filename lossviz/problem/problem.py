"""The problem a reader poses: a dataset, a model, a loss and a penalty, all recipes."""

from __future__ import annotations

from dataclasses import dataclass

from lossviz.datasets import Data, Dataset, Edits, FarOff, HoldOut
from lossviz.losses import Loss
from lossviz.models import Model
from lossviz.objectives import Risk
from lossviz.penalties import NoPenalty, Penalty


@dataclass(frozen=True)
class Problem:
    """Recipes side by side, so that a problem prints, compares, hashes and fits into a link.

    ``contamination`` moves a share of the points far off; ``edits`` are the points somebody
    dragged, added or deleted by hand, after that; ``held`` says which part is looked at.
    """

    dataset: Dataset
    model: Model
    loss: Loss
    penalty: Penalty = NoPenalty()
    edits: Edits = Edits()
    contamination: FarOff = FarOff()
    held: HoldOut = HoldOut()

    def draw(self) -> Data:
        """The dataset, contaminated, edited and split; ValueError if the changes do not fit it."""
        return self.held.apply(self.whole())

    def whole(self) -> Data:
        """The dataset, contaminated and edited, with the rows held out."""
        return self.edits.apply(self.contamination.apply(self.dataset.draw()))

    def risk(self) -> Risk:
        """The objective to look at; ValueError, as a sentence, if the parts do not match."""
        return Risk(self.draw(), self.model, self.loss, self.penalty)
