"""Landscapes in a file: one .npz that any program can write and the app can open.

The file is a NumPy archive without pickled objects and holds

    format   the text "lossviz-landscape/1"
    a        (k,) coordinates along the first direction, increasing
    b        (m,) coordinates along the second direction, increasing
    values   (m, k) the loss; values[j, i] stands at (a[i], b[j]); inf where it overflowed
    names    (2,) texts for the axes a and b            (may be left out)
    title    a text, for example the network's name     (may be left out)
    note     a text: how the landscape was made         (may be left out)
    path     (t, 3) a walk over it, such as a training: a, b and the loss there (may be left out)

with numbers as floats or integers of any size.  It holds no weights and no data.
"""

from __future__ import annotations

import io
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes.engines.threads import spans
from lossviz.landscapes.height_scale import single
from lossviz.landscapes.landscape import Landscape, Progress, checked, infinite_where_lost
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.workers import Survey, Workers, gather
from lossviz.objectives import Objective

Array = NDArray[np.floating]

FORMAT = "lossviz-landscape/1"
LARGEST = 10_001  # lines along an axis
BAND = 2**20  # values of a large surface in memory at a time
MOST_BYTES = 40_000_000
MOST_LETTERS = 500
_NEEDED, _TEXTS = ("a", "b", "values"), ("format", "names", "title", "note")
_NUMBERS = (*_NEEDED, "path")
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
    path: Array = field(default_factory=lambda: np.empty((0, 3)))  # a, b and the loss there


def save_landscape(
    landscape: Landscape,
    path: str | Path,
    title: str = "",
    note: str = "",
    walked: ArrayLike | None = None,
) -> SavedLandscape:
    """Write a landscape to ``path`` in the format above, and return it as a reader will find it.

    ``walked`` (t, 3) is a path over it: a, b and the loss at each point.
    Raises ValueError when it could not be read back: too large, not finite, not increasing.
    """
    held = archive(landscape, title, note, walked)
    saved = load_landscape(held)
    Path(path).write_bytes(held)
    return saved


def write_landscape(
    objective: Objective,
    plane: Plane,
    a: ArrayLike,
    b: ArrayLike,
    path: str | Path,
    progress: Progress | None = None,
    *,
    double: bool = False,
    workers: Workers = 1,
    title: str = "",
    note: str = "",
) -> None:
    """Compute a surface of up to 10,001 x 10,001 points straight into a file in the format above.

    The arguments are those of ``evaluate_plane``; a and b must increase.  No more than a band of
    rows is ever in memory, in single precision in the file.  The file appears under ``path`` when
    it is whole: what ``progress`` raises ends the work and leaves none.  Raises ValueError as
    ``evaluate_plane`` does, and for coordinates that do not increase.
    """
    a, b = checked(objective, plane, a, b, LARGEST)
    for name, line in (("a", a), ("b", b)):
        if not (line[1:] > line[:-1]).all():
            raise ValueError(f"A landscape file needs {name} finite and increasing.")
    part = Path(f"{path}.part")
    texts = {"format": FORMAT, "names": np.array(plane.names), "title": title, "note": note}
    try:
        with zipfile.ZipFile(part, "w") as whole:
            for entry, array in {**texts, "a": a, "b": b}.items():
                with whole.open(f"{entry}.npy", "w") as held:
                    npy.write_array(held, np.asarray(array), allow_pickle=False)
            with whole.open("values.npy", "w", force_zip64=True) as held:
                header = {"descr": "<f4", "fortran_order": False, "shape": (len(b), len(a))}
                npy.write_array_header_1_0(held, header)
                for rows in spans(len(b), max(1, BAND // len(a))):
                    heard = progress and partial(_share_done, progress, rows, len(b))
                    values = np.empty((rows.stop - rows.start, len(a)))
                    gather(Survey(objective, plane, a, b[rows], double), workers, heard, values)
                    held.write(single(infinite_where_lost(values)).tobytes())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _share_done(progress: Progress, rows: slice, of: int, fraction: float) -> None:
    progress((rows.start + fraction * (rows.stop - rows.start)) / of)


def thinned(landscape: SavedLandscape, most: int = 201) -> SavedLandscape:
    """The landscape with at most ``most`` lines along each axis, evenly chosen, ends included.

    The lines through its lowest value are always among them, so that a browser shows where that
    is and how low; a smaller landscape comes back as it is.
    """
    j, i = landscape.where()
    across, along = _lines(len(landscape.a), i, most), _lines(len(landscape.b), j, most)
    return replace(
        landscape,
        a=landscape.a[across],
        b=landscape.b[along],
        values=landscape.values[np.ix_(along, across)],
    )


def _lines(count: int, wanted: int, most: int) -> NDArray[np.intp]:
    if count <= most:
        return np.arange(count)
    kept = np.linspace(0, count - 1, most).round().astype(int)
    inner = 1 + int(np.abs(kept[1:-1] - wanted).argmin())
    if wanted not in (0, count - 1):
        kept[inner] = wanted
    return kept


def archive(
    landscape: Landscape, title: str = "", note: str = "", walked: ArrayLike | None = None
) -> bytes:
    """A landscape in the format above, as bytes; whether it can be read back is not looked at."""
    held = io.BytesIO()
    arrays = {"a": landscape.a, "b": landscape.b, "values": landscape.values}
    if walked is not None:
        arrays["path"] = np.asarray(walked, float)
    names = np.array(landscape.plane.names)
    np.savez_compressed(
        held, allow_pickle=False, format=FORMAT, names=names, title=title, note=note, **arrays
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
    return from_arrays(arrays)


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


def from_arrays(arrays: dict[str, Array]) -> SavedLandscape:
    """The landscape whose arrays these are, by their names in the format above.

    Raises ValueError, with what is wrong, where they make none.
    """
    texts = {name: [str(each) for each in np.ravel(arrays.get(name, ""))] for name in _TEXTS}
    if texts["format"] != [FORMAT]:
        raise ValueError(f"This is not a landscape file: its format is not {FORMAT!r}.")
    missing = [name for name in _NEEDED if name not in arrays]
    if missing:
        raise ValueError(f"A landscape file needs a, b and values; {missing[0]} is missing.")
    if max(len(each) for every in texts.values() for each in every) > MOST_LETTERS:
        raise ValueError(f"A landscape file's texts have at most {MOST_LETTERS} letters each.")
    with np.errstate(over="ignore"):  # from a wider float
        a, b, values = (np.asarray(arrays[name], float) for name in _NEEDED)
    for name, line in (("a", a), ("b", b)):
        if line.ndim != 1 or not 2 <= len(line) <= LARGEST:
            raise ValueError(
                f"A landscape file needs {name} as 2 to {LARGEST:,} numbers; "
                f"got shape {line.shape}."
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
    return SavedLandscape(plane, a, b, values, title, note, _walked(arrays.get("path")))


def _walked(path: Array | None) -> Array:
    if path is None:
        return np.empty((0, 3))
    with np.errstate(over="ignore"):
        path = np.asarray(path, float)
    if path.ndim != 2 or path.shape[1] != 3 or not 1 <= len(path) <= LARGEST:
        raise ValueError(
            f"A landscape file needs its path as 1 to {LARGEST:,} rows of a, b and loss; "
            f"got shape {path.shape}."
        )
    if not np.isfinite(path).all():
        raise ValueError("A landscape file needs its path finite.")
    return path
