"""Several optimizers from one start: their learning rates, their paths, and these on a plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.curvature import is_quadratic
from lossviz.descent import Basins, Trajectory, descend, settle, sweep
from lossviz.descent.setting import Surface
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.optimizers import Optimizer, Schedule
from lossviz.text import number as say

Array = NDArray[np.floating]

DECADES, PER_DECADE = 5, 12
FAR = 4.0  # half windows from the middle beyond which a drawn path is pulled in


def race(
    surface: Surface,
    optimizers: Sequence[Optimizer],
    start: ArrayLike,
    steps: int,
    schedule: Schedule | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Trajectory]:
    """One path for each optimizer from plane coordinates ``start`` (2,).

    ``progress`` hears the share that is done before each path; what it raises ends the work.

    Only stochastic gradient descent takes mini-batches, and only where there are data; a rule
    that searches for its own step lengths takes no schedule.
    """
    theta = surface.theta(start)
    has_data = hasattr(surface.objective, "on")
    paths = []
    for number, each in enumerate(optimizers):
        if progress:
            progress(number / len(optimizers))
        paths.append(
            descend(
                surface.objective,
                each,
                theta,
                steps,
                batch_size=batch_size if each.batches and has_data else None,
                seed=seed,
                schedule=None if each.line_search else schedule,
            )
        )
    return paths


class Track(NamedTuple):
    """What is drawn of a path, one entry (t + 1,) per point.

    ``a``, ``b`` are its shadow on the plane, far points pulled in to a few windows away;
    ``values`` the true losses; ``excess`` the loss above ``infimum``, ``slope`` the gradient's
    length and ``away`` the distance to the nearest minimum (empty where there is none): NaN
    where a logarithm would not be defined.  ``off`` is the distance from the plane.
    """

    id: str
    label: str
    a: Array
    b: Array
    values: Array
    excess: Array
    slope: Array
    away: Array
    off: Array


def tracks(surface: Surface, paths: Sequence[Trajectory]) -> list[Track]:
    """The drawn form of every path, with one common infimum."""
    infimum = surface.infimum
    if infimum is None:
        infimum = float(min(path.values.min() for path in paths))
    return [_track(surface, path, infimum) for path in paths]


def _track(surface: Surface, path: Trajectory, infimum: float) -> Track:
    a, b = _clipped(surface, surface.plane.project(path.points)).T
    targets = surface.minima
    away = np.empty(0)
    if len(targets):
        away = np.min([path.distance(point) for point in targets], axis=0)
    return Track(
        path.optimizer.id,
        path.optimizer.label,
        a,
        b,
        path.values,
        _positive(path.values - infimum),
        _positive(path.gradient_norms),
        _positive(away),
        surface.plane.distance(path.points),
    )


def _positive(numbers: Array) -> Array:
    return np.where((numbers > 0) & np.isfinite(numbers), numbers, np.nan)


def _clipped(surface: Surface, points: Array) -> Array:
    """Points (t, 2) beyond a few windows are moved towards the middle, in their direction."""
    low, high = np.array(surface.window).T
    middle, half = (low + high) / 2, (high - low) / 2
    scaled = (points - middle) / half
    size = np.abs(scaled).max(-1, keepdims=True)
    return middle + half * scaled * np.minimum(1, FAR / np.maximum(size, FAR))


def arrows(surface: Surface, path: Trajectory, track: Track) -> dict[str, tuple[Array, Array]]:
    """At every point, on the plane: the way straight downhill, and the step taken.

    name -> (a, b), each (t + 1, 2) from tail to head.  Downhill is an eighth of the window long,
    and shrinks where the slope is below a fiftieth of the path's steepest; the last point has
    no step.
    """
    tail = np.stack([track.a, track.b], axis=-1)
    low, high = np.array(surface.window).T
    with np.errstate(all="ignore"):
        slope = -path.objective.gradient(path.points)
        down = np.stack([slope @ surface.plane.u, slope @ surface.plane.v], axis=-1)
        size = np.linalg.norm(down / (high - low), axis=-1, keepdims=True)
        top = np.max(size, where=np.isfinite(size), initial=0.0)
        length = 0.125 * np.minimum(1, 50 * size / top)
        down = np.where(np.isfinite(size) & (size > 0), down * (length / size), 0.0)
    head = np.concatenate([tail[1:], tail[-1:]])
    return {
        "downhill": _ends(tail, tail + np.where(np.isfinite(down), down, 0.0)),
        "step": _ends(tail, head),
    }


def _ends(tail: Array, head: Array) -> tuple[Array, Array]:
    both = np.stack([tail, head], axis=1)  # (t + 1, 2, 2): point, end, coordinate
    return both[..., 0], both[..., 1]


class TwoParameterQuadratic(NamedTuple):
    """A two-parameter quadratic: floor + half of away @ hessian @ away from its minimiser (2,)."""

    hessian: Array
    minimiser: Array
    floor: float


def two_parameter_quadratic(surface: Surface) -> TwoParameterQuadratic | None:
    """The surface as an exact quadratic in its two parameters, or None where it is none."""
    objective, origin = surface.objective, np.zeros(2)
    if objective.layout.size != 2 or not is_quadratic(objective):
        return None
    hessian = objective.hessian(origin)
    if np.linalg.matrix_rank(hessian) < 2:
        return None
    minimiser = -np.linalg.solve(hessian, objective.gradient(origin))
    return TwoParameterQuadratic(hessian, minimiser, float(objective.value(minimiser)))


class Sweep(NamedTuple):
    """Where one start ends under many rates (r,): ``excess`` is NaN where it was lost.

    What is left below a 1e-16 of the start's own excess is rounding, and shown as that.
    """

    id: str
    label: str
    rates: Array
    excess: Array
    lost: NDArray[np.bool_]
    used: float

    @property
    def best(self) -> float:
        """The rate that ends lowest; a rate must have been kept."""
        return float(self.rates[np.nanargmin(self.excess)])

    @property
    def limit(self) -> float | None:
        """The first rate that is lost; None where none is, or the smallest already."""
        return (
            float(self.rates[self.lost.argmax()]) if self.lost.any() and not self.lost[0] else None
        )

    @property
    def level(self) -> bool:
        """Whether every rate that is kept ends at the same loss."""
        return bool(np.nanmax(self.excess) <= np.nanmin(self.excess) * (1 + 1e-12))


def sweeps(
    surface: Surface,
    optimizers: Sequence[Optimizer],
    centres: Mapping[str, float],
    start: ArrayLike,
    steps: int,
    schedule: Schedule | None = None,
    progress: Progress | None = None,
) -> list[Sweep]:
    """Five decades of rates around each optimizer's own centre, one batched run each.

    ``progress`` hears the share that is done; what it raises ends the work.
    """
    theta = surface.theta(start)
    found = []
    for number, each in enumerate(optimizers):
        exponents = np.arange(-DECADES * PER_DECADE // 2, DECADES * PER_DECADE // 2 + 1)
        rates = centres[each.id] * 10.0 ** (exponents / PER_DECADE)
        heard = part(progress, number, len(optimizers))
        ends = sweep(surface.objective, each, theta, rates, steps, schedule, heard)
        found.append((each, rates, ends))
    infimum = surface.infimum
    if infimum is None:
        kept = [ends.values[~ends.lost] for _, _, ends in found]
        infimum = float(min((v.min() for v in kept if v.size), default=0.0))
    here = float(surface.objective.value(theta)) - infimum
    scale = max(abs(here), np.finfo(float).tiny)
    out = []
    for each, rates, ends in found:
        above = ends.values - infimum
        # what ended a thousand times higher than it began has left, whatever its numbers
        lost = ends.lost | ~(above <= 1e3 * scale)
        excess = np.where(lost, np.nan, np.maximum(above, 1e-16 * scale))
        out.append(Sweep(each.id, each.label, rates, excess, lost, each.lr))
    return out


class BasinMap(NamedTuple):
    """Where every start of a grid ends: ``where`` (m, k) is the number of a target.

    -1 is elsewhere and -2 left the map; ``steps`` (m, k) until it stays near its end, NaN where
    it is lost.  ``labels`` name the targets that were reached, by number.
    """

    a: Array
    b: Array
    where: NDArray[np.integer]
    steps: Array
    labels: dict[int, str]

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The ends and the share of the starts that arrive there, the largest first."""
        numbers, counts = np.unique(self.where, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return [(self.labels[int(numbers[i])], float(counts[i] / self.where.size)) for i in order]

    @property
    def median_steps(self) -> float | None:
        """Half of the starts that are not lost settle within so many steps; None if all are."""
        kept = self.steps[np.isfinite(self.steps)]
        return float(np.median(kept)) if kept.size else None


def basins(
    surface: Surface,
    optimizer: Optimizer,
    side: int,
    steps: int,
    schedule: Schedule | None = None,
    progress: Progress | None = None,
) -> BasinMap:
    """Descend from a ``side`` by ``side`` grid of starts over the window, all at once.

    ``progress`` hears the share that is done.
    """
    a, b = (np.linspace(low, high, side) for low, high in surface.window)
    starts = surface.plane.point(*np.meshgrid(a, b))
    rule = None if optimizer.line_search else schedule
    near = 0.02 * surface.reach
    tolerance = 0.25 * near
    ends = settle(
        surface.objective, optimizer, starts, steps, tolerance, schedule=rule, progress=progress
    )
    where = _reached(surface, ends, near)
    labels = {int(k): _called(surface, int(k)) for k in np.unique(where)}
    return BasinMap(a, b, where, np.where(ends.lost, np.nan, ends.steps), labels)


def _reached(surface: Surface, ends: Basins, near: float) -> NDArray[np.integer]:
    if len(surface.targets):
        where = ends.nearest(surface.targets, near)
    else:
        where = np.full(ends.lost.shape, -1)
    # a point that left the window for a thousand windows is on no surface of this picture
    low, high = np.array(surface.window).T
    shadow = surface.plane.project(ends.points)
    far = (np.abs(shadow - (low + high) / 2) > 1e3 * (high - low)).any(-1)
    return np.where(ends.lost | far, -2, where)


def _called(surface: Surface, number: int) -> str:
    if number < 0:
        return {-1: "elsewhere, or not converged", -2: "diverged"}[number]
    a, b = surface.plane.project(surface.targets[number])
    return f"{surface.kinds[number]} at ({say(a, 3)}, {say(b, 3)})"
