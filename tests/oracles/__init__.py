"""Expected values from independent libraries and published tables (README.md beside this file)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def case(name: str) -> dict:
    """One case by its id, such as "T01_regression_losses"."""
    return json.loads((FOLDER / "cases" / f"{name}.json").read_text())


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file such as "tables/T01_regression_losses.csv"."""
    with (FOLDER / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def columns(name: str, *wanted: str) -> np.ndarray:
    """(n, len(wanted)) numbers from a CSV file such as "data/engel.csv"."""
    return np.array([[float(row[key]) for key in wanted] for row in table(name)])


def check(got, entry: dict, tolerance: str = "rtol") -> None:
    """Assert |got - value| <= atol + rtol |value| for an entry of ``expected``."""
    np.testing.assert_allclose(
        got, np.asarray(entry["value"], float), rtol=entry[tolerance], atol=entry["atol"]
    )
