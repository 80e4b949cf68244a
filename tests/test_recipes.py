"""A recipe's refusal is a sentence: words for intervals, one full stop."""

import re

import pytest

from lossviz.datasets import DATASETS
from lossviz.landscapes.height_scale import SCALES
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from lossviz.recipes import interval

EVERY = [
    entry
    for catalogue in (DATASETS, MODELS, LOSSES, PENALTIES, OPTIMIZERS, SCALES)
    for entry in catalogue.values()
]


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("(0, inf)", "above 0"),
        ("[0, inf)", "of at least 0"),
        ("[0, 1]", "from 0 to 1"),
        ("(0, 1]", "above 0 and of at most 1"),
        ("[0, 1)", "of at least 0 and below 1"),
        ("(0, 1)", "above 0 and below 1"),
        ("(-inf, 0]", "of at most 0"),
        ("[-inf, 10]", "of at most 10"),
        ("(-inf, inf)", "to be finite"),
    ],
)
def test_an_interval_is_said_in_words(domain, words):
    assert interval(domain) == words


def test_no_refusal_shows_notation_or_two_full_stops():
    said = []
    for entry in EVERY:
        for each in entry.hyperparameters():
            for value in (-1e9, 1e9, 0.5, float("inf"), float("nan"), "wide", None, "x" * 9999):
                try:
                    entry(**{each.name: value})
                except ValueError as refusal:
                    said.append(str(refusal))
    assert len(said) > 100
    for sentence in said:
        assert re.search(r"[^.]\.$", sentence), sentence
        assert not re.search(r"\.\.\s|\.\.$|[(\[][-\d.]+, |inf\)", sentence), sentence
