"""Validation of two networks: held-out losses, and where the minimum of the same slice lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import Edits, FarOff, HoldOut
from lossviz.landscapes import GridPoint, Landscape
from lossviz.penalties import NoPenalty
from lossviz.problem.problem import Problem

Array = NDArray[np.floating]
FEWEST = 200  # fresh points: an average over fewer says little
AWAY = 1000  # seeds between the points learned from and the fresh ones


class Apart(NamedTuple):
    """What a network is trained on, and the two losses it is then judged by.

    ``learned`` is trained, with its penalty; ``seen`` is the loss alone on the same points and
    ``held_out`` the loss alone on points that had no part in the training.  ``fresh`` says that the
    points not seen are newly drawn; otherwise they are rows held out of a table.
    """

    learned: Problem
    seen: Problem
    held_out: Problem
    fresh: bool


def apart(problem: Problem, share: float = 0.3, seed: int = 0) -> Apart:
    """Points to learn from and points to judge on.

    Where the dataset is drawn at random the network learns from all of its points and is judged
    on fresh ones from the same recipe with another seed, without the changes made by hand.  A
    table of measurements has no more rows: a ``share`` of them is held out, and the features are
    standardised by the rows learned from alone.  A problem that holds rows out itself is split as
    it says.  Raises ValueError when a part would be empty.
    """
    dataset: Any = problem.dataset
    if problem.held.side == "train":
        held_out = replace(problem, held=replace(problem.held, side="held_out"))
        held_out.draw()  # a part that would be empty says so now
        return Apart(problem, _bare(problem), _bare(held_out), False)
    if hasattr(dataset, "seed"):
        fresh = replace(
            dataset, seed=(dataset.seed + AWAY + seed) % 2**32, n=max(dataset.n, FEWEST)
        )
        held_out = replace(problem, dataset=fresh, contamination=FarOff(), edits=Edits())
        return Apart(problem, _bare(problem), _bare(held_out), True)
    held = HoldOut("train", share, seed, getattr(dataset, "standardise", False))
    learned = replace(problem, held=held)
    held_out = replace(problem, held=replace(held, side="held_out"))
    held_out.draw()  # a part that would be empty says so now
    return Apart(learned, _bare(learned), _bare(held_out), False)


def _bare(problem: Problem) -> Problem:
    return replace(problem, penalty=NoPenalty())


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One network on points seen and not seen: ``here`` the two losses where it was trained to.

    ``lows`` are the lowest points of the two slices, ``apart`` their distance and ``length``
    the length of the network's own parameters, both in parameter units.  ``right`` are the
    accuracies, None for regression.
    """

    here: tuple[float, float]
    lows: tuple[GridPoint, GridPoint]
    apart: float
    length: float
    points: tuple[int, int]
    right: tuple[float, float] | None


def evaluate(parts: Apart, theta: Array, landscapes: tuple[Landscape, Landscape]) -> Evaluation:
    """``theta`` (p,) judged by both losses, with the slices through it of both.

    Raises ValueError where a slice has no finite value.
    """
    risks = [each.risk() for each in (parts.seen, parts.held_out)]
    first, second = (land.best(near=(0.0, 0.0)) for land in landscapes)
    plane = landscapes[0].plane
    step = (second.a - first.a) * plane.u + (second.b - first.b) * plane.v
    right = None
    if risks[0].data.task != "regression":
        named = [(risk.data.y, risk.model.predict(theta, risk.data.X)) for risk in risks]
        right = _right(*named[0]), _right(*named[1])
    return Evaluation(
        (float(risks[0].value(theta)), float(risks[1].value(theta))),
        (first, second),
        float(np.linalg.norm(step)),
        float(np.linalg.norm(theta)),
        (len(risks[0].data), len(risks[1].data)),
        right,
    )


def _right(y: Array, prediction: Array) -> float:
    answer = prediction > 0 if prediction.ndim == 1 else prediction.argmax(-1)
    return float((answer == y).mean())
