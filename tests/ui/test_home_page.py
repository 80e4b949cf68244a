"""Home: what exists, and nothing else."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.ui.frame.contents import HOME, LENSES, menu
from lossviz.ui.frame.examples import FAMOUS
from tests.running import HOUSE, pictures, run


def test_home_runs_alone_with_its_turning_surface():
    at = run("home")
    assert at.title[0].value == "See and explore loss landscapes"
    assert len(pictures(at)) == 1


def test_the_menu_lists_every_page_once_and_no_other():
    listed = [entry.file for entry in (HOME, *LENSES)]
    assert sorted(listed) == sorted(f"pages/{p.name}" for p in Path(HOUSE / "pages").glob("*.py"))


def test_every_page_is_in_a_group_of_the_menu_and_the_groups_fit_one_line():
    groups = menu()
    assert [entry for group in groups.values() for entry in group if entry is not HOME] == sorted(
        LENSES, key=lambda entry: list(groups).index(entry.group)
    )
    assert sum(len(name) + 6 for name in groups) < 100  # letters, of a line at 1440 pixels


@pytest.mark.parametrize("example", FAMOUS, ids=lambda e: e.key)
def test_a_famous_picture_opens_without_complaint(example):
    at = run(Path(example.file).stem, **{k.replace("-", "__"): v for k, v in example.query.items()})
    assert not at.error
    assert not at.warning
    assert pictures(at)


def test_the_app_opens_on_home():
    at = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert at.title[0].value == "See and explore loss landscapes"
