"""A link's words to recipes, without the app: what the sidebar reads, for lessons and for code.

The words are those the pages write: ``task``, ``data``, ``model``, ``loss``, ``penalty`` with a
prefix for the task ("" regression, "b" two classes, "m" many), ``points`` for edited points, and
``<menu>-<id>-<name>`` for a hyperparameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit

from lossviz.datasets import DATASETS, Edits
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.recipes import Recipe

R = TypeVar("R", bound=Recipe)
# keys and values of links made before they were renamed, and what they are called now
RENAMED = {
    "ground": "objective",
    "reg-net-ground": "reg-net-surface",
    "net-unseen": "net-validation",
}
RENAMED_VALUES = {
    ("reg-view", "price"): "penalty",
    ("reg-panel", "unseen"): "validation",
    ("net-panel", "unseen"): "validation",
    ("lesson", "07-bending-the-bowl"): "07-penalties-reshape-the-loss",
}
PREFIXES = {"regression": "", "binary": "b", "multiclass": "m"}
_CATALOGUES: dict[str, Mapping[str, type[Recipe]]] = {
    "data": DATASETS,
    "model": MODELS,
    "model-many": MODELS,
    "loss": LOSSES,
}


class Link(NamedTuple):
    """A page and its words: "surface?loss=absolute" is ("surface", {"loss": "absolute"})."""

    page: str
    words: dict[str, str]


def read_link(text: str) -> Link:
    """The page and the words of a link, relative or whole; ValueError where no page is named."""
    parts = urlsplit(text.strip())
    page = parts.path.strip("/").rsplit("/", 1)[-1]
    if not page.replace("_", "").isalnum():
        raise ValueError(
            f"A link names a page and its state, such as surface?loss=absolute; got {text[:80]!r}."
        )
    return Link(page, current(dict(parse_qsl(parts.query, keep_blank_values=True))))


def current(words: Mapping[str, str]) -> dict[str, str]:
    """The words of a link in the names of today; what a link says in both counts as of today."""
    old = {RENAMED[key]: value for key, value in words.items() if key in RENAMED}
    now = {**old, **{key: value for key, value in words.items() if key not in RENAMED}}
    return {key: RENAMED_VALUES.get((key, value), value) for key, value in now.items()}


def problem_of(words: Mapping[str, str]) -> Problem:
    """The problem that these words pose; data, model and loss must be among them.

    Raises ValueError, as a sentence, where one is missing, unknown, or does not fit its recipe.
    """
    task = words.get("task")
    if task is None:
        task = next((t for t, start in PREFIXES.items() if f"{start}data" in words), "regression")
    if task not in PREFIXES:
        raise ValueError(f"The link's task is one of {', '.join(PREFIXES)}; got {task!r}.")
    key = PREFIXES[task]
    model = next((k for k in (f"{key}model", f"{key}model-many") if k in words), f"{key}model")
    return Problem(
        recipe(DATASETS, f"{key}data", words),
        recipe(MODELS, model, words),
        recipe(LOSSES, f"{key}loss", words),
        recipe(PENALTIES, "penalty", {"penalty": "none", **words}),
        Edits.parse(words.get(f"{key}points", "")),
    )


def check(words: Mapping[str, str]) -> None:
    """ValueError, as a sentence, where a recipe that the words name is unknown or does not fit."""
    if "penalty" in words:
        recipe(PENALTIES, "penalty", words)
    for prefix in PREFIXES.values():
        for name, catalogue in _CATALOGUES.items():
            if f"{prefix}{name}" in words:
                recipe(catalogue, f"{prefix}{name}", words)


def recipe(catalogue: Mapping[str, type[R]], key: str, words: Mapping[str, str]) -> R:
    """The recipe under ``key``, with the hyperparameters the words name."""
    if key not in words:
        raise ValueError(f"The link does not say {key}=…; name one of {', '.join(catalogue)}.")
    id = words[key]
    if id not in catalogue:
        raise ValueError(f"The link says {key}={id}; known are {', '.join(catalogue)}.")
    entry = catalogue[id]
    values = {
        each.name: _value(each, words[f"{key}-{id}-{each.name}"])
        for each in entry.hyperparameters()
        if f"{key}-{id}-{each.name}" in words
    }
    return entry(**values)


def _value(each: Field[Any], raw: str) -> Any:
    about = each.metadata
    if about.get("options") == (True, False):
        return {"1": True, "0": False}.get(raw, raw)
    if "options" in about:
        return next((option for option in about["options"] if str(option) == raw), raw)
    if "text" in about:
        return raw
    try:
        return int(raw) if isinstance(each.default, int) else float(raw)
    except ValueError:
        return raw  # the recipe says what it needs
