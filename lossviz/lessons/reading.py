"""Lesson files: Markdown to scenes, and what is wrong with a scene, by its line.

    ---
    title: A point is a model
    minutes: 5
    aims: Say what the axes of a loss surface are.
    ---
    ## A scene's heading
    link: surface?data=anscombe&model=line&loss=squared
    hide: map fit
    A paragraph. Numbers are computed: the slope is {minimum.slope}.

    ? What does squared error say of predicting 1 where 4 is observed?
    - 3 :: loss("squared", 4, 1) == 3 :: That is the absolute error.
    - 9 :: loss("squared", 4, 1) == 9 :: The square of 3.
    reply: Squared error is {loss("squared", 4, 1)}.

A question is a choice (lines "- label :: condition :: reply"; exactly one condition is true), a
number ("= expression within expression"), a point of the plane ("@ expression ; expression within
expression", or "within expression ; expression" where the two axes differ), something dragged
("~ expression = expression within expression": what the left one is after the drag, and shall be),
or an order ("> label :: expression", sorted from the smallest).
``hide:`` names pictures that would tell the answer, as the page's code names them; they are seen
once it is given.
Expressions are those of ``lossviz.lessons.expression`` over ``lossviz.lessons.scope``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from lossviz.lessons.expression import evaluate
from lossviz.lessons.lesson import LARGEST, Lesson, Line, Option, Question, Scene, filled, judge
from lossviz.lessons.scope import WrongLink
from lossviz.problem.link import check as check_words
from lossviz.problem.link import read_link
from lossviz.text import number

WORDS = 60  # in a scene's paragraph
KINDS = {"-": "choice", "=": "number", "@": "point", "~": "drag", ">": "order"}
HIDEABLE = {  # page -> its pictures, players and tables that may wait for an answer
    "surface": "surface map fit",
    "losses": "loss-curves slopes in-numbers",
    "outliers": "outliers-absolute outliers-data outliers-shares outliers-influence",
    "gradient_descent": "descent-player descent-excess descent-slope descent-away",
    "regularization": "reg-player reg-map reg-weights details",
    "classification": "second by-margin by-slope in-numbers in-theory",
    "validation": "strengths in-numbers",
    "combined": "comb-player",
    "neural_networks": "net-rescaled net-shares",
    "residuals": "res-depths res-condition",
    "acting": "act-player act-returns act-policy act-values act-clouds",
}
FORMS = {
    "number": "= expression within expression",
    "point": "@ expression ; expression within expression",
    "drag": "~ expression = expression within expression",
}


class Fault(ValueError):
    """A scene cannot be played: ``line`` is where in its file, from 1, and the text says why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


def read_lesson(text: str, trusted: bool = False, pages: Collection[str] = ()) -> Lesson:
    """The lesson in a file's text, whose links name one of ``pages`` where these are given.

    Raises ValueError where the head is missing or no scene can be played; a scene that cannot be
    played is left out and told in ``complaints`` with the line of its fault.  Of a
    ``trusted`` text no expression is tried, which for many scenes takes seconds.
    """
    if len(text) > LARGEST:
        raise ValueError(f"A lesson has at most {LARGEST:,} letters; this one has {len(text):,}.")
    lines = text.replace("\r\n", "\n").split("\n")
    head, first = _head(lines)
    scenes, complaints = [], []
    for start, block in _blocks(lines, first):
        try:
            scene = _scene(start, block)
            _known_page(scene, pages)
            if not trusted:
                check(scene)
            scenes.append(scene)
        except Fault as fault:
            complaints.append(f"Line {fault.line}: {fault}")
    if not scenes:
        raise ValueError(
            "This lesson has no scene that can be played. "
            + (complaints[0] if complaints else 'A scene begins with "## " and its heading.')
        )
    return Lesson(
        head["title"], int(head["minutes"]), head.get("aims", ""), tuple(scenes), tuple(complaints)
    )


def check(scene: Scene) -> None:
    """Fault where a scene cannot be played: link, expression, or more or no right answer."""
    scope = scene.scope()
    with _at(scene.place, scene):
        check_words(scope.words)
    for number_, text in scene.lines:
        with _at(number_, scene):
            filled(text, scope)
    question = scene.question
    if question is None:
        return
    values = []
    for option in question.options:
        with _at(option.line, scene):
            values.append(evaluate(option.expression, scope))
            filled(option.reply, scope)
    with _at(question.line, scene):
        for expression in (*question.right, *question.within):
            evaluate(expression, scope)
    if question.kind == "choice":
        _one_right([o for o, true in zip(question.options, values, strict=True) if true], question)
    elif question.kind == "order":
        for k, option in enumerate(question.options):
            if values[k] in values[:k]:
                why = "An order needs different numbers; two of these are equal."
                raise Fault(option.line, why)
    elif question.kind == "drag":
        with _at(question.line, scene):
            start = evaluate(question.measure, scope)
        if judge(question, scope, start).right:
            raise Fault(
                question.line,
                f"{question.measure!r} is {number(start)} before anything is dragged, which "
                "would be right already.",
            )


def _known_page(scene: Scene, pages: Collection[str]) -> None:
    page = read_link(scene.link).page
    if pages and page not in pages:
        raise Fault(scene.place, f"There is no page {page!r}; there are {', '.join(pages)}.")


def _one_right(right: Sequence[Option], question: Question) -> None:
    """Fault, at the second right answer or at a question without any, unless there is one."""
    if len(right) != 1:
        raise Fault(
            right[1].line if right else question.line,
            f"A choice needs exactly one right answer; {len(right)} of {len(question.options)} "
            f"are right: {', '.join(option.label for option in right) or 'none'}.",
        )


@contextmanager
def _at(line: int, scene: Scene | None = None) -> Iterator[None]:
    """What is refused is told with this line, or with that of the link where the link is wrong."""
    try:
        yield
    except Fault:
        raise
    except WrongLink as error:
        raise Fault(scene.place if scene else line, str(error)) from error
    except ValueError as error:
        raise Fault(line, str(error)) from error


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
    """A scene whose heading is at ``start``, from 0; Fault where it is not written as one."""
    heading = start + 1
    link, text, prose, replies, breaks = Line(heading, ""), [], [], [], ""
    covered = asked = Line(heading, "")
    answers: list[tuple[str, Line]] = []
    for place, line in enumerate((each.strip() for each in block[1:]), heading + 1):
        sign, rest = line[:1], line[1:].strip()
        if line.startswith("link:"):
            link = Line(place, line.removeprefix("link:").strip())
            continue
        if line.startswith("hide:"):
            covered = Line(place, line.removeprefix("hide:").strip())
            continue
        if line.startswith("break:"):
            breaks = line.removeprefix("break:").strip()
        elif line.startswith("reply:"):
            replies.append(line.removeprefix("reply:").strip())
        elif sign == "?" and not asked.text:
            asked = Line(place, rest)
        elif asked.text and sign in KINDS and line:
            answers.append((sign, Line(place, rest)))
            continue
        elif not asked.text:
            text.append(line)
        elif line:
            raise Fault(place, f"after a question, {line[:50]!r} is no answer and no reply.")
        prose.append(Line(place, line))
    if not link.text:
        raise Fault(heading, "a scene needs a line such as link: surface?loss=absolute.")
    with _at(link.number):
        page = read_link(link.text).page
    hides = tuple(covered.text.split())
    known = HIDEABLE.get(page, "").split()
    for each in hides:
        if each not in known:
            there = ", ".join(known) or "none"
            raise Fault(covered.number, f"{page} has no {each!r} to hide; there are {there}.")
    paragraph = "\n".join(text).strip()
    if len(paragraph.split()) > WORDS:
        raise Fault(
            heading, f"a scene has at most {WORDS} words; this one {len(paragraph.split())}."
        )
    question = _question(asked, answers, " ".join(replies)) if asked.text else None
    title = block[0][3:].strip()
    return Scene(title, link.text, paragraph, question, breaks, link.number, tuple(prose), hides)


def _question(asked: Line, answers: Sequence[tuple[str, Line]], reply: str) -> Question:
    kinds = [KINDS[sign] for sign, _ in answers]
    if len(set(kinds)) != 1:
        other = (line for kind, (_, line) in zip(kinds, answers, strict=True) if kind != kinds[0])
        raise Fault(
            next(other, asked).number,
            "a question needs answers of one kind: - choice, = number, @ point, ~ drag, > order.",
        )
    lines = [line for _, line in answers]
    if kinds[0] in FORMS:
        return _measured(kinds[0], asked.text, lines, reply)
    options = _options(asked, lines)
    return Question(kinds[0], asked.text, options, reply=reply, line=asked.number)


def _options(asked: Line, answers: Sequence[Line]) -> tuple[Option, ...]:
    if len(answers) < 2:
        raise Fault(asked.number, "a choice or an order needs two answers or more.")
    options = []
    for place, text in answers:
        parts = [part.strip() for part in text.split("::")]
        if len(parts) < 2 or not all(parts[:2]):
            raise Fault(place, f"an answer is label :: expression; got {text[:50]!r}.")
        options.append(Option(parts[0], parts[1], parts[2] if len(parts) > 2 else "", place))
    return tuple(options)


def _measured(kind: str, prompt: str, answers: Sequence[Line], reply: str) -> Question:
    place, answer = answers[0]
    body, _, limits = answer.rpartition(" within ")
    measure, equals, wanted = body.partition(" = ") if kind == "drag" else ("", "=", body)
    right, within = (
        tuple(part.strip() for part in (each.split(";") if kind == "point" else [each]))
        for each in (wanted, limits)
    )
    within = within * len(right) if len(within) == 1 else within
    fits = equals and all(right) and all(within) and len(right) == (2 if kind == "point" else 1)
    if len(answers) != 1 or not fits or len(within) != len(right):
        raise Fault(answers[-1].number, f"this question needs one line {FORMS[kind]}.")
    return Question(kind, prompt, (), right, within, reply, measure.strip(), place)
