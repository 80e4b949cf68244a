"""Columns of cells: read as numbers, dates or labels, and what has to be asked about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lossviz.datasets.reading import dates
from lossviz.datasets.reading.cells import Cells, Read
from lossviz.datasets.reading.date_column import date_column, time_column
from lossviz.datasets.reading.label_column import label_column
from lossviz.datasets.reading.marks import MARKS, Signs, decimal_mark
from lossviz.datasets.reading.number_column import (
    cells_question,
    number_column,
    one_unit,
    values_by_answer,
)
from lossviz.datasets.reading.numbers import written
from lossviz.datasets.reading.questions import Question


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
        return label_column(cells, questions, answers)
    decimal, doubt = decimal_mark(cells.name, own, others, separator)
    elsewhere = bool(others) and decimal not in others and decimal in own.decimal
    if own.plain == decimal and not doubt and not elsewhere:
        values = [float(texts[i].replace(",", ".")) for i in there]
        return number_column(
            cells, dict(zip(there, values, strict=True)), decimal, unit, questions, answers
        )
    number = dict(own.numbers) or {i: found for i in there if (found := written(texts[i]))}
    day = {i: form for i in there if i not in number and (form := dates.form(texts[i]))}
    total = int(sum(cells.counts[i] for i in there))
    if sum(cells.counts[i] for i in day) > 0.5 * total:
        return date_column(cells, day, questions, answers)
    if all(dates.TIME.fullmatch(texts[i]) for i in there):
        return time_column(cells, questions, answers)
    number, unit = one_unit(cells, number, unit, ask)
    share = sum(cells.counts[i] for i in number) / total
    bad = [i for i in there if i not in number]
    if share < 0.2 or (questions and questions[-1].answer == "labels"):
        return label_column(cells, questions, answers)
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
            return label_column(cells, questions, answers)
    bad += alien
    treated: dict[int, float] = {}
    if bad:
        answer = ask(cells_question(cells, bad, alien, share, unit, decimal))
        if answer == "labels":
            return label_column(cells, questions, answers)
        treated = values_by_answer(texts, bad, answer, decimal)
    wrong = set(bad)
    known = {i: each.value(decimal) for i, each in number.items() if i not in wrong}
    return number_column(cells, known | treated, decimal, unit, questions, answers)
