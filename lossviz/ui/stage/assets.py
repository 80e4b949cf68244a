"""What the browser loads besides Streamlit: plotly.js and the stage's own modules.

Both are served by this app under addresses that name their content, so a browser fetches them
once and keeps them; nothing comes from another host and nothing goes through the websocket.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
import re
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STAGE = Path(__file__).parent
SENT = (".js", ".css")  # what a browser may ask for; the rest of the folder is Python
ICON = Path(__file__).parent / "icon.svg"  # a named Material icon would be fetched from outside
WORDMARK = Path(__file__).parent / "wordmark.svg"
ANCESTOR = re.compile(
    r"'self'|'none'|(https?://)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|https?:", re.IGNORECASE
)
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
HEADERS = {
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"x-content-type-options": b"nosniff",
}


@cache
def folder() -> str:
    """Where the stage is served, below the app: the name changes when a file changes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STAGE.iterdir() if path.suffix in SENT):
        digest.update(path.name.encode() + path.read_bytes())
    return f"lossviz/stage-{digest.hexdigest()[:12]}"


def library() -> str:
    """Where plotly.js is served, below the app."""
    return f"lossviz/plotly-{version('plotly')}.min.js"


def routes() -> list[Route]:
    """For ``st.App``: one route for plotly.js, one for the stage's files."""
    base = st.get_option("server.baseUrlPath").strip("/")
    root = f"/{base}" if base else ""
    return [
        Route(f"{root}/{library()}", _send_library),
        Route(f"{root}/{folder()}/{{name}}", _send_file),
    ]


def middleware() -> list[Middleware]:
    """For ``st.App``: security headers on every answer.

    The environment's LOSSVIZ_FRAME_ANCESTORS says which sites may show the app in a frame, in the
    words of the header's frame-ancestors ("'none'", "https://moodle.example.org"); by default its
    own alone.  Raises ValueError where that is not a list of such words.
    """
    return [Middleware(_Headers, ancestors=frame_ancestors())]


def frame_ancestors() -> str:
    """Who may show the app in a frame."""
    said = os.environ.get("LOSSVIZ_FRAME_ANCESTORS", "").split() or ["'self'"]
    for word in said:
        if not ANCESTOR.fullmatch(word):
            raise ValueError(
                "LOSSVIZ_FRAME_ANCESTORS lists sites separated by spaces, such as "
                f"https://moodle.example.org, or says 'self' or 'none' in quotes; got {word!r}."
            )
    return " ".join(said)


class _Headers:
    def __init__(self, app: ASGIApp, ancestors: str) -> None:
        self.app = app
        policy = f"frame-ancestors {ancestors}".encode()
        self.headers = [*HEADERS.items(), (b"content-security-policy", policy)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        await self.app(scope, receive, marked if scope["type"] == "http" else send)


def _send_library(request: Request) -> Response:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        return Response("plotly is not installed", status_code=404)
    path = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return _answer(request, path)


def _send_file(request: Request) -> Response:
    path = STAGE / request.path_params["name"]
    if path.parent != STAGE or path.suffix not in SENT or not path.is_file():
        return Response("not found", status_code=404)
    return _answer(request, path)


def _answer(request: Request, path: Path) -> Response:
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = {**FOREVER, "Vary": "Accept-Encoding"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path)[0]
    return Response(_bytes(path, packed), headers=headers, media_type=kind)


@cache
def _bytes(path: Path, packed: bool) -> bytes:
    return gzip.compress(path.read_bytes(), 6) if packed else path.read_bytes()
