"""The base of all optimizers: a state to begin with, and one step from what it sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import Field, dataclass
from string import Template
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.recipes import Recipe, hyperparameter
from lossviz.text import latex

Array = NDArray[np.floating]


class Quantity(NamedTuple):
    """One named number of a step: ``symbol`` is LaTeX, ``key`` its place in ``worked``."""

    key: str
    name: str
    symbol: str
    value: Any  # (..., p), or one number for all parameters

    def of(self, coordinates: Sequence[int]) -> list[float]:
        """The numbers of these parameters of one start; a single one that all parameters share.

        Of a matrix (p, p) those on its diagonal.
        """
        array = np.asarray(self.value, float)
        if array.ndim > 1:
            array = np.diagonal(array, axis1=-2, axis2=-1)
        if not array.ndim or array.shape[-1] == 1:
            return [float(array.reshape(-1)[0])]
        return [float(array[i]) for i in coordinates]


def rate(default: float) -> Any:
    """The field ``lr`` with the default that suits this rule."""
    return hyperparameter(default, 1e-4, 10.0, log=True, domain="[0, inf)", label="learning rate")


def remembered(default: float, name: str) -> Any:
    """A field for the share of the past that is kept at every step."""
    return hyperparameter(default, 0.0, 0.999, domain="[0, 1)", label=name)


def guard(default: float) -> Any:
    """The field ``eps``, which keeps a denominator away from zero."""
    return hyperparameter(default, 1e-12, 1e-2, log=True, domain="(0, inf)")


@dataclass(frozen=True)
class Optimizer(Recipe):
    """A rule for the next point; it never knows that data exist.

    ``formula`` is the rule in LaTeX, ``worked`` the same with a ``$key`` for every number, and
    ``reference`` where it comes from.  The state is a NamedTuple, possibly empty; ``names``
    gives its fields a name and a symbol.  Nothing is changed in place.  Every number of
    ``theta`` (..., p) has its own state, so a batch walks like its members alone.

    ``scale`` multiplies the learning rate: a number, or an array (..., 1), one for each start.
    ``line_search`` says that the rule chooses its own step lengths, ``batches`` that it looks at
    a few rows at a time, ``uses_hessian`` that it asks for second derivatives, ``live`` that the
    browser knows the rule too (``ui/stage/descent.js``).  ``suits`` is how a good learning rate
    is found: ("curvature", share of 2 / the largest eigenvalue), ("window", share of the window's
    half width, for rules whose steps have a length of their own), or None: the default.
    """

    formula: ClassVar[str]
    worked: ClassVar[str]
    reference: ClassVar[str]
    names: ClassVar[dict[str, tuple[str, str]]] = {}
    line_search: ClassVar[bool] = False
    batches: ClassVar[bool] = False
    uses_hessian: ClassVar[bool] = False
    live: ClassVar[bool] = False
    suits: ClassVar[tuple[str, float] | None] = None
    lr: float = rate(0.1)

    def init(self, theta: Array) -> Any:
        """The state before the first step."""
        return ()

    def update(self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0) -> Any:
        """(theta, state) one step on; gradient and theta are (..., p)."""
        raise NotImplementedError

    def look(self, objective: Any, theta: Array) -> dict[str, Any]:
        """What the rule needs to see of the objective at theta: arguments of ``update``."""
        return {"gradient": objective.gradient(theta)}

    def step(self, objective: Any, state: Any, theta: Array, scale: Any = 1.0) -> Any:
        """(theta, state) one step on, on this objective."""
        return self.update(state=state, theta=theta, scale=scale, **self.look(objective, theta))

    def walk(
        self, objectives: Iterable[Any], theta: Array, scales: Sequence[Any]
    ) -> Iterator[Array]:
        """The points after theta, one for each objective (mini-batch) and scale."""
        state = self.init(theta)
        for objective, scale in zip(objectives, scales, strict=False):
            theta, state = self.step(objective, state, theta, scale)
            yield theta

    def explain(
        self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0, **seen: Any
    ) -> tuple[Quantity, ...]:
        """The numbers of the step that ``update`` would take, in the order they arise."""
        after, new = self.update(gradient=gradient, state=state, theta=theta, scale=scale, **seen)
        kept = [
            Quantity(key, *self.names[key], value)
            for key, value in (new._asdict().items() if new else ())
            if key in self.names
        ]
        return (
            Quantity("theta", "Parameter", r"\theta", theta),
            Quantity("rate", "Learning rate", r"\eta", self.lr * scale),
            Quantity("gradient", "Gradient", "g", gradient),
            *self.before(gradient, theta),
            *kept,
            *self.between(gradient, new),
            Quantity("step", "Step", r"\Delta\theta", after - theta),
            Quantity("after", "Next parameter", r"\theta'", after),
        )

    def before(self, gradient: Array, theta: Array) -> tuple[Quantity, ...]:
        """What is made of the gradient before the state sees it."""
        return ()

    def between(self, gradient: Array, state: Any) -> tuple[Quantity, ...]:
        """What is made of the new state before the step, such as bias-corrected moments."""
        return ()

    def filled(self, numbers: tuple[Quantity, ...], coordinate: int = 0) -> str:
        """The rule in LaTeX with the numbers of one coordinate of one start filled in."""
        known = {f.name: getattr(self, f.name) for f in self.hyperparameters()}
        known |= {q.key: _one(q.value, coordinate) for q in numbers}
        known.setdefault("decayed", known["gradient"])
        return Template(self.worked).substitute(
            {key: _written(value) for key, value in known.items()}
        )


@dataclass(frozen=True)
class Decayed(Optimizer):
    """A rule with weight decay: coupled, it joins the gradient, as in torch's plain rules."""

    weight_decay: float = hyperparameter(0.0, 0.0, 0.5, domain="[0, inf)", label="weight decay")

    @classmethod
    def hyperparameters(cls) -> tuple[Field[Any], ...]:
        """The tunable fields, weight decay last."""
        return tuple(sorted(super().hyperparameters(), key=lambda f: f.name == "weight_decay"))

    def decayed(self, gradient: Array, theta: Array) -> Array:
        """The gradient with the decay in it."""
        return gradient + self.weight_decay * theta if self.weight_decay else gradient

    def before(self, gradient: Array, theta: Array) -> tuple[Quantity, ...]:
        decayed_gradient = self.decayed(gradient, theta)
        if decayed_gradient is gradient:
            return ()
        return (Quantity("decayed", "Gradient with decay", r"g + \lambda\theta", decayed_gradient),)


@dataclass(frozen=True)
class Decoupled(Decayed):
    """A rule whose weight decay shrinks the parameters and never meets the gradient."""

    def decayed(self, gradient: Array, theta: Array) -> Array:
        return gradient

    def shrink(self, theta: Array, scale: Any) -> Array:
        """The parameters after their decay."""
        if not self.weight_decay:
            return theta
        return theta * (1 - self.lr * scale * self.weight_decay)


def _one(value: Any, coordinate: int) -> Any:
    shape = np.shape(value)
    if not shape:
        return value
    if len(shape) > 1:
        return ""  # a matrix is shown beside the rule, not in it
    return value[coordinate] if shape[0] > 1 else value[0]


def _written(value: Any) -> str:
    """A number as LaTeX with four digits; negative ones in brackets."""
    if not isinstance(value, float | int | np.floating) or isinstance(value, bool):
        return str(value)
    return f"({latex(value)})" if value < 0 else latex(value)
