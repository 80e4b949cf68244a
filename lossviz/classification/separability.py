"""Separable classes: no finite maximum-likelihood estimate until a penalty bounds the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import LOSSES
from lossviz.minima import Minimum, minimize
from lossviz.objectives import Risk
from lossviz.penalties import L2, NoPenalty

Array = NDArray[np.floating]
STRENGTHS = (1.0, 0.1, 0.01, 1e-3, 1e-4)


@dataclass(frozen=True, eq=False)
class Ray:
    """A risk along theta = t * direction, for several strengths of an L2 penalty.

    ``t`` (m,); ``values`` (s, m), the first row without penalty; ``strengths`` (s,), 0 first.
    """

    direction: Array
    t: Array
    strengths: tuple[float, ...]
    values: Array


def ray(risk: Risk, best: Minimum, strengths: Sequence[float] = STRENGTHS) -> Ray:
    """From nothing through the best model and as far beyond, or along the way to infinity.

    The direction has length 1; t goes to where the typical logit is about 12.
    """
    direction = best.theta if best.direction is None else best.direction
    size = float(np.linalg.norm(direction)) or 1.0
    direction = direction / size
    typical = float(np.sqrt((risk.model.predict(direction, risk.data.X) ** 2).mean())) or 1.0
    reach = 12 / typical
    if best.kind != "infinity":
        reach = max(reach, 2 * size)
    t = np.linspace(0, reach, 241)
    points = t[:, None] * direction
    with np.errstate(over="ignore", invalid="ignore"):
        plain = risk.data_value(points)
    squares = ((points * risk.layout.weights) ** 2).sum(-1)
    all_strengths = (0.0, *strengths)
    values = np.stack([plain + 0.5 * s * squares for s in all_strengths])
    return Ray(direction, t, all_strengths, values)


def weights_norm(risk: Risk, best: Minimum) -> float:
    """The norm of the penalised parameters: weights, not intercepts."""
    return float(np.linalg.norm(best.theta * risk.layout.weights))


def overlap(risk: Risk) -> bool | None:
    """Whether no parameters (p,) put some rows right and none wrong; None where rows are in doubt.

    True where cross-entropy has a minimum, False where some parameters put every row right, and
    None in between, where classes touch: all can be put right but rows on the boundary.
    """
    best = minimize(replace(risk, loss=LOSSES["cross_entropy"](), penalty=NoPenalty()))
    if best.kind != "infinity" or best.direction is None:
        return True
    margins = (2 * risk.data.y - 1) * risk.model.predict(best.direction, risk.data.X)
    return None if margins.min() <= 0 else False


@dataclass(frozen=True, eq=False)
class Penalised:
    """The minimum under one strength of the L2 penalty, and the data loss there."""

    strength: float
    best: Minimum
    data_loss: float


def penalised_fits(risk: Risk, strengths: Sequence[float] = STRENGTHS) -> list[Penalised]:
    """The minimum for each strength: every one of them is a point, however far out."""
    found = []
    for strength in strengths:
        best = minimize(replace(risk, penalty=L2(strength=strength)))
        found.append(Penalised(strength, best, float(risk.data_value(best.theta))))
    return found
