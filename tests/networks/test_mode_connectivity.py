"""Copies of one function, and the ways between minima."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature.eigenpairs import top_eigenvalues
from lossviz.landscapes.planes import normalized
from lossviz.models import MODELS
from lossviz.networks.mode_connectivity import (
    Bezier,
    barrier,
    connect,
    frame,
    interpolate,
    overlook,
)
from lossviz.networks.symmetries import align, rescale
from tests.mean_loss import MeanLoss, flat
from tests.oracles import case, check

Network, Residual = MODELS["network"], MODELS["residual_network"]


def two_minima():
    oracle = case("N09_interpolation")
    given = oracle["inputs"]
    model = Network(4, 1, "tanh")
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]), True, decay=0.01)
    ends = {name: np.array(given[name]) for name in ("theta_A", "theta_B", "theta_A_permuted")}
    return objective, ends, given, oracle["expected"]


@pytest.mark.parametrize(("to", "name"), [("theta_B", "B"), ("theta_A_permuted", "permuted_A")])
def test_the_line_between_two_minima_has_torchs_barrier(to, name):
    objective, ends, given, expected = two_minima()
    line = interpolate(ends["theta_A"], ends[to], given["alphas"])
    check(objective.value(line), expected[f"A_to_{name}.objective"])
    t = np.linspace(0, 1, 1001)
    height, at = barrier(t, objective.value(interpolate(ends["theta_A"], ends[to], t)))
    check(height, expected[f"A_to_{name}.barrier"])
    check(at, expected[f"A_to_{name}.barrier_at"])


def test_aligned_units_have_no_barrier():
    objective, ends, *_ = two_minima()
    A, copy = ends["theta_A"], ends["theta_A_permuted"]
    assert np.linalg.norm(A - copy) > 1
    np.testing.assert_allclose(align(A, copy, objective.model, objective.layout), A, rtol=1e-14)
    B = align(A, ends["theta_B"], objective.model, objective.layout)
    assert objective.value(B) == pytest.approx(objective.value(ends["theta_B"]), rel=1e-12)
    t = np.linspace(0, 1, 101)
    before, after = (
        barrier(t, objective.value(interpolate(A, end, t)))[0] for end in (ends["theta_B"], B)
    )
    assert after < before


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    width=st.integers(1, 5),
    depth=st.integers(1, 3),
    outputs=st.integers(1, 3),
    activation=st.sampled_from(["tanh", "relu", "gelu", "identity"]),
    kind=st.sampled_from(["plain", "skip", "no skip"]),
)
def test_aligning_keeps_the_function_and_comes_no_less_close(
    seed, width, depth, outputs, activation, kind
):
    if kind == "plain":
        model = Network(width, depth, activation)
    else:
        model = Residual(width, depth, activation, skip=kind == "skip")
    layout, rng = model.layout(2, outputs), np.random.default_rng(seed)
    first, second = rng.normal(size=(2, layout.size))
    X = rng.normal(size=(6, 2))
    moved = align(first, second, model, layout)
    np.testing.assert_allclose(
        model.predict(moved, X), model.predict(second, X), rtol=1e-9, atol=1e-9
    )
    assert np.linalg.norm(moved - first) <= np.linalg.norm(second - first) + 1e-12
    np.testing.assert_allclose(align(first, first, model, layout), first)


@pytest.mark.parametrize("model", [Residual(6, 2, "tanh"), Network(6, 1, "relu")], ids=repr)
def test_shuffled_units_are_found_again(model):
    layout, rng = model.layout(3), np.random.default_rng(2)
    theta = rng.normal(size=layout.size)
    parts = [part.copy() for part in layout.split(theta)]
    for group in model.symmetries():
        order = rng.permutation(model.width)
        for block, axis in group.places:
            parts[block] = parts[block].take(order, axis)
    np.testing.assert_allclose(align(theta, layout.join(parts), model, layout), theta, rtol=1e-12)


def test_rescaled_units_are_the_same_function_and_a_sharper_place():
    oracle = case("N06_relu_rescaling")
    given, expected = oracle["inputs"], oracle["expected"]
    model = Network(3, 1, "relu")
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]))
    layout, theta = objective.layout, flat(given["weights"])
    raw, t = flat(given["raw_direction"]), np.array(given["t"])[:, None]
    for name, factor in (
        ("original", 1.0),
        ("one_alpha", given["alpha"]),
        ("alpha_per_neuron", given["alphas_per_neuron"]),
    ):
        moved = rescale(theta, model, layout, 0, factor)
        check(objective.value(moved), expected[f"{name}.loss"])
        top = top_eigenvalues(objective, moved)
        check(top, {**expected[f"{name}.hessian_top"], "rtol": 1e-6})
        for rule, entry in (("raw", "raw_slice"), ("filter", "filter_normalised_slice")):
            d = normalized(raw, moved, layout, rule)
            check(objective.value(moved + t * d), expected[f"{name}.{entry}"])


@settings(max_examples=30)
@given(
    seed=st.integers(0, 999),
    layer=st.integers(0, 2),
    factor=st.floats(0.05, 20),
    residual=st.booleans(),
)
def test_one_factor_per_layer_changes_no_prediction_and_no_filter_normalised_plane(
    seed, layer, factor, residual
):
    model = Residual(4, 2, "relu") if residual else Network(4, 3, "relu")
    layout, rng = model.layout(2), np.random.default_rng(seed)
    theta, d = rng.normal(size=(2, layout.size)) * (0.5 + 0.5 * layout.weights)
    X = rng.normal(size=(5, 2))
    moved = rescale(theta, model, layout, layer, factor)
    before, after = (at + 0.7 * normalized(d, at, layout) for at in (theta, moved))
    for one, other in ((theta, moved), (before, after)):
        np.testing.assert_allclose(
            model.predict(one, X), model.predict(other, X), rtol=1e-6, atol=1e-7
        )
    per_unit = rescale(np.stack([theta, d]), model, layout, layer, rng.uniform(0.1, 3, 4))
    np.testing.assert_allclose(
        model.predict(per_unit[1], X), model.predict(d, X), rtol=1e-9, atol=1e-10
    )


@pytest.mark.parametrize("to", ["theta_B", "theta_A_permuted"])
def test_a_curve_goes_round_the_barrier(to):
    objective, ends, *_ = two_minima()
    A, B, t = ends["theta_A"], ends[to], np.linspace(0, 1, 201)
    curve = connect(objective, A, B, steps=100, seed=0)
    points = curve.point(t)
    np.testing.assert_allclose(points[[0, -1]], [A, B])
    np.testing.assert_allclose(points[100], (A + 2 * curve.control + B) / 4)
    over, _ = barrier(t, objective.value(interpolate(A, B, t)))
    around, _ = barrier(t, objective.value(points))
    assert around < over / 2
    assert np.array_equal(curve.control, connect(objective, A, B, steps=100, seed=0).control)


@settings(max_examples=30)
@given(seed=st.integers(0, 999), p=st.integers(3, 30), margin=st.floats(0.01, 1))
def test_the_plane_of_a_curve_holds_all_of_it_undistorted(seed, p, margin):
    first, control, second = np.random.default_rng(seed).normal(size=(3, p))
    curve = Bezier(first, control, second)
    plane = overlook(curve)
    points = curve.point(np.linspace(0, 1, 21))
    assert plane.distance(points).max() < 1e-9
    seen = plane.project(points)
    np.testing.assert_allclose(seen[0], 0, atol=1e-9)
    np.testing.assert_allclose(seen[-1], [np.linalg.norm(second - first), 0], atol=1e-9)
    apart = np.linalg.norm(points[3] - points[17])
    assert np.linalg.norm(seen[3] - seen[17]) == pytest.approx(apart)
    control = plane.project(curve.control)
    (left, right), (low, high) = frame(curve, plane, margin)
    for a, b in (*seen, control):
        assert left < a < right
        assert low < b < high


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda m, lay: overlook(Bezier(np.zeros(3), np.ones(3), 2 * np.ones(3))), "on one line"),
        (lambda m, lay: rescale(np.ones(17), m, lay, 0, 2.0), "Choose relu or identity"),
        (lambda m, lay: rescale(np.ones(17), m, lay, 1, 2.0), "1 groups of units, numbered 0 to 0"),
        (lambda m, lay: rescale(np.ones(17), m, lay, 0, -2.0), "factors above zero; got -2.0"),
        (lambda m, lay: connect(None, np.ones(3), np.ones(4)), r"got \(3,\) and \(4,\)"),
        (lambda m, lay: connect(None, np.ones(3), np.full(3, np.nan)), "two finite points"),
        (lambda m, lay: barrier([0, 2], [1, 1]), "times from 0 to 1"),
    ],
)
def test_refusals_are_sentences(make, words):
    model = Network(4, 1, "tanh")
    with pytest.raises(ValueError, match=words):
        make(model, model.layout(2))
