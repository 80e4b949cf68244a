"""The recipes of CONTRIBUTING.md work: each is added to a copy of the project and found there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
CODE = re.findall(
    r"```(?:python|markdown)\n# (\S+)\n(.*?)```", (HOUSE / "CONTRIBUTING.md").read_text(), re.S
)
CONTENTS = "lossviz/ui/frame/contents.py"
WHOLE = [(path, code) for path, code in CODE if not (HOUSE / path).exists()]  # a file of its own
BLOCKS = [(path, code) for path, code in CODE if (HOUSE / path).exists() and path != CONTENTS]
CATALOGUES = {
    "datasets": "DATASETS",
    "losses": "LOSSES",
    "penalties": "PENALTIES",
    "models": "MODELS",
    "optimizers": "OPTIMIZERS",
}
ON_PAGES = """
from lossviz.datasets import DATASETS
from tests.running import HOUSE, pictures, run
at = run("surface", data="ramp", model="saturation", loss="expectile", penalty="whole_l2")
shown = {box.key: box.value for box in at.selectbox}
wanted = {"data": "ramp", "model": "saturation", "loss": "expectile", "penalty": "whole_l2"}
assert wanted.items() <= shown.items(), shown
assert "bounded" in str(run("gradient_descent", opts="bounded").query_params)
assert "whole_l2" in str(run("regularization", penalty="whole_l2").query_params)
for page in (HOUSE / "pages").glob("*.py"):
    run(page.stem, **wanted, opts="bounded")  # fails on a traceback
DATASETS["ramp"].features = None  # forgotten: a page that draws two features must say so
at = run("regularization", data="ramp")
assert "Ramp has 1" in at.error[0].value
assert pictures(at)
"""

NEW_PAGE = """
import numpy as np
from lossviz.datasets import DATASETS
from lossviz.text import number
from lossviz.ui.frame.contents import LOSS, menu
from tests.running import pictures, run, shown
assert "Centre" in [entry.title for entry in menu()[LOSS]]
assert "and what other losses choose between them" in shown(run("home"))
y = DATASETS["engel"]().draw().y
for loss, best in (("squared", np.mean(y)), ("absolute", np.median(y))):
    at = run("centre", data="engel", loss=loss)
    assert at.title[0].value == "Which one number is best?"
    assert len(pictures(at)) == 1 and not at.warning
    assert f"at intercept {number(best)}." in shown(at)
"""
NEW_LESSON = """
from lossviz.lessons import course
from tests.running import run, text
lesson = course()["11-mean-and-median"]
assert lesson.title == "Mean and median"
at = run("lessons")
assert "start-11-mean-and-median" in [button.key for button in at.button]
at = run("lessons", lesson="11-mean-and-median", scene="1")
assert "chooses the mean of the 11 targets" in text(at) and not at.warning and not at.error
"""


def room(path: str) -> str:
    return Path(path).with_suffix("").parts[1]


def added(copy: Path) -> list[tuple[str, str]]:
    """Append every recipe to its file and name it in its catalogue; (room, id) of each."""
    found = []
    for path, code in BLOCKS:
        file = copy / path
        name = re.search(r"class (\w+)\(", code).group(1)
        package = file if file.parent.name == "lossviz" else file.parent / "__init__.py"
        if package == file:
            head, rest = file.read_text().split("\nPENALTIES", 1)
            text = f"{head}\n{code}\n\nPENALTIES{rest}"
        else:
            file.write_text(f"{file.read_text()}\n\n{code}")
            text = package.read_text()
            module = ".".join(Path(path).with_suffix("").parts)
            text = text.replace("\nfrom ", f"\nfrom {module} import {name}\nfrom ", 1)
        head, rest = text.split(f"\n{CATALOGUES[room(path)]}", 1)
        catalogue = rest.replace("catalogue(", f"catalogue({name}, ", 1)
        package.write_text(f"{head}\n{CATALOGUES[room(path)]}{catalogue}")
        found.append((room(path), re.search(r'id\b[^=]*= "(\w+)"', code).group(1)))
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for part in ("lossviz", "pages", "tests", ".streamlit"):
        shutil.copytree(HOUSE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("app.py", "pyproject.toml", "README.md", "Makefile"):
        shutil.copy(HOUSE / part, folder / part)
    return folder


def contents_with_page(copy: Path) -> None:
    """Write the files that stand alone, and the page's entry into the table of contents."""
    for path, code in WHOLE:
        (copy / path).write_text(code)
    entry = dict(CODE)[CONTENTS]
    file = copy / CONTENTS
    file.write_text(file.read_text().replace("LENSES = (\n", f"LENSES = (\n{entry}", 1))


@pytest.mark.deep
def test_a_new_page_opens_from_the_menu_and_a_new_lesson_from_the_lessons(copy):
    contents_with_page(copy)
    assert {Path(path).suffix for path, _ in WHOLE} == {".py", ".md"}
    assert all(sum(map(bool, code.split("\n"))) <= 15 for _, code in WHOLE)
    for code in (NEW_PAGE, NEW_LESSON):
        subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=copy, check=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    chosen = ["-k", "menu or centre or 11-mean"]
    files = ["tests/ui/test_home_page.py", "tests/test_words.py", "tests/lessons/test_lesson.py"]
    done = subprocess.run([*command, *chosen, *files], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_recipe_is_found_on_menus_in_links_and_in_the_tests_that_run_over_everything(copy):
    ids = added(copy)
    assert {place for place, _ in ids} == set(CATALOGUES)
    assert all(sum(map(bool, code.split("\n"))) <= 15 for _, code in BLOCKS)
    asked = ";".join(
        f"from lossviz.{place} import {CATALOGUES[place]};assert {id!r} in {CATALOGUES[place]}"
        for place, id in ids
    )
    subprocess.run([sys.executable, "-c", asked], cwd=copy, check=True)
    subprocess.run([sys.executable, "-W", "ignore", "-c", ON_PAGES], cwd=copy, check=True)
    chosen = " or ".join(id for _, id in ids)
    files = ("tests/test_contract.py", "tests/losses/test_losses.py", "tests/optimizers",
             "tests/penalties", "tests/datasets/test_datasets.py")  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen]
    done = subprocess.run([*command, *files], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.search(r"(\d+) passed", done.stdout).group(1)) > 40
