"""The lowest point of a grid, where that says something."""

import numpy as np
import pytest

from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import lowest
from lossviz.landscapes.planes import axes


def test_it_is_the_lowest_value_inside_and_nothing_on_an_edge_or_where_all_are_equal():
    a, b = np.linspace(-1, 2, 13), np.linspace(-2, 2, 9)
    bowl = (a - 0.5) ** 2 + (b[:, None] - 1) ** 2 + 3
    found = lowest(Landscape(axes(2), a, b, np.where(bowl > 9, np.nan, bowl)))
    assert (found.a[0], found.b[0], found.values[0]) == (0.5, 1.0, 3.0)
    assert lowest(Landscape(axes(2), a, b, np.full((9, 13), 2.0))) is None
    assert lowest(Landscape(axes(2), a, b, a + 0 * b[:, None])) is None
    assert lowest(Landscape(axes(2), a, b, np.full((9, 13), np.nan))) is None


def test_of_equal_heights_the_one_nearest_to_a_place_is_named():
    values = np.array([[1.0, 1, 0], [1, 1, 1]])
    land = Landscape(axes(2), np.array([0.0, 1, 2]), np.array([0.0, 1]), values)
    assert land.best(higher=True, near=(1.9, 0.9)) == (2.0, 1.0, 1.0)
    assert land.best(near=(0.0, 0.0)) == land.lowest == (2.0, 0.0, 0.0)
    assert land.highest == (0.0, 0.0, 1.0)
    line = np.array([-1.0, 0.0, 1.0])
    values = np.ones((3, 3))
    values[0, 0] = values[1, 2] = values[2, 2] = 0.5
    land = Landscape(axes(2), line, line, values)
    assert (land.lowest, land.best(near=(0.0, 0.0))) == ((-1.0, -1.0, 0.5), (1.0, 0.0, 0.5))
    assert land.where(near=(0.0, 0.0)) == (1, 2)


def test_nearest_is_in_shares_of_the_window():
    far, near = np.array([0.0, 1e6]), np.array([0.0, 1e-3])
    values = np.array([[1.0, 0.0], [0.0, 1.0]])
    land = Landscape(axes(2), far, near, values)
    assert land.best(near=(0.0, 1e-3)) == (0.0, 1e-3, 0.0)
    assert land.best(near=(1e6, 0.0)) == (1e6, 0.0, 0.0)


def test_what_is_not_finite_is_never_the_best():
    line = np.arange(3.0)
    values = np.array([[np.nan, -np.inf, 3.0], [np.inf, 2.0, 1.0], [5.0, np.nan, 4.0]])
    land = Landscape(axes(2), line, line, values)
    assert (land.lowest.value, land.highest.value) == (1.0, 5.0)
    with pytest.raises(ValueError, match="not finite anywhere"):
        Landscape(axes(2), line, line, np.full((3, 3), np.inf)).best(near=(0.0, 0.0))
