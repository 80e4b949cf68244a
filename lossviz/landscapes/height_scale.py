"""Height scales of a landscape: linear, cut off, or logarithmic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.recipes import Recipe, catalogue, hyperparameter
from lossviz.text import ROUNDING, TIMES, number

Array = NDArray[np.floating]


@dataclass(frozen=True)
class HeightAxis:
    """Turns values of the objective into heights on a picture, and labels the axis.

    ``low`` and ``high`` are the ends of the range in values; pictures that are compared share
    one height axis.  ``shift`` is subtracted before a logarithm is taken.
    """

    low: float
    high: float
    title: str = "loss"
    log: bool = False
    shift: float = 0.0

    def __call__(self, values: ArrayLike) -> Array:
        """Heights of the same shape; NaN, which is drawn as a gap, where nothing is finite."""
        raw = np.asarray(values, float)
        shown = np.where(np.isfinite(raw), np.clip(raw, self.low, self.high), np.nan)
        return np.log10(shown - self.shift) if self.log else shown

    def filled(self, values: ArrayLike) -> float:
        """The share of the axis from the lowest to the highest of these values, 0 to 1."""
        low, high = self.range
        heights = self(values)
        return float(np.nanmax(heights) - np.nanmin(heights)) / (high - low) if high > low else 1.0

    def options(self) -> dict[str, float | bool]:
        """What a browser needs to turn values into the same heights."""
        return {"low": self.low, "high": self.high, "log": self.log, "shift": self.shift}

    @property
    def range(self) -> tuple[float, float]:
        """The heights of the lowest and the highest value; the same where only rounding differs.

        Level lines that lie closer than rounding could never be drawn to their end.
        """
        low, high = (float(end) for end in self([self.low, self.high]))
        size = max(abs(low), abs(high), 1.0 if self.log else 0.0)
        return (low, low) if high - low <= ROUNDING * size else (low, high)

    @property
    def ticks(self) -> tuple[list[float], list[str]] | None:
        """Places and texts of a log axis: the true values; None where Plotly's own will do.

        At most five, so that they keep apart in a small picture: powers of ten, or where the
        range is short the ones, twos and fives between them, or equal steps of the value.
        """
        if not self.log:
            return None
        low, high = self.range
        step = max(1, int(np.ceil((high - low) / 5)))
        powers = [float(p) for p in range(int(np.ceil(low)), int(np.floor(high)) + 1, step)]
        if len(powers) > 1:
            return powers, [_power(int(p)) for p in powers]
        decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
        short = [m * 10.0**k for k in decades for m in (1, 2, 5)]
        inside = [v for v in short if low <= np.log10(v) <= high]
        if len(inside) > 1:
            return [float(np.log10(v)) for v in inside], [f"{v:g}" for v in inside]
        return _even(low, high)


@dataclass(frozen=True)
class Scale(Recipe):
    """How values become heights."""

    def height_axis(self, *values: Array) -> HeightAxis:
        """One height axis for all of ``values``, so that their pictures can be compared."""
        raise NotImplementedError


@dataclass(frozen=True)
class LinearScale(Scale):
    """Height is the loss itself."""

    id, label = "linear", "Linear"

    def height_axis(self, *values: Array) -> HeightAxis:
        finite = _finite(values)
        return HeightAxis(float(finite.min()), float(finite.max()))


@dataclass(frozen=True)
class LogScale(Scale):
    """Equal heights are equal factors: shows the floor of a deep valley."""

    id, label = "log", "Log"

    def height_axis(self, *values: Array) -> HeightAxis:
        finite = _finite(values)
        low, high = float(finite.min()), float(finite.max())
        shift = min(low, 0.0)  # the logarithm of the height above the lowest, if that is below 0
        above = finite[finite > shift + ROUNDING * abs(shift)] - shift
        foot = roof = 1.0
        if above.size:
            # eight decades are as much as a picture can hold; an exact 0 is drawn at their foot.
            # They hang from the top, unless most values lie far below it.
            top = float(above.max())
            foot = max(float(above.min()), min(top * 1e-8, float(np.median(above)) * 1e-5))
            roof = min(top, foot * 1e8)
        title = "loss (log)" if shift == 0 else "loss − minimum (log)"
        cut = []
        if above.size and float(above.min()) < foot * (1 - 1e-9):
            cut.append(f"below {_short(foot)}")
        if shift + roof < high * (1 - 1e-9):
            cut.append(f"above {_short(roof)}")
        if cut:
            title += f", cut off {' and '.join(cut)}"
        return HeightAxis(
            shift + foot, max(shift + roof, shift + foot), title, log=True, shift=shift
        )


@dataclass(frozen=True)
class ClippedScale(Scale):
    """High values are cut off, so that the low ones fill the picture."""

    id, label = "clipped", "Clipped"
    share: float = hyperparameter(0.5, 0.05, 1.0, domain="(0, 1]", label="share of the grid shown")

    def height_axis(self, *values: Array) -> HeightAxis:
        finite = _finite(values)
        cut = float(np.quantile(finite, self.share))
        return HeightAxis(float(finite.min()), cut, f"loss, cut off above {number(cut, 3)}")


SCALES: dict[str, type[Scale]] = catalogue(LinearScale, LogScale, ClippedScale)


def single(values: Array) -> NDArray[np.float32]:
    """Values as pictures carry them, in single precision; what is too large for it is infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(np.float32)


def _even(low: float, high: float) -> tuple[list[float], list[str]]:
    """Ticks at one to five round values, equal steps apart, where less than a decade is drawn."""
    first, last = 10.0**low, 10.0**high
    rough = (last - first) / 4
    if not rough > 1e-12 * last:  # all heights are one
        return [low], [number(first, 6)]
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= rough)
    values = step * np.arange(np.ceil(first / step), np.floor(last / step) + 1)
    digits = max(6, int(np.ceil(np.log10(last / step))) + 1)
    return [float(p) for p in np.log10(values)], [number(v, digits) for v in values]


def _short(value: float) -> str:
    """One digit, as a power where that is shorter: "0.003", "2 × 10⁻⁷"."""
    digit, power = f"{value:.0e}".split("e")
    if -4 <= int(power) <= 4:
        return f"{value:.1g}" if value < 10 else f"{float(f'{value:.1g}'):,.0f}"
    return _power(int(power)) if digit == "1" else f"{digit}{TIMES}{_power(int(power))}"


def _power(p: int) -> str:
    """10 to the p as a short text: "0.01", "1", "1000", "10⁶"."""
    if -4 <= p <= 4:
        return f"{10.0**p:g}"
    return "10" + str(p).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _finite(values: tuple[Array, ...]) -> Array:
    flat = np.concatenate([np.ravel(v) for v in values])
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        raise ValueError(
            "The loss has no finite value anywhere in this window; move the window or choose "
            "another loss."
        )
    return finite
