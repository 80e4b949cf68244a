"""Recession directions: those along which the loss of separable data falls for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.optimal_face import null_space, triangle
from lossviz.minima.piecewise_program import Graph, program
from lossviz.minima.piecewise_solver import solve

Array = NDArray[np.floating]

MANY = 4_000  # rows: of more than these a part is asked first
PART = 2_000

AT_LEAST = Graph(1.0, np.array([1.0]), np.array([0.0]), np.array([np.inf]), 0.0)
"""A wall: margins of at least one cost nothing, less is not allowed."""


def escape(lin: LinearRisk) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]] | None:
    """(direction (p,), rows it leaves alone, rows it puts right), or None if there is none.

    Along the direction no margin falls and as many as possible rise (Albert & Anderson 1984:
    complete or quasi-complete separation).  Of all such directions this is the one of widest
    margin, towards which gradient descent turns (Soudry et al. 2018).
    """
    if lin.loss.task != "binary" or not _flat_far_right(lin):
        return None
    free = (lin.ridge + lin.kink) == 0
    if not free.any():
        return None
    found = apart(lin.margins[:, free], lin.weights[free])
    if found is None:
        return None
    direction = np.zeros(len(free))
    direction[free], rest, gone = found
    return direction, rest, gone


def apart(
    margins: Array, weights: Array
) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]] | None:
    """As ``escape``, for margins (m, p) of any kind; ``weights`` (p,) is 1 at weights."""
    length = np.linalg.norm(margins, axis=1)
    moved = np.flatnonzero(length > 0)
    rising, towards = rise(margins[moved] / length[moved, None])
    gone = moved[rising]
    if not len(gone):
        return None
    rest = np.setdiff1d(np.arange(len(margins)), gone)
    within = null_space(triangle(margins[rest]))
    found = widest_margin(margins[gone], weights, within)
    direction = within @ (within.T @ towards) if found is None else found
    return direction, rest, gone


def widest_margin(margins: Array, weights: Array, within: Array | None = None) -> Array | None:
    """(p,) the unit direction that puts every margin (m, p) right by the most for its weights.

    ``within`` (p, q) are columns that span the directions allowed.  None if none is found.
    """
    within = np.eye(len(weights)) if within is None else within
    counted = weights if weights.any() else np.ones(len(weights))
    # in units of a typical margin; and however lightly length counts, the shortest stays so
    typical = float(np.sqrt(np.mean((margins * counted) ** 2))) or 1.0
    units = np.where(counted > 0, 1 / typical, 1.0)
    within = np.linalg.qr(within / units[:, None])[0]
    walls = AT_LEAST, np.ones(len(margins)), (margins * units) @ within, np.zeros(len(margins))
    for lightness in (1.0, 1e-3, 1e-6):
        root = lightness * np.diag(counted) @ within
        found = solve(program(root, np.zeros(within.shape[1]), walls))
        direction = units * (within @ found.theta)
        if found.certified and (margins @ direction).min() > 0:
            return direction / np.linalg.norm(direction)
    return None


def _flat_far_right(lin: LinearRisk) -> bool:
    one = np.array([1.0])
    return bool(np.abs(lin.loss.derivative(one, np.array([1e4]))) < 1e-12)


def rise(rows: Array) -> tuple[NDArray[np.bool_], Array]:
    """Which rows (m, p) can be made positive while none is negative, as many as can be at once.

    The direction (p,) that does so, of length one, comes second; zero if no row can rise.
    """
    m, q = rows.shape
    if m > MANY and _none_rises(rows):
        return np.zeros(m, bool), np.zeros(q)
    gain = np.append(np.zeros(q), -np.ones(m))
    above = hstack([csr_array(-rows), eye_array(m)])
    limits = [(None, None)] * q + [(0, 1)] * m
    found = linprog(gain, A_ub=above, b_ub=np.zeros(m), bounds=limits, method="highs")
    if found.x is None:
        return np.zeros(m, bool), np.zeros(q)
    return found.x[q:] > 0.5, found.x[:q] / (np.linalg.norm(found.x[:q]) or 1.0)


def _none_rises(rows: Array) -> bool:
    """Whether a part of the rows (m, p), of length one each, shows that none of them can rise.

    Where none of the part rises, a direction that lowers no row moves none of the part; and where
    what moves none of the part moves no row at all, none rises.
    """
    part = rows[np.random.default_rng(0).choice(len(rows), PART, replace=False)]
    if rise(part)[0].any():
        return False
    return bool(np.abs(rows @ null_space(triangle(part))).max(initial=0.0) < 1e-9)
