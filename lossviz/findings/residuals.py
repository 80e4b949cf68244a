"""What can truly be said of what is left over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.networks.near_identity import Learned
from lossviz.objectives.differential_equations import Bends
from lossviz.residuals.diagnostics import Leftovers, Sign, bend, spread, tails
from lossviz.text import count, number, percent

Array = NDArray[np.floating]


def patterns(found: Leftovers) -> list[str]:
    """A bend, a fan, tails, and who owns the squares."""
    if not found.standard.any():
        return ["Every residual is the same to within rounding: there is nothing left to explain."]
    signs = [
        _says(
            bend(found),
            "**A bend is left.** The residuals curve over the fitted values: the model is too "
            "straight here",
            "No bend beyond what chance makes",
        ),
        _says(
            spread(found),
            "**A fan.** The size of the residuals changes with the fitted value, "
            + ("growing" if spread(found).size > 0 else "shrinking")
            + " with it",
            "Their size does not visibly change with the fitted value",
        ),
        _says(
            tails(found),
            "**Not a normal heap.** The points leave the line of the Q–Q plot; tails are "
            + ("heavier" if tails(found).size > 0 else "lighter")
            + " than a normal sample's",
            "The heap could be a normal sample",
        ),
    ]
    return [each for each in signs if each] + [mean(found), owners(found)]


def _says(sign: Sign, yes: str, no: str) -> str:
    if np.isnan(sign.p):
        return ""
    chance = "p < 0.0001" if sign.p < 1e-4 else f"p = {number(sign.p, 2)}"
    return f"{yes if sign.seen else no} ({chance})."


def mean(found: Leftovers) -> str:
    """Where the residuals are centred."""
    middle, size = float(found.residual.mean()), float(found.residual.std())
    if abs(middle) <= 1e-6 * size:
        return "Their mean is 0: what is too high and what is too low cancel out."
    side = "high" if middle > 0 else "low"
    return f"Their mean is {number(middle, 3)}: on average the fit is too {side}."


def owners(found: Leftovers) -> str:
    """How few points hold half of the squared residuals."""
    squares = np.sort(found.residual**2)[::-1]
    few = int(np.searchsorted(np.cumsum(squares), squares.sum() / 2) + 1)
    few = min(few, len(squares))
    return (
        f"Half of the squared residuals belong to {count(few, 'point')} of {len(squares)} "
        f"({percent(few / len(squares))})."
    )


def learned(found: Learned) -> list[str]:
    """Who started lower and who ended lower, and what a correction starts from."""
    (h0, h1), (f0, f1) = (
        (float(r.values[0]), float(r.values[-1])) for r in (found.whole, found.correction)
    )
    rest = float(((found.data.y - found.data.X[:, 0]) ** 2).mean())
    steps = int(found.whole.steps[-1])
    return [
        f"From the same weights, h(x) starts at a loss of {number(h0, 3)} and x + f(x) at "
        f"{number(f0, 3)}: {_lower(h0, f0)}.",
        f"After {steps:,} steps: {number(h1, 3)} and {number(f1, 3)}: {_lower(h1, f1)}.",
        f"With f = 0 the correction would pay {number(rest, 3)}, the mean square of what differs "
        "from the identity.",
    ]


def _lower(whole: float, correction: float) -> str:
    if np.isclose(whole, correction, rtol=0.02):
        return "about the same"
    return "the correction is lower" if correction < whole else "the whole is lower"


def depth(sizes: Mapping[str, Array]) -> list[str]:
    """What arrives at the first block of what left the last one."""
    found = []
    for name, values in sizes.items():
        first, last = float(values[0]), float(values[-1])
        if not (np.isfinite([first, last]).all() and last > 0):
            found.append(f"**{name}**: the slope leaves the numbers.")
        elif first == 0:
            found.append(f"**{name}**: no slope arrives at all.")
        else:
            found.append(
                f"**{name}**: of the slope at block {len(values) - 1}, "
                f"{number(first / last, 3)} times as much arrives at block 0."
            )
    return found


def equation(terms: tuple[float, float], weight: float, error: float) -> list[str]:
    """What the trained trial pays for each term, and how right it is."""
    residual, start = terms
    text = (
        f"The trained trial pays {number(residual, 3)} for the equation and {number(weight, 3)} × "
        f"{number(start, 3)} for the start; its largest error is {number(error, 3)}."
    )
    zero = (
        "The equation alone is content with u = 0 everywhere, which breaks no rule: only the start "
        "term forbids it."
    )
    return [text, zero]


def hard(found: Bends, frequencies: Sequence[float], errors: Sequence[float]) -> list[str]:
    """How the operator and the frequency narrow the valley."""
    worst = int(np.argmax(errors))
    return [
        f"With {count(len(found.data), 'sine')}, −u″ makes the steepest direction "
        f"{number(found.residual_condition, 4)} times as steep as the flattest, K⁴; fitting the "
        f"same function to data, {number(found.data_condition, 3)}.",
        "A tanh network on the damped oscillator, trained alike at "
        f"{count(len(errors), 'frequency', 'frequencies')}: the largest error is "
        f"{number(errors[worst], 3)}, at frequency {number(frequencies[worst], 3)}; "
        f"at frequency {number(frequencies[0], 3)} it is {number(errors[0], 3)}.",
    ]
