"""The recipes of CONTRIBUTING.md work: each is added to a copy of the project and found there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
BLOCKS = re.findall(r"```python\n# (\S+)\n(.*?)```", (HOUSE / "CONTRIBUTING.md").read_text(), re.S)
CATALOGUES = {
    "datasets": "DATASETS",
    "losses": "LOSSES",
    "penalties": "PENALTIES",
    "models": "MODELS",
    "optimizers": "OPTIMIZERS",
}
ON_PAGES = """
from tests.running import run
at = run("surface", data="ramp", model="saturation", loss="expectile", penalty="whole_l2")
shown = {box.key: box.value for box in at.selectbox}
wanted = {"data": "ramp", "model": "saturation", "loss": "expectile", "penalty": "whole_l2"}
assert wanted.items() <= shown.items(), shown
assert "bounded" in str(run("gradient_descent", opts="bounded").query_params)
assert "whole_l2" in str(run("regularization", penalty="whole_l2").query_params)
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
