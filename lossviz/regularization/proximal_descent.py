"""Subgradient descent and the proximal gradient on a penalised loss: who reaches exact zeros."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import descend
from lossviz.optimizers import OPTIMIZERS
from lossviz.regularization.reduced_risk import WeightsOnly

Array = NDArray[np.floating]


class PenalisedPath(NamedTuple):
    """A descent on the penalised objective: points (t + 1, d) and values (t + 1,)."""

    title: str
    points: Array
    values: Array

    @property
    def exact(self) -> NDArray[np.bool_]:
        """(d,) which weights end at exactly zero."""
        return self.points[-1] == 0

    @property
    def size(self) -> float:
        """The largest weight at the start: what is far below it is rounding."""
        return float(np.abs(self.points[0]).max())

    @property
    def rests(self) -> list[float]:
        """How far from zero each weight ends."""
        return np.abs(self.points[-1]).tolist()


def penalised_paths(
    reduced: WeightsOnly, start: Array, steps: int = 60, share: float = 1.0
) -> tuple[PenalisedPath, PenalisedPath]:
    """(subgradient descent, proximal gradient) from ``start`` (d,), at one learning rate.

    The rate is ``share`` of 1 / L, with L the largest curvature of the data loss plus that of a
    smooth penalty at the start: the proximal gradient then falls with every step.
    """
    hessian = reduced.data_hessian(start)
    if reduced.penalty.smooth:
        hessian = hessian + reduced.penalty.hessian(start)
    top = float(np.linalg.eigvalsh(hessian)[-1])
    if reduced.quadratic is None:  # nowhere is cross-entropy more curved than a quarter square
        X = reduced.columns - reduced.columns.mean(0) if reduced.free else reduced.columns
        top = float(np.linalg.eigvalsh(X.T @ X / (4 * len(X)))[-1])
        top += float(reduced.penalty.hessian(start).max()) if reduced.penalty.smooth else 0.0
    lr = share / top if top > 0 else 1.0
    found = []
    for id, title in (("gd", "Subgradient descent"), ("proximal_gradient", "Proximal gradient")):
        path = descend(reduced, OPTIMIZERS[id](lr=lr), start, steps=steps, tolerance=0.0)
        found.append(PenalisedPath(title, path.points, path.values))
    return found[0], found[1]
