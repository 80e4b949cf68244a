"""A model that the reader types: x is a feature, every other letter is a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lossviz.formula import Call, Formula, FormulaError, Name, Node, Number, Slopes, parse
from lossviz.models.base import Model, given
from lossviz.models.layout import Array, Block, Layout
from lossviz.recipes import text


@dataclass(frozen=True)
class FormulaModel(Model):
    """A prediction you type: x is the feature (x2 the second, …), any other letter is learned.

    Parameters are numbered in order of first appearance and start at 1.  A parameter that stands
    alone in a sum (the a of a + b*x) is an intercept, and is not penalised.  Raises FormulaError,
    with the position of the first character at fault.
    """

    id, label, formula = "formula", "Your formula", r"\hat y = f(x)"
    expression: str = text("a*sin(b*x)", label="Formula")

    def __post_init__(self) -> None:
        typed = parse(self.expression, ("x",), "parameters")
        super().__post_init__()
        for name in ("y", "x0"):
            if name in typed.names:
                why = {
                    "y": "y is what a model predicts; it cannot be read",
                    "x0": "features are counted from 1: x1, x2, …",
                }[name]
                at = re.search(rf"\b{name}\b", self.expression)
                raise FormulaError(why, self.expression, at.start() if at else 0)
        like = [name for name in typed.names if re.fullmatch(r"X\d*|y\d+", name)]
        if like and any(map(_is_feature, typed.names)):
            ask = f"{like[0]} would be a parameter; did you mean x instead of {like[0]}?"
            at = re.search(rf"\b{like[0]}\b", self.expression)
            raise FormulaError(ask, self.expression, at.start() if at else 0)
        if not self.parameters:
            raise FormulaError(
                "a model needs something to learn; use a letter such as a for a parameter, "
                "as in a*x",
                self.expression,
            )
        # a letter alone is a constant, and meant; more letters without a feature are a slip
        if len(typed.names) > 1 and not any(_is_feature(name) for name in typed.names):
            raise FormulaError(_without_feature(self.parameters), self.expression)
        object.__setattr__(self, "formula", rf"\hat y = {typed.latex}")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in order of first appearance."""
        return _blocks(self).names

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        last = _last_feature(self)
        if last > inputs:
            have = "one feature" if inputs == 1 else f"{inputs} features"
            raise ValueError(
                f"{self.label} reads x{last}; these data have {have}. "
                "Choose more features, or type a formula that reads fewer."
            )
        return _blocks(self)

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        """(p,) ones, whatever the seed."""
        return np.ones(self.layout(inputs, outputs).size)

    def predict(self, theta: Array, X: Array) -> Array:
        theta, X = given(theta, X)
        shape = (*theta.shape[:-1], len(X))
        return np.broadcast_to(_typed(self).value(**self._at(theta, X)), shape).copy()

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        theta, X = given(theta, X)
        slopes = _slopes(self)(**self._at(theta, X))
        with np.errstate(all="ignore"):  # beside a gap a slope may be infinite
            return np.stack([(upstream * slope).sum(-1) for slope in slopes], axis=-1)

    def jacobian(self, theta: Array, X: Array) -> Array:
        theta, X = given(theta, X)
        shape = (*theta.shape[:-1], len(X))
        slopes = _slopes(self)(**self._at(theta, X))
        return np.stack([np.broadcast_to(slope, shape) for slope in slopes], axis=-1)

    def value_and_slopes(
        self, theta: Array, X: Array, only: tuple[int, ...]
    ) -> tuple[Array, Array]:
        """The prediction (..., n) and its slopes in some parameters (..., n, q), at one go."""
        theta, X = given(theta, X)
        shape = (*theta.shape[:-1], len(X))
        value, slopes = _slopes(self, only).with_value(**self._at(theta, X))
        found = np.empty((*shape, len(only)))
        for place, slope in enumerate(slopes):
            found[..., place] = slope
        return np.broadcast_to(value, shape), found

    def _at(self, theta: Array, X: Array) -> dict[str, Array]:
        """Parameters (..., 1) and features (n,), by name."""
        parts = self.layout(X.shape[1]).split(theta)
        named = {name: part[..., None] for name, part in zip(self.parameters, parts, strict=True)}
        return named | {"x": X[:, 0]} | {f"x{i + 1}": X[:, i] for i in range(X.shape[1])}


@lru_cache(maxsize=128)
def _typed(model: FormulaModel) -> Formula:
    return parse(model.expression, ("x",), "parameters")


@lru_cache(maxsize=128)
def _blocks(model: FormulaModel) -> Layout:
    """The parameters, in order of first appearance: what every prediction asks for."""
    typed = _typed(model)
    alone = set(_alone(typed.tree))
    names = (name for name in typed.names if not _is_feature(name))
    return Layout(tuple(Block(name, (), name not in alone, labels=(name,)) for name in names))


@lru_cache(maxsize=128)
def _last_feature(model: FormulaModel) -> int:
    """The number of the last feature that is read; x is the first."""
    return max((int(n[1:] or 1) for n in _typed(model).names if _is_feature(n)), default=1)


@lru_cache(maxsize=128)
def _slopes(model: FormulaModel, only: tuple[int, ...] | None = None) -> Slopes:
    names = model.parameters if only is None else [model.parameters[k] for k in only]
    return Slopes(_typed(model).tree, [{name: Number(1.0)} for name in names])


def _is_feature(name: str) -> bool:
    return re.fullmatch(r"x\d*", name) is not None


def _without_feature(parameters: tuple[str, ...]) -> str:
    """A question for a formula that reads no column of the data."""
    numbered = [name for name in parameters if re.fullmatch(r"[a-z][1-9]\d?", name)]
    alike = next((name for name in ("X", *numbered) if name in parameters), "")
    meant = f"x{alike[1:]}" if alike else "x"
    which = f"instead of {alike}" if alike else "somewhere, as in a*x"
    return f"no feature is read, so every row gets one prediction; did you mean {meant} {which}?"


def _alone(node: Node) -> Iterator[str]:
    """Names that are whole terms of the outermost sum and stand nowhere else."""
    terms = list(_terms(node))
    for term in terms:
        elsewhere = (other for other in terms if other is not term)
        if isinstance(term, Name) and not any(term.name in Formula(t).names for t in elsewhere):
            yield term.name


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, Call) and node.op in ("+", "-"):
        for arg in node.args:
            yield from _terms(arg)
    else:
        yield node
