"""The lowest point of a grid, where that says something."""

import numpy as np

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
