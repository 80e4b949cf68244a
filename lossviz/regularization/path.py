"""The exact minimum as the strength of the penalty grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from lossviz.datasets import select
from lossviz.minima import minimize
from lossviz.objectives import Risk
from lossviz.penalties import Penalty
from lossviz.regularization.quadratic import lowest, solved, subsets, unit
from lossviz.regularization.reduced_risk import WeightsOnly
from lossviz.regularization.warm_start import warm_path

Array = NDArray[np.floating]
STEPS = 60
BLAS = ThreadpoolController()
ROUNDS = 400  # where the ground is nearly level each round adds one to the margin; ten are usual
NOTHING = 1e-9  # of the strongest
ROUNDING = 8 * np.finfo(float).eps


@dataclass(frozen=True, eq=False)
class MinimumPath:
    """Where the penalised minimum lies for each strength.

    ``strengths`` (k,), ``weights`` (k, d), ``data`` (k,) the mean loss there without the
    penalty, ``budgets`` (k,) the penalty there at strength 1.  A row of NaN: the data are separable
    and at that strength (0, or one of L0) no minimum exists.
    """

    strengths: Array
    weights: Array
    data: Array
    budgets: Array

    @property
    def values(self) -> Array:
        """(k,) what is minimised."""
        return self.data + self.strengths * self.budgets

    @property
    def zeros(self) -> NDArray[np.integer]:
        """(k,) how many weights are exactly zero."""
        return (self.weights == 0).sum(-1)


def minimum_path(ground: WeightsOnly, strengths: ArrayLike) -> MinimumPath:
    """The exact minimum for every strength (k,), all at once."""
    strengths = np.asarray(strengths, float)
    w = minima(ground, strengths)
    lost = np.isnan(w[:, 0])
    held = np.where(lost[:, None], 0.0, w)
    data = np.where(lost, np.nan, ground.data_value(held))
    budgets = np.where(lost, np.nan, unit(ground.penalty).value(held))
    return MinimumPath(strengths, w, data, budgets)


def minima(ground: WeightsOnly, strengths: Array) -> Array:
    """(k, d) the minimum for every strength, NaN where there is none.

    Closed form for a bowl; else proximal Newton, each step exact.
    """
    with BLAS.limit(limits=1):  # the systems are small: threads would only wait for each other
        return _minima(ground, strengths)


def _minima(ground: WeightsOnly, strengths: Array) -> Array:
    d = ground.layout.size
    if ground.quadratic is not None:
        H = np.broadcast_to(ground.quadratic.hessian, (len(strengths), d, d))
        c = np.broadcast_to(-ground.quadratic.gradient(np.zeros(d)), (len(strengths), d))
        return lowest(H, c, ground.penalty, strengths)
    if ground.penalty.form == "count":
        return _subset_minima(ground, strengths)[0]
    w = np.full((len(strengths), d), np.nan)
    lies = (strengths > 0) | (not (strengths == 0).any() or not endless(ground))
    w[lies] = _curved(ground, strengths[lies])
    return w


def _curved(ground: WeightsOnly, strengths: Array) -> Array:
    parts = ground.penalty.separable
    if parts is not None:
        return warm_path(ground, strengths, *parts)
    step = partial(lowest, penalty=ground.penalty, strengths=strengths)
    price = unit(ground.penalty)
    return _newton(
        ground, step, lambda w: ground.data_value(w) + strengths * price.value(w), len(strengths)
    )


def _newton(
    ground: WeightsOnly,
    step: Callable[[Array, Array], Array],
    value: Callable[[Array], Array],
    count: int,
) -> Array:
    """(count, d): from zero, each row's own steps, halved until the value falls."""
    w = np.zeros((count, ground.layout.size))
    for _ in range(ROUNDS):
        H, g = ground.data_hessian(w), ground.data_gradient(w)
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


def _subset_minima(ground: WeightsOnly, strengths: Array) -> tuple[Array, Array]:
    """(k, d) and (k,): the best subset's weights, NaN where it separates, and its value."""
    fits, data, sizes = _subset_fits(ground)
    values = data[:, None] + sizes[:, None] * strengths
    best = values.argmin(0)
    return fits[best], values.min(0)


@lru_cache(maxsize=8)
def _subset_fits(ground: WeightsOnly) -> tuple[Array, Array, Array]:
    """(s, d), (s,) and (s,): every subset's best weights, their data loss and their number."""
    chosen = subsets(ground.layout.size)
    apart = np.array([bool(some.any()) and endless(ground, some) for some in chosen])
    fits = np.zeros(chosen.shape)
    kept, nothing = chosen[~apart], np.zeros(int((~apart).sum()))
    fits[~apart] = _newton(
        ground, lambda H, c: solved(H, c, nothing, kept), ground.data_value, len(kept)
    )
    data = np.where(apart, 0.0, ground.data_value(fits))  # cross-entropy comes as near as one likes
    fits[apart] = np.nan
    return fits, data, chosen.sum(-1)


def endless(ground: WeightsOnly, some: NDArray[np.bool_] | None = None) -> bool:
    """Whether ``some`` features tell the classes apart: then larger weights are always better."""
    if ground.quadratic is not None:
        return False
    data = ground.risk.data
    if some is not None:
        names = [name for name, kept in zip(data.names, some, strict=True) if kept]
        data = select(data, names)
    return minimize(Risk(data, ground.risk.model, ground.risk.loss)).kind == "infinity"


def ladder(ground: WeightsOnly, now: float | None = None, steps: int = STEPS) -> Array:
    """``steps`` strengths: 0, then evenly in factors up to where nothing is left of the weights.

    Three digits each, so that they are the same in a link.  ``now`` is added where it is no rung.
    """
    top = 1.1 * strongest(ground)
    rungs = np.geomspace(top / 1000, top, steps - 1)
    found = {0.0, *(float(f"{rung:.3g}") for rung in rungs)}
    return np.array(sorted(found if now is None else found | {float(now)}))


def strongest(ground: WeightsOnly) -> float:
    """The strength that leaves no weight, or for a ridge a small share of them."""
    d = ground.layout.size
    zero = np.zeros(d)
    pull = ground.data_gradient(zero)
    bend = float(np.linalg.eigvalsh(ground.data_hessian(zero))[-1])
    if ground.penalty.form == "norm":
        return float(np.linalg.norm(pull)) or 1.0
    if ground.penalty.form == "count":
        best = float(_subset_minima(ground, np.zeros(1))[1][0])
        return float(ground.data_value(zero) - best) or 1.0
    parts = ground.penalty.separable
    crease, ridge = parts if parts is not None else (0.0, 1.0)
    ends = [float(np.abs(pull).max()) / crease] if crease else []
    ends += [10 * bend / ridge] if ridge else []
    return min(ends) or 1.0


def gone_at(ground: WeightsOnly, path: MinimumPath) -> tuple[float | None, ...]:
    """For each weight the strength at which it becomes exactly zero and stays so.

    Found between two rungs of the path by bisection, to rounding; 0 where any strength will do,
    None where it never does, or was never anything else.
    """
    found: list[float | None] = []
    warm = ground.quadratic is None and ground.penalty.separable is not None
    many = 3 if warm else 33  # one strength at a time there, all at once elsewhere
    for j, weight in enumerate(path.weights.T):
        alive = np.flatnonzero(np.nan_to_num(weight, nan=1.0) != 0)
        if not len(alive) or alive[-1] == len(weight) - 1:
            found.append(None)
            continue
        low, high = path.strengths[alive[-1]], path.strengths[alive[-1] + 1]
        while high - low > ROUNDING * high and high > NOTHING * path.strengths[-1]:
            tries = np.linspace(low, high, many)
            left = np.append(True, minima(ground, tries[1:-1])[:, j] != 0)
            last = int(np.flatnonzero(left)[-1])
            low, high = tries[last], tries[last + 1]
        found.append(float(high) if low else 0.0)
    return tuple(found)


def opening(ground: WeightsOnly) -> float:
    """A strength worth opening a page with: where a weight is just gone and the other is not.

    Where no weight goes by itself, the first rung at which the weights are half as long.
    """
    rungs = ladder(ground)
    path = minimum_path(ground, rungs)
    length = np.linalg.norm(path.weights[1:], axis=-1)
    begins = length[np.isfinite(length)][0]  # an L0 on separable data begins later
    gone = (path.zeros[1:] > path.zeros[1]) & (length > 0.2 * begins)
    wanted = gone if gone.any() else length < 0.5 * begins
    return float(rungs[1 + int(wanted.argmax())])


def condition(ground: WeightsOnly, penalty: Penalty, w: Array) -> float:
    """Largest over smallest curvature at w (d,), among the weights that are free to move.

    Infinite where some direction is flat, 1 where one weight is left, NaN where none is.
    """
    active = w != 0
    if not active.any():
        return float("nan")
    H = (ground.data_hessian(w) + penalty.hessian(w))[np.ix_(active, active)]
    values = np.linalg.eigvalsh(H)
    return float(values[-1] / values[0]) if values[0] > 1e-12 * values[-1] else float("inf")


def places(strengths: Array) -> Array:
    """(k,) where strengths stand on a logarithmic axis: 0 one factor of 2 below the first rung."""
    first = strengths[strengths > 0].min(initial=np.inf)
    return np.where(strengths > 0, strengths, first / 2 if np.isfinite(first) else 1.0)
