"""A link as a QR code, for a room that opens it on its own phones."""

from __future__ import annotations

import io

import segno
from segno.encoder import DataOverflowError

MOST = 2953  # bytes in the largest QR code, at its lowest level of error correction


def code(link: str) -> str:
    """The SVG of a QR code, with the quiet zone of four modules that scanners need.

    Raises ValueError when the link is empty or has more than 2,953 bytes.
    """
    size = len(link.encode())
    if not link:
        raise ValueError("A QR code needs a link; this one is empty.")
    try:
        if size > MOST:
            raise DataOverflowError
        made = segno.make(link, error="l", micro=False)
    except DataOverflowError:
        raise ValueError(
            f"This link has {size:,} characters, and a QR code holds {MOST:,}: copy the link "
            "instead, or shorten the state (a table of your own makes it long)."
        ) from None
    out = io.BytesIO()
    made.save(out, kind="svg", border=4, xmldecl=False, omitsize=True, dark="#000", light="#fff")
    return out.getvalue().decode()
