"""The reader of formulas: typed text to a tree, by a list of what is allowed.

The text is cut into tokens first, so that Python's parser only ever sees numbers, ASCII names,
operators and parentheses: no quotes, brackets, dots between names, colons or equal signs.  Its
syntax tree is then copied piece by piece into ours.  Nothing typed is ever executed.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from difflib import get_close_matches
from typing import NamedTuple, NoReturn

import numpy as np

from lossviz.formula.tree import (
    CONSTANTS,
    FUNCTIONS,
    Call,
    Name,
    Node,
    Number,
    folded,
)

MOST_CHARACTERS = 200
MOST_NESTING = 20
LARGEST_EXPONENT = 1000

GREEK = frozenset(
    ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "mu", "nu"]
    + ["xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"]
)

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<symbol>\*\*|//|<<|>>|<=|>=|==|!=|[-+*/(),<>])",
    re.ASCII,
)
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_HINTS = {
    "^": "write ** for a power, as in r**2",
    "|": "write abs(r) for |r|",
    "=": "= has no place in a formula; type only what stands on its right",
    "==": "compare with <, <=, > or >=",
    "!=": "compare with <, <=, > or >=",
    "//": "write / for a division",
    "[": "use round parentheses ( )",
    "]": "use round parentheses ( )",
    "{": "use round parentheses ( )",
    "}": "use round parentheses ( )",
    ".": "a dot stands only inside a number, as in 0.5",
    "\n": "a formula is one line",
    "\r": "a formula is one line",
    "\t": "use spaces instead of tabs",
    "−": "write - (the plain hyphen) for minus",  # noqa: RUF001
    "–": "write - (the plain hyphen) for minus",  # noqa: RUF001
    "×": "write * for a product",  # noqa: RUF001
    "·": "write * for a product",
    "÷": "write / for a division",
    "²": "write **2 for a square",
    "³": "write **3 for a cube",
    "√": "write sqrt(r) for a root",
    "π": "write pi",
    "≤": "write <= for at most",
    "≥": "write >= for at least",
}
_WORDS = {
    "and": "multiply two comparisons instead, as in (r > 0)*(r < 1)",
    "or": "take maximum(a, b) of two comparisons instead",
    "not": "turn the comparison round instead",
    "if": "write where(condition, a, b) for a choice",
    "else": "write where(condition, a, b) for a choice",
}


class FormulaError(ValueError):
    """A formula that cannot be read, as a sentence.

    ``position`` counts from 0 in ``text``; the sentence counts characters from 1, as people do.
    """

    def __init__(self, problem: str, text: str = "", position: int = 0) -> None:
        self.text, self.position = text, position
        sentence = f"Character {position + 1}: {problem}" if text else problem
        super().__init__(sentence if sentence.endswith("?") else f"{sentence}.")

    @property
    def pointer(self) -> str:
        """Two lines for a fixed-width box: the text, and a caret under the character meant."""
        return "".join(c if c.isprintable() else " " for c in self.text) + (
            f"\n{' ' * self.position}^"
        )


class Token(NamedTuple):
    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """The words of a formula; a FormulaError at the first character that is not one."""
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaError(_unknown(text[position]), text, position)
        token = Token(match.lastgroup or "", match.group(), position)
        _check(token, found[-1] if found else None, text)
        found.append(token)
        position = match.end()
    if found and found[-1].kind == "symbol" and found[-1].text not in "()":
        last = found[-1]
        raise FormulaError(f"something is missing after «{last.text}»", text, last.position)
    return found


def _unknown(character: str) -> str:
    if character in _HINTS:
        return _HINTS[character]
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii() and plain.isprintable():
        return f"«{character}» only looks like «{plain}»; type the plain character"
    shown = f"«{character}»" if character.isprintable() else f"the sign U+{ord(character):04X}"
    return f"{shown} has no place in a formula; use letters, numbers, + - * / ** < > ( ) and commas"


def _check(token: Token, before: Token | None, text: str) -> None:
    """Refuse what a person is likely to type and Python would explain badly."""

    def refuse(problem: str) -> NoReturn:
        raise FormulaError(problem, text, token.position)

    if token.kind == "name" and keyword.iskeyword(token.text):
        hint = _WORDS.get(token.text, "choose another name")
        refuse(f"«{token.text}» is a word of Python, not of formulas; {hint}")
    if token.text in _HINTS:
        refuse(_HINTS[token.text])
    if token.text in ("<<", ">>"):
        refuse("compare with <, <=, > or >=")
    if token.kind == "number" and not np.isfinite(float(token.text)):
        refuse("this number is too large for a computer's arithmetic; stay below 1e308")
    if not _ends_operand(before):
        empty_call = token.text == ")" and before is not None and before.text == "("
        if token.kind == "symbol" and token.text not in "(+-" and not empty_call:
            refuse(f"something is missing before «{token.text}»")
        return
    assert before is not None
    if token.kind != "symbol" or (token.text == "(" and before.kind != "name"):
        first, second = _short(before.text), _short(token.text)
        if before.text in FUNCTIONS:
            refuse(f"{first} is a function; write {first}({second})")
        refuse(f"write the * of a product: {first}*{second} instead of {first}{second}")


def _ends_operand(token: Token | None) -> bool:
    return token is not None and (token.kind != "symbol" or token.text == ")")


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:20] + "…"


def _balance(found: list[Token], text: str) -> None:
    open_ones: list[int] = []
    for token in found:
        if token.text == "(":
            open_ones.append(token.position)
            if len(open_ones) > MOST_NESTING:
                raise FormulaError(_TOO_DEEP, text, token.position)
        elif token.text == ")":
            if not open_ones:
                raise FormulaError("this parenthesis closes nothing", text, token.position)
            open_ones.pop()
    if open_ones:
        raise FormulaError("this parenthesis is never closed", text, open_ones[-1])


_TOO_DEEP = f"the formula is nested too deeply; at most {MOST_NESTING} levels are read"


def read(text: str, variables: tuple[str, ...], letters: str | None = None) -> Node:
    """The tree of a formula over ``variables``.

    With ``letters`` any other single letter, Greek letter name, or letter with a number (a,
    alpha, w1) may stand too; ``letters`` says what such a letter is ("a constant").

    Raises FormulaError, a sentence with a position, for anything that is not such a formula.
    """
    if not isinstance(text, str):
        raise FormulaError(f"A formula is a text; got {type(text).__name__}")
    if len(text) > MOST_CHARACTERS:
        problem = f"a formula has at most {MOST_CHARACTERS} characters; this one has {len(text):,}"
        raise FormulaError(problem, text[: MOST_CHARACTERS + 1], MOST_CHARACTERS)
    found = tokens(text)
    if not found:
        raise FormulaError(f"Type a formula, for example {variables[-1]}**2")
    _balance(found, text)
    start = found[0].position  # Python takes leading spaces for an indented block
    try:
        body = ast.parse(text[start:], mode="eval").body
    except SyntaxError as error:
        at = min(start + max((error.offset or 1) - 1, 0), len(text) - 1)
        raise FormulaError("something is missing or left over here", text, at) from None
    return _Reader(text, start, variables, letters).read(body)


class _Reader:
    """Copies Python's syntax tree into ours, refusing every kind of piece it does not know."""

    def __init__(
        self, text: str, start: int, variables: tuple[str, ...], letters: str | None
    ) -> None:
        self.text, self.start = text, start
        self.variables, self.letters = variables, letters

    def refuse(self, problem: str, piece: ast.expr) -> NoReturn:
        raise FormulaError(problem, self.text, self.start + piece.col_offset)

    def read(self, piece: ast.expr, depth: int = 0) -> Node:
        if depth > MOST_NESTING:
            self.refuse(_TOO_DEEP, piece)
        if isinstance(piece, ast.Constant) and isinstance(piece.value, int | float):
            return Number(float(piece.value))
        if isinstance(piece, ast.Name):
            return self.name(piece)
        if isinstance(piece, ast.UnaryOp):
            inside = self.read(piece.operand, depth + 1)
            return self.call("negative", piece, inside) if type(piece.op) is ast.USub else inside
        if isinstance(piece, ast.BinOp) and type(piece.op) in _OPERATORS:
            return self.binary(piece, _OPERATORS[type(piece.op)], depth)
        if isinstance(piece, ast.Compare):
            return self.comparison(piece, depth)
        if isinstance(piece, ast.Call):
            return self.function(piece, depth)
        if isinstance(piece, ast.Tuple):
            if not piece.elts:
                self.refuse("something is missing between these parentheses", piece)
            self.refuse("a comma stands only between the arguments of a function", piece)
        self.refuse("this has no place in a formula", piece)

    def name(self, piece: ast.Name) -> Node:
        name = piece.id
        if name in FUNCTIONS:
            wanted = ", ".join("abc"[: FUNCTIONS[name].arity])
            self.refuse(f"{name} is a function; write {name}({wanted})", piece)
        if name in self.variables or name in CONSTANTS:
            return Name(name)
        if self.letters is not None and (name in GREEK or re.fullmatch(r"[A-Za-z]\d{0,2}", name)):
            return Name(name)
        known = f"this formula may use {', '.join([*self.variables, *CONSTANTS])}"
        if self.letters is not None:
            known += f", and single letters such as a or b as {self.letters}"
        self.refuse(f"the name «{_short(name)}» is not known; {known}", piece)

    def binary(self, piece: ast.BinOp, op: str, depth: int) -> Node:
        # a long sum is wide, not deep, although Python's tree leans to the left
        chain = isinstance(piece.left, ast.BinOp) and op != "**"
        left = self.read(piece.left, depth if chain else depth + 1)
        right = self.read(piece.right, depth + 1)
        exponent = folded(right)
        if op == "**" and isinstance(exponent, Number) and abs(exponent.value) > LARGEST_EXPONENT:
            self.refuse(f"powers go up to {LARGEST_EXPONENT:,} here", piece.right)
        return self.call(op, piece, left, right)

    def comparison(self, piece: ast.Compare, depth: int) -> Node:
        if len(piece.ops) > 1:
            self.refuse(
                "compare two things at a time; (0 < r)*(r < 1) holds where both hold", piece
            )
        op = _OPERATORS.get(type(piece.ops[0]))
        if op is None:
            self.refuse("compare with <, <=, > or >=", piece)
        left, right = self.read(piece.left, depth + 1), self.read(piece.comparators[0], depth + 1)
        return self.call(op, piece, left, right)

    def function(self, piece: ast.Call, depth: int) -> Node:
        if not isinstance(piece.func, ast.Name):
            self.refuse("only a function can stand before a parenthesis", piece)
        name = piece.func.id
        if name in self.variables or name in CONSTANTS:
            self.refuse(f"write the * of a product: {name}*(…) instead of {name}(…)", piece)
        if name not in FUNCTIONS:
            self.refuse(_unknown_function(name), piece)
        wanted, got = FUNCTIONS[name].arity, len(piece.args) + len(piece.keywords)
        if got != wanted:
            things = "one argument" if wanted == 1 else f"{wanted} arguments"
            self.refuse(f"{name} takes {things}; got {got}", piece)
        for unusual in [*(a for a in piece.args if isinstance(a, ast.Starred)), *piece.keywords]:
            self.refuse(f"{name} takes plain arguments, without a star", unusual)  # type: ignore[arg-type]
        return self.call(name, piece, *(self.read(arg, depth + 1) for arg in piece.args))

    def call(self, op: str, piece: ast.expr, *args: Node) -> Node:
        node = Call(op, args)
        number = folded(node)
        if isinstance(number, Number) and not np.isfinite(number.value):
            self.refuse("this part is not a finite number, whatever the variables are", piece)
        return node


_MEANT = {  # what other languages call it
    "ln": "log", "lg": "log(u)/log(10)", "log10": "log(u)/log(10)", "log2": "log(u)/log(2)",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctg": "atan", "tg": "tan",
    "sh": "sinh", "ch": "cosh", "th": "tanh", "cot": "1/tan(u)", "sec": "1/cos(u)",
    "csc": "1/sin(u)", "pow": "u**v", "sqr": "u**2", "square": "u**2", "cbrt": "u**(1/3)",
    "fabs": "abs", "sgn": "sign", "max": "maximum", "min": "minimum", "ifelse": "where",
    "sigmoid": "1/(1 + exp(-u))", "logistic": "1/(1 + exp(-u))", "expit": "1/(1 + exp(-u))",
    "relu": "maximum(0, u)", "softplus": "maximum(0, u) + log1p(exp(-abs(u)))",
    "heaviside": "where(u > 0, 1, 0)",
}  # fmt: skip
_STEPS = {"floor", "ceil", "round", "rint", "trunc", "int"}


def _unknown_function(name: str) -> str:
    if name.lower() in _STEPS:
        return (
            f"there is no function «{_short(name)}»: it jumps and is flat between its "
            "jumps; for one step write where(u > 0, 1, 0)"
        )
    meant = _MEANT.get(name.lower())
    if meant in FUNCTIONS:
        return f"there is no function «{_short(name)}»; did you mean {meant}?"
    if meant:
        return f"there is no function «{_short(name)}»; write {meant}"
    near = get_close_matches(name, FUNCTIONS, n=1, cutoff=0.6)
    if near:
        return f"there is no function «{_short(name)}»; did you mean {near[0]}?"
    return f"there is no function «{_short(name)}»; there are {', '.join(FUNCTIONS)}"
