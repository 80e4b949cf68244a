"""Data loss plus strength times penalty: exact minima for all strengths, and what they buy.

Two weights at a time where there is a picture (the intercept solved out), any number where there
are paths, and a small network with and without weight decay.
"""

from lossviz.regularization.bowls import unit
from lossviz.regularization.coefficients import (
    CoefficientPath,
    coefficient_path,
    in_scikit_learn,
)
from lossviz.regularization.decay import UNSEEN, Weighed, fresh, weigh
from lossviz.regularization.ground import WeightsOnly
from lossviz.regularization.landings import Landing, landings
from lossviz.regularization.names import name_heights
from lossviz.regularization.path import (
    MinimumPath,
    condition,
    gone_at,
    ladder,
    minimum_path,
    opening,
    places,
)
from lossviz.regularization.scene import Scene, scene
from lossviz.regularization.unseen import Judged, judge, parted
from lossviz.regularization.wiggles import Wiggles, wiggles

__all__ = [
    "UNSEEN",
    "CoefficientPath",
    "Judged",
    "Landing",
    "MinimumPath",
    "Scene",
    "Weighed",
    "WeightsOnly",
    "Wiggles",
    "coefficient_path",
    "condition",
    "fresh",
    "gone_at",
    "in_scikit_learn",
    "judge",
    "ladder",
    "landings",
    "minimum_path",
    "name_heights",
    "opening",
    "parted",
    "places",
    "scene",
    "unit",
    "weigh",
    "wiggles",
]
