"""Two columns of a table as two losses, against least squares of each."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.combined import columns, conflict, linnerud, trade_off, two_targets
from lossviz.datasets import Data

RNG = np.random.default_rng(3)
X = RNG.normal(size=(40, 3)) * [1, 5, 0.1] + [2, -3, 0]
TABLE = Data(X, X @ [1.0, -0.4, 3] + RNG.normal(size=40), names=("a", "b", "c"), target="y")


def standard(columns):
    return (columns - columns.mean(0)) / columns.std(0)


def test_two_features_share_their_weights_between_two_targets():
    scene = two_targets(TABLE, "y", "c", ("a", "b"))
    weights = np.linspace(0, 1, 11)
    found = trade_off(scene, weights)
    ends = [np.linalg.lstsq(standard(X[:, :2]), standard(target), rcond=None)[0]
            for target in (TABLE.y, X[:, 2])]  # fmt: skip
    # one design for both: the minimum of the sum is that of the weighted targets
    wanted = weights[:, None] * ends[0] + (1 - weights[:, None]) * ends[1]
    np.testing.assert_allclose(found.thetas, wanted, atol=1e-5)
    residual = standard(TABLE.y) - standard(X[:, :2]) @ found.thetas[4]
    assert found.losses[4, 0] == pytest.approx((residual**2).mean())
    assert scene.names == ("weight of a", "weight of b")
    assert scene.labels == ("Error of y", "Error of c")


def test_one_feature_gives_an_intercept_and_a_slope():
    scene = two_targets(TABLE, "c", "b", ("a",))
    slope, level = np.polyfit(standard(X[:, 0]), X[:, 1] / X[:, 1].std(), 1)
    found = trade_off(scene, [0.0, 1.0])
    np.testing.assert_allclose(found.thetas[0], [level, slope], atol=1e-4)
    assert scene.names == ("intercept", "slope of a")


def test_two_targets_that_are_the_same_up_to_a_unit_leave_nothing_to_trade():
    twice = Data(np.column_stack([X[:, :2], 1000 * TABLE.y]), TABLE.y, names=("a", "b", "z"))
    found = trade_off(two_targets(twice, "y", "z", ("a", "b")), np.linspace(0, 1, 5))
    assert np.isfinite(found.losses).all()
    np.testing.assert_allclose(found.losses[:, 0], found.losses[:, 1])
    assert found.conflicting == 0
    # at the minimum both share, either gradient is rounding, which points anywhere
    near = found.thetas[0] + 1e-15 * np.random.default_rng(0).normal(size=(200, 2))
    assert (conflict(found.scene, np.vstack([near, near + 1])) >= 0).all()
    assert np.ptp(found.first.a) > 1


def test_columns_are_all_that_vary_and_no_number_of_a_class():
    flat = Data(np.column_stack([X[:, 0], np.ones(40)]), TABLE.y, names=("a", "one"))
    assert list(columns(flat)) == ["y", "a"]
    classes = Data(X, np.arange(40) % 3, task="multiclass")
    assert list(columns(classes)) == ["x1", "x2", "x3"]
    assert list(columns(linnerud())) == [
        "weight", "chin-ups", "sit-ups", "jumps", "waist", "pulse",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "features", "says"),
    [
        (("y", "q"), ("a",), "none called q"),
        (("y", "y"), ("a",), "two columns and one or two other"),
        (("y", "a"), ("a",), "two columns and one or two other"),
        (("y", "a"), (), "two columns and one or two other"),
        (("y", "a"), ("b", "twin"), "rise and fall together"),
    ],
)
def test_what_makes_no_pair_is_told(targets, features, says):
    table = Data(
        np.column_stack([X, 2 - 3 * X[:, 1]]), TABLE.y, names=("a", "b", "c", "twin"), target="y"
    )
    with pytest.raises(ValueError, match=says):
        two_targets(table, *targets, features)
