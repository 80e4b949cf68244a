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
expression"), or an order ("> label :: expression", sorted from the smallest).  Expressions are
those of ``lossviz.lessons.expression`` over ``lossviz.lessons.scope``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lossviz.lessons.expression import evaluate
from lossviz.lessons.scope import Scope
from lossviz.problem.link import read_link
from lossviz.text import number

WORDS = 60  # in a scene's paragraph
LARGEST = 100_000  # letters of a lesson file
KINDS = {"-": "choice", "=": "number", "@": "point", ">": "order"}


class Option(NamedTuple):
    """One answer: its label, the expression that judges or places it, and what it means."""

    label: str
    expression: str
    reply: str = ""


@dataclass(frozen=True)
class Question:
    """``kind`` is "choice", "number", "point" or "order"; ``reply`` is told after any answer.

    ``options`` are the answers of a choice or the things to put in order.  ``right`` are the
    expressions of a number (1) or point (2), and ``within`` how far an answer may be off.
    """

    kind: str
    prompt: str
    options: tuple[Option, ...] = ()
    right: tuple[str, ...] = ()
    within: str = "0"
    reply: str = ""


@dataclass(frozen=True)
class Scene:
    """A state of the app, a paragraph about it, and perhaps a question.  ``line`` is its place."""

    title: str
    link: str
    text: str
    question: Question | None = None
    line: int = 0

    def scope(self) -> Scope:
        """What its expressions can ask."""
        return Scope(read_link(self.link))


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


def read_lesson(text: str) -> Lesson:
    """The lesson in a file's text.

    Raises ValueError where the head is missing or no scene can be played; a scene that cannot be
    played is left out and told in ``complaints`` with its line.
    """
    if len(text) > LARGEST:
        raise ValueError(f"A lesson has at most {LARGEST:,} letters; this one has {len(text):,}.")
    lines = text.replace("\r\n", "\n").split("\n")
    head, first = _head(lines)
    scenes, complaints = [], []
    for start, block in _blocks(lines, first):
        try:
            scene = _scene(start, block)
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
    question = scene.question
    if question is None:
        return
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
    for option in question.options:
        filled(option.reply, scope)


def judge(question: Question, scope: Mapping[str, Any], answer: Any) -> Verdict:
    """Whether an answer is right: a label, a number, two numbers, or labels in order.

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
        given = [answer] if question.kind == "number" else list(answer)
        within = float(evaluate(question.within, scope))
        wanted = [float(evaluate(each, scope)) for each in question.right]
        off = sum((a - b) ** 2 for a, b in zip(given, wanted, strict=True)) ** 0.5
        right = off <= within * (1 + 1e-9)
    return Verdict(right, filled(reply, scope))


def right_answer(question: Question, scope: Mapping[str, Any]) -> Any:
    """The answer that ``judge`` accepts: a label, a number, two numbers, or labels in order."""
    if question.kind == "choice":
        return next(o.label for o in question.options if evaluate(o.expression, scope))
    if question.kind == "order":
        return ordered(question, scope)
    found = tuple(float(evaluate(each, scope)) for each in question.right)
    return found[0] if question.kind == "number" else found


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
    link, text, asked, replies = "", [], "", []
    answers: list[tuple[str, str]] = []
    for line in (each.strip() for each in block[1:]):
        sign, rest = line[:1], line[1:].strip()
        if line.startswith("link:"):
            link = line.removeprefix("link:").strip()
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
    return Scene(block[0][3:].strip(), link, paragraph, question, start + 1)


def _question(prompt: str, answers: Sequence[tuple[str, str]], reply: str) -> Question:
    kinds = {KINDS[sign] for sign, _ in answers}
    if len(kinds) != 1:
        raise ValueError(
            "a question needs answers of one kind: - choice, = number, @ point, > order."
        )
    kind = kinds.pop()
    make: dict[str, Callable[[], Question]] = {
        "choice": lambda: Question(kind, prompt, _options(answers), reply=reply),
        "order": lambda: Question(kind, prompt, _options(answers), reply=reply),
        "number": lambda: _measured(kind, prompt, answers, reply, 1),
        "point": lambda: _measured(kind, prompt, answers, reply, 2),
    }
    return make[kind]()


def _options(answers: Sequence[tuple[str, str]]) -> tuple[Option, ...]:
    if len(answers) < 2:
        raise ValueError("a choice or an order needs two answers or more.")
    parts = [[part.strip() for part in text.split("::")] for _, text in answers]
    for each in parts:
        if len(each) < 2 or not all(each[:2]):
            raise ValueError(f"an answer is label :: expression; got {' '.join(each)[:50]!r}.")
    return tuple(Option(each[0], each[1], each[2] if len(each) > 2 else "") for each in parts)


def _measured(
    kind: str, prompt: str, answers: Sequence[tuple[str, str]], reply: str, count: int
) -> Question:
    body, _, within = answers[0][1].rpartition(" within ")
    right = tuple(part.strip() for part in (body.split(";") if count > 1 else [body]))
    if len(answers) != 1 or not body or len(right) != count:
        form = (
            "= expression within expression" if count == 1 else "@ expression ; expression within …"
        )
        raise ValueError(f"this question needs one line {form}.")
    return Question(kind, prompt, (), right, within.strip(), reply)
