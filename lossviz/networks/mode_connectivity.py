"""Mode connectivity: the line between two minima, its barrier, and a curve around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize as scipy_minimize

from lossviz.landscapes.planes import Plane, through
from lossviz.objectives import Objective

Array = NDArray[np.floating]
Window = tuple[float, float]

_SAMPLES = 16


@dataclass(frozen=True, eq=False)
class Bezier:
    """A bent path from ``first`` to ``second``, drawn towards ``control``; all are (p,)."""

    first: Array
    control: Array
    second: Array

    def point(self, t: ArrayLike) -> Array:
        """Parameters (..., p) at the times t (...) from 0 to 1."""
        s = np.asarray(t, float)[..., None]
        return (1 - s) ** 2 * self.first + 2 * s * (1 - s) * self.control + s**2 * self.second


def interpolate(first: ArrayLike, second: ArrayLike, t: ArrayLike) -> Array:
    """(1 - t) first + t second: (p,), (p,) and (...) to (..., p) (Goodfellow et al. 2015)."""
    s = np.asarray(t, float)[..., None]
    return (1 - s) * np.asarray(first, float) + s * np.asarray(second, float)


def barrier(t: ArrayLike, values: ArrayLike) -> tuple[float, float]:
    """How far a path rises above the straight line between its end values, and where.

    ``t`` and ``values`` are (m,) with t from 0 to 1: the result is the maximum of
    values - [(1 - t) values[0] + t values[-1]] and its t.  (Frankle et al. 2020 subtract the mean
    of the two ends instead; the same where they are equally low.)
    """
    t, values = np.asarray(t, float), np.asarray(values, float)
    if t.shape != values.shape or t.ndim != 1 or len(t) < 2 or t[0] != 0 or t[-1] != 1:
        raise ValueError(
            "A barrier needs one value per time, with times from 0 to 1; got shapes "
            f"{t.shape} and {values.shape}."
        )
    rise = values - ((1 - t) * values[0] + t * values[-1])
    top = int(rise.argmax())
    return float(rise[top]), float(t[top])


def connect(
    objective: Objective, first: ArrayLike, second: ArrayLike, steps: int = 100, seed: int = 0
) -> Bezier:
    """A curve of low loss between two points (p,): mode connectivity.

    The control point of a quadratic Bezier curve is moved to make the mean loss along the curve
    small, by at most ``steps`` iterations of L-BFGS on 16 times between 0 and 1 (Garipov et al.
    2018, arXiv:1802.10026, use random times and SGD).  It starts near the midpoint, ``seed``
    saying how near: between two copies of one function the midpoint itself may be a ridge.
    Raises ValueError when the ends differ in size or are not finite.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape or first.ndim != 1 or not np.isfinite([first, second]).all():
        raise ValueError(
            "A curve connects two finite points with the same number of parameters; got "
            f"{first.shape} and {second.shape}."
        )
    times = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    chain = (2 * times * (1 - times))[:, None]

    def mean_loss(control: Array) -> tuple[float, Array]:
        points = Bezier(first, control, second).point(times)
        slope = (chain * objective.gradient(points)).mean(0)
        return float(objective.value(points).mean()), slope

    apart = float(np.linalg.norm(second - first))
    nudge = np.random.default_rng(seed).normal(size=len(first)) / np.sqrt(len(first))
    start = (first + second) / 2 + 0.01 * apart * nudge
    with np.errstate(over="ignore", invalid="ignore"):  # a line search may look too far
        found = scipy_minimize(
            mean_loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}
        )
    return Bezier(first, found.x, second)


def overlook(curve: Bezier) -> Plane:
    """The plane that holds both ends, the control point and so the whole curve (p,).

    The first end lies at (0, 0) and the second on the a axis; both axes are at right angles and
    in units of the weights (Garipov et al. 2018, figure 1).  Raises ValueError when the three
    points lie on one line.
    """
    skew = through(curve.first, curve.second, curve.control)
    u = skew.u / np.linalg.norm(skew.u)
    v = skew.v - (skew.v @ u) * u
    names = ("along the straight line", "towards the curve")
    return Plane(curve.first, u, v / np.linalg.norm(v), names)


def frame(curve: Bezier, plane: Plane, margin: float = 0.15) -> tuple[Window, Window]:
    """Ranges of a and b that hold both ends and the control point, and so the whole curve."""
    seen = plane.project(np.stack([curve.first, curve.control, curve.second]))
    low, high = seen.min(0), seen.max(0)
    margin_width = margin * (high - low)
    a, b = (
        (float(s), float(e)) for s, e in zip(low - margin_width, high + margin_width, strict=True)
    )
    return a, b
