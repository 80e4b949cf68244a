"""Outcomes of a race: arrivals, shared ends, exits from the plot range, gradient noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.race import Track
from lossviz.descent.setting import Surface
from lossviz.descent.trajectory import Trajectory

Array = NDArray[np.floating]
NEAR = 1e-6  # the share of the way down that may be left at an arrival


def arrival(path: Trajectory, infimum: float) -> int | None:
    """The first step from which the loss stays within a millionth of the way down; None if never.

    The way down is from the start to ``infimum``.
    """
    above = path.values - infimum
    if not above[0] > 0:
        return None
    near = above <= NEAR * above[0]
    if not near[-1]:
        return None
    return int(len(near) - np.argmin(near[::-1])) if not near.all() else 0


def end(surface: Surface, path: Trajectory) -> int | None:
    """The number of the critical point that a path ended at; None where it is lost or elsewhere."""
    if path.lost or not len(surface.targets):
        return None
    gaps = np.linalg.norm(surface.targets - path.points[-1], axis=-1)
    return int(gaps.argmin()) if gaps.min() <= 0.01 * surface.reach else None


def exit_step(surface: Surface, path: Trajectory) -> int | None:
    """The first step at which a path is outside the window; None where it stays inside."""
    low, high = np.array(surface.window).T
    shadow = surface.plane.project(path.points)
    out = ((shadow < low) | (shadow > high)).any(-1)
    return int(out.argmax()) if out.any() else None


def furthest_off(tracks: Sequence[Track]) -> tuple[float, str] | None:
    """How far a path is from the plane drawn, at most, and whose; None where it is rounding."""
    worst, label = max((float(track.off.max()), track.label) for track in tracks)
    size = max(float(np.abs(tracks[0].a).max()), float(np.abs(tracks[0].b).max()), 1e-300)
    return (worst, label) if worst > 1e-9 * size else None


class Noise(NamedTuple):
    """Gradients of mini-batches about the full one.

    ``spread`` is their root mean square distance from it, ``size`` the norm of the full gradient,
    ``uphill`` the share of them against which the loss does not fall.
    """

    spread: float
    size: float
    uphill: float


def gradient_noise(cloud: Array, full: Array) -> Noise:
    """The noise of gradients ``cloud`` (m, p) about the gradient ``full`` (p,) of all the data."""
    return Noise(
        float(np.sqrt(((cloud - full) ** 2).sum(-1).mean())),
        float(np.linalg.norm(full)),
        float((cloud @ full <= 0).mean()),
    )
