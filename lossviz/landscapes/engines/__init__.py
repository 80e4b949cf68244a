"""Engines for surfaces: which one serves is read off the objective's structure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.engines import affine, networks, piecewise, points, quadratic
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.planes import Plane
from lossviz.models.networks import Network, ResidualNetwork
from lossviz.objectives import Objective, Risk
from lossviz.penalties import NoPenalty

__all__ = ["data_surface", "divisible", "penalty_surface", "seconds", "surface", "values_at"]

Array = NDArray[np.floating]

# seconds: a row sorted into bins, a loss at a prediction, a weight applied to a row
COUNTED, EVALUATED, MULTIPLIED = 3e-8, 1e-8, 5e-11


def surface(
    objective: Objective,
    plane: Plane,
    a: Array,
    b: Array,
    progress: Progress | None = None,
    double: bool = False,
) -> Array:
    """(len(b), len(a)) values of the objective at every (a[i], b[j])."""
    if not isinstance(objective, Risk):
        return points.surface(objective, plane, a, b, progress)
    values = data_surface(objective, plane, a, b, progress, double)
    if not isinstance(objective.penalty, NoPenalty):
        values = values + penalty_surface(objective, plane, a, b)
    return values


def data_surface(
    risk: Risk,
    plane: Plane,
    a: Array,
    b: Array,
    progress: Progress | None = None,
    double: bool = False,
) -> Array:
    """(len(b), len(a)) of the mean loss alone."""
    if risk.quadratic is not None:
        return quadratic.surface(risk.quadratic, plane, a, b)
    counted = piecewise.surface(risk, plane, a, b, progress)
    if counted is not None:
        return counted
    if risk.model.design(risk.data.X) is not None:
        return affine.surface(risk, plane, a, b, progress)
    if isinstance(risk.model, Network | ResidualNetwork):
        return networks.surface(risk, plane, a, b, progress, double)
    return points.surface(replace(risk, penalty=NoPenalty()), plane, a, b, progress)


def divisible(objective: Objective, plane: Plane) -> bool:
    """Whether rows of a grid cost as much apart as together; exact surfaces are found at once."""
    if not isinstance(objective, Risk):
        return True
    return objective.quadratic is None and not piecewise.serves(objective, plane)


def seconds(objective: Objective, plane: Plane, k: int, m: int) -> float:
    """About how long ``surface`` takes for k by m points, on two cores; 0 if it is found at once.

    Right to a factor of three, and the same on every machine.
    """
    if not isinstance(objective, Risk):
        return 0.0
    linear = objective.model.design(objective.data.X) is not None
    if linear and objective.loss.square is not None:
        return 0.0
    rows, size = len(objective.data), objective.layout.size
    if piecewise.serves(objective, plane):
        return COUNTED * rows * max(k, m)
    if linear:
        each = EVALUATED * objective.data.outputs
    elif isinstance(objective.model, Network | ResidualNetwork):
        each = 2 * EVALUATED + MULTIPLIED * size
    else:
        each = 2 * EVALUATED
    return each * rows * k * m


def penalty_surface(risk: Risk, plane: Plane, a: Array, b: Array) -> Array:
    """(len(b), len(a)) of the penalty alone."""
    return points.penalty_surface(risk.penalty, risk.layout.weights, plane, a, b)


def values_at(objective: Objective, at: Array, progress: Progress | None = None) -> Array:
    """(m,) values at any points (m, p)."""
    return points.values_at(objective.value, at, points.batch(objective), progress)
