"""The layout of a sheet: its rows of names, units and totals, and its rows of data."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from lossviz.datasets.reading.numbers import UNITS, clean, missing, written
from lossviz.datasets.reading.questions import Question, listed, shown
from lossviz.datasets.reading.rows import SAMPLE, Rows, Sheet, is_number, is_value

FIRST, UNIT_ROW, TOTALS = "first row", "units row", "totals"
ROW_NUMBER = "row number"
YEARS = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}|2100")
LONG = 5000  # rows: a table made by hand, with a line below it, has fewer
NO_WORD = {*"0123456789+-.,(", ""}
TOTAL = re.compile(
    r"(grand[ -]?|sub[ -]?)?totals?\b.*|(all|overall)( total)?|sums?|summe|zwischensumme|"
    r"gesamt\w*|insgesamt|somme|total \w+|totale|suma|som|totaal|Σ|∑|"
    r"(average|avg\.?|mean|averages|means|mittelwert|durchschnitt|moyenne|promedio|media)",
    re.IGNORECASE,
)


class Layout(NamedTuple):
    """Names of the columns, their units, and the rows of data with their places in the file."""

    names: list[str]
    first_names: list[str]  # as they stand in the file: two columns may have one name
    units: list[str]
    rows: Rows
    lines: list[int]
    questions: list[Question]
    notes: list[str]


def laid_out(sheet: Sheet, answers: dict[str, str]) -> Layout:
    """The sheet split into names, units and data; ValueError when no data are left."""
    questions, notes = [], []
    header, doubt = (True, None) if sheet.named else _header(sheet.rows)
    if doubt:
        doubt = doubt.answered(answers)
        questions.append(doubt)
        header = doubt.answer != "data"
    given = sheet.rows[0] if header else [""] * len(sheet.rows[0])
    body, lines = (sheet.rows[1:], sheet.lines[1:]) if header else (sheet.rows, sheet.lines)
    if not body:
        raise ValueError("The file has a row of names and no rows of data below it.")
    units = [""] * len(given)
    if header and len(body) > 1:
        sure, doubt = _units(body, lines[0])
        if doubt:
            doubt = doubt.answered(answers)
            questions.append(doubt)
        if sure or (doubt and doubt.answer == "units"):
            units = [
                "" if missing(cell) or is_value(cell) else cell.strip("[]()") for cell in body[0]
            ]
            named = [unit for unit in units if unit]
            notes.append(f"Row {lines[0]} of the file holds units: {', '.join(named)[:200]}.")
            body, lines = body[1:], lines[1:]
    if header and not given[0] and _counted(body):
        given = [ROW_NUMBER, *given[1:]]
    return Layout(_names(given), given, units, body, lines, questions, notes)


def _header(rows: Rows) -> tuple[bool, Question | None]:
    """Whether the first row holds names, and a question where it may or may not."""
    first, body = rows[0], rows[1:]
    if not any(map(is_value, first)):
        return not _recurs(first, body), None
    if not body:
        return False, None
    columns = list(zip(*body[:SAMPLE], strict=True))
    for cell, below in zip(first, columns, strict=True):
        filled = [each for each in below if not missing(each)]
        word = not (missing(cell) or is_value(cell))
        if word and filled and sum(map(is_value, filled)) > 0.5 * len(filled):
            return True, None
    values = [(i, cell) for i, cell in enumerate(first) if is_value(cell)]
    if not first[0] and [c for _, c in values] == [str(i) for i in range(len(first) - 1)]:
        return True, None  # columns numbered 0, 1, 2, … beside the names of rows, as pandas writes
    years = [cell for _, cell in values if YEARS.fullmatch(cell)]
    row = sorted(set(years), key=int)
    if len(years) < len(values) or row not in (years, years[::-1]):
        return False, None
    like = any(YEARS.fullmatch(each) for i, _ in values for each in columns[i])
    words = [i for i, cell in enumerate(first) if not is_value(cell) and cell]
    repeated = any(first[i] in columns[i] for i in words)
    if words and not repeated and not like:
        return True, None
    if (repeated and len(years) < 2) or (like and not words) or (len(years) < 2 and not words):
        return False, None
    return True, Question(
        FIRST,
        "",
        f"The first row holds {listed(first, 4)}: are these names of columns, such as years, or "
        "values like those below?",
        ("names", "data"),
        ("They name the columns", "They are a row of data"),
    )


def _recurs(first: list[str], body: Rows) -> bool:
    """Whether words of the first row come again below them: then they are labels, not names."""
    if not body or any(is_number(cell) for row in body[:50] for cell in row):
        return False
    columns = list(zip(*body[:SAMPLE], strict=True))
    return any(cell and cell in below for cell, below in zip(first, columns, strict=True))


def _units(body: Rows, line: int) -> tuple[bool, Question | None]:
    """Whether the first row of the body holds units, and a question where it may or may not."""
    columns = list(zip(*body[1 : SAMPLE + 1], strict=True))
    numbers = [
        i
        for i, below in enumerate(columns)
        if (filled := [each for each in below if not missing(each)])
        and sum(map(is_value, filled)) > 0.5 * len(filled)
    ]
    over = [body[0][i] for i in numbers]
    words = [cell for cell in over if not is_value(cell) and not missing(cell)]
    if not words or any(map(is_value, over)) or any(written(clean(cell)) for cell in words):
        return False, None
    known = [cell for cell in words if cell.strip("[]()") in UNITS or cell[0] in "[("]
    if len(words) > 1 or known:
        return True, None
    return False, Question(
        UNIT_ROW,
        "",
        f"Row {line} of the file holds {shown(words[0])} over numbers: is it a row of units, or "
        "data with a cell that is no number?",
        ("units", "data"),
        ("A row of units or remarks: not data", "A row of data"),
    )


def _counted(body: Rows) -> bool:
    """Whether the first column counts the rows from 0 or 1, as an index written beside them."""
    first = [row[0] for row in body]
    return any(first == [str(i) for i in range(start, start + len(first))] for start in (0, 1))


def _names(header: list[str]) -> list[str]:
    """The names in a header, with numbers for the nameless and for those that come again."""
    names: list[str] = []
    for i, name in enumerate(header, 1):
        name = " ".join(name.split())[:80] or f"column {i}"
        while name in names:
            name += f" ({i})"
        names.append(name)
    return names


def same_names(layout: Layout) -> list[Question]:
    """A question for each name that several columns with different cells have."""
    found = []
    counts = Counter(filter(None, layout.first_names))
    for name, count in counts.items():
        if count < 2:
            continue
        places = [i for i, each in enumerate(layout.first_names) if each == name]
        columns = [[row[i] for row in layout.rows] for i in places]
        if all(column == columns[0] for column in columns):
            continue
        found.append(
            Question(
                f"{name}: which column",
                name,
                f"Columns {' and '.join(str(i + 1) for i in places)} are called {shown(name)}: "
                "which of them is meant by it?",
                tuple(f"column {i + 1}" for i in places),
                tuple(
                    f"Column {i + 1}, which begins with {listed([c for c in column if c], 2)}"
                    for i, column in zip(places, columns, strict=True)
                ),
            )
        )
    return found


def totals(rows: Rows, lines: list[int]) -> tuple[list[int], Question | None]:
    """The rows that look like totals or means of the others, and the question about them."""
    called = [
        i for i, row in enumerate(rows) if row[0][:1] not in NO_WORD and TOTAL.fullmatch(row[0])
    ]
    called = called or [
        i for i in range(max(len(rows) - 3, 0), len(rows)) if any(map(TOTAL.fullmatch, rows[i]))
    ]
    if len(called) > max(1, 0.2 * len(rows)) or len(called) == len(rows):
        called = []
    which, why = called, "is called so"
    if not called and _adds_up(rows):
        which, why = [len(rows) - 1], "holds the sums of the rows above"
    if not which:
        return [], None
    row = rows[which[0]]
    return which, Question(
        TOTALS,
        "",
        f"Row {lines[which[0]]} of the file ({listed([c for c in row if c], 3)}) looks like a "
        f"total or a mean: it {why}. Leave it out?",
        ("leave out", "keep"),
        ("It is no measurement: leave it out", "It is a measurement like the others: keep it"),
    )


def _adds_up(rows: Rows) -> bool:
    """Whether the last row holds the sum of each column of numbers."""
    if not 3 <= len(rows) <= LONG:
        return False
    sums = 0
    *above, last = rows
    for i, cell in enumerate(last):
        end = written(clean(cell))
        if end is None:
            continue
        mark = end.decimal or (end.either and ("," if end.either == "." else "."))
        terms = [written(clean(row[i])) for row in above if not missing(row[i])]
        if not terms or any(term is None for term in terms):
            return False
        known = next((t.decimal for t in terms if t and t.decimal), "")
        parts = next((t.thousands for t in (*terms, end) if t and t.thousands), "")
        decimal = known or {".": ",", ",": "."}.get(parts) or mark or "."
        numbers = [term.value(decimal) for term in terms if term]
        total = end.value(decimal)
        size = sum(map(abs, numbers))
        if not total or abs(sum(numbers) - total) > 1e-6 * size:
            return False
        sums += 1
    empty = any(not cell and any(row[i] for row in above) for i, cell in enumerate(last))
    return empty or (sums > 1 and len(rows) >= 10)  # a coincidence in fewer rows
