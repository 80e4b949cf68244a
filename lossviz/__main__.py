"""The command ``lossviz``: starts the app on this machine and opens it in the browser."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

PATIENCE = 60.0  # seconds for the server to come up before the browser is left alone


def main(arguments: list[str] | None = None) -> None:
    """Run the server in this process, until Ctrl-C or a signal ends it.

    ``arguments`` are the command line's by default; ``lossviz --help`` lists them.
    """
    asked = _parser().parse_args(arguments)
    base = f"http://{'localhost' if asked.address == '0.0.0.0' else asked.address}:{asked.port}"
    address = f"{base}/{asked.link.lstrip('/')}"
    print(f"lossviz opens at {address}", flush=True)
    if not asked.no_browser:
        threading.Thread(target=_open_when_ready, args=(base, address), daemon=True).start()
    os.chdir(_site())  # where Streamlit finds its settings and the pages
    sys.argv = [
        *("streamlit", "run", "app.py"),
        f"--server.port={asked.port}",
        f"--server.address={asked.address}",
        "--server.headless=true",  # the browser is opened here, at the link
    ]
    runpy.run_module("streamlit", run_name="__main__")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lossviz", description="See and explore loss landscapes.")
    parser.add_argument(
        "link",
        nargs="?",
        default="",
        help="what to open, as it stands behind the address: surface?data=anscombe",
    )
    parser.add_argument("--port", type=int, default=8501, help="the port to serve (8501)")
    parser.add_argument(
        "--address",
        default="localhost",
        help="the address to serve: localhost is this machine alone, 0.0.0.0 every network",
    )
    parser.add_argument("--no-browser", action="store_true", help="serve, but open no browser")
    return parser


def _site() -> Path:
    """The folder of app.py: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "site"
    return installed if installed.is_dir() else package.parent


def _open_when_ready(base: str, address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{base}/_stcore/health", timeout=2):
                webbrowser.open(address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)


if __name__ == "__main__":
    main()
