"""A loss that learns its own shape: Barron's general loss as a probability (2019).

exp(-loss) / (c Z(alpha)) is a density of the residual for alpha >= 0, so that alpha and c can be
learned with the line: a shape that is flat far away costs more near zero, through Z.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.interpolate import PchipInterpolator
from scipy.optimize import minimize as scipy_minimize

from lossviz.losses.robust import BarronGeneral
from lossviz.objectives import Risk
from lossviz.patience import go_on

Array = NDArray[np.floating]
LEAST, MOST = 1e-3, 2 - 1e-3  # alpha while it is learned, as in the paper
EDGE = 1e-12  # of alpha's range: at its very ends its logit would be infinite
STEPS = 80  # of the path that is shown


@dataclass(frozen=True, eq=False)
class Learned:
    """A line that learned its loss: the path of theta (t, p), alpha (t,), c (t,), nll (t,)."""

    theta: Array
    alpha: Array
    c: Array
    nll: Array


@lru_cache(maxsize=256)
def partition(alpha: float) -> float:
    """Z(alpha), the integral of exp(-loss(r; alpha, c=1)) over all r, by quadrature.

    For alpha from 0 on; below that the density cannot be normalised, which is said as ValueError.
    Z(2) = sqrt(2 pi), Z(0) = pi sqrt(2), Z(1) = 2 e K1(1).
    """
    if not alpha >= 0:
        raise ValueError(
            f"The density of the general loss exists for alpha from 0 on; got {alpha:g}. Below 0 "
            "the loss is bounded, so its exponential cannot be integrated over all residuals."
        )
    loss = BarronGeneral(alpha=alpha)

    def density(t: float) -> float:  # r = sinh t: a tail that falls like r^-2 ends soon in t
        r = np.array(np.sinh(t))
        return float(np.exp(-loss.rho(r)) * np.cosh(t))

    return 2 * quad(density, 0, 60, epsabs=1e-13, epsrel=1e-12, limit=400)[0]


@lru_cache(maxsize=1)
def _table() -> PchipInterpolator:
    """log Z between 0 and 2, smooth enough to be followed downhill."""
    alphas = 1 - np.cos(np.linspace(0, np.pi, 97))
    return PchipInterpolator(alphas, np.log([partition(float(a)) for a in alphas]))


def nll(r: Array, alpha: float, c: float) -> float:
    """Mean negative log-likelihood of residuals (n,) under the general density."""
    return float(BarronGeneral(alpha=alpha, c=c).rho(r).mean() + np.log(c) + _table()(alpha))


def learn(risk: Risk, start_alpha: float = 1.9) -> Learned:
    """Line, alpha and c together, from least squares: L-BFGS on the negative log-likelihood.

    ``risk`` is a regression problem whose model is linear in its parameters; its own loss and
    penalty play no part.  ``start_alpha`` lies between 0 and 2.  Raises ValueError otherwise.
    """
    design, y = risk.model.design(risk.data.X), risk.data.y
    if risk.data.task != "regression" or design is None:
        raise ValueError(
            "A loss is learned together with a model that is linear in its parameters, on "
            "regression data; choose a line."
        )
    if not LEAST <= start_alpha <= MOST:
        raise ValueError(f"Start alpha between {LEAST:g} and {MOST:g}; got {start_alpha:g}.")
    plain = np.linalg.lstsq(design, y, rcond=None)[0]
    spread = float(np.std(y - design @ plain)) or 1.0
    # in units where the residuals and every parameter are about one
    sizes = spread / np.maximum(np.sqrt((design**2).mean(0)), 1e-300)

    def read(z: Array) -> tuple[Array, float, float]:
        alpha = LEAST + (MOST - LEAST) / (1 + np.exp(-np.clip(z[-2], -30, 30)))
        return plain + sizes * z[:-2], float(alpha), float(spread * np.exp(np.clip(z[-1], -12, 6)))

    def cost(z: Array) -> tuple[float, Array]:
        go_on()
        theta, alpha, c = read(z)
        r = design @ theta - y
        value = nll(r, alpha, c)
        gradient = design.T @ BarronGeneral(alpha=alpha, c=c).slope(r) / len(y) * sizes
        step = 1e-6
        up, down = read(z + step * _unit(z, -2))[1], read(z - step * _unit(z, -2))[1]
        by_alpha = (nll(r, up, c) - nll(r, down, c)) / (2 * step)
        by_scale = 1 - float((r * BarronGeneral(alpha=alpha, c=c).slope(r)).mean())
        return value, np.concatenate([gradient, [by_alpha, by_scale]])

    share = np.clip((start_alpha - LEAST) / (MOST - LEAST), EDGE, 1 - EDGE)
    start = np.concatenate([np.zeros(len(plain)), [np.log(share / (1 - share)), 0.0]])
    seen = [start]
    scipy_minimize(
        cost, start, jac=True, method="L-BFGS-B", callback=lambda z: seen.append(z.copy()),
        options={"maxiter": STEPS, "ftol": 1e-13, "gtol": 1e-9},
    )  # fmt: skip
    read_out = [read(z) for z in seen]
    theta = np.array([each[0] for each in read_out])
    alpha, c = (np.array([each[i] for each in read_out]) for i in (1, 2))
    costs = np.array([cost(z)[0] for z in seen])
    return Learned(theta, alpha, c, costs)


def _unit(z: Array, place: int) -> Array:
    unit = np.zeros_like(z)
    unit[place] = 1.0
    return unit
