"""Decoding: from the bytes of a file to its letters."""

from __future__ import annotations

import re
import unicodedata

MOST_BYTES = 5_000_000
EMPTY = "The file is empty. It needs a row for each sample and a column for each measurement."
SAVE = "Save the table as CSV and try again."
NO_TEXT = {  # how files that are no text begin, and what they are
    b"PK\x03\x04": "This is a spreadsheet or an archive (.xlsx, .ods, .zip, .npz), not a text file",
    b"\xd0\xcf\x11\xe0": "This is an old spreadsheet (.xls), not a text file",
    b"%PDF": "This is a PDF, not a text file",
    b"\x1f\x8b": "This is a packed file (.gz), not a text file",
    b"PAR1": "This is a Parquet file, not a text file",
    b"\x89HDF": "This is an HDF5 file, not a text file",
}
CONTROL = re.compile("[\0-\x08\x0e-\x1b\x7f]")
MARKS = {  # the marks at the beginning of a file, longest first
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def decoded(text: str | bytes) -> tuple[str, str]:
    """The letters of a file and the name of its encoding ("" for letters that came as such).

    Raises ValueError for more than 5 MB, for nothing, and for what is no text.
    """
    if not isinstance(text, str | bytes):
        raise ValueError(f"A table is read from its text or bytes; got {text!r:.60}.")
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise ValueError(
            f"The file has {size / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g} MB are read. "
            "Keep fewer rows or columns."
        )
    letters, encoding = _letters(text) if isinstance(text, bytes) else (text, "")
    letters = _western_digits(letters.removeprefix("\ufeff"))
    if CONTROL.search(letters):
        raise ValueError(f"This is not a text file. {SAVE}")
    if re.match(r"\s*<(!doctype|html|table|\?xml)\b", letters, re.IGNORECASE):
        raise ValueError(f"This is a web page or XML, not a table of text. {SAVE}")
    if re.match(r"\s*(?:\[\s*[\[{]|\{\s*\")", letters):
        raise ValueError(f"This is JSON, not a table of text. {SAVE}")
    if not letters.strip(' \t\r\n,;|"'):
        raise ValueError(EMPTY)
    return letters, encoding


def _letters(raw: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, "replace"), encoding.removesuffix("-sig").upper()
    for beginning, sentence in NO_TEXT.items():
        if raw.startswith(beginning):
            raise ValueError(f"{sentence}. {SAVE}")
    if encoding := _unmarked_utf16(raw):
        return raw.decode(encoding, "replace"), "UTF-16"
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:  # five bytes are no letter there; every byte is one here
        return raw.decode("latin-1"), "Latin-1"


def _unmarked_utf16(raw: bytes) -> str:
    """Digits, separators and line ends are a byte and a zero: on which side the zeros are.

    Where all else is letters as well; a file of numbers in binary is not.
    """
    if b"\0" not in raw or len(raw) % 2:
        return ""
    for zeros, others, encoding in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        if raw[zeros::2].count(0) <= 4 * raw[others::2].count(0):  # a picture sign may have one
            continue
        try:
            letters = set(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
        if all(c.isprintable() or c.isspace() for c in letters) and letters & set("\r\n"):
            return encoding
    return ""


def _western_digits(letters: str) -> str:
    """The text with the digits 0 to 9 in place of those of other scripts."""
    if letters.isascii():
        return letters
    marks = {0x066B: ".", 0x066C: ","}
    there = {ord(c): str(unicodedata.digit(c)) for c in set(letters) if c.isdecimal()}
    return letters.translate({**marks, **there})
