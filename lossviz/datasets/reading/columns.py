"""One column of cells: numbers, dates or labels, and what has to be asked about it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets.reading import dates
from lossviz.datasets.reading.numbers import (
    COMMA,
    LIMIT,
    PLAIN,
    UNITS,
    Written,
    clean,
    filled,
    missing,
    written,
)
from lossviz.datasets.reading.questions import Question, shown

Array = NDArray[np.floating]
MOST_LABELS = 50
EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -999.25, -999.9, -99.9, 999.0, 9999.0, 99999.0)
ENOUGH = 10  # rows beside which a number like -999.0 is conspicuous
TIMES = frozenset(["k", "K", "M", "G", "Mio", "Mrd", "bn", "Mio.", "Mrd."])  # factors, not units
MARKS = {".": "point", ",": "comma"}


class Column(NamedTuple):
    """A column of a table: its name and how it was read.

    ``kind`` is "number", "date" (read as days), "label" (up to 50 different texts) or "skipped"
    (nothing in it, or texts that name each row).  ``missing`` counts the cells without a value,
    ``distinct`` the different values; ``example`` is the first filled cell as it stands in the
    file, ``says`` how the column was read, in words.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    example: str
    says: str = ""
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Read:
    """A column as it was read: ``values`` (n,) of numbers or days, nan where there is none, or
    ``labels`` (n,) of texts, "" where there is none."""

    column: Column
    values: Array | None
    labels: list[str] | None
    questions: list[Question] = field(default_factory=list)


class Cells(NamedTuple):
    """The different cells of a column, cleaned, where each stands and how often it comes."""

    name: str
    codes: NDArray[np.integer]  # (n,) which of the different cells
    raw: list[str]
    texts: list[str]
    counts: NDArray[np.integer]
    filled: list[int]  # those that hold a value
    lines: Sequence[int]

    def place(self, index: int) -> str:
        """Where a cell stands first: "Row 7 of the file holds 'x' in column 'y'"."""
        row = int(np.argmax(self.codes == index))
        more = int(self.counts[index]) - 1
        also = f" (and {more} more)" if more else ""
        return (
            f"Row {self.lines[row]} of the file{also} holds {shown(self.raw[index])} in column "
            f"{shown(self.name)}"
        )


class Signs(NamedTuple):
    """What the numbers of a column say of its marks."""

    plain: str  # each filled cell is a bare number with this decimal mark
    decimal: frozenset[str]
    thousands: frozenset[str]
    either: frozenset[str]
    whole: bool  # there are bare whole numbers
    numbers: dict[int, Written]  # where not all are plain


def collected(name: str, cells: Sequence[str], lines: Sequence[int]) -> Cells:
    """The different cells of a column."""
    import pandas as pd

    codes, raw = pd.factorize(np.array(cells, dtype=object))
    raw = raw.tolist()
    texts = raw if "".join(raw).isascii() else [clean(cell) for cell in raw]
    counts = np.bincount(codes, minlength=len(raw))
    return Cells(name, codes, raw, texts, counts, filled(texts), lines)


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


def read_column(
    cells: Cells,
    own: Signs,
    others: frozenset[str],
    separator: str,
    unit: str,
    answers: Mapping[str, str],
) -> Read:
    """The column read as numbers, dates or labels, with the questions that are open about it."""
    questions: list[Question] = []

    def ask(question: Question) -> str:
        questions.append(question.answered(answers))
        return questions[-1].answer

    texts, there = cells.texts, cells.filled
    if not there:
        return _labels(cells, questions, answers)
    decimal, doubt = decimal_mark(cells.name, own, others, separator)
    elsewhere = bool(others) and decimal not in others and decimal in own.decimal
    if own.plain == decimal and not doubt and not elsewhere:
        values = [float(texts[i].replace(",", ".")) for i in there]
        return _numbers(
            cells, dict(zip(there, values, strict=True)), decimal, unit, questions, answers
        )
    number = dict(own.numbers) or {i: found for i in there if (found := written(texts[i]))}
    day = {i: form for i in there if i not in number and (form := dates.form(texts[i]))}
    total = int(sum(cells.counts[i] for i in there))
    if sum(cells.counts[i] for i in day) > 0.5 * total:
        return _dates(cells, day, questions, answers)
    if all(dates.TIME.fullmatch(texts[i]) for i in there):
        return _times(cells, questions, answers)
    number, unit = _one_unit(cells, number, unit, ask)
    share = sum(cells.counts[i] for i in number) / total
    bad = [i for i in there if i not in number]
    if share < 0.2 or (questions and questions[-1].answer == "labels"):
        return _labels(cells, questions, answers)
    if doubt and number:
        first = next(i for i in number if number[i].either)
        doubt = replace(doubt, text=f"{cells.place(first)}: {doubt.text}")
        answer = ask(doubt)
        mark = "." if doubt.id.endswith("point") else ","
        other = "," if mark == "." else "."
        decimal = other if answer == "thousands" else mark
    alien = [
        i
        for i, each in number.items()
        if (each.decimal and each.decimal != decimal) or each.thousands == decimal
    ]
    if not alien and elsewhere:
        first = next(i for i in number if number[i].decimal)
        answer = ask(
            Question(
                f"{cells.name}: decimal mark",
                cells.name,
                f"{cells.place(first)}, with a decimal {MARKS[decimal]}; other columns have a "
                f"decimal {MARKS[next(iter(others))]}. Is it a number?",
                ("number", "labels"),
                ("A number, with its own decimal mark", "A label, such as a date or a version"),
            )
        )
        if answer == "labels":
            return _labels(cells, questions, answers)
    bad += alien
    treated: dict[int, float] = {}
    if bad:
        answer = ask(_bad_cells(cells, bad, alien, share, unit, decimal))
        if answer == "labels":
            return _labels(cells, questions, answers)
        treated = _treated(texts, bad, answer, decimal)
    wrong = set(bad)
    known = {i: each.value(decimal) for i, each in number.items() if i not in wrong}
    return _numbers(cells, known | treated, decimal, unit, questions, answers)


def _one_unit(
    cells: Cells, number: dict[int, Written], unit: str, ask: Callable[[Question], str]
) -> tuple[dict[int, Written], str]:
    """The numbers of one unit; those of another are left to be asked about."""
    counts: Counter[str] = Counter()
    for i, each in number.items():
        counts[each.unit] += int(cells.counts[i])
    if set(counts) <= {""}:
        return number, unit
    main = counts.most_common(1)[0][0]
    kept = {i: each for i, each in number.items() if each.unit == main}
    if len(kept) == len(number) and main not in UNITS and not main.isupper():
        first = next(iter(kept))
        ask(
            Question(
                f"{cells.name}: unit",
                cells.name,
                f"{cells.place(first)}: is it a number with the unit {shown(main)}, or a label?",
                ("number", "labels"),
                (f"A number in {main}", "A label"),
            )
        )
    return kept, main or unit


def _bad_cells(
    cells: Cells, bad: list[int], alien: list[int], share: float, unit: str, decimal: str
) -> Question:
    first = bad[0]
    count = int(sum(cells.counts[i] for i in bad))
    more = f" and {count - int(cells.counts[first])} other cells are" if len(bad) > 1 else " is"
    choices = {"missing": "They have no value: rows with them are left out"}
    if all(LIMIT.fullmatch(cells.texts[i]) and _limit(cells.texts[i]) for i in bad):
        choices["limit"] = "The limit stands for the value: <0.1 is 0.1"
        choices["half"] = "Half the limit stands for the value: <0.1 is 0.05"
    elif len(alien) == len(bad):
        choices["decimal"] = "Points and commas are both decimal marks"
    elif unit not in TIMES and all(_plainly(cells.texts[i]) for i in bad):
        choices["number"] = "The number alone counts: 12 kg is 12"
    choices["labels"] = "The column holds labels, not numbers"
    among = f"{share:.0%} of the cells are numbers; it{more} no number like them"
    if len(alien) == len(bad):
        among = f"most numbers have a decimal {MARKS[decimal]}; it{more} not written so"
    return Question(
        f"{cells.name}: cells",
        cells.name,
        f"{cells.place(first)}, where {among}. How is it to be read?",
        tuple(choices),
        tuple(choices.values()),
    )


def _plainly(text: str) -> bool:
    """Whether a cell holds a number and a unit that is not a factor."""
    number = written(text)
    return number is not None and not number.either and number.unit not in TIMES


def _limit(text: str) -> Written | None:
    found = LIMIT.fullmatch(text)
    return written(found[1]) if found else None


def _treated(texts: list[str], bad: list[int], answer: str, decimal: str) -> dict[int, float]:
    """What the cells that are no numbers count as."""
    if answer in ("limit", "half"):
        share = 0.5 if answer == "half" else 1.0
        return {i: share * each.value(decimal) for i in bad if (each := _limit(texts[i]))}
    if answer in ("decimal", "number"):
        return {i: each.value(each.decimal or decimal) for i in bad if (each := written(texts[i]))}
    return {}


def _numbers(
    cells: Cells,
    number: Mapping[int, float],
    decimal: str,
    unit: str,
    questions: list[Question],
    answers: Mapping[str, str],
) -> Read:
    """A column of numbers: ``number`` has the value of each different cell that has one."""
    known = np.full(len(cells.texts), np.nan)
    known[list(number)] = list(number.values())
    sentinel = _sentinel(cells, known)
    if sentinel:
        questions.append(sentinel.answered(answers))
        if questions[-1].answer == "missing":
            known[np.isin(known, SENTINELS)] = np.nan
    codes = _leading_zeros(cells)
    if codes:
        questions.append(codes.answered(answers))
        if questions[-1].answer == "labels":
            return _labels(cells, questions, answers)
    eight = _eight_digits(cells)
    if eight:
        questions.append(eight.answered(answers))
        if questions[-1].answer == "dates":
            known = dates.days([f"{t[:4]}-{t[4:6]}-{t[6:]}" for t in cells.texts])
            return _in_days(cells, known, questions)
    values = known[cells.codes]
    says = "numbers" + (f" in {unit}" if unit else "")
    if decimal == ",":
        says += ", decimal comma"
    column = _column(cells, "number", ~np.isnan(known), values, says, unit)
    return Read(column, values, None, questions)


def _column(
    cells: Cells, kind: str, there: NDArray[np.bool_], values: Array, says: str, unit: str
) -> Column:
    first = next((raw for raw, filled in zip(cells.raw, there, strict=True) if filled), "")
    known = values[~np.isnan(values)]
    count = len(values) - len(known)
    return Column(cells.name, kind, count, len(np.unique(known)), first, says, unit)


def _sentinel(cells: Cells, known: Array) -> Question | None:
    """A number such as -999, far from all others, that may say that there is no value."""
    special = np.isin(known, SENTINELS)
    there, others = np.flatnonzero(special).tolist(), known[~special & ~np.isnan(known)]
    if not there or not len(others):
        return None
    value = float(known[there[0]])
    reach = float(np.abs(others).max())
    alone = (value < 0 and others.min() > value / 2) or (value > 0 and reach < value / 5)
    repeated = sum(int(cells.counts[i]) for i in there) > 1
    bare = not {".", ","} & set(cells.texts[there[0]]) or len(cells.codes) >= ENOUGH
    if not (alone and bare and (value < 0 or repeated)) or abs(value) < 2 * reach:
        return None
    return Question(
        f"{cells.name}: {value:g}",
        cells.name,
        f"{cells.place(there[0])}, far from all other numbers: does it say that there is no value?",
        ("missing", "number"),
        ("There is no value: rows with it are left out", f"It is a number: {value:g}"),
    )


def _leading_zeros(cells: Cells) -> Question | None:
    """Codes such as 01234, in which the zeros count."""
    if not all(cells.texts[i].isdigit() for i in cells.filled):
        return None
    zeros = [i for i in cells.filled if len(cells.texts[i]) > 2 and cells.texts[i][0] == "0"]
    if not zeros:
        return None
    return Question(
        f"{cells.name}: zeros",
        cells.name,
        f"{cells.place(zeros[0])}: is it a number, or a code in which the zeros count?",
        ("number", "labels"),
        ("A number", "A code: a label"),
    )


def _eight_digits(cells: Cells) -> Question | None:
    """Numbers such as 20200131, which may be dates."""
    if not all(dates.EIGHT.fullmatch(cells.texts[i]) for i in cells.filled):
        return None
    return Question(
        f"{cells.name}: dates",
        cells.name,
        f"{cells.place(cells.filled[0])}: is it a date or a number?",
        ("dates", "numbers"),
        ("A date: year, month, day", "A number"),
    )


def _dates(
    cells: Cells, day: dict[int, str], questions: list[Question], answers: Mapping[str, str]
) -> Read:
    orders = dates.orders([cells.texts[i] for i in day])
    order = orders[0] if orders else "day first"
    if len(orders) > 1:
        first = next(i for i in day if day[i] == "either")
        questions.append(
            Question(
                f"{cells.name}: date",
                cells.name,
                f"{cells.place(first)}: which comes first, the day or the month?",
                ("day first", "month first"),
                ("The day", "The month"),
            ).answered(answers)
        )
        order = questions[-1].answer or order
    known = np.full(len(cells.texts), np.nan)
    which = list(day) if orders or "either" not in day.values() else []
    known[which] = dates.days([cells.texts[i] for i in which], order)
    bad = [i for i, t in enumerate(cells.texts) if np.isnan(known[i]) and not missing(t)]
    if bad:
        doubt = Question(
            f"{cells.name}: cells",
            cells.name,
            f"{cells.place(bad[0])}, which is no date like the others. How is it to be read?",
            ("missing", "labels"),
            ("It has no value: rows with it are left out", "The column holds labels, not dates"),
        ).answered(answers)
        questions.append(doubt)
        if doubt.answer == "labels" or len(bad) > 0.5 * len(known):
            return _labels(cells, questions, answers)
    return _in_days(cells, known, questions)


def _times(cells: Cells, questions: list[Question], answers: Mapping[str, str]) -> Read:
    """Times of day or durations; 1:30 may be hours and minutes, or minutes and seconds."""
    known = dates.hours(cells.texts)
    unit = "h"
    if all(cells.texts[i].count(":") == 1 for i in cells.filled):
        doubt = Question(
            f"{cells.name}: time",
            cells.name,
            f"{cells.place(cells.filled[0])}: are these hours and minutes, minutes and seconds, "
            "or labels?",
            ("hours", "minutes", "labels"),
            ("Hours and minutes: 1:30 is 1.5 hours", "Minutes and seconds: 1:30 is 1.5 minutes",
             "Labels, such as scores or ratios"),
        ).answered(answers)  # fmt: skip
        questions.append(doubt)
        if doubt.answer == "labels":
            return _labels(cells, questions, answers)
        unit = "min" if doubt.answer == "minutes" else "h"
    says = f"times, in {'minutes' if unit == 'min' else 'hours'}"
    values = known[cells.codes]
    column = _column(cells, "number", ~np.isnan(known), values, says, unit)
    return Read(column, values, None, questions)


def _in_days(cells: Cells, known: Array, questions: list[Question]) -> Read:
    import pandas as pd

    first = float(np.nanmin(known)) if not np.isnan(known).all() else 0.0
    start = np.floor(first)
    day = str((pd.Timestamp(0) + pd.Timedelta(days=start)).date())
    values = (known - start)[cells.codes]
    says = f"dates, as days since {day}"
    column = _column(cells, "date", ~np.isnan(known), values, says, f"days since {day}")
    return Read(column, values, None, questions)


def _labels(cells: Cells, questions: list[Question], answers: Mapping[str, str]) -> Read:
    """A column of texts: labels, or "skipped" where there are too many or none."""
    names = {i: cells.texts[i] for i in cells.filled}
    none = [i for i, text in enumerate(cells.texts) if text.lower() in ("none", "nil", "null")]
    if names and none and len(names) < MOST_LABELS:
        doubt = Question(
            f"{cells.name}: none",
            cells.name,
            f"{cells.place(none[0])}: is it a label, or is there no value?",
            ("label", "missing"),
            ("A label like the others", "There is no value: rows with it are left out"),
        ).answered(answers)
        questions.append(doubt)
        if doubt.answer == "label":
            names |= {i: cells.texts[i] for i in none}
    alike = _alike(cells, names)
    if alike and len(names) <= 2 * MOST_LABELS:
        pairs = [f"{shown(names[a])} and {shown(names[b])}" for a, b in alike]
        doubt = Question(
            f"{cells.name}: spelling",
            cells.name,
            f"{cells.place(alike[0][1])}; column {shown(cells.name)} has {', '.join(pairs[:3])}"
            f"{', …' if len(pairs) > 3 else ''}: are they the same?",
            ("same", "different"),
            ("The same label, written in two ways", "Different labels"),
        ).answered(answers)
        questions.append(doubt)
        if doubt.answer == "same":
            for kept, other in alike:
                names = {
                    i: names[kept] if text == names[other] else text for i, text in names.items()
                }
    labels = [names.get(code, "") for code in cells.codes.tolist()]
    distinct = len(set(names.values()))
    kind = "label" if 0 < distinct <= MOST_LABELS else "skipped"
    says = f"{distinct} label{'s' if distinct > 1 else ''}" if kind == "label" else "nothing in it"
    if distinct > MOST_LABELS:
        says = f"skipped: {distinct:,} different texts"
    first = next((cells.raw[i] for i in sorted(names)), "")
    gone = sum(not label for label in labels)
    return Read(Column(cells.name, kind, gone, distinct, first, says), None, labels, questions)


def _alike(cells: Cells, names: dict[int, str]) -> list[tuple[int, int]]:
    """Pairs (kept, other) of labels that differ only in case, spaces, accents or one letter."""
    if len(names) > 2 * MOST_LABELS:
        return []
    order = sorted(names, key=lambda i: -int(cells.counts[i]))  # the commonest is kept
    pairs = []
    for place, i in enumerate(order):
        for kept in order[:place]:
            if _bare(names[i]) == _bare(names[kept]) or _misspelt(cells, names, kept, i):
                pairs.append((kept, i))
                break
    return pairs


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in letters if c.isalnum())
    short = {"y": "yes", "n": "no", "t": "true", "f": "false"}
    return short.get(bare, bare) or text


def _misspelt(cells: Cells, names: dict[int, str], kept: int, other: int) -> bool:
    """Whether a rare word of five letters or more is a common one with one letter wrong."""
    a, b = names[kept].casefold(), names[other].casefold()
    rare = 5 * int(cells.counts[other]) <= int(cells.counts[kept])
    if not rare or min(len(a), len(b)) < 5 or not (a + b).replace(" ", "").isalpha():
        return False
    if len(a) == len(b):
        wrong = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        swapped = len(wrong) == 2 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        return len(wrong) == 1 or swapped
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(len(long))
    )
