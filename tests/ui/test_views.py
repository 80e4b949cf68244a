"""What is decided once for all pictures: from where scenes are seen, how counts look, the icons."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lossviz.figures import acting, networks, theme
from lossviz.figures.validation import confusion
from lossviz.landscapes import Landscape
from lossviz.landscapes.planes import axes
from lossviz.ui.frame.contents import HOME, LENSES
from lossviz.ui.lenses.classification.parts import facing

EYES = [theme.EYE, networks._EYE, acting.EYE, acting.ACROSS]


def off_axis(eye):
    """Degrees between the way a scene is seen and the nearer of its two horizontal axes."""
    turned = math.degrees(math.atan2(eye["y"], eye["x"])) % 90
    return min(turned, 90 - turned)


@pytest.mark.parametrize("eye", EYES)
def test_no_scene_is_seen_along_an_axis_whose_numbers_would_hide_behind_it(eye):
    assert off_axis(eye) >= theme.SIDE


@pytest.mark.parametrize("where", [(0, 0), (0, 4), (8, 4), (4, 0), (8, 0), (6, 5), (8, 7)])
def test_a_scene_that_faces_its_highest_ground_is_not_seen_along_an_axis(where):
    values = np.zeros((9, 9))
    values[where] = 1.0
    land = Landscape(axes(2, 0, 1), np.arange(9.0), np.arange(9.0), values)
    assert off_axis(facing(land)) >= theme.SIDE - 1e-9


def test_the_cells_of_counts_let_a_dark_page_through_and_write_in_its_colour():
    (cells,) = confusion([[9, 1], [2, 8]], ("no", "yes")).data
    alphas = [float(colour.rstrip(")").split(",")[-1]) for _, colour in cells.colorscale]
    assert max(alphas) < 0.7
    assert cells.textfont.color == "black"


def test_no_two_pages_have_one_icon():
    icons = [entry.icon for entry in (HOME, *LENSES)]
    assert len(set(icons)) == len(icons)
