"""Directions against the authors' code, scikit-learn's PCA and torch's spectra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature.eigenpairs import hessian_vector, top_eigenpairs, top_eigenvalues
from lossviz.landscapes.planes import hessian, normalized, principal, random
from lossviz.models import MODELS, Block, Layout
from lossviz.text import number
from tests.mean_loss import MeanLoss, flat
from tests.oracles import case, check, columns

Network, Residual = MODELS["network"], MODELS["residual_network"]
MLP231 = Network(3, 1, "tanh").layout(2)


@pytest.mark.parametrize("rule", ["filter", "layer", "weight", "dfilter", "dlayer"])
@pytest.mark.parametrize(("biases", "name"), [("zero", "biasbn"), ("copy", "no_ignore")])
def test_directions_are_scaled_as_the_authors_scale_them(rule, biases, name):
    oracle = case("N04_filter_normalisation_dense")
    given, entry = oracle["inputs"], oracle["expected"][f"{rule}.{name}"]
    got = normalized(flat(given["raw_direction"]), flat(given["weights"]), MLP231, rule, biases)
    check(got, {**entry, "value": flat(entry["value"])})


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    inputs=st.integers(1, 5),
    width=st.integers(2, 7),
    outputs=st.integers(1, 3),
)
def test_every_filter_of_a_random_direction_is_as_long_as_the_weights(seed, inputs, width, outputs):
    model = Network(width, 2, "relu")
    layout = model.layout(inputs, outputs)
    center = model.start(inputs, outputs, seed) + layout.weights - 1  # biases of -1
    plane = random(center, layout, seed)
    here = layout.split(center)
    for direction in (plane.u, plane.v):
        for block, d, w in zip(layout.blocks, layout.split(direction), here, strict=True):
            if block.weight:
                sizes = [np.linalg.norm(part, axis=-1) for part in (d, w)]
                np.testing.assert_allclose(*sizes, rtol=1e-6)
            else:
                assert not d.any()
    again, other = random(center, layout, seed), random(center, layout, seed + 1)
    assert np.array_equal(plane.u, again.u)
    assert not np.allclose(plane.u, other.u)
    assert np.array_equal(plane.point(0, 0), center)


def test_a_convolution_filter_is_the_first_index():
    layout = Layout((Block("conv", (2, 3, 3, 3)), Block("scale", (), weight=True)))
    rng = np.random.default_rng(0)
    center, raw = rng.normal(size=55), rng.normal(size=(4, 55))
    scaled, w = layout.split(normalized(raw, center, layout)), layout.split(center)
    norms = np.linalg.norm(scaled[0].reshape(4, 2, 27), axis=-1)
    np.testing.assert_allclose(norms, np.tile(np.linalg.norm(w[0].reshape(2, 27), axis=1), (4, 1)))
    np.testing.assert_allclose(np.abs(scaled[1]), np.full(4, np.abs(w[1])), rtol=1e-8)


def test_the_raw_directions_are_the_same_whatever_the_scale():
    center = Network(3, 1).start(2, seed=1)
    raw, filtered = (random(center, MLP231, 7, rule) for rule in ("raw", "filter"))
    np.testing.assert_allclose(normalized(raw.v, center, MLP231), filtered.v, rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: random(np.zeros(13), MLP231), "weights at the center are zero"),
        (lambda: random(np.ones(2), MODELS["line"]().layout(1)), "there is one weight"),
        (lambda: random(np.ones(12), MLP231), "has 13 parameters; theta has 12"),
        (lambda: random(np.ones(13), MLP231, normalize="filters"), "one of filter, layer"),
        (lambda: principal(np.ones((4, 3))), "never moves"),
        (lambda: principal(np.ones(3)), "at least two finite points"),
        (lambda: principal([[0, 1], [np.inf, 1]]), "at least two finite points"),
        (lambda: principal(np.eye(3), subtract="median"), "'mean' or 'origin'; got 'median'"),
        (lambda: principal(np.eye(3), origin=np.zeros(2)), "as many parameters as the path, 3"),
    ],
)
def test_refusals_are_sentences(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_slice_along_filter_normalised_directions_is_torchs():
    oracle = case("N05_slice")
    given, expected = oracle["inputs"], oracle["expected"]
    theta = flat(given["weights"])
    raw = np.stack([flat(given["raw_d1"]), flat(given["raw_d2"])])
    u, v = normalized(raw, theta, MLP231)
    objective = MeanLoss(Network(3, 1, "tanh"), np.array(given["X"]), np.array(given["y"]))
    a, b = np.meshgrid(given["grid"], given["grid"], indexing="ij")
    grid = theta + a[..., None] * u + b[..., None] * v
    check(objective.value(grid), expected["surface[a][b]"])
    cosine = u @ v / np.linalg.norm(u) / np.linalg.norm(v)
    check(cosine, expected["cosine_of_the_two_directions"])
    shadow = hessian_vector(objective, theta, np.stack([u, v])) @ np.stack([u, v]).T
    check(shadow, {**expected["projected_hessian"], "rtol": 1e-6})
    ends = [top_eigenvalues(objective, theta, 1, which)[0] for which in ("smallest", "largest")]
    check(ends, {**expected["full_hessian_extreme_eigenvalues"], "rtol": 1e-6})


def signed(rows):
    """Rows with their largest entry positive, as principal directions are given."""
    rows = np.asarray(rows, float)
    return rows * np.sign(np.take_along_axis(rows, np.abs(rows).argmax(-1)[:, None], -1))


@pytest.mark.parametrize("version", ["with_final_row", "without_final_row"])
def test_principal_directions_of_a_path_are_scikit_learns(version):
    expected = case("N07_pca_trajectory")["expected"]
    path = columns("tables/N07_pca_trajectory_trajectory.csv", *(f"theta{i}" for i in range(13)))
    rows = path if version == "with_final_row" else path[:-1]
    plane = principal(rows, origin=path[-1])
    check(plane.explained[:5], expected[f"{version}.explained_variance_ratio"])
    components = expected[f"{version}.components"]["value"]
    np.testing.assert_allclose([plane.u, plane.v], signed(components), rtol=1e-5, atol=1e-7)
    flips = (np.asarray(components) / signed(components))[:, 0]
    coordinates = np.asarray(expected[f"{version}.coordinates"]["value"]) * flips
    got = plane.project(path if version == "with_final_row" else path[: len(coordinates)])
    np.testing.assert_allclose(got, coordinates, rtol=1e-5, atol=1e-6)
    uncentred = principal(rows, origin=path[-1], subtract="origin").explained
    check(uncentred[:5], expected[f"{version}.uncentred_ratio"])
    if version == "with_final_row":
        assert plane.names[0] == "principal direction 1 (82.0%)"
        assert np.array_equal(plane.origin, path[-1])


def test_a_random_walk_looks_like_learning():
    oracle = case("N08_random_walk_pca")
    steps = np.random.default_rng(0).normal(size=(oracle["inputs"]["T"], 20_000))
    shares = principal(np.cumsum(steps, axis=0)).explained
    expected = oracle["expected"]["explained_variance_ratio"]["value"]
    np.testing.assert_allclose(shares[:6], expected, rtol=0.03)


def test_a_straight_path_gets_a_second_direction_that_explains_nothing():
    along = np.array([3.0, 0.0, 4.0]) / 5
    plane = principal(np.linspace(0, 1, 5)[:, None] * along)
    np.testing.assert_allclose(plane.u, along, atol=1e-15)
    assert plane.explained[0] == 1.0
    assert plane.explained[1] == 0.0
    assert abs(plane.u @ plane.v) < 1e-15
    assert np.linalg.norm(plane.v) == pytest.approx(1)
    assert principal([[0.0, 0.0], [1.0, 1.0]]).names[1] == "principal direction 2 (0.0%)"


@pytest.mark.parametrize(
    ("name", "activation"), [("N01_mlp_231_tanh", "tanh"), ("N02_mlp_231_relu_ce", "relu")]
)
def test_curvature_is_torchs(name, activation):
    oracle = case(name)
    given, expected = oracle["inputs"], oracle["expected"]
    model = Network(3, 1, activation)
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]), activation == "relu")
    theta = np.array(given["theta"])
    top = expected["hessian_eigenvalues"]["value"]
    got = top_eigenvalues(objective, theta, 13, "smallest")
    np.testing.assert_allclose(got, top, rtol=1e-6, atol=1e-8)
    product = expected["hessian_vector_product"]
    hv = hessian_vector(objective, theta, product["value"]["v"])
    np.testing.assert_allclose(hv, product["value"]["Hv"], rtol=1e-7, atol=1e-8)
    plane = hessian(objective, theta)
    vector = np.array(expected["hessian_top_eigenvector"]["value"])
    np.testing.assert_allclose(plane.u, signed([vector])[0], rtol=1e-5, atol=1e-7)
    assert plane.names[0] == f"top curvature ({number(top[-1], 3)})"
    assert np.linalg.norm([plane.u, plane.v], axis=1) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["residual", "plain"])
def test_lanczos_finds_torchs_ends_of_a_residual_networks_spectrum(kind):
    oracle = case("N03_residual_3_blocks")
    given, expected = oracle["inputs"], oracle["expected"]
    theta = flat(given["weights"][name] for name in given["names"])
    model = Residual(3, 3, "tanh", skip=kind == "residual")
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]))
    for which, entry, k in (("largest", "hessian_top5", 5), ("smallest", "hessian_lowest3", 3)):
        values, vectors = top_eigenpairs(objective, theta, k, which)
        check(values, {**expected[f"{kind}.{entry}"], "rtol": 1e-6})
        turned = hessian_vector(objective, theta, vectors)
        np.testing.assert_allclose(turned, values[:, None] * vectors, atol=1e-5)


class Bowl:
    """x' H x / 2 with a stated H, and nowhere else to hide."""

    def __init__(self, H):
        self.H = H

    def gradient(self, theta):
        return theta @ self.H


@settings(max_examples=20)
@given(seed=st.integers(0, 999), p=st.sampled_from([2, 5, 64, 65, 90]))
def test_both_ends_of_a_known_spectrum(seed, p):
    rng = np.random.default_rng(seed)
    spectrum = np.sort(rng.normal(size=p) * 10)
    turn = np.linalg.qr(rng.normal(size=(p, p)))[0]
    bowl, here = Bowl(turn * spectrum @ turn.T), rng.normal(size=p)
    np.testing.assert_allclose(
        top_eigenvalues(bowl, here, 2), spectrum[:-3:-1], rtol=1e-6, atol=1e-6
    )
    lowest = top_eigenvalues(bowl, here, 1, "smallest")
    np.testing.assert_allclose(lowest, spectrum[:1], rtol=1e-6, atol=1e-6)


def test_a_spectrum_asked_for_in_vain_says_why():
    with pytest.raises(ValueError, match="1 to 3 eigenvalues"):
        top_eigenvalues(Bowl(np.eye(3)), np.zeros(3), 4)
    with pytest.raises(ValueError, match="not finite"):
        top_eigenvalues(Bowl(np.full((3, 3), np.nan)), np.ones(3))
