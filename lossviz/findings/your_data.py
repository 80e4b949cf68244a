"""Sentences about how a table was read."""

from __future__ import annotations

from lossviz.datasets import Data, Table

KINDS = {"number": "numbers", "date": "dates", "label": "labels", "skipped": "skipped"}


def read(table: Table, name: str) -> str:
    """How many rows and columns were read, from what, and what was left out."""
    n, d = len(table), len(table.columns)
    what = f"{name}: " if name else ""
    notes = " ".join(table.notes)
    left = len(table.open)
    still = f" {left} question{'s are' if left > 1 else ' is'} open." if left else ""
    return f"{what}{n:,} row{'s' * (n > 1)} and {d} column{'s' * (d > 1)}. {notes}{still}"


def columns(table: Table) -> list[dict[str, object]]:
    """A row for each column: its name, how it was read, what is missing."""
    return [
        {
            "Column": each.name,
            "Read as": each.says or KINDS[each.kind],
            "Missing": each.missing,
            "Different": each.distinct,
            "Example": each.example,
        }
        for each in table.columns
    ]


def used(data: Data) -> list[str]:
    """What the data in use are: rows, features, target and where they come from."""
    features = ", ".join(
        f"{n} ({u})" if u else n for n, u in zip(data.names, data.units, strict=True)
    )
    aim = f"{data.target} ({data.target_unit})" if data.target_unit else data.target
    kind = f"one of {len(data.classes)} classes" if data.classes else "a number"
    return [
        f"{len(data):,} rows predict {aim}, {kind}, from {features}.",
        f"Source: {data.source}.",
    ]
