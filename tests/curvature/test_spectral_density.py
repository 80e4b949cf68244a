"""The whole spectrum of a Hessian, exact and estimated, against torch's and against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature.eigenpairs import hessian_vector, top_eigenvalues
from lossviz.curvature.spectral_density import Spectrum, bars, bins, full, quadrature
from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.models.activations import ACTIVATIONS
from lossviz.networks.training import train
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from tests.mean_loss import MeanLoss, flat
from tests.oracles import case, check

SHAPES = [
    MODELS["network"](width=4, depth=2),
    MODELS["residual_network"](width=3, blocks=2, branch_scale=0.5),
    MODELS["residual_network"](width=3, blocks=2, skip=False),
]
ANSWERS = {
    "squared": ("regression", np.linspace(-1, 2, 7)),
    "cross_entropy": ("binary", np.arange(7) % 2 * 1.0),
    "softmax_cross_entropy": ("multiclass", np.arange(7) % 3 * 1.0),
}


def risk_of(model, activation, loss, penalty="none"):
    task, y = ANSWERS[loss]
    X = np.random.default_rng(0).normal(size=(7, 3))
    made = type(model)(**{**vars(model), "activation": activation})
    return Risk(Data(X, y, task=task), made, LOSSES[loss](), PENALTIES[penalty]())


@pytest.mark.parametrize("penalty", ["none", "l2", "elastic_net", "group_l2"])
@pytest.mark.parametrize("loss", ANSWERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("model", SHAPES, ids=repr)
def test_hessian_times_vector_is_the_turn_of_the_gradient(model, activation, loss, penalty):
    risk = risk_of(model, activation, loss, penalty)
    rng = np.random.default_rng(1)
    here = risk.model.start(3, risk.data.outputs, 1) + 0.1 * rng.normal(size=risk.layout.size)
    v = rng.normal(size=(2, 3, len(here)))
    wanted = (risk.gradient(here + 1e-6 * v) - risk.gradient(here - 1e-6 * v)) / 2e-6
    got = risk.hessian_vector(here, v)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-7 * np.abs(wanted).max())
    np.testing.assert_allclose(got[1, 2], risk.hessian_vector(here, v[1, 2]), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_penalties_turn_as_their_matrix_says(penalty):
    rng = np.random.default_rng(5)
    theta, v = rng.normal(size=6), rng.normal(size=(4, 6))
    theta[:2] = 0  # a group of zero length
    each = PENALTIES[penalty]().grouped((2, 3, 1))
    np.testing.assert_allclose(each.turn(theta, v), v @ each.hessian(theta), atol=1e-12)


def test_other_models_turn_by_their_own_matrix():
    data = DATASETS["diabetes_pair"]().draw()
    risk = Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES["l2"](strength=0.3))
    here, v = np.ones(3), np.array([[1.0, 0, 0], [0, 2.0, -1]])
    np.testing.assert_allclose(risk.hessian_vector(here, v), v @ risk.hessian(here), rtol=1e-12)


def trained(blocks=20):
    """A deep rectified network: within any step of differences lies a kink."""
    model = MODELS["residual_network"](width=4, blocks=blocks, branch_scale=0.3)
    risk = Risk(DATASETS["moons"](n=60).draw(), model, LOSSES["cross_entropy"]())
    return risk, train(risk, OPTIMIZERS["adam"](lr=0.01), model.start(2, 1, 0), 60).theta


def test_kinks_do_not_disturb_the_curvature_of_a_rectified_network():
    risk, here = trained()
    rng = np.random.default_rng(0)
    v, w = rng.normal(size=(2, len(here)))
    Hv, Hw, both = hessian_vector(risk, here, np.stack([v, w, v + w]))
    np.testing.assert_allclose(Hv + Hw, both, rtol=1e-9, atol=1e-12)
    assert v @ Hw == pytest.approx(w @ Hv, rel=1e-9)


@pytest.mark.parametrize("name", ["N01_mlp_231_tanh", "N02_mlp_231_relu_ce"])
def test_every_eigenvalue_is_torchs(name):
    oracle = case(name)
    given_, expected = oracle["inputs"], oracle["expected"]
    relu = "relu" in name
    model = MODELS["network"](width=3, depth=1, activation="relu" if relu else "tanh")
    y = np.array(given_["y"])
    mean_loss = MeanLoss(model, np.array(given_["X"]), y, relu)
    task, loss = ("binary", "cross_entropy") if relu else ("regression", "squared")
    risk = Risk(Data(np.array(given_["X"]), y, task=task), model, LOSSES[loss]())
    here = np.array(given_["theta"])
    for objective in (mean_loss, risk):
        found = full(objective, here)
        wanted = expected["hessian_eigenvalues"]["value"]
        np.testing.assert_allclose(found.values[0], wanted, rtol=1e-6, atol=1e-8)
        assert found.exact
        assert found.size == 13


@pytest.mark.parametrize("kind", ["residual", "plain"])
def test_the_ends_of_a_residual_networks_spectrum_are_torchs(kind):
    oracle = case("N03_residual_3_blocks")
    given_, expected = oracle["inputs"], oracle["expected"]
    theta = flat(given_["weights"][name] for name in given_["names"])
    model = MODELS["residual_network"](
        width=3, blocks=3, activation="tanh", skip=kind == "residual"
    )
    data = Data(np.array(given_["X"]), np.array(given_["y"]))
    found = full(Risk(data, model, LOSSES["squared"]()), theta)
    check(found.values[0][:-6:-1], {**expected[f"{kind}.hessian_top5"], "rtol": 1e-6})
    check(found.values[0][:3], {**expected[f"{kind}.hessian_lowest3"], "rtol": 1e-6})


def test_the_exact_spectrum_has_the_trace_of_the_matrix_of_differences():
    risk = risk_of(SHAPES[1], "tanh", "cross_entropy")
    here = risk.model.start(3, 1, 2)
    unit = 1e-5 * np.eye(len(here))
    H = (risk.gradient(here + unit) - risk.gradient(here - unit)) / 2e-5
    values = np.linalg.eigvalsh((H + H.T) / 2)
    np.testing.assert_allclose(full(risk, here).values[0], values, rtol=1e-5, atol=1e-8)


def test_the_estimate_has_the_moments_of_its_vectors_and_counts_like_the_whole():
    risk, here = trained(5)
    p = len(here)
    guess, whole = quadrature(risk, here, 60, 40, seed=3), full(risk, here)
    starts = np.random.default_rng(3).normal(size=(40, p))
    starts /= np.linalg.norm(starts, axis=1, keepdims=True)
    turned = risk.hessian_vector(here, starts)
    for power, moment in ((0, np.ones(40)), (1, (starts * turned).sum(1)), (2, (turned**2).sum(1))):
        got = (guess.counts * guess.values**power).sum(1)
        np.testing.assert_allclose(got, p * moment, rtol=1e-8, atol=1e-10)
    assert guess.largest == pytest.approx(whole.largest, rel=1e-6)
    assert guess.smallest == pytest.approx(whole.smallest, rel=1e-3)
    assert guess.smallest >= whole.smallest - 1e-9
    assert guess.largest == pytest.approx(top_eigenvalues(risk, here)[0], rel=1e-6)
    assert guess.size == whole.size == p
    near = bins([whole]).near
    for ends in ((-np.inf, -near), (-near, near), (near, np.inf)):
        said, true = guess.between(*ends), whole.between(*ends)
        assert true.error == 0
        assert abs(said.number - true.number) <= 4 * max(said.error, 1.0)


class Diagonal:
    """x' diag(values) x / 2."""

    def __init__(self, values):
        self.values = np.asarray(values, float)

    def gradient(self, theta):
        return theta * self.values


@settings(max_examples=25)
@given(
    values=st.lists(st.floats(-100, 100).filter(lambda v: v == 0 or abs(v) > 1e-6),
                    min_size=2, max_size=12)
)  # fmt: skip
def test_every_eigenvalue_falls_into_one_bar(values):
    found = full(Diagonal(values), np.zeros(len(values)))
    if not np.any(values):
        with pytest.raises(ValueError, match="flat here in every direction"):
            bins([found])
        return
    where = bins([found])
    heights = bars(found, where)
    assert heights.sum() == len(values)
    middle = int(np.flatnonzero(where.edges[1:] > 0)[0])
    assert where.edges[middle] == -where.near
    assert where.edges[middle + 1] == where.near
    assert heights[middle] == found.between(-where.near, where.near).number
    assert (np.diff(where.edges) > 0).all()


def test_a_start_that_exhausts_its_space_still_counts_them_all():
    found = quadrature(Diagonal([5.0] * 3 + [0.0] * 70), np.zeros(73), steps=20, vectors=3)
    np.testing.assert_allclose(found.counts.sum(1), 73)
    assert found.largest == pytest.approx(5)
    assert found.smallest == pytest.approx(0, abs=1e-8)


def test_refusals_are_sentences():
    with pytest.raises(ValueError, match="at least 2 steps and 1 vector; got steps=1"):
        quadrature(Diagonal([1.0, 2.0]), np.zeros(2), steps=1)
    with pytest.raises(ValueError, match="not finite here"):
        full(Diagonal([np.nan, 2.0]), np.ones(2))


def test_top_eigenvalues_of_a_rectified_network_are_those_of_its_matrix():
    risk, here = trained(8)
    assert top_eigenvalues(risk, here)[0] == pytest.approx(full(risk, here).largest, rel=1e-7)


def test_vectors_that_agree_by_chance_still_leave_the_doubt_of_few_vectors():
    """k eigenvalues counted by one random vector have variance 2 k, by two of them k."""
    values, counts = np.tile([1.0, 4.0], (2, 1)), np.tile([8.0, 2.0], (2, 1))
    found = Spectrum(values, counts, 4.0, 1.0, exact=False).between(0, 2)
    assert found == pytest.approx((8.0, np.sqrt(2 * 8) / np.sqrt(2)))
