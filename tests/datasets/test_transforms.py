"""Splitting, contaminating, scaling and choosing: new data out of old."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.preprocessing import StandardScaler

from lossviz.datasets import (
    DATASETS,
    Data,
    select,
    split,
    standardised,
    with_label_noise,
    with_outliers,
)

same = np.testing.assert_array_equal
close = np.testing.assert_allclose

LABELLED = Data(
    np.arange(40.0).reshape(20, 2), [0] * 12 + [1] * 6 + [2] * 2, "multiclass", names=("a", "b")
)


@pytest.mark.parametrize("id", ["diabetes", "breast_cancer", "wine"])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_a_split_is_disjoint_complete_and_stratified(id, share):
    whole = DATASETS[id]().draw()
    numbered = Data(np.arange(len(whole))[:, None], whole.y, whole.task, classes=whole.classes)
    train, validation = split(numbered, share, seed=5)
    same(np.sort(np.append(train.X, validation.X)), numbered.X[:, 0])
    assert len(validation) == int(share * len(whole) + 0.5)
    same(validation.y, whole.y[validation.X[:, 0].astype(int)])
    if whole.task != "regression":
        for label in np.unique(whole.y):
            expected = share * (whole.y == label).sum()
            assert abs((validation.y == label).sum() - expected) <= 1
    other = split(numbered, share, seed=6)[1]
    assert not np.array_equal(other.X, validation.X)


@pytest.mark.parametrize("share", [0, 0.01, 0.99, 1, -1, 2, float("nan")])
def test_a_split_leaves_nobody_empty_handed(share):
    with pytest.raises(ValueError, match="split needs"):
        split(LABELLED, share)


@given(st.integers(0, 20), st.floats(-100, 100).filter(lambda s: abs(s) > 1e-3), st.integers(0, 9))
@settings(max_examples=30)
def test_exactly_so_many_outliers_are_moved_by_exactly_so_much(count, shift, seed):
    data = Data(LABELLED.X, np.arange(20.0))
    up = with_outliers(data, count, shift, seed).y - data.y
    assert np.count_nonzero(up) == count
    close(up[up != 0], shift)
    out = with_outliers(data, count, shift, seed, where="x")
    same(out.y, data.y)
    same(out.X[:, 1], data.X[:, 1])
    same(out.X[:, 0] != data.X[:, 0], up != 0)
    if count:
        fewer = with_outliers(data, count - 1, shift, seed).y - data.y
        assert not ((fewer != 0) & (up == 0)).any()  # one more keeps the others


@given(st.floats(0, 1), st.integers(0, 9))
@settings(max_examples=30)
def test_exactly_a_share_of_the_labels_is_wrong(share, seed):
    noisy = with_label_noise(LABELLED, share, seed)
    wrong = noisy.y != LABELLED.y
    assert wrong.sum() == int(share * 20 + 0.5)
    for label, size in ((0, 12), (1, 6), (2, 2)):
        assert abs(wrong[LABELLED.y == label].sum() - share * size) <= 1
    more = with_label_noise(LABELLED, min(share + 0.1, 1), seed)
    same(more.y[wrong], noisy.y[wrong])  # a slider adds flips and keeps those there are


@given(st.floats(0, 0.4), st.integers(0, 9))
@settings(max_examples=20)
def test_one_sided_noise_only_calls_others_class_0(share, seed):
    noisy = with_label_noise(LABELLED, share, seed, kind="one_sided")
    wrong = noisy.y != LABELLED.y
    assert wrong.sum() == int(share * 20 + 0.5)
    assert (noisy.y[wrong] == 0).all()


def test_binary_noise_flips_and_the_spoilers_refuse_what_they_cannot_do():
    moons = DATASETS["moons"](n=60).draw()
    noisy = with_label_noise(moons, 0.2, seed=1)
    wrong = noisy.y != moons.y
    assert [wrong[moons.y == label].sum() for label in (0, 1)] == [6, 6]
    with pytest.raises(ValueError, match="only flip the 8 rows"):
        with_label_noise(LABELLED, 0.43, kind="one_sided")
    with pytest.raises(ValueError, match="share from 0 to 1"):
        with_label_noise(moons, float("nan"))
    with pytest.raises(ValueError, match="one_sided"):
        with_label_noise(moons, 0.1, kind="both")
    with pytest.raises(ValueError, match="with_outliers"):
        with_label_noise(DATASETS["line"]().draw(), 0.1)
    with pytest.raises(ValueError, match="with_label_noise"):
        with_outliers(moons, 1, 1.0)
    for count in (-1, 61, 1.5, float("nan")):
        with pytest.raises(ValueError, match="whole number from 0 to 60"):
            with_outliers(moons, count, 1.0, where="x")
    with pytest.raises(ValueError, match="finite shift"):
        with_outliers(moons, 1, float("inf"), where="x")
    with pytest.raises(ValueError, match='"x" or in "y"'):
        with_outliers(moons, 1, 1.0, where="z")


def test_rows_that_go_bad_are_not_the_rows_held_out_under_the_same_seed():
    held_out = {"outliers": 0, "flips": 0, "one-sided flips": 0}
    for seed in range(30):
        line = DATASETS["line"](n=40, noise=0, seed=seed, outliers=0.3, shift=50).draw()
        held_out["outliers"] += (split(line, 0.3, seed)[1].y > 25).sum()
        xor = DATASETS["xor"](n=40, noise=0, seed=seed).draw()
        for name, kind in (("flips", "symmetric"), ("one-sided flips", "one_sided")):
            noisy = split(with_label_noise(xor, 0.3, seed, kind), 0.3, seed)[1]
            held_out[name] += (noisy.y != (noisy.X.prod(axis=1) < 0)).sum()
    # 30 times 12 bad rows, 30 % of them held out if the two know nothing of each other: 108
    assert all(70 < count < 150 for count in held_out.values()), held_out


COLUMNS = hnp.arrays(
    float, (7, 3), elements=st.floats(-1e9, 1e9, allow_subnormal=True).map(lambda v: round(v, 3))
)


@given(COLUMNS)
@settings(max_examples=50)
def test_standardising_is_scikit_learns(X):
    data = standardised(Data(X, np.zeros(7)))
    spread = X.std(axis=0) > 1e-9 * np.abs(X).max()
    close(data.X[:, spread], StandardScaler().fit_transform(X)[:, spread], atol=1e-6)
    same(data.X[:, X.max(axis=0) == X.min(axis=0)], 0)


@pytest.mark.parametrize("size", [1e-300, 1e-170, 0.1, 1e100])
def test_standardising_survives_tiny_huge_and_constant_columns(size):
    X = np.column_stack([np.array([1, 2, 3, 6.0]) * size / 6, np.full(4, 0.1)])
    data = standardised(Data(X, np.zeros(4)))
    close(data.X[:, 0], np.array([-2, -1, 0, 3]) / np.sqrt(3.5), atol=1e-12)
    same(data.X[:, 1], 0)
    assert data.units == ("sd", "sd")


def test_a_constant_column_becomes_zeros_even_where_its_mean_is_rounded():
    X = np.full((6, 1), 0.1)
    assert X.mean(axis=0) != 0.1
    same(standardised(Data(X, np.zeros(6))).X, 0)


def test_select_takes_columns_by_name_or_number_and_nothing_else():
    data = DATASETS["stackloss"](standardise=False).draw()
    chosen = select(data, ["acid concentration", 0])
    same(chosen.X, data.X[:, [2, 0]])
    assert (chosen.names, chosen.units[1]) == (("acid concentration", "air flow"), data.units[0])
    for wrong in ([], ["wind"], [3], [-1], [0.5]):
        with pytest.raises(ValueError, match="Choose features among air flow"):
            select(data, wrong)
