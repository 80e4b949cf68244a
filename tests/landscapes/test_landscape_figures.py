"""The pictures of a landscape carry the numbers that their tooltips and read-outs show."""

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.figures import landscapes as pictures
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.height_scale import SCALES
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk

RISK = Risk(DATASETS["engel"]().draw(), MODELS["line"](), LOSSES["absolute"]())
LAND = evaluate_plane(RISK, axes(2), np.linspace(-200, 900, 12), np.linspace(0.1, 0.9, 7))


@pytest.mark.parametrize("scale", SCALES)
def test_a_tooltip_says_the_loss_at_its_own_place(scale):
    """Plotly hands a surface's tooltip customdata[column][row], and a map's [row][column]."""
    height_axis = SCALES[scale]().height_axis(LAND.values)
    solid = pictures.surface(LAND, height_axis).data[0]
    flat = pictures.contour(LAND, height_axis).data[0]
    for i, j in ((0, 0), (11, 0), (3, 5), (10, 6)):
        loss = RISK.value([LAND.a[i], LAND.b[j]])
        assert solid.customdata[i][j] == pytest.approx(loss, rel=1e-6)
        assert flat.customdata[j][i] == pytest.approx(loss, rel=1e-6)


def test_no_tick_of_a_scene_stands_in_a_corner_where_two_axes_meet():
    scene = pictures.surface(LAND, SCALES["linear"]().height_axis(LAND.values)).layout.scene
    for axis in (scene.xaxis, scene.yaxis, scene.zaxis):
        (low, high), ticks = axis.range, np.array(axis.tickvals)
        assert 2 <= len(ticks) <= 7
        assert ticks.min() > low + 0.06 * (high - low)
        assert ticks.max() < high - 0.04 * (high - low)


def test_a_log_scale_says_where_it_is_cut_off():
    height_axis = SCALES["log"]().height_axis(np.array([1e-9, 2e-9, *np.full(50, 3.0), 5.0]))
    assert "cut off below" in height_axis.title
    assert "cut off" not in SCALES["log"]().height_axis(np.array([0.1, 3.0, 5.0])).title


def test_hundreds_of_local_minima_leave_the_surface_to_be_seen():
    def size(count, solid):
        many = np.zeros(count)
        mark = Mark("other local minima", "point", many, many, many)
        drawn = pictures.marked(mark, SCALES["linear"]().height_axis(LAND.values), solid=solid)
        return drawn["marker"]["size"]

    for solid in (True, False):
        assert size(pictures.CROWD, solid) == size(1, solid)
        assert size(300, solid) < size(1, solid) / 2
