"""Losses that the reader types: an expression becomes a loss, with its derivatives and facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Self

import numpy as np

from lossviz.formula import Curvature, Formula, Node, Number, Slopes, parse
from lossviz.losses.base import Array, Loss, error, side
from lossviz.losses.examination import examine
from lossviz.recipes import text


@dataclass(frozen=True)
class TypedLoss(Loss):
    """A loss written as an expression.

    ``constants`` sets the letters of the expression that are no variables, as in "a=2, b=0.5";
    a letter that is not set is 1, and a setting without its letter is dropped.  Raises
    FormulaError, with the position of the first character at fault.
    """

    reference = "Yours"
    variables: ClassVar[tuple[str, ...]]
    expression: str
    constants: str = ""

    def __post_init__(self) -> None:
        typed = parse(self.expression, self.variables, "constants")
        super().__post_init__()
        given = _settings(self.constants)
        letters = {name: given.get(name, 1.0) for name in self._letters(typed)}
        written = ", ".join(f"{name}={_shortest(value)}" for name, value in letters.items())
        object.__setattr__(self, "constants", written)
        object.__setattr__(self, "formula", typed.latex)

    @property
    def letters(self) -> dict[str, float]:
        """The constants by name, in order of first appearance: what sliders may turn."""
        return _settings(self.constants)

    def with_letters(self, **values: float) -> Self:
        """The same loss with some constants changed."""
        written = (f"{name}={value!r}" for name, value in (self.letters | values).items())
        return replace(self, constants=", ".join(written))

    def value(self, y: Array, prediction: Array) -> Array:
        return _bound(self).value(**self._at(y, prediction))

    def derivative(self, y: Array, prediction: Array) -> Array:
        return _slopes(self)(**self._at(y, prediction))[0]

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return _curvature(self)(**self._at(y, prediction))

    @property
    def slope_formula(self) -> str:
        """The derivative in the prediction, in LaTeX; "" where it is too long to read."""
        return _slopes(self).latex

    @property
    def convex(self) -> bool:
        return examine(self).holds("convex")

    @property
    def smooth(self) -> bool:
        return examine(self).holds("smooth")

    @property
    def bounded(self) -> bool:
        return examine(self).holds("bounded")

    @property
    def robust(self) -> bool:
        return examine(self).holds("robust")

    def _letters(self, typed: Formula) -> tuple[str, ...]:
        return tuple(name for name in typed.names if name not in self.variables)

    def _at(self, y: Array, prediction: Array) -> dict[str, Array]:
        """The variables at these targets and predictions."""
        return {"y": y, "p": prediction, "r": -error(y, prediction)}

    def speeds(self) -> dict[str, Node]:
        """How fast each variable moves with the prediction."""
        return {"p": Number(1.0), "r": Number(-1.0)}


@dataclass(frozen=True)
class FormulaLoss(TypedLoss):
    """A loss you type, in the residual r = y − p, the prediction p and the target y."""

    id, label, task = "formula", "Your formula", "regression"
    formula = r"\ell(y, p)"
    variables = ("y", "p", "r")
    expression: str = text("abs(r)**1.5", label="Formula")


@dataclass(frozen=True)
class MarginFormulaLoss(TypedLoss):
    """A loss you type, in the margin m = (2y − 1) p, the logit p and the label y (0 or 1)."""

    id, label, task = "formula_binary", "Your formula", "binary"
    formula = r"\ell(y, p)"
    variables = ("y", "p", "m")
    expression: str = text("maximum(0, 1 - m)**2", label="Formula")

    def _at(self, y: Array, prediction: Array) -> dict[str, Array]:
        return {"y": y, "p": prediction, "m": side(y) * prediction}

    def speeds(self) -> dict[str, Node]:
        return {"p": Number(1.0), "m": parse("2*y - 1", ("y",)).tree}


@lru_cache(maxsize=128)
def _bound(loss: TypedLoss) -> Formula:
    return parse(loss.expression, loss.variables, "constants").bound(**loss.letters)


@lru_cache(maxsize=128)
def _slopes(loss: TypedLoss) -> Slopes:
    return Slopes(_bound(loss).tree, [loss.speeds()])


@lru_cache(maxsize=128)
def _curvature(loss: TypedLoss) -> Curvature:
    return Curvature(_slopes(loss))


def _settings(written: str) -> dict[str, float]:
    """ "a=2, b=0.5" as numbers by name."""
    found: dict[str, float] = {}
    for part in filter(str.strip, written.split(",")):
        name, _, number = (piece.strip() for piece in part.partition("="))
        try:
            found[name] = float(number)
        except ValueError:
            found[name] = np.nan
        if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) or not np.isfinite(found[name]):
            raise ValueError(
                f"Constants are set as in a=2, b=0.5; «{part.strip()[:20]}» cannot be read."
            )
    return found


def _shortest(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
