"""Each point's share of the loss, influence and leverage, and a loss's influence curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import Loss, ResidualLoss
from lossviz.objectives import Risk
from lossviz.objectives.conditioning import prediction_rounding

Array = NDArray[np.floating]

EXACT = 1e-12  # a residual this small for its terms is rounding: the line passes through the point
FAR = 2.0  # leverage above this many times its mean: Hoaglin & Welsch (1978)


@dataclass(frozen=True, eq=False)
class Influences:
    """Each point's share of the loss and its influence on the fit, all (n,).

    ``above`` is its residual, y - prediction.  ``share`` is its part of the whole loss, by size;
    all zero where no point has any.  ``influence`` is minus the derivative of its loss in the
    prediction: where positive, descent raises the model.  ``turn`` is its part of the gradient in
    the slope of a line about the data's centre, influence * (x - mean x) / n (on a constant:
    influence / n), and ``turn_share`` the same with the sizes adding up to one.
    """

    above: Array
    share: Array
    influence: Array
    turn: Array
    turn_share: Array


def largest_half(values: Array) -> int | None:
    """How few of the largest ``values`` (n,) make half of their sum.

    None where that means nothing: a value is negative, or the sum is not finite.
    """
    total = float(values.sum())
    if not np.isfinite(total) or values.min() < 0:
        return None
    few = int(np.searchsorted(np.cumsum(np.sort(values)[::-1]), total / 2) + 1)
    return min(few, len(values))


class Contribution(NamedTuple):
    """The row with the largest loss, the share it makes of the sum, and the mean loss."""

    row: int
    share: float
    mean: float


def largest_contribution(risk: Risk, theta: Array) -> Contribution | None:
    """Which row contributes most to the loss at theta (p,).

    None where that means nothing: a loss is negative or not finite, or all are the same.
    """
    losses = _losses(risk, theta)
    if not np.isfinite(losses).all() or losses.min() < 0:
        return None
    total = float(losses.sum())
    if total <= 0 or np.ptp(losses) <= 1e-9 * losses.max():
        return None
    row = int(losses.argmax())
    return Contribution(row, float(losses[row]) / total, total / len(losses))


def half_of_loss(risk: Risk, theta: Array) -> int | None:
    """How few rows make half of the loss at theta (p,).

    None where that means nothing: see ``largest_half``, and where all losses are the same or are
    what rounding leaves of a perfect fit.
    """
    losses = _losses(risk, theta)
    if losses.min() == losses.max():
        return None
    rounding = EXACT * _losses_of_a_useless_model(risk).sum()
    if risk.columns is not None:
        slopes = np.abs(risk.loss.derivative(risk.data.y, _prediction(risk, theta)))
        rounding += slopes @ prediction_rounding(risk.columns, theta)
    if losses.sum() <= rounding:
        return None
    return largest_half(losses)


def _losses(risk: Risk, theta: Array) -> Array:
    """(n,) the loss of every row."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return np.asarray(risk.loss.value(risk.data.y, _prediction(risk, theta)), float)


def _prediction(risk: Risk, theta: Array) -> Array:
    """(n[, k]) the predictions; of a regression the target where only rounding is between them."""
    y, prediction = risk.data.y, risk.model.predict(theta, risk.data.X)
    if risk.data.task != "regression":
        return prediction
    reach = 8 * EXACT * (np.abs(y) + np.abs(prediction))
    if risk.columns is not None:  # far from zero their terms are rounded before they cancel
        reach = reach + prediction_rounding(risk.columns, theta)
    return np.where(np.abs(y - prediction) <= reach, y, prediction)


def _losses_of_a_useless_model(risk: Risk) -> Array:
    """(n,) the losses of the mean target, or of answers that are wrong by one logit."""
    y = risk.data.y
    if risk.data.task == "regression":
        return risk.loss.value(y, np.full(len(y), y.mean()))
    if risk.data.task == "binary":
        return risk.loss.value(y, 1.0 - 2.0 * y)
    return risk.loss.value(y, -1.0 * (y[:, None] == np.arange(risk.data.outputs)))


def influences(risk: Risk, theta: Array) -> Influences:
    """Shares and influence of every point of one-feature data on the model at theta (p,)."""
    y, X = risk.data.y, risk.data.X
    prediction = _prediction(risk, theta)
    sizes = np.abs(risk.loss.value(y, prediction))
    influence = -risk.loss.derivative(y, prediction)
    arm = X[:, 0] - X[:, 0].mean() if len(theta) > 1 else np.ones(len(y))
    turn = influence * arm / len(y)
    return Influences(y - prediction, _shares(sizes), influence, turn, _shares(turn))


def _shares(weights: Array) -> Array:
    """Weights with their sizes adding up to one; zeros if they are all zero or leave numbers."""
    largest = np.abs(weights).max()
    if not 0 < largest < np.inf:
        return np.zeros_like(weights)
    return weights / largest / np.abs(weights / largest).sum()


def leverage(risk: Risk) -> Array:
    """(n,): how much each prediction of a least-squares fit listens to its own point, 0 to 1.

    The diagonal of the hat matrix; its mean is (number of parameters) / n, and only the place of
    a point in x decides it, not its y.  The model must be linear in its parameters; raises
    ValueError otherwise.
    """
    design = risk.model.design(risk.data.X)
    if design is None:
        raise ValueError(
            f"Leverage needs a model that is linear in its parameters; {risk.model.label} is not."
        )
    size = np.abs(design).max(axis=0)
    left, singular, _ = np.linalg.svd(design / np.where(size > 0, size, 1), full_matrices=False)
    kept = left[:, singular > 1e-12 * singular[0]]
    return (kept * kept).sum(axis=1)


class Curve(NamedTuple):
    """A loss's influence against the residual ``above``; both (m,)."""

    above: Array
    influence: Array


def influence_curve(loss: Loss, reach: float, points: int = 241) -> Curve | None:
    """The influence of a point on the fit, by its residual.

    From ``-reach`` to ``reach``; Hampel's influence function up to a constant factor (Hampel et
    al. 1986, Robust statistics).  None for a loss that is not a function of the residual.
    """
    if not isinstance(loss, ResidualLoss):
        return None
    above = np.linspace(-reach, reach, points)
    if loss.pieces is not None:  # both sides of every jump, so that it is drawn upright
        jumps = -np.array([knot for knot in loss.pieces.knots if abs(knot) < reach])
        sides = (jumps + side * reach for side in (-1e-6, 0.0, 1e-6))
        above = np.unique(np.concatenate([above, *sides]))
    return Curve(above, -loss.slope(-above))
