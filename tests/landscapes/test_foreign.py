"""Landscape files of other programs open as landscapes, and what is wrong with one is said."""

import io
import sys

import numpy as np
import pytest

from lossviz.landscapes.file import load_landscape
from lossviz.landscapes.foreign import load_foreign

A, B = np.linspace(-1, 1, 7), np.linspace(-2, 3, 5)
VALUES = A**2 + 10 * B[:, None]  # values[j, i] at (a[i], b[j])


def hdf5(**datasets) -> bytes:
    h5py = pytest.importorskip("h5py")
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return held.getvalue()


def li(**more) -> bytes:
    return hdf5(**{"xcoordinates": A, "ycoordinates": B, "train_loss": VALUES.T, **more})


def test_lis_surface_has_its_first_index_along_x():
    land = load_foreign(li(train_acc=VALUES.T))
    np.testing.assert_array_equal(land.a, A)
    np.testing.assert_array_equal(land.b, B)
    np.testing.assert_array_equal(land.values, VALUES)
    assert land.plane.names == ("direction 1", "direction 2")


@pytest.mark.parametrize("kind", ["npy", "h5"])
def test_a_bare_array_is_a_surface_over_its_steps(kind):
    held = io.BytesIO()
    np.save(held, VALUES)
    land = load_foreign(held.getvalue() if kind == "npy" else hdf5(losses=VALUES))
    np.testing.assert_array_equal(land.values, VALUES)
    np.testing.assert_array_equal(land.b, range(5))


def test_an_archive_of_ours_is_left_to_the_other_reader():
    assert load_foreign(b"PK\x03\x04") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"train_loss": np.where(VALUES.T > 20, -1.0, VALUES.T)}, "not computed yet"),
        ({"train_loss": VALUES}, "a value for each of 7 x 5"),
        ({"train_loss": VALUES[0]}, "a file of one direction"),
        ({"train_loss": np.full((7, 5), np.nan)}, "needs numbers as values"),
        ({"xcoordinates": A[::-1]}, "increasing"),
        ({"train_loss": np.array([b"x"])}, "must hold numbers"),
    ],
)
def test_what_is_wrong_with_a_surface_is_said(change, words):
    with pytest.raises(ValueError, match=words) as caught:
        load_foreign(li(**change))
    assert str(caught.value).endswith(".")


def test_a_file_that_points_elsewhere_or_is_cut_is_refused():
    h5py = pytest.importorskip("h5py")
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        file["xcoordinates"], file["ycoordinates"] = A, B
        file["train_loss"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(ValueError, match="points elsewhere"):
        load_foreign(held.getvalue())
    with pytest.raises(ValueError, match="cannot be read"):
        load_foreign(li()[:200])
    with pytest.raises(ValueError, match="has xcoordinates"):
        load_foreign(hdf5(xcoordinates=A))
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        file.create_dataset("losses", (100_000, 100_000), "f4", chunks=(100, 100), compression=9)
    with pytest.raises(ValueError, match="would unpack"):
        load_foreign(held.getvalue())


def test_without_h5py_what_to_install_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ValueError, match=r"pip install lossviz\[h5\]"):
        load_foreign(b"\x89HDF\r\n\x1a\n" + bytes(100))


@pytest.mark.parametrize("array", [VALUES[0], np.array(["a"]), np.array([VALUES], dtype=object)])
def test_an_array_that_is_no_surface_is_refused(array):
    held = io.BytesIO()
    np.save(held, array, allow_pickle=True)
    with pytest.raises(ValueError, match="two dimensions|cannot be read"):
        load_foreign(held.getvalue())


def test_our_own_reader_still_refuses_them():
    with pytest.raises(ValueError, match="not a landscape file"):
        load_landscape(b"\x89HDF\r\n\x1a\n")
