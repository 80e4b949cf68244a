"""Smooth convex losses of several classes under a length for each group of weights, in kind units.

Newton's method on cones whose tips are rounded less and less, as Fermat-Weber problems are solved
(Andersen 1996), shows which groups end at their tip; those are set to zero, the others polished on
the objective itself, and both are checked by the optimality condition (Yuan & Lin 2006).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum
from lossviz.minima.multinomial import class_units, classes_at_infinity, left_behind
from lossviz.minima.newton import Ends, descend_newton
from lossviz.minima.piecewise_solver import whiten
from lossviz.minima.smooth import PROOF
from lossviz.objectives import Risk
from lossviz.text import number

Array = NDArray[np.floating]

ROUNDED = 10.0 ** -np.arange(1, 9)  # how far off each tip is rounded, in units of its weights
APART = 1e-4  # of the largest scale in a group: no column of it counts in a smaller unit
AT_TIP = 100  # times the last rounding: a group that costs less is tried at its tip


@dataclass(frozen=True, eq=False)
class _Cones:
    """``lin`` plus the length of each group of ``size`` * z, ``member`` (groups, p) of 0 and 1."""

    lin: LinearRisk
    size: Array
    member: Array

    def lengths(self, z: Array) -> Array:
        """(..., p) to (..., groups): what each group costs."""
        return np.sqrt((z * self.size) ** 2 @ self.member.T)

    @property
    def units(self) -> Array:
        """(groups,) the cost of the cheapest weight in each group."""
        return np.where(self.member > 0, self.size, np.inf).min(1)

    def minimum(self, z: Array, rounded: float) -> Ends:
        """Newton's end from z (p,), every tip rounded off by ``rounded`` of its units."""
        off = np.maximum(rounded * self.units, 1e-150)

        def slopes(z: Array) -> tuple[Array, Array, Array]:
            with np.errstate(over="ignore", invalid="ignore"):
                value, gradient, hessian = self.lin.slopes(z)
            long = z * self.size
            length = np.sqrt(long**2 @ self.member.T + off**2)
            each = length @ self.member + (self.member.sum(0) == 0)
            unit = long / each
            same = self.member.T @ self.member
            cone = np.eye(len(self.size)) * self.member.sum(0) - same * (
                unit[..., None] * unit[:, None]
            )
            cone = cone * np.outer(self.size, self.size) / each[..., None]
            return value + length.sum(-1), gradient + self.size * unit, hessian + cone

        return descend_newton(slopes, z[None], most=100, damp=1e-8)


def under_groups(risk: Risk) -> Minimum | None:
    """The minimum of several classes' loss under a group penalty, or None for other risks."""
    groups = getattr(risk.penalty, "groups", ())
    convex = risk.loss.convex and risk.loss.smooth
    if risk.penalty.form != "norm" or not groups or not convex or risk.data.outputs < 2:
        return None
    p, weights = risk.layout.size, risk.layout.weights
    member = (np.repeat(np.arange(len(groups)), groups) == np.arange(len(groups))[:, None]) * 1.0
    member = (member * weights)[(member * weights).any(1)]
    strength = float(risk.penalty.value(weights * np.eye(p)[int(weights.argmax())]))
    plain = class_units(risk, np.zeros(p), np.zeros(p), strength * weights)
    if plain is None or not strength:
        return None
    coarse = APART * (member * plain.scale).max(1) @ member
    units = class_units(risk, np.zeros(p), np.zeros(p), np.maximum(strength * weights, coarse))
    if units is None:
        return None
    member = member[:, units.alive]
    member = member[member.any(1)]
    cones = _Cones(units.kind, (strength * weights / units.scale)[units.alive], member)
    away = left_behind(units.kind, cones.size)
    if away is not None and not len(away[1]):
        return units.back(classes_at_infinity(units.kind, cones.size, None, *away))
    z, sure = _solved(cones)
    if not sure:
        return None
    nothing = whiten(units.kind.design, np.diag(cones.size)[cones.size > 0])[1]
    nothing[cones.size > 0] = 0.0  # what is penalised matters: exact zeros stay exact
    z = z - nothing @ (nothing.T @ z)
    zero = int((cones.lengths(z) == 0).sum())
    found = Minimum(
        theta=z,
        value=float(units.kind.value(z) + cones.lengths(z).sum()),
        kind="point",
        exact=True,
        method="Newton's method on cones with rounded tips, then on the groups away from their tip",
        message=(
            f"The gradients of data loss and penalty balance, to {number(1e-9)} of their size"
            + (f"; {zero} of {len(groups)} groups of weights are exactly zero." if zero else ".")
        ),
        directions=nothing.T if nothing.shape[1] else None,
    )
    found = replace(found, kind="set" if nothing.shape[1] else "point")
    if away is not None:
        found = classes_at_infinity(units.kind, cones.size, found, *away)
    return units.back(found)


def _solved(cones: _Cones) -> tuple[Array, bool]:
    """(p,) the minimiser, and whether the optimality condition holds there."""
    z = np.zeros(len(cones.size))
    for rounded in ROUNDED:
        z = cones.minimum(z, float(rounded)).z[0]
    tip = cones.lengths(z) < AT_TIP * ROUNDED[-1] * cones.units
    free = ~(cones.member[tip].any(0))
    z = np.where(free, z, 0.0)
    away = _Cones(cones.lin.on_columns(free), cones.size[free], cones.member[np.ix_(~tip, free)])
    z[free] = away.minimum(z[free], 0.0).z[0]
    _, gradient, hessian = (part[0] for part in cones.lin.slopes(z[None]))
    slopes = np.abs(cones.lin.row_gradients(z)) @ np.abs(cones.lin.design) / cones.lin.n
    slopes += 1e-5 * np.abs(hessian) @ np.abs(z)  # curvature turns rounding into slope
    counted = np.where(cones.size > 0, cones.size, 1.0)
    outward = np.sqrt((gradient / counted) ** 2 @ cones.member[tip].T)
    length = cones.lengths(z) @ cones.member
    unit = z * cones.size**2 / np.where(length > 0, length, 1.0)
    left = np.abs(gradient + unit)[free] <= PROOF * (slopes + cones.size)[free]
    return z, bool((outward <= 1 + PROOF).all() and left.all())
