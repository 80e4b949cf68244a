"""Sentences about residuals: of a fit, in a network, of a differential equation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lossviz.networks.near_identity import Learned
from lossviz.objectives.differential_equations import PoissonCondition
from lossviz.outliers.influence import largest_half
from lossviz.residuals.diagnostics import (
    Diagnostics,
    Sign,
    dominant,
    kurtosis,
    nonlinear,
    serial,
    skew,
    spread,
    tails,
)
from lossviz.text import TIMES, count, listing, number, percent


def patterns(found: Diagnostics) -> list[str]:
    """Non-linearity, heteroscedasticity, normality, and how few points make the squares."""
    if not found.standard.any():
        return ["Every residual is the same to within rounding: no pattern is left to explain."]
    outlier = dominant(found)
    if outlier is None:
        facts = [nonlinearity(found), heteroscedasticity(found), normality(found)]
    else:
        row, share = outlier
        facts = [
            f"**One outlier.** The residual {number(found.residual[row], 3)} at the fitted value "
            f"{number(found.fitted[row], 3)} makes {percent(share)} of the squared residuals; it "
            "shifts the fit, so trend, spread and normality of the others cannot be judged here."
        ]
    return [each for each in facts if each] + [mean(found), largest(found)]


def nonlinearity(found: Diagnostics) -> str:
    """Whether the residuals follow the fitted values: by a square, or in any smooth way."""
    square, alike = nonlinear(found), serial(found)
    tests = [f"a quadratic term {_p(square)}"] if square.measured else []
    if alike.measured:
        tests.append(f"rank correlation of neighbouring residuals {_p(alike)}")
    if not tests:
        return ""
    if square.seen:
        return (
            "**Non-linearity.** The residuals have a quadratic trend over the fitted values "
            f"{_p(square)}: a model with more curvature would fit better.{_uneven(found)}"
        )
    if alike.seen:
        return (
            "**Non-linearity.** Residuals of neighbouring fitted values are alike (rank "
            f"correlation {number(alike.size, 2)}) {_p(alike)}: a model of another shape would fit "
            "better."
        )
    if square.hinted or alike.hinted:
        return f"Weak evidence of non-linearity: {listing(tests)}."
    return f"No non-linearity detected by {listing(tests, 'or')}; other shapes may escape both."


def _uneven(found: Diagnostics) -> str:
    """A caveat for the t-test where the variance is not constant."""
    if not spread(found).seen:
        return ""
    return " (The test assumes a constant variance, which they do not have.)"


def heteroscedasticity(found: Diagnostics) -> str:
    """Whether the size of the residuals changes with the fitted value."""
    sign = spread(found)
    if not sign.measured:
        return ""
    how = "grows" if sign.size > 0 else "shrinks"
    if sign.seen:
        why = ""
        if nonlinear(found).seen or serial(found).seen:
            why = " The non-linearity alone may cause this."
        return (
            f"**Heteroscedasticity.** The size of the residuals {how} with the fitted value (rank "
            f"correlation {number(sign.size, 2)}) {_p(sign)}.{why}"
        )
    if sign.hinted:
        return (
            "Weak evidence of heteroscedasticity: the size of the residuals "
            f"{how} with the fitted value {_p(sign)}."
        )
    return (
        "No monotone change of the size of the residuals with the fitted value detected "
        f"{_p(sign)}."
    )


def normality(found: Diagnostics) -> str:
    """Whether they could be a normal sample, and if not, what differs."""
    sign = tails(found)
    if not sign.measured:
        return ""
    if not sign.seen:
        hint = "Weak evidence against" if sign.hinted else "No evidence against"
        return f"{hint} normally distributed residuals {_p(sign)}."
    lean, ends = skew(found), kurtosis(found)
    what = []
    if lean.seen:
        side = "right" if lean.size > 0 else "left"
        what.append(f"skewed to the {side} (skewness {number(lean.size, 2)})")
    if ends.seen and not lean.seen:  # a skewed sample has a kurtosis of its own
        weight = "heavier" if ends.size > 0 else "lighter"
        what.append(
            f"with {weight} tails than a normal sample (excess kurtosis {number(ends.size, 2)})"
        )
    more = f": they are {listing(what)}" if what else ""
    return f"**Not normal.** The residuals depart from the line of the Q–Q plot {_p(sign)}{more}."


def _p(sign: Sign) -> str:
    return "(p < 0.0001)" if sign.p < 1e-4 else f"(p = {number(sign.p, 2)})"


def mean(found: Diagnostics) -> str:
    """Where the residuals are centred."""
    middle = found.mean
    if not middle:
        return (
            "The mean of the residuals is 0: predictions that are too high and too low cancel out."
        )
    side = "low" if middle > 0 else "high"
    return (
        f"The mean of the residuals is {number(middle, 3)}: on average the prediction is too "
        f"{side}."
    )


def largest(found: Diagnostics) -> str:
    """How few points make half of the squared residuals."""
    few, n = largest_half(found.squares) or 1, len(found.residual)
    return (
        f"{count(few, 'point')} of {n} ({percent(few / n)}) "
        f"{'makes' if few == 1 else 'make'} half of the sum of squared residuals."
    )


def learned(found: Learned) -> list[str]:
    """Which started lower and which ended lower, and what a correction starts from."""
    (h0, h1), (f0, f1) = (
        (float(r.values[0]), float(r.values[-1])) for r in (found.whole, found.correction)
    )
    steps = int(found.whole.steps[-1])
    return [
        f"From the same weights, h(x) starts at a loss of {number(h0, 3)} and x + f(x) at "
        f"{number(f0, 3)}: {_lower(h0, f0)}.",
        f"After {steps:,} steps: {number(h1, 3)} and {number(f1, 3)}: {_lower(h1, f1)}.",
        f"With f = 0 the correction would have a loss of {number(found.loss_of_zero, 3)}, the mean "
        "square of y − x.",
    ]


def _lower(whole: float, correction: float) -> str:
    if math.isclose(whole, correction, rel_tol=0.02):
        return "about the same"
    return "x + f(x) is lower" if correction < whole else "h(x) is lower"


def depth(sizes: Mapping[str, Any]) -> list[str]:
    """What arrives at the first block of what left the last; norms (depth + 1,) by name."""
    found = []
    for name, values in sizes.items():
        first, last = float(values[0]), float(values[-1])
        if not (math.isfinite(first) and math.isfinite(last) and last > 0):
            found.append(f"**{name}**: the backpropagated gradient overflows or vanishes to 0.")
        elif first == 0:
            found.append(f"**{name}**: no gradient arrives at all.")
        else:
            found.append(
                f"**{name}**: the gradient at block 0 has {number(first / last, 3)} times the "
                f"norm of that at block {len(values) - 1}."
            )
    return found


def equation(terms: tuple[float, float], weight: float, error: float) -> list[str]:
    """The terms of the loss at the trained solution, and its error."""
    residual, start = terms
    text = (
        f"For the trained solution the mean squared residual of the equation is "
        f"{number(residual, 3)} and the initial condition contributes {number(weight, 3)}{TIMES}"
        f"{number(start, 3)}; its largest error is {number(error, 3)}."
    )
    zero = (
        "The residual of the equation alone is zero for u = 0 too: only the initial condition "
        "excludes that solution."
    )
    return [text, zero]


def hard(
    found: PoissonCondition, frequencies: Sequence[float], errors: Sequence[float]
) -> list[str]:
    """How the operator and the frequency worsen the conditioning."""
    worst = max(range(len(errors)), key=errors.__getitem__)
    return [
        f"With {count(len(found.data), 'sine')}, the residual of −u″ has the condition number "
        f"{number(found.residual_condition, 4)}, K⁴; fitting the same function to data has "
        f"{number(found.data_condition, 3)}.",
        "A tanh network on the damped oscillator, trained alike at "
        f"{count(len(errors), 'frequency', 'frequencies')}: the largest error is "
        f"{number(errors[worst], 3)}, at frequency {number(frequencies[worst], 3)}; "
        f"at frequency {number(frequencies[0], 3)} it is {number(errors[0], 3)}.",
    ]
