"""Hints by meaning, inverse functions with their slopes, and formulas that read no feature."""

import numpy as np
import pytest

from lossviz.formula import FormulaError, Slopes, parse
from lossviz.formula.tree import Number
from lossviz.models import MODELS


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("ln(x)", "log?"), ("arctan(x)", "atan?"), ("log10(x)", "log(u)/log(10)"), ("fabs(x)", "abs?"),
     ("max(x, 0)", "maximum?"), ("sigmoid(x)", "1/(1 + exp(-u))"), ("tanhh(x)", "tanh?"),
     ("floor(x)", "it jumps and is flat"),
     ("softplus(x)", "maximum(0, u) + log1p(exp(-abs(u)))")],
)  # fmt: skip
def test_a_function_of_another_language_is_answered_by_its_meaning(typed, hint):
    with pytest.raises(FormulaError) as error:
        parse(typed, ("x",))
    assert hint in str(error.value)


@pytest.mark.parametrize("name", ["asin", "acos", "atan", "erf", "sinh", "cosh"])
def test_slopes_of_functions_agree_with_differences(name):
    formula = parse(f"{name}(0.5*x)", ("x",))
    x, h = np.linspace(-1.5, 1.5, 13), 1e-5
    slope = Slopes(formula.tree, [{"x": Number(1.0)}])(x=x)[0]
    by_hand = (formula.value(x=x + h) - formula.value(x=x - h)) / (2 * h)
    np.testing.assert_allclose(slope, by_hand, rtol=1e-8)


@pytest.mark.parametrize(
    ("typed", "meant"), [("a*b*y1", "x1 instead of y1"), ("a*X", "x instead of X"), ("a + b", "x")]
)
def test_a_formula_that_reads_no_feature_is_questioned(typed, meant):
    with pytest.raises(FormulaError) as error:
        MODELS["formula"](expression=typed)
    assert f"did you mean {meant}" in str(error.value)
