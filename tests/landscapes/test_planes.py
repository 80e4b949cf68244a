"""Planes: coordinates to parameters and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.landscapes.planes import Plane, axes, through


def test_a_point_has_the_shape_of_its_coordinates():
    plane = Plane([1, 2, 3], [1, 0, 0], [0, 1, 1])
    assert plane.point(2, 5).tolist() == [3, 7, 8]
    assert plane.point(np.zeros((4, 2)), np.ones((4, 2))).shape == (4, 2, 3)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), p=st.integers(2, 9))
def test_projection_is_least_squares(seed, p):
    rng = np.random.default_rng(seed)
    plane = Plane(*rng.normal(size=(3, p)))
    a, b = rng.normal(size=(2, 5))
    np.testing.assert_allclose(plane.project(plane.point(a, b)), np.stack([a, b], 1), atol=1e-8)
    np.testing.assert_allclose(plane.distance(plane.point(a, b)), 0, atol=1e-8)
    points = rng.normal(size=(5, p))
    off = points - plane.point(*plane.project(points).T)
    np.testing.assert_allclose(off @ np.stack([plane.u, plane.v], 1), 0, atol=1e-8)
    np.testing.assert_allclose(plane.distance(points), np.linalg.norm(off, axis=1))


def test_on_the_axes_coordinates_are_the_parameters():
    plane = axes([5.0, 6.0, 7.0], 2, 0, ("slope", "intercept"))
    assert plane.point(3, 4).tolist() == [4, 6, 3]
    assert plane.project(np.array([5.0, 6.0, 7.0])).tolist() == pytest.approx([7, 5])
    assert plane.names == ("slope", "intercept")
    assert axes(2).point(1, 2).tolist() == [1, 2]


def test_two_axes_of_a_wide_network_take_two_rows_not_a_matrix():
    plane = axes(2_000_000, 3, 1_999_999)  # the largest a model may have; squared, 32 terabytes
    assert (plane.u.sum(), plane.u[3]) == (1, 1)
    assert (plane.v.sum(), plane.v[-1]) == (1, 1)


@pytest.mark.parametrize(("i", "j"), [(0, 0), (0, 2), (-1, 0)])
def test_axes_need_two_parameters(i, j):
    with pytest.raises(ValueError, match="two different parameters numbered 0 to 1"):
        axes(2, i, j)


def test_three_points_lie_at_the_corners():
    first, second, third = np.random.default_rng(0).normal(size=(3, 4))
    plane = through(first, second, third)
    np.testing.assert_allclose(plane.point([0, 1, 0], [0, 0, 1]), [first, second, third])
    with pytest.raises(ValueError, match="lie on one line"):
        through(first, second, 2 * second - first)


def test_directions_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"\(2,\), \(3,\)"):
        Plane([0, 0], [0, 0, 1], [1, 0])
