"""The derivative of a formula, as a formula: SymPy's rules, joined by the chain rule.

SymPy differentiates each operation once, on bare symbols; it sees neither the text nor the
numbers in it.  Handed whole formulas it may think for minutes and multiply out numbers with a
million digits; so used, the derivative of any formula is found in a time and a size that grow
in proportion to the formula.

What has a kink is ours: slopes of |u|, of minimum, maximum and where, and the midpoint at the
border.  SymPy takes half a second to import, so the first derivative imports this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

import sympy as sp

from lossviz.formula.tree import (
    COMPARISONS,
    OPERATIONS,
    Call,
    Name,
    Node,
    Number,
    folded,
    ordered,
)

ZERO = Number(0.0)

_SAME = (
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "tanh",
    "sinh",
    "cosh",
    "sqrt",
    "asin",
    "acos",
    "atan",
    "erf",
)  # one name in both
_SYMPY: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "negative": lambda a: -a,
    "log1p": lambda u: sp.log(1 + u),
    "expm1": lambda u: sp.exp(u) - 1,
}
_SYMPY |= {name: getattr(sp, name) for name in _SAME}


def derivative(tree: Node, direction: Mapping[str, Node]) -> Node:
    """How fast the formula grows when every name of ``direction`` moves at the speed given.

    ``{"r": Number(1)}`` is the plain derivative in r.  ``{"p": Number(1), "r": Number(-1)}``
    is the derivative in p of a formula in which r stands for y - p.  At a kink the result is the
    midpoint of the one-sided slopes, and the second derivative is 0.
    """
    tree = folded(tree)
    slopes: dict[Node, Node] = {}
    for node in ordered([tree]):
        if isinstance(node, Name):
            slopes[node] = direction.get(node.name, ZERO)
        elif isinstance(node, Call):
            smooth = _without_kink(node)
            slopes[node] = _chain(smooth, slopes)
        else:
            slopes[node] = ZERO
    return folded(slopes[tree])


def _without_kink(node: Call) -> Call:
    """|u|**2 has no kink although |u| has one: it is u**2."""
    if node.op == "**":
        base, exponent = node.args
        even = isinstance(exponent, Number) and exponent.value % 2 == 0
        if even and isinstance(base, Call) and base.op == "abs":
            return Call("**", (base.args[0], exponent))
    return node


def _chain(node: Call, known: Mapping[Node, Node]) -> Node:
    """The slope of an operation, from the known slopes of its arguments."""
    op, args = node.op, node.args
    slopes = [known[arg] for arg in args]
    if all(_is(slope, 0) for slope in slopes) or op in COMPARISONS or op == "sign":
        return ZERO
    if op == "abs":
        return _times(Call("sign", args), slopes[0])
    if op == "maximum":
        return _kinked(Call(">", args), args, slopes)
    if op == "minimum":
        return _kinked(Call("<", args), args, slopes)
    if op == "where":
        condition = args[0]
        if isinstance(condition, Call) and condition.op in COMPARISONS:
            left, right = (known[side] for side in condition.args)
            if not _is(folded(_minus(left, right)), 0):  # a border that is crossed on the way
                return _kinked(condition, condition.args, slopes[1:])
        return Call("where", (condition, *slopes[1:]))
    if op == "kinked":
        return _kinked(args[0], args[1:3], slopes[3:])
    exponent = args[1].value if op == "**" and isinstance(args[1], Number) else None
    total: Node = ZERO
    for rule, slope in zip(_rules(op, exponent), slopes, strict=False):
        if not _is(slope, 0):
            total = _plus(total, _times(_filled(rule, args), slope))
    return total


def _kinked(condition: Node, sides: Sequence[Node], slopes: Sequence[Node]) -> Node:
    """The slope of a choice: of the branch taken, and at the border the mean of the two."""
    if all(_is(slope, 0) for slope in slopes):
        return ZERO
    return Call("kinked", (condition, *sides, *slopes))


@lru_cache(maxsize=256)
def _rules(op: str, exponent: float | None) -> tuple[Node, ...]:
    """The partial derivatives of an operation, as trees over the names 0 and 1, by SymPy.

    A fixed exponent is given as a number: r**1.5 must become 1.5*r**0.5 and not 1.5*r**1.5/r,
    which is 0/0 at r = 0.
    """
    u, v = sp.symbols("0 1", positive=True)
    if exponent is not None:
        whole = float(exponent).is_integer()
        return (_tree(sp.diff(u ** (sp.Integer(exponent) if whole else sp.Float(exponent)), u)),)
    symbols = (u, v)[: OPERATIONS[op].arity]
    expression = _SYMPY[op](*symbols)
    return tuple(_tree(sp.powsimp(sp.diff(expression, symbol))) for symbol in symbols)


def _tree(e: sp.Expr) -> Node:
    """A small SymPy expression as a tree."""
    if e.is_Symbol:
        return Name(e.name)
    if e.is_number:
        return Number(float(e))
    if e.is_Add:
        return reduce(_plus, sorted(map(_tree, e.args), key=_is_negative))
    above, below = e.as_numer_denom()
    if below != 1:
        return _over(_tree(above), _tree(below))
    if e.is_Mul:
        return reduce(_times, map(_tree, e.args))
    if e.is_Pow:
        base, exponent = map(_tree, e.args)
        return Call("sqrt", (base,)) if _is(exponent, 0.5) else Call("**", (base, exponent))
    return Call(e.func.__name__, tuple(map(_tree, e.args)))


def _filled(rule: Node, args: Sequence[Node]) -> Node:
    """The rule with the arguments in the place of its names."""
    if isinstance(rule, Name):
        return args[int(rule.name)]
    if not isinstance(rule, Call):
        return rule
    filled = tuple(_filled(arg, args) for arg in rule.args)
    return _TIDY[rule.op](*filled) if rule.op in _TIDY else Call(rule.op, filled)


def _is(node: Node, value: float) -> bool:
    return isinstance(node, Number) and node.value == value


def _is_negative(node: Node) -> bool:
    if isinstance(node, Number):
        return node.value < 0
    return isinstance(node, Call) and node.op == "negative"


def _negative(a: Node) -> Node:
    if isinstance(a, Number):
        return Number(-a.value)
    return a.args[0] if isinstance(a, Call) and a.op == "negative" else Call("negative", (a,))


def _plus(a: Node, b: Node) -> Node:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return Call("-", (a, _negative(b))) if _is_negative(b) else Call("+", (a, b))


def _minus(a: Node, b: Node) -> Node:
    return _plus(a, _negative(b))


def _times(a: Node, b: Node) -> Node:
    """The product over one fraction line, with its sign and its number in front."""
    if _is_negative(a):
        return _negative(_times(_negative(a), b))
    if _is_negative(b):
        return _negative(_times(a, _negative(b)))
    for fraction, other in ((a, b), (b, a)):
        if isinstance(fraction, Call) and fraction.op == "/":
            top, bottom = fraction.args
            return _over(_times(top, other) if fraction is a else _times(other, top), bottom)
    (m, first), (n, second) = _coefficient(a), _coefficient(b)
    factors = [factor for factor in (first, second) if factor is not None]
    return _scaled(m * n, reduce(lambda x, y: Call("*", (x, y)), factors) if factors else None)


def _over(a: Node, b: Node) -> Node:
    """The quotient; 2 r / 2 is r."""
    if _is_negative(a) or _is_negative(b):
        size = _over(*(_negative(x) if _is_negative(x) else x for x in (a, b)))
        return size if _is_negative(a) and _is_negative(b) else _negative(size)
    (m, top), (n, bottom) = _coefficient(a), _coefficient(b)
    if n and (m / n).is_integer():
        m, n = m / n, 1.0
    elif m and (n / m).is_integer():
        m, n = 1.0, n / m
    above, below = _scaled(m, top), _scaled(n, bottom)
    return above if _is(below, 1) else Call("/", (above, below))


def _coefficient(a: Node) -> tuple[float, Node | None]:
    """A product as its leading number and the rest."""
    if isinstance(a, Number):
        return a.value, None
    if isinstance(a, Call) and a.op == "*" and isinstance(a.args[0], Number):
        return a.args[0].value, a.args[1]
    return 1.0, a


def _scaled(number: float, rest: Node | None) -> Node:
    if rest is None or number == 0:
        return Number(number)
    return rest if number == 1 else Call("*", (Number(number), rest))


_TIDY: dict[str, Callable[..., Node]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
    "negative": _negative,
}
