"""Data loss plus strength times penalty: exact minima for all strengths, and what they buy.

Two weights at a time where there is a picture (the intercept solved out), any number where there
are paths, and a small network with and without weight decay.
"""

from lossviz.regularization.coefficient_path import (
    CoefficientPath,
    coefficient_path,
    in_scikit_learn,
)
from lossviz.regularization.label_positions import name_heights
from lossviz.regularization.path import (
    MinimumPath,
    adds_curvature,
    condition,
    data_condition,
    gone_at,
    inserted,
    minimum_path,
    opening,
    places,
    strength_grid,
)
from lossviz.regularization.polynomial import Wiggles, wiggles
from lossviz.regularization.proximal_descent import PenalisedPath, penalised_paths
from lossviz.regularization.quadratic import has_exact_path, unit
from lossviz.regularization.reduced_risk import WeightsOnly, has_exact_intercept
from lossviz.regularization.surfaces import Scene, including, scene
from lossviz.regularization.validation import (
    Learners,
    ValidationPath,
    learners,
    learning_split,
    validated,
    validation_path,
)
from lossviz.regularization.weight_decay import HELD_OUT, Weighed, fresh, weigh

__all__ = [
    "has_exact_intercept",
    "has_exact_path",
    "HELD_OUT",
    "CoefficientPath",
    "ValidationPath",
    "PenalisedPath",
    "Learners",
    "MinimumPath",
    "Scene",
    "Weighed",
    "WeightsOnly",
    "Wiggles",
    "adds_curvature",
    "coefficient_path",
    "condition",
    "data_condition",
    "fresh",
    "gone_at",
    "in_scikit_learn",
    "including",
    "inserted",
    "validated",
    "validation_path",
    "strength_grid",
    "penalised_paths",
    "minimum_path",
    "name_heights",
    "opening",
    "learners",
    "learning_split",
    "places",
    "scene",
    "unit",
    "weigh",
    "wiggles",
]
