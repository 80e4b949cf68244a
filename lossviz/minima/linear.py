"""Minima of models linear in their parameters: which solver loss and penalty call for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.minima.kind_units import as_reached, kind_units, orthonormal
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum, unproved
from lossviz.minima.piecewise import as_program, least_squares_minimum, piecewise_minimum
from lossviz.minima.robust import search
from lossviz.minima.smooth import smooth_minimum
from lossviz.minima.zero_one import is_staircase, staircase_minimum
from lossviz.objectives.conditioning import ChebyshevBasis
from lossviz.text import number

Array = NDArray[np.floating]


def linear_minimum(lin: LinearRisk) -> Minimum:
    """The minimum of a risk whose prediction is linear in its parameters, solved in kind units."""
    units = kind_units(lin)
    return units.back(_minimum(units.kind))


def polynomial_minimum(lin: LinearRisk, basis: ChebyshevBasis) -> Minimum:
    """The minimum over powers that are hard to tell apart, found among Chebyshev polynomials.

    Where no rounded weights of the powers come near it, the best that was found for them.
    """
    found = linear_minimum(replace(lin, design=basis.design))

    def powers(part: Array | None) -> Array | None:
        return None if part is None else basis.theta(part)

    flat, away = powers(found.directions), powers(found.direction)
    moved = replace(
        found,
        theta=basis.theta(found.theta),
        vertices=powers(found.vertices),
        others=powers(found.others),
        directions=None if flat is None else orthonormal(flat),
        direction=None if away is None else away / np.linalg.norm(away),
    )
    if found.kind == "infinity":
        return moved
    reached = as_reached(moved, lin, kind_units(lin).typical)
    if reached.value == moved.value:
        return reached
    plain = linear_minimum(lin)
    if plain.value >= reached.value:
        return reached
    return replace(
        plain, kind=found.kind, exact=False, directions=None, vertices=None,
        method=unproved(plain.method),
        message=(
            f"In exact arithmetic {number(found.value, 6)} can be reached. Weights of powers that "
            "are this hard to tell apart, rounded to sixteen digits, reach "
            f"{number(plain.value, 6)} here. Centre or scale the feature to see further."
        ),
    )  # fmt: skip


def _minimum(lin: LinearRisk) -> Minimum:
    closed = least_squares_minimum(lin)
    if closed is not None:
        return closed
    prog = as_program((1.0, lin))
    if prog is not None:
        return piecewise_minimum(lin, prog)
    if lin.loss.convex and lin.loss.smooth:
        return smooth_minimum(lin)
    if is_staircase(lin):
        return staircase_minimum(lin)
    return search(lin)
