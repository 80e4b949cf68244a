"""Assets for the browser: plotly.js, the stage's modules, headers and icons.

Both are served by this app under addresses that name their content, so a browser fetches them
once and keeps them; nothing comes from another host and nothing goes through the websocket.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import os
import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lossviz.ui.sharing import qr

STAGE = Path(__file__).parent
ROOMS = (STAGE, STAGE.parent / "sharing")  # whose modules stand side by side under one address
SENT = (".js", ".css")  # what a browser may ask for; the rest of the folders is Python


def _drawing(name: str) -> str:
    """A file of this folder as an address that holds it: every run of the app names it."""
    return f"data:image/svg+xml;base64,{base64.b64encode((STAGE / name).read_bytes()).decode()}"


ICON = _drawing("icon.svg")  # a named Material icon would be fetched from outside
WORDMARK = _drawing("wordmark.svg")
ANCESTOR = re.compile(
    r"'self'|'none'|(https?://)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?|https?:", re.IGNORECASE
)
IMPORTED = re.compile(r'^import (?:.* from )?"\./(.*)";$', re.MULTILINE)
# of Streamlit's files that it asks for one by one, those of what stands on every page
PARTS = ("BidiComponent", "StreamlitMarkdown", "rehype-katex", "katex", "Selectbox", "Slider")
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
QR = "lossviz/qr.svg"
HEADERS = {
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"x-content-type-options": b"nosniff",
}


@cache
def folder() -> str:
    """Where the stage is served, below the app: the name changes when a file changes."""
    digest = hashlib.sha256()
    for name, path in sorted(_files().items()):
        digest.update(name.encode() + path.read_bytes())
    return f"lossviz/stage-{digest.hexdigest()[:12]}"


# The whole of what travels with every message of a component; the rest is served and cached.
_LOADER = """
export default function (component) {
  const address = new URL("%s/%s.js", document.baseURI).href;
  const mounting = import(address).then((door) => door.%s(component));
  mounting.catch(() => { component.parentElement.textContent =
    "This part could not be loaded; check the connection and reload the page."; });
  return () => mounting.then((unmount) => unmount(), () => {});
}
"""


def components(module: str, entries: Sequence[str], prefix: str = "") -> dict[str, Any]:
    """A component for each of these functions of a served module, by the function's name.

    Each stands in an element of the module's class; ``prefix`` parts its name from others'.
    """
    return {
        entry: st.components.v2.component(
            f"lossviz.{prefix}{entry}",
            html=f'<div class="{module}"></div>',
            js=_LOADER % (folder(), module, entry),
            isolate_styles=False,
        )
        for entry in entries
    }


@cache
def _files() -> dict[str, Path]:
    """What is served, by its name."""
    return {path.name: path for room in ROOMS for path in room.iterdir() if path.suffix in SENT}


@cache
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
        Route(f"{root}/{QR}", _send_code),
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
    allowed = os.environ.get("LOSSVIZ_FRAME_ANCESTORS", "").split() or ["'self'"]
    for word in allowed:
        if not ANCESTOR.fullmatch(word):
            raise ValueError(
                "LOSSVIZ_FRAME_ANCESTORS lists sites separated by spaces, such as "
                f"https://moodle.example.org, or says 'self' or 'none' in quotes; got {word!r}."
            )
    return " ".join(allowed)


@cache
def ahead() -> str:
    """What every page will ask for, in the words of the header Link.

    A browser fetches it together with Streamlit's own start, and not only when the first element
    has come that needs it.
    """
    modules = ["stage.js", "parcel.js"]
    for name in modules:  # grows by what each of them imports
        imported = IMPORTED.findall(_files()[name].read_text())
        modules += [each for each in imported if each not in modules]
    parts = Path(st.__file__).parent / "static" / "static" / "js"
    theirs = [f"static/js/{path.name}" for name in PARTS for path in parts.glob(f"{name}.*.js")]
    ours = [f"{folder()}/{name}" for name in modules]
    return ", ".join([
        f"<{library()}>; rel=preload; as=script",
        *(f"<{address}>; rel=modulepreload" for address in [*theirs, *ours]),
    ])  # fmt: skip


class _Headers:
    def __init__(self, app: ASGIApp, ancestors: str) -> None:
        self.app = app
        policy = f"frame-ancestors {ancestors}".encode()
        self.headers = [*HEADERS.items(), (b"content-security-policy", policy)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message.get("headers", []))
                page = headers.get(b"content-type", b"").startswith(b"text/html")
                link = [(b"link", ahead().encode())] if page else []
                message["headers"] = [*message.get("headers", []), *self.headers, *link]
            await send(message)

        await self.app(scope, receive, marked if scope["type"] == "http" else send)


def _send_library(request: Request) -> Response:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        return Response("plotly is not installed", status_code=404)
    path = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return _answer(request, path)


def _send_file(request: Request) -> Response:
    path = _files().get(request.path_params["name"])
    if path is None:
        return Response("not found", status_code=404)
    return _answer(request, path)


def _send_code(request: Request) -> Response:
    """The QR code of ``?link=``; 400 with a sentence where there is none."""
    try:
        code = qr.code(request.query_params.get("link", ""))
    except ValueError as error:
        return Response(str(error), status_code=400, media_type="text/plain")
    return Response(code, media_type="image/svg+xml")


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
