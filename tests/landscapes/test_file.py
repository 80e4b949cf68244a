"""A landscape goes into a file and comes back; anything else is refused in a sentence."""

import io
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import Data
from lossviz.landscapes import Landscape, evaluate_plane, file
from lossviz.landscapes.file import (
    FORMAT,
    load_landscape,
    save_landscape,
    thinned,
    write_landscape,
)
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk


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


def test_a_walk_comes_back_with_its_landscape_and_a_wrong_one_is_refused(tmp_path):
    a = np.linspace(-1, 1, 5)
    land = Landscape(axes(2), a, a, a**2 + a[:, None] ** 2)
    walk = [[0.5, 0.5, 0.5], [0.0, 0.0, 0.0]]
    save_landscape(land, tmp_path / "x.npz", walked=walk)
    np.testing.assert_array_equal(load_landscape(tmp_path / "x.npz").path, walk)
    save_landscape(land, tmp_path / "y.npz")
    assert load_landscape(tmp_path / "y.npz").path.shape == (0, 3)
    for wrong in ([[1.0, 2.0]], [1.0, 2.0, 3.0], [[np.nan, 0, 0]], np.empty((0, 3))):
        with pytest.raises(ValueError, match="needs its path"):
            save_landscape(land, tmp_path / "z.npz", walked=wrong)


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
        (archive(b=np.array([0.0])), "b as 2 to 10,001 numbers"),
        (archive(a=np.arange(10002.0)), "a as 2 to 10,001 numbers"),
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


X = np.random.default_rng(0).normal(size=40)
LINE = Risk(Data(X[:, None], 1 + X, task="regression"), MODELS["line"](), LOSSES["absolute"]())


def test_a_large_surface_goes_to_its_file_in_bands(tmp_path, monkeypatch):
    a, b = np.linspace(-1, 3, 801), np.linspace(-2, 4, 1001)
    path, told = tmp_path / "large.npz", []
    monkeypatch.setattr(file, "BAND", 2**14)
    write_landscape(LINE, axes(2), a[:9], b[:9], path)  # what is kept for good is there now
    tracemalloc.start()
    write_landscape(LINE, axes(2), a, b, path, told.append, title="A line", note="mean |r|")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < a.size * b.size * 4 / 2  # bytes: half of what stands in the file
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    land = load_landscape(path)
    assert (land.title, land.note, land.plane.names) == ("A line", "mean |r|", axes(2).names)
    whole = evaluate_plane(LINE, axes(2), a, b).values
    np.testing.assert_allclose(land.values, whole, rtol=1e-6)
    assert list(tmp_path.iterdir()) == [path]


class Enough(Exception):
    pass


def test_a_large_surface_that_is_left_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(file, "BAND", 100)

    def stop(fraction):
        if fraction > 0.3:
            raise Enough

    with pytest.raises(Enough):
        write_landscape(LINE, axes(2), np.arange(20.0), np.arange(20.0), tmp_path / "l", stop)
    with pytest.raises(ValueError, match="needs b finite and increasing"):
        write_landscape(LINE, axes(2), np.arange(20.0), np.zeros(20), tmp_path / "l")
    with pytest.raises(ValueError, match="1 to 10,001"):
        write_landscape(LINE, axes(2), np.arange(10002.0), np.arange(2.0), tmp_path / "l")
    assert not list(tmp_path.iterdir())


@given(k=st.integers(2, 60), m=st.integers(2, 60), most=st.integers(3, 40), seed=st.integers(0, 9))
def test_what_a_browser_is_shown_keeps_ends_and_the_lowest_value(k, m, most, seed):
    values = np.random.default_rng(seed).normal(size=(m, k))
    land = load_landscape(archive(a=np.arange(k), b=np.arange(m), values=values))
    few = thinned(land, most)
    assert few.values.shape == (min(m, most), min(k, most))
    assert few.values.min() == values.min()
    for line, all_ in ((few.a, land.a), (few.b, land.b)):
        assert (line[0], line[-1]) == (all_[0], all_[-1])
        assert (np.diff(line) > 0).all()
    np.testing.assert_array_equal(few.values, values[np.ix_(few.b.astype(int), few.a.astype(int))])
