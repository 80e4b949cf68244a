"""The tool that counts which small faults the tests notice."""

import ast
import difflib

import pytest

from tests.mutations import ROOMS, _Changed, places, with_change

SOURCE = '''
def share(found: list[int], all: int | None = 3) -> float:
    """A docstring with 1 < 2."""
    if all is None or not found:
        return -1.0
    return len(found) / all if len(found) < all else 1.0
'''


def all_changes():
    count = 0
    while (after := with_change(SOURCE, count)) != with_change(SOURCE, -1):
        yield after
        count += 1


def test_each_change_alters_one_line_and_still_compiles():
    before = with_change(SOURCE, -1).splitlines()
    seen = set()
    for after in all_changes():
        ast.parse(after)
        new = [line[2:] for line in difflib.ndiff(before, after.splitlines()) if line[:2] == "+ "]
        assert len(new) == 1
        seen.add(new[0].strip())
    assert seen == {
        "def share(found: list[int], all: int | None=4) -> float:",
        "if all is None and (not found):",
        "if all is not None or not found:",
        "if all is None or found:",
        "return 1.0",
        "return -2.0",
        "return 1.0 if len(found) < all else len(found) / all",
        "return len(found) * all if len(found) < all else 1.0",
        "return len(found) / all if len(found) >= all else 1.0",
        "return len(found) / all if len(found) < all else 2.0",
    }


def test_what_nobody_could_notice_is_not_counted():
    look = _Changed()
    look.visit(
        ast.parse(
            "BUDGET = 9\n@lru_cache(maxsize=8)\ndef f():\n    quad(g, 2, limit=400, tol=3 * n)"
        )
    )
    assert [told for _, told in look.places] == ["2  ->  3", "3 * n  ->  3 / n", "3  ->  4"]
    look = _Changed()
    look.visit(ast.parse("range(200)"))
    assert look.places == [(1, "200  ->  2000")]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_places_with_their_line(room):
    for place in places(room)[::300]:
        source = place.path.read_text(encoding="utf-8")
        assert 0 < place.line <= len(source.splitlines())
        assert with_change(source, place.number) != with_change(source, -1)
