"""Networks against torch's numbers, and against themselves one parameter vector at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.models import MODELS
from lossviz.models.activations import ACTIVATIONS
from tests.mean_loss import MeanLoss, flat
from tests.oracles import case, check

Network, Residual = MODELS["network"], MODELS["residual_network"]
KINDS = [
    Network(width=3, depth=1, activation="gelu"),
    Network(width=2, depth=3, activation="sine"),
    Network(width=1, depth=2, activation="sigmoid"),
    Residual(width=3, blocks=1, activation="tanh", branch_scale=0.3),
    Residual(width=2, blocks=3, activation="tanh", skip=False),
    Residual(width=4, blocks=2, activation="identity"),
]


@pytest.mark.parametrize(
    ("name", "activation"), [("N01_mlp_231_tanh", "tanh"), ("N02_mlp_231_relu_ce", "relu")]
)
def test_a_small_network_has_torchs_loss_and_gradient(name, activation):
    oracle = case(name)
    given, expected = oracle["inputs"], oracle["expected"]
    model = Network(width=3, depth=1, activation=activation)
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]), activation == "relu")
    theta = np.array(given["theta"])
    check(model.predict(theta, objective.X), expected["predictions"])
    check(objective.value(theta), expected["loss"])
    check(objective.gradient(theta), expected["gradient"])
    assert np.array_equal(flat(given["weights"]), theta)
    assert [b.shape for b in objective.layout.blocks] == [(3, 2), (3,), (1, 3), (1,)]


@pytest.mark.parametrize("kind", ["residual", "plain"])
def test_a_residual_network_and_its_plain_twin_have_torchs_gradients(kind):
    oracle = case("N03_residual_3_blocks")
    given, expected = oracle["inputs"], oracle["expected"]
    model = Residual(width=3, blocks=3, activation="tanh", skip=kind == "residual")
    theta = flat(given["weights"][name] for name in given["names"])
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]))
    gradient = objective.gradient(theta)
    check(objective.value(theta), expected[f"{kind}.loss"])
    check(model.predict(theta, objective.X), expected[f"{kind}.predictions"])
    check(gradient, expected[f"{kind}.gradient"])
    layout = objective.layout
    assert layout.size == given["n_parameters"] == len(theta)
    assert [b.name for b in layout.blocks] == given["names"]
    for block, part in zip(layout.blocks, layout.split(gradient), strict=True):
        entry = expected[f"{kind}.gradient_norm_by_tensor"]
        check(np.linalg.norm(part), {**entry, "value": entry["value"][block.name]})


@pytest.mark.parametrize("kind", ["plain_tanh", "plain_sigmoid", "residual", "residual_scaled"])
def test_gradients_by_depth_are_torchs(kind):
    oracle = case("N10_depth_gradients")
    given, expected = oracle["inputs"], oracle["expected"]
    W, v, zero, eye = np.array(given["W"]), np.array([given["v"]]), np.zeros(4), np.eye(4)
    if kind.startswith("plain"):
        model = Network(width=4, depth=len(W), activation=kind.removeprefix("plain_"))
        theta, name = flat([*(part for w in W for part in (w, zero)), v, [0]]), "W{}"
    else:  # one-layer blocks, as two-layer blocks whose second layer copies
        c = 1 / len(W) if kind == "residual_scaled" else 1.0
        model = Residual(width=4, blocks=len(W), activation="tanh", branch_scale=c)
        body = [part for w in W for part in (w, zero, eye, zero)]
        theta, name = flat([eye, zero, *body, v, [0]]), "W1_{}"
    objective = MeanLoss(model, np.array(given["X"]), np.array(given["y"]))
    sizes = [
        np.linalg.norm(g)
        for g in model.hidden_gradients(theta, objective.X, objective.upstream(theta))
    ]
    check(objective.value(theta), expected[f"{kind}.loss"])
    check(sizes, expected[f"{kind}.activation_gradient_norm_by_layer"])
    check(sizes[0] / sizes[-1], expected[f"{kind}.activation_gradient_first_over_last"])
    heights = [np.linalg.norm(h) for h in model.hidden(theta, objective.X)]
    check(heights, expected[f"{kind}.activation_norm_by_layer"])
    blocks, parts = objective.layout.blocks, objective.layout.split(objective.gradient(theta))
    by_name = {b.name: np.linalg.norm(part) for b, part in zip(blocks, parts, strict=True)}
    got = [by_name[name.format(layer + 1)] for layer in range(len(W))]
    check(got, expected[f"{kind}.weight_gradient_norm_by_layer"])


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("model", KINDS, ids=repr)
def test_pullback_is_the_slope_of_predict(model, outputs):
    rng = np.random.default_rng(1)
    X, theta = rng.normal(size=(5, 2)), model.start(2, outputs, seed=4)
    theta = theta + 0.2 * rng.normal(size=theta.shape)
    shape = (5,) if outputs == 1 else (5, outputs)
    upstream = rng.normal(size=shape)
    h = 1e-6 * np.eye(len(theta))
    ends = [(model.predict(theta + s * h, X) * upstream).reshape(len(h), -1) for s in (1, -1)]
    slope = (ends[0] - ends[1]).sum(-1) / 2e-6
    assert model.predict(theta, X).shape == shape
    np.testing.assert_allclose(model.pullback(theta, X, upstream), slope, rtol=1e-6, atol=1e-8)


def test_many_upstreams_through_one_network_are_the_rows_of_its_jacobian():
    model, X = Network(3, 2, "tanh"), np.random.default_rng(0).normal(size=(4, 2))
    theta = model.start(2, seed=1)
    rows = model.pullback(theta, X, np.eye(4))
    alone = [model.pullback(theta, X, each) for each in np.eye(4)]
    np.testing.assert_allclose(rows, alone, rtol=1e-12)
    many = np.stack([theta, 2 * theta])
    shared = model.pullback(many, X, np.ones(4))
    np.testing.assert_allclose(shared[1], model.pullback(many[1], X, np.ones(4)), rtol=1e-12)


@settings(max_examples=30)
@given(
    batch=st.sampled_from([(), (1,), (3,), (2, 3)]),
    outputs=st.integers(1, 3),
    inputs=st.integers(1, 4),
    width=st.integers(1, 5),
    depth=st.integers(1, 3),
    activation=st.sampled_from(list(ACTIVATIONS)),
    residual=st.booleans(),
    seed=st.integers(0, 99),
)
def test_a_batch_is_its_members(batch, outputs, inputs, width, depth, activation, residual, seed):
    model = (Residual if residual else Network)(width, depth, activation)
    rng = np.random.default_rng(seed)
    p = model.layout(inputs, outputs).size
    theta, X = rng.normal(size=(*batch, p)), rng.normal(size=(4, inputs))
    together = model.predict(theta, X)
    upstream = rng.normal(size=together.shape)
    pulled = model.pullback(theta, X, upstream)
    assert pulled.shape == theta.shape
    for at in np.ndindex(*batch):
        np.testing.assert_allclose(
            together[at], model.predict(theta[at], X), rtol=1e-11, atol=1e-12
        )
        alone = model.pullback(theta[at], X, upstream[at])
        np.testing.assert_allclose(pulled[at], alone, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", [Network, Residual])
def test_single_precision_stays_single_and_close(kind, activation):
    model = kind(8, 3, activation)
    rng = np.random.default_rng(0)
    X, theta = rng.normal(size=(50, 2)), model.start(2, 1, seed=1)
    small, narrow = theta.astype(np.float32), X.astype(np.float32)
    exact, quick = model.predict(theta, X), model.predict(small, narrow)
    assert quick.dtype == np.float32
    np.testing.assert_allclose(quick, exact, rtol=1e-5, atol=1e-5)
    back = model.pullback(small, narrow, np.ones(50))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, model.pullback(theta, X, np.ones(50)), rtol=1e-3, atol=1e-4)


def test_the_switch_changes_nothing_but_the_skips():
    on, off = Residual(skip=True), Residual(skip=False)
    assert on.layout(2) == off.layout(2)
    assert np.array_equal(on.start(2, seed=3), off.start(2, seed=3))
    X, theta = np.ones((2, 2)), on.start(2, seed=3)
    assert not np.allclose(on.predict(theta, X), off.predict(theta, X))


def test_branches_that_start_at_zero_leave_the_stream_alone():
    model = Residual(width=4, blocks=5, branch_start="zero")
    theta, X = model.start(2, seed=0), np.random.default_rng(0).normal(size=(6, 2))
    first, *_, last = model.hidden(theta, X)
    assert np.array_equal(first, last)
    assert np.array_equal(Residual(4, 5, branch_scale=0).predict(theta, X), model.predict(theta, X))


def test_starts_keep_the_signal_and_are_the_same_for_the_same_seed():
    X = np.random.default_rng(0).normal(size=(400, 64))
    for activation in ("relu", "tanh", "gelu"):
        model = Network(width=256, depth=6, activation=activation)
        theta = model.start(64, 1, seed=2)
        assert np.array_equal(theta, model.start(64, 1, seed=2))
        assert not np.array_equal(theta, model.start(64, 1, seed=3))
        assert not theta[model.layout(64).weights == 0].any()
        size = [np.sqrt((h**2).mean()) for h in model.hidden(theta, X)]
        assert 0.3 < size[-1] / size[1] < 2, activation


def test_unscaled_deep_residual_networks_start_far_too_high_and_scaled_ones_do_not():
    X = np.random.default_rng(0).normal(size=(50, 2))

    def size(c: float) -> float:
        model = Residual(width=8, blocks=40, branch_scale=c)
        return float(np.abs(model.predict(model.start(2, seed=0), X)).mean())

    assert size(1.0) > 1000 > 10 > max(size(1 / np.sqrt(40)), size(1 / 40))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Network(width=0), "width from 1 to 512; got 0"),
        (lambda: Network(depth=10_000), "depth from 1 to 100; got 10000"),
        (lambda: Network(activation="swish"), "no activation 'swish'"),
        (lambda: Residual(blocks=0), "blocks from 1 to 100"),
        (lambda: Residual(branch_scale=-1), "branch_scale from 0 to 10"),
        (lambda: Network(512, 100).layout(2), "smaller width or fewer layers"),
        (lambda: Network().predict(np.zeros(5), np.zeros((3, 2))), "320 parameters and 17 more"),
        (lambda: Network().predict(np.zeros(320), np.zeros((3, 2))), "theta has 320"),
    ],
)
def test_refusals_are_sentences(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("model", [Network(2, 2, "tanh"), Residual(3, 2, "relu")], ids=repr)
def test_a_symmetry_of_the_model_leaves_the_function_alone(model):
    rng = np.random.default_rng(5)
    X, layout = rng.normal(size=(7, 2)), model.layout(2, 2)
    theta = model.start(2, 2, seed=0) + 0.1 * rng.normal(size=layout.size)
    before = model.predict(theta, X)
    for each in model.symmetries():
        parts = [part.copy() for part in layout.split(theta)]
        order = np.roll(np.arange(model.width), 1)
        for block, axis in each.places:
            parts[block] = parts[block].take(order, axis)
        moved = layout.join(parts)
        assert not np.array_equal(moved, theta)
        np.testing.assert_allclose(model.predict(moved, X), before, rtol=1e-12, atol=1e-13)
