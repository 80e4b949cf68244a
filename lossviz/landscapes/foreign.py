"""Landscape files of other programs: surfaces as HDF5 (Li et al., 2018), arrays of NumPy.

Li's ``loss-landscape`` writes ``xcoordinates`` (k,), ``ycoordinates`` (m,), and ``train_loss``
(k, m) whose first index goes along x, where -1 stands for what was not computed yet
(https://github.com/tomgoldstein/loss-landscape).  De Bernardi's ``loss-landscapes`` returns a bare
(n, n) array of losses over steps 0 .. n-1 (https://github.com/marcellodebernardi/loss-landscapes),
which people keep with ``numpy.save`` or in an HDF5 file.
"""

from __future__ import annotations

import io
from math import prod
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from lossviz.landscapes.file import FORMAT, MOST_BYTES, SavedLandscape, from_arrays

Array = NDArray[np.floating]
HDF5 = b"\x89HDF\r\n\x1a\n"
NUMPY = b"\x93NUMPY"
LOSSES = ("train_loss", "test_loss")
AXES = ("xcoordinates", "ycoordinates")
NOT_YET = -1.0  # what Li's program writes before it has computed a value


def load_foreign(held: bytes) -> SavedLandscape | None:
    """The landscape in a file of another program; None where its first bytes are not of one.

    Raises ValueError, with what is wrong, when the file has no such surface, when it is not
    complete, and when it is HDF5 and h5py is not installed.
    """
    if held.startswith(NUMPY):
        return _bare(_numpy(held), "a NumPy array")
    if held.startswith(HDF5):
        return _hdf5(held)
    return None


def _numpy(held: bytes) -> Array:
    stream = io.BytesIO(held)
    try:
        read = npy.read_array_header_1_0 if npy.read_magic(stream) == (1, 0) else _second
        shape, _, dtype = read(stream)
        sound = dtype.kind in "fiu" and prod(shape) * dtype.itemsize == len(held) - stream.tell()
        if not sound:
            raise ValueError("it must hold numbers, as many as its shape says.")
        stream.seek(0)
        array: Array = npy.read_array(stream, allow_pickle=False)
    except (ValueError, EOFError, TypeError, SyntaxError) as trouble:
        raise ValueError(f"This NumPy array cannot be read: {trouble}") from trouble
    return array


def _second(stream: io.BytesIO) -> Any:
    return npy.read_array_header_2_0(stream)


def _hdf5(held: bytes) -> SavedLandscape:
    try:
        import h5py
    except ImportError as missing:
        raise ValueError(
            "This is an HDF5 file; to read it this server needs h5py (pip install lossviz[h5]). "
            "The file can be turned into .npz elsewhere, as the format below says."
        ) from missing
    try:
        with h5py.File(io.BytesIO(held), "r") as file:
            found = {name: _dataset(h5py, file, name) for name in (*AXES, *LOSSES) if name in file}
            if not found:  # one bare array, of any name
                alone = [name for name in file if isinstance(file.get(name), h5py.Dataset)]
                if len(alone) == 1:
                    return _bare(_dataset(h5py, file, alone[0]), "an HDF5 file")
    except (OSError, RuntimeError, KeyError, TypeError) as trouble:
        raise ValueError(f"This HDF5 file cannot be read: {trouble}") from trouble
    loss = next((name for name in LOSSES if name in found), None)
    if loss is None or not set(AXES) <= set(found):
        raise ValueError(
            f"An HDF5 surface needs {', '.join(AXES)} and {LOSSES[0]}, as loss-landscape writes "
            f"them; this file has {', '.join(found) or 'none of them'}."
        )
    values = found[loss]
    undone = int((values == NOT_YET).sum())
    if undone:
        raise ValueError(
            f"{undone:,} of {values.size:,} losses in this file are -1, not computed yet. Let "
            "loss-landscape finish."
        )
    a, b = (found[name] for name in AXES)
    if values.ndim != 2 or values.shape != (a.size, b.size):
        raise ValueError(
            f"{loss} must have a value for each of {a.size} x {b.size} coordinates (a file of one "
            f"direction is no surface); its shape is {values.shape}."
        )
    note = f"{loss} of an HDF5 file of loss-landscape"
    return from_arrays(_arrays(a, b, values.T, ("direction 1", "direction 2"), note))


def _dataset(h5py: Any, file: Any, name: str) -> Array:
    """A dataset's numbers; what it claims is looked at before anything is unpacked."""
    if isinstance(file.get(name, getlink=True), h5py.ExternalLink | h5py.SoftLink):
        raise ValueError(f"{name} of this HDF5 file points elsewhere; only its own data are read.")
    held = file[name]
    if not isinstance(held, h5py.Dataset) or held.dtype.kind not in "fiu":
        raise ValueError(f"{name} of this HDF5 file must hold numbers.")
    if held.is_virtual or held.external:
        raise ValueError(f"{name} of this HDF5 file lies in another file; put it into this one.")
    if held.size * max(8, held.dtype.itemsize) > MOST_BYTES:
        raise ValueError(f"{name} would unpack to more than {MOST_BYTES:,} bytes.")
    return np.asarray(held[()], float)


def _bare(values: Array, where: str) -> SavedLandscape:
    if values.ndim != 2:
        raise ValueError(
            f"A surface is an array of two dimensions, a loss for each pair of steps; {where} "
            f"holds the shape {values.shape}."
        )
    m, k = values.shape
    names = ("steps along direction 2", "steps along direction 1")
    note = f"{where} without coordinates"
    return from_arrays(_arrays(np.arange(float(k)), np.arange(float(m)), values, names, note))


def _arrays(a: Array, b: Array, values: Array, names: tuple[str, str], note: str) -> dict[str, Any]:
    return {
        "format": np.array(FORMAT), "a": a, "b": b, "values": values, "names": np.array(names),
        "note": np.array(note),
    }  # fmt: skip
