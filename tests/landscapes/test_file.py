"""A landscape goes into a file and comes back; anything else is refused in a sentence."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.landscapes import Landscape
from lossviz.landscapes.file import FORMAT, load_landscape, save_landscape
from lossviz.landscapes.planes import axes


def archive(**changes) -> bytes:
    """A good file of 3 x 2 points, with some entries changed (None: left out)."""
    entries = {
        "format": FORMAT,
        "a": np.array([-1.0, 0.0, 1.0]),
        "b": np.array([0, 2]),
        "values": np.arange(6, dtype=np.float32).reshape(2, 3),
    }
    held = io.BytesIO()
    kept = {name: each for name, each in {**entries, **changes}.items() if each is not None}
    np.savez_compressed(held, **kept)
    return held.getvalue()


def test_what_is_saved_is_loaded(tmp_path):
    values = np.arange(12.0).reshape(3, 4)
    values[2, 3] = np.inf
    land = Landscape(axes(5, names=("left", "up")), np.linspace(-1, 1, 4), np.arange(3.0), values)
    path = tmp_path / "net.npz"
    saved = save_landscape(land, path, "A net", "made by hand")
    for again in (
        saved,
        load_landscape(path),
        load_landscape(str(path)),
        load_landscape(path.read_bytes()),
    ):
        assert np.array_equal(again.values, values)
        assert np.array_equal(again.a, land.a)
        assert np.array_equal(again.b, land.b)
        assert again.plane.names == ("left", "up")
        assert (again.title, again.note) == ("A net", "made by hand")
        assert np.array_equal(again.plane.point(3, 4), [3, 4])


def test_a_file_with_the_least_in_it_is_enough():
    land = load_landscape(archive())
    assert land.values.dtype == float
    assert land.values[1, 2] == 5
    assert land.plane.names == ("a", "b")
    assert (land.title, land.note) == ("", "")


def test_nothing_that_could_not_be_read_back_is_written(tmp_path):
    path = tmp_path / "bad.npz"
    bad = Landscape(axes(2), np.arange(3.0), np.arange(2.0), np.full((2, 3), np.nan))
    with pytest.raises(ValueError, match="numbers as values"):
        save_landscape(bad, path)
    assert not path.exists()


def repacked(change) -> bytes:
    """A file whose every entry has gone through ``change(bytes)``, with true checksums."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive())) as good, zipfile.ZipFile(held, "w") as bad:
        for entry in good.infolist():
            bad.writestr(entry.filename, change(good.read(entry)))
    return held.getvalue()


def lying(claim: bytes) -> bytes:
    """A file whose values claim another shape than they have."""
    return repacked(lambda entry: entry.replace(b"(2, 3)", claim))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "not a landscape file"),
        (b"a,b\n1,2\n", "not a landscape file"),
        (archive(format="other/1"), "its format is not"),
        (archive(format=None), "its format is not"),
        (archive(values=None), "values is missing"),
        (archive(a=np.array([1.0, 1.0, 2.0])), "a finite and increasing"),
        (archive(b=np.array([0.0, np.nan])), "b finite and increasing"),
        (archive(b=np.array([0.0])), "b as 2 to 2,000 numbers"),
        (archive(a=np.arange(3001.0)), "a as 2 to 2,000 numbers"),
        (archive(values=np.zeros((3, 2))), r"\(2, 3\) as \(b, a\); got \(3, 2\)"),
        (archive(values=np.full((2, 3), np.nan)), "nan and -inf may not appear"),
        (archive(values=np.full((2, 3), -np.inf)), "nan and -inf may not appear"),
        (archive(values=np.full((2, 3), np.inf)), "not everywhere"),
        (archive(values=np.zeros((2, 3), complex)), "values must hold numbers"),
        (archive(values=np.array([["1", "2", "3"]] * 2)), "values must hold numbers"),
        (archive(values=np.array([[print] * 3] * 2, dtype=object)), "values must hold numbers"),
        (archive(title=np.array(3.0)), "title must hold text"),
        (archive(note="x" * 501), "at most 500 letters"),
        (archive(note="x" * 50_000), "note would unpack to more than 20,000 bytes"),
        (archive(values=np.zeros(6_000_000)), "values would unpack to more than 40,000,000"),
        (archive(weights=np.zeros(3)), "'weights', which no landscape has"),
        (lying(b"(2, 9)"), "claims the shape"),
        (lying(b"(9999999, 9999999)"), "not a landscape file"),
        (b"x" * 40_000_001, "too large"),
    ],
)
def test_what_is_not_a_landscape_is_refused(source, words):
    with pytest.raises(ValueError, match=words):
        load_landscape(source)


@pytest.mark.filterwarnings("ignore:Reading .* on Python 2")
@settings(max_examples=300)
@given(st.data())
def test_damaged_files_are_refused_or_harmless(data):
    def damaged(held: bytes) -> bytes:
        held = bytearray(held)
        for _ in range(data.draw(st.integers(0, 3))):
            held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
        return bytes(held[: data.draw(st.integers(len(held) // 2, len(held)))])

    # outside, where checksums catch it, or inside, where they do not
    source = damaged(archive()) if data.draw(st.booleans()) else repacked(damaged)
    try:
        land = load_landscape(source)
    except ValueError:
        return
    assert np.isfinite(land.a).all()
    assert land.values.shape == (len(land.b), len(land.a))
