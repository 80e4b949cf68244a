"""A gallery of formulas that measurements are often fitted with, to start from."""

from __future__ import annotations

from typing import NamedTuple


class Curve(NamedTuple):
    """A named curve as a formula of x, and what its letters mean."""

    title: str
    expression: str
    says: str


GALLERY = (
    Curve("Michaelis–Menten", "a*x/(b + x)", "a is the limit, b where half of it is reached"),
    Curve("Logistic growth", "a/(1 + exp(-b*(x - c)))", "a is the limit, b the rate, c the middle"),
    Curve(
        "Gaussian peak",
        "a*exp(-((x - b)/c)**2) + d",
        "a is the height, b the place, c the width, d the baseline",
    ),
    Curve("Power law", "a*x**b", "b is the power; x must be positive"),
    Curve(
        "Damped oscillation",
        "a*exp(-b*x)*cos(c*x + d)",
        "b is the damping, c the frequency, d the phase",
    ),
    Curve(
        "Two exponentials",
        "a*exp(-b*x) + c*exp(-d*x)",
        "b and d are the rates; exchanging both pairs changes nothing: two equal minima",
    ),
)
