"""A column of numbers: its unit, cells that are no numbers, sentinels, codes, dates in digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets.reading import dates
from lossviz.datasets.reading.cells import Cells, Read, as_column
from lossviz.datasets.reading.date_column import in_days
from lossviz.datasets.reading.label_column import label_column
from lossviz.datasets.reading.marks import MARKS
from lossviz.datasets.reading.numbers import LIMIT, UNITS, Written, written
from lossviz.datasets.reading.questions import Question, shown

Array = NDArray[np.floating]
SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -999.25, -999.9, -99.9, 999.0, 9999.0, 99999.0)
DIGITS = 15  # as many as double precision keeps of any number
ENOUGH = 10  # rows beside which a number like -999.0 is conspicuous
TIMES = frozenset(["k", "K", "M", "G", "Mio", "Mrd", "bn", "Mio.", "Mrd."])  # factors, not units


def number_column(
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
            return label_column(cells, questions, answers)
    rounded = _beyond_digits(cells)
    if rounded:
        questions.append(rounded.answered(answers))
        if questions[-1].answer == "labels":
            return label_column(cells, questions, answers)
    eight = _eight_digits(cells)
    if eight:
        questions.append(eight.answered(answers))
        if questions[-1].answer == "dates":
            known = dates.days([f"{t[:4]}-{t[4:6]}-{t[6:]}" for t in cells.texts])
            return in_days(cells, known, questions)
    values = known[cells.codes]
    says = "numbers" + (f" in {unit}" if unit else "")
    if decimal == ",":
        says += ", decimal comma"
    column = as_column(cells, "number", ~np.isnan(known), values, says, unit)
    return Read(column, values, None, questions)


def one_unit(
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


def cells_question(
    cells: Cells, bad: list[int], alien: list[int], share: float, unit: str, decimal: str
) -> Question:
    first = bad[0]
    others = int(sum(cells.counts[i] for i in bad)) - int(cells.counts[first])
    more = f" and {others} other cell{'s' if others > 1 else ''} are" if len(bad) > 1 else " is"
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


def values_by_answer(
    texts: list[str], bad: list[int], answer: str, decimal: str
) -> dict[int, float]:
    """What the cells that are no numbers count as."""
    if answer in ("limit", "half"):
        share = 0.5 if answer == "half" else 1.0
        return {i: share * each.value(decimal) for i in bad if (each := _limit(texts[i]))}
    if answer in ("decimal", "number"):
        return {i: each.value(each.decimal or decimal) for i in bad if (each := written(texts[i]))}
    return {}


def _plainly(text: str) -> bool:
    """Whether a cell holds a number and a unit that is not a factor."""
    number = written(text)
    return number is not None and not number.either and number.unit not in TIMES


def _limit(text: str) -> Written | None:
    found = LIMIT.fullmatch(text)
    return written(found[1]) if found else None


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


def _beyond_digits(cells: Cells) -> Question | None:
    """Whole numbers with more digits than a number keeps, such as 12345678901234567891."""
    long = [i for i in cells.filled if len(cells.texts[i]) > DIGITS and cells.texts[i].isdigit()]
    rounded = [i for i in long if int(float(cells.texts[i])) != int(cells.texts[i])]
    if not rounded:
        return None
    return Question(
        f"{cells.name}: digits",
        cells.name,
        f"{cells.place(rounded[0])}, of which a number keeps the first {DIGITS} digits: is it a "
        "number, or a code in which every digit counts?",
        ("number", "labels"),
        (f"A number, rounded to {DIGITS} digits", "A code: a label"),
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
