"""Every engine against the plain definition: the objective's value, one point at a time."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from lossviz.datasets import Data
from lossviz.landscapes import (
    evaluate_line,
    evaluate_plane,
    evaluate_points,
    evaluate_terms,
    project,
)
from lossviz.landscapes.engines import bins, piecewise, quadratic, threads
from lossviz.landscapes.planes import Plane, axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS, Block, Layout
from lossviz.objectives import Risk, blas
from lossviz.penalties import PENALTIES
from tests.oracles import case

LINE = MODELS["line"]()
PIECEWISE = {
    name: loss
    for name, loss in LOSSES.items()
    if loss().pieces is not None and loss().pieces.knots and loss.task != "multiclass"
}
A, B = np.linspace(-3, 5, 9), np.linspace(-4, 6, 6)
UNEVEN = np.array([2.5, -3.0, 0.125, 0.25, 4.0])


def definition(objective, plane, a, b):
    return np.array([[float(objective.value(plane.point(x, y))) for x in a] for y in b])


def data_for(task, n=40, d=1, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    signal = 1 + X @ np.linspace(2, -1, d) + rng.standard_t(3, n)
    if task == "regression":
        return Data(X, np.exp(signal / 4))
    labels = np.digitize(signal, [0.0, 2.0]) if task == "multiclass" else signal > 1
    return Data(X, labels.astype(float), task=task, classes="abc" if task == "multiclass" else ())


def agree(got, wanted, rtol=1e-12, atol=0.0):
    assert got.shape == wanted.shape
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=atol)


PLANES = {
    "intercept up": axes(2),
    "intercept along": axes(2, 1, 0),
    "intercept scaled and shifted": Plane([1, 2], [1, 0.3], [-0.5, 0]),
    "neither is the intercept": Plane([1, 2], [1, 0.3], [-0.3, 0.5]),
}


@pytest.mark.parametrize("b", [B, B[::-1], UNEVEN, B[:1]], ids=["even", "down", "uneven", "one"])
@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES)
@pytest.mark.parametrize("name", LOSSES)
def test_a_line_surface_is_its_definition(name, plane, b):
    loss = LOSSES[name]()
    model = LINE if loss.task != "multiclass" else MODELS["linear"]()
    data = data_for(loss.task)
    if loss.task == "multiclass":
        rng = np.random.default_rng(1)
        plane = Plane(*rng.normal(size=(3, model.layout(1, 3).size)))
    if getattr(loss, "predictions", "(-inf, inf)") != "(-inf, inf)" or name in (
        "poisson_deviance", "gamma_deviance", "tweedie_deviance", "msle",
    ):  # fmt: skip
        plane, b = Plane([9, 0.01], plane.u / 9, plane.v / 9), b / 9
    risk = Risk(data, model, loss)
    got = evaluate_plane(risk, plane, A, b)
    assert got.plane is plane
    agree(got.values, definition(risk, plane, A, b))


@pytest.mark.parametrize("name", ["log_cosh", "softmax_cross_entropy"])
def test_rows_are_summed_over_chunk_ends(name, monkeypatch):
    monkeypatch.setattr("lossviz.landscapes.engines.affine.ROWS", 7)
    monkeypatch.setattr("lossviz.landscapes.engines.affine.CACHE_ELEMENTS", 64)
    risk = Risk(data_for(LOSSES[name].task), MODELS["linear"](), LOSSES[name]())
    plane = Plane(*np.random.default_rng(1).normal(size=(3, risk.layout.size)))
    agree(evaluate_plane(risk, plane, A, B).values, definition(risk, plane, A, B))


@pytest.mark.parametrize("n", [1, 2, 5000])
@pytest.mark.parametrize("name", PIECEWISE)
def test_counting_is_exact_for_one_row_and_over_chunk_ends(name, n, monkeypatch):
    monkeypatch.setattr(bins, "TILE", 64)
    monkeypatch.setattr(piecewise, "TABLE", 200)
    monkeypatch.setattr(piecewise, "PER_TASK", 128)
    risk = Risk(data_for(PIECEWISE[name].task, n), LINE, PIECEWISE[name]())
    for b in (B, UNEVEN):
        got = evaluate_plane(risk, axes(2), A[:4], b).values
        agree(got, definition(risk, axes(2), A[:4], b), atol=1e-14)


@pytest.mark.parametrize("name", PIECEWISE)
def test_ties_exactly_at_the_knots(name):
    """Eighths add without rounding: whole rows sit on thresholds, and on the right side."""
    task = PIECEWISE[name].task
    x = np.array([-2.0, -1.0, 0.0, 0.0, 1.0, 2.0, 3.0])
    y = np.array([-1.0, 0.5, 0.0, 2.0, 1.0, 1.0, -4.0])
    data = Data(x[:, None], y if task == "regression" else (y > 0.5) * 1.0, task=task)
    knots = np.array(PIECEWISE[name]().pieces.knots)
    b = np.concatenate([np.arange(-4, 4.5, 0.5), knots[0] + [-1, 0, 0.5]])
    risk = Risk(data, LINE, PIECEWISE[name]())
    for plane in (axes(2), axes(2, 1, 0)):
        for grid in (b, np.arange(-4, 4.5, 0.5)):
            got = evaluate_plane(risk, plane, grid, grid).values
            agree(got, definition(risk, plane, grid, grid), atol=1e-14)


@pytest.mark.parametrize("delta", [1e-6, 0.3, 1e5])
@pytest.mark.parametrize("b", [B, UNEVEN], ids=["even", "uneven"])
def test_a_band_much_narrower_or_wider_than_the_grid(delta, b):
    risk = Risk(data_for("regression", 50), LINE, LOSSES["huber"](delta))
    agree(evaluate_plane(risk, axes(2), A, b).values, definition(risk, axes(2), A, b))


@pytest.mark.parametrize("name", ["absolute", "huber", "quantile", "squared"])
@pytest.mark.parametrize("size", [1e-100, 1e90])
def test_extreme_units(name, size):
    data = data_for("regression")
    risk = Risk(replace(data, y=data.y * size), LINE, LOSSES[name]())
    for plane in (axes(2), Plane([0, 0], [0, size], [size, 0])):
        for a in (A * size, A * max(size, 1e160)):
            got = evaluate_plane(risk, plane, a, B).values
            with np.errstate(over="ignore"):
                agree(got, definition(risk, plane, a, B))


def test_far_from_zero_the_small_loss_keeps_its_digits():
    """Residuals of size one, a million away from zero and seen through a wide window."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    data = Data(x[:, None], 1e6 + 3 * x + rng.normal(size=300))
    risk = Risk(data, LINE, LOSSES["huber"](0.5))
    b = 1e6 + np.linspace(-300, 300, 61)
    agree(evaluate_plane(risk, axes(2, 1, 0), A, b).values,
          definition(risk, axes(2, 1, 0), A, b), rtol=1e-9)  # fmt: skip
    centred = Risk(replace(data, y=data.y - 1e6), LINE, LOSSES["huber"](0.5))
    grid = np.linspace(-300, 300, 61)
    agree(evaluate_plane(centred, axes(2, 1, 0), A, grid).values,
          definition(centred, axes(2, 1, 0), A, grid))  # fmt: skip


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 30),
    shape=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    name=st.sampled_from(sorted(PIECEWISE)),
    even=st.booleans(),
)
def test_random_planes_with_an_intercept_direction(seed, n, shape, name, even):
    rng = np.random.default_rng(seed)
    loss = PIECEWISE[name]()
    X = rng.normal(size=(n, 2))
    y = rng.normal(size=n) if loss.task == "regression" else rng.integers(0, 2, n)
    risk = Risk(Data(X, y, task=loss.task), MODELS["linear"](), loss)
    plane = Plane(rng.normal(size=3), rng.normal(size=3), [rng.normal(), 0, 0])
    if seed % 2:
        plane = Plane(plane.origin, plane.v, plane.u)
    a, b = (
        np.linspace(*np.sort(rng.normal(0, 3, 2)), k) if even else rng.normal(0, 3, k)
        for k in shape
    )
    agree(evaluate_plane(risk, plane, a, b).values, definition(risk, plane, a, b), atol=1e-13)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 12), p=st.integers(1, 6))
def test_a_bowl_is_a_bowl_on_any_plane(seed, n, p):
    """Also with more parameters than rows, and with two directions that are one."""
    rng = np.random.default_rng(seed)
    risk = Risk(Data(rng.normal(size=(n, p)), rng.normal(size=n)), MODELS["linear"](),
                LOSSES["half_squared"]())  # fmt: skip
    u, v = rng.normal(size=(2, p + 1))
    plane = Plane(rng.normal(size=p + 1), u, 2 * u if seed % 3 == 0 else v)
    residual = Risk(risk.data, risk.model, LOSSES["huber"](1e9))  # the same, without the shortcut
    agree(evaluate_plane(risk, plane, A, UNEVEN).values,
          definition(residual, plane, A, UNEVEN), rtol=1e-9, atol=1e-12)  # fmt: skip


@pytest.mark.parametrize(
    "model", ["sine", "exponential", "neuron", "deep_linear", "network", "residual_network"]
)
def test_models_that_bend_are_their_definition(model, monkeypatch):
    monkeypatch.setattr("lossviz.landscapes.engines.points.MOST", 7)
    model = MODELS[model]()
    risk = Risk(data_for("regression"), model, LOSSES["absolute"](), PENALTIES["l2"](0.1))
    rng = np.random.default_rng(2)
    plane = Plane(*rng.normal(0, 0.3, (3, risk.layout.size)))
    agree(evaluate_plane(risk, plane, A[::2], B).values, definition(risk, plane, A[::2], B))


def test_an_overflowing_surface_is_infinite_and_never_nan():
    risk = Risk(Data([[900.0], [1.0]], [1.0, 2.0]), MODELS["exponential"](), LOSSES["squared"]())
    values = evaluate_plane(risk, axes(2), [-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0]).values
    assert np.isposinf(values[2]).all()  # also at a = 0, where 0 times infinity is no number
    assert np.isfinite(values[:2]).all()


@dataclass(frozen=True)
class Slanted:
    """f(x, y) = x + 100 y: says which axis is which."""

    layout = Layout((Block("x", ()), Block("y", ())))

    def value(self, theta):
        return theta[..., 0] + 100 * theta[..., 1]


def test_rows_are_b_and_columns_are_a():
    land = evaluate_plane(Slanted(), axes(2), [1, 2, 3], [4, 5])
    assert land.values.tolist() == [[401, 402, 403], [501, 502, 503]]


def test_an_objective_without_data_in_batches(monkeypatch):
    monkeypatch.setattr("lossviz.landscapes.engines.points.ALONE", 7)
    a, b = np.arange(11.0), np.arange(5.0)
    land = evaluate_plane(Slanted(), axes(2), a, b)
    agree(land.values, a + 100 * b[:, None])


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", ["squared", "absolute", "log_cosh"])
def test_the_terms_add_up(penalty, loss):
    data = data_for("regression", 20, 2)
    risk = Risk(data, MODELS["linear"](), LOSSES[loss](), PENALTIES[penalty]())
    plane = axes([0.5, 0, 0], 1, 2)
    terms = evaluate_terms(risk, plane, A, B)
    agree(terms.data.values, definition(Risk(data, risk.model, risk.loss), plane, A, B))
    agree(terms.total.values, definition(risk, plane, A, B))
    agree(terms.total.values, evaluate_plane(risk, plane, A, B).values)
    agree(terms.penalty.values, terms.total.values - terms.data.values, atol=1e-12)


@pytest.mark.parametrize("loss", ["squared", "huber", "log_cosh"])
@pytest.mark.parametrize("direction", [[1.0, 0.0], [0.0, 1.0], [0.3, -2.0], [0.0, 0.0]])
def test_a_profile_is_its_definition(loss, direction):
    risk = Risk(data_for("regression"), LINE, LOSSES[loss]())
    line = evaluate_line(risk, [1.0, 2.0], direction, A)
    points = np.array([1.0, 2.0]) + np.multiply.outer(A, direction)
    agree(line.values, np.array([float(risk.value(point)) for point in points]))
    assert line.t.tolist() == A.tolist()


def test_values_at_points():
    risk = Risk(data_for("regression"), LINE, LOSSES["log_cosh"]())
    points = np.random.default_rng(0).normal(size=(700, 2))
    agree(evaluate_points(risk, points), risk.value(points))


@dataclass
class Walk:
    points: np.ndarray
    values: np.ndarray


def test_a_shadow_tells_what_it_hides():
    """A point 3 above the plane z = 0 falls straight down, and its height is remembered."""
    plane = axes(3, 0, 1)
    path = project(
        Walk(np.array([[1.0, 2.0, 0.0], [4.0, -1.0, -3.0]]), np.array([7.0, 8.0])), plane
    )
    assert path.a.tolist() == pytest.approx([1, 4])
    assert path.b.tolist() == pytest.approx([2, -1])
    assert path.distance.tolist() == pytest.approx([0, 3], abs=1e-12)
    assert path.values.tolist() == [7, 8]


def test_the_published_slice_of_a_network():
    oracle = case("N05_slice")
    given_, wanted = oracle["inputs"], oracle["expected"]["surface[a][b]"]
    model = MODELS["network"](width=3, depth=1, activation="tanh")
    data = Data(given_["X"], given_["y"])

    def flat(parts):
        return np.concatenate([np.ravel(part) for part in parts])

    def normalised(raw):
        scaled = []
        for weight, part in zip(given_["weights"], raw, strict=True):
            weight, part = np.array(weight), np.array(part, float)
            if weight.ndim == 1:
                scaled.append(0 * part)
            else:
                norms = np.linalg.norm(weight, axis=1) / np.linalg.norm(part, axis=1)
                scaled.append(part * norms[:, None])
        return flat(scaled)

    plane = Plane(flat(given_["weights"]), normalised(given_["raw_d1"]),
                  normalised(given_["raw_d2"]))  # fmt: skip
    risk = Risk(data, model, LOSSES["squared"]())
    land = evaluate_plane(risk, plane, given_["grid"], given_["grid"])
    np.testing.assert_allclose(land.values.T, wanted["value"], rtol=wanted["rtol"])


def test_progress_ends_at_one_and_can_stop_the_work(monkeypatch):
    monkeypatch.setattr("lossviz.landscapes.engines.affine.PER_TASK", 200)
    monkeypatch.setattr("lossviz.landscapes.engines.affine.CACHE_ELEMENTS", 200)
    risk = Risk(data_for("regression"), LINE, LOSSES["log_cosh"]())
    heard: list[float] = []
    evaluate_plane(risk, axes(2), A, B, heard.append)
    assert len(heard) > 2
    assert heard == sorted(heard)
    assert heard[-1] == 1

    class Left(Exception):
        pass

    def leave(fraction):
        raise Left

    with pytest.raises(Left):
        evaluate_plane(risk, axes(2), A, B, leave)
    agree(evaluate_plane(risk, axes(2), A, B).values, definition(risk, axes(2), A, B))


def blas_threads():
    return [each["num_threads"] for each in blas.controller().info() if each["user_api"] == "blas"]


def test_blas_threads_come_back():
    seen = []
    with threadpool_limits(2, "blas"):
        threads.share([lambda: seen.extend(blas_threads())] * 2)
        assert set(seen) == {1}
        assert set(blas_threads()) == {2}


@pytest.mark.parametrize(
    ("a", "b", "word"),
    [
        ([], [0.0], "1 to 2,000"),
        (np.zeros(2001), [0.0], "Lower the resolution"),
        ([[0.0]], [0.0], "list"),
        ([0.0], [np.nan], "b holds one"),
        ([np.inf], [0.0], "a holds one"),
    ],
)
def test_a_grid_that_is_none_is_refused(a, b, word):
    with pytest.raises(ValueError, match=word):
        evaluate_plane(Slanted(), axes(2), a, b)


def test_a_plane_of_another_model_is_refused():
    with pytest.raises(ValueError, match="has 2 parameters; the plane lies among 3"):
        evaluate_plane(Slanted(), axes(3), A, B)
    with pytest.raises(ValueError, match="rows of 2 parameters"):
        evaluate_points(Slanted(), np.zeros((4, 3)))


@pytest.mark.parametrize("name", ["absolute", "log_cosh", "zero_one"])
def test_memory_does_not_grow_with_the_grid_times_the_rows(name):
    """30,000 rows times 900 points would be 216 MB at once."""
    loss = LOSSES[name]()
    risk = Risk(data_for(loss.task, 30_000), LINE, loss)
    grid = np.linspace(-2, 2, 30)
    tracemalloc.start()
    evaluate_plane(risk, axes(2), grid, grid)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def test_the_structure_chooses_the_engine(monkeypatch):
    """A surface that could be counted is counted, and a bowl never looks at its rows."""

    def forbidden(*args):
        raise AssertionError("the slow engine was called")

    monkeypatch.setattr("lossviz.landscapes.engines.affine.surface", forbidden)
    monkeypatch.setattr("lossviz.landscapes.engines.points.surface", forbidden)
    data = data_for("regression")
    for name in ("squared", "absolute", "huber", "quantile"):
        evaluate_plane(Risk(data, LINE, LOSSES[name]()), axes(2), A, B)
    monkeypatch.setattr("lossviz.landscapes.engines.piecewise.surface", forbidden)
    risk = Risk(data, LINE, LOSSES["squared"]())
    assert quadratic.surface(risk.quadratic, axes(2), A, B).shape == (6, 9)
    evaluate_plane(risk, axes(2), A, B)
