"""Two processes behind the nginx of ``deploy/``: a visitor stays with one until it dies."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from websockets.exceptions import ConnectionClosed

from lossviz.ui.stage import assets
from tests.browser.conftest import ROOT, answering, free_port
from tests.visitor import Visitor

DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")


class Class(NamedTuple):
    """The address of the proxy, and the processes behind it by their own addresses."""

    url: str
    replicas: dict[str, subprocess.Popen]


def command(port: int) -> list[str]:
    """How the container starts a replica, on another port and this machine only."""
    said = re.search(r"^CMD (\[.*\])", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert said
    text = said[1].replace("8501", str(port)).replace("0.0.0.0", "127.0.0.1")
    return [sys.executable, *json.loads(text)[1:]]


@contextlib.contextmanager
def replica(port: int, **environment: str) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        command(port),
        cwd=ROOT,
        env={**os.environ, "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answering(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield process
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory) -> Iterator[Class]:
    front, *ports = (free_port() for _ in range(3))
    folder = tmp_path_factory.mktemp("nginx")
    site = (DEPLOY / "nginx.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{front};")
    for number, port in enumerate(ports, 1):
        site = site.replace(f"replica-{number}:8501", f"127.0.0.1:{port}")
    bodies = " ".join(f"{kind}_temp_path {folder};" for kind in TEMPORARY)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors;"
        f"events {{}} http {{ access_log off; {bodies} include {folder}/site.conf; }}"
    )
    with contextlib.ExitStack() as stack:
        secret = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same for both"}
        processes = [stack.enter_context(replica(port, **secret)) for port in ports]
        nginx = subprocess.Popen(
            [str(NGINX), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
        )
        try:
            url = f"http://127.0.0.1:{front}"
            answering(f"{url}/_stcore/health", nginx)
            yield Class(url, {f"127.0.0.1:{p}": r for p, r in zip(ports, processes, strict=True)})
        finally:
            nginx.terminate()
            nginx.wait(10)


def run(going: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: a browser test's driver keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, going).result()


def met(url: str) -> tuple[Message, str]:
    """The headers of the front page for somebody new, and the cookie they get."""
    with urllib.request.urlopen(url) as answer:
        said = answer.headers["set-cookie"]
        return answer.headers, re.match(r"replica=(\w+)", said)[1]


def upload(url: str, session: str, cookie: str) -> int:
    """The status of sending a file as the browser does: an address for it first, then the file."""
    host = url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    token = "0" * 32
    with_token = {"Cookie": f"replica={cookie}; _streamlit_xsrf={token}", "X-Xsrftoken": token}
    body = (
        '--x\r\nContent-Disposition: form-data; name="f"; filename="t.csv"\r\n'
        "Content-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with contextlib.closing(connection):
        place = f"/_stcore/upload_file/{session}/a-file"
        connection.request("PUT", place, body, {**with_token, **kind})
        return connection.getresponse().status


def holding(proxied: Class, session: str) -> str:
    """Which replica knows a session: the one that takes its upload."""
    known = [
        where
        for where, process in proxied.replicas.items()
        if process.poll() is None and upload(f"http://{where}", session, "") == 204
    ]
    assert len(known) == 1
    return known[0]


@needs_nginx
def test_visitors_are_spread_and_each_ones_uploads_reach_their_own_process(proxied):
    async def going() -> None:
        homes = set()
        for _ in range(12):
            _, cookie = met(proxied.url)
            headers = {"Cookie": f"replica={cookie}"}
            async with Visitor(proxied.url, "losses", headers=headers) as visitor:
                answer = await visitor.run()
                assert not answer.raised
                assert answer.elements > 5
                assert upload(proxied.url, visitor.session, cookie) == 204
                homes.add(holding(proxied, visitor.session))
        assert homes == set(proxied.replicas)

    run(going())


@needs_nginx
def test_when_a_process_is_killed_the_next_change_is_answered_with_the_state_of_the_link(proxied):
    async def going() -> None:
        _, cookie = met(proxied.url)
        headers = {"Cookie": f"replica={cookie}"}
        link = {"data": "anscombe", "loss": "absolute"}
        async with Visitor(proxied.url, "surface", link, headers) as visitor:
            assert not (await visitor.run()).raised
            changed = await visitor.run(loss="Huber")
            proxied.replicas[holding(proxied, visitor.session)].send_signal(signal.SIGKILL)
            with pytest.raises(ConnectionClosed):
                await visitor.run()
        said = dict(part.split("=") for part in changed.link.split("&"))
        assert said == {"data": "anscombe", "loss": "huber"}
        async with Visitor(proxied.url, "surface", said, headers) as visitor:
            assert not (await visitor.run()).raised
            await visitor.run(**{"fold-view": True})
            answer = await visitor.run(arrows=True)
            assert dict(part.split("=") for part in answer.link.split("&")) == {
                **said,
                "arrows": "1",
            }
            assert upload(proxied.url, visitor.session, cookie) == 204

    run(going())


def test_every_answer_says_who_may_frame_the_app():
    port = free_port()
    frames = "'self' https://moodle.example.org"
    with (
        replica(port, LOSSVIZ_FRAME_ANCESTORS=frames),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer,
    ):
        headers = answer.headers
    assert headers["content-security-policy"] == f"frame-ancestors {frames}"
    assert headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("said", ["self", "https://", "https://a.example; script-src", "'unsafe'"])
def test_frames_are_allowed_to_sites_and_nothing_else(said, monkeypatch):
    monkeypatch.setenv("LOSSVIZ_FRAME_ANCESTORS", said)
    with pytest.raises(ValueError, match="LOSSVIZ_FRAME_ANCESTORS lists sites"):
        assets.frame_ancestors()


def test_a_replica_told_to_stop_stops_by_itself():
    port = free_port()
    with replica(port) as process:
        process.terminate()
        assert process.wait(20) in (0, -signal.SIGTERM)


def test_the_container_holds_files_that_exist():
    text = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (\S+) ", text, re.MULTILINE)
    assert {"app.py", "lossviz", "pages", ".streamlit"} <= set(copied)
    assert all(Path(ROOT, each).exists() for each in copied)
