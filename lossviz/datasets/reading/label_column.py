"""A column of texts: labels, and which of them are one label spelt in two ways."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from lossviz.datasets.reading.cells import Cells, Column, Read
from lossviz.datasets.reading.questions import Question, shown

MOST_LABELS = 50


def label_column(cells: Cells, questions: list[Question], answers: Mapping[str, str]) -> Read:
    """A column of texts: labels, or "skipped" where there are too many or none."""
    names = {i: cells.texts[i] for i in cells.filled}
    none = [i for i, text in enumerate(cells.texts) if text.lower() in ("none", "nil", "null")]
    if names and none and len(names) < MOST_LABELS:
        doubt = Question(
            f"{cells.name}: none",
            cells.name,
            f"{cells.place(none[0])}: is it a label, or is there no value?",
            ("label", "missing"),
            ("A label like the others", "There is no value: rows with it are left out"),
        ).answered(answers)
        questions.append(doubt)
        if doubt.answer == "label":
            names |= {i: cells.texts[i] for i in none}
    alike = _alike(cells, names)
    if alike and len(names) <= 2 * MOST_LABELS:
        pairs = [f"{shown(names[a])} and {shown(names[b])}" for a, b in alike]
        doubt = Question(
            f"{cells.name}: spelling",
            cells.name,
            f"{cells.place(alike[0][1])}; column {shown(cells.name)} has {', '.join(pairs[:3])}"
            f"{', …' if len(pairs) > 3 else ''}: are they the same?",
            ("same", "different"),
            ("The same label, written in two ways", "Different labels"),
        ).answered(answers)
        questions.append(doubt)
        if doubt.answer == "same":
            for kept, other in alike:
                names = {
                    i: names[kept] if text == names[other] else text for i, text in names.items()
                }
    labels = [names.get(code, "") for code in cells.codes.tolist()]
    distinct = len(set(names.values()))
    kind = "label" if 0 < distinct <= MOST_LABELS else "skipped"
    says = f"{distinct} label{'s' if distinct > 1 else ''}" if kind == "label" else "nothing in it"
    if distinct > MOST_LABELS:
        says = f"skipped: {distinct:,} different texts"
    first = next((cells.raw[i] for i in sorted(names)), "")
    gone = sum(not label for label in labels)
    return Read(Column(cells.name, kind, gone, distinct, first, says), None, labels, questions)


def _alike(cells: Cells, names: dict[int, str]) -> list[tuple[int, int]]:
    """Pairs (kept, other) of labels that differ only in case, spaces, accents or one letter."""
    if len(names) > 2 * MOST_LABELS:
        return []
    order = sorted(names, key=lambda i: -int(cells.counts[i]))  # the commonest is kept
    pairs = []
    for place, i in enumerate(order):
        for kept in order[:place]:
            if _bare(names[i]) == _bare(names[kept]) or _misspelt(cells, names, kept, i):
                pairs.append((kept, i))
                break
    return pairs


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in letters if c.isalnum())
    short = {"y": "yes", "n": "no", "t": "true", "f": "false"}
    return short.get(bare, bare) or text


def _misspelt(cells: Cells, names: dict[int, str], kept: int, other: int) -> bool:
    """Whether a rare word of five letters or more is a common one with one letter wrong."""
    a, b = names[kept].casefold(), names[other].casefold()
    rare = 5 * int(cells.counts[other]) <= int(cells.counts[kept])
    if not rare or min(len(a), len(b)) < 5 or not (a + b).replace(" ", "").isalpha():
        return False
    if len(a) == len(b):
        wrong = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        swapped = len(wrong) == 2 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        return len(wrong) == 1 or swapped
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(
        long[:i] + long[i + 1 :] == short for i in range(len(long))
    )
