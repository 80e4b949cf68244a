"""Finds a headless Chromium for the browser tests, or installs one.

``python -m tests.chromium`` prints which one the tests will use: the system's if there is one,
else Playwright's own, else Debian's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def system() -> str | None:
    """The path of a browser that is already here ($BROWSER_PATH first), or None."""
    named = os.environ.get("BROWSER_PATH")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def playwright() -> str | None:
    """The path of Playwright's own Chromium if it has been downloaded, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if os.path.exists(path) else None


def install() -> None:
    """Try Playwright's download, then Debian's package."""
    own = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    if subprocess.run(own, check=False).returncode and shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*sudo, "apt-get", "update"], check=True)
        subprocess.run([*sudo, "apt-get", "install", "--yes", "chromium"], check=True)


def main() -> None:
    path = system() or playwright()
    if path is None:
        install()
        path = system() or playwright()
    if path is None:
        sys.exit("No Chromium could be found or installed; set BROWSER_PATH to one.")
    print(f"browser tests use {path}")


if __name__ == "__main__":
    main()
