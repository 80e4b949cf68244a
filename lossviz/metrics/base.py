"""The base of all metrics: one score for a whole set of predictions, and facts about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.recipes import Recipe
from lossviz.text import inside

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Metric(Recipe):
    """A measure of all predictions together, as scikit-learn defines it.

    ``tasks`` are those it can judge and ``formula`` is LaTeX.  ``higher`` says that more is
    better, ``best`` what a perfect model scores.  ``steps`` says that the score depends on the
    predictions only through their order or their side of a threshold: as a function of the
    parameters it is constant between jumps, and its gradient is zero wherever there is one.
    """

    tasks: ClassVar[tuple[str, ...]]
    formula: ClassVar[str]
    higher: ClassVar[bool] = True
    steps: ClassVar[bool] = False
    best: ClassVar[float] = 1.0

    @property
    def name(self) -> str:
        """What the middle of a sentence calls it: "accuracy", but "F1" and "Brier score"."""
        return inside(self.label)

    def score(self, y: ArrayLike, probability: ArrayLike) -> Array:
        """(...) scores of probabilities of class 1 (..., n), or of k classes (..., n, k).

        ``y`` (n,) holds the labels.  With labels 0 and 1 alone an array (..., n) is read as the
        probability of class 1; anything else needs a column for each class.  Metrics of a number
        take predictions (..., n).  Raises ValueError for shapes or numbers that do not fit, and
        where the metric is not defined for these labels.
        """
        raise NotImplementedError

    def of_predictions(self, y: Array, prediction: Array) -> Array:
        """(...) scores of a model's raw predictions: logits (..., n[, k]), or numbers (..., n)."""
        raise NotImplementedError

    def refuses(self, y: Array, outputs: int) -> str:
        """Why the metric is not defined for labels y (n,), as a sentence; "" if it is."""
        return ""
