"""Penalties: the value, derivative and proximal step of a term that grows with the weights.

The caller masks the biases out; a penalty sees weights only.  Everywhere theta is (..., p), the
value (...), derivative and prox (..., p); a ``step`` is a number or broadcasts against theta.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lossviz.recipes import Recipe, catalogue, hyperparameter

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Penalty(Recipe):
    """A penalty of the weights.  ``formula`` is LaTeX in w, with lambda for ``strength``.

    theta is (..., p), numbers of any kind; ``value`` (...), ``derivative`` and ``prox`` (..., p).
    """

    formula: ClassVar[str]
    reference: ClassVar[str]
    # "sum" (of |w| and w^2, see ``separable``), "norm" (of the whole vector), "count" (of the
    # weights that are not zero), or "other": which exact path over the strength is known
    form: ClassVar[str] = "other"
    # what a budget bounds: the value where the strength is 1
    size: ClassVar[str] = "the penalty at λ = 1"

    @property
    def separable(self) -> tuple[float, float] | None:
        """(kink, ridge) where the value is strength * (kink sum |w| + ridge / 2 sum w^2)."""
        return None

    @property
    def convex(self) -> bool:
        """No chord between two values passes below the surface."""
        raise NotImplementedError

    @property
    def smooth(self) -> bool:
        """Value and slope are continuous: no step, no kink."""
        raise NotImplementedError

    def grouped(self, sizes: tuple[int, ...]) -> Penalty:
        """The same penalty for a vector made of consecutive groups (the filters of a layout)."""
        return self

    def value(self, theta: Array) -> Array:
        """The penalty of each vector of weights: (..., p) to (...)."""
        raise NotImplementedError

    def derivative(self, theta: Array) -> Array:
        """0 at a kink, by convention."""
        raise NotImplementedError

    def hessian(self, theta: Array) -> Array:
        """(..., p, p): how the derivative turns, beside the kinks and steps."""
        raise NotImplementedError

    def turn(self, theta: Array, along: Array) -> Array:
        """The Hessian at theta (p,) times the directions (..., p)."""
        return along @ self.hessian(theta)

    def prox(self, theta: Array, step: float | Array) -> Array:
        """The w that minimises |w - theta|^2 / 2 + step * value(w)."""
        raise NotImplementedError


def ridge(theta: Array, strength: float) -> Array:
    """(..., p, p): the same second derivative along every weight, none between two."""
    p = theta.shape[-1]
    return np.broadcast_to(strength * np.eye(p), (*theta.shape, p))


def soft_threshold(theta: Array, width: float | Array) -> Array:
    """Every entry of (..., p) moved ``width`` towards zero, and no further than zero."""
    return theta - np.clip(theta, -width, width)


@dataclass(frozen=True)
class NoPenalty(Penalty):
    """Weights are free."""

    id, label, formula = "none", "None", "0"
    reference = "Least squares as Gauss left it"
    form = "sum"
    separable = (0.0, 0.0)
    convex = smooth = True

    def value(self, theta: Array) -> Array:
        return np.zeros(np.shape(theta)[:-1])

    def derivative(self, theta: Array) -> Array:
        return np.zeros_like(theta)

    def hessian(self, theta: Array) -> Array:
        return ridge(theta, 0.0)

    def turn(self, theta: Array, along: Array) -> Array:
        return np.zeros_like(along)

    def prox(self, theta: Array, step: float | Array) -> Array:
        return np.asarray(theta)


@dataclass(frozen=True)
class L1(Penalty):
    """A pyramid: its kinks hold weights at exactly zero."""

    id, label, formula = "l1", "L1 (lasso)", r"\lambda \sum_j |w_j|"
    size = "the sum of absolute weights"
    reference = "Tibshirani 1996"
    form = "sum"
    separable = (1.0, 0.0)
    convex = True
    strength: float = hyperparameter(0.1, 1e-3, 1e3, log=True, domain="[0, inf)")

    @property
    def smooth(self) -> bool:
        return self.strength == 0

    def value(self, theta: Array) -> Array:
        return self.strength * np.abs(theta).sum(-1)

    def derivative(self, theta: Array) -> Array:
        return self.strength * np.sign(theta)

    def hessian(self, theta: Array) -> Array:
        return ridge(theta, 0.0)

    def turn(self, theta: Array, along: Array) -> Array:
        return np.zeros_like(along)

    def prox(self, theta: Array, step: float | Array) -> Array:
        return soft_threshold(theta, step * self.strength)


@dataclass(frozen=True)
class L2(Penalty):
    """A paraboloid: it shrinks weights towards zero, and holds none there."""

    id, label, formula = "l2", "L2 (ridge)", r"\tfrac{\lambda}{2} \sum_j w_j^2"
    size = "half the sum of squared weights"
    reference = "Hoerl & Kennard 1970"
    form = "sum"
    separable = (0.0, 1.0)
    convex = smooth = True
    strength: float = hyperparameter(0.1, 1e-3, 1e3, log=True, domain="[0, inf)")

    def value(self, theta: Array) -> Array:
        return 0.5 * self.strength * np.square(theta).sum(-1)

    def derivative(self, theta: Array) -> Array:
        return self.strength * np.asarray(theta)

    def hessian(self, theta: Array) -> Array:
        return ridge(theta, self.strength)

    def turn(self, theta: Array, along: Array) -> Array:
        return self.strength * along

    def prox(self, theta: Array, step: float | Array) -> Array:
        return np.asarray(theta) / (1 + step * self.strength)


@dataclass(frozen=True)
class ElasticNet(Penalty):
    """A pyramid with rounded sides: zeros as from L1, and correlated weights share as under L2."""

    id, label = "elastic_net", "Elastic net"
    formula = r"\lambda \left(\rho \sum_j |w_j| + \tfrac{1}{2} (1 - \rho) \sum_j w_j^2\right)"
    reference = "Zou & Hastie 2005"
    form = "sum"
    convex = True
    strength: float = hyperparameter(0.1, 1e-3, 1e3, log=True, domain="[0, inf)")
    l1_ratio: float = hyperparameter(0.5, 0.0, 1.0, domain="[0, 1]")

    @property
    def separable(self) -> tuple[float, float]:
        return self.l1_ratio, 1 - self.l1_ratio

    @property
    def smooth(self) -> bool:
        return self._kink == 0

    def value(self, theta: Array) -> Array:
        flat, round_ = np.abs(theta).sum(-1), np.square(theta).sum(-1)
        return self._kink * flat + 0.5 * self._ridge * round_

    def derivative(self, theta: Array) -> Array:
        return self._kink * np.sign(theta) + self._ridge * np.asarray(theta)

    def hessian(self, theta: Array) -> Array:
        return ridge(theta, self._ridge)

    def turn(self, theta: Array, along: Array) -> Array:
        return self._ridge * along

    def prox(self, theta: Array, step: float | Array) -> Array:
        return soft_threshold(theta, step * self._kink) / (1 + step * self._ridge)

    @property
    def _kink(self) -> float:
        return self.strength * self.l1_ratio

    @property
    def _ridge(self) -> float:
        return self.strength * (1 - self.l1_ratio)


@dataclass(frozen=True)
class GroupL2(Penalty):
    """A cone for each filter: the weights of a filter go to zero together or not at all.

    ``groups`` are the sizes of the consecutive groups; without them the whole vector is one.
    A ``Risk`` fills in the filters of its model's layout.

    Raises ValueError when theta is not as long as its groups together.
    """

    id, label = "group_l2", "Group L2 (group lasso)"
    size = "the norm of the weights, summed over groups"
    formula = r"\lambda \sum_g \lVert w_g \rVert_2"
    reference = "Yuan & Lin 2006"
    form = "norm"
    convex = True
    strength: float = hyperparameter(0.1, 1e-3, 1e3, log=True, domain="[0, inf)")
    groups: tuple[int, ...] = ()

    @property
    def smooth(self) -> bool:
        return self.strength == 0

    def grouped(self, sizes: tuple[int, ...]) -> GroupL2:
        return replace(self, groups=sizes)

    def value(self, theta: Array) -> Array:
        return self.strength * self._lengths(theta).sum(-1)

    def derivative(self, theta: Array) -> Array:
        length = self._spread(self._lengths(theta), theta)
        return self.strength * np.asarray(theta) / np.where(length > 0, length, 1)

    def hessian(self, theta: Array) -> Array:
        length = self._spread(self._lengths(theta), theta)[..., None]
        unit = theta[..., None] / np.where(length > 0, length, 1)
        sizes = self.groups or (theta.shape[-1],)
        group = np.repeat(np.arange(len(sizes)), sizes)
        across = np.eye(theta.shape[-1]) - (group[:, None] == group) * (
            unit * np.swapaxes(unit, -1, -2)
        )
        return np.where(length > 0, self.strength * across / np.where(length > 0, length, 1), 0.0)

    def turn(self, theta: Array, along: Array) -> Array:
        length = self._spread(self._lengths(theta), theta)
        whole = np.where(length > 0, length, 1)
        unit = theta / whole
        starts = np.cumsum((0, *(self.groups or (theta.shape[-1],))[:-1]))
        outwards = np.add.reduceat(unit * along, starts, axis=-1)
        across = along - unit * self._spread(outwards, along)
        return np.where(length > 0, self.strength * across / whole, 0.0)

    def prox(self, theta: Array, step: float | Array) -> Array:
        """``step`` is one number for all of a group: a scalar, or (..., 1)."""
        length = self._lengths(theta)
        kept = np.maximum(length - step * self.strength, 0) / np.where(length > 0, length, 1)
        return self._spread(kept, theta) * theta

    def _lengths(self, theta: Array) -> Array:
        """(..., groups): the Euclidean length of each group."""
        theta = np.asarray(theta)
        sizes = self.groups or (theta.shape[-1],)
        if sum(sizes) != theta.shape[-1]:
            raise ValueError(
                f"{self.label} has groups of {sum(sizes)} weights together; theta has "
                f"{theta.shape[-1]}. Give groups that cover theta, or none."
            )
        starts = np.cumsum((0, *sizes[:-1]))
        return np.sqrt(np.add.reduceat(theta * theta, starts, axis=-1))

    def _spread(self, per_group: Array, theta: Array) -> Array:
        """(..., groups) to (..., p): every weight gets its group's number."""
        return np.repeat(per_group, self.groups or (np.shape(theta)[-1],), axis=-1)


@dataclass(frozen=True)
class L0(Penalty):
    """The number of weights that are not zero: it has no gradient to follow."""

    id, label = "l0", "L0 (best subset)"
    formula = r"\lambda \, \#\{j : w_j \ne 0\}"
    reference = "Hocking & Leslie 1967"
    form = "count"
    strength: float = hyperparameter(0.1, 1e-3, 1e3, log=True, domain="[0, inf)")

    @property
    def convex(self) -> bool:
        return self.strength == 0

    @property
    def smooth(self) -> bool:
        return self.strength == 0

    def value(self, theta: Array) -> Array:
        return self.strength * np.count_nonzero(theta, axis=-1)

    def derivative(self, theta: Array) -> Array:
        return np.zeros_like(theta)

    def hessian(self, theta: Array) -> Array:
        return ridge(theta, 0.0)

    def turn(self, theta: Array, along: Array) -> Array:
        return np.zeros_like(along)

    def prox(self, theta: Array, step: float | Array) -> Array:
        """The hard threshold: a weight is kept as it is, or dropped when the fee is higher."""
        return np.where(0.5 * np.square(theta) > step * self.strength, theta, 0)


PENALTIES: dict[str, type[Penalty]] = catalogue(NoPenalty, L1, L2, ElasticNet, GroupL2, L0)
