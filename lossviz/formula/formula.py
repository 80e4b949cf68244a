"""A formula that was read: its value, its derivatives and its LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from lossviz.formula.latex import latex
from lossviz.formula.reader import read
from lossviz.formula.tree import Array, Node, Number, Program, folded, names_in, size

_READABLE = 60  # pieces
_STEP = np.finfo(float).eps ** (1 / 3)  # the width at which a central difference errs least


@dataclass(frozen=True, eq=False)
class Formula:
    """An expression over named variables, as a value.

    Every array is float64 (float32 stays float32), of the shape the inputs broadcast to; where
    the formula has no finite value the array holds inf or nan, without a warning.
    """

    tree: Node

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the formula reads, in order of first appearance."""
        return names_in(self.tree)

    @cached_property
    def latex(self) -> str:
        """The formula in LaTeX, as typed."""
        return latex(self.tree)

    def bound(self, **values: float) -> Formula:
        """The same formula with numbers in the place of some names."""
        return Formula(folded(self.tree, values))

    def value(self, **at: ArrayLike) -> Array:
        """``formula.value(r=residuals)``: one number for each element of the inputs."""
        return self._program(**at)[0]

    def derivative(self, name: str, **at: ArrayLike) -> Array:
        """The slope in one variable; see ``Slopes`` for what holds at kinks and gaps."""
        return self._slopes(name)(**at)[0]

    def second_derivative(self, name: str, **at: ArrayLike) -> Array:
        """How fast the slope in one variable grows; 0 at a kink."""
        return Curvature(self._slopes(name))(**at)

    def _slopes(self, name: str) -> Slopes:
        if name not in self._kept:
            self._kept[name] = Slopes(self.tree, [{name: Number(1.0)}])
        return self._kept[name]

    @cached_property
    def _program(self) -> Program:
        return Program([self.tree])

    @cached_property
    def _kept(self) -> dict[str, Slopes]:
        return {}


class Slopes:
    """The slopes of a formula along given directions, as one program.

    A direction says how fast each name moves.  At a kink the slope is the midpoint of the
    one-sided slopes.  It is nan where the formula itself is.  Where the symbolic slope is 0/0
    or inf/inf although the formula has a value (sqrt(r**2) at 0), a central difference of the
    value stands in.
    """

    def __init__(self, tree: Node, directions: Sequence[Mapping[str, Node]]) -> None:
        from lossviz.formula.calculus import derivative  # SymPy takes half a second to import

        self.tree, self.directions = tree, directions
        self.trees = [derivative(tree, direction) for direction in directions]
        self._program = Program([tree, *self.trees])
        self._value = Program([tree])
        self._speeds = [Program(list(direction.values())) for direction in directions]

    @property
    def latex(self) -> str:
        """The first slope in LaTeX, as SymPy leaves it; "" where it is too long to read."""
        return latex(self.trees[0]) if size(self.trees[0]) <= _READABLE else ""

    def __call__(self, **at: ArrayLike) -> list[Array]:
        return self.with_value(**at)[1]

    def with_value(self, **at: ArrayLike) -> tuple[Array, list[Array]]:
        """The formula's value beside its slopes, for the price of the slopes."""
        value, *slopes = self._program(**at)
        for i, slope in enumerate(slopes):
            gap = np.isnan(slope) & np.isfinite(value)
            if gap.any():
                slopes[i] = np.where(gap, self._difference(i, at), slope)
            slopes[i][np.isnan(value)] = np.nan
        return value, slopes

    def _difference(self, i: int, at: Mapping[str, ArrayLike]) -> Array:
        direction = self.directions[i]
        speeds = dict(zip(direction, self._speeds[i](**at), strict=True))
        moving = {name: np.asarray(at[name], float) for name in speeds}
        with np.errstate(all="ignore"):
            step = _STEP * np.max(
                np.broadcast_arrays(1.0, *(np.abs(array) for array in moving.values())), axis=0
            )
            ahead, behind = (
                self._value(**(dict(at) | {k: moving[k] + way * speeds[k] for k in moving}))[0]
                for way in (step, -step)
            )
            return (ahead - behind) / (2 * step)


class Curvature:
    """How fast a slope grows along its own direction: the second derivative.

    It is nan where the formula has no finite value, and 0 where the formula has one but no
    second derivative: at a kink.
    """

    def __init__(self, slopes: Slopes) -> None:
        from lossviz.formula.calculus import derivative

        [slope], [direction] = slopes.trees, slopes.directions
        self._program = Program([slopes.tree, derivative(slope, direction)])

    def __call__(self, **at: ArrayLike) -> Array:
        value, second = self._program(**at)
        second[np.isnan(second)] = 0
        second[~np.isfinite(value)] = np.nan
        return second


def parse(text: str, variables: tuple[str, ...], letters: str | None = None) -> Formula:
    """The formula that ``text`` spells over ``variables``, safely.

    Numbers, the variables, pi and e, + - * / **, < <= > >=, parentheses and the functions of
    ``FUNCTIONS`` are read.  With ``letters`` any other single letter, with a number if wanted
    (a, w1), or Greek letter name is read too; ``letters`` says what such a letter stands for
    ("a constant").  Raises FormulaError, a sentence with a position, for everything else, and
    ValueError for what is no text at all.
    """
    if not isinstance(text, str):
        raise ValueError(f"A formula is a text such as abs(r)**1.5; got {text!r:.60}.")
    return _parsed(text, variables, letters)


@lru_cache(maxsize=256)
def _parsed(text: str, variables: tuple[str, ...], letters: str | None) -> Formula:
    return Formula(read(text, variables, letters))
