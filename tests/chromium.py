"""Finds a headless Chromium for the browser tests, or installs one.

``python -m tests.chromium`` prints which one the tests will use: the system's if there is one,
else Playwright's own, else Debian's package.  Nothing is downloaded where one is there already.
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


def commands() -> list[list[list[str]]]:
    """Ways to install one, each a list of commands: Playwright's download, Debian's package."""
    own = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    debian = [[*sudo, "apt-get", "update"], [*sudo, "apt-get", "install", "--yes", "chromium"]]
    return [own, debian] if shutil.which("apt-get") else [own]


def install() -> str:
    """Try each way until one works; "" then, else what the last one said, in one line."""
    said = ""
    for way in commands():
        said = ""
        for command in way:
            # a failed download prints pages of retries: kept, and told in a line if all fails
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr or done.stdout).strip().splitlines()[-1:]
                said = f"{' '.join(command)}: {' '.join(last).strip()}"
                break
        if not said:
            break
    return said


def main() -> None:
    path, said = system() or playwright(), ""
    if path is None:
        print("no Chromium here: installing one", flush=True)
        said = install()
        path = system() or playwright()
    if path is None:
        sys.exit(f"No Chromium was found or installed ({said}); set BROWSER_PATH to one.")
    print(f"browser tests use {path}")


if __name__ == "__main__":
    main()
