"""Piecewise quadratic losses on models linear in their parameters, minimised exactly."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import Loss
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import READ_OFF, Minimum, unproved
from lossviz.minima.optimal_face import triangle
from lossviz.minima.piecewise_program import (
    KINK,
    Graph,
    Program,
    kink_rows,
    program,
    slope_graph,
)
from lossviz.minima.piecewise_solver import Exact, solve
from lossviz.objectives.conditioning import normal_solution
from lossviz.text import number

Array = NDArray[np.floating]
Group = tuple[Graph, Array, Array, Array]

LEAST_SQUARES = "closed form: least squares"
UNIQUE = f"The minimum is unique: the optimality conditions hold to {number(1e-9)}."


class Valued(Protocol):
    """Anything with a value at theta."""

    def value(self, theta: Array) -> Array: ...


def as_program(*terms: tuple[float, LinearRisk]) -> Program | None:
    """The weighted sum of risks on the same parameters as a sum of piecewise losses.

    None where a loss is no such loss.
    """
    roots, groups = [], []
    g = np.zeros(terms[0][1].design.shape[1])
    for share, lin in terms:
        part = _pieces_of(share, lin)
        if part is None:
            return None
        root, slope, rows = part
        roots += [np.sqrt(share) * lin.ridge_root, root]
        g += slope
        groups += rows
    kink = np.sum([share * lin.kink for share, lin in terms], axis=0)
    if (kink > 0).any():
        groups.append(kink_rows(kink))
    return program(triangle(np.concatenate(roots)), g, *groups)


def _pieces_of(share: float, lin: LinearRisk) -> tuple[Array, Array, list[Group]] | None:
    """One risk's loss: the root (r, p) and slope (p,) of a parabola, and rows with knots."""
    if not lin.loss.convex:
        return None
    p = lin.design.shape[1]
    pieces, binary = lin.loss.pieces, lin.loss.task == "binary"
    A = lin.margins if binary else lin.design
    t = np.zeros(len(A)) if binary else lin.y
    if pieces is not None and not pieces.knots:
        curvature = share * 2 * pieces.a[0] / lin.n
        slope = A.T @ (share * pieces.b[0] / lin.n - curvature * t)
        return np.sqrt(curvature) * triangle(A), slope, []
    nothing, weight = (np.zeros((0, p)), np.zeros(p)), np.full(len(lin.y), share / lin.n)
    if pieces is not None:
        graph = slope_graph(pieces)
        return None if graph is None else (*nothing, [(graph, weight, A, t)])
    slopes = bar_slopes(lin.loss, lin.y)
    return None if slopes is None else (*nothing, [(KINK, weight * slopes, A, t)])


def bar_slopes(loss: Loss, y: Array) -> Array | None:
    """(n,) slopes where each row's loss is slope * |prediction - y|, else None.

    The mean absolute percentage error is of this form, with a slope of its own in every row.
    """
    if loss.smooth or loss.task != "regression":
        return None
    slope = loss.value(y, y + 1.0)
    offsets = np.array([-3.0, -1.0, -0.1, 0.0, 0.1, 3.0])[:, None]
    straight = np.allclose(loss.value(y, y + offsets), np.abs(offsets) * slope, rtol=1e-9, atol=0)
    return slope if straight and (slope > 0).all() else None


def piecewise_minimum(risk: Valued, prog: Program) -> Minimum:
    """The exact minimiser of a risk given as a Program, with its flat set if it has one."""
    found = solve(prog)
    value = float(risk.value(found.theta))
    curved = bool(len(prog.root)) or bool((prog.softness > 0).any())
    what = "quadratic" if curved else "linear"
    method = f"{what} programme, solved from inside{READ_OFF}"
    if not found.certified:
        method = unproved(method)
    if not len(prog.A):
        method = LEAST_SQUARES
    flat = found.vertices is not None or found.directions is not None
    return Minimum(
        theta=found.theta,
        value=value,
        kind="set" if flat else "point",
        exact=found.certified,
        method=method,
        message=_sentence(found, prog),
        vertices=found.vertices,
        directions=found.directions,
    )


def least_squares_minimum(lin: LinearRisk) -> Minimum | None:
    """The one minimiser of a quadratic risk whose columns are well apart; None of any other."""
    pieces = lin.loss.pieces
    if lin.loss.task != "regression" or pieces is None or pieces.knots or lin.kink.any():
        return None
    (a,), (b,) = pieces.a, pieces.b
    if a <= 0:
        return None
    solved = normal_solution(lin.design, lin.y - b / (2 * a), lin.ridge * (lin.n / (2 * a)))
    if solved is None:
        return None
    theta = solved[1]
    return Minimum(theta, float(lin.value(theta)), "point", True, LEAST_SQUARES, UNIQUE)


def _sentence(found: Exact, prog: Program) -> str:
    if found.directions is not None and len(found.directions) == len(found.theta):
        return "Every model is equally good: the loss is the same everywhere."
    if found.directions is not None:
        return (
            "The data do not decide: along "
            + ("one direction" if len(found.directions) == 1 else "some directions")
            + " nothing changes, so the minimisers form an unbounded set. "
            "The shortest of them is shown."
        )
    if found.vertices is not None and found.unbounded:
        return "The minimisers form an unbounded flat set; one of them is shown."
    if found.vertices is not None:
        shape = "segment" if len(found.vertices) == 2 else "flat patch"
        if len(found.theta) == 1:
            shape = "interval"
        return f"A whole {shape} of models is equally good; the middle of it is shown."
    if not found.certified:
        return "The lowest point found; it could not be proved to be the minimum."
    return UNIQUE
