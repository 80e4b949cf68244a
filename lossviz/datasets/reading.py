"""From a CSV text to Data: one's own table, with every refusal naming its row and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lossviz.datasets.cells import Cells, missing, read_cells
from lossviz.datasets.data import LARGEST, TASKS, Array, Data
from lossviz.datasets.transforms import standardised

MOST_CLASSES = 50


class Column(NamedTuple):
    """A column of a file: "number" when every filled cell is one, else "text"; or "empty"."""

    name: str
    kind: str
    missing: int  # cells without a value
    distinct: int  # different values
    example: str  # the first filled cell


def csv_columns(text: str | bytes) -> list[Column]:
    """The columns of a CSV text, for a page to offer as features and target."""
    cells = read_cells(text)
    columns = []
    for name, column in cells.columns.items():
        filled = [cell for cell in column if not missing(cell)]
        kind = "number" if all(cells.number(cell) is not None for cell in filled) else "text"
        columns.append(
            Column(
                name,
                kind if filled else "empty",
                len(column) - len(filled),
                len(set(filled)),
                filled[0] if filled else "",
            )
        )
    return columns


def read_csv(
    text: str | bytes,
    features: Sequence[str],
    target: str,
    task: str | None = None,
    standardise: bool = False,
) -> Data:
    """Data from a CSV text: ``features`` (d names) predict ``target``.

    Separators (comma, semicolon, tab), decimal commas, a header and the encoding are found out;
    a file without names has columns "column 1", "column 2", ….  Without a ``task``, a target of
    two values is binary, other numbers are regression, other texts are multi-class; the labels
    are recoded in their order and kept in ``classes``.

    Raises ValueError, saying which row of the file and which column, when a cell is missing or
    is not a number; and for unknown columns, or more than 5 MB, 200,000 rows or 200 columns.
    """
    cells = read_cells(text)
    features = (features,) if isinstance(features, str) else tuple(features)
    _check_columns(cells, features, target)
    if task is not None and task not in TASKS:
        raise ValueError(f"A table can serve {', '.join(TASKS)}; got {task!r}.")
    for name in (*features, target):
        _check_filled(cells, name)
    task = task or _task(cells, target)
    classes: tuple[str, ...] = ()
    if task == "regression":
        y = _numbers(cells, target)
    else:
        y, classes = _labels(cells, target, task)
    X = np.column_stack([_numbers(cells, name) for name in features])
    data = Data(X, y, task, names=features, target=target, classes=classes, source="your own file")
    return standardised(data) if standardise else data


def _check_columns(cells: Cells, features: tuple[str, ...], target: str) -> None:
    there = f"The file has {_listed(tuple(cells.columns), 20)}."
    for name in (*features, target):
        if name not in cells.columns:
            raise ValueError(f"There is no column {_shown(name)}. {there}")
    if not features:
        raise ValueError(f"Choose at least one column to predict from. {there}")
    if len(set(features)) < len(features) or target in features:
        raise ValueError("Each column can be used once, as a feature or as the target.")


def _check_filled(cells: Cells, name: str) -> None:
    empty = [
        line for line, cell in zip(cells.lines, cells.columns[name], strict=True) if missing(cell)
    ]
    if empty:
        more = f" (and {len(empty) - 1} more)" if len(empty) > 1 else ""
        raise ValueError(
            f"Row {empty[0]} of the file{more} has no value in column {name!r}. Fill it in, "
            "remove the row, or choose another column."
        )


def _numbers(cells: Cells, name: str) -> Array:
    """(n,) the numbers of a column without missing cells."""
    numbers = np.empty(len(cells.lines))
    for i, cell in enumerate(cells.columns[name]):
        number = cells.number(cell)
        if number is None:
            raise ValueError(
                f"Row {cells.lines[i]} of the file holds {_shown(cell)} in column {name!r}, which "
                f"is not a number like 1234{cells.decimal}5 (no units, no marks for thousands). "
                "Correct it, or choose another column."
            )
        if abs(number) > LARGEST:
            raise ValueError(
                f"Row {cells.lines[i]} of the file holds {number:g} in column {name!r}; numbers "
                f"up to {LARGEST:g} can be used. Choose a larger unit."
            )
        numbers[i] = number
    return numbers


def _all_numbers(cells: Cells, name: str) -> bool:
    return all(cells.number(cell) is not None for cell in cells.columns[name])


def _task(cells: Cells, target: str) -> str:
    if _all_numbers(cells, target):
        return "binary" if len(np.unique(_numbers(cells, target))) == 2 else "regression"
    return "binary" if len(set(cells.columns[target])) == 2 else "multiclass"


def _labels(cells: Cells, target: str, task: str) -> tuple[Array, tuple[str, ...]]:
    """(n,) labels 0, 1, … and what they stand for: numbers by size, texts by alphabet."""
    if _all_numbers(cells, target):
        values, y = np.unique(_numbers(cells, target), return_inverse=True)
        classes = tuple(repr(float(value)).removesuffix(".0") for value in values)
    else:
        texts, y = np.unique(np.array(cells.columns[target]), return_inverse=True)
        classes = tuple(map(str, texts))
    k = len(classes)
    if k < 2 or (task == "binary" and k > 2) or k > MOST_CLASSES:
        wanted = "two different labels" if task == "binary" else f"2 to {MOST_CLASSES} labels"
        raise ValueError(
            f"A {task} target needs {wanted}; column {target!r} has {k}: "
            f"{_listed(classes, 5)}. "
            "Choose another column or another task."
        )
    return y.astype(float), classes


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def _listed(texts: tuple[str, ...], most: int) -> str:
    return ", ".join(map(_shown, texts[:most])) + (", …" if len(texts) > most else "")
