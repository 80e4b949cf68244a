"""The decimal mark of one column: which signs its numbers show, and what is left open."""

from __future__ import annotations

import re
from typing import NamedTuple

from lossviz.datasets.reading.cells import Cells
from lossviz.datasets.reading.numbers import COMMA, PLAIN, Written, written
from lossviz.datasets.reading.questions import Question

EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
MARKS = {".": "point", ",": "comma"}


class Signs(NamedTuple):
    """What the numbers of a column say of its marks."""

    plain: str  # each filled cell is a bare number with this decimal mark
    decimal: frozenset[str]
    thousands: frozenset[str]
    either: frozenset[str]
    whole: bool  # there are bare whole numbers
    numbers: dict[int, Written]  # where not all are plain


def signs(cells: Cells) -> Signs:
    """How the numbers of a column are written."""
    texts = [cells.texts[i] for i in cells.filled]
    for mark, form in ((".", PLAIN), (",", COMMA)):
        if not texts or not all(map(form.fullmatch, texts)):
            continue
        marked = [text for text in texts if mark in text]
        either = bool(marked) and all(map(EITHER.fullmatch, marked))
        sure, unsure = ("" if either or not marked else mark), (mark if either else "")
        whole = len(marked) < len(texts)
        return Signs(mark, frozenset(sure), frozenset(), frozenset(unsure), whole, {})
    numbers = {i: number for i in cells.filled if (number := written(cells.texts[i]))}
    found = numbers.values()
    return Signs(
        "",
        frozenset(number.decimal for number in found if number.decimal),
        frozenset(number.thousands for number in found if number.thousands),
        frozenset(number.either for number in found if number.either),
        any(number.core.isdigit() and not number.power for number in found),
        numbers,
    )


def decimal_mark(
    name: str, own: Signs, others: frozenset[str], separator: str
) -> tuple[str, Question | None]:
    """The decimal mark of a column, and a question where 1,200 may be 1.2 or 1200.

    ``others`` are the marks that are decimal beyond doubt in the other columns of the file.
    """
    if not own.either:
        mark = next(iter(own.decimal), "")
        return mark or ("," if "." in own.thousands else "."), None
    mark = next(iter(own.either)) if len(own.either) == 1 else ""
    other = {".": ",", ",": "."}.get(mark, "")
    if mark and mark in own.decimal and mark not in own.thousands:
        return mark, None
    if mark and (mark in own.thousands or other in own.decimal):
        return other, None
    mixed = own.whole or mark == ""  # bare whole numbers beside 1.200: thousands?
    if mark and others == {other}:
        return other, None
    if mark and others == {mark} and not mixed:
        return mark, None
    if mark == "." and separator == "," and not mixed:
        return ".", None
    mark = mark or "."
    other = {".": ",", ",": "."}[mark]
    return mark, Question(
        f"{name}: {MARKS[mark]}",
        name,
        f"the {MARKS[mark]} may be a decimal mark or part thousands.",
        ("thousands", "decimal"),
        (f"It parts thousands: 1{mark}200 is 1200", f"It is the decimal mark: 1{mark}200 is 1.2"),
    )
