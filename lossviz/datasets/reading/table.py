"""Tables: one's own data, read as they are meant, with questions where that is open."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lossviz.datasets.data import LARGEST, TASKS, Array, Data
from lossviz.datasets.reading.cells import Column, Read, collected
from lossviz.datasets.reading.columns import read_column
from lossviz.datasets.reading.decoding import decoded
from lossviz.datasets.reading.label_column import MOST_LABELS
from lossviz.datasets.reading.layout import Layout, laid_out, same_names, totals
from lossviz.datasets.reading.marks import signs
from lossviz.datasets.reading.questions import Question, listed, shown
from lossviz.datasets.reading.rows import SEPARATORS, Rows, Sheet, read_sheet

MOST_ONE_HOT = 10
MIXED = 0.8  # a column with a larger share of numbers is one of numbers, with something wrong
SOURCE = "your own file"


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read.

    ``columns`` say of each column its name, how it was read, how many cells were missing, how
    many different values it has and an example; ``questions`` are the places where two readings
    are possible, with the choices; ``notes`` say what was found around the data and left out.
    """

    layout: Layout
    reads: list[Read]
    notes: tuple[str, ...]
    questions: tuple[Question, ...]
    sheet: Sheet = field(repr=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What was read of each column, from left to right."""
        return tuple(each.column for each in self.reads)

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each column, from left to right."""
        return tuple(self.layout.names)

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that have no answer yet."""
        return tuple(each for each in self.questions if not each.answer)

    def __len__(self) -> int:
        return len(self.layout.rows)

    @cached_property
    def rows(self) -> Rows:
        """The cells of the data as they stand in the file, row by row."""
        return self.layout.rows

    def data(
        self,
        features: Sequence[str],
        target: str,
        task: str | None = None,
        standardise: bool = False,
        answers: Mapping[Any, str] | None = None,
    ) -> Data:
        """``Data`` in which ``features`` (names of columns) predict ``target``.

        Without a ``task`` a target of two different values is binary, other numbers are
        regression, other labels are multi-class; labels are recoded in their order and kept in
        ``classes``.  Dates count as days since the first one.  A feature of up to ten labels
        becomes a column of 0 and 1 for each label.  Rows without a value in one of these columns
        are left out, and ``source`` says how many.  ``answers`` are the choices made where the
        table asks, by the ``id`` of the question.

        Raises ValueError when a question about the table or one of these columns is open, naming
        the cell; when a column is not there or cannot serve; and when no row is left.
        """
        if answers:
            return self.answered(answers).data(features, target, task, standardise)
        features = (features,) if isinstance(features, str) else tuple(features)
        self._check_columns(features, target)
        if task is not None and task not in TASKS:
            raise ValueError(f"A table can serve {', '.join(TASKS)}; got {task!r}.")
        doubt = self._settled_by(target, task)
        if doubt:
            return self.answered({doubt: "labels"}).data(features, target, task, standardise)
        self._check_questions(features, target)
        used = [self._column(name) for name in (*features, target)]
        there = np.all([_there(each) for each in used], axis=0)
        if not there.any():
            worst = max(used, key=lambda each: each.column.missing).column
            raise ValueError(
                f"Each row lacks a value in one of these columns; {shown(worst.name)} has "
                f"{worst.missing} of {len(there)} missing. Choose other columns."
            )
        return self._made(used, there, task, standardise)

    def answered(self, answers: Mapping[Any, str]) -> Table:
        """The table read with these answers; raises ValueError for one that is no choice."""
        known: dict[str, str] = {each.id: each.answer for each in self.questions if each.answer}
        for key, answer in answers.items():
            ids = [each for each in self.questions if key in (each.id, each.column) or key == each]
            if not ids:
                raise ValueError(
                    f"This table asks no question {shown(str(key))}; it asks "
                    f"{listed([each.id for each in self.questions], 10) or 'nothing'}."
                )
            fitting = [each for each in ids if answer in each.choices]
            if not fitting:
                raise ValueError(
                    f"The question {shown(ids[0].id)} is answered by "
                    f"{listed(ids[0].choices, 10)}; got {answer!r}."
                )
            known |= {each.id: answer for each in fitting}
        return _table(self.sheet, known, self.notes[:1] if self.notes else ())

    def _made(self, used: list[Read], there: Any, task: str | None, standardise: bool) -> Data:
        from lossviz.datasets.transforms import standardised

        *features, target = used
        task = task or _task(target, there)
        y, classes = _target(target, there, task, self.layout)
        columns: list[Array] = []
        names: list[str] = []
        units: list[str] = []
        for each in features:
            for name, values, unit in _feature(each, there):
                columns.append(values)
                names.append(name)
                units.append(unit)
        _check_size([*features, *([target] if task == "regression" else [])], self.layout)
        left = int(len(there) - there.sum())
        source = SOURCE
        if left:
            lacking = [e.column.name for e in used if e.column.missing]
            source += (
                f"; {left:,} of {len(there):,} rows are left out: no value in {listed(lacking, 5)}"
            )
        data = Data(
            np.column_stack(columns),
            y,
            task,
            names=tuple(names),
            units=tuple(units),
            target=target.column.name,
            target_unit=target.column.unit if task == "regression" else "",
            classes=classes,
            source=source,
        )
        return standardised(data) if standardise else data

    def _column(self, name: str) -> Read:
        """The column meant by a name: among several of one name, the one that was chosen."""
        for question in self.questions:
            if question.column == name and question.id.endswith(": which column"):
                return self.reads[int(question.answer.removeprefix("column ")) - 1]
        return self.reads[self.layout.names.index(name)]

    def _check_columns(self, features: tuple[str, ...], target: str) -> None:
        there = f"The file has {listed(self.layout.names, 20)}."
        for name in (*features, target):
            if name not in self.layout.names:
                raise ValueError(f"There is no column {shown(str(name))}. {there}")
        if not features:
            raise ValueError(f"Choose at least one column to predict from. {there}")
        if len(set(features)) < len(features) or target in features:
            raise ValueError("Each column can be used once, as a feature or as the target.")

    def _settled_by(self, target: str, task: str | None) -> str:
        """The question whether a mixed column holds labels, where the task says that it does."""
        values = self._column(target).values
        mixed = values is not None and np.mean(~np.isnan(values)) <= MIXED
        ids = [each.id for each in self.open if each.id == f"{target}: cells"]
        return ids[0] if ids and mixed and task in ("binary", "multiclass") else ""

    def _check_questions(self, features: tuple[str, ...], target: str) -> None:
        for question in self.open:
            if question.column and question.column not in (*features, target):
                continue
            raise ValueError(
                f"{question.text[0].upper()}{question.text[1:]} Answer {shown(question.id)} with "
                f"{' or '.join(map(shown, question.choices))}."
            )


def read_table(text: str | bytes) -> Table:
    """The table in a text or in the bytes of a file, with the questions it leaves open.

    Found out: the encoding; the separator (comma, semicolon, tab, upright stroke, spaces, a first
    line ``sep=;``); titles, remarks, rules and sources around the table; names, units below them;
    decimal commas, marks for thousands, signs of money and percent, units, minus signs of every
    kind, Fortran's exponents; dates; cells that say there is no value.  Nothing in it is run:
    a formula ``=A1+B1`` is text.  Asked: what may be read in two ways.

    Raises ValueError, saying which row of the file, when it is no table of rows of equal length;
    for more than 5 MB, 200,000 rows or 200 columns.
    """
    with _uncollected():
        letters, encoding = decoded(text)
        sheet = read_sheet(letters)
    how = f"The cells are separated by {SEPARATORS[sheet.separator]}"
    if len(sheet.rows[0]) == 1:
        how = "One column was found"
    return _table(sheet, {}, (how + (f", the letters are {encoding}." if encoding else "."),))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage: each would go through all rows read so far, and take half the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


@_uncollected()
def _table(sheet: Sheet, answers: dict[str, str], notes: tuple[str, ...]) -> Table:
    layout = laid_out(sheet, answers)
    questions = list(layout.questions)
    facts = [*notes, *_around(sheet), *layout.notes]
    which, doubt = totals(layout.rows, layout.lines)
    if doubt:
        doubt = doubt.answered(answers)
        questions.append(doubt)
        if doubt.answer == "leave out":
            facts.append(
                f"{len(which)} rows of totals are left out."
                if len(which) > 1
                else f"Row {layout.lines[which[0]]} of the file, a total, is left out."
            )
            gone = set(which)
            keep = [i for i in range(len(layout.rows)) if i not in gone]
            layout = layout._replace(
                rows=[layout.rows[i] for i in keep], lines=[layout.lines[i] for i in keep]
            )
            if not keep:
                raise ValueError("No row is left beside the totals.")
    questions += [each.answered(answers) for each in same_names(layout)]
    cells = [
        collected(name, column, layout.lines)
        for name, column in zip(layout.names, zip(*layout.rows, strict=True), strict=True)
    ]
    marks = [signs(each) for each in cells]
    reads = []
    for i, (each, own) in enumerate(zip(cells, marks, strict=True)):
        others = frozenset[str]().union(*(m.decimal for k, m in enumerate(marks) if k != i))
        unit = layout.units[i]
        read = read_column(each, own, others, sheet.separator, unit, answers)
        reads.append(read)
        questions += read.questions
    return Table(layout, reads, tuple(facts), tuple(questions), sheet)


def _around(sheet: Sheet) -> list[str]:
    """What stood around the table."""
    found = []
    for where, lines in (("Above", sheet.before), ("Below", sheet.after), ("In", sheet.between)):
        if lines:
            rest = len(lines) - 1
            more = f" and {rest:,} more line{'s' if rest > 1 else ''}" if rest else ""
            found.append(f"{where} the table, not data: {shown(lines[0])}{more}.")
    return found


def _there(read: Read) -> Any:
    if read.values is not None:
        return ~np.isnan(read.values)
    assert read.labels is not None
    return np.array([label != "" for label in read.labels], bool)


def _task(target: Read, there: Any) -> str:
    if target.values is not None:
        return "binary" if len(np.unique(target.values[there])) == 2 else "regression"
    assert target.labels is not None
    return "binary" if len(set(np.array(target.labels)[there])) == 2 else "multiclass"


def _target(target: Read, there: Any, task: str, layout: Layout) -> tuple[Array, tuple[str, ...]]:
    """(n,) the target, and what its classes stand for: numbers by size, texts by alphabet."""
    name = target.column.name
    if task == "regression":
        if target.values is None:
            raise ValueError(_no_number(target, layout))
        return target.values[there], ()
    if target.values is not None:
        values, y = np.unique(target.values[there], return_inverse=True)
        classes = tuple(repr(float(value)).removesuffix(".0") for value in values)
    else:
        texts, y = np.unique(np.array(target.labels)[there], return_inverse=True)
        classes = tuple(map(str, texts))
    k = len(classes)
    if k < 2 or (task == "binary" and k > 2) or k > MOST_LABELS:
        wanted = "two different labels" if task == "binary" else f"2 to {MOST_LABELS} labels"
        raise ValueError(
            f"A {task} target needs {wanted}; column {name!r} has {k}: {listed(classes, 5)}. "
            "Choose another column or another task."
        )
    return y.astype(float), classes


def _no_number(read: Read, layout: Layout) -> str:
    """That a column of texts holds no numbers, with the first cell that is none."""
    assert read.labels is not None
    row = next((i for i, label in enumerate(read.labels) if label), 0)
    i = layout.names.index(read.column.name)
    return (
        f"Row {layout.lines[row]} of the file holds {shown(layout.rows[row][i])} in column "
        f"{read.column.name!r}, which is not a number like 1234.5. Correct it, or choose another "
        "column."
    )


def _feature(read: Read, there: Any) -> list[tuple[str, Array, str]]:
    """A column of numbers as it is; labels as a column of 0 and 1 for each."""
    name = read.column.name
    if read.values is not None:
        return [(name, read.values[there], read.column.unit)]
    labels = np.array(read.labels)[there]
    kinds = np.unique(labels)
    if len(kinds) > MOST_ONE_HOT:
        raise ValueError(
            f"Column {shown(name)} has {len(kinds):,} different texts; at most {MOST_ONE_HOT} "
            "become columns of 0 and 1. Choose another column."
        )
    return [(f"{name} = {kind}", (labels == kind).astype(float), "") for kind in kinds]


def _check_size(used: list[Read], layout: Layout) -> None:
    for read in used:
        if read.values is None:
            continue
        large = np.abs(read.values) > LARGEST
        if large.any():
            row = int(np.argmax(large))
            cell = layout.rows[row][layout.names.index(read.column.name)]
            raise ValueError(
                f"Row {layout.lines[row]} of the file holds {shown(cell)} in column "
                f"{read.column.name!r}; numbers up to {LARGEST:g} can be used. Choose a larger "
                "unit."
            )


def read_csv(
    text: str | bytes,
    features: Sequence[str],
    target: str,
    task: str | None = None,
    standardise: bool = False,
) -> Data:
    """Data from a CSV text, for a table that can be read in one way: ``read_table`` in short.

    Raises ValueError, saying which row of the file and which column, where ``read_table`` would
    ask or would change the data: a cell without a value, a text or a date among the features.
    """
    table = read_table(text)
    features = (features,) if isinstance(features, str) else tuple(features)
    table._check_columns(features, target)
    if task is not None and task not in TASKS:
        raise ValueError(f"A table can serve {', '.join(TASKS)}; got {task!r}.")
    doubt = table._settled_by(target, task)
    table = table.answered({doubt: "labels"}) if doubt else table
    table._check_questions(features, target)
    for name in (*features, target):
        read = table._column(name)
        gone = np.flatnonzero(~_there(read))
        if len(gone):
            more = f" (and {len(gone) - 1} more)" if len(gone) > 1 else ""
            raise ValueError(
                f"Row {table.layout.lines[gone[0]]} of the file{more} has no value in column "
                f"{name!r}. Fill it in, remove the row, or choose another column."
            )
        if name != target and read.values is None:
            raise ValueError(_no_number(read, table.layout))
        if read.column.kind == "date":
            row = table.layout.rows[0][table.layout.names.index(name)]
            raise ValueError(
                f"Row {table.layout.lines[0]} of the file holds the date {shown(row)} in column "
                f"{name!r}; read_table reads it as days. Or choose another column."
            )
    return table.data(features, target, task, standardise)
