"""What stands over the pictures: one line, whatever a finding says."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.ui.frame import LINE, PRESENT, SPARE, _one_line, contents
from tests.running import HOUSE, run


def test_a_finding_is_cut_between_sentences_and_never_within_one():
    first = "**Gradient descent.** Converged at (-0.2165, 3.403), with loss 3.6e-7."
    long = "Word " * 40 + "end."
    assert _one_line(first) == first
    assert _one_line(f"{first} It is a minimum.") == f"{first} It is a minimum."
    assert _one_line(f"{first} {long}") == first
    assert _one_line(f"{long} More.") == long  # the first is always told whole
    assert len(_one_line(" ".join([first] * 9))) <= LINE


def test_a_link_names_pictures_that_wait_for_an_answer_and_nothing_else():
    hide = "findings,until-map,until-x{color:red},until-a b,until-</style>"
    at = run("surface", hide=hide)
    style = "".join(each.proto.body for each in at.get("html"))
    assert ".stage-asked :is(.st-key-map, .st-key-map *) { visibility: hidden" in style
    assert ".stage-asked :is(.st-key-map):has(.stage-player) { display: none" in style
    for bad in ("color:red", "a b", ".st-key-<"):
        assert bad not in style


def test_pages_are_made_once_and_every_run_of_the_app_marks_its_own(monkeypatch):
    made, given = [], []
    page, pages = contents.st.Page, contents.pages
    monkeypatch.setattr(contents, "pages", lambda: given.append(pages()) or given[-1])
    monkeypatch.setattr(contents, "_made", {})
    monkeypatch.setattr(contents.st, "Page", lambda *a, **k: made.append(a) or page(*a, **k))
    for _ in range(2):
        at = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=90).run()
        assert not at.exception
        assert at.title
    assert len(made) == 1 + len(contents.LENSES)
    first, second = ({id(each) for group in run.values() for each in group} for run in given)
    assert not first & second


def test_no_comment_stands_within_a_selector():
    """Else a rule was pasted into another one's selector, and the browser drops both."""
    for sheet in HOUSE.glob("lossviz/**/*.css"):
        text = sheet.read_text()
        for found in re.finditer(r"/\*", text):
            before = text[: found.start()].rstrip()
            assert not before or before[-1] in "{};/", (sheet.name, text[found.start() :][:60])


def test_no_style_sheet_asks_the_whole_page_what_is_on_it():
    """Blink would look for it at every change of the page: 40 of the 530 ms of a choice."""
    for sheet in HOUSE.glob("lossviz/**/*.css"):
        asked = re.findall(r"(?::root|html|body)[^ {},]*:has[^{]*", sheet.read_text())
        assert not asked, (sheet.name, asked)


@pytest.mark.parametrize("page", sorted(each.stem for each in HOUSE.glob("pages/*.py")))
def test_a_page_says_what_it_goes_without(page):
    at = run(page)
    keys = set(_keys(at.main))
    bodies = [each.proto.body for each in at.get("html")]
    assert (PRESENT in bodies) == ("board" in keys)
    played = any(each.endswith("-player") for each in keys)
    assert any(SPARE in each for each in bodies) == (played and "controls" not in keys)


def _keys(block):
    for each in block.children.values():
        if each.key:
            yield each.key
        if hasattr(each, "children"):
            yield from _keys(each)
