"""Rows of a sheet: from the letters of a file to equally many cells each."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from lossviz.datasets.reading.dates import form
from lossviz.datasets.reading.decoding import EMPTY
from lossviz.datasets.reading.numbers import clean, missing, written

MOST_ROWS, MOST_COLUMNS = 200_000, 200
GAPS = " "  # any run of spaces and tabs
SEPARATORS = {
    "\t": "tabs", ";": "semicolons", ",": "commas", "|": "upright strokes", GAPS: "spaces"
}  # fmt: skip
SAMPLE = 200
SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
EDGES = {*"-=+|:_", ""}  # how a rule begins
RULE = re.compile(r"[-=+|:_\s]*[-=_]{3}[-=+|:_\s]*")
GAPPED = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
SIGNS = re.compile(r"(?:#(?!n/?a|nv|div|value|ref|name|num|null)|//|%(?!\d))\s*", re.IGNORECASE)
Rows = list[list[str]]


class Sheet(NamedTuple):
    """The rows of the table itself and where they stand; what stood around them."""

    rows: Rows  # of equally many stripped cells
    lines: list[int]  # the number of each row in the file, from 1
    separator: str
    before: tuple[str, ...]  # titles and remarks above
    after: tuple[str, ...]  # remarks below
    between: tuple[str, ...]  # remarks and rules in between
    named: bool  # the first row is known to hold names
    row_names: bool  # ... without one for the first column, as R writes them


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, bare or with a sign of money or percent."""
    number = written(clean(cell))
    return number is not None and number.unit in ("", "%", "$", "€", "£", "¥")


def is_value(cell: str) -> bool:
    """Whether a cell holds a number or a date."""
    return is_number(cell) or bool(form(cell))


def read_sheet(text: str) -> Sheet:
    """The table in a text; ValueErrors say what is wrong and in which row of the file."""
    declared = SEP.match(text.split("\n", 1)[0].strip("\r") + "\n")
    separator = declared[1] if declared and declared[1] in SEPARATORS else found_separator(text)
    if separator == " " and declared:
        separator = GAPS
    skip = 1 if declared else 0
    rows, lines = _all_rows(text, separator, skip)
    return _trimmed(rows, lines, separator)


def found_separator(text: str) -> str:
    """The separator under which most rows have equally many cells, most of them values.

    When the rows are uneven under each, the one that finds most cells: it is the one to blame.
    """
    best, found = (-1.0, 0), ","
    for separator in SEPARATORS:
        sample: Rows = []
        with suppress(csv.Error):  # reported when the file is read, under the separator found here
            every = (row for row in _split(text, separator) if any(map(str.strip, row)))
            sample.extend(row for row in islice(every, SAMPLE) if not SIGNS.match(row[0].strip()))
        widths = Counter(map(len, sample)) or Counter([0])
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        even = count / max(len(sample), 1) if width > 1 else 0.0
        cells = [c for row in sample if len(row) == width for c in map(str.strip, row)]
        filled = [c for c in cells if not missing(c)]
        # a number does not end in the mark that may have been the separator
        values = sum(is_value(c) and c[-1] not in ",;" for c in filled)
        shape = even if even > 0.6 else 0.0
        score = (
            round(shape * (1 + values / max(len(filled), 1)), 6),
            0 if shape or separator == GAPS else max(widths),
        )
        if score > best:
            best, found = score, separator
    return found


def _split(text: str, separator: str) -> Iterator[list[str]]:
    if separator == GAPS:
        for line in text.splitlines():
            yield [a.replace('""', '"') or b for a, b in GAPPED.findall(line)]
        return
    lines = io.StringIO(text, newline="")
    # strict: a quotation mark left open would otherwise swallow rows in silence
    yield from csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)


def _all_rows(text: str, separator: str, skip: int) -> tuple[Rows, list[int]]:
    """Every row that is not blank, stripped, with its number in the file."""
    rows: Rows = []
    lines: list[int] = []
    line = 0
    try:
        for line, row in enumerate(_split(text, separator), 1):
            cells = [cell.strip() for cell in row]
            if line <= skip or not any(cells):
                continue
            if len(cells) > MOST_COLUMNS + 2:
                raise ValueError(
                    f"The file has {len(cells)} columns; at most {MOST_COLUMNS} are read."
                )
            if len(rows) > MOST_ROWS + SAMPLE:
                raise ValueError(f"The file has more than {MOST_ROWS:,} rows; keep fewer.")
            rows.append(cells)
            lines.append(line)
    except csv.Error as problem:
        raise ValueError(
            f"The file cannot be read beyond row {lines[-1] if lines else 0}: {problem}. Check for "
            "a quotation mark left open."
        ) from problem
    if not rows:
        raise ValueError(EMPTY)
    return rows, lines


def _trimmed(rows: Rows, lines: list[int], separator: str) -> Sheet:
    """The table without titles, remarks, rules and the empty cells at its edges."""
    remarks = _remarks(rows)
    kept: list[int] = []
    between: list[str] = []
    before: list[str] = []
    hidden = -1  # the last remark before the table: names may stand there
    for i, row in enumerate(rows):
        if i in remarks:
            (between if kept else before).append(_joined(row))
            hidden = i if not kept else hidden
        elif row[0][:1] in EDGES and all(RULE.fullmatch(cell) or not cell for cell in row):
            between.append(_joined(row))
        else:
            kept.append(i)
    if not kept:
        raise ValueError(EMPTY)
    rows, lines, every = [rows[i] for i in kept], [lines[i] for i in kept], rows
    rows = _without_edges(rows)
    width = _width(rows)
    start = _start(rows, width)
    before += [_joined(row) for row in rows[:start]]
    stop = _stop(rows, width, start)
    after = tuple(_joined(row) for row in rows[stop:])
    rows, lines = rows[start:stop], lines[start:stop]
    named = row_names = False
    if hidden == kept[0] - 1 and start == 0 and hidden >= 0 and any(map(is_value, rows[0])):
        names = _hidden_names(every[hidden], separator, width)
        if names:
            rows, lines, named = [names, *rows], [hidden + 1, *lines], True
            before = before[:-1]
    if len(rows) > 1 and len(rows[0]) == width - 1 and _are_row_names(rows):
        rows, named, row_names = [["row name", *rows[0]], *rows[1:]], True, True
    _check_even(rows, lines, separator)
    again = [
        i for i, row in enumerate(rows) if i and row == rows[0] and not any(map(is_value, row))
    ]
    if again and len(again) < len(rows) / 4:
        between += [_joined(rows[i]) for i in again]
        gone = set(again)
        rows = [row for i, row in enumerate(rows) if i not in gone]
        lines = [line for i, line in enumerate(lines) if i not in gone]
        named = True
    return Sheet(rows, lines, separator, tuple(before), after, tuple(between), named, row_names)


def _remarks(rows: Rows) -> set[int]:
    """Rows that begin with #, // or %, unless a column does so: "#1", "#2", …"""
    marked = [i for i, row in enumerate(rows) if row[0][:1] in "#/%" and SIGNS.match(row[0])]
    top = {i for place, i in enumerate(marked) if i == place}
    there = set(marked)
    others = [len(row) for i, row in enumerate(rows) if i not in there] if marked else []
    width = Counter(others).most_common(1)[0][0] if others else 0
    few = len(marked) <= 0.2 * len(rows)
    return {i for i in marked if i in top or few or len(rows[i]) != width}


def _joined(row: list[str]) -> str:
    return " ".join(cell for cell in row if cell)[:200]


def _without_edges(rows: Rows) -> Rows:
    """Without columns of nothing at the edges: a separator ends, or begins, each row."""
    width = max(map(len, rows))
    full = [row for row in rows if len(row) == width]
    if len(full) < len(rows) / 2 or width < 2:
        return rows
    last = not any(row[-1] for row in full)
    first = not any(row[0] for row in full)
    if last and width - last - first > 0:
        rows = [row[:-1] if len(row) == width else row for row in rows]
        if not first:
            return _without_edges(rows)
    if first and width - last - first > 0:
        rows = [row[1:] if len(row) >= width - last and not row[0] else row for row in rows]
    return rows


def _width(rows: Rows) -> int:
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width], width))


def _reach(row: list[str]) -> int:
    """How many cells up to the last one that is filled."""
    return max((i for i, cell in enumerate(row, 1) if cell), default=0)


def _start(rows: Rows, width: int) -> int:
    """Where the table begins: titles, and facts in two cells, stand above it."""
    if width < 2:
        return 0
    for i, row in enumerate(rows[:50]):
        reach = _reach(row)
        if reach == width or (len(row) == width and reach > 2):
            return i if i == 0 or _above_is_no_table(rows, i, width) else 0
        if reach == 1 and not is_value(row[0]) and width > 1:
            continue
        if reach == 2 and width > 2 and (len(row) < width or width > 3) and len(rows) > i + 1:
            continue
        return i
    return 0


def _above_is_no_table(rows: Rows, start: int, width: int) -> bool:
    """Whether the rows above are titles; if two cells each, names must follow them."""
    pairs = [row for row in rows[:start] if _reach(row) > 1]
    return not pairs or not any(map(is_value, rows[start]))


def _stop(rows: Rows, width: int, start: int) -> int:
    """Where the table ends: sources and notes in one cell stand below it."""
    stop = len(rows)
    while stop > start + 1:
        row = rows[stop - 1]
        alone = _reach(row) == 1 and not is_value(row[0]) and not missing(row[0])
        if not alone or width < 2:
            break
        # a label beside empty cells, or a remark?
        if len(row) == width and not _is_note(row[0]) and _labels_first(rows[start + 1 : stop - 1]):
            break
        stop -= 1
    return stop


def _labels_first(rows: Rows) -> bool:
    """Whether the first column holds labels."""
    return any(not is_value(row[0]) for row in rows[:SAMPLE])


def _is_note(cell: str) -> bool:
    return bool(re.match(r"(source|note|notes|quelle|remark|fuente|nb)\b|[*†(]", cell, re.I))


def _hidden_names(row: list[str], separator: str, width: int) -> list[str]:
    """The names in a remark such as "# time, speed" right above the numbers; [] if none."""
    first = SIGNS.sub("", row[0], count=1)
    names = [first, *row[1:]] if first else row[1:]
    return names if len(names) == width and not any(map(is_value, names)) else []


def _are_row_names(rows: Rows) -> bool:
    """Whether the first cells are names of the rows: texts, or 1, 2, 3, … as R writes them."""
    first = [row[0] for row in rows[1:]]
    if any(map(is_value, rows[0])) or len(set(first)) < len(first):
        return False
    counted = first == [str(i) for i in range(1, len(first) + 1)]
    return not any(map(is_value, first)) or (counted and len(first) > 1)


def _check_even(rows: Rows, lines: list[int], separator: str) -> None:
    width = len(rows[0])
    if width > MOST_COLUMNS:
        raise ValueError(f"The file has {width} columns; at most {MOST_COLUMNS} are read.")
    if len(rows) > MOST_ROWS + 1:
        raise ValueError(f"The file has more than {MOST_ROWS:,} rows; keep fewer.")
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            raise ValueError(
                f"Row {line} of the file has {len(row)} cells, the rows above have {width}; the "
                f"cells are separated by {SEPARATORS[separator]}. Check for a missing cell, a "
                "decimal comma, or a quotation mark left open."
            )
