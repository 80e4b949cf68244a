"""The keys that a link may hold, on all pages.

A page leaves the words of other pages in the link.  What no page reads is a slip of a hand, and
somebody should hear of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.recipes import Recipe

MENUS: dict[str, Mapping[str, type[Recipe]]] = {
    r"[bm]?data": DATASETS,
    r"[bm]?model(-many)?": MODELS,
    r"[bm]?loss": LOSSES,
    r"penalty": PENALTIES,
}
WORDS = frozenset({
    "task", "hold", "hold-share", "hold-seed", "n", "height", "plane", "plane-seed", "arrows",
    "slices", "heights", "drawn", "third", "point", "push", "bad-share", "bad-far", "bad-where",
    "more", "objective", "opts", "rate", "steps", "focus", "panel", "sched", "start-a", "start-b",
    "basin-by", "basin-full", "level", "batch", "batch-seed", "scaling", "scaling-rate", "truth",
    "said", "margin", "reach", "place-a", "place-b", "sentence", "small", "large", "margin-said",
    "alpha-start", "one-scale", "rare", "lesson", "scene", "number", "file", "way", "seed",
    "folds", "patience", "share", "judge-threshold", "validation-form"
})  # fmt: skip
FAMILIES = (
    r"[bm]?(points|with|beside|judge)",
    r"[a-z_]+-([ab][01]|zoom)",  # a window
    r"(act|comb|net|reg|res|bad|flip|judge|panel|own|alpha|margin|basin|cloud|learn)-[a-z0-9-]+",
    r"(rate|sched|opt|shape|height|way|validation|features|target|your-task|your)-[\w-]+",
    r"pair-\d+",
    r"(answer|ask|start)-[\w-]+",
)
_FAMILY = re.compile("|".join(f"(?:{each})" for each in FAMILIES))


def known(word: str) -> bool:
    """Whether some page reads this word of a link."""
    return word in WORDS or _FAMILY.fullmatch(word) is not None or _of_a_menu(word)


@lru_cache(maxsize=1024)
def _of_a_menu(word: str) -> bool:
    """A menu, ``loss``, or a hyperparameter of one of its entries, ``loss-huber-delta``."""
    for menu, entries in MENUS.items():
        found = re.fullmatch(rf"{menu}(?P<rest>(-.+)?)", word)
        if found:
            rest = found["rest"]
            return not rest or any(_names(rest, id, entry) for id, entry in entries.items())
    return False


def _names(rest: str, id: str, entry: type[Recipe]) -> bool:
    if not rest.startswith(f"-{id}-"):
        return False
    name = rest.removeprefix(f"-{id}-")
    # a typed formula has letters of its own
    return id.startswith("formula") or any(each.name == name for each in entry.hyperparameters())
