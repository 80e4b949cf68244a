"""Finding a browser: nothing is fetched where one is, and a failure is one line."""

from __future__ import annotations

import sys

import pytest

from tests import chromium


def test_a_browser_that_is_here_is_used_and_nothing_is_installed(monkeypatch, capsys):
    monkeypatch.setattr(chromium, "system", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(chromium, "install", lambda: pytest.fail("it downloads"))
    chromium.main()
    assert capsys.readouterr().out == "browser tests use /usr/bin/chromium\n"


def test_when_every_way_to_install_one_fails_one_line_says_so(monkeypatch, capfd):
    noisy = "import sys; print('retry\\n' * 50, 'no network', file=sys.stderr); sys.exit(1)"
    ways = [[[sys.executable, "-c", noisy]], [[sys.executable, "-c", noisy + "  # again"]]]
    monkeypatch.setattr(chromium, "system", lambda: None)
    monkeypatch.setattr(chromium, "playwright", lambda: None)
    monkeypatch.setattr(chromium, "commands", lambda: ways)
    with pytest.raises(SystemExit) as ended:
        chromium.main()
    told = str(ended.value)
    assert "no network" in told
    assert "BROWSER_PATH" in told
    assert "\n" not in told
    seen = capfd.readouterr()
    assert seen.out == "no Chromium here: installing one\n"
    assert seen.err == ""
