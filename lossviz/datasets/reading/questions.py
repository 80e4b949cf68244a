"""Questions to the reader where a table can be read in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

LONGEST = 40


@dataclass(frozen=True)
class Question:
    """A place where two readings are possible.

    ``id`` is the key under which it is answered, with one of ``choices``; ``meanings`` say what
    each choice does.  ``column`` is the column it is about, "" for the whole table; ``text`` names
    the first cell in doubt and its row in the file; ``answer`` is the choice taken, "" while open.
    """

    id: str
    column: str
    text: str
    choices: tuple[str, ...]
    meanings: tuple[str, ...]
    answer: str = ""

    def answered(self, answers: Mapping[Any, str]) -> Question:
        """With its answer among ``answers``, if there is one: by id, by itself, or by column."""
        unanswered = replace(self, answer="")
        for key in (self.id, unanswered, self.column):
            if key in answers and answers[key] in self.choices:
                return replace(self, answer=answers[key])
        return self


def shown(text: str) -> str:
    """A cell or a name in quotation marks, cut where it is long."""
    return repr(text if len(text) <= LONGEST else text[:LONGEST] + "…")


def listed(texts: tuple[str, ...] | list[str], most: int) -> str:
    """The first few, in quotation marks."""
    return ", ".join(map(shown, texts[:most])) + (", …" if len(texts) > most else "")
