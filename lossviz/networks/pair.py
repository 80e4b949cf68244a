"""A pair of networks, with and without skip connections: wiring, planes, roughness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes import Landscape, evaluate_plane, evaluate_points
from lossviz.landscapes.planes import Plane, hessian, principal, random
from lossviz.landscapes.roughness import local_minima_count, nonconvex_share
from lossviz.models import ResidualNetwork
from lossviz.networks.training import Training
from lossviz.objectives import Risk

Array = NDArray[np.floating]

SCALES = {"root": "1/√blocks", "one": "1", "each": "1/blocks", "zero": "1, starting at zero"}
RULES = {
    "filter": "Random, filter-normalised",
    "layer": "Random, layer-normalised",
    "raw": "Random, raw",
    "pca": "Path's own (PCA)",
    "hessian": "Two top curvatures (Hessian)",
}


def scaled(model: ResidualNetwork, scale: str) -> ResidualNetwork:
    """The network with skips whose branches are scaled by a key of ``SCALES``."""
    factor = {"root": model.blocks**-0.5, "each": 1 / model.blocks}.get(scale, 1.0)
    begin = "zero" if scale == "zero" else "standard"
    return replace(model, skip=True, branch_scale=factor, branch_start=begin)


def plain(model: ResidualNetwork) -> ResidualNetwork:
    """The same network without skips; scaled branches would only fade the signal."""
    return replace(model, skip=False, branch_scale=1.0, branch_start="standard")


def look(risk: Risk, run: Training, rule: str, seed: int) -> Plane:
    """The plane through the end of a run that a key of ``RULES`` asks for.

    Raises ValueError where there is no such plane: a run that never moved, or a loss whose
    curvature cannot be measured.
    """
    if rule == "pca":
        return principal(run.points)
    if rule == "hessian":
        return hessian(risk, run.theta, seed)
    return random(run.theta, risk.layout, seed, rule)


def window(run: Training, plane: Plane, rule: str, reach: float) -> tuple[tuple[float, float], ...]:
    """Where to look: ±reach along random directions, round the whole path in its own plane.

    Along unit eigenvectors of the Hessian ±reach is a tenth of the length of the weights.
    """
    if rule == "pca":
        places = plane.project(run.points)
        low, high = places.min(0), places.max(0)
        margin = 0.15 * float(np.max(high - low)) * reach
        return tuple((float(a - margin), float(b + margin)) for a, b in zip(low, high, strict=True))
    if rule == "hessian":
        reach *= 0.1 * float(np.linalg.norm(run.theta))
    return ((-reach, reach), (-reach, reach))


@dataclass(frozen=True, eq=False)
class Shadow:
    """A run seen from a plane, one entry (m,) per point kept.

    ``a``, ``b`` are the shadow's coordinates, ``true`` the losses where the run was, ``seen`` the
    loss of the plane under the shadow (inf where it overflows), ``off`` the distance from the
    plane and ``share`` that distance over the distance from the end of the run.
    """

    steps: NDArray[np.integer]
    a: Array
    b: Array
    true: Array
    seen: Array
    off: Array
    share: Array

    @property
    def farthest(self) -> int:
        """The index of the point farthest off the plane."""
        return int(self.off.argmax())

    @property
    def most_different(self) -> int | None:
        """The index at which the loss seen differs most from the true one, relative to it.

        None where that is nowhere more than 1 %.
        """
        finite = np.isfinite(self.seen)
        away = np.abs(np.where(finite, self.seen, 0) - self.true)
        ratio = np.where(finite, away / np.maximum(np.abs(self.true), 1e-300), -1)
        worst = int(ratio.argmax())
        return worst if ratio[worst] > 0.01 else None


def shadow(risk: Risk, run: Training, plane: Plane) -> Shadow:
    """How much a plane hides of a run."""
    a, b = plane.project(run.points).T
    with np.errstate(over="ignore", invalid="ignore"):
        seen = evaluate_points(risk, plane.point(a, b))
    off, share = off_plane(run, plane)
    return Shadow(run.steps, a, b, run.values, seen, off, share)


def off_plane(run: Training, plane: Plane) -> tuple[Array, Array]:
    """(m,) each: the distance from the plane, and that over the distance from the run's end."""
    off = plane.distance(run.points)
    whole = np.linalg.norm(run.points - run.theta, axis=-1)
    share = np.divide(off, whole, out=np.zeros_like(off), where=whole > 0)
    return off, np.minimum(share, 1)


def hardly_varies(risk: Risk, theta: Array) -> bool:
    """Whether the predictions at theta (p,) are nearly the same for every row.

    Their range is at most 2 % of the target's standard deviation, or 0.02 of a logit.
    """
    answer = risk.model.predict(theta, risk.data.X)
    scale = float(np.std(risk.data.y)) if risk.data.task == "regression" else 1.0
    return float(np.ptp(answer, axis=0).max()) <= 0.02 * scale


class Sample(NamedTuple):
    """Numbers (s,), their mean and a sample's standard deviation (over s - 1; nan for one)."""

    values: Array
    mean: float
    deviation: float


class Roughness(NamedTuple):
    """One number per seed (s,): low points of the slice, its non-convex share, the final loss."""

    minima: Array
    nonconvex: Array
    final: Array

    def sample(self, field: str) -> Sample:
        """One of the three numbers over the seeds at which it is finite."""
        values: Array = getattr(self, field)
        values = values[np.isfinite(values)]
        nan = float("nan")
        return Sample(
            values,
            float(values.mean()) if len(values) else nan,
            float(values.std(ddof=1)) if len(values) > 1 else nan,
        )


def roughness(landscapes: Sequence[Landscape], finals: Sequence[float]) -> Roughness:
    """The two measures of ``lossviz.landscapes.roughness`` for slices of several seeds."""
    return Roughness(
        np.array([local_minima_count(land) for land in landscapes], float),
        np.array([nonconvex_share(land) for land in landscapes], float),
        np.array(finals, float),
    )


def square(risk: Risk, plane: Plane, reach: float, n: int) -> Landscape:
    """The risk on an n by n grid over ±reach along both directions."""
    line = np.linspace(-reach, reach, n)
    return evaluate_plane(risk, plane, line, line)
