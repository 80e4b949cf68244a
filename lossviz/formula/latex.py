"""A formula as LaTeX, in the order in which it was typed."""

from __future__ import annotations

from lossviz.formula.reader import GREEK
from lossviz.formula.tree import Call, Name, Node, Number

_NAMED = {"log": r"\log", "sign": r"\operatorname{sign}", "minimum": r"\min", "maximum": r"\max"}
_COMPARISONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
# how tightly a piece holds together: what is looser than its place needs parentheses
_LOOSE, _SUM, _PRODUCT, _TIGHT = range(4)


def latex(node: Node) -> str:
    """The formula in LaTeX: 0.5*r**2 becomes 0.5\\,r^{2}."""
    return _print(node)[0]


def _print(node: Node) -> tuple[str, int]:
    """The LaTeX of a piece and how tightly it holds together."""
    if isinstance(node, Number):
        return _number(node.value)
    if isinstance(node, Name):
        return _name(node.name), _TIGHT
    assert isinstance(node, Call)
    if node.op in _COMPARISONS:
        left, right = (_inside(arg, _SUM) for arg in node.args)
        return f"{left} {_COMPARISONS[node.op]} {right}", _LOOSE
    if node.op == "+":
        return f"{_inside(node.args[0], _SUM)} + {_inside(node.args[1], _SUM, last=True)}", _SUM
    if node.op == "-":
        return f"{_inside(node.args[0], _SUM)} - {_inside(node.args[1], _PRODUCT)}", _SUM
    if node.op == "negative":
        return f"-{_inside(node.args[0], _PRODUCT)}", _SUM
    if node.op == "*":
        left, right = (_inside(arg, _PRODUCT) for arg in node.args)
        times = r" \cdot " if right[0].isdigit() else r"\,"
        return left + times + right, _PRODUCT
    if node.op == "/":
        return rf"\frac{{{latex(node.args[0])}}}{{{latex(node.args[1])}}}", _PRODUCT
    if node.op == "**":
        base = node.args[0]
        raised = isinstance(base, Call) and base.op in ("**", "exp")  # x^{a}^{b} is no LaTeX
        below = _parenthesised(latex(base)) if raised else _inside(base, _TIGHT)
        return f"{below}^{{{latex(node.args[1])}}}", _TIGHT
    return _function(node)


def _function(node: Call) -> tuple[str, int]:
    inside = [latex(arg) for arg in node.args]
    if node.op == "abs":
        return rf"\left|{inside[0]}\right|", _TIGHT
    if node.op == "sqrt":
        return rf"\sqrt{{{inside[0]}}}", _TIGHT
    if node.op == "exp":
        return f"e^{{{inside[0]}}}", _TIGHT
    if node.op == "expm1":
        return f"e^{{{inside[0]}}} - 1", _SUM
    if node.op == "log1p":
        return r"\log" + _parenthesised(f"1 + {_inside(node.args[0], _SUM, last=True)}"), _TIGHT
    if node.op in ("where", "kinked"):
        condition, then, otherwise = inside[0], *inside[-2:]
        return (
            rf"\begin{{cases}} {then} & \text{{if }} {condition} \\ "
            rf"{otherwise} & \text{{otherwise}} \end{{cases}}",
            _LOOSE,
        )
    return _NAMED.get(node.op, f"\\{node.op}") + _parenthesised(", ".join(inside)), _TIGHT


def _inside(node: Node, needed: int, last: bool = False) -> str:
    """A piece where only something at least that tight may stand bare."""
    text, tightness = _print(node)
    bare = tightness >= needed and not (last and text.startswith("-"))
    return text if bare else _parenthesised(text)


def _parenthesised(text: str) -> str:
    return rf"\left({text}\right)"


def _number(value: float) -> tuple[str, int]:
    text = f"{value:.6g}"
    if "e" in text:
        digits, power = text.split("e")
        times = "" if digits == "1" else rf"{digits} \cdot "
        return f"{times}10^{{{int(power)}}}", _PRODUCT
    return text, _SUM if value < 0 else _TIGHT


def _name(name: str) -> str:
    if name == "pi" or name in GREEK:
        return f"\\{name}"
    return f"{name[0]}_{{{name[1:]}}}" if len(name) > 1 else name
