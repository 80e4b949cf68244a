"""The contract, by product: every loss, penalty and model that fit together, at random points."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES

RNG = np.random.default_rng(7)
N = 11
TARGETS = {
    "regression": RNG.uniform(0.5, 3, N),  # positive, so that every loss has something to price
    "binary": np.arange(N) % 2,
    "multiclass": np.arange(N) % 3,
}
FAST = {"network": {"width": 3, "depth": 2}, "residual_network": {"width": 3, "blocks": 2}}


def model_of(id: str):
    return MODELS[id](**FAST.get(id, {}))


def data_for(model, task: str) -> Data:
    d = min(2, model.most_inputs or 2)
    return Data(RNG.uniform(0.2, 1.4, (N, d)), TARGETS[task], task)


def combinations() -> list:
    return [
        pytest.param(id, loss, id=f"{id}-{loss.id}")
        for id, cls in MODELS.items()
        for loss in LOSSES.values()
        if loss.task in cls.tasks
    ]


def slopes(f, theta, h=1e-6):
    """Central differences of f at theta (p,); all nudges are one batch."""
    nudges = h * np.eye(theta.size)
    return (f(theta + nudges) - f(theta - nudges)) / (2 * h)


def somewhere(risk: Risk) -> np.ndarray:
    """A point where every prediction is inside the loss's domain and no weight is at a crease."""
    rng = np.random.default_rng(3)
    for _ in range(500):
        theta = rng.normal(0.3, 0.5, risk.layout.size)
        if np.isfinite(risk.value(theta + 0.06 * np.linspace(-1, 1, 13)[:, None])).all():
            return theta
    pytest.fail(f"{risk.loss!r} of {risk.model!r} is finite nowhere")


@pytest.mark.parametrize(("model", "loss"), combinations())
def test_the_gradient_is_the_slope_of_the_value(model, loss):
    model = model_of(model)
    risk = Risk(data_for(model, loss.task), model, loss())
    theta = somewhere(risk)
    np.testing.assert_allclose(
        risk.gradient(theta), slopes(risk.value, theta), rtol=2e-5, atol=2e-7
    )


@pytest.mark.parametrize("penalty", list(PENALTIES.values()), ids=lambda p: p.id)
@pytest.mark.parametrize("model", list(MODELS))
def test_penalties_touch_weights_and_never_biases(model, penalty):
    model = model_of(model)
    data = data_for(model, "regression")
    plain, priced = (
        Risk(data, model, LOSSES["squared"](), p()) for p in (PENALTIES["none"], penalty)
    )
    theta = somewhere(priced)
    np.testing.assert_allclose(
        priced.gradient(theta), slopes(priced.value, theta), rtol=2e-5, atol=2e-7
    )
    free = priced.layout.weights == 0
    np.testing.assert_allclose(priced.gradient(theta)[free], plain.gradient(theta)[free])


@pytest.mark.parametrize(("model", "loss"), combinations())
def test_a_batch_is_many_single_calls(model, loss):
    model = model_of(model)
    risk = Risk(data_for(model, loss.task), model, loss(), PENALTIES["l2"](strength=0.3))
    theta = somewhere(risk) + 0.01 * np.arange(6).reshape(3, 2, 1)
    value, gradient = risk.value(theta), risk.gradient(theta)
    assert value.shape == (3, 2)
    assert gradient.shape == theta.shape
    for at in np.ndindex(3, 2):
        np.testing.assert_allclose(value[at], risk.value(theta[at]), rtol=1e-12)
        np.testing.assert_allclose(gradient[at], risk.gradient(theta[at]), rtol=1e-9, atol=1e-13)


def test_the_checker_catches_a_slope_that_is_wrong_by_one_part_in_two_thousand():
    class Wrong(LOSSES["squared"]):
        @property
        def pieces(self):
            return None

        def slope(self, r):
            return 2.001 * r

    risk = Risk(data_for(model_of("line"), "regression"), model_of("line"), Wrong())
    theta = somewhere(risk)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(risk.gradient(theta), slopes(risk.value, theta), rtol=2e-5)


EVERY = [
    entry
    for catalogue in (DATASETS, MODELS, LOSSES, PENALTIES, OPTIMIZERS)
    for entry in catalogue.values()
]


@pytest.mark.parametrize("entry", EVERY, ids=lambda e: f"{e.__module__}.{e.__name__}")
def test_recipes_print_compare_hash_pickle_and_speak(entry):
    recipe = entry()
    assert eval(repr(recipe), {entry.__name__: entry, "inf": np.inf}) == recipe
    assert hash(recipe) == hash(entry())
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    assert recipe.summary.endswith((".", "?"))
    assert recipe.label


def test_class_names_are_unique_because_the_cache_forgets_modules():
    names = [entry.__name__ for entry in EVERY]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: LOSSES["huber"](delta=-1), "Huber needs delta in (0, inf); got -1"),
        (lambda: LOSSES["huber"](delta="wide"), "needs delta to be a number"),
        (lambda: LOSSES["huber"](delta=float("nan")), "needs delta to be a number"),
        (lambda: MODELS["polynomial"](degree=2.5), "needs degree to be a whole number"),
        (lambda: MODELS["neuron"](activation="swish"), "knows no activation 'swish'"),
        (
            lambda: Risk(data_for(model_of("line"), "binary"), model_of("line"), LOSSES["huber"]()),
            "Huber is a regression loss; these data are for binary",
        ),
        (lambda: model_of("line").layout(3), "reads one feature; these data have 3"),
    ],
)
def test_errors_are_sentences_that_say_what_to_change(build, words):
    with pytest.raises(ValueError) as caught:
        build()
    assert words in str(caught.value)
