"""Gradient norms of two losses of one classifier, compared at the same parameters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lossviz.landscapes import Landscape
from lossviz.objectives import Risk

FLAT = 1e-12  # a gradient shorter than this is rounding


class GradientNorms(NamedTuple):
    """The norms of two gradients along a plane, where the first surface has height ``value``."""

    value: float
    first: float
    second: float

    @property
    def ratio(self) -> float:
        """The first norm over the second."""
        return self.first / self.second


def where_highest(risks: tuple[Risk, Risk], land: Landscape) -> GradientNorms | None:
    """Both gradients where the first risk's landscape is highest.

    None where a height is not finite, or a gradient vanishes or is not finite.
    """
    if not land.finite.all():
        return None
    a, b, value = land.highest
    theta = land.plane.point(a, b)
    across = np.stack([land.plane.u, land.plane.v])
    one, two = (float(np.linalg.norm(across @ risk.gradient(theta))) for risk in risks)
    if not (one > FLAT and two > FLAT and np.isfinite(one / two)):
        return None
    return GradientNorms(value, one, two)
