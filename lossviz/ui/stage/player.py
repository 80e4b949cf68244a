"""Sliders in the stage that the pictures of a group follow: a player of steps, a loss's number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lossviz.text import spoken
from lossviz.ui.stage import messages
from lossviz.ui.stage.moves import pack


class Captions(NamedTuple):
    """Lines of one form: ``words`` around the ``numbers`` of a step, and ``end`` after the last.

    The browser writes the line of the step shown: of all others nobody reads a word.
    """

    words: Sequence[str]
    numbers: Sequence[Sequence[float]]
    end: str


def player(
    *,
    steps: int,
    key: str,
    group: str,
    label: str = "step",
    at: int | None = None,
    opens: int | None = None,
    pace: float = 60,
    captions: Sequence[str] | Captions | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> None:
    """Play, pause, step and a slider over steps 0 to ``steps`` - 1, for all pictures of a group.

    It opens at the last step, or at ``opens``, unless the link holds another.  With ``at`` the page
    holds the step itself, in words of its own.  ``pace`` is milliseconds per step at speed 1;
    ``captions`` has one line of text per step; ``on_frame`` hears the step when it rests.
    """
    lines: Any = captions
    if isinstance(captions, Captions):
        lines = {
            "words": captions.words,
            "numbers": pack(captions.numbers, float),
            "text": captions.end,
        }
    elif captions is not None:
        lines = [spoken(line) for line in captions]
    message = {
        "steps": int(steps),
        "group": group,
        "label": label,
        "at": at,
        "opens": opens,
        "pace": pace,
        "captions": lines,
        "events": ["frame"] if on_frame else [],
    }
    messages.send("player", key, message, {"frame": on_frame})


def dial(
    *,
    key: str,
    group: str,
    label: str,
    value: float,
    values: Sequence[float],
    solvers: Sequence[Mapping[str, Any]],
    on_rest: Callable[[float], None],
) -> None:
    """A slider for a number of the loss: the Live solvers of its group follow while it is turned.

    The server hears the number where it comes to rest.  ``values`` ascend, one for each notch;
    ``solvers`` are what the loss is at each, in the words of a Live's option "loss".
    """
    parts = {name: [each[name] for each in solvers] for name in solvers[0]}
    turned = {name: part for name, part in parts.items() if part.count(part[0]) < len(part)}
    message = {"group": group, "label": label, "value": value, "values": values, "turned": turned}
    messages.send("dial", key, message, {"rest": on_rest})
