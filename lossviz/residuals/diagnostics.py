"""Residual diagnostics: whether the residuals of a fit still hold a pattern."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from lossviz.objectives import Risk

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Diagnostics:
    """Residuals of a fit, observed - predicted, one entry (n,) per row.

    ``standard`` are the residuals over their standard deviation (0 where there is none),
    ``normal`` (n,) the quantiles that a normal sample of this size would have, in the order of
    ``ordered``, the sorted standardised residuals.
    """

    fitted: Array
    residual: Array
    standard: Array
    normal: Array
    ordered: Array

    @property
    def mean(self) -> float:
        """The mean residual; 0 where it is rounding."""
        mean = float(self.residual.mean())
        return mean if abs(mean) > 1e-6 * float(self.residual.std()) else 0.0

    @property
    def squares(self) -> Array:
        """(n,) the squared residuals."""
        return self.residual**2


@dataclass(frozen=True)
class Sign:
    """A pattern: its ``size``, and the p-value of a test of there being none.

    ``size`` and ``p`` are nan where the pattern cannot be measured.
    """

    size: float
    p: float

    @property
    def measured(self) -> bool:
        """Whether the pattern can be measured."""
        return not np.isnan(self.p)

    @property
    def seen(self) -> bool:
        """Whether the test rejects at the level of 1 %."""
        return self.p < 0.01

    @property
    def hinted(self) -> bool:
        """Whether the test rejects at the level of 5 % only."""
        return 0.01 <= self.p < 0.05


def diagnose(risk: Risk, theta: Array) -> Diagnostics:
    """The residuals of a regression at theta (p,); ValueError for another task."""
    if risk.data.task != "regression":
        raise ValueError(f"Residuals are shown for regression; these data are {risk.data.task}.")
    fitted = np.asarray(risk.model.predict(theta, risk.data.X), float)
    residual = risk.data.y - fitted
    spread = float(residual.std())
    tiny = 1e-12 * float(np.abs(risk.data.y).max() + np.abs(fitted).max())
    centred = residual - residual.mean()
    standard = centred / spread if spread > tiny else np.zeros_like(residual)
    n = len(residual)
    # Filliben's medians of the order statistics
    places = (np.arange(1, n + 1) - 0.3175) / (n + 0.365)
    places[0], places[-1] = 1 - 0.5 ** (1 / n), 0.5 ** (1 / n)
    normal = stats.norm.ppf(places) if n > 1 else np.zeros(1)
    return Diagnostics(fitted, residual, standard, normal, np.sort(standard))


def nonlinear(found: Diagnostics) -> Sign:
    """Whether residuals curve over the fitted values: the t-test of a squared term.

    ``size`` is the correlation of the residuals with the squared fitted values after a line has
    been taken from both (Ramsey 1969; Tukey 1949).
    """
    x = _unit(found.fitted)
    n = len(x)
    if n < 5 or not x.any() or not found.standard.any():
        return Sign(float("nan"), float("nan"))
    line = np.stack([np.ones(n), x], axis=1)
    square, left = (v - line @ np.linalg.lstsq(line, v)[0] for v in (x**2, found.standard))
    lengths = float(np.linalg.norm(square) * np.linalg.norm(left))
    if np.linalg.norm(square) < 1e-9 * n or lengths < 1e-12:
        return Sign(float("nan"), float("nan"))
    r = float(np.clip(square @ left / lengths, -1, 1))
    t = r * np.sqrt((n - 3) / max(1 - r**2, 1e-300))
    return Sign(r, float(2 * stats.t.sf(abs(t), n - 3)))


def serial(found: Diagnostics) -> Sign:
    """Whether residuals of neighbouring fitted values are alike, whatever the shape.

    Bartels' (1982) rank version of von Neumann's ratio, one-sided; ``size`` is the rank
    autocorrelation of neighbours.  Fitted values that are equal stand in an order drawn at random.
    """
    n = len(found.fitted)
    if n < 10 or not _unit(found.fitted).any() or not found.standard.any():
        return Sign(float("nan"), float("nan"))
    drawn = np.random.default_rng(0).permutation(n)
    ranks = stats.rankdata(found.standard[np.lexsort((drawn, found.fitted))])
    ratio = float((np.diff(ranks) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())
    return Sign(1 - ratio / 2, float(stats.norm.cdf((ratio - 2) / np.sqrt(20 / (5 * n + 7)))))


def dominant(found: Diagnostics) -> tuple[int, float] | None:
    """(row, share) of a residual that holds more than half of all squares, or None.

    Such an outlier distorts what the tests of the other residuals see.
    """
    squares = found.squares
    total, row = float(squares.sum()), int(squares.argmax())
    if len(squares) < 5 or not found.standard.any() or squares[row] <= total / 2:
        return None
    return row, float(squares[row] / total)


def skew(found: Diagnostics) -> Sign:
    """Whether residuals are skewed: D'Agostino's (1970) test; ``size`` is the skewness."""
    if len(found.standard) < 8 or not found.standard.any():
        return Sign(float("nan"), float("nan"))
    return Sign(float(stats.skew(found.standard)), float(stats.skewtest(found.standard).pvalue))


def kurtosis(found: Diagnostics) -> Sign:
    """Whether tails are heavy or light: Anscombe and Glynn's (1983) test of the excess kurtosis."""
    if len(found.standard) < 20 or not found.standard.any():
        return Sign(float("nan"), float("nan"))
    tested = stats.kurtosistest(found.standard)
    return Sign(float(stats.kurtosis(found.standard)), float(tested.pvalue))


def spread(found: Diagnostics) -> Sign:
    """Whether residuals grow or shrink with the fitted values: Spearman's rank correlation."""
    if len(found.fitted) < 5 or not _unit(found.fitted).any() or not found.standard.any():
        return Sign(float("nan"), float("nan"))
    r, p = stats.spearmanr(found.fitted, np.abs(found.standard))
    return Sign(float(r), float(p))


def tails(found: Diagnostics) -> Sign:
    """Whether residuals are not normal: the test of Shapiro and Wilk; ``size`` is excess kurtosis.

    The sign of the size tells heavy tails (above 0) from light ones.
    """
    if not 5 <= len(found.standard) <= 5000 or not found.standard.any():
        return Sign(float("nan"), float("nan"))
    p = float(stats.shapiro(found.standard).pvalue)
    return Sign(float(stats.kurtosis(found.standard)), p)


def _unit(values: Array) -> Array:
    """Mean 0 and standard deviation 1; all 0 where the values are all the same."""
    size = float(values.std())
    if size <= 1e-9 * float(np.abs(values).max(initial=0)):
        return np.zeros_like(values)
    return (values - values.mean()) / size
