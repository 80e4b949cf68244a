"""A lesson: scenes with a link, a paragraph and at most one question; and what answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from lossviz.lessons.expression import evaluate
from lossviz.lessons.scope import Scope
from lossviz.problem.link import Link, read_link
from lossviz.text import number

LARGEST = 100_000  # letters of a lesson file, or of a state that is dragged to


class Line(NamedTuple):
    """A line of a file: its number, from 1, and what it says."""

    number: int
    text: str


class Option(NamedTuple):
    """One answer: its label, the expression that judges or places it, and what it means."""

    label: str
    expression: str
    reply: str = ""
    line: int = 0


@dataclass(frozen=True)
class Question:
    """``kind`` is a value of ``KINDS``; ``reply`` is told after any answer.

    ``options`` are the answers of a choice or the things to put in order.  ``right`` are the
    expressions of a number (1), a point (2) or a drag (1), and ``within`` how far each of them may
    be off.  The answer of a drag is what ``measure`` is in the state that was dragged to.
    ``line`` is that of "?" where there are options, else that of the answer.
    """

    kind: str
    prompt: str
    options: tuple[Option, ...] = ()
    right: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    reply: str = ""
    measure: str = ""
    line: int = 0

    @property
    def of_minimum(self) -> bool:
        """Whether the answer depends on the minimum, which pictures would show."""
        asked = (*(each.expression for each in self.options), *self.right, self.measure)
        return any("minimum" in each for each in asked)


@dataclass(frozen=True)
class Scene:
    """A state of the app, a paragraph about it, and perhaps a question.

    ``breaks`` says what to try on the lens itself.  ``place`` is the line of the link, ``told``
    are the lines of the file whose numbers are filled in, ``hides`` the keys of the pictures that
    are not shown before the answer.
    """

    title: str
    link: str
    text: str
    question: Question | None = None
    breaks: str = ""
    place: int = 0
    lines: tuple[Line, ...] = ()
    hides: tuple[str, ...] = ()

    def scope(self) -> Scope:
        """What its expressions can ask."""
        return _scope(self.link)

    def dragged(self, search: str) -> Scope:
        """The same in the state that a hand made of it: ``search`` is the link's part after "?".

        Raises ValueError where the browser tells no state.
        """
        if len(search) > LARGEST:
            raise ValueError("This state is too long for a lesson.")
        page, words = read_link(self.link)
        still = {key: value for key, value in words.items() if not key.endswith("points")}
        return Scope(Link(page, {**still, **read_link(f"{page}?{search}").words}))


@lru_cache(maxsize=128)
def _scope(link: str) -> Scope:
    """One for all who look at this state: what was computed once is known."""
    return Scope(read_link(link))


@dataclass(frozen=True)
class Lesson:
    """``complaints`` are sentences about scenes that were refused; the others still play."""

    title: str
    minutes: int
    aims: str
    scenes: tuple[Scene, ...]
    complaints: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """Whether an answer is right, and what it means, with the numbers filled in."""

    right: bool
    reply: str


def judge(question: Question, scope: Mapping[str, Any], answer: Any) -> Verdict:
    """Whether an answer is right: a label, a number (also of a drag), two, or labels in order.

    The reply to a wrong choice says what it would have meant, which one is right, and why.
    """
    reply = question.reply
    if question.kind == "choice":
        chosen = next(option for option in question.options if option.label == answer)
        right = bool(evaluate(chosen.expression, scope))
        best = next(option for option in question.options if evaluate(option.expression, scope))
        answer = "" if right else f"The answer is: {best.label}. {best.reply}"
        reply = " ".join(filter(None, (chosen.reply, answer, reply)))
    elif question.kind == "order":
        right = list(answer) == ordered(question, scope)
    else:
        given = list(answer) if question.kind == "point" else [answer]
        within = [float(evaluate(each, scope)) for each in question.within]
        wanted = [float(evaluate(each, scope)) for each in question.right]
        off = [abs(a - b) for a, b in zip(given, wanted, strict=True)]
        right = all(a <= b * (1 + 1e-9) for a, b in zip(off, within, strict=True))
        if question.kind == "drag":
            reply = (
                f"You brought it to {number(answer)}; {number(wanted[0])} was asked for. {reply}"
            )
    return Verdict(right, filled(reply, scope))


def right_answer(question: Question, scope: Mapping[str, Any]) -> Any:
    """The answer that ``judge`` accepts: a label, a number, two numbers, or labels in order."""
    if question.kind == "choice":
        return next(o.label for o in question.options if evaluate(o.expression, scope))
    if question.kind == "order":
        return ordered(question, scope)
    found = tuple(float(evaluate(each, scope)) for each in question.right)
    return found if question.kind == "point" else found[0]


def ordered(question: Question, scope: Mapping[str, Any]) -> list[str]:
    """The labels of an order, smallest first."""
    placed = sorted(question.options, key=lambda option: evaluate(option.expression, scope))
    return [option.label for option in placed]


def filled(text: str, scope: Mapping[str, Any]) -> str:
    """The text with every {expression} or {expression : digits} as a number in words."""

    def value(found: re.Match[str]) -> str:
        expression, _, digits = found[1].rpartition(" : ")
        result = evaluate(expression or found[1], scope)
        if isinstance(result, str | bool):
            return str(result)
        return number(result, int(digits) if expression else 4)

    return re.sub(r"\{([^{}]+)\}", value, text)
