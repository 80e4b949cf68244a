"""Recipes: small frozen choices that print as the call that makes them.

A recipe holds numbers, strings and flags and nothing else, so it compares, hashes, pickles and
travels through a URL.  A field made with ``hyperparameter`` (or ``choice``, ``text``) carries
what a widget needs to know; the app derives its sliders from that, unasked.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, TypeVar

import numpy as np


def hyperparameter(
    default: Any,
    low: float,
    high: float,
    log: bool = False,
    *,
    domain: str = "(-inf, inf)",
    label: str = "",
) -> Any:
    """A tunable number: its default, the range worth looking at, and the domain it must lie in.

    ``low`` and ``high`` are a slider's ends and bind nobody; ``domain`` is an interval such as
    ``"(0, inf)"`` or ``"[0, 1]"`` outside which the recipe refuses to exist.  The type of
    ``default`` (int or float) is the type of the number.
    """
    return field(
        default=default,
        metadata={"low": low, "high": high, "log": log, "domain": domain, "label": label},
    )


def choice(default: Any, options: Iterable[Any], *, label: str = "") -> Any:
    """One of a few named options, or a switch when the options are True and False."""
    return field(default=default, metadata={"options": tuple(options), "label": label})


def text(default: str, *, label: str = "", most: int = 200) -> Any:
    """A short text, at most ``most`` characters."""
    return field(default=default, metadata={"text": True, "most": most, "label": label})


@dataclass(frozen=True)
class Recipe:
    """A named choice.  Two recipes are equal when they print the same."""

    id: ClassVar[str]
    label: ClassVar[str]

    def __post_init__(self) -> None:
        for each in self.hyperparameters():
            problem = complaint(each, getattr(self, each.name))
            if problem:
                raise ValueError(f"{self.label} {problem}.")
            # 1 and 1.0 are one choice: one print, one hash, one link
            object.__setattr__(self, each.name, canonical(each, getattr(self, each.name)))

    @property
    def summary(self) -> str:
        """The first line of the docstring: the caption a reader sees under the menu."""
        return (inspect.getdoc(type(self)) or "").splitlines()[0]

    @classmethod
    def hyperparameters(cls) -> tuple[Field[Any], ...]:
        """The tunable fields, in the order of the signature."""
        return tuple(f for f in fields(cls) if f.metadata)


def complaint(each: Field[Any], value: Any) -> str:
    """What is wrong with ``value`` for this field: a sentence's end, without its stop, or ""."""
    about = each.metadata
    if "options" in about:
        if isinstance(value, np.ndarray) or value not in about["options"]:
            known = ", ".join(map(repr, about["options"]))
            return f"knows no {each.name} {value!r}; choose one of {known}"
        return ""
    if "text" in about:
        if not isinstance(value, str) or len(value) > about["most"]:
            return f"needs {each.name} to be a text of at most {about['most']} characters"
        return ""
    if "domain" not in about:
        return ""
    whole = isinstance(each.default, int)
    wanted = "a whole number" if whole else "a number"
    if isinstance(value, str) or not _is_number(value):
        return f"needs {each.name} to be {wanted}; got {value!r}"
    if whole and float(value) % 1 != 0:  # infinity too: inf % 1 is nan
        return f"needs {each.name} to be a whole number; got {value!r}"
    if not within(about["domain"], value):
        return f"needs {each.name} {interval(about['domain'])}; got {value!r}"
    return ""


def canonical(each: Field[Any], value: Any) -> Any:
    """The one way to write a value that has no complaint: 60.0 is 60 where whole numbers are."""
    about = each.metadata
    if "options" in about:
        return about["options"][about["options"].index(value)]
    if "domain" in about:
        return int(value) if isinstance(each.default, int) else float(value)
    return value


def _is_number(value: Any) -> bool:
    try:
        return not math.isnan(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def generator(seed: Any) -> np.random.Generator:
    """NumPy's generator for a whole number of at least 0; ValueError for anything else."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"A seed is a whole number of at least 0; got {seed!r}.")
    return np.random.default_rng(seed)


def within(domain: str, value: float) -> bool:
    """Whether ``value`` lies in an interval written as "(0, inf)" or "[-1, 1]"."""
    low, high = (float(end) for end in domain[1:-1].split(","))
    above = value >= low if domain[0] == "[" else value > low
    below = value <= high if domain[-1] == "]" else value < high
    return above and below


def interval(domain: str) -> str:
    """An interval in words that follow a name: "(0, inf)" is "above 0"."""
    low, high = (end.strip() for end in domain[1:-1].split(","))
    ends = []
    if not low.endswith("inf"):
        ends.append(f"of at least {low}" if domain[0] == "[" else f"above {low}")
    if not high.endswith("inf"):
        ends.append(f"of at most {high}" if domain[-1] == "]" else f"below {high}")
    if len(ends) == 2 and domain[0] == "[" and domain[-1] == "]":
        return f"from {low} to {high}"
    return " and ".join(ends) or "to be finite"


R = TypeVar("R", bound=Recipe)


def catalogue(*classes: type[R]) -> dict[str, type[R]]:
    """The classes by id, in menu order."""
    return {each.id: each for each in classes}


def pick(entries: Mapping[str, type[R]], id: str) -> type[R]:
    """The entry called ``id``; a ValueError that lists what there is when there is none."""
    if id not in entries:
        raise ValueError(f"No entry is called {id!r}; this catalogue has {', '.join(entries)}.")
    return entries[id]
