"""Minima of weighted sums of losses: by their structure where every term has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.kind_units import DISAGREE, orthonormal
from lossviz.minima.linear_risk import LinearRisk, open_up
from lossviz.minima.minimum import Minimum, unproved
from lossviz.minima.newton import Slopes, descend_newton
from lossviz.minima.piecewise import as_program, piecewise_minimum
from lossviz.minima.smooth import start_of_sum
from lossviz.objectives import Combined, Quadratic, Risk
from lossviz.objectives.conditioning import Conditioned, conditioned
from lossviz.text import number

Array = NDArray[np.floating]
FLAT = 1e-12  # of the largest curvature: below it a direction is flat
PROOF = 1e-9  # how small the gradient must be against those of the terms


def combined_minimum(combined: Combined) -> Minimum | None:
    """The exact minimum of a weighted sum, or None where its terms have no structure to use.

    Quadratics are added up; piecewise losses on linear models become one programme; smooth convex
    risks are left to Newton's method and certified.  Linear models are solved and judged in kind
    units, in which every column has mean 0 and spread 1.
    """
    shares = [(weight, _opened(term)) for weight, term in combined.terms if weight]
    opened = [(weight, lin) for weight, lin in shares if lin is not None]
    units = KindSum.of(opened) if opened and len(opened) == len(shares) else None
    if combined.quadratic is not None:
        found = _of_quadratic(combined.quadratic)
        # columns far from zero, or in a tiny unit, look flat and are not
        return found if found.kind == "point" or units is None else _of_quadratic_kind(units, found)
    prog = as_program(*(units.terms if units else opened)) if len(opened) == len(shares) else None
    if prog is not None and units is None:
        return piecewise_minimum(combined, prog)
    if prog is not None and units is not None:
        return units.back(combined, piecewise_minimum(units, prog))
    if convex(combined):
        if units is None:
            known = [lin for _, lin in opened]
            start = start_of_sum(combined.value, known, combined.layout.size)
            return _of_convex(_Plain(combined), looks(combined), start)
        start = start_of_sum(units.value, [lin for _, lin in units.terms], units.size)
        lowest = _of_convex(units, units.slopes, start)
        return None if lowest is None else units.back(combined, lowest)
    return None


def _of_quadratic_kind(units: KindSum, raw: Minimum) -> Minimum:
    prog = as_program(*units.terms)
    found = None if prog is None else piecewise_minimum(units, prog)
    return raw if found is None or found.kind != "point" else units.back(units.raw, found)


@dataclass(frozen=True, eq=False)
class KindSum:
    """A weighted sum of risks of one linear model, its columns centred and scaled together."""

    raw: _RawSum
    columns: Conditioned
    terms: list[tuple[float, LinearRisk]]

    @classmethod
    def of(cls, opened: list[tuple[float, LinearRisk]]) -> KindSum | None:
        """None where a column cannot be told from a constant one: nothing is gained there."""
        free = np.all([(lin.ridge + lin.kink == 0) & (lin.weights == 0) for _, lin in opened], 0)
        columns = conditioned(np.concatenate([lin.design for _, lin in opened]), free)
        if columns.still.any():
            return None
        parts = np.split(columns.design, np.cumsum([len(lin.design) for _, lin in opened])[:-1])
        scale = np.abs(columns.scale)
        terms = [
            (weight, replace(lin, design=design, ridge=lin.ridge / scale**2,
                             kink=lin.kink / scale))
            for (weight, lin), design in zip(opened, parts, strict=True)
        ]  # fmt: skip
        return cls(_RawSum(opened), columns, terms)

    def value(self, z: Array) -> Array:
        """(..., p) to (...)."""
        return np.sum([weight * lin.value(z) for weight, lin in self.terms], axis=0)

    def slopes(self, z: Array) -> tuple[Array, Array, Array]:
        """Values, gradients and Hessians of the sum, without creases."""
        with np.errstate(over="ignore", invalid="ignore"):
            parts = [(weight, lin.slopes(z)) for weight, lin in self.terms]
            value, gradient, hessian = (
                np.sum([weight * part[k] for weight, part in parts], axis=0) for k in range(3)
            )
        return value, gradient, hessian

    @property
    def size(self) -> int:
        return len(self.columns.scale)

    def typical_slope(self, z: Array) -> float:
        """The largest entry of each term's gradient at z (p,), weighed and added up."""
        return float(
            sum(weight * np.abs(lin.slopes(z[None])[1]).max() for weight, lin in self.terms)
        )

    def back(self, combined: Any, found: Minimum) -> Minimum:
        """The minimum in the user's units, and whether rounded parameters reach it."""
        theta = self.columns.theta(found.theta)
        there = float(combined.value(theta))
        differs = abs(there - found.value) > DISAGREE * max(abs(found.value), 1e-300)
        moves = found.directions
        return replace(
            found,
            theta=theta,
            value=there if differs else found.value,
            exact=found.exact and not differs,
            method=unproved(found.method) if differs else found.method,
            vertices=None if found.vertices is None else self.columns.theta(found.vertices),
            directions=None if moves is None else orthonormal(self.columns.theta(moves)),
            message=found.message if not differs else (
                f"{found.message} That holds for {number(found.value, 6)}, in exact arithmetic: "
                f"rounded to sixteen digits the parameters reach {number(there, 6)}."
            ),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _RawSum:
    """The same sum in the user's units."""

    terms: list[tuple[float, LinearRisk]]

    def value(self, theta: Array) -> Array:
        """(..., p) to (...)."""
        return np.sum([weight * lin.value(theta) for weight, lin in self.terms], axis=0)


def _opened(term: Any) -> LinearRisk | None:
    return open_up(term) if isinstance(term, Risk) else None


def _of_quadratic(quadratic: Quadratic) -> Minimum:
    eigenvalues, vectors = np.linalg.eigh(quadratic.hessian)
    flat = eigenvalues <= FLAT * max(eigenvalues[-1], np.finfo(float).tiny)
    message = "The weighted sum is an exact quadratic; this is its only minimum."
    if flat.any():
        message = (
            "The weighted sum is flat along whole lines, so many points are equally good. The one "
            "closest to zero is shown."
        )
    return Minimum(
        theta=quadratic.minimiser,
        value=quadratic.floor,
        kind="set" if flat.any() else "point",
        exact=True,
        method="closed form: the normal equations of the weighted sum",
        message=message,
        directions=vectors[:, flat].T if flat.any() else None,
    )


@dataclass(frozen=True, eq=False)
class _Plain:
    """A weighted sum as it is."""

    combined: Combined

    def typical_slope(self, z: Array) -> float:
        """The largest entry of each term's gradient at z (p,), weighed and added up."""
        return float(np.abs(self.combined.gradients(z)).max(-1) @ self.combined.weights)


class _Summed(Protocol):
    """A sum of convex terms, and how steep they are."""

    def typical_slope(self, z: Array) -> float: ...


def _of_convex(combined: _Summed, look: Slopes, start: Array) -> Minimum | None:
    ends = descend_newton(look, start)
    theta = ends.z[0]
    scale = max(combined.typical_slope(theta), abs(float(ends.values[0])), np.finfo(float).tiny)
    proved = bool(ends.settled[0]) and float(np.abs(ends.gradients[0]).max()) <= PROOF * scale
    if not proved or ends.lowest[0] <= FLAT * ends.highest[0]:
        return None
    return Minimum(
        theta=theta,
        value=float(ends.values[0]),
        kind="point",
        exact=True,
        method="Newton's method, to rounding",
        message="This is the only minimum: every term is convex and the weighted gradients cancel.",
    )


def looks(objective: Any) -> Callable[[Array], tuple[Array, Array, Array]]:
    """Value, gradient and Hessian together, as Newton's method asks for them."""

    def look(theta: Array) -> tuple[Array, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            return objective.value(theta), objective.gradient(theta), objective.hessian(theta)

    return look


def convex(objective: Any) -> bool:
    """Whether an objective is known to be smooth and convex."""
    if isinstance(objective, Combined):
        return all(convex(term) for weight, term in objective.terms if weight)
    if isinstance(objective, Risk):
        linear = objective.model.design(objective.data.X) is not None
        penalty, loss = objective.penalty, objective.loss
        return linear and loss.convex and loss.smooth and penalty.convex and penalty.smooth
    return isinstance(objective, Quadratic)
