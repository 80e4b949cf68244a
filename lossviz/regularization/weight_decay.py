"""A network trained with and without weight decay: what the penalty did to it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from lossviz.curvature.eigenpairs import top_eigenvalues
from lossviz.datasets import Data, Dataset
from lossviz.landscapes import evaluate_points
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Risk
from lossviz.penalties import NoPenalty

HELD_OUT = 1000  # fresh points to judge on: enough that their luck does not decide
HALFWAY, TURNS = 0.5, 64


class Weighed(NamedTuple):
    """A trained network in numbers; all losses are of the data alone, without the penalty.

    ``length`` of all its weights together (biases not counted), loss on the points learned from
    (``train``) and on others (``held_out``), ``sharpness`` the largest eigenvalue of the loss's
    Hessian, ``rise`` the mean loss on a circle of radius 1/2 in its plane above the loss in the
    middle, ``step`` the length of one unit along the plane's first direction.
    """

    length: float
    train: float
    held_out: float
    sharpness: float
    rise: float
    step: float


def fresh(dataset: Dataset, n: int = HELD_OUT) -> Dataset:
    """The same kind of data drawn again: ``n`` points that no training has seen.

    Raises ValueError where the recipe draws no points by chance.
    """
    if not (hasattr(dataset, "n") and hasattr(dataset, "seed")):
        raise ValueError(
            f"{dataset.label} is a table, from which no further points can be drawn. Choose data "
            "that are drawn by chance."
        )
    return replace(dataset, n=n, seed=dataset.seed + 1000)  # type: ignore[call-arg]


def weigh(risk: Risk, held_out: Data, plane: Plane) -> Weighed:
    """What the network at the plane's origin is like."""
    bare = replace(risk, penalty=NoPenalty())
    theta, angle = plane.origin, np.linspace(0, 2 * np.pi, TURNS, endpoint=False)
    middle = float(bare.value(theta))
    around = plane.point(HALFWAY * np.cos(angle), HALFWAY * np.sin(angle))
    return Weighed(
        float(np.linalg.norm(risk.layout.weights * theta)),
        middle,
        float(replace(bare, data=held_out).value(theta)),
        float(top_eigenvalues(bare, theta)[0]),
        float(evaluate_points(bare, around).mean()) - middle,
        float(np.linalg.norm(plane.u)),
    )
