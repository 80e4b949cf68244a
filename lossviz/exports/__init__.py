"""Exports of a page: a surface, a path, the data, as CSV and NPZ with the exact numbers.

    table = surface(landscape)
    table.csv()     # one row per point of the grid, every number to its last digit
    table.npz()     # the landscape file that *Your data* opens again

The numbers are those of the core in float64, not those a picture was drawn from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.datasets import Data
from lossviz.landscapes import Landscape
from lossviz.landscapes.file import archive
from lossviz.landscapes.landscape import Path

Array = NDArray[Any]
COMMANDS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run instead of show


@dataclass(frozen=True, eq=False)
class Export:
    """Columns of one length for a table, and the bytes of the archive that holds the same."""

    columns: Sequence[tuple[str, Array]]
    archive: bytes

    def csv(self) -> bytes:
        """UTF-8 text with a header; numbers are written so that they are read back as they are."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([_cell(name) for name, _ in self.columns])
        columns = [[_cell(value) for value in values.tolist()] for _, values in self.columns]
        writer.writerows(zip(*columns, strict=True))
        return out.getvalue().encode()

    def npz(self) -> bytes:
        """A NumPy archive without pickled objects."""
        return self.archive


def _cell(value: Any) -> str:
    """A number to its last digit; a text that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return repr(value)
    return f"'{value}" if value.startswith(COMMANDS) else value


def surface(landscape: Landscape, title: str = "") -> Export:
    """A landscape: columns a, b (under the names of its axes) and loss; one row per grid point.

    The archive is a landscape file (``lossviz.landscapes.file``).
    """
    a, b = np.meshgrid(landscape.a, landscape.b)
    names = [name or letter for name, letter in zip(landscape.plane.names, "ab", strict=True)]
    columns = _apart([*names, "loss"], [a.ravel(), b.ravel(), landscape.values.ravel()])
    if len(landscape.b) == 1:  # a curve of one parameter
        del columns[1]
    return Export(columns, archive(landscape, title))


def path(trajectory: Path, names: Sequence[str] = ()) -> Export:
    """A descent or a training run: columns step, one per parameter, and loss; step 0 is the start.

    The archive holds ``points`` (t + 1, p), ``values`` (t + 1,) and ``names`` (p,).  Raises
    ValueError for many starts at once, or names that are not one per parameter.
    """
    points, values = trajectory.points, trajectory.values
    if points.ndim != 2:
        raise ValueError(f"One path needs points (t + 1, p); these are {points.shape}.")
    names = list(names) or [f"theta{i}" for i in range(points.shape[1])]
    if len(names) != points.shape[1]:
        raise ValueError(f"A path of {points.shape[1]} parameters needs as many names.")
    columns = _apart(["step", *names, "loss"], [np.arange(len(points)), *points.T, values])
    return Export(columns, _packed(points=points, values=values, names=np.array(names)))


def table(columns: Mapping[str, Array]) -> Export:
    """Columns of one length under their names; the archive holds each under the same name."""
    return Export(list(columns.items()), _packed(**columns))


def data(data: Data) -> Export:
    """The data in use: a column per feature and the target, classes by their names.

    The archive holds ``X`` (n, d), ``y`` (n,), ``names`` (d,), ``target`` and ``classes``.
    """
    target: Array = data.y
    if data.classes:
        target = np.array(data.classes)[data.y.astype(int)]
    columns = _apart([*data.names, data.target], [*data.X.T, target])
    words = {name: np.array(getattr(data, name), str) for name in ("names", "target", "classes")}
    return Export(columns, _packed(X=data.X, y=data.y, **words))


def _apart(names: Sequence[str], columns: Sequence[Array]) -> list[tuple[str, Array]]:
    """Columns under names that differ: a second "x" is "x (2)"."""
    seen: dict[str, int] = {}
    found = []
    for name, column in zip(names, columns, strict=True):
        seen[name] = seen.get(name, 0) + 1
        found.append((name if seen[name] == 1 else f"{name} ({seen[name]})", column))
    return found


def _packed(**arrays: ArrayLike) -> bytes:
    held = io.BytesIO()
    named: dict[str, Any] = dict(arrays)
    np.savez_compressed(held, **named)
    return held.getvalue()
