"""Curvature at a point, and what that says about learning rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.finite_differences import kind, slopes
from lossviz.objectives import Objective
from lossviz.text import number, percent

Array = NDArray[np.floating]
FLAT = 1e-9  # relative to the largest: an eigenvalue this small counts as none


class HeavyBall(NamedTuple):
    """Polyak's best momentum on a quadratic; the error shrinks by ``contraction`` each step."""

    lr: float
    momentum: float
    contraction: float


@dataclass(frozen=True, eq=False)
class Curvature:
    """The Hessian (p, p) at a point with its eigenvalues (p,), ascending, and vectors (p, p).

    ``vectors[:, i]`` belongs to ``eigenvalues[i]``.  ``exact`` says that the Hessian comes from
    a formula and not from differences; ``everywhere`` that the objective is a quadratic, so
    that all this holds at every point.  Where the curvature is negative somewhere, or not at all,
    ``condition_number``, ``best_rate`` and ``contraction`` are infinite or nan: there is no
    quadratic to measure.
    """

    point: Array
    hessian: Array
    eigenvalues: Array
    vectors: Array
    exact: bool
    everywhere: bool

    @classmethod
    def of(cls, objective: Objective, theta: ArrayLike) -> Curvature:
        """The curvature of the objective at theta (p,); ValueError unless it is one point."""
        point = np.asarray(theta, float)
        if point.shape != (objective.layout.size,):
            raise ValueError(
                f"Curvature is measured at one point of {objective.layout.size} numbers; "
                f"got shape {point.shape}."
            )
        matrix = hessian(objective, point)
        eigenvalues, vectors = np.linalg.eigh(matrix)
        return cls(
            point, matrix, eigenvalues, vectors, is_exact(objective), is_quadratic(objective)
        )

    @cached_property
    def kind(self) -> str:
        """The shape of the local quadratic: "minimum", "maximum", "saddle" or "flat"."""
        return kind(self.eigenvalues, FLAT)

    @property
    def steepest(self) -> float:
        """The largest eigenvalue: how fast the slope grows along the sharpest direction."""
        return float(self.eigenvalues[-1])

    @property
    def flattest(self) -> float:
        """The smallest eigenvalue, negative where the curvature is."""
        return float(self.eigenvalues[0])

    @property
    def condition_number(self) -> float:
        """Steepest over flattest: inf with a flat direction, nan with negative curvature."""
        if self.kind == "minimum":
            return self.steepest / self.flattest
        return np.inf if self.kind == "flat" and self.steepest > 0 else np.nan

    @property
    def safe_rate(self) -> float:
        """2 / steepest, beyond which gradient descent grows along that direction; inf if flat."""
        return 2 / self.steepest if self._convex else np.inf

    @property
    def best_rate(self) -> float:
        """2 / (flattest + steepest): the fastest fixed rate on a quadratic, else nan."""
        return 2 / (self.flattest + self.steepest) if self.kind == "minimum" else np.nan

    @property
    def contraction(self) -> float:
        """(kappa - 1) / (kappa + 1): the error left after a step at the best rate, else nan."""
        kappa = self.condition_number
        return (kappa - 1) / (kappa + 1) if self.kind == "minimum" else np.nan

    @property
    def heavy_ball(self) -> HeavyBall:
        """Polyak's best rate and momentum on a quadratic; nan elsewhere."""
        if self.kind != "minimum":
            return HeavyBall(np.nan, np.nan, np.nan)
        high, low = np.sqrt(self.steepest), np.sqrt(self.flattest)
        root = float((high - low) / (high + low))
        return HeavyBall(float(4 / (high + low) ** 2), root * root, root)

    def safe_rate_with(self, momentum: float) -> float:
        """2 (1 + momentum) / steepest: the heavy ball's limit for a given momentum."""
        return (1 + momentum) * self.safe_rate

    def contraction_at(self, lr: float) -> float:
        """max |1 - lr * eigenvalue|: what a step leaves of the error; above 1 it grows."""
        return float(np.abs(1 - lr * self.eigenvalues).max())

    def steps_to_shrink(self, factor: float, lr: float) -> float:
        """Gradient steps until the slowest direction is ``factor`` times nearer; inf if never."""
        share = self.contraction_at(lr)
        if share >= 1:
            return np.inf
        # log1p keeps the digits when the share is almost 1
        return float(np.log(factor) / -np.log1p(share - 1)) if share > 1 / factor else 1.0

    def verdict(self, lr: float) -> str:
        """A sentence on gradient descent at this rate, true of the local quadratic."""
        where = "everywhere" if self.everywhere else "near this point"
        if lr <= 0:
            return "A learning rate of zero moves nothing."
        if not self._convex:
            return (
                "The curvature is positive in no direction here, so it sets no limit to the "
                "rate; where there are kinks, a fixed step still jumps across them."
            )
        share, limit = lr / self.safe_rate, f"2/λmax = {number(self.safe_rate)}"
        if share > 1:
            grows = abs(1 - lr * self.steepest)
            return (
                f"The rate is {number(share, 3)} times the limit {limit}: {where}, the error along "
                f"the steepest direction grows by a factor of {number(grows, 3)} per step."
            )
        if self.kind != "minimum":
            return (
                f"The rate is {percent(share)} of the limit {limit}, but the Hessian is not "
                "positive "
                f"definite {where}: along {self._not_up} there is no positive curvature."
            )
        return (
            f"The rate is {percent(share)} of the limit {limit}: {where}, it reduces the error "
            f"along the slowest direction by {percent(1 - self.contraction_at(lr))} per step."
        )

    @property
    def sentence(self) -> str:
        """What the numbers say, and where they hold."""
        holds = (
            "The objective is a quadratic, so this holds everywhere."
            if self.everywhere
            else "The objective is not quadratic, so this holds at that point only."
        )
        if self.kind == "minimum":
            return (
                f"The Hessian is positive definite, with condition number "
                f"{number(self.condition_number)}: gradient descent needs a rate below "
                f"{number(self.safe_rate)}, does best at {number(self.best_rate)}, and then "
                f"reduces the error by {percent(1 - self.contraction)} per step. {holds}"
            )
        if self.kind == "flat" and self._convex:
            return (
                f"A flat direction: along {self._not_up} the curvature is zero. Rates below "
                f"{number(self.safe_rate)} are safe. {holds}"
            )
        shape = {
            "saddle": f"Indefinite curvature: along {self._not_up} it is not positive, and descent "
            "moves away there.",
            "maximum": "Negative curvature in every direction.",
            "flat": "No curvature that could be measured.",
        }[self.kind]
        return f"{shape} {holds}"

    @property
    def _convex(self) -> bool:
        return self.steepest > FLAT * float(np.abs(self.eigenvalues).max()) and self.steepest > 0

    @property
    def _not_up(self) -> str:
        top = np.abs(self.eigenvalues).max()
        count = int((self.eigenvalues <= FLAT * top).sum())
        return "1 direction" if count == 1 else f"{count} directions"


def hessian(objective: Any, theta: ArrayLike) -> Array:
    """(..., p) to (..., p, p): the objective's own Hessian, else by differences of its gradient."""
    point = np.asarray(theta, float)
    own: Callable[[Array], Array] | None = getattr(objective, "hessian", None)
    return slopes(objective.gradient, point).matrix if own is None else own(point)


def is_quadratic(objective: Any) -> bool:
    """Whether the objective is known to have one Hessian everywhere."""
    if not getattr(objective, "quadratic", False):
        return False
    # every smooth penalty of the catalogue is a multiple of the squared length
    return not hasattr(objective, "penalty") or objective.penalty.smooth


def is_exact(objective: Any) -> bool:
    """Whether the objective's Hessian comes from a formula."""
    if not hasattr(objective, "data"):
        return hasattr(objective, "hessian")
    return objective.columns is not None
