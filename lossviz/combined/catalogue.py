"""The pairs of losses that a menu offers."""

from __future__ import annotations

from collections.abc import Callable

from lossviz.combined.scenes import Scene, equation, groups, levelling, prior, quadratics
from lossviz.combined.targets import exercise

SCENES: dict[str, tuple[str, Callable[[], Scene]]] = {
    "bowls": ("Two tasks", quadratics),
    "exercise": ("Two targets of one dataset", exercise),
    "prior": ("A fit and small weights", prior),
    "groups": ("Two groups, one classifier", groups),
    "equation": ("An equation and its start", equation),
    "levelling": ("A non-convex front", levelling),
}
