"""Heights: the right axis for the right values, and gaps where there is nothing."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lossviz.figures.landscapes import surface
from lossviz.landscapes import Landscape
from lossviz.landscapes.height_scale import SCALES
from lossviz.landscapes.planes import axes
from lossviz.text import ROUNDING

PLANE = axes(2, 0, 1, ("a", "b"))

VALUES = arrays(float, (4, 5), elements=st.floats(-1e6, 1e6))
LEVEL = np.full((4, 5), -1.10479409e-22)  # but for one place that is lower, and one that is 0
LEVEL[0, :2] = -5.96046448e-08, 0.0


@pytest.mark.parametrize("scale", SCALES.values(), ids=list(SCALES))
@settings(max_examples=50)
@given(values=VALUES)
@example(values=LEVEL)
def test_heights_are_finite_ordered_and_within_the_range(scale, values):
    height_axis = scale().height_axis(values)
    heights = height_axis(values)
    low, high = height_axis.range
    assert np.isfinite(heights).all()
    # a range that differs by rounding alone is one height
    rounding = ROUNDING * max(abs(low), abs(high), 1.0 if height_axis.log else 0.0)
    assert (heights >= low).all()
    assert (heights <= high + rounding).all()
    order = np.argsort(values, axis=None)
    assert (np.diff(heights.ravel()[order]) >= -1e-12).all()


def test_a_gap_is_drawn_where_the_loss_is_not_finite():
    heights = SCALES["linear"]().height_axis(np.array([1.0, np.inf, np.nan, 3.0]))(
        [1.0, np.inf, np.nan]
    )
    assert np.isnan(heights[1:]).all()
    assert heights[0] == 1


def test_nothing_finite_is_a_sentence():
    with pytest.raises(ValueError, match="no finite value anywhere in this window"):
        SCALES["linear"]().height_axis(np.array([np.inf, np.nan]))


def test_log_heights_carry_the_true_values_on_their_ticks():
    height_axis = SCALES["log"]().height_axis(np.geomspace(0.01, 1000, 50))
    places, texts = height_axis.ticks
    for place, text in zip(places, texts, strict=True):
        assert height_axis([float(text)])[0] == pytest.approx(place)


@settings(max_examples=60)
@given(low=st.floats(-6, 6), span=st.one_of(st.floats(0, 1e-6), st.floats(0, 0.4), st.floats(0, 8)))
@example(low=np.log10(2.1), span=np.log10(4.9 / 2.1))
def test_a_log_axis_has_two_to_six_ticks_within_it(low, span):
    height_axis = SCALES["log"]().height_axis(10.0 ** np.linspace(low, low + span, 9))
    places, texts = height_axis.ticks
    assert 1 <= len(places) <= 6
    assert len(set(texts)) == len(texts)
    assert all(
        height_axis.range[0] - 1e-9 <= place <= height_axis.range[1] + 1e-9 for place in places
    )


def test_a_log_axis_within_one_decade_has_the_round_values_there():
    height_axis = SCALES["log"]().height_axis(np.linspace(2.1, 4.9, 50))
    assert height_axis.ticks[1] == ["3", "4"]
    near = SCALES["log"]().height_axis(np.linspace(1_000_000.8, 1_000_003.4, 50))
    assert near.ticks[1] == ["1,000,001", "1,000,002", "1,000,003"]
    assert SCALES["log"]().height_axis(np.full(9, 3.25)).ticks[1] == ["3.25"]


def test_large_powers_are_written_short():
    height_axis = SCALES["log"]().height_axis(np.geomspace(1e4, 1e9, 9))
    assert height_axis.ticks[1] == ["10000", "10⁵", "10⁶", "10⁷", "10⁸", "10⁹"]


def test_rare_heights_do_not_drown_the_low_surface_they_are_cut_off_and_said_to_be():
    values = np.concatenate([np.geomspace(0.01, 100, 99), [4e8]])
    height_axis = SCALES["log"]().height_axis(values)
    assert height_axis.low == pytest.approx(0.01)
    assert height_axis.high == pytest.approx(1e6)
    assert "cut off above" in height_axis.title
    assert "cut off" not in SCALES["log"]().height_axis(values[:-1]).title


def test_values_below_zero_get_a_log_of_what_is_above_the_lowest():
    height_axis = SCALES["log"]().height_axis(np.array([-5.0, -4.0, 95.0]))
    assert "minimum" in height_axis.title
    np.testing.assert_allclose(height_axis([-4.0, 95.0]), np.log10([1.0, 100.0]))


def test_a_clipped_surface_shows_the_share_of_the_grid_that_was_asked_for():
    values = np.arange(100.0)
    heights = SCALES["clipped"](share=0.25).height_axis(values)(values)
    assert (heights < heights.max()).mean() == pytest.approx(0.25)


def test_surfaces_that_are_compared_share_one_height_axis():
    height_axis = SCALES["linear"]().height_axis(np.array([1.0, 2.0]), np.array([5.0, 9.0]))
    assert (height_axis.low, height_axis.high) == (1.0, 9.0)
    assert height_axis.filled(np.array([1.0, 2.0, np.nan])) == 1 / 8
    assert height_axis.filled(np.array([5.0, 100.0])) == 1 / 2  # as far as it is drawn
    logs = SCALES["log"]().height_axis(np.array([1.0, 100.0]))
    assert logs.filled(np.array([1.0, 10.0])) == pytest.approx(1 / 2)
    assert SCALES["linear"]().height_axis(np.ones(3)).filled(np.ones(3)) == 1


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("level", [0.02, -3.0, 1e9])
def test_ground_that_differs_by_rounding_is_level(scale, level):
    """Level lines closer than rounding would hang the browser that draws them."""
    values = level * np.array([[1.0, 1.0 + 2.3e-16], [1.0 - 1.2e-16, 1.0]])
    height_axis = SCALES[scale]().height_axis(values)
    low, high = height_axis.range
    lines = surface(Landscape(PLANE, np.arange(2.0), np.arange(2.0), values), height_axis).data[0]
    assert low == high
    assert not lines.contours.z.show
    assert lines.contours.z.start + lines.contours.z.size > lines.contours.z.start
