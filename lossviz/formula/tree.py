"""The tree of a formula: numbers, names, and a closed list of operations.

A tree holds no code.  It is evaluated by looking operations up in ``OPERATIONS``, and nothing
outside that table can happen, whatever the reader typed.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

Array = NDArray[np.floating]

CONSTANTS = {"pi": math.pi, "e": math.e}


# Compared by identity: a derivative shares most of its branches, and comparing or hashing
# them by content would walk every one of them again.
@dataclass(frozen=True, eq=False)
class Node:
    """A piece of a formula: a Number, a Name or a Call."""


@dataclass(frozen=True, eq=False)
class Number(Node):
    """A number as typed."""

    value: float


@dataclass(frozen=True, eq=False)
class Name(Node):
    """A variable, a parameter, or one of pi and e."""

    name: str


@dataclass(frozen=True, eq=False)
class Call(Node):
    """An operation of the table on other pieces; "a + b" is the operation "+" on a and b."""

    op: str
    args: tuple[Node, ...]


class Operation(NamedTuple):
    """How many arguments it takes, and what it does to arrays."""

    arity: int
    numpy: Callable[..., Any]


def _power(base: Any, exponent: Any) -> Any:
    # numpy's own power takes tens of nanoseconds per number; squares are quick already
    if isinstance(exponent, float) and exponent == 3:
        return base * base * base
    return operator.pow(base, exponent)


COMPARISONS = ("<", "<=", ">", ">=")


def _comparison(ufunc: np.ufunc) -> Operation:
    return Operation(2, lambda a, b: ufunc(a, b) * 1.0)


OPERATORS: dict[str, Operation] = {
    "+": Operation(2, operator.add),
    "-": Operation(2, operator.sub),
    "*": Operation(2, operator.mul),
    "/": Operation(2, np.divide),
    "**": Operation(2, _power),
    "negative": Operation(1, operator.neg),
    "<": _comparison(np.less),
    "<=": _comparison(np.less_equal),
    ">": _comparison(np.greater),
    ">=": _comparison(np.greater_equal),
}

FUNCTIONS: dict[str, Operation] = {
    "abs": Operation(1, np.abs),
    "sqrt": Operation(1, np.sqrt),
    "exp": Operation(1, np.exp),
    "log": Operation(1, np.log),
    "log1p": Operation(1, np.log1p),
    "expm1": Operation(1, np.expm1),
    "sin": Operation(1, np.sin),
    "cos": Operation(1, np.cos),
    "tan": Operation(1, np.tan),
    "tanh": Operation(1, np.tanh),
    "sinh": Operation(1, np.sinh),
    "cosh": Operation(1, np.cosh),
    "asin": Operation(1, np.arcsin),
    "acos": Operation(1, np.arccos),
    "atan": Operation(1, np.arctan),
    "erf": Operation(1, erf),
    "sign": Operation(1, np.sign),
    "minimum": Operation(2, np.minimum),
    "maximum": Operation(2, np.maximum),
    "where": Operation(3, np.where),
}


def _kinked(condition: Any, left: Any, right: Any, first: Any, second: Any) -> Any:
    return np.where(left == right, (first + second) / 2, np.where(condition, first, second))


# nobody can type "kinked": it is the slope of a choice, which on the border is the mean of both
OPERATIONS = OPERATORS | FUNCTIONS | {"kinked": Operation(5, _kinked)}


def ordered(trees: Iterable[Node]) -> list[Node]:
    """Every piece of the trees once, arguments before the operations that use them.

    Without recursion: the derivative of a long product is deeper than Python's stack.
    """
    done: dict[Node, None] = {}
    waiting = list(trees)[::-1]
    while waiting:
        node = waiting[-1]
        missing = [arg for arg in _args(node) if arg not in done]
        if missing and node not in done:
            waiting += reversed(missing)
        else:
            done.setdefault(waiting.pop())
    return list(done)


def _args(node: Node) -> tuple[Node, ...]:
    return node.args if isinstance(node, Call) else ()


def names_in(tree: Node) -> tuple[str, ...]:
    """The names a tree reads, in order of first appearance; pi and e are not among them."""
    names = (node.name for node in ordered([tree]) if isinstance(node, Name))
    return tuple(dict.fromkeys(name for name in names if name not in CONSTANTS))


def size(tree: Node) -> int:
    """How many pieces a tree prints as, shared branches counted each time."""
    sizes: dict[Node, int] = {}
    for node in ordered([tree]):
        sizes[node] = 1 + sum(sizes[arg] for arg in _args(node))
    return sizes[tree]


def folded(tree: Node, known: Mapping[str, float] | None = None) -> Node:
    """The same tree with every part that is already a number worked out, in float64.

    ``known`` gives values to names.  Floats overflow to infinity where whole numbers would
    fill the memory, so 9**9**9 costs nothing here.
    """
    values = CONSTANTS | dict(known or {})
    after: dict[Node, Node] = {}
    with np.errstate(all="ignore"):
        for node in ordered([tree]):
            after[node] = node
            if isinstance(node, Name) and node.name in values:
                after[node] = Number(float(values[node.name]))
            elif isinstance(node, Call):
                args = tuple(after[arg] for arg in node.args)
                numbers = [np.float64(arg.value) for arg in args if isinstance(arg, Number)]
                if len(numbers) == len(args):
                    after[node] = Number(float(OPERATIONS[node.op].numpy(*numbers)))
                elif args != node.args:
                    after[node] = Call(node.op, args)
    return after[tree]


class Program:
    """Trees turned into one list of NumPy calls, in which shared branches are computed once.

    ``Program(trees)(r=...)`` gives one array per tree, each of the shape all inputs broadcast
    to.  Nothing warns: a value that is not finite stays in the array as inf or nan, and the
    caller draws a gap.
    """

    def __init__(self, trees: Iterable[Node]) -> None:
        trees = [folded(tree) for tree in trees]
        pieces = ordered(trees)
        leaves = [node for node in pieces if isinstance(node, Number | Name)]
        self.leaves = list({_key(leaf): leaf for leaf in leaves}.values())
        calls = [node for node in pieces if isinstance(node, Call)]
        slot_of = {_key(leaf): i for i, leaf in enumerate(self.leaves)}
        place: dict[Node, int] = {leaf: slot_of[_key(leaf)] for leaf in leaves}
        place |= {call: len(self.leaves) + i for i, call in enumerate(calls)}
        self.steps: list[tuple[Callable[..., Any], tuple[int, ...]]] = [
            (OPERATIONS[call.op].numpy, tuple(place[arg] for arg in call.args)) for call in calls
        ]
        self.outputs = [place[tree] for tree in trees]

    def __call__(self, **inputs: ArrayLike) -> list[Array]:
        arrays = {name: _floating(value) for name, value in inputs.items()}
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        slots: list[Any] = [
            leaf.value if isinstance(leaf, Number) else arrays[leaf.name] for leaf in self.leaves
        ]
        with np.errstate(all="ignore"):
            for function, places in self.steps:
                slots.append(function(*(slots[place] for place in places)))
        # an input is never handed back itself: the caller may write into what it gets
        return [
            _filled(slots[place], shape, copy=place < len(self.leaves)) for place in self.outputs
        ]


def _key(leaf: Number | Name) -> float | str:
    return leaf.name if isinstance(leaf, Name) else leaf.value


def _filled(result: Any, shape: tuple[int, ...], copy: bool) -> Array:
    array = np.asarray(result) if isinstance(result, np.ndarray) else np.asarray(result, float)
    return np.array(np.broadcast_to(array, shape)) if copy or array.shape != shape else array


def _floating(value: ArrayLike) -> Array:
    array = np.asarray(value)
    return array if array.dtype.kind == "f" else array.astype(float)


def finite_share(values: ArrayLike) -> float:
    """The share of values that are finite numbers, from 0 to 1 (1 for no values at all)."""
    array = np.asarray(values)
    return float(np.isfinite(array).mean()) if array.size else 1.0
