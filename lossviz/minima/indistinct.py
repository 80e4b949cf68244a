"""Indistinguishable columns: constant ones and copies, named in a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.minimum import Minimum
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import conditioned
from lossviz.text import listing

Array = NDArray[np.floating]

MOST_NAMES = 8
TAKES_PART = 1e-6  # of the largest part in a flat direction


def with_names(risk: Risk, found: Minimum) -> Minimum:
    """The minimum, its message naming the parameters that its flat directions mix up."""
    if found.directions is None or risk.data.outputs > 1:
        return found
    design = risk.model.design(risk.data.X)
    if design is None or not len(design):
        return found
    columns = conditioned(design, risk.layout.weights == 0)
    facts = []
    still = columns.still & (np.abs(found.directions).max(0) > 0)
    if still.any():
        names = listing([risk.names[j] for j in np.flatnonzero(still)])
        its = "its column is" if still.sum() == 1 else "their columns are"
        facts.append(
            f"Changing the {names} changes no prediction: {its} 0 in every row."
            if columns.intercept is None
            else f"The {names} cannot be told from the intercept: {its} the same in every row."
        )
    mixed = np.abs(columns.z(found.directions))
    mixed[:, still] = 0.0
    if columns.intercept is not None:
        mixed[:, columns.intercept] = 0.0
    parts = np.flatnonzero(mixed.max(0) > TAKES_PART * mixed.max())
    if 1 < len(parts) <= MOST_NAMES:
        names = listing([risk.names[j] for j in parts])
        facts.append(f"The {names} cannot be told apart: their columns say the same.")
    return replace(found, message=" ".join([found.message, *facts]))
