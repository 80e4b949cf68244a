"""Data: features, targets, task and names, checked where they enter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]
TASKS = ("regression", "binary", "multiclass")
MOST_CLASSES = 1000
LARGEST = 1e100  # beyond it a square, or the sum of a few, leaves the floating-point numbers


@dataclass(frozen=True, eq=False)
class Data:
    """X (n, d) and y (n,), read-only float64, with the words a picture needs.

    ``y`` is a number per row for regression, 0 or 1 for binary, 0..k-1 for multi-class.
    ``names``/``units`` describe the columns of X, ``target``/``target_unit`` the answer,
    ``classes`` the labels in order, ``source`` where the data come from.

    Multi-class data without ``classes`` get the names "0", "1", …, so that some of their rows are
    still a problem with as many classes.

    Raises ValueError when shapes do not match, a value is no number, not finite (or beyond
    1e100), or a label is not a class.
    """

    X: Array
    y: Array
    task: str = "regression"
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    target: str = "y"
    target_unit: str = ""
    classes: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        X, y = _numbers(self.X, "X"), _numbers(self.y, "y")
        if X.ndim != 2 or y.ndim != 1 or len(X) != len(y):
            raise ValueError(
                f"Data needs a table X (n, d) and one target per row y (n,); "
                f"X is {X.shape} and y is {y.shape}."
            )
        if not len(y):
            raise ValueError("Data needs at least one row; got none.")
        if self.task not in TASKS:
            raise ValueError(f"Data knows the tasks {', '.join(TASKS)}; got {self.task!r}.")
        if not (np.isfinite(X).all() and np.isfinite(y).all()):
            raise ValueError("Data needs finite numbers; remove or fill the missing values first.")
        if max(np.abs(X).max(initial=0), np.abs(y).max()) > LARGEST:
            raise ValueError(f"Data needs numbers up to {LARGEST:g} in size; choose a larger unit.")
        if self.task == "binary" and not np.isin(y, (0, 1)).all():
            raise ValueError("Binary data need labels 0 and 1; recode y first.")
        classes = tuple(self.classes)
        if self.task == "multiclass":
            if not ((y >= 0) & (y == np.floor(y)) & (y < MOST_CLASSES)).all():
                raise ValueError(
                    f"Multi-class data need labels 0, 1, 2, … below {MOST_CLASSES:,}; recode y "
                    "first."
                )
            classes = classes or tuple(str(c) for c in range(max(int(y.max()) + 1, 2)))
        if classes and (self.task == "regression" or y.max() >= len(classes)):
            raise ValueError(
                f"Data with {len(classes)} named classes need labels 0 to "
                f"{len(classes) - 1} and a classification task; got labels up to "
                f"{y.max():g} for {self.task}."
            )
        d = X.shape[1]
        names = self.names or (("x",) if d == 1 else tuple(f"x{i + 1}" for i in range(d)))
        if len(names) != d or len(self.units or names) != d:
            raise ValueError(f"Data needs one name and one unit per column; there are {d} columns.")
        X.flags.writeable = y.flags.writeable = False
        for name, value in (
            ("X", X),
            ("y", y),
            ("names", tuple(names)),
            ("units", tuple(self.units) or ("",) * d),
            ("classes", classes),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.y)

    @property
    def outputs(self) -> int:
        """How many numbers a model predicts per row: the classes if more than two, else one."""
        return max(len(self.classes), 2) if self.task == "multiclass" else 1


def _numbers(values: ArrayLike, name: str) -> Array:
    try:
        return np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Data needs numbers in rows of equal length; {name} holds something else. Recode "
            "texts as numbers, and leave out rows that are too short."
        ) from error
