"""Data in, new Data out: split, choose, scale, contaminate.  Nothing here changes its arguments.

The random ones visit the rows in one fixed order per seed and take the first few, so a larger
count or share changes the same rows and some more: a slider adds points, it does not reshuffle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets.data import Data

Rows = NDArray[np.integer]

# One stream of random numbers each: with the same seed, the rows that go bad must not be the
# rows that are held out, nor follow from the numbers that drew the points.
SPLIT, OUTLIERS, FLIPS, TURNS = 1, 2, 3, 4


def split(data: Data, share: float = 0.3, seed: int = 0) -> tuple[Data, Data]:
    """Some rows to learn from and a ``share`` of the rows to judge on: (train, validation).

    Each class keeps its proportion in both parts, and rows keep their order.  Raises ValueError
    when the share is not between 0 and 1, or leaves one part empty or without some class.
    """
    held = held_rows(data, share, seed)
    return _rows(data, ~held), _rows(data, held)


def held_rows(data: Data, share: float, seed: int = 0) -> NDArray[np.bool_]:
    """(n,) the rows that ``split`` holds out; ValueError as there."""
    count = _count(data, share, "A split")
    if not 0 < count < len(data):
        raise ValueError(
            f"A split needs at least one row on each side; a share of {share:g} of "
            f"{len(data)} rows is {count}. Choose another share, or more data."
        )
    held = np.zeros(len(data), bool)
    held[_visit(data, [seed, SPLIT])[:count]] = True
    if data.task != "regression":
        _every_class(data, held, share)
    return held


def _every_class(data: Data, held: NDArray[np.bool_], share: float) -> None:
    """ValueError where a class is missing from one of the parts, or there is one class only."""
    labels = np.unique(data.y)
    if len(labels) < 2:
        name = data.classes[int(labels[0])] if data.classes else f"{labels[0]:g}"
        raise ValueError(
            f"A split needs rows of at least two classes; all {len(data)} rows are of one class, "
            f"{name}. Bring rows of another class."
        )
    for label in labels:
        rows = data.y == label
        inside = int((rows & held).sum())
        if 0 < inside < rows.sum():
            continue
        name = data.classes[int(label)] if data.classes else f"{label:g}"
        part = "held out" if not inside else "to learn from"
        raise ValueError(
            f"Class {name} has {rows.sum()} of the {len(data)} rows, and a share of {share:g} held "
            f"out leaves none of them {part}. Choose another share, or more rows of that class."
        )


def with_outliers(data: Data, count: int, shift: float, seed: int = 0, where: str = "y") -> Data:
    """The same points with ``count`` of them moved by ``shift``: in y, or far out along x.

    ``where="x"`` moves the first feature, which gives a point leverage.  Raises ValueError when
    there are not that many points, or y is a class label.
    """
    if where not in ("x", "y"):
        raise ValueError(f'Outliers are moved in "x" or in "y"; got {where!r}.')
    if where == "y" and data.task != "regression":
        raise ValueError(
            f"Labels of {data.task} data cannot be moved; move the points in x, or flip labels "
            "with with_label_noise."
        )
    if not (0 <= count <= len(data) and count % 1 == 0):
        raise ValueError(
            f"The number of outliers must be a whole number from 0 to {len(data)}, the number "
            f"of rows; got {count}."
        )
    if not np.isfinite(shift):
        raise ValueError(f"Outliers need a finite shift; got {shift}.")
    moved = np.random.default_rng([seed, OUTLIERS]).permutation(len(data))[: int(count)]
    X, y = data.X.copy(), data.y.copy()
    if where == "y":
        y[moved] += shift
    else:
        X[moved, 0] += shift
    return replace(data, X=X, y=y)


def with_label_noise(data: Data, share: float, seed: int = 0, kind: str = "symmetric") -> Data:
    """The same points with a ``share`` of all labels wrong (exactly, up to one row).

    ``"symmetric"`` changes every class in proportion and picks among the wrong labels evenly;
    ``"one_sided"`` only ever calls some of the others class 0.  Raises ValueError for regression
    data, a share outside 0 to 1, or more one-sided flips than there are rows to flip.
    """
    if data.task == "regression":
        raise ValueError("Label noise needs classes; regression data have none. Use with_outliers.")
    if kind not in ("symmetric", "one_sided"):
        raise ValueError(f'Label noise is "symmetric" or "one_sided"; got {kind!r}.')
    count = _count(data, share, "Label noise")
    rows = _visit(data, [seed, FLIPS])
    y = data.y.copy()
    if kind == "one_sided":
        rows = rows[y[rows] > 0]
        if count > len(rows):
            raise ValueError(
                f"One-sided noise can only flip the {len(rows)} rows outside class 0, a share of "
                f"{len(rows) / len(data):.2g}; got a share of {share:g}."
            )
        y[rows[:count]] = 0
        return replace(data, y=y)
    k = max(data.outputs, 2)
    turns = np.random.default_rng([seed, TURNS]).integers(1, k, len(data))
    y[rows[:count]] = (y + turns)[rows[:count]] % k
    return replace(data, y=y)


def standardised(data: Data) -> Data:
    """Each feature with mean 0 and (population) variance 1; a constant feature becomes zeros.

    The units become "sd", standard deviations, as in scikit-learn's StandardScaler.
    """
    away = data.X - data.X.mean(axis=0)
    away[:, data.X.max(axis=0) == data.X.min(axis=0)] = 0  # the mean of equal numbers may differ
    widest = np.abs(away).max(axis=0)
    away /= np.where(widest > 0, widest, 1)  # first to size one: squares of tiny numbers vanish
    X = away / np.where(widest > 0, away.std(axis=0), 1)
    return replace(data, X=X, units=("sd",) * X.shape[1])


def select(data: Data, columns: Sequence[str | int]) -> Data:
    """Only these features, by name or by number, in this order.

    Raises ValueError when the data have no such feature, or none is asked for.
    """
    d = data.X.shape[1]
    numbers = [data.names.index(str(c)) if c in data.names else c for c in columns]
    known = [c for c in numbers if isinstance(c, int) and 0 <= c < d]
    if not numbers or len(known) < len(numbers):
        raise ValueError(
            f"Choose features among {', '.join(data.names)} (or numbers 0 to {d - 1}); "
            f"got {', '.join(map(repr, columns)) or 'none'}."
        )
    return replace(
        data,
        X=data.X[:, known],
        names=tuple(data.names[c] for c in known),
        units=tuple(data.units[c] for c in known),
    )


def _rows(data: Data, rows: NDArray[np.bool_]) -> Data:
    return replace(data, X=data.X[rows], y=data.y[rows])


def _count(data: Data, share: float, who: str) -> int:
    if not 0 <= share <= 1:
        raise ValueError(f"{who} needs a share from 0 to 1; got {share}.")
    return int(share * len(data) + 0.5)


def _visit(data: Data, seed: list[int]) -> Rows:
    """All rows in an order in which every beginning holds the classes in proportion."""
    order = np.random.default_rng(seed).permutation(len(data))
    if data.task == "regression":
        return order
    position = np.empty(len(data))
    for label in np.unique(data.y):
        rows = order[data.y[order] == label]
        position[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return order[np.argsort(position[order], kind="stable")]
