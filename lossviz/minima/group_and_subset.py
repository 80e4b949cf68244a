"""Best subset and group lasso on linear models, solved exactly.

A fee for every weight in use (best subset): every support is tried or ruled out.  A cone, the
length of the whole weight vector (group lasso): at a minimum away from its tip it acts like a
ridge penalty of some strength, so one number is searched for, with an exact ridge fit each step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from lossviz.minima.domain_edge import approached, edge_minimum, zeros_at_the_edge
from lossviz.minima.kind_units import kind_units
from lossviz.minima.linear import linear_minimum
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum
from lossviz.minima.multinomial import ClassUnits, class_units, classes_minimum
from lossviz.minima.newton import Slopes, descend_newton
from lossviz.minima.robust import elemental_starts
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import conditioned
from lossviz.penalties import Penalty

Array = NDArray[np.floating]

MOST_WEIGHTS = 8  # 256 supports
MOST_BOUNDED, MOST_FITS = 16, 256  # more weights than that, and no more fits than that
Support = NDArray[np.bool_]  # (p,) which parameters are kept
Fit = Callable[[Support], Minimum]
OFF_TIP = 1e-3  # of the slope at the tip of a cone: how far from it the walk to the edge begins
BUDGET = 400_000  # predictions held at once


def under_a_cost(risk: Risk) -> Minimum | None:
    """The best subset of the weights, or None where the penalty is no fee per weight.

    Under a convex loss supports that a larger one's data loss rules out are not tried (branch and
    bound: Furnival & Wilson 1974); above ``MOST_WEIGHTS`` weights at most ``MOST_FITS`` are.
    The weight of a constant feature is never worth its fee and is not tried.
    """
    weights = risk.layout.weights > 0
    cost = _cost(risk.penalty, weights)
    fitted = None if cost is None or weights.sum() > MOST_BOUNDED else _fitted(risk)
    if cost is None or fitted is None:
        return None
    fit, felt, like = fitted
    count = int((weights & felt).sum())
    if count > MOST_WEIGHTS and not risk.loss.convex:
        return None
    most = MOST_FITS if count > MOST_WEIGHTS else 2**count
    search = _Supports(fit, like, weights & felt, ~weights, cost, most)
    whole = search.bounded() if risk.loss.convex else search.tried_in_turn()
    found = search.best
    message = (
        "Every subset of the weights was tried or ruled out; this one has the lowest objective."
    )
    if not whole:
        message = "The best of many subsets of the weights; nothing proves that no other is better."
    elif not found.exact:
        message = f"Every subset of the weights was tried. {found.message}"
    return replace(
        found,
        value=search.value,
        kind=found.kind if whole or found.kind == "infinity" else "local",
        exact=found.exact and whole,
        method="best subset by branch and bound" if risk.loss.convex else "every support in turn",
        message=found.message if found.kind == "infinity" else message,
    )


class _Supports:
    """A search for the support of the lowest data loss plus ``cost`` for each weight in it.

    ``weights`` (p,) are tried and ``always`` (p,) kept; supports whose ``like`` is the same have
    the same data loss, which is fitted once.  ``value`` and ``best`` are the lowest so far; a
    search stops after ``most`` fits.
    """

    def __init__(
        self,
        fit: Fit,
        like: Callable[[Support], Support],
        weights: Support,
        always: Support,
        cost: float,
        most: int,
    ) -> None:
        self.fit, self.weights, self.cost, self.most = fit, weights, cost, most
        self.like = like
        self.always, self.everything = always, weights | always
        self.losses: dict[bytes, float] = {}
        self.value = np.inf
        self.best = self._try(self.everything)

    def loss(self, keep: Support) -> float:
        """The data loss with the parameters ``keep`` (p,), fitted once; infinite after ``most``."""
        known = self.losses.get(self.like(keep).tobytes())
        if known is None:
            if len(self.losses) >= self.most:
                return np.inf
            return self._try(keep).value
        if known + self._charge(keep) < self.value:  # fewer weights than those it was fitted with
            self._try(keep)
        return known

    def _charge(self, keep: Support) -> float:
        return self.cost * int(keep[self.weights].sum())

    def _try(self, keep: Support) -> Minimum:
        found = self.fit(keep)
        self.losses[self.like(keep).tobytes()] = found.value
        value = found.value + self._charge(keep)
        if value < self.value:
            self.value, self.best = value, found
        return found

    def tried_in_turn(self) -> bool:
        keep = self.everything.copy()
        for used in product([False, True], repeat=int(self.weights.sum())):
            keep[self.weights] = used
            self.loss(keep)
        return True

    def bounded(self) -> bool:
        """Whether all supports were tried or ruled out."""
        self._grow()
        everything = self.everything
        at = np.flatnonzero(self.weights)
        without = [self.loss(everything & (np.arange(len(everything)) != j)) for j in at]
        # what is missed most is decided first: most supports without it are ruled out
        self._drop(everything, at[np.argsort(without)[::-1]], 0)
        return len(self.losses) < self.most or self.most == 2 ** len(at)

    def _grow(self) -> None:
        """From no weight on, the best one more while that lowers the sum."""
        keep = self.always
        while not (keep == self.everything).all():
            missing = np.flatnonzero(self.everything & ~keep)
            larger = [keep | (np.arange(len(keep)) == j) for j in missing]
            best = min(larger, key=self.loss)
            if self.loss(best) + self.cost >= self.loss(keep):
                return
            keep = best

    def _drop(self, keep: Support, order: NDArray[np.intp], first: int) -> None:
        """Try the supports inside ``keep`` that leave out more, from ``order[first]`` on."""
        for place in range(first, len(order)):
            cost_of_kept = self.cost * int(keep[order[:place]].sum())  # of those decided to stay
            if self.loss(keep) + cost_of_kept >= self.value:
                return
            fewer = keep & (np.arange(len(keep)) != order[place])
            if self.loss(fewer) + cost_of_kept < self.value:
                self._drop(fewer, order, place + 1)


def under_a_cone(risk: Risk) -> Minimum | None:
    """The minimum under a multiple of the weights' length, or None for other penalties."""
    lin, weights = _without_penalty(risk), risk.layout.weights
    steepness = _steepness(risk.penalty, weights)
    if lin is None or steepness is None:
        return None
    if not lin.loss.convex:
        return _many_valleys(lin, steepness)

    def ridge(log_strength: float) -> Minimum:
        return linear_minimum(replace(lin, ridge=np.exp(log_strength) * weights))

    def excess(log_strength: float) -> float:
        length = float(np.linalg.norm(weights * ridge(log_strength).theta))
        return np.exp(log_strength) * length - steepness

    found = _fit(lin, weights == 0)
    gain = found.value - linear_minimum(lin).value  # what the weights can win without the cone
    tip, squares = gain <= 1e-12 * abs(found.value), 0.0
    edge = None if tip else _at_the_edge(lin, steepness, found)
    if edge is not None:
        return edge
    if not tip:
        # the weights are at most room / steepness long, so the ridge is at least this strong
        low = 2 * np.log(steepness) - np.log(gain) - 1
        high = low + 25
        if excess(low) >= 0:
            return None
        tip = excess(high) <= 0
        if not tip:
            log_strength = brentq(excess, low, high, xtol=1e-14, rtol=1e-14)
            found, squares = ridge(log_strength), np.exp(log_strength) / 2
    if found.kind == "infinity":  # at the edge of the loss's domain, or for an intercept alone
        length = float(np.linalg.norm(weights * found.theta))
        return replace(found, value=found.value + steepness * length - squares * length**2)
    if found.kind not in ("point", "set"):
        return None
    return replace(
        found,
        value=float(risk.value(found.theta)),
        method="a ridge fit whose strength is searched for",
        message=(
            "All weights are exactly zero here, at the kink of the penalty, and nothing is better."
            if tip
            else "The minimum is unique: the gradients of data loss and penalty balance."
        ),
    )


def _at_the_edge(lin: LinearRisk, steepness: float, tip: Minimum) -> Minimum | None:
    """The infimum at the edge of the loss's domain, None where there is none there.

    ``tip`` is the minimum without weights.
    """
    units = kind_units(lin)
    kind, size = units.kind, steepness / units.loss_unit * units.weight_sizes()
    zeros = zeros_at_the_edge(kind)
    start = units.z(tip.theta)
    slope = kind.slopes(start[None])[1][0]
    if not zeros.any() or not np.isfinite(slope).all():
        return None

    def walk(near: LinearRisk, starts: Array) -> Array:
        return descend_newton(_under_cone(near, size), starts, most=100).z

    # off the tip, where the cone has a slope
    z, value, met = approached(kind, zeros, (start - OFF_TIP * slope * (size > 0))[None], walk)
    if not len(met):
        return None
    found = edge_minimum(kind, z, value, met, True, "Newton's method towards the edge")
    return units.back(replace(found, value=value + float(np.linalg.norm(size * z))))


def _under_cone(lin: LinearRisk, size: Array) -> Slopes:
    """The slopes of a risk plus the length of ``size`` (p,) * z."""

    def slopes(z: Array) -> tuple[Array, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient, hessian = lin.slopes(z)
        long = z * size
        length = np.linalg.norm(long, axis=-1)
        safe = np.maximum(length, 1e-12)[:, None]
        slope = size * long / safe
        cone_hessian = (np.diag(size**2) - slope[..., None] * slope[:, None]) / safe[..., None]
        return value + length, gradient + slope, hessian + cone_hessian

    return slopes


def _many_valleys(lin: LinearRisk, steepness: float) -> Minimum | None:
    """The lowest of the tip and of where many starts lead, in kind units; None without slopes."""
    if not lin.loss.smooth:
        return None
    units = kind_units(lin)
    kind, loss_unit = units.kind, units.loss_unit
    local = _under_cone(kind, steepness / loss_unit * units.weight_sizes())
    tip = _fit(lin, lin.weights == 0)
    free = linear_minimum(lin)
    found = [free.theta] if free.others is None else [free.theta, *free.others]
    starts = np.concatenate(
        [units.z(np.array(found)), elemental_starts(kind, np.random.default_rng(0))]
    )
    shorter = np.concatenate([starts, 0.3 * starts])
    lowest = np.argsort(local(shorter)[0], kind="stable")[: max(8, BUDGET // len(lin.y))]
    ends = descend_newton(local, shorter[lowest], most=100)
    best = int(np.nanargmin(ends.values))
    tried = len(lowest) + 1
    at_tip = tip.value <= ends.values[best] * loss_unit * (1 + 1e-12)
    theta = tip.theta if at_tip else units.theta(ends.z[best])
    return Minimum(
        theta=theta,
        value=min(tip.value, float(ends.values[best]) * loss_unit),
        kind="local",
        exact=False,
        method=f"Newton's method, best of {tried} starts",
        message=f"The best of {tried} starts; nothing proves that it is the lowest of all."
        + (" All weights are exactly zero here, at the tip of the cone." if at_tip else ""),
    )


def _without_penalty(risk: Risk) -> LinearRisk | None:
    design = risk.model.design(risk.data.X)
    if design is None or risk.data.outputs > 1:
        return None
    nothing, weights = np.zeros(risk.layout.size), risk.layout.weights
    return LinearRisk(design, risk.data.y, risk.loss, len(design), nothing, nothing, weights)


def _fit(lin: LinearRisk, keep: Support) -> Minimum:
    """The minimum with all other parameters held at zero."""
    theta = np.zeros(len(keep))
    if not keep.any():
        return Minimum(theta, float(lin.value(theta)), "point", True, "nothing is free", "")
    return linear_minimum(lin.on_columns(keep)).padded(keep)


def _fitted(risk: Risk) -> tuple[Fit, Support, Callable[[Support], Support]] | None:
    """How to fit with only some of the parameters (p,) kept, and which of them the data feel.

    Third, a support that stands for all that have the same data loss.
    None of them is penalised.  None for models that are not linear, and for several classes under
    a loss with kinks or valleys.
    """
    lin, nothing = _without_penalty(risk), np.zeros(risk.layout.size)
    if lin is not None:
        still = conditioned(lin.design, lin.weights == 0).still
        return lambda keep: _fit(lin, keep), ~still, lambda keep: keep
    units = class_units(risk, nothing, nothing, nothing)
    if units is None or not (risk.loss.convex and risk.loss.smooth):
        return None
    felt = np.isin(np.arange(len(nothing)), units.alive)
    fits = _ClassFits(units)
    return fits, felt, fits.like


class _ClassFits:
    """As ``_fit`` for the logits of several classes, without a penalty.

    What is attained with some parameters is attained with fewer of them too: a direction that
    separates with those would separate with all.
    """

    def __init__(self, units: ClassUnits) -> None:
        self.units = units
        self.attained: list[Support] = []

    def like(self, keep: Support) -> Support:
        """With the weight of a feature in the last class where those in all others are kept.

        Only differences of logits count, so each of the weights can stand for another.
        """
        full = keep.copy()
        for same in self.units.interchangeable:
            full[same] |= keep[same].sum() == len(same) - 1
        return full

    def __call__(self, keep: Support) -> Minimum:
        units, alive = self.units, keep[self.units.alive]
        fewer = replace(
            units,
            kind=units.kind.on_columns(alive),
            alive=units.alive[alive],
            free=units.free[keep[units.free]],
        )
        known = any((keep <= more).all() for more in self.attained)
        found = classes_minimum(fewer, known)
        if not known and found.kind != "infinity":
            self.attained.append(keep.copy())
        return found


def _probes(weights: Array) -> Array:
    """(4, p) weight vectors that tell penalties apart."""
    return np.random.default_rng(0).normal(size=(4, len(weights))) * (weights > 0)


def _cost(penalty: Penalty, weights: Support) -> float | None:
    """What each weight in use costs, however large it is."""
    if not weights.any():
        return None
    cost = float(penalty.value(1.0 * weights)) / weights.sum()
    probes = _probes(1.0 * weights)
    probes[1:, weights.argmax()] = 0.0
    there = np.count_nonzero(probes, axis=-1)
    same = np.allclose(penalty.value(probes), cost * there, rtol=1e-12, atol=0)
    return cost if same else None


def _steepness(penalty: Penalty, weights: Array) -> float | None:
    """The factor of the weights' Euclidean length."""
    if not weights.any():
        return None
    probes = _probes(weights)
    length = np.linalg.norm(probes, axis=-1)
    steepness = float(penalty.value(probes[0])) / length[0]
    same = np.allclose(penalty.value(probes), steepness * length, rtol=1e-12, atol=0)
    return steepness if same and steepness > 0 else None
