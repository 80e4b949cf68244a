"""Pairs of losses made of two columns of one table, on the same weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_linnerud

from lossviz.combined.scenes import Scene, fit, standard
from lossviz.datasets import Data

Array = NDArray[np.floating]
EXERCISES, BODY = ("chin-ups", "sit-ups", "jumps"), ("weight", "waist", "pulse")


def linnerud() -> Data:
    """Three exercises and three measurements of the bodies of twenty men, as one table."""
    found = load_linnerud()
    X = np.column_stack([found.data, found.target[:, 1:]])
    return Data(X, found.target[:, 0], names=(*EXERCISES, *BODY[1:]), target=BODY[0])


def columns(data: Data) -> dict[str, Array]:
    """Every column that can be a target or a feature, by name: the observed y first.

    Left out are columns of one value, and the number of a class where there are several.
    """
    y = {} if data.task == "multiclass" else {data.target: data.y}
    every = y | dict(zip(data.names, data.X.T, strict=True))
    return {name: values for name, values in every.items() if np.ptp(values) > 0}


def two_targets(data: Data, first: str, second: str, features: Sequence[str]) -> Scene:
    """Mean squared errors of two columns, predicted from the same one or two others.

    All columns are in standard deviations.  From two features there are two weights, around the
    means; from one an intercept and a slope.  Raises ValueError where the columns are not there,
    are not different ones, or two features are multiples of each other.
    """
    table = columns(data)
    chosen = [first, second, *features]
    if missing := [name for name in chosen if name not in table]:
        raise ValueError(
            f"Two targets need columns that vary; this table has none called {missing[0]}. "
            f"Choose among {', '.join(table) or 'the columns of another table'}."
        )
    if len(set(chosen)) < len(chosen) or len(features) not in (1, 2):
        raise ValueError(
            "Two targets need two columns and one or two other columns to predict them from; "
            f"got {', '.join(chosen)}."
        )
    X = standard(np.column_stack([table[name] for name in features]))
    line = len(features) == 1
    if not line and np.linalg.matrix_rank(X) < 2:
        raise ValueError(
            f"{features[0]} and {features[1]} rise and fall together in every row, so no weights "
            "are the best ones. Choose another feature."
        )
    spreads = [table[name] / table[name].std() if line else standard(table[name])
               for name in (first, second)]  # fmt: skip
    names = (
        ("intercept", f"slope of {features[0]}")
        if line
        else (f"weight of {features[0]}", f"weight of {features[1]}")
    )
    one, two = (fit(X, y, "squared", intercept=line) for y in spreads)
    return Scene(one, two, (f"Error of {first}", f"Error of {second}"), names)


def exercise() -> Scene:
    """Weight and pulse of twenty men, both told from the same two exercises."""
    return two_targets(linnerud(), "weight", "pulse", EXERCISES[:2])
