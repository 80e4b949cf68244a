"""Expressions in lessons: arithmetic over named facts of a state, by a whitelist.

Python's own syntax is read into a tree of which only numbers, texts, arithmetic, comparisons,
and/or/not, named facts, their named parts and calls of named functions are walked; nothing is
executed.
"""

from __future__ import annotations

import ast
import math
import operator
from collections import ChainMap
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import numpy as np

LONGEST = 300
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    "sqrt": math.sqrt,
    "log": math.log,
    "log10": math.log10,
    "exp": math.exp,
}


class Facts:
    """Named facts with parts: ``Facts(slope=0.5)`` is read as ``minimum.slope`` in a lesson.

    A part that is a function of no argument is computed when it is first asked for.
    """

    def __init__(self, **parts: Any) -> None:
        self._parts = parts

    def names(self) -> list[str]:
        """What can be asked for."""
        return list(self._parts)

    def part(self, name: str) -> Any:
        """The part called ``name``; ValueError, with those there are, for another."""
        if name not in self._parts:
            raise ValueError(f"There is no {name!r} here; there are {', '.join(self._parts)}.")
        return self._parts[name]


def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
    """The value of an expression: a number, a truth, or a text.

    Raises ValueError, as a sentence, for anything that is not on the whitelist, for a name that is
    not in ``scope``, and where the result is no finite number.
    """
    try:
        value = _walk(_tree(text), ChainMap(cast(dict[str, Any], scope), FUNCTIONS))
    except (ArithmeticError, TypeError) as error:
        raise ValueError(f"The expression {text!r} has no value: {error}.") from error
    if isinstance(value, bool | np.bool_ | str):
        return value if isinstance(value, str) else bool(value)
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The expression {text!r} is no number.") from error
    if not math.isfinite(number):
        raise ValueError(f"The expression {text!r} has no finite value here.")
    return number


@lru_cache(maxsize=1024)
def _tree(text: str) -> ast.expr:
    """What an expression says, read once: a class that answers one question asks it again."""
    if len(text) > LONGEST:
        raise ValueError(f"An expression has at most {LONGEST} letters; this one has {len(text)}.")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"The expression {text!r} cannot be read.") from error


def _walk(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.Name(id=name):
            if name not in scope:
                raise ValueError(f"{name!r} is not known here; known are {', '.join(scope)}.")
            return scope[name]
        case ast.Attribute(value=inner, attr=name):
            owner = _walk(inner, scope)
            if not isinstance(owner, Facts):
                raise ValueError(f"{ast.unparse(inner)!r} has no parts.")
            return owner.part(name)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_walk(inner, scope)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _walk(inner, scope)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_number(left, scope), _number(right, scope))
        case ast.BoolOp(op=op, values=values):
            found = [bool(_walk(each, scope)) for each in values]
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(op) in _COMPARE for op in ops
        ):
            sides = [_walk(each, scope) for each in (left, *others)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return all(_COMPARE[type(op)](a, b) for op, a, b in pairs)
        case ast.Call(func=ast.Name() | ast.Attribute() as func, args=args, keywords=words):
            function = _walk(func, scope)
            if isinstance(function, Facts) or not callable(function):
                raise ValueError(f"{ast.unparse(func)!r} is no function.")
            named = {each.arg: _walk(each.value, scope) for each in words if each.arg}
            if len(named) < len(words) or any(isinstance(each, ast.Starred) for each in args):
                raise ValueError("Arguments are given one by one.")
            given = [_walk(each, scope) for each in args]
            try:
                return function(*given, **named)
            except ValueError as error:
                if function not in FUNCTIONS.values():
                    raise
                raise ValueError(f"{ast.unparse(node)!r} has no value here: {error}.") from error
    raise ValueError(f"{ast.unparse(node)!r} is not part of a lesson's language.")


def _number(node: ast.expr, scope: Mapping[str, Any]) -> float:
    value = _walk(node, scope)
    if isinstance(value, str | Facts) or callable(value):
        raise ValueError(f"{ast.unparse(node)!r} is no number.")
    return float(value)
