"""Dates as they are written in tables."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ZONE = r"(?:[AaPp][Mm]|Z|[+-][0-9]{2}:?[0-9]{2})"
SECONDS = r"(?::[0-5][0-9](?:[.,][0-9]{1,9})?)"
CLOCK = rf"(?:[T ]\s?[0-2]?[0-9]:[0-5][0-9]{SECONDS}?\s?{ZONE}?)?"
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
FORMS = {  # the order of day and month is known, except in "either"
    "year": re.compile(
        rf"[12][0-9]{{3}}([-/.])(?:1[0-2]|0?[1-9])(?:\1(?:3[01]|[12][0-9]|0?[1-9]){CLOCK})?"
    ),
    "word": re.compile(
        rf"(?:[0-9]{{1,2}}[-\s.]\s?{MONTH}[-\s,]\s?[0-9]{{4}}"
        rf"|{MONTH}\s[0-9]{{1,2}},?\s[0-9]{{4}}|{MONTH}[-\s][0-9]{{4}}){CLOCK}",
        re.IGNORECASE,
    ),
    "dots": re.compile(rf"(?:3[01]|[12][0-9]|0?[1-9])\.(?:1[0-2]|0?[1-9])\.[12][0-9]{{3}}{CLOCK}"),
    "short": re.compile(rf"(?:3[01]|[12][0-9]|0[1-9])\.(?:1[0-2]|0[1-9])\.[0-9]{{2}}{CLOCK}"),
    "either": re.compile(
        rf"(?:3[01]|[12][0-9]|0?[1-9])(?:([-/])(?:3[01]|[12][0-9]|0?[1-9])\1[12][0-9]{{3}}"
        rf"|/(?:3[01]|[12][0-9]|0?[1-9])/[0-9]{{2}}){CLOCK}"
    ),
    "quarter": re.compile(r"([12][0-9]{3})[-\s]?Q([1-4])|Q([1-4])[-\s]?([12][0-9]{3})"),
}
TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{1,9})?))?")
EIGHT = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


def form(cell: str) -> str:
    """How a cell's date is written, "" when it holds none.  "2020.01" is a number."""
    if len(cell) < 6:
        return ""
    for name, pattern in FORMS.items():
        if pattern.fullmatch(cell):
            return "" if name == "year" and "." in cell and cell.count(".") < 2 else name
    return ""


def hours(cells: Sequence[str]) -> NDArray[np.floating]:
    """(n,) hours of times such as 1:30 or 01:30:15; nan where a cell is none."""
    found = [TIME.fullmatch(cell) for cell in cells]
    return np.array(
        [
            int(f[1]) + int(f[2]) / 60 + float((f[3] or "0").replace(",", ".")) / 3600
            if f
            else np.nan
            for f in found
        ]
    )


def orders(cells: Sequence[str]) -> list[str]:
    """Which of "day first" and "month first" these dates with slashes or dashes allow."""
    pairs = [
        tuple(map(int, re.split("[-/]", cell)[:2])) for cell in cells if form(cell) == "either"
    ]
    found = []
    if all(second <= 12 for _, second in pairs):
        found.append("day first")
    if all(first <= 12 for first, _ in pairs):
        found.append("month first")
    same = all(first == second for first, second in pairs)
    return found[:1] if same else found


def days(cells: Sequence[str], order: str = "day first") -> NDArray[np.floating]:
    """(n,) days since 1970-01-01, nan where there is no such day (30 February)."""
    known = np.full(len(cells), np.nan)
    cells = [FORMS["quarter"].sub(_first_month, cell) for cell in cells]
    year_first = np.array([cell[:4].isdigit() for cell in cells], bool)
    for which, first in ((year_first, False), (~year_first, order == "day first")):
        rows = np.flatnonzero(which)
        if len(rows):
            known[rows] = _since([cells[i] for i in rows.tolist()], first)
    return known


def _first_month(quarter: re.Match[str]) -> str:
    year, which = quarter[1] or quarter[4], int(quarter[2] or quarter[3])
    return f"{year}-{3 * which - 2:02}"


def _since(cells: Sequence[str], day_first: bool) -> NDArray[np.floating]:
    import pandas as pd

    series = pd.Series([re.sub(r"(\d),(\d)", r"\1.\2", cell) for cell in cells], dtype=object)
    how = {"dayfirst": day_first, "errors": "coerce", "utc": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the form was found out from the first date
        stamps = pd.to_datetime(series, **how)
        other = stamps.isna()
        if other.any():  # one by one, which takes long: dates of another form than the first
            stamps[other] = pd.to_datetime(series[other], format="mixed", **how)
    since = (stamps - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    return np.where(stamps.notna(), since.to_numpy(dtype=float), np.nan)
