"""Models that are linear in their parameters: which solver their loss and penalty call for."""

from __future__ import annotations

from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import Minimum
from lossviz.minima.piecewise import as_program, piecewise_minimum
from lossviz.minima.robust import search
from lossviz.minima.smooth import smooth_minimum
from lossviz.minima.zero_one import is_staircase, staircase_minimum


def linear_minimum(lin: LinearRisk) -> Minimum:
    """The minimum of a risk whose prediction is linear in its parameters."""
    prog = as_program((1.0, lin))
    if prog is not None:
        return piecewise_minimum(lin, prog)
    if lin.loss.convex and lin.loss.smooth:
        return smooth_minimum(lin)
    if is_staircase(lin):
        return staircase_minimum(lin)
    return search(lin)
