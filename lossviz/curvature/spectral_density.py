"""The whole spectrum of a Hessian: every eigenvalue, or an estimate of how they are spread.

Over the 2,000 or more directions of a network most eigenvalues are near zero and a few are large
(Sagun et al. 2017, arXiv:1706.04454); the two ends alone do not say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.curvature.eigenpairs import Sloped, hessian_vector

Array = NDArray[np.floating]

NEAR = 1e-3  # of the largest eigenvalue: what is smaller counts as near zero
FAINTEST = 1e-6  # of the largest of all: below it the sign of an eigenvalue is rounding
PER_DECADE = 6  # bars of a histogram
MOST_WHOLE = 1500  # parameters up to which the whole matrix is a matter of a second
HEAVY = 1e9  # products of a weight and a row: a second or two
STEPS = 80
MEMORY = 3e7  # numbers the directions of an estimate may hold together
_ROWS = 128


class Share(NamedTuple):
    """How many eigenvalues lie somewhere, and the standard error of that number (0 if exact)."""

    number: float
    error: float


@dataclass(frozen=True, eq=False)
class Spectrum:
    """``values`` (s, m) stand for ``counts`` (s, m) eigenvalues; every row counts them all once.

    ``exact``: one row, every eigenvalue with count 1.  Otherwise each row is an estimate of its
    own, and their mean is better.  ``largest`` and ``smallest`` are the ends.
    """

    values: Array
    counts: Array
    largest: float
    smallest: float
    exact: bool

    @property
    def size(self) -> int:
        """How many eigenvalues there are."""
        return round(float(self.counts[0].sum()))

    @property
    def widest(self) -> float:
        """The largest size of an eigenvalue."""
        return max(abs(self.largest), abs(self.smallest))

    def between(self, low: float, high: float) -> Share:
        """How many eigenvalues lie in [low, high)."""
        inside = (self.values >= low) & (self.values < high)
        each = np.where(inside, self.counts, 0.0).sum(-1)
        mean, many = float(each.mean()), len(each)
        if self.exact:
            return Share(mean, 0.0)
        # few vectors may agree by chance: k eigenvalues have variance 2 k from one of them
        spread = max(float(each.std(ddof=1)) if many > 1 else 0.0, float(np.sqrt(2 * mean)))
        return Share(mean, spread / np.sqrt(many))


class Bins(NamedTuple):
    """``edges`` (m + 1,) of bars; one of them, around zero, reaches from -near to near."""

    edges: Array
    near: float

    def place(self, values: ArrayLike) -> Array:
        """Where values stand on an axis with decades on both sides of zero: near is at 0.3."""
        v = np.asarray(values, float) / self.near
        size = np.maximum(np.abs(v), 1.0)
        return np.where(np.abs(v) <= 1, 0.3 * v, np.sign(v) * (0.3 + np.log10(size)))

    @property
    def ticks(self) -> list[float]:
        """Round values to write on that axis, at most four on a side."""
        ends = [np.floor(np.log10(max(abs(end), self.near))) for end in self.edges[[0, -1]]]
        first = np.ceil(np.log10(self.near) + 0.3)
        step = max(1, int(np.ceil((max(ends) - first + 1) / 4)))
        down, up = (10.0 ** np.arange(end, first - 0.5, -step) for end in ends)
        return [*(-down), 0.0, *up[::-1]]


def full(objective: Sloped, theta: ArrayLike) -> Spectrum:
    """All p eigenvalues at ``theta`` (p,), from the whole matrix of Hessian-vector products.

    Good to about eight digits of the largest where the objective is smooth.  Raises ValueError
    for a gradient that is not finite.
    """
    here = _checked(objective, theta)
    unit = np.eye(len(here))
    rows = [
        hessian_vector(objective, here, unit[i : i + _ROWS]) for i in range(0, len(here), _ROWS)
    ]
    H = np.concatenate(rows)
    values = np.linalg.eigvalsh((H + H.T) / 2)
    return Spectrum(
        values[None], np.ones((1, len(here))), float(values[-1]), float(values[0]), True
    )


def quadrature(
    objective: Sloped, theta: ArrayLike, steps: int = STEPS, vectors: int = 6, seed: int = 0
) -> Spectrum:
    """An estimate by stochastic Lanczos quadrature: ``vectors`` random starts, ``steps`` each.

    From each start v the Lanczos matrix has eigenvalues t and first components w of its
    eigenvectors; p w^2 at t is that start's estimate, with the first 2 * steps moments
    v^T H^k v right (Ghorbani et al. 2019, arXiv:1901.10159; Ubaru et al. 2017).  The two ends are
    the outermost values met, which lie within the true ones and are the first to be right.
    Raises ValueError for fewer than 2 steps or no vectors, or a gradient that is not finite.
    """
    here = _checked(objective, theta)
    p = len(here)
    if steps < 2 or vectors < 1:
        raise ValueError(
            "An estimate of the spectrum needs at least 2 steps and 1 vector; "
            f"got steps={steps} and vectors={vectors}."
        )
    start = np.random.default_rng(seed).normal(size=(vectors, p))
    values, first = _lanczos(objective, here, start, min(steps, p))
    return Spectrum(values, p * first**2, float(values.max()), float(values.min()), False)


def measure(objective: Sloped, theta: ArrayLike, rows: int) -> Spectrum:
    """The spectrum in a second or two: whole where it can be, else estimated.

    Whole for up to 1,500 parameters and not too many ``rows`` of data; the estimate takes fewer
    vectors, and where p is very large fewer steps, the dearer a product is.
    """
    p = len(np.asarray(theta))
    if p <= MOST_WHOLE and p * p * rows <= HEAVY:
        return full(objective, theta)
    vectors = int(np.clip(HEAVY / (STEPS * p * rows), 2, 10))
    steps = int(np.clip(MEMORY / (vectors * p), 2, STEPS))
    return quadrature(objective, theta, steps, vectors)


def bins(spectra: Sequence[Spectrum]) -> Bins:
    """Bars in which these spectra can be compared: even in the logarithm on both sides of zero.

    Near zero is below a thousandth of the largest eigenvalue (of the spectrum where that is
    smaller), and not finer than a millionth of the largest of all.  Raises ValueError where all
    are exactly zero.
    """
    sizes = [each.widest for each in spectra if each.widest > 0]
    if not sizes:
        raise ValueError("The surface is flat here in every direction: all eigenvalues are zero.")
    near = max(NEAR * min(sizes), FAINTEST * max(sizes))
    top = max(max(each.largest for each in spectra), near)
    low = min(min(each.smallest for each in spectra), -near)
    up, down = (_log_edges(near, end) for end in (top, -low))
    return Bins(np.concatenate([-down[::-1], up]), near)


def bars(spectrum: Spectrum, where: Bins) -> Array:
    """(m,) how many eigenvalues there are in each bar."""
    return np.array(
        [spectrum.between(*ends).number for ends in zip(where.edges, where.edges[1:], strict=False)]
    )


def _log_edges(near: float, end: float) -> Array:
    """near, ... in even factors until beyond ``end``."""
    bars_per_side = int(np.floor(np.log10(end / near) * PER_DECADE)) + 1
    return near * 10 ** (np.arange(bars_per_side + 1) / PER_DECADE)


def _checked(objective: Sloped, theta: ArrayLike) -> Array:
    here = np.asarray(theta, float)
    if not np.isfinite(objective.gradient(here)).all():
        raise ValueError("The gradient is not finite here, so the curvature cannot be measured.")
    return here


def _lanczos(objective: Sloped, here: Array, start: Array, steps: int) -> tuple[Array, Array]:
    """Ritz values (s, m) and first components (s, m), from s starts (s, p) side by side."""
    v = start / np.linalg.norm(start, axis=-1, keepdims=True)
    basis = np.zeros((steps, *v.shape))
    T = np.zeros((len(v), steps, steps))
    for k in range(steps):
        basis[k] = v
        w = hessian_vector(objective, here, v)
        T[:, k, k] = np.einsum("sp,sp->s", v, w)
        for _ in range(2):  # once is not enough to keep the basis orthogonal
            inside = np.einsum("ksp,sp->ks", basis[: k + 1], w)
            w = w - np.einsum("ks,ksp->sp", inside, basis[: k + 1])
        if k + 1 == steps:
            break
        left = np.linalg.norm(w, axis=-1)
        # what remains when the start's own space is exhausted is rounding
        left[left <= 1e-7 * np.abs(T).max((1, 2))] = 0
        v = np.divide(w, left[:, None], out=np.zeros_like(w), where=left[:, None] > 0)
        T[:, k, k + 1] = T[:, k + 1, k] = left
    values, columns = np.linalg.eigh(T)
    return values, columns[:, 0]
