"""Data loss plus strength times penalty: exact minima for all strengths, and what they buy.

Two weights at a time where there is a picture (the intercept solved out), any number where there
are paths.
"""

from lossviz.regularization.bowls import unit
from lossviz.regularization.coefficients import (
    CoefficientPath,
    coefficient_path,
    in_scikit_learn,
)
from lossviz.regularization.ground import WeightsOnly
from lossviz.regularization.landings import Landing, landings
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
    "CoefficientPath",
    "Judged",
    "Landing",
    "MinimumPath",
    "Scene",
    "WeightsOnly",
    "Wiggles",
    "coefficient_path",
    "condition",
    "gone_at",
    "in_scikit_learn",
    "judge",
    "ladder",
    "landings",
    "minimum_path",
    "opening",
    "parted",
    "places",
    "scene",
    "unit",
    "wiggles",
]
