"""A lesson: scenes with a link, a paragraph and at most one question, read from Markdown.

    ---
    title: A point is a model
    minutes: 5
    aims: Say what the axes of a loss surface are.
    ---
    ## A scene's heading
    link: surface?data=anscombe&model=line&loss=squared
    A paragraph. Numbers are computed: the slope is {minimum.slope}.

    ? What does squared error say of predicting 1 where 4 is observed?
    - 3 :: loss("squared", 4, 1) == 3 :: That is the absolute error.
    - 9 :: loss("squared", 4, 1) == 9 :: The square of 3.
    reply: Squared error is {loss("squared", 4, 1)}.

A question is a choice (lines "- label :: condition :: reply"; exactly one condition is true), a
number ("= expression within expression"), a point of the plane ("@ expression ; expression within
expression"), something dragged ("~ expression = expression within expression": what the left one
is after the drag, and shall be), or an order ("> label :: expression", sorted from the smallest).
Expressions are those of ``lossviz.lessons.expression`` over ``lossviz.lessons.scope``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from lossviz.lessons.expression import evaluate
from lossviz.lessons.scope import Scope
from lossviz.problem.link import Link, read_link
from lossviz.text import number

WORDS = 60  # in a scene's paragraph
LARGEST = 100_000  # letters of a lesson file
KINDS = {"-": "choice", "=": "number", "@": "point", "~": "drag", ">": "order"}
FORMS = {
    "number": "= expression within expression",
    "point": "@ expression ; expression within expression",
    "drag": "~ expression = expression within expression",
}


class Option(NamedTuple):
    """One answer: its label, the expression that judges or places it, and what it means."""

    label: str
    expression: str
    reply: str = ""


@dataclass(frozen=True)
class Question:
    """``kind`` is a value of ``KINDS``; ``reply`` is told after any answer.

    ``options`` are the answers of a choice or the things to put in order.  ``right`` are the
    expressions of a number (1), a point (2) or a drag (1), and ``within`` how far an answer may be
    off.  The answer of a drag is what ``measure`` is in the state that was dragged to.
    """

    kind: str
    prompt: str
    options: tuple[Option, ...] = ()
    right: tuple[str, ...] = ()
    within: str = "0"
    reply: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Scene:
    """A state of the app, a paragraph about it, and perhaps a question.

    ``breaks`` says what to try on the lens itself; ``line`` is the scene's place in its file.
    """

    title: str
    link: str
    text: str
    question: Question | None = None
    breaks: str = ""
    line: int = 0

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


def read_lesson(text: str, trusted: bool = False) -> Lesson:
    """The lesson in a file's text.

    Raises ValueError where the head is missing or no scene can be played; a scene that cannot be
    played is left out and told in ``complaints`` with its line.  Of a ``trusted`` text no
    expression is tried, which for many scenes takes seconds.
    """
    if len(text) > LARGEST:
        raise ValueError(f"A lesson has at most {LARGEST:,} letters; this one has {len(text):,}.")
    lines = text.replace("\r\n", "\n").split("\n")
    head, first = _head(lines)
    scenes, complaints = [], []
    for start, block in _blocks(lines, first):
        try:
            scene = _scene(start, block)
            if not trusted:
                check(scene)
            scenes.append(scene)
        except ValueError as error:
            complaints.append(f"Line {start + 1}: {error}")
    if not scenes:
        raise ValueError(
            "This lesson has no scene that can be played. "
            + (complaints[0] if complaints else 'A scene begins with "## " and its heading.')
        )
    return Lesson(
        head["title"], int(head["minutes"]), head.get("aims", ""), tuple(scenes), tuple(complaints)
    )


def check(scene: Scene) -> None:
    """ValueError where a scene cannot be played: link, expression, or more or no right answer."""
    scope = scene.scope()
    filled(scene.text, scope)
    filled(scene.breaks, scope)
    question = scene.question
    if question is None:
        return
    filled(question.prompt, scope)
    filled(question.reply, scope)
    if question.kind == "choice":
        right = [option for option in question.options if evaluate(option.expression, scope)]
        if len(right) != 1:
            raise ValueError(
                f"A choice needs exactly one right answer; {len(right)} of "
                f"{len(question.options)} are right: {', '.join(o.label for o in right) or 'none'}."
            )
    elif question.kind == "order":
        values = [evaluate(option.expression, scope) for option in question.options]
        if len(set(values)) < len(values):
            raise ValueError("An order needs different numbers; two of these are equal.")
    else:
        for expression in (*question.right, question.within):
            evaluate(expression, scope)
    if question.kind == "drag":
        start = evaluate(question.measure, scope)
        if judge(question, scope, start).right:
            raise ValueError(
                f"{question.measure!r} is {number(start)} before anything is dragged, which "
                "would be right already."
            )
    for option in question.options:
        filled(option.reply, scope)


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
        within = float(evaluate(question.within, scope))
        wanted = [float(evaluate(each, scope)) for each in question.right]
        off = sum((a - b) ** 2 for a, b in zip(given, wanted, strict=True)) ** 0.5
        right = off <= within * (1 + 1e-9)
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


def _head(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    if not lines or lines[0].strip() != "---" or "---" not in [x.strip() for x in lines[1:]]:
        raise ValueError('A lesson begins with "---", its title and minutes, and "---" again.')
    end = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    found = {}
    for line in lines[1:end]:
        key, colon, value = line.partition(":")
        if colon:
            found[key.strip()] = value.strip()
    if not found.get("title") or not found.get("minutes", "").isdigit():
        raise ValueError("A lesson's head needs title: and minutes: (a whole number).")
    return found, end + 1


def _blocks(lines: Sequence[str], first: int) -> Iterable[tuple[int, list[str]]]:
    starts = [i for i in range(first, len(lines)) if lines[i].startswith("## ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        yield start, list(lines[start:end])


def _scene(start: int, block: Sequence[str]) -> Scene:
    link, text, asked, replies, breaks = "", [], "", [], ""
    answers: list[tuple[str, str]] = []
    for line in (each.strip() for each in block[1:]):
        sign, rest = line[:1], line[1:].strip()
        if line.startswith("link:"):
            link = line.removeprefix("link:").strip()
        elif line.startswith("break:"):
            breaks = line.removeprefix("break:").strip()
        elif line.startswith("reply:"):
            replies.append(line.removeprefix("reply:").strip())
        elif sign == "?" and not asked:
            asked = rest
        elif asked and sign in KINDS and line:
            answers.append((sign, rest))
        elif not asked:
            text.append(line)
        elif line:
            raise ValueError(f"after a question, {line[:50]!r} is no answer and no reply.")
    if not link:
        raise ValueError("a scene needs a line such as link: surface?loss=absolute.")
    read_link(link)
    paragraph = "\n".join(text).strip()
    if len(paragraph.split()) > WORDS:
        raise ValueError(f"a scene has at most {WORDS} words; this one {len(paragraph.split())}.")
    question = _question(asked, answers, " ".join(replies)) if asked else None
    return Scene(block[0][3:].strip(), link, paragraph, question, breaks, start + 1)


def _question(prompt: str, answers: Sequence[tuple[str, str]], reply: str) -> Question:
    kinds = {KINDS[sign] for sign, _ in answers}
    if len(kinds) != 1:
        raise ValueError(
            "a question needs answers of one kind: - choice, = number, @ point, ~ drag, > order."
        )
    kind = kinds.pop()
    if kind in FORMS:
        return _measured(kind, prompt, answers, reply)
    return Question(kind, prompt, _options(answers), reply=reply)


def _options(answers: Sequence[tuple[str, str]]) -> tuple[Option, ...]:
    if len(answers) < 2:
        raise ValueError("a choice or an order needs two answers or more.")
    parts = [[part.strip() for part in text.split("::")] for _, text in answers]
    for each in parts:
        if len(each) < 2 or not all(each[:2]):
            raise ValueError(f"an answer is label :: expression; got {' '.join(each)[:50]!r}.")
    return tuple(Option(each[0], each[1], each[2] if len(each) > 2 else "") for each in parts)


def _measured(kind: str, prompt: str, answers: Sequence[tuple[str, str]], reply: str) -> Question:
    body, _, within = answers[0][1].rpartition(" within ")
    measure, equals, wanted = body.partition(" = ") if kind == "drag" else ("", "=", body)
    right = tuple(part.strip() for part in (wanted.split(";") if kind == "point" else [wanted]))
    fits = equals and all(right) and len(right) == (2 if kind == "point" else 1)
    if len(answers) != 1 or not fits:
        raise ValueError(f"this question needs one line {FORMS[kind]}.")
    return Question(kind, prompt, (), right, within.strip(), reply, measure.strip())
