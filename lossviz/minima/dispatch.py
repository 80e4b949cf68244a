"""Dispatch: which solver finds the minimum, chosen by the structure of the problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossviz.minima.combined import combined_minimum
from lossviz.minima.constant import is_level, level_minimum
from lossviz.minima.curve_fit import curve_minima, fitted_curve
from lossviz.minima.group_and_subset import under_a_cone, under_a_cost
from lossviz.minima.indistinct import with_names
from lossviz.minima.kind_units import of_residuals
from lossviz.minima.linear import linear_minimum, polynomial_minimum
from lossviz.minima.linear_risk import open_up
from lossviz.minima.linearised import linearised_steps
from lossviz.minima.minimum import Minimum
from lossviz.minima.multinomial import classes_minimum, open_up_classes
from lossviz.minima.multinomial_groups import under_groups
from lossviz.minima.multistart import SMALL, best_of_several
from lossviz.minima.newton_cg import is_large_and_convex, large_convex_minimum
from lossviz.minima.policies import policy_minimum
from lossviz.minima.zero_one_penalised import under_shrinking_weights
from lossviz.objectives import Bandit, Combined, MarkovDecision, Objective, Risk
from lossviz.objectives.blas import one_blas_thread
from lossviz.objectives.conditioning import basis_for_powers

STEPPED = 3  # fits of squares that are carried on under another loss


def minimize(risk: Objective) -> Minimum:
    """Where the objective is smallest, of what kind that place is, and how it is known.

    A ``Risk`` whose loss is convex and whose model is linear in its parameters is solved exactly
    (closed form, an interior-point method read off on its face, or Newton's method to rounding)
    and certified to 1e-9 by its optimality condition, in units in which every column has mean 0
    and spread 1; flat sets, minima at infinity and at the edge of a loss's domain are told as
    such.  "exact" is said where the parameters, rounded, reach the value that was certified to
    1e-6 of a typical loss.  Returns of policies are maximised by dynamic programming, and weighted
    sums of losses by the structure of their terms.  Everything else is searched from many starts
    and called "local".  theta is (p,).

    Raises ValueError when no start tried has a finite value.
    """
    with one_blas_thread():  # the systems here are small: threads would only wait for each other
        found = _minimize(risk).worded()
        if isinstance(risk, Risk):
            found = with_names(risk, _without_rounding(risk, found))
    return found


def _without_rounding(risk: Risk, found: Minimum) -> Minimum:
    """The same with exact zeros for parameters that are only the rounding of the others.

    That is: their part of every prediction is less than what rounding leaves of the largest, and
    the loss without them is as low.
    """
    if risk.columns is None or found.kind == "infinity" or risk.data.outputs > 1:
        return found
    largest = np.maximum(risk.columns.max(0), -risk.columns.min(0))
    parts = largest * np.abs(found.theta)
    noise = (found.theta != 0) & (parts <= 4 * np.finfo(float).eps * parts.max())
    if not noise.any():
        return found
    theta = np.where(noise, 0.0, found.theta)
    value, before = float(risk.value(theta)), float(risk.value(found.theta))
    return replace(found, theta=theta) if value <= before * (1 + 1e-15) else found


def _minimize(risk: Objective) -> Minimum:
    if isinstance(risk, Bandit | MarkovDecision):
        return policy_minimum(risk)
    if isinstance(risk, Combined):
        return combined_minimum(risk) or best_of_several(risk)
    if not isinstance(risk, Risk):
        return best_of_several(risk)
    if is_level(risk):
        return level_minimum(risk)
    shrunk = under_shrinking_weights(risk)
    if shrunk is not None:
        return shrunk
    lin = open_up(risk)
    if lin is None:
        classes = open_up_classes(risk)
        if classes is not None and risk.loss.convex and risk.loss.smooth:
            return classes_minimum(classes)
        if is_large_and_convex(risk):
            return large_convex_minimum(risk)
        found = under_a_cost(risk) or under_a_cone(risk) or under_groups(risk)
        return found or _searched(risk)
    if not (lin.ridge + lin.kink).any():
        basis = basis_for_powers(risk.model, risk.data.X, lin.design)
        if basis is not None:
            return polynomial_minimum(lin, basis)
    return linear_minimum(lin)


def _searched(risk: Risk) -> Minimum:
    """Curves by variable projection, polished under the risk's own loss; the rest from starts."""
    curves = curve_minima(risk)
    if curves is None:
        return best_of_several(risk)
    found, tried = curves
    if risk.loss.pieces is not None and not risk.loss.pieces.knots and risk.penalty.id == "none":
        fitted = fitted_curve(risk, found, tried)
        if len(found) > 1 or risk.layout.size > SMALL:
            return fitted
        # the search stops where several starts agree; the other minima are met from the usual ones
        met = best_of_several(risk, found)
        return replace(fitted, others=met.others, other_values=met.other_values)
    if risk.loss.convex and of_residuals(risk.loss):
        stepped = [linearised_steps(risk, each) for each in found[:STEPPED]]
        found = np.concatenate([np.array(stepped), found])
    return best_of_several(risk, found)
