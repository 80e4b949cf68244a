"""The residual loss of a differential equation: how badly a trial function breaks it.

A trial u(t) is tried in  a2 u'' + a1 u' + a0 u = 0  at collocation points t (n,), and in its
initial values.  The loss is  mean residual^2 + weight * (initial misfit)^2,  and derivatives in
t and in the parameters are written out by hand (Lagaris et al. 1998; Raissi et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.finite_differences import slopes
from lossviz.models import Block, Layout

Array = NDArray[np.floating]


class Jet(NamedTuple):
    """u and its first two derivatives in t, each (..., n)."""

    u: Array
    first: Array
    second: Array


class Trial(Protocol):
    """A family of functions of t with parameters theta (..., p)."""

    @property
    def layout(self) -> Layout:
        """Where the p parameters live."""
        ...

    def jet(self, theta: Array, t: Array) -> Jet:
        """u and its two derivatives at times t (n,), each (..., n)."""
        ...

    def pullback(self, theta: Array, t: Array, upstream: Jet) -> Array:
        """(..., p): the gradient of sum(upstream * jet) over the points."""
        ...


@dataclass(frozen=True)
class ExponentialTrial:
    """u = a exp(-b t): two parameters, so its whole landscape can be drawn."""

    @property
    def layout(self) -> Layout:
        """Where the p parameters live."""
        return Layout((Block("a", ()), Block("b", ())))

    def jet(self, theta: Array, t: Array) -> Jet:
        """u and its two derivatives at times t (n,), each (..., n)."""
        a, b = theta[..., :1], theta[..., 1:]
        u = a * np.exp(-b * t)
        return Jet(u, -b * u, b**2 * u)

    def pullback(self, theta: Array, t: Array, upstream: Jet) -> Array:
        """(..., p): the gradient of sum(upstream * jet) over the points."""
        a, b = theta[..., :1], theta[..., 1:]
        g0, g1, g2 = upstream
        e = np.exp(-b * t)
        by_a = e * (g0 - b * g1 + b**2 * g2)
        by_b = a * e * (-t * g0 + (b * t - 1) * g1 + (2 * b - b**2 * t) * g2)
        return np.stack([by_a.sum(-1), by_b.sum(-1)], axis=-1)


@dataclass(frozen=True)
class NetworkTrial:
    """u = sum_j v_j tanh(w_j t + b_j) + c with ``units`` hidden units; theta is (w, b, v, c)."""

    units: int = 8

    @property
    def layout(self) -> Layout:
        """Where the p parameters live."""
        h = (self.units,)
        return Layout(
            (
                Block("w", h),
                Block("b", h, weight=False),
                Block("v", h),
                Block("c", (), weight=False),
            )
        )

    def start(self, seed: int, span: float) -> Array:
        """(p,) units spread over times 0 to ``span``."""
        rng = np.random.default_rng(seed)
        w = rng.normal(0, 4 / span, self.units)
        middle = rng.uniform(0, span, self.units)
        v = rng.normal(0, self.units**-0.5, self.units)
        return np.concatenate([w, -w * middle, v, [0.0]])

    def jet(self, theta: Array, t: Array) -> Jet:
        """u and its two derivatives at times t (n,), each (..., n)."""
        w, b, v, c = self._columns(theta)
        s = np.tanh(w * t + b)
        derivative = 1 - s**2
        u = (v * s).sum(-2) + c
        return Jet(u, (v * w * derivative).sum(-2), (v * w**2 * -2 * s * derivative).sum(-2))

    def pullback(self, theta: Array, t: Array, upstream: Jet) -> Array:
        """(..., p): the gradient of sum(upstream * jet) over the points."""
        w, b, v, _ = self._columns(theta)
        g0, g1, g2 = (g[..., None, :] for g in upstream)
        s = np.tanh(w * t + b)
        s1 = 1 - s**2
        s2, s3 = -2 * s * s1, s1 * (6 * s**2 - 2)
        by_z = v * (g0 * s1 + g1 * w * s2 + g2 * w**2 * s3)
        by_w = t * by_z + v * (g1 * s1 + 2 * g2 * w * s2)
        by_v = g0 * s + g1 * w * s1 + g2 * w**2 * s2
        parts = [each.sum(-1) for each in (by_w, by_z, by_v)]
        return np.concatenate([*parts, upstream.u.sum(-1)[..., None]], axis=-1)

    def _columns(self, theta: Array) -> list[Array]:
        """w, b, v as (..., units, 1) and c as (..., 1)."""
        return [part[..., None] for part in self.layout.split(theta)]


@dataclass(frozen=True)
class Equation:
    """a2 u'' + a1 u' + a0 u = 0 with u(0) = ``u0`` and, where a2 is not 0, u'(0) = ``slope0``."""

    a2: float
    a1: float
    a0: float
    u0: float = 1.0
    slope0: float = 0.0

    def exact(self, t: ArrayLike) -> Array:
        """u(t) where the characteristic roots differ, or there is one root."""
        t = np.asarray(t, float)
        if not self.a2:
            return self.u0 * np.exp(-self.a0 / self.a1 * t)
        half = -self.a1 / (2 * self.a2)
        root = np.emath.sqrt(half**2 - self.a0 / self.a2)
        # sinh(root t)/root is t where both roots fall together
        wave = np.where(root == 0, t, np.sinh(root * t) / np.where(root == 0, 1, root))
        u = np.exp(half * t) * (self.u0 * np.cosh(root * t) + (self.slope0 - half * self.u0) * wave)
        return np.real(u)


def decay(k: float = 2.0) -> Equation:
    """u' + k u = 0, u(0) = 1."""
    return Equation(0.0, 1.0, k)


def oscillator(frequency: float = 4.0, damping: float = 0.1) -> Equation:
    """u'' + 2 damping frequency u' + frequency^2 u = 0, u(0) = 1, u'(0) = 0."""
    return Equation(1.0, 2 * damping * frequency, frequency**2)


@dataclass(frozen=True, eq=False)
class ResidualLoss:
    """The objective of a trial function: ``equation_term`` + ``weight`` * ``start_term``."""

    equation: Equation
    trial: Trial
    t: Array
    weight: float = 1.0
    term: str = "total"  # or "equation", "start": which of the surfaces this is

    @property
    def layout(self) -> Layout:
        """Where the parameters of the trial function live."""
        return self.trial.layout

    def residual(self, theta: Array) -> Array:
        """(..., n): what the equation leaves over at each collocation point."""
        jet = self.trial.jet(np.asarray(theta, float), self.t)
        e = self.equation
        return e.a2 * jet.second + e.a1 * jet.first + e.a0 * jet.u

    def equation_term(self, theta: Array) -> Array:
        """(...): the mean squared residual."""
        return (self.residual(theta) ** 2).mean(-1)

    def start_term(self, theta: Array) -> Array:
        """(...): the squared misfit of the initial values."""
        value, slope = self._misfit(np.asarray(theta, float))
        return value**2 + slope**2

    def value(self, theta: Array) -> Array:
        """(..., p) to (...)."""
        parts = self._shares()
        theta = np.asarray(theta, float)
        with np.errstate(over="ignore", invalid="ignore"):
            total = parts[0] * self.equation_term(theta) + parts[1] * self.start_term(theta)
        return total

    def gradient(self, theta: Array) -> Array:
        """(..., p) to (..., p)."""
        theta, e = np.asarray(theta, float), self.equation
        parts, zero = self._shares(), np.zeros(1)
        with np.errstate(over="ignore", invalid="ignore"):
            by_residual = parts[0] * 2 / len(self.t) * self.residual(theta)
            inside = self.trial.pullback(
                theta, self.t, Jet(e.a0 * by_residual, e.a1 * by_residual, e.a2 * by_residual)
            )
            value, slope = (2 * parts[1] * each[..., None] for each in self._misfit(theta))
            edge = self.trial.pullback(theta, zero, Jet(value, slope, 0 * value))
            return inside + edge

    def hessian(self, theta: Array) -> Array:
        """(..., p) to (..., p, p), by central differences of the gradient."""
        return slopes(self.gradient, theta).matrix

    def _shares(self) -> tuple[float, float]:
        return {"total": (1.0, self.weight), "equation": (1.0, 0.0), "start": (0.0, 1.0)}[self.term]

    def _misfit(self, theta: Array) -> tuple[Array, Array]:
        jet = self.trial.jet(theta, np.zeros(1))
        value = jet.u[..., 0] - self.equation.u0
        slope = jet.first[..., 0] - self.equation.slope0 if self.equation.a2 else 0 * value
        return value, slope


class PoissonCondition(NamedTuple):
    """Curvatures (K,) of two losses along each sine, and their condition numbers."""

    residual: Array
    data: Array
    residual_condition: float
    data_condition: float


def poisson(modes: int, points: int = 20) -> PoissonCondition:
    """-u'' = f on (0, 1) with u = sum_k w_k sin(k pi x): curvature along each w_k.

    Both losses are means over the points x_i = i / ``points``, i = 0 … ``points``; sines are
    orthogonal there, so the Hessians are diagonal.  The operator multiplies sine k by (k pi)^2,
    its square by (k pi)^4: the condition number is K^4 where that of the data loss is 1 (Wang et
    al. 2021, arXiv:2001.04536).  Raises ValueError for modes that the points cannot tell apart.
    """
    if not 1 <= modes < points:
        raise ValueError(
            f"{points} intervals tell apart 1 to {points - 1} sines; got {modes}. Use more points."
        )
    k = np.arange(1, modes + 1)
    sines = np.sin(np.outer(np.arange(points + 1) / points, k * np.pi))
    data = 2 * (sines**2).mean(0)
    residual = data * (k * np.pi) ** 4
    conditions = (float(each.max() / each.min()) for each in (residual, data))
    return PoissonCondition(residual, data, *conditions)
