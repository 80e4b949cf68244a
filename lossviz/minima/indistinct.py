"""Indistinguishable columns: constant ones and copies, named in a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.kind_units import orthonormal
from lossviz.minima.minimum import Minimum
from lossviz.minima.optimal_face import null_space
from lossviz.models import LinearInParameters
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import Conditioned, conditioned
from lossviz.text import listing

Array = NDArray[np.floating]

MOST_NAMES = 8
TAKES_PART = 1e-6  # of a flat direction


def with_names(risk: Risk, found: Minimum) -> Minimum:
    """The minimum, its message naming the parameters that its flat directions mix up."""
    if found.directions is None or not isinstance(risk.model, LinearInParameters):
        return found
    outputs = risk.model.by_output(risk.data.outputs, risk.data.X)
    design = risk.model.design(risk.data.X)
    columns = conditioned(design, risk.layout.weights[outputs[0]] == 0)
    mixed = np.abs(_within_one(found.directions, outputs, columns))
    parameters = risk.model.names(risk.data.names, 1)
    facts = []
    still = columns.still & (mixed.max(0, initial=0.0) > TAKES_PART)
    if still.any():
        names = listing([parameters[j] for j in np.flatnonzero(still)])
        its = "its column is" if still.sum() == 1 else "their columns are"
        facts.append(
            f"Changing the {names} changes no prediction: {its} 0 in every row."
            if columns.intercept is None
            else f"The {names} cannot be told from the intercept: {its} the same in every row."
        )
    mixed[:, still] = 0.0
    if columns.intercept is not None:
        mixed[:, columns.intercept] = 0.0
    parts = np.flatnonzero(mixed.max(0, initial=0.0) > TAKES_PART)
    if 1 < len(parts) <= MOST_NAMES:
        names = listing([parameters[j] for j in parts])
        facts.append(f"The {names} cannot be told apart: their columns say the same.")
    return replace(found, message=" ".join([found.message, *facts]))


def _within_one(directions: Array, outputs: NDArray[np.intp], columns: Conditioned) -> Array:
    """(r, q) orthonormal: those of the ``directions`` (m, p) that move the first output alone.

    In the kind units of its columns.  Moving the logits of all classes alike is none of them.
    """
    moved = np.concatenate([columns.z(directions[:, each]) for each in outputs], axis=1)
    moved = orthonormal(moved)
    q = outputs.shape[1]
    left = null_space(moved[:, q:].T) if len(outputs) > 1 else np.eye(len(moved))
    return left.T @ moved[:, :q]
