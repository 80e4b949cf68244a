"""Landscapes in a file: one .npz that any program can write and the app can open.

The file is a NumPy archive without pickled objects and holds

    format   the text "lossviz-landscape/1"
    a        (k,) coordinates along the first direction, increasing
    b        (m,) coordinates along the second direction, increasing
    values   (m, k) the loss; values[j, i] stands at (a[i], b[j]); inf where it overflowed
    names    (2,) texts for the axes a and b            (may be left out)
    title    a text, for example the network's name     (may be left out)
    note     a text: how the landscape was made         (may be left out)

with numbers as floats or integers of any size.  It holds no weights and no data.
"""

from __future__ import annotations

import io
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from lossviz.landscapes.landscape import MOST, Landscape
from lossviz.landscapes.planes import Plane

Array = NDArray[np.floating]

FORMAT = "lossviz-landscape/1"
MOST_BYTES = 40_000_000
MOST_LETTERS = 500
_NUMBERS, _TEXTS = ("a", "b", "values"), ("format", "names", "title", "note")
_TEXT_BYTES = 20_000
# what zipfile and NumPy raise over bytes that are no archive of arrays
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    tokenize.TokenError,
    EOFError,
    OSError,
    KeyError,
    TypeError,
    SyntaxError,
    RuntimeError,
    MemoryError,
    ValueError,
)


@dataclass(frozen=True, eq=False)
class SavedLandscape(Landscape):
    """A landscape from a file, with its title and how it was made.

    Its plane is the plain one of the two coordinates: the file does not say where in parameter
    space it lies.
    """

    title: str = ""
    note: str = ""


def save_landscape(
    landscape: Landscape, path: str | Path, title: str = "", note: str = ""
) -> SavedLandscape:
    """Write a landscape to ``path`` in the format above, and return it as a reader will find it.

    Raises ValueError when it could not be read back: too large, not finite, not increasing.
    """
    held = archive(landscape, title, note)
    saved = load_landscape(held)
    Path(path).write_bytes(held)
    return saved


def archive(landscape: Landscape, title: str = "", note: str = "") -> bytes:
    """A landscape in the format above, as bytes; whether it can be read back is not looked at."""
    held = io.BytesIO()
    np.savez_compressed(
        held,
        format=FORMAT,
        a=landscape.a,
        b=landscape.b,
        values=landscape.values,
        names=np.array(landscape.plane.names),
        title=title,
        note=note,
    )
    return held.getvalue()


def load_landscape(source: str | Path | bytes) -> SavedLandscape:
    """The landscape in a file, given its path or its bytes.

    Nothing in the file is run, and no more than 40 MB are unpacked.  Raises ValueError, with what
    is wrong, for anything that is not such a landscape.
    """
    if isinstance(source, bytes):
        held = source
    else:
        with open(source, "rb") as file:
            held = file.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        raise ValueError(f"This file is too large; {MOST_BYTES // 10**6} MB is the most.")
    try:
        arrays = _unpacked(held)
    except _BROKEN as trouble:
        raise ValueError(f"This is not a landscape file: {trouble}") from trouble
    return _checked(arrays)


def _unpacked(held: bytes) -> dict[str, Array]:
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        if len(archive.infolist()) > len(_NUMBERS + _TEXTS):
            raise ValueError("it holds more than a landscape has.")
        for entry in archive.infolist():
            name = entry.filename.removesuffix(".npy")
            if name not in _NUMBERS + _TEXTS:
                raise ValueError(f"it holds {name[:50]!r}, which no landscape has.")
            most = MOST_BYTES if name in _NUMBERS else _TEXT_BYTES
            if entry.file_size > most:
                raise ValueError(f"{name} would unpack to more than {most:,} bytes.")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{name} is packed in a way NumPy does not use.")
            with archive.open(entry) as packed:
                arrays[name] = _array(name, packed.read(most))
    return arrays


def _array(name: str, packed: bytes) -> Array:
    """One array, after its header has been found to be true: a header may claim any size."""
    stream = io.BytesIO(packed)
    version = npy.read_magic(stream)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.kind not in ("fiu" if name in _NUMBERS else "U"):
        wanted = "numbers" if name in _NUMBERS else "text"
        raise ValueError(f"{name} must hold {wanted}; it holds {dtype}.")
    if prod(shape) * dtype.itemsize != len(packed) - stream.tell() or len(shape) > 2:
        raise ValueError(f"{name} claims the shape {shape}, which is not what follows.")
    stream.seek(0)
    array: Array = npy.read_array(stream, allow_pickle=False)
    return array


def _checked(arrays: dict[str, Array]) -> SavedLandscape:
    texts = {name: [str(each) for each in np.ravel(arrays.get(name, ""))] for name in _TEXTS}
    if texts["format"] != [FORMAT]:
        raise ValueError(f"This is not a landscape file: its format is not {FORMAT!r}.")
    missing = [name for name in _NUMBERS if name not in arrays]
    if missing:
        raise ValueError(f"A landscape file needs a, b and values; {missing[0]} is missing.")
    if max(len(each) for every in texts.values() for each in every) > MOST_LETTERS:
        raise ValueError(f"A landscape file's texts have at most {MOST_LETTERS} letters each.")
    with np.errstate(over="ignore"):  # from a wider float
        a, b, values = (np.asarray(arrays[name], float) for name in _NUMBERS)
    for name, line in (("a", a), ("b", b)):
        if line.ndim != 1 or not 2 <= len(line) <= MOST:
            raise ValueError(
                f"A landscape file needs {name} as 2 to {MOST:,} numbers; got shape {line.shape}."
            )
        if not (np.isfinite(line).all() and (line[1:] > line[:-1]).all()):
            raise ValueError(f"A landscape file needs {name} finite and increasing.")
    if values.shape != (len(b), len(a)):
        raise ValueError(
            f"A landscape file needs one value per pair of coordinates, {(len(b), len(a))} as "
            f"(b, a); got {values.shape}."
        )
    if np.isnan(values).any() or np.isneginf(values).any() or not np.isfinite(values).any():
        raise ValueError(
            "A landscape file needs numbers as values; inf may mark an overflow, but not "
            "everywhere, and nan and -inf may not appear."
        )
    names = texts["names"] if len(texts["names"]) == 2 else ["a", "b"]
    plane = Plane(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]), (names[0], names[1]))
    title, note = (" ".join(texts[name]) for name in ("title", "note"))
    return SavedLandscape(plane, a, b, values, title, note)
