"""The contract, by product: every loss, penalty and model that fit together, at random points."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data, read_csv
from lossviz.descent import descend
from lossviz.landscapes import evaluate_line
from lossviz.landscapes.planes import Plane, axes, random, through
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.models import base as models_base
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
    """A point where every prediction is inside the loss's domain and no weight is at a kink."""
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


@pytest.mark.parametrize("id", list(MODELS))
def test_models_are_affine_and_sums_of_powers_where_they_say_so(id):
    model, x = model_of(id), np.array([[-1.0], [0.5], [2.0], [3.0]])
    design, size = model.design(x), model.layout(1).size
    powers = np.vander(x[:, 0], size, increasing=True)
    assert model.powers == (design is not None and np.array_equal(design, powers))
    inputs = model.most_inputs or 3
    X = np.arange(5.0 * inputs).reshape(5, inputs) ** 2
    wanted = [np.column_stack([np.ones(5), X]), X]
    design = model.design(X)
    assert model.affine == any(design is not None and np.array_equal(design, w) for w in wanted)


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
        (lambda: LOSSES["huber"](delta=-1), "Huber needs delta above 0; got -1"),
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


@pytest.mark.parametrize("id", list(MODELS))
def test_plain_lists_and_whole_numbers_are_numbers_too(id):
    model = model_of(id)
    risk = Risk(data_for(model, "regression"), model, LOSSES["huber"](), PENALTIES["l2"]())
    for theta in (np.ones(risk.layout.size), np.full((2, risk.layout.size), 2.0)):
        for written in (theta.tolist(), theta.astype(int)):
            for name in ("value", "gradient", "hessian", "data_value", "data_gradient"):
                wanted = getattr(risk, name)(theta)
                np.testing.assert_array_equal(getattr(risk, name)(written), wanted)
            X = risk.data.X.tolist()
            np.testing.assert_array_equal(model.predict(written, X), model.predict(theta, X))
            up = np.ones(N)
            np.testing.assert_array_equal(
                model.pullback(written, X, up), model.pullback(theta, X, up)
            )
    none = np.empty((2, 0, risk.layout.size))
    assert risk.value(none).shape == (2, 0)
    assert risk.gradient(none).shape == none.shape


@pytest.mark.parametrize("id", list(MODELS))
def test_the_slopes_of_many_rows_are_those_of_each(id, monkeypatch):
    """Every row beside every other took 298 GB for a table of 200,000."""
    model = model_of(id)
    X = data_for(model, "regression").X
    theta = RNG.normal(size=(2, model.layout(X.shape[1]).size))
    at_once = model.jacobian(theta, X)
    monkeypatch.setattr(models_base, "TOGETHER", 3)
    monkeypatch.setattr(models_base, "FEW", 2)
    widest = []
    pullback = type(model).pullback
    monkeypatch.setattr(
        type(model),
        "pullback",
        lambda self, theta, X, up: widest.append(len(X)) or pullback(self, theta, X, up),
    )
    np.testing.assert_allclose(model.jacobian(theta, X), at_once, rtol=1e-12, atol=1e-14)
    assert max(widest, default=0) <= 2


@pytest.mark.parametrize("id", list(LOSSES))
def test_a_loss_reads_lists_and_single_precision(id):
    loss = LOSSES[id]()
    y = TARGETS[loss.task]
    shape = (2, N, 3) if loss.task == "multiclass" else (2, N)
    prediction = RNG.uniform(0.2, 2, shape)
    for method in (loss.value, loss.derivative, loss.second_derivative):
        np.testing.assert_array_equal(
            method(y.tolist(), prediction.tolist()), method(y, prediction)
        )
        single = method(y.astype(np.float32), prediction.astype(np.float32))
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, method(y, prediction), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("id", list(PENALTIES))
def test_a_penalty_reads_lists_and_whole_numbers(id):
    penalty, theta = PENALTIES[id](), np.array([[1.0, 0.0, -3.0], [2.0, 2.0, 0.0]])
    for written in (theta.tolist(), theta.astype(int)):
        np.testing.assert_array_equal(penalty.value(written), penalty.value(theta))
        np.testing.assert_array_equal(penalty.derivative(written), penalty.derivative(theta))
        np.testing.assert_array_equal(penalty.prox(written, 0.5), penalty.prox(theta, 0.5))


def test_some_rows_of_unnamed_classes_are_still_a_problem_of_all_classes():
    data = Data(RNG.normal(size=(12, 2)), [0, 1, 2] * 4, "multiclass")
    risk = Risk(data, MODELS["linear"](), LOSSES["softmax_cross_entropy"]())
    part = risk.on(np.flatnonzero(data.y < 2))
    assert part.layout.size == risk.layout.size == 9
    path = descend(risk, OPTIMIZERS["sgd"](), np.zeros(9), steps=12, batch_size=1, seed=0)
    assert path.steps == 12


WRONG = {
    "theta of three": lambda risk: risk.value(np.zeros(3)),
    "theta of text": lambda risk: risk.value(["a", "b"]),
    "no theta": lambda risk: risk.gradient(None),
    "X without columns": lambda risk: risk.model.predict(np.zeros(2), risk.data.X[:, 0]),
    "rows that are not there": lambda risk: risk.on([99]),
    "rows between rows": lambda risk: risk.on([0.5]),
    "no rows": lambda risk: risk.on(np.zeros(N, bool)),
    "a class for a recipe": lambda risk: Risk(risk.data, risk.model, LOSSES["huber"]),
    "a dataset for data": lambda risk: Risk(DATASETS["line"](), risk.model, risk.loss),
    "no penalty": lambda risk: Risk(risk.data, risk.model, risk.loss, None),
    "ragged rows": lambda risk: Data([[1.0], [1.0, 2.0]], [1.0, 2.0]),
    "texts": lambda risk: Data([["a"]], [1.0]),
    "complex numbers": lambda risk: Data([[1j]], [1.0]),
    "a billion classes": lambda risk: Data([[1.0]], [1e9], "multiclass"),
    "a seed that is a text": lambda risk: MODELS["network"]().start(1, 1, "a"),
    "a seed below zero": lambda risk: MODELS["sine"]().start(1, 1, -1),
    "half a step": lambda risk: descend(risk, OPTIMIZERS["gd"](), [0, 0], steps=None),
    "a tolerance that is a text": lambda risk: descend(
        risk, OPTIMIZERS["gd"](), [0, 0], tolerance="small"
    ),
    "a batch that is not there": lambda risk: descend(
        risk, OPTIMIZERS["gd"](), [0, 0], steps=2, batches=[[0], [99]]
    ),
    "a formula that is a list": lambda risk: LOSSES["formula"]([1]),
    "a switch that is an array": lambda risk: MODELS["linear"](np.array([1.0, 2.0])),
    "a count of zero waiting times": lambda risk: LOSSES["gamma_deviance"]().value(
        np.zeros(1), np.ones(1)
    ),
    "a class without a logit": lambda risk: LOSSES["softmax_mae"]().value(
        np.array([3]), np.zeros((1, 3))
    ),
    "a line through NaN": lambda risk: evaluate_line(risk, [np.nan, 0], [1, 1], [0.0]),
    "a plane through three lengths": lambda risk: through([0, 0], [1, 0, 0], [0, 1, 0]),
    "a plane through NaN": lambda risk: Plane([np.nan, 0], [1, 0], [0, 1]),
    "half a parameter": lambda risk: axes(np.zeros(3), 0.5, 1),
    "points of another space": lambda risk: axes(2).project(np.zeros(3)),
    "random around NaN": lambda risk: random([np.nan, 0], risk.layout),
    "a table of nothing": lambda risk: read_csv(None, ["x"], "y"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_what_cannot_be_is_refused_in_a_sentence(name):
    risk = Risk(data_for(model_of("line"), "regression"), model_of("line"), LOSSES["huber"]())
    with pytest.raises(ValueError, match=r"^[A-Z\d«].{20,}\.$"):
        WRONG[name](risk)
