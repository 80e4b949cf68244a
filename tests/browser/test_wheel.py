"""The built wheel in an environment of its own: the command ``lossviz`` opens a page."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, answering, free_port, watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The command in a fresh environment that has the wheel, and today's dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("lossviz-*.whl")
    home = folder / "env"
    venv.create(home, with_pip=False)
    own = next(home.glob("lib/python*/site-packages"))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    install = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
    options = ["--no-deps", "--quiet", "--force-reinstall", "--ignore-installed"]
    subprocess.run([*install, *options, str(wheel)], check=True)
    return home / "bin" / "lossviz"


@pytest.mark.deep
def test_the_command_serves_the_pages_that_came_with_the_wheel(installed, reader, tmp_path):
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(installed), "surface?loss=absolute", "--no-browser", f"--port={port}"]
    url = f"http://localhost:{port}"
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"lossviz opens at {url}/surface?loss=absolute\n"
            answering(f"{url}/_stcore/health", process)
            page = watched(reader.new_page(), url)
            page.goto(f"{url}/surface?loss=absolute")
            page.locator(".js-plotly-plot").first.wait_for()
            page.get_by_text("Absolute error").first.wait_for()
            assert not page.problems
            page.close()
        finally:
            process.terminate()
