"""From the text of a CSV file to named columns of cells: encoding, separator, header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 5_000_000, 200_000, 200
EMPTY = "The file is empty. It needs a row for each sample and a column for each measurement."
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
POINT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
COMMA = re.compile(r"[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]+)?")


class Cells(NamedTuple):
    """``columns[name][i]`` is a stripped cell; it stands in row ``lines[i]`` of the file."""

    columns: dict[str, list[str]]
    lines: list[int]
    decimal: str

    def number(self, cell: str) -> float | None:
        """The number in a cell, or None when it holds none."""
        form = COMMA if self.decimal == "," else POINT
        return float(cell.replace(",", ".")) if form.fullmatch(cell) else None


def missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.lower() in MISSING


def read_cells(text: str | bytes) -> Cells:
    """The cells of a CSV text; ValueErrors say what is wrong and in which row of the file."""
    if not isinstance(text, str | bytes):
        raise ValueError(f"A table is read from its text or bytes; got {text!r:.60}.")
    text = _decoded(text)
    separator = _separator(text)
    rows, lines = _rows(text, separator)
    decimal = "," if separator != "," and _decimal_commas(rows) else "."
    header = _is_header(rows, COMMA if decimal == "," else POINT)
    names = _names(rows[0] if header else [""] * len(rows[0]))
    body, lines = (rows[1:], lines[1:]) if header else (rows, lines)
    if not body:
        raise ValueError("The file has a row of names and no rows of data below it.")
    return Cells(dict(zip(names, map(list, zip(*body, strict=True)), strict=True)), lines, decimal)


def _decoded(text: str | bytes) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise ValueError(
            f"The file has {size / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g} MB are read. "
            "Keep fewer rows or columns."
        )
    letters = (_letters(text) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    if "\0" in letters:
        raise ValueError("This is not a text file. Save the table as CSV and try again.")
    if not letters.strip():
        raise ValueError(EMPTY)
    return letters


def _letters(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # older spreadsheets; every byte is a letter there


def _separator(text: str) -> str:
    """The separator under which the first rows have equally many cells, most of them numbers.

    When the rows are uneven under each, the one that finds most cells: it is the one to blame.
    """
    best, found = (-1.0, 0), ","
    for separator in SEPARATORS:
        sample: list[list[str]] = []
        with suppress(csv.Error):  # reported when the file is read, under the separator found here
            sample.extend(row for row in islice(_reader(text, separator), 50) if any(row))
        widths = {len(row) for row in sample} or {0}
        filled = [c for row in sample for c in map(str.strip, row) if not missing(c)]
        numbers = sum(bool(POINT.fullmatch(c) or COMMA.fullmatch(c)) for c in filled)
        even = len(widths) == 1 and widths != {1}
        score = (even * (1 + numbers / max(len(filled), 1)), 0 if even else max(widths))
        if score > best:
            best, found = score, separator
    return found


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    # strict: a quotation mark left open would otherwise swallow rows in silence
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)


def _rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for line, row in enumerate(_reader(text, separator), 1):
            if not any(map(str.strip, row)):
                continue
            if rows and len(row) != len(rows[0]):
                raise ValueError(
                    f"Row {line} of the file has {len(row)} cells, the rows above have "
                    f"{len(rows[0])}; the cells are separated by {SEPARATORS[separator]}. Check "
                    "for a missing cell or a quotation mark left open."
                )
            if len(row) > MOST_COLUMNS:
                raise ValueError(
                    f"The file has {len(row)} columns; at most {MOST_COLUMNS} are read."
                )
            if len(rows) > MOST_ROWS:
                raise ValueError(f"The file has more than {MOST_ROWS:,} rows; keep fewer.")
            rows.append([cell.strip() for cell in row])
            lines.append(line)
    except csv.Error as problem:
        raise ValueError(
            f"The file cannot be read beyond row {lines[-1] if lines else 0}: {problem}. Check for "
            "a quotation mark left open."
        ) from problem
    if not rows:
        raise ValueError(EMPTY)
    return rows, lines


def _decimal_commas(rows: list[list[str]]) -> bool:
    """Whether numbers are written 1,5: some are, and none is written 1.5."""
    cells = [cell for row in rows for cell in row if "," in cell or "." in cell]
    return any("," in cell and COMMA.fullmatch(cell) for cell in cells) and not any(
        "." in cell and POINT.fullmatch(cell) for cell in cells
    )


def _is_header(rows: list[list[str]], form: re.Pattern[str]) -> bool:
    """Whether the first row has no number, or has a word on top of a column of numbers."""
    if not any(form.fullmatch(cell) for cell in rows[0]):
        return True
    for first, *below in zip(*rows, strict=True):
        filled = [cell for cell in below if not missing(cell)]
        word = not (missing(first) or form.fullmatch(first))
        if word and filled and all(form.fullmatch(cell) for cell in filled):
            return True
    return False


def _names(header: list[str]) -> list[str]:
    """The names in a header, with numbers for the nameless and for those that come again."""
    names: list[str] = []
    for i, name in enumerate(header, 1):
        name = name[:80] or f"column {i}"
        while name in names:
            name += f" ({i})"
        names.append(name)
    return names
