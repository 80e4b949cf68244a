"""A column of dates, read as days, or of times of day, read as hours or minutes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets.reading import dates
from lossviz.datasets.reading.cells import Cells, Read, as_column
from lossviz.datasets.reading.label_column import label_column
from lossviz.datasets.reading.numbers import missing
from lossviz.datasets.reading.questions import Question

Array = NDArray[np.floating]


def date_column(
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
            return label_column(cells, questions, answers)
    return in_days(cells, known, questions)


def time_column(cells: Cells, questions: list[Question], answers: Mapping[str, str]) -> Read:
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
            return label_column(cells, questions, answers)
        unit = "min" if doubt.answer == "minutes" else "h"
    says = f"times, in {'minutes' if unit == 'min' else 'hours'}"
    values = known[cells.codes]
    column = as_column(cells, "number", ~np.isnan(known), values, says, unit)
    return Read(column, values, None, questions)


def in_days(cells: Cells, known: Array, questions: list[Question]) -> Read:
    import pandas as pd

    first = float(np.nanmin(known)) if not np.isnan(known).all() else 0.0
    start = np.floor(first)
    day = str((pd.Timestamp(0) + pd.Timedelta(days=start)).date())
    values = (known - start)[cells.codes]
    says = f"dates, as days since {day}"
    column = as_column(cells, "date", ~np.isnan(known), values, says, f"days since {day}")
    return Read(column, values, None, questions)
