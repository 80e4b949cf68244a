"""Lessons: Markdown files of scenes, their questions, and what their expressions can ask."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lossviz.lessons.lesson import Lesson, Option, Question, Scene, judge, right_answer
from lossviz.lessons.reading import HIDEABLE, read_lesson

__all__ = [
    "Lesson",
    "Option",
    "Question",
    "Scene",
    "course",
    "judge",
    "read_lesson",
    "right_answer",
    "writing",
]


@lru_cache(maxsize=1)
def course() -> dict[str, Lesson]:
    """The lessons that come with lossviz, by file name, in order."""
    files = sorted(Path(__file__).parent.glob("[0-9]*.md"))
    return {
        file.stem: read_lesson(file.read_text(encoding="utf-8"), trusted=True) for file in files
    }


def writing() -> str:
    """How a lesson is written, in Markdown, for teachers."""
    text = (Path(__file__).parent / "writing.md").read_text(encoding="utf-8")
    rows = (f"| `{page}` | `{names.replace(' ', '` `')}` |" for page, names in HIDEABLE.items())
    return text.replace("{HIDEABLE}", "\n".join(rows))
