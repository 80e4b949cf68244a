"""Expressions in lessons: arithmetic over named facts, and nothing else."""

import contextlib

import pytest

from lossviz.lessons.expression import Facts, evaluate
from tests.hostile import HOSTILE

SCOPE = {"minimum": Facts(slope=0.5, kind="point"), "twice": lambda x: 2 * x}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 ** 2", 19.0),
        ("-minimum.slope / 2", -0.25),
        ("twice(x=minimum.slope)", 1.0),
        ('minimum.kind == "point"', True),
        ("1 < 2 <= 2 and not 3 > 4", True),
        ("max(1, sqrt(16))", 4.0),
    ],
)
def test_what_it_means(text, value):
    assert evaluate(text, SCOPE) == value


def test_hostile_strings_are_refused_or_plain_values():
    for text in HOSTILE:
        with contextlib.suppress(ValueError):  # any other exception fails the test
            assert isinstance(evaluate(text, SCOPE), float | bool | str), text


@pytest.mark.parametrize(
    "text",
    [
        "minimum._parts",
        "minimum.part('slope')",
        "twice.__globals__",
        "(lambda: 1)()",
        "[1][0]",
        "minimum.gradient",
        "1 / 0",
        "log(0)",
        "10.0 ** 400",
        "twice(*(1, 2))",
        "twice(**{'x': 1})",
        "unknown",
        "'text' * 2",
        "minimum",
        "twice",
        "x" * 1000,
        "f'{1}'",
        "1 if 1 else 2",
    ],
)
def test_anything_else_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$|known|here"):
        evaluate(text, SCOPE)
