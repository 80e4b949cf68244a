"""Numbers and lists in sentences."""

from __future__ import annotations

import ast
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.text import TIMES, apart, change, count, latex, listing, number, percent, unbroken
from tests.running import HOUSE


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (3890.4, 4, "3,890"),
        (-0.0123, 4, "−0.0123"),
        (1.2e-7, 4, "1.2\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁻⁷"),
        (12.5, 2, "12"),
        (0.0, 4, "0"),
        (math.inf, 4, "∞"),
        (-math.inf, 4, "−∞"),
        (math.nan, 4, "undefined"),
        (3.2e9, 3, "3.2\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁹"),
    ],
)
def test_a_number_reads_as_people_write_it(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize("value", [1.2e-300, -4.5e-5, 0.1, -12345.678, 3.2e9, math.inf, math.nan])
@pytest.mark.parametrize("digits", [1, 4, 12])
def test_no_line_breaks_within_a_number(value, digits):
    assert not re.search("[ \n\t-]", number(value, digits))


def test_a_power_of_ten_is_read_back_into_latex():
    assert latex(-1.2e-7) == r"-1.2 \times 10^{-7}"
    assert latex(3.2e12) == r"3.2 \times 10^{12}"
    assert latex(3890.4) == "3{,}890"


def written(source):
    """Texts of a module that a reader may see: all but its docstrings."""
    tree = ast.parse(source)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in told:
            yield ast.unparse(node)


def test_no_sentence_lets_a_line_break_at_the_sign_between_two_numbers():
    names = HOUSE / "lossviz" / "ui" / "sidebar" / "plane_menu.py"  # of features, which are long
    loose = {
        (str(path.relative_to(HOUSE)), found.group())
        for path in (HOUSE / "lossviz").rglob("*.py")
        if path != names
        for text in written(path.read_text(encoding="utf-8"))
        for found in re.finditer(r"[\d}] × [\d{]", text)
    }
    assert not loose


def test_what_rounding_leaves_of_something_is_zero():
    assert number(1.606e-26, beside=5930.0) == "0"
    assert number(-3e-17, beside=1.0) == "0"
    assert number(1e-7, beside=1.0) == f"1{TIMES}10⁻⁷"
    assert number(1.606e-26) == f"1.606{TIMES}10⁻²⁶"
    assert number(2.0, beside=math.inf) == "2"


def test_numbers_that_look_the_same_get_digits_until_they_do_not():
    assert apart(3205.1, 3205.3) == ("3,205.1", "3,205.3")
    assert apart(1.0, 1.0000004) == ("1", "1")
    assert apart(3205.1, 4022.0) == ("3,205", "4,022")
    assert apart(0.0, 1.6e-26, beside=9.0) == ("0", "0")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (3205, 4022, "rose from 3,205 to 4,022"),
        (2.0, 1.0, "fell from 2 to 1"),
        (3205.1, 3205.3, "hardly rose, from 3,205.1 to 3,205.3"),
        (3205.3, 3205.1, "hardly fell, from 3,205.3 to 3,205.1"),
        (3205.0, 3205.0 * (1 + 1e-9), "stayed at 3,205"),
        (math.inf, 25.0, "fell from ∞ to 25"),
        (math.inf, math.inf, "stayed at ∞"),
        (0.0, 0.0, "stayed at 0"),
    ],
)
def test_a_change_in_words(before, after, text):
    assert change(before, after) == text


def test_a_change_from_nothing_but_rounding_is_from_zero():
    assert change(1.606e-26, 0.25) == "rose from 0 to 0.25"
    assert change(1.606e-26, 3e-25, beside=5930.0) == "stayed at 0"


numbers = st.floats(-1e9, 1e9).map(lambda v: float(f"{v:.5e}"))


@settings(max_examples=200)
@given(before=numbers, after=numbers)
def test_no_change_is_told_between_two_numbers_that_look_the_same(before, after):
    first, last = apart(before, after)
    said = change(before, after)
    assert said.startswith("stayed") == (first == last)
    if first != last:
        assert ("rose" in said) == (after > before)
        assert first in said
        assert said.endswith(last)


def test_shares_counts_and_lists():
    assert [percent(v) for v in (0, 0.004, 0.12, 0.999, 1)] == [
        "0\u00a0%", "0.4\u00a0%", "12\u00a0%", "over 99\u00a0%", "100\u00a0%",
    ]  # fmt: skip
    assert (count(1, "point"), count(12_345, "point")) == ("1 point", "12,345 points")
    assert (listing(["a"]), listing(["a", "b", "c"])) == ("a", "a, b and c")


def test_no_line_ends_inside_a_number_that_is_given():
    assert unbroken("at λ = 30.2 (p < 0.0001) or τ = −1") == (
        "at λ\u00a0=\u00a030.2 (p\u00a0<\u00a00.0001) or τ\u00a0=\u00a0−1"
    )
    assert unbroken("`x = 1`, $y = 2$, z = r") == "`x = 1`, $y = 2$, z = r"
