"""Several losses on the same parameters, added with weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.models import Block, Layout
from lossviz.objectives.risk import Objective, Quadratic, Risk
from lossviz.penalties import PENALTIES, NoPenalty

Array = NDArray[np.floating]
PROBES = (0.3, 10.0, 700.0)  # distances at which an unknown objective is asked for its curvature


@dataclass(frozen=True, eq=False)
class Combined:
    """The weighted sum of objectives on the same p parameters: sum_i weight_i * objective_i.

    ``terms`` are pairs (weight, objective); an objective is a ``Risk``, a ``Quadratic`` or
    anything with a layout, value, gradient and hessian.  ``value`` maps theta (..., p) to (...),
    ``gradient`` to (..., p) and ``hessian`` to (..., p, p); ``values`` (..., m) and ``gradients``
    (..., m, p) are those of the m terms, without their weights.

    Raises ValueError when there is no term, a weight is negative or no finite number, all weights
    are zero, or the terms have different numbers of parameters.
    """

    terms: Any

    def __post_init__(self) -> None:
        pairs = tuple(_pair(each) for each in _listed(self.terms))
        if not pairs:
            raise ValueError("A combined loss needs at least one pair (weight, objective).")
        if not any(weight for weight, _ in pairs):
            raise ValueError(
                "All weights are zero, so there is nothing to minimise. "
                "Give at least one of the losses a positive weight."
            )
        sizes = [size_of(objective) for _, objective in pairs]
        if len(set(sizes)) > 1:
            raise ValueError(
                "Combined losses share their parameters; these have "
                f"{', '.join(map(str, sizes))} of them. Use one model for all of them."
            )
        object.__setattr__(self, "terms", pairs)

    @property
    def weights(self) -> Array:
        """(m,) one weight per term."""
        return np.array([weight for weight, _ in self.terms])

    @property
    def objectives(self) -> tuple[Any, ...]:
        """The terms without their weights."""
        return tuple(objective for _, objective in self.terms)

    @property
    def layout(self) -> Layout:
        """Where the parameters live: the first term's, for all share it."""
        first = self.objectives[0]
        if isinstance(first, Quadratic):
            return Layout((Block("w", (size_of(first),)),))
        return first.layout

    @cached_property
    def quadratic(self) -> Quadratic | None:
        """The sum as one exact quadratic, where every term that counts is one."""
        shares = [(weight, as_quadratic(term)) for weight, term in self.terms if weight]
        if any(each is None for _, each in shares):
            return None
        return add_quadratics([(weight, each) for weight, each in shares if each is not None])

    def value(self, theta: ArrayLike) -> Array:
        """(..., p) to (...): the weighted sum."""
        return _weighed(self, self._vectors(theta), "value")

    def gradient(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., p)."""
        return _weighed(self, self._vectors(theta), "gradient")

    def hessian(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., p, p)."""
        theta = self._vectors(theta)
        # a loss without weight has no say, not even where it is infinite
        parts = [weight * hessian_of(term, theta) for weight, term in self.terms if weight]
        return np.sum(parts, axis=0)

    def values(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., m): each loss by itself."""
        theta = self._vectors(theta)
        return np.stack([np.asarray(term.value(theta)) for term in self.objectives], axis=-1)

    def gradients(self, theta: ArrayLike) -> Array:
        """(..., p) to (..., m, p): the gradient of each loss by itself."""
        theta = self._vectors(theta)
        return np.stack([np.asarray(term.gradient(theta)) for term in self.objectives], axis=-2)

    def _vectors(self, theta: ArrayLike) -> Array:
        vectors = np.asarray(theta, float)
        p = size_of(self.objectives[0])
        if vectors.shape[-1:] != (p,):
            raise ValueError(
                f"These losses share {p} parameters; theta has shape {vectors.shape}. "
                f"Its last axis has to have length {p}."
            )
        return vectors


def _weighed(combined: Combined, theta: Array, name: str) -> Array:
    # a loss without weight has no say, not even where it is infinite
    shares = [(weight, term) for weight, term in combined.terms if weight]
    return np.sum([weight * getattr(term, name)(theta) for weight, term in shares], axis=0)


def _listed(terms: Any) -> list[Any]:
    if not isinstance(terms, Iterable):
        raise ValueError(
            f"A combined loss needs a list of pairs (weight, objective); got {terms!r}."
        )
    return list(terms)


def _pair(each: Any) -> tuple[float, Any]:
    if not isinstance(each, tuple | list) or len(each) != 2:
        raise ValueError(
            f"Each term of a combined loss is a pair (weight, objective); got {each!r:.60}."
        )
    weight, objective = each
    missing = [n for n in ("value", "gradient", "hessian") if not hasattr(objective, n)]
    if missing or not (isinstance(objective, Quadratic) or hasattr(objective, "layout")):
        raise ValueError(
            "Each term of a combined loss is a pair (weight, objective), the objective with a "
            f"layout, value, gradient and hessian; {objective!r:.60} is none."
        )
    return checked_weight(weight), objective


def checked_weight(weight: Any) -> float:
    """The weight of a loss as a float; ValueError where it is negative or no finite number."""
    number = isinstance(weight, int | float | np.integer | np.floating)
    if not number or isinstance(weight, bool) or not np.isfinite(weight):
        raise ValueError(f"The weight of a loss is a finite number; got {weight!r}.")
    if weight < 0:
        raise ValueError(
            f"The weight of a loss is at least 0; got {weight:g}. A negative weight would "
            "maximise that loss: use a weight of 0 to leave it out."
        )
    return float(weight)


def size_of(objective: Any) -> int:
    """How many parameters an objective has."""
    if isinstance(objective, Quadratic):
        return len(objective.minimiser)
    return int(objective.layout.size)


def hessian_of(objective: Any, theta: Array) -> Array:
    """(..., p) to (..., p, p), also of a ``Quadratic``, whose Hessian is one matrix."""
    p = theta.shape[-1]
    if isinstance(objective, Quadratic):
        return np.broadcast_to(objective.hessian, (*theta.shape, p))
    return np.asarray(objective.hessian(theta))


def add_quadratics(shares: list[tuple[float, Quadratic]]) -> Quadratic:
    """The sum of weight * quadratic as one quadratic, by least squares on the stacked roots."""
    root = np.concatenate([np.sqrt(weight) * each.root for weight, each in shares])
    aim = np.concatenate([np.sqrt(w) * each.root @ each.minimiser for w, each in shares])
    minimiser = np.linalg.lstsq(root, aim, rcond=None)[0]
    left = float(((root @ minimiser - aim) ** 2).sum())
    floor = sum(weight * each.floor for weight, each in shares) + left
    return Quadratic(np.asarray(np.linalg.qr(root, mode="r")), minimiser, floor)


def as_quadratic(objective: Any) -> Quadratic | None:
    """The objective as an exact quadratic, or None where it is not known to be one.

    A ``Risk`` is known by its structure.  Anything else without data of its own is asked at a few
    points near and far whether one Hessian, never bent downwards, explains values and gradients.
    """
    if isinstance(objective, Quadratic):
        return objective
    if isinstance(objective, Combined):
        return objective.quadratic
    if isinstance(objective, Risk):
        return _of_risk(objective)
    return _probed(objective)


def _of_risk(risk: Risk) -> Quadratic | None:
    if risk.quadratic is None or isinstance(risk.penalty, NoPenalty):
        return risk.quadratic
    if not isinstance(risk.penalty, PENALTIES["l2"]):
        return None
    strength: Any = risk.penalty
    weights = risk.layout.weights
    ridge = Quadratic(np.diag(np.sqrt(strength.strength / 2 * weights)), 0 * weights, 0.0)
    return add_quadratics([(1.0, risk.quadratic), (1.0, ridge)])


def _probed(objective: Objective) -> Quadratic | None:
    p = size_of(objective)
    ways = np.random.default_rng(0).normal(size=(len(PROBES), p))
    points = np.concatenate([np.zeros((1, p)), ways * np.array(PROBES)[:, None]])
    with np.errstate(all="ignore"):
        hessian = np.asarray(objective.hessian(points), float)
        slope, value = objective.gradient(points), objective.value(points)
    if not (np.isfinite(hessian).all() and np.isfinite(slope).all() and np.isfinite(value).all()):
        return None
    one = (hessian[0] + hessian[0].T) / 2
    top = np.abs(one).max()
    eigenvalues, vectors = np.linalg.eigh(one)
    if not top or eigenvalues[0] < -1e-12 * top or np.abs(hessian - one).max() > 1e-12 * top:
        return None
    minimiser = -np.linalg.lstsq(one, slope[0], rcond=1e-12)[0]
    root = np.sqrt(np.maximum(eigenvalues, 0.0) / 2)[:, None] * vectors.T
    found = Quadratic(root, minimiser, float(objective.value(minimiser)))
    close = np.allclose(found.gradient(points), slope, rtol=1e-9, atol=1e-9 * top)
    same = np.allclose(found.value(points), value, rtol=1e-9, atol=1e-9 * np.abs(value[0]))
    return found if close and same else None
