"""Sizes inside a network, against torch's, and one parameter vector at a time."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.networks.layer_gradients import layer_sizes
from lossviz.objectives import Risk
from tests.mean_loss import flat
from tests.oracles import case, check


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_what_vanishes_with_depth_is_torchs(activation):
    oracle = case("N10_depth_gradients")
    given, expected = oracle["inputs"], oracle["expected"]
    model = MODELS["network"](width=4, depth=20, activation=activation)
    body = [part for W in given["W"] for part in (W, np.zeros(4))]
    theta = flat([*body, given["v"], [0]])
    risk = Risk(Data(given["X"], given["y"]), model, LOSSES["squared"]())
    sizes, kind = layer_sizes(risk, theta), f"plain_{activation}"
    check(sizes.signal, expected[f"{kind}.activation_norm_by_layer"])
    check(sizes.gradient, expected[f"{kind}.activation_gradient_norm_by_layer"])
    weights = [sizes.tensors[f"W{layer + 1}"] for layer in range(20)]
    check(weights, expected[f"{kind}.weight_gradient_norm_by_layer"])


def test_many_points_at_once_are_the_points_one_by_one():
    model = MODELS["residual_network"](width=3, blocks=2, branch_scale=0.5)
    X = np.random.default_rng(0).normal(size=(6, 2))
    risk = Risk(Data(X, [0, 1, 2, 0, 1, 2], "multiclass"), model, LOSSES["softmax_cross_entropy"]())
    theta = np.stack([model.start(2, 3, seed) for seed in range(4)])
    together, alone = layer_sizes(risk, theta), layer_sizes(risk, theta[2])
    assert together.signal.shape == together.gradient.shape == (4, 3)
    np.testing.assert_allclose(together.gradient[2], alone.gradient, rtol=1e-12)
    np.testing.assert_allclose(together.tensors["W1_2"][2], alone.tensors["W1_2"], rtol=1e-12)
    squares = sum(size**2 for size in together.tensors.values())
    np.testing.assert_allclose(np.sqrt(squares), np.linalg.norm(risk.gradient(theta), axis=-1))


def test_a_model_without_layers_says_so():
    risk = Risk(Data([[1.0]], [1.0]), MODELS["line"](), LOSSES["squared"]())
    with pytest.raises(ValueError, match="Line has no layers to look into"):
        layer_sizes(risk, np.zeros(2))
