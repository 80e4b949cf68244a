"""The engine for networks against the plain definition, in both precisions."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.landscapes import evaluate_line, evaluate_plane
from lossviz.landscapes.engines import networks, threads
from lossviz.landscapes.planes import Plane
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.models.activations import ACTIVATIONS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES

A, B = np.linspace(-1, 1, 5), np.array([0.7, -0.4, 0.1])
RNG = np.random.default_rng(0)
X = RNG.normal(size=(23, 3))
ANSWERS = {
    "regression": (X.sum(1), "squared"),
    "binary": (X[:, 0] > 0, "cross_entropy"),
    "multiclass": (np.arange(23) % 3, "softmax_cross_entropy"),
}
SHAPES = {
    "one layer": ("network", {"depth": 1}),
    "three layers": ("network", {"depth": 3}),
    "blocks": ("residual_network", {"blocks": 2}),
    "scaled blocks": ("residual_network", {"blocks": 3, "branch_scale": 0.3}),
    "no skips": ("residual_network", {"blocks": 2, "skip": False, "branch_scale": 0.5}),
}


def make(shape, activation="tanh", task="regression", **more):
    name, settings = SHAPES[shape]
    model = MODELS[name](width=4, activation=activation, **settings)
    y, loss = ANSWERS[task]
    risk = Risk(Data(X, y * 1.0, task=task), model, LOSSES[loss](), **more)
    start = model.start(3, risk.data.outputs, 1)
    return risk, Plane(start, *np.random.default_rng(2).normal(0, 0.4, (2, len(start))))


def definition(risk, plane):
    return np.array([[float(risk.value(plane.point(x, y))) for x in A] for y in B])


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setattr(networks, "ROWS", 7)
    monkeypatch.setattr(networks, "STRETCH", 2)
    monkeypatch.setattr(networks, "TILE_BYTES", 2000)
    monkeypatch.setattr(networks, "TASKS", 4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("task", ANSWERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_surface_is_its_definition(shape, task, activation, small_tiles):
    risk, plane = make(shape, activation, task)
    wanted = definition(risk, plane)
    np.testing.assert_allclose(evaluate_plane(risk, plane, A, B).values, wanted, rtol=1e-12)
    where = np.stack([np.tile(A, len(B)), np.repeat(B, len(A))], axis=1)
    single = networks._evaluate(risk, plane, where, None, np.float32)
    np.testing.assert_allclose(single, wanted.ravel(), rtol=1e-5)


def test_the_penalty_is_added():
    risk, plane = make("blocks", penalty=PENALTIES["l2"](0.3))
    got = evaluate_plane(risk, plane, A, B).values
    np.testing.assert_allclose(got, definition(risk, plane), rtol=1e-12)


def test_a_line_through_a_network():
    risk, plane = make("three layers")
    line = evaluate_line(risk, plane.origin, plane.u, A)
    wanted = [float(risk.value(plane.point(t, 0))) for t in A]
    np.testing.assert_allclose(line.values, wanted, rtol=1e-12)


@pytest.fixture
def spy(monkeypatch):
    seen = []
    plain = networks._evaluate

    def listening(*args):
        if len(args[2]) == len(A) * len(B):  # not the few points that are verified
            seen.append(args[-1])
        return plain(*args)

    monkeypatch.setattr(networks, "FEWEST", 2)
    monkeypatch.setattr(networks, "_evaluate", listening)
    return seen


def test_large_surfaces_are_single_unless_asked(spy, monkeypatch):
    risk, plane = make("three layers")
    evaluate_plane(risk, plane, A, B)
    monkeypatch.setattr(networks, "LARGE", 0)
    evaluate_plane(risk, plane, A, B)
    exact = evaluate_plane(risk, plane, A, B, double=True).values
    assert spy == [np.float64, np.float32, np.float64]
    np.testing.assert_allclose(exact, definition(risk, plane), rtol=1e-12)


@pytest.mark.parametrize("size", [1e4, 1e30])
def test_where_single_precision_fails_double_serves(spy, monkeypatch, size):
    """Residuals that are small differences of large numbers, and numbers beyond float32."""
    risk, plane = make("one layer", "identity")
    weights = RNG.normal(size=23)[:3]
    y = X @ weights * size
    risk = Risk(Data(X, y), risk.model, LOSSES["squared"]())
    best = np.zeros(risk.layout.size)
    best[:3], best[12 + 4] = weights * size, 1.0
    monkeypatch.setattr(networks, "LARGE", 0)
    plane = Plane(best, 1e-5 * plane.u, 1e-5 * plane.v)
    got = evaluate_plane(risk, plane, A, B).values
    assert spy == [np.float32, np.float64]
    np.testing.assert_allclose(got, definition(risk, plane), rtol=1e-6)


def test_progress_reaches_one_over_all_rows(small_tiles):
    risk, plane = make("blocks")
    heard = []
    evaluate_plane(risk, plane, A, B, heard.append)
    assert heard == sorted(heard)
    assert len(heard) == 2 * 4  # stretches of rows, tasks
    assert heard[-1] == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scratch_arrays_begin_on_cache_lines_and_do_not_overlap(dtype):
    shapes = [(3, 5), (0, 7), (11,), (2, 16)]
    arrays = threads.scratch("test", shapes, dtype)
    assert [each.shape for each in arrays] == shapes
    assert not [each for each in arrays if each.ctypes.data % threads.LINE]
    for number, each in enumerate(arrays):
        each[:] = number
    assert [np.unique(each).tolist() for each in arrays] == [[0], [], [2], [3]]


@pytest.mark.parametrize(("n", "most"), [(1, 1024), (23, 1024), (500, 100), (1797, 508)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_units_begin_on_cache_lines_and_do_not_compete_for_a_place(n, most, dtype):
    X = np.arange(2 * n).reshape(2, n).astype(dtype)
    sums = networks._first_sums(np.eye(2, dtype=dtype)[None], X, most)
    lines = sums.shape[-1] * X.itemsize / threads.LINE
    assert lines % 2 == 1
    whole = np.moveaxis(sums, 0, 2).reshape(2, -1)
    np.testing.assert_array_equal(whole[:, :n], X)
    assert not whole[:, n:].any()
