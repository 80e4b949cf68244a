"""The derivative of a formula, by SymPy, given back as a formula.

SymPy sees our tree and never the text.  Numbers go in as nameless symbols, so that nothing it
simplifies on the way can multiply out into a number with a million digits; only exponents stay
numbers, because r**1.5 must become 1.5*r**0.5 and not 1.5*r**1.5/r, which is 0/0 at r = 0.

SymPy takes half a second to import, so this module is imported by the first derivative.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy as sp

from lossviz.formula.tree import Call, Name, Node, Number, folded

NOT_A_NUMBER = Number(float("nan"))


class _Flat(sp.Function):
    """A function made of steps: its slope is 0 wherever it has one."""

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        return sp.Integer(0)


class _Less(_Flat):
    pass


class _LessOrEqual(_Flat):
    pass


class _Sign(_Flat):
    pass


class _Abs(sp.Function):
    """|u|, whose slope is sign(u): 0 at the kink."""

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        return _Sign(self.args[0]) * self.args[0].diff(s)

    def _eval_power(self, exponent: sp.Expr) -> sp.Expr | None:
        return self.args[0] ** exponent if exponent.is_even else None


class _Where(sp.Function):
    """A choice: its slope is the slope of the branch taken."""

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        condition, *branches = self.args
        first, second = (branch.diff(s) for branch in branches)
        if first == second:
            return first
        if isinstance(condition, _Less | _LessOrEqual):
            return _Kinked(condition, *condition.args, first, second)
        return _Where(condition, first, second)


class _Kinked(sp.Function):
    """The slope of a choice: on the border, where both sides are equal, the mean of the two."""

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        *border, first, second = self.args
        return _Kinked(*border, first.diff(s), second.diff(s))


class _Smaller(sp.Function):
    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        return _Where(_Less(*self.args), *self.args).diff(s)


class _Larger(sp.Function):
    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        return _Where(_Less(*reversed(self.args)), *self.args).diff(s)


_SAME = ("exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh")  # one name in both
_HALF = sp.Rational(1, 2)
_INTO: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "negative": lambda a: -a,
    "<": _Less,
    "<=": _LessOrEqual,
    ">": lambda a, b: _Less(b, a),
    ">=": lambda a, b: _LessOrEqual(b, a),
    "abs": _Abs,
    "sign": _Sign,
    "sqrt": sp.sqrt,
    "log1p": lambda u: sp.log(1 + u),
    "expm1": lambda u: sp.exp(u) - 1,
    "minimum": _Smaller,
    "maximum": _Larger,
    "where": _Where,
} | {
    name: getattr(sp, name) for name in ("exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh")
}
_BACK: dict[Any, str] = {
    _Less: "<",
    _LessOrEqual: "<=",
    _Abs: "abs",
    _Sign: "sign",
    _Where: "where",
    _Kinked: "kinked",
    _Smaller: "minimum",
    _Larger: "maximum",
} | {_INTO[name]: name for name in _SAME}


def derivative(tree: Node, direction: Mapping[str, Node]) -> Node:
    """How fast the formula grows when every name of ``direction`` moves at the speed given.

    ``{"r": Number(1)}`` is the plain derivative in r.  ``{"p": Number(1), "r": Number(1)}`` is
    the derivative in p of a formula in which r stands for p - y.  At a kink the result is the
    midpoint of the one-sided slopes, and the second derivative is 0.
    """
    symbols = _Symbols()
    whole = symbols.into(folded(tree))
    slope = sum(
        (symbols.into(speed) * whole.diff(symbols.name(name)) for name, speed in direction.items()),
        sp.Integer(0),
    )
    return folded(symbols.back(slope))


class _Symbols:
    """One nameless symbol per name and per number, and the way back."""

    def __init__(self) -> None:
        self.of: dict[str | float, sp.Dummy] = {}
        self.meaning: dict[sp.Dummy, Node] = {}
        self.seen_into: dict[Node, sp.Expr] = {}
        self.seen_back: dict[sp.Expr, Node] = {}

    def name(self, name: str) -> sp.Dummy:
        return self._symbol(name, Name(name))

    def _symbol(self, key: str | float, meaning: Node) -> sp.Dummy:
        if key not in self.of:
            self.of[key] = sp.Dummy()
            self.meaning[self.of[key]] = meaning
        return self.of[key]

    def into(self, node: Node) -> sp.Expr:
        if node not in self.seen_into:
            self.seen_into[node] = self._into(node)
        return self.seen_into[node]

    def _into(self, node: Node) -> sp.Expr:
        if isinstance(node, Name):
            return self.name(node.name)
        if isinstance(node, Number):
            if node.value in (-1, 0, 1):
                return sp.Integer(int(node.value))
            return self._symbol(node.value, node)
        assert isinstance(node, Call)
        args = [self.into(arg) for arg in node.args]
        if node.op == "**" and isinstance(node.args[1], Number):
            exponent = node.args[1].value
            args[1] = sp.Integer(int(exponent)) if exponent.is_integer() else sp.Float(exponent)
        return _INTO[node.op](*args)

    def back(self, expression: sp.Expr) -> Node:
        if expression not in self.seen_back:
            self.seen_back[expression] = self._back(expression)
        return self.seen_back[expression]

    def _back(self, e: sp.Expr) -> Node:
        if e in self.meaning:
            return self.meaning[e]
        if isinstance(e, sp.Rational | sp.Float):
            return Number(float(e))
        if e is sp.E:
            return Name("e")
        if isinstance(e, sp.Add):
            return self._sum(e)
        if isinstance(e, sp.Mul):
            return self._product(e)
        if isinstance(e, sp.Pow):
            return self._power(e)
        if e.func in _BACK:
            return Call(_BACK[e.func], tuple(self.back(arg) for arg in e.args))
        return NOT_A_NUMBER  # infinity, an imaginary unit: a place where no real slope exists

    def _sum(self, e: sp.Add) -> Node:
        first, *rest = sorted(e.args, key=_is_negative)
        total = self.back(first)
        for term in rest:
            op, term = ("-", -term) if _is_negative(term) else ("+", term)
            total = Call(op, (total, self.back(term)))
        return total

    def _product(self, e: sp.Mul) -> Node:
        if _is_negative(e):
            return Call("negative", (self.back(-e),))
        above: list[sp.Expr] = []
        below: list[sp.Expr] = []
        for factor in e.args:
            under = isinstance(factor, sp.Pow) and factor.exp.is_number and _is_negative(factor.exp)
            (below if under else above).append(factor)
        top, bottom = [self.back(f) for f in above], [self.back(1 / f) for f in below]
        over, under = _number(top), _number(bottom)
        if under != 0 and (over / under).is_integer():  # 2 r / 2 is r
            over, under = over / under, 1.0
        numerator = _multiplied(over, top)
        if under == 1 and all(isinstance(factor, Number) for factor in bottom):
            return numerator
        return Call("/", (numerator, _multiplied(under, bottom)))

    def _power(self, e: sp.Pow) -> Node:
        if e.exp == _HALF:
            return Call("sqrt", (self.back(e.base),))
        if e.exp.is_number and _is_negative(e.exp):
            return Call("/", (Number(1.0), self.back(1 / e)))
        return Call("**", (self.back(e.base), self.back(e.exp)))


def _number(factors: list[Node]) -> float:
    return float(math.prod(factor.value for factor in factors if isinstance(factor, Number)))


def _multiplied(number: float, factors: list[Node]) -> Node:
    """The product of a number and of those factors that are none."""
    others = [factor for factor in factors if not isinstance(factor, Number)]
    if number != 1 or not others:
        others.insert(0, Number(number))
    return reduce(lambda total, factor: Call("*", (total, factor)), others)


def _is_negative(e: sp.Expr) -> bool:
    return bool(e.as_coeff_Mul()[0].is_negative)
