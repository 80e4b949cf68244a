"""Of many rows a part says whether any can rise; a doubt is settled by all of them."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize, recession
from lossviz.models import MODELS
from lossviz.objectives import Risk

N = recession.MANY + 1


@pytest.fixture
def asked(monkeypatch):
    """How many rows each linear programme was given."""
    sizes = []
    solver = recession.linprog
    monkeypatch.setattr(
        recession,
        "linprog",
        lambda gain, **rest: sizes.append(len(rest["b_ub"])) or solver(gain, **rest),
    )
    return sizes


def rows(columns):
    return columns / np.linalg.norm(columns, axis=1, keepdims=True)


def test_rows_to_all_sides_are_judged_by_a_part(asked):
    found, towards = recession.rise(rows(np.random.default_rng(1).normal(size=(N, 3))))
    assert not found.any()
    assert not towards.any()
    assert asked == [recession.PART]


@pytest.mark.parametrize("row", [0, 1, N - 1])
def test_what_moves_none_of_the_part_may_still_raise_another_row(asked, row):
    columns = np.random.default_rng(1).normal(size=(N, 3))
    columns[:, 2] = 0
    columns[row] = [0, 0, 1]
    found, towards = recession.rise(rows(columns))
    assert np.flatnonzero(found).tolist() == [row]
    assert towards == pytest.approx([0, 0, 1])
    assert asked[-1] == N


def many_rows_of_three_classes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 2))
    return X, np.argmax(X @ rng.normal(size=(2, 3)) + rng.gumbel(size=(N, 3)), axis=1)


def softmax(X, y):
    return Risk(Data(X, y, "multiclass"), MODELS["linear"](), LOSSES["softmax_cross_entropy"]())


def test_many_rows_of_classes_that_overlap_need_no_programme(asked):
    risk = softmax(*many_rows_of_three_classes())
    m = minimize(risk)
    assert (m.exact, m.kind) == (True, "set")  # the same number may be added to all logits
    assert not asked
    assert np.abs(risk.gradient(m.theta)).max() < 1e-9


@pytest.mark.parametrize("row", [0, N - 1])
def test_one_row_of_many_that_separates_is_not_overlooked(row):
    X, y = many_rows_of_three_classes()
    X = np.column_stack([X, np.arange(N) == row])  # a feature of one row's own
    m = minimize(softmax(X, y))
    assert (m.exact, m.kind) == (True, "infinity")
    rest = np.arange(N) != row
    assert m.value == pytest.approx(minimize(softmax(X[rest, :2], y[rest])).value * (N - 1) / N)
