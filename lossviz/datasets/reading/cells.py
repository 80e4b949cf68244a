"""The different cells of one column, and what a column was read as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets.reading.numbers import clean, filled
from lossviz.datasets.reading.questions import Question, shown

Array = NDArray[np.floating]


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


def collected(name: str, cells: Sequence[str], lines: Sequence[int]) -> Cells:
    """The different cells of a column."""
    import pandas as pd

    codes, raw = pd.factorize(np.array(cells, dtype=object))
    raw = raw.tolist()
    texts = raw if "".join(raw).isascii() else [clean(cell) for cell in raw]
    counts = np.bincount(codes, minlength=len(raw))
    return Cells(name, codes, raw, texts, counts, filled(texts), lines)


def as_column(
    cells: Cells, kind: str, there: NDArray[np.bool_], values: Array, says: str, unit: str
) -> Column:
    first = next((raw for raw, filled in zip(cells.raw, there, strict=True) if filled), "")
    known = values[~np.isnan(values)]
    count = len(values) - len(known)
    return Column(cells.name, kind, count, len(np.unique(known)), first, says, unit)
