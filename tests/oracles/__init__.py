"""Expected values from independent libraries and published tables (``shared/oracles``)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "shared" / "oracles"


def case(name: str) -> dict:
    """One case by its id; the test is skipped, and says so, where the folder is not there."""
    return json.loads(_file(f"cases/{name}.json").read_text())


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file such as "tables/T01_regression_losses.csv"."""
    with _file(name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def columns(name: str, *wanted: str) -> np.ndarray:
    """(n, len(wanted)) numbers from a CSV file such as "data/engel.csv"."""
    return np.array([[float(row[key]) for key in wanted] for row in table(name)])


def check(got, entry: dict, tolerance: str = "rtol") -> None:
    """Assert |got - value| <= atol + rtol |value| for an entry of ``expected``."""
    np.testing.assert_allclose(
        got, np.asarray(entry["value"], float), rtol=entry[tolerance], atol=entry["atol"]
    )


def _file(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the oracle {name} is not here: shared/oracles lies beside the project")
    return path
