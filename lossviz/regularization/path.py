"""The exact minimum as the strength of the penalty grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.datasets import select
from lossviz.minima import minimize
from lossviz.objectives import Risk
from lossviz.objectives.blas import one_blas_thread
from lossviz.penalties import Penalty
from lossviz.regularization.quadratic import lowest, solved, subsets, unit
from lossviz.regularization.reduced_risk import WeightsOnly
from lossviz.regularization.warm_start import warm_path

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Array = NDArray[np.floating]
STEPS = 60
ROUNDS = 400  # where the objective is nearly level each round adds one to the margin; ten are usual
NOTHING = 1e-9  # of the strongest
ROUNDING = 8 * np.finfo(float).eps
ROUNDED = 1e-12  # of a length: less than this is no displacement


@dataclass(frozen=True, eq=False)
class WeightPath:
    """The weights (k, d) of the penalised minimum for each of ``strengths`` (k,).

    A row of NaN: the data are separable and at that strength (0, or one of L0) no minimum exists.
    """

    strengths: Array
    weights: Array

    @property
    def zeros(self) -> NDArray[np.integer]:
        """(k,) how many weights are exactly zero."""
        return (self.weights == 0).sum(-1)

    @property
    def exists(self) -> NDArray[np.bool_]:
        """(k,) whether there is a minimum."""
        return np.isfinite(self.weights[:, 0])


@dataclass(frozen=True, eq=False)
class MinimumPath(WeightPath):
    """Where the penalised minimum lies for each strength, and what the two terms are there.

    ``data`` (k,) is the mean loss there without the penalty, ``budgets`` (k,) the penalty there at
    strength 1.
    """

    data: Array
    budgets: Array

    @property
    def values(self) -> Array:
        """(k,) what is minimised."""
        return self.data + self.strengths * self.budgets

    @property
    def size(self) -> float:
        """The largest data loss: what is far below it is rounding."""
        return float(np.abs(self.data[self.exists]).max(initial=0.0))

    def moved(self, step: int) -> tuple[float, float]:
        """How far the minimum went since the first strength, and that over its distance from 0.

        (0, 0) where it did not move by more than rounding.
        """
        start = self.weights[0]
        distance, whole = np.linalg.norm(self.weights[step] - start), np.linalg.norm(start)
        if distance <= ROUNDED * whole or not whole:
            return 0.0, 0.0
        return float(distance), float(distance / whole)

    def sign_change(self, weight: int) -> tuple[float, float] | None:
        """The strengths between which a weight first changes its sign; None if it never does."""
        w = self.weights[:, weight]
        steps = np.flatnonzero(w[:-1] * w[1:] < 0)
        if not steps.size:
            return None
        return float(self.strengths[steps[0]]), float(self.strengths[steps[0] + 1])


P = TypeVar("P", bound="DataclassInstance")


def inserted(path: P, other: P, step: int) -> P:
    """A path over k strengths with the strengths of another inserted before a step.

    Its arrays, whose first axis are the strengths, grow; what else it holds stays as it is.
    """
    columns = {each.name: getattr(path, each.name) for each in fields(path)}
    grown = {
        name: np.insert(column, step, getattr(other, name), axis=0)
        for name, column in columns.items()
        if isinstance(column, np.ndarray)
    }
    return replace(path, **grown)


def minimum_path(reduced: WeightsOnly, strengths: ArrayLike) -> MinimumPath:
    """The exact minimum for every strength (k,), all at once."""
    strengths = np.asarray(strengths, float)
    w = minima(reduced, strengths)
    lost = np.isnan(w[:, 0])
    held = np.where(lost[:, None], 0.0, w)
    data = np.where(lost, np.nan, reduced.data_value(held))
    budgets = np.where(lost, np.nan, unit(reduced.penalty).value(held))
    return MinimumPath(strengths, w, data, budgets)


def minima(reduced: WeightsOnly, strengths: Array) -> Array:
    """(k, d) the minimum for every strength, NaN where there is none.

    closed form for a quadratic; else proximal Newton, each step exact.
    """
    with one_blas_thread():  # the systems are small: threads would only wait for each other
        return _minima(reduced, strengths)


def _minima(reduced: WeightsOnly, strengths: Array) -> Array:
    d = reduced.layout.size
    if reduced.quadratic is not None:
        H = np.broadcast_to(reduced.quadratic.hessian, (len(strengths), d, d))
        c = np.broadcast_to(-reduced.quadratic.gradient(np.zeros(d)), (len(strengths), d))
        return lowest(H, c, reduced.penalty, strengths)
    if reduced.penalty.form == "count":
        return _subset_minima(reduced, strengths)[0]
    w = np.full((len(strengths), d), np.nan)
    lies = (strengths > 0) | (not (strengths == 0).any() or not at_infinity(reduced))
    w[lies] = _curved(reduced, strengths[lies])
    return w


def _curved(reduced: WeightsOnly, strengths: Array) -> Array:
    parts = reduced.penalty.separable
    if parts is not None:
        return warm_path(reduced, strengths, *parts)
    step = partial(lowest, penalty=reduced.penalty, strengths=strengths)
    unit_penalty = unit(reduced.penalty)
    return _newton(
        reduced,
        step,
        lambda w: reduced.data_value(w) + strengths * unit_penalty.value(w),
        len(strengths),
    )


def _newton(
    reduced: WeightsOnly,
    step: Callable[[Array, Array], Array],
    value: Callable[[Array], Array],
    count: int,
) -> Array:
    """(count, d): from zero, each row's own steps, halved until the value falls."""
    w = np.zeros((count, reduced.layout.size))
    for _ in range(ROUNDS):
        H, g = reduced.data_hessian(w), reduced.data_gradient(w)
        aim = step(H, (H @ w[..., None])[..., 0] - g)
        before, share = value(w), np.ones(count)
        for _ in range(40):
            worse = value(w + share[:, None] * (aim - w)) > before + ROUNDING * np.abs(before)
            if not worse.any():
                break
            share = np.where(worse, share / 2, share)
        moved = np.where(share[:, None] == 1, aim, w + share[:, None] * (aim - w))
        rest = np.abs(moved - w).max() <= 1e-12 * (1 + np.abs(w).max())
        w = moved
        if rest:
            break
    return w


def _subset_minima(reduced: WeightsOnly, strengths: Array) -> tuple[Array, Array]:
    """(k, d) and (k,): the best subset's weights, NaN where it separates, and its value."""
    fits, data, sizes = _subset_fits(reduced)
    values = data[:, None] + sizes[:, None] * strengths
    best = values.argmin(0)
    return fits[best], values.min(0)


@lru_cache(maxsize=8)
def _subset_fits(reduced: WeightsOnly) -> tuple[Array, Array, Array]:
    """(s, d), (s,) and (s,): every subset's best weights, their data loss and their number."""
    chosen = subsets(reduced.layout.size)
    apart = np.array([bool(some.any()) and at_infinity(reduced, some) for some in chosen])
    fits = np.zeros(chosen.shape)
    kept, nothing = chosen[~apart], np.zeros(int((~apart).sum()))
    fits[~apart] = _newton(
        reduced, lambda H, c: solved(H, c, nothing, kept), reduced.data_value, len(kept)
    )
    data = np.where(apart, 0.0, reduced.data_value(fits))  # the infimum of cross-entropy
    fits[apart] = np.nan
    return fits, data, chosen.sum(-1)


def at_infinity(reduced: WeightsOnly, some: NDArray[np.bool_] | None = None) -> bool:
    """Whether ``some`` features tell the classes apart: then larger weights are always better."""
    if reduced.quadratic is not None:
        return False
    data = reduced.risk.data
    if some is not None:
        names = [name for name, kept in zip(data.names, some, strict=True) if kept]
        data = select(data, names)
    return minimize(Risk(data, reduced.risk.model, reduced.risk.loss)).kind == "infinity"


def strength_grid(reduced: WeightsOnly, steps: int = STEPS) -> Array:
    """``steps`` strengths: 0, then evenly in factors up to where nothing is left of the weights.

    Three digits each, so that they are the same in a link.
    """
    top = 1.1 * strongest(reduced)
    strengths = np.geomspace(top / 1000, top, steps - 1)
    found = {0.0, *(float(f"{strength:.3g}") for strength in strengths)}
    return np.array(sorted(found))


def strongest(reduced: WeightsOnly) -> float:
    """The strength that leaves no weight, or for a ridge a small share of them."""
    d = reduced.layout.size
    zero = np.zeros(d)
    start_gradient = reduced.data_gradient(zero)
    largest = float(np.linalg.eigvalsh(reduced.data_hessian(zero))[-1])
    if reduced.penalty.form == "norm":
        return float(np.linalg.norm(start_gradient)) or 1.0
    if reduced.penalty.form == "count":
        best = float(_subset_minima(reduced, np.zeros(1))[1][0])
        return float(reduced.data_value(zero) - best) or 1.0
    parts = reduced.penalty.separable
    kink, ridge = parts if parts is not None else (0.0, 1.0)
    ends = [float(np.abs(start_gradient).max()) / kink] if kink else []
    ends += [10 * largest / ridge] if ridge else []
    return min(ends) or 1.0


def gone_at(reduced: WeightsOnly, path: MinimumPath) -> tuple[float | None, ...]:
    """For each weight the strength at which it becomes exactly zero and stays so.

    Found between two strengths of the path by bisection, to rounding; 0 where any strength will do,
    None where it never does, or was never anything else.
    """
    found: list[float | None] = []
    warm = reduced.quadratic is None and reduced.penalty.separable is not None
    many = 3 if warm else 33  # one strength at a time there, all at once elsewhere
    for j, weight in enumerate(path.weights.T):
        alive = np.flatnonzero(np.nan_to_num(weight, nan=1.0) != 0)
        if not len(alive) or alive[-1] == len(weight) - 1:
            found.append(None)
            continue
        low, high = path.strengths[alive[-1]], path.strengths[alive[-1] + 1]
        while high - low > ROUNDING * high and high > NOTHING * path.strengths[-1]:
            tries = np.linspace(low, high, many)
            left = np.append(True, minima(reduced, tries[1:-1])[:, j] != 0)
            last = int(np.flatnonzero(left)[-1])
            low, high = tries[last], tries[last + 1]
        found.append(float(high) if low else 0.0)
    return tuple(found)


def opening(reduced: WeightsOnly) -> float:
    """A strength worth opening a page with: where a weight is just gone and the other is not.

    Where no weight goes by itself, the first strength at which the weights are half as long.
    """
    strengths = strength_grid(reduced)
    path = minimum_path(reduced, strengths)
    length = np.linalg.norm(path.weights[1:], axis=-1)
    begins = length[np.isfinite(length)][0]  # an L0 on separable data begins later
    gone = (path.zeros[1:] > path.zeros[1]) & (length > 0.2 * begins)
    wanted = gone if gone.any() else length < 0.5 * begins
    return float(strengths[1 + int(wanted.argmax())])


def condition(reduced: WeightsOnly, penalty: Penalty, w: Array) -> float:
    """Largest over smallest curvature at w (d,), among the weights that are free to move.

    Infinite where some direction is flat, 1 where one weight is left, NaN where none is.
    """
    active = (w != 0) | (penalty.smooth is True)  # a weight is held at 0 by a kink or a jump only
    if not active.any():
        return float("nan")
    H = (reduced.data_hessian(w) + penalty.hessian(w))[np.ix_(active, active)]
    return _ratio(H)


def data_condition(reduced: WeightsOnly, w: Array) -> float:
    """Largest over smallest curvature of the data loss alone at w (d,); infinite where flat."""
    return _ratio(reduced.data_hessian(w))


def adds_curvature(penalty: Penalty, w: Array) -> bool:
    """Whether the penalty's own Hessian is not zero at w (d,)."""
    return bool(penalty.hessian(w).any())


def _ratio(H: Array) -> float:
    values = np.linalg.eigvalsh(H)
    return float(values[-1] / values[0]) if values[0] > 1e-12 * values[-1] else float("inf")


def places(strengths: Array) -> Array:
    """(k,) where strengths stand on a logarithmic axis: 0 one factor of 2 below the first one."""
    first = strengths[strengths > 0].min(initial=np.inf)
    return np.where(strengths > 0, strengths, first / 2 if np.isfinite(first) else 1.0)
