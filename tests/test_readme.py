"""The README's code runs and prints what it says; its commands and pictures exist."""

import contextlib
import io
import re
from pathlib import Path

HOUSE = Path(__file__).parents[1]
README = (HOUSE / "README.md").read_text()


def test_the_core_in_a_few_lines_prints_what_the_comments_say():
    code = re.search(r"```python\n(import.*?)```", README, re.S).group(1)
    said = " ".join(re.findall(r"print\(.*?#\s*(.*)", code))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    bare = [re.sub(r"[\s\[\],()]+", " ", text).split() for text in (said, printed.getvalue())]
    assert bare[0] == bare[1]


def test_commands_and_pictures_exist():
    targets = re.findall(r"^([a-z-]+):", (HOUSE / "Makefile").read_text(), re.M)
    for command in set(re.findall(r"make ([a-z-]+)", README)):
        assert command in targets or command == "appears"  # "the ground they make appears"
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (HOUSE / picture).is_file()
