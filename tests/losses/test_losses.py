"""Every loss against the oracles, against its own differences, and against the facts it states."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_tweedie_deviance

from lossviz.losses import LOSSES, Loss, Pieces
from lossviz.losses.regression import SquaredError
from tests.oracles import case, check, table

SPECIAL = {
    "barron_general": [{"alpha": a} for a in (2, 1.5, 1, 0.5, 0, -0.5, -2, -np.inf)],
    "tweedie_deviance": [{"power": p} for p in (1, 1.3, 2, 3)],
    "focal": [{"gamma": 0.5}, {"gamma": 0, "alpha": 0.5}, {"gamma": 2, "alpha": 0.25}],
    "softmax_focal": [{"gamma": 0.5}, {"gamma": 0}],
    "symmetric_cross_entropy": [{"alpha": 5, "beta": 1}, {"alpha": 0}],
    "softmax_symmetric_cross_entropy": [{"alpha": 5, "beta": 1}, {"alpha": 0}],
}


def settings_of(cls: type[Loss]) -> list[Loss]:
    """The default, both ends of every slider together, and the special ones."""
    ends = [
        {f.name: f.metadata[end] for f in cls.hyperparameters() if end in f.metadata}
        for end in ("low", "high")
    ]
    found = [cls(**kwargs) for kwargs in ({}, *ends, *SPECIAL.get(cls.id, []))]
    return list(dict.fromkeys(found))


EVERY = [loss for cls in LOSSES.values() for loss in settings_of(cls)]
each_loss = pytest.mark.parametrize("loss", EVERY, ids=repr)


def parameters(text: str) -> dict[str, float]:
    pairs = (pair.split("=") for pair in re.split("[;,]", text) if pair)
    return {name: float(value) for name, value in pairs}


def sample(loss: Loss, n: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Targets and predictions of the right kind for the loss, on both sides of every bend."""
    rng = np.random.default_rng(seed)
    if loss.task == "multiclass":
        return rng.integers(0, 4, n), 3 * rng.normal(size=(n, 4))
    if loss.task == "binary":
        return rng.integers(0, 2, n).astype(float), 3 * rng.normal(size=n)
    if loss.targets != "(-inf, inf)":
        return rng.uniform(0.2, 9, n), rng.uniform(0.2, 9, n)
    return rng.normal(size=n), 4 * rng.normal(size=n)


# The oracles


@pytest.mark.parametrize(
    ("name", "at", "answers"),
    [
        ("T01_regression_losses", "yhat", ("value", "d_dyhat", "d2_dyhat2")),
        ("T02_positive_targets", "yhat", ("value", "d_dyhat")),
        ("T03_binary_losses", "z", ("value", "d_dz", "d2_dz2")),
    ],
)
def test_tables(name, at, answers):
    for row in table(f"tables/{name}.csv"):
        loss = LOSSES[row["loss"]](**parameters(row["params"]))
        y, prediction = np.array([float(row["y"])]), np.array([float(row[at])])
        for method, answer in zip(
            (loss.value, loss.derivative, loss.second_derivative), answers, strict=False
        ):
            np.testing.assert_allclose(
                method(y, prediction), float(row[answer]), rtol=1e-9, atol=1e-12, err_msg=str(row)
            )


NAMES = {
    "gce": "generalised_cross_entropy",
    "sce": "symmetric_cross_entropy",
    "poly": "poly1",
}


def multiclass(text: str) -> Loss:
    name, _, rest = text.partition(";")
    return LOSSES["softmax_" + NAMES.get(name, name)](**parameters(rest))


def test_multiclass_table():
    expected = case("T04_multiclass_losses")["expected"]
    for row in expected["table"]["value"]:
        loss, y, logits = multiclass(row["loss"]), np.array([row["k"]]), np.array([row["logits"]])
        np.testing.assert_allclose(loss.value(y, logits), [row["value"]], rtol=1e-9)
        np.testing.assert_allclose(loss.derivative(y, logits), [row["grad"]], rtol=1e-9)
    for row in expected["sum_over_classes"]["value"]:
        k = len(row["logits"])
        loss_curves = multiclass(row["loss"]).value(np.arange(k), np.tile(row["logits"], (k, 1)))
        np.testing.assert_allclose(loss_curves.sum(), row["value"], rtol=1e-9)


def test_kinks():
    kinks = case("T01_regression_losses")["expected"]["kinks"]["value"]
    for name, kink in kinks.items():
        id, _, rest = name.partition("(")
        loss, zero = LOSSES[id](**parameters(rest.rstrip(")"))), np.zeros(1)
        at, near = np.array([kink["at_residual"]], float), 1e-9
        check(loss.derivative(zero, at - near), {"value": kink["left"], "rtol": 0, "atol": 1e-8})
        check(loss.derivative(zero, at + near), {"value": kink["right"], "rtol": 0, "atol": 1e-8})
        middle = (kink["left"] + kink["right"]) / 2
        check(loss.derivative(zero, at), {"value": middle, "rtol": 1e-12, "atol": 1e-12})


def test_log_cosh_keeps_its_digits_next_to_zero_and_far_out():
    loss, y = LOSSES["log_cosh"](), np.zeros(4)
    r = np.array([1e-9, -1e-6, 30.0, -1e300])
    wanted = [0.5e-18, 0.5e-12, 30 - np.log(2), 1e300]
    np.testing.assert_allclose(loss.value(y, r), wanted, rtol=1e-12)


@pytest.mark.parametrize("id", [id for id, cls in LOSSES.items() if cls.task == "regression"])
def test_misses_as_large_as_data_may_hold_are_priced_without_a_warning(id):
    loss = LOSSES[id]()
    y, far = np.ones(2), np.array([1e100, 1e120])
    for method in (loss.value, loss.derivative, loss.second_derivative):
        assert np.isfinite(method(y, far)).all()


def test_margin_kinks_take_the_midpoint_and_zero_one_has_no_slope():
    one, zero = np.ones(1), np.zeros(1)
    assert LOSSES["hinge"]().derivative(one, one) == -0.5
    assert LOSSES["hinge"]().derivative(zero, -one) == 0.5
    assert LOSSES["perceptron"]().derivative(one, zero) == -0.5
    assert LOSSES["zero_one"]().derivative(one, zero) == 0
    assert LOSSES["zero_one"]().value(one, zero) == 1


def test_minimisers_under_label_noise():
    for row in case("Z02_noise_theory")["expected"]["population_minimisers"]["value"]:
        id, _, rest = row["loss"].partition(";")
        loss, eta, p = LOSSES[NAMES.get(id, id)](**parameters(rest)), row["eta"], row["p"]
        logit = np.array([np.log(p / (1 - p)) if p < 1 else 40.0])
        one, zero = np.ones(1), np.zeros(1)
        risk = (1 - eta) * loss.value(one, logit) + eta * loss.value(zero, logit)
        slope = (1 - eta) * loss.derivative(one, logit) + eta * loss.derivative(zero, logit)
        np.testing.assert_allclose(risk, row["risk"], rtol=1e-8)
        np.testing.assert_allclose(slope, 0, atol=1e-9)


@pytest.mark.parametrize("power", [1, 1.0000001, 1.4, 1.9999999, 2, 2.5, 3])
def test_tweedie_is_scikit_learns(power):
    y, prediction = sample(LOSSES["tweedie_deviance"]())
    loss = LOSSES["tweedie_deviance"](power=power)
    singly = [
        mean_tweedie_deviance([a], [b], power=power) for a, b in zip(y, prediction, strict=True)
    ]
    close = 1e-6 if 0 < abs(power - round(power)) < 1e-3 else 1e-11  # theirs cancels there
    np.testing.assert_allclose(loss.value(y, prediction), singly, rtol=close, atol=close)


@pytest.mark.parametrize(("id", "rho"), [("poisson_deviance", 4.0), ("poisson_nll", 2.0)])
def test_a_count_of_zero_costs_the_prediction(id, rho):
    loss, zero, two = LOSSES[id](), np.zeros(1), np.full(1, 2.0)
    assert loss.value(zero, two) == rho
    assert loss.derivative(zero, two) == rho / 2
    tweedie = LOSSES["tweedie_deviance"](power=1)
    np.testing.assert_allclose(tweedie.value(zero, two), 4.0)
    assert tweedie.targets == loss.targets == "[0, inf)"
    assert LOSSES["tweedie_deviance"](power=2).targets == "(0, inf)"


def test_outside_its_domain_a_positive_loss_is_a_wall():
    loss, y = LOSSES["poisson_deviance"](), np.array([1.0, 1.0, 1.0])
    prediction = np.array([-2.0, 0.0, 2.0])
    assert np.isinf(loss.value(y, prediction)).tolist() == [True, True, False]
    assert np.isnan(loss.derivative(y, prediction)).tolist() == [True, True, False]
    assert np.isnan(loss.second_derivative(y, prediction)).tolist() == [True, True, False]


# Slopes


def assert_slope(value, slope, prediction, step=1e-5):
    """``slope`` (...) is the central difference of ``value`` (...) in each prediction."""
    difference = (value(prediction + step) - value(prediction - step)) / (2 * step)
    scale = 1 + np.abs(value(prediction))
    assert (
        np.abs(slope(prediction) - difference) <= 1e-6 * np.abs(difference) + 1e-9 * scale
    ).all()


def along(loss: Loss, y, direction):
    """Value, slope and curvature as functions of the prediction, along ``direction`` in logits."""
    if loss.task != "multiclass":
        return (
            lambda z: loss.value(y, z),
            lambda z: loss.derivative(y, z),
            lambda z: loss.second_derivative(y, z),
        )
    return (
        lambda t: loss.value(y, t[..., None] * direction),
        lambda t: loss.derivative(y, t[..., None] * direction) @ direction,
        lambda t: loss.second_derivative(y, t[..., None] * direction) @ direction @ direction,
    )


@each_loss
@pytest.mark.parametrize("seed", range(2))
def test_derivatives_are_slopes(loss, seed):
    y, prediction = sample(loss, seed=seed)
    direction = np.random.default_rng(seed).normal(size=4)
    where = prediction[:, 0] if loss.task == "multiclass" else prediction
    value, slope, curvature = along(loss, y, direction)
    assert_slope(value, slope, where)
    assert_slope(slope, curvature, where)


@pytest.mark.parametrize("id", [id for id in LOSSES if id.startswith("softmax")])
def test_multiclass_derivative_and_hessian_entry_by_entry(id):
    loss, step = LOSSES[id](), 1e-5
    y, logits = sample(loss, n=6)
    for j, nudge in enumerate(step * np.eye(4)):
        slope = (loss.value(y, logits + nudge) - loss.value(y, logits - nudge)) / (2 * step)
        np.testing.assert_allclose(loss.derivative(y, logits)[:, j], slope, atol=1e-9)
        bend = (loss.derivative(y, logits + nudge) - loss.derivative(y, logits - nudge)) / (
            2 * step
        )
        np.testing.assert_allclose(loss.second_derivative(y, logits)[:, :, j], bend, atol=1e-8)


def test_the_checker_catches_a_slope_wrong_by_one_in_two_thousand():
    class Wrong(SquaredError):
        def slope(self, r):
            return 2.001 * r

    loss = Wrong()
    y, prediction = sample(loss)
    value, slope, _ = along(loss, y, None)
    with pytest.raises(AssertionError):
        assert_slope(value, slope, prediction)


# Shapes, sizes and types


@each_loss
def test_a_batch_is_many_single_calls(loss):
    y, prediction = sample(loss, n=7)
    batch = prediction * np.linspace(0.5, 1.5, 6).reshape((2, 3) + (1,) * prediction.ndim)
    for method in (loss.value, loss.derivative, loss.second_derivative):
        got = method(y, batch)
        singly = [[method(y, one) for one in row] for row in batch]
        assert got.shape[:3] == (2, 3, 7)
        np.testing.assert_array_almost_equal_nulp(got, np.array(singly), nulp=4)


@pytest.mark.parametrize("loss", [loss for loss in EVERY if "formula" not in loss.id], ids=repr)
def test_single_precision_stays_single(loss):
    y, prediction = (part.astype(np.float32) for part in sample(loss))
    for method in (loss.value, loss.derivative, loss.second_derivative):
        got = method(y, prediction)
        assert got.dtype == np.float32
        exact = method(y.astype(float), prediction.astype(float))
        np.testing.assert_allclose(got, exact, rtol=2e-4, atol=2e-4 * (1 + np.abs(exact).max()))


@each_loss
def test_whole_numbers_are_numbers(loss):
    y, prediction = (np.round(part).astype(int) + 1 for part in sample(loss))
    if loss.task != "regression":
        y = y - 1
    for method in (loss.value, loss.derivative, loss.second_derivative):
        np.testing.assert_array_equal(
            method(y, prediction), method(y.astype(float), prediction.astype(float))
        )


@each_loss
def test_safe_far_out(loss):
    far = np.array([-1e4, -800.0, -40.0, 0.0, 40.0, 800.0, 1e4])
    targets = {"multiclass": (0, 1, 2), "binary": (0.0, 1.0), "regression": (0.5, 2.0)}
    for y in targets[loss.task]:
        prediction = far
        if loss.task == "multiclass":
            prediction = np.stack(np.meshgrid(far, far, far), axis=-1).reshape(-1, 3)
        y = np.full(len(prediction), y)
        value = loss.value(y, prediction)
        inside = value < np.inf
        assert not np.isnan(value).any()
        assert inside.all() or getattr(loss, "wall", -np.inf) > -np.inf
        assert np.isfinite(loss.derivative(y, prediction)[inside]).all()
        assert np.isfinite(loss.second_derivative(y, prediction)[inside]).all()


# Pieces


def from_pieces(pieces: Pieces, u: np.ndarray) -> np.ndarray:
    at = np.searchsorted(pieces.knots, u, side="left")  # a knot belongs to the piece on its left
    a, b, c = (np.array(part)[at] for part in pieces[1:])
    return (a * u + b) * u + c


PIECEWISE = {
    "squared",
    "half_squared",
    "gaussian_nll",
    "absolute",
    "huber",
    "smooth_l1",
    "quantile",
    "epsilon_insensitive",
    "squared_epsilon_insensitive",
    "constant",
    "hinge",
    "squared_hinge",
    "modified_huber",
    "perceptron",
    "zero_one",
}


@each_loss
def test_pieces_are_the_price(loss):
    if loss.id not in PIECEWISE:
        assert loss.pieces is None
        return
    pieces = loss.pieces
    knots = np.array(pieces.knots)
    assert (np.diff(knots) > 0).all()
    assert not loss.curvature(knots).any()
    assert len(pieces.a) == len(pieces.b) == len(pieces.c) == len(knots) + 1
    u = np.concatenate([np.linspace(-8, 8, 3201), knots])
    np.testing.assert_allclose(loss.rho(u), from_pieces(pieces, u), rtol=1e-12, atol=1e-12)


# Facts


def lines(loss: Loss, wide: bool):
    """Value and slope along lines through the predictions, with the points t to visit on each.

    Narrow lines stay where people look, wide ones go far beyond, towards every end of the domain.
    """
    far = 8.0 if wide else 2.0
    both = np.concatenate([-np.logspace(far, -3, 200), np.logspace(-3, far, 200)])
    if loss.task == "multiclass":
        rng = np.random.default_rng(3)
        for y in range(3):
            for direction in rng.normal(size=(6, 3)):
                yield *along(loss, np.array(y), direction / np.abs(direction).max())[:2], both
    elif loss.task == "binary":
        for y in (0.0, 1.0):
            yield *along(loss, y, None)[:2], both
    elif loss.targets == "(-inf, inf)":
        yield *along(loss, 0.0, None)[:2], both
    else:
        wall = getattr(loss, "wall", 0.0)
        t = wall + np.logspace(-9 if wide else -1, far, 400)
        for y in (1e-6, 2.0, 1e6) if wide else (0.5, 2.0):
            yield *along(loss, y, None)[:2], t


def looks_convex(loss: Loss) -> bool:
    for value, _, t in lines(loss, wide=False):
        f = value(np.arange(max(-30, t.min()), 30, 0.01))
        bend = f[:-2] - 2 * f[1:-1] + f[2:]
        if (bend < -1e-11 * (1 + np.abs(f[1:-1]))).any():
            return False
    return True


def jump(function, low: float, high: float) -> float:
    """The largest relative change of ``function`` within some 1e-11, found by zooming in."""
    for steps in (6000, 1000, 1000, 1000):
        t = np.linspace(low, high, steps + 1)
        f = function(t)
        change = np.abs(np.diff(f)) / (1 + np.abs(f[1:]))
        at = change.argmax()
        low, high = t[at], t[at + 1]
    return change.max()


def looks_smooth(loss: Loss) -> bool:
    return all(
        jump(function, max(-31, t.min()), 30) < 1e-4
        for value, slope, t in lines(loss, wide=False)
        for function in (value, slope)
    )


def looks_bounded(loss: Loss, which: int) -> bool:
    """Whether value (0) or slope (1) stays as large, far out, as it is where people look."""
    near, out = (
        max(np.abs(line[which](line[2])).max() for line in lines(loss, wide))
        for wide in (False, True)
    )
    return bool(out <= 1.5 * near + 1e-9)


ON_A_MARGIN = {
    "hinge",
    "squared_hinge",
    "modified_huber",
    "perceptron",
    "exponential",
    "zero_one",
    "formula_binary",
}


def looks_proper(loss: Loss) -> bool:
    if loss.task == "binary":
        z = np.linspace(-8, 8, 3201)
        truths = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]])
        share = 1 / (1 + np.exp(-np.stack([-z, z], axis=-1)))
        loss_curves = np.stack([loss.value(np.full_like(z, y), z) for y in (0, 1)], axis=-1)
    else:
        axis = np.linspace(-4, 4, 161)
        z = np.stack([*np.meshgrid(axis, axis), np.zeros((161, 161))], axis=-1).reshape(-1, 3)
        truths = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
        share = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        loss_curves = np.stack([loss.value(np.full(len(z), y), z) for y in range(3)], axis=-1)
    best = share[(loss_curves @ truths.T).argmin(0)]
    return bool(np.abs(best - truths).max() < 0.01)


def looks_canonical(loss: Loss) -> bool:
    """Whether the derivative in the logit is a positive multiple of probability - label."""
    if loss.task != "binary":
        return False
    z = np.linspace(-5, 5, 40)
    ratios = [loss.derivative(np.full(40, y), z) / (1 / (1 + np.exp(-z)) - y) for y in (0, 1)]
    return bool(ratios[0][0] > 0 and np.allclose(ratios, ratios[0][0], rtol=1e-9))


def looks_flat(loss: Loss) -> bool:
    """Whether the derivative is 0 wherever there is one."""
    z = np.linspace(0.05, 5, 40)  # where every loss has a value
    if loss.task == "multiclass":
        z = np.stack([z, -z, 0 * z], axis=-1)
    y = np.ones(40) if loss.task == "regression" else np.arange(40) % 2
    return not loss.derivative(y, z).any()


@each_loss
def test_the_facts_are_true(loss):
    seen = {
        "convex": looks_convex(loss),
        "smooth": looks_smooth(loss),
        "bounded": looks_bounded(loss, 0),
        "robust": looks_bounded(loss, 1),
    }
    assert {fact: getattr(loss, fact) for fact in seen} == seen
    if loss.task == "regression" or loss.id in ON_A_MARGIN:
        assert loss.proper is None
    else:
        assert loss.proper == looks_proper(loss)


@pytest.mark.parametrize("id", LOSSES)
def test_what_menus_ask_of_a_loss_is_true_at_its_defaults(id):
    loss = LOSSES[id]()
    assert (loss.canonical, loss.flat) == (looks_canonical(loss), looks_flat(loss))


# Members of families


@given(
    r=st.floats(-100, 100),
    alpha=st.floats(-30, 10),
    c=st.floats(0.1, 5),
)
@settings(max_examples=80)
def test_barron_is_even_grows_and_rises_with_alpha(r, alpha, c):
    loss, r = LOSSES["barron_general"](alpha=alpha, c=c), np.array([r])
    assert loss.rho(r) == loss.rho(-r) >= 0
    more, rounding = LOSSES["barron_general"](alpha=min(alpha + 1e-3, 10), c=c), 1 + 1e-12
    assert loss.rho(r) <= loss.rho(1.01 * r) * rounding + 1e-300
    assert loss.rho(r) <= more.rho(r) * rounding + 1e-300


@pytest.mark.parametrize("alpha", [2.0, 1.0, 0.0, -2.0])
def test_barron_is_continuous_in_alpha(alpha):
    r = np.linspace(-20, 20, 41)
    exact = LOSSES["barron_general"](alpha=alpha, c=0.7)
    for nearby in (alpha - 1e-9, alpha + 1e-9, alpha - 1e-13, alpha + 1e-17):
        loss = LOSSES["barron_general"](alpha=nearby, c=0.7)
        for one, other in ((loss.rho, exact.rho), (loss.slope, exact.slope)):
            np.testing.assert_allclose(one(r), other(r), rtol=1e-6)
        np.testing.assert_allclose(loss.curvature(r), exact.curvature(r), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("alpha", "id"),
    [
        (1, "charbonnier"),
        (0, "cauchy"),
        (-2, "geman_mcclure"),
        (-np.inf, "welsch"),
        (-1e9, "welsch"),
    ],
)
def test_members_of_barrons_family(alpha, id):
    r = np.linspace(-6, 6, 49)
    family, member = LOSSES["barron_general"](alpha=alpha, c=1.3), LOSSES[id](c=1.3)
    for one, other in (
        (family.rho, member.rho),
        (family.slope, member.slope),
        (family.curvature, member.curvature),
    ):
        np.testing.assert_allclose(one(r), other(r), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("id", "binary", "factor"),
    [
        ("softmax_cross_entropy", "cross_entropy", 1),
        ("softmax_mae", "mae_prob", 2),
        ("softmax_brier", "mse_sigmoid", 2),
        ("softmax_focal", "focal", 1),
        ("softmax_generalised_cross_entropy", "generalised_cross_entropy", 1),
        ("softmax_symmetric_cross_entropy", "symmetric_cross_entropy", 1),
        ("softmax_label_smoothing", "label_smoothing", 1),
        ("softmax_poly1", "poly1", 1),
    ],
)
def test_two_classes_are_the_binary_loss(id, binary, factor):
    y, z = sample(LOSSES[binary]())
    logits = np.stack([np.zeros_like(z), z], axis=-1)
    np.testing.assert_allclose(
        LOSSES[id]().value(y, logits), factor * LOSSES[binary]().value(y, z), rtol=1e-12
    )


@given(shift=st.floats(-1e3, 1e3))
@settings(max_examples=20)
@pytest.mark.parametrize("id", [id for id in LOSSES if id.startswith("softmax")])
def test_only_differences_of_logits_count(id, shift):
    loss = LOSSES[id]()
    y, logits = sample(loss)
    np.testing.assert_allclose(loss.value(y, logits + shift), loss.value(y, logits), atol=1e-9)
    np.testing.assert_allclose(loss.derivative(y, logits).sum(-1), 0, atol=1e-12)


def test_the_constant_is_a_hyperparameter_and_a_method():
    loss = LOSSES["constant"](value=3)
    assert loss.value == 3
    assert repr(loss) == "ConstantLoss(value=3.0)"
    np.testing.assert_array_equal(loss.value(np.zeros(2), np.ones((4, 2))), np.full((4, 2), 3.0))
    assert not loss.derivative(np.zeros(2), np.ones(2)).any()


# Recipes


@each_loss
def test_recipes_travel(loss):
    copy = pickle.loads(pickle.dumps(loss))
    assert copy == loss
    assert hash(copy) == hash(loss)
    assert eval(repr(loss), {type(loss).__name__: type(loss), "inf": np.inf}) == loss
    y, prediction = sample(loss)
    np.testing.assert_array_equal(copy.value(y, prediction), loss.value(y, prediction))


@pytest.mark.parametrize("id", LOSSES)
def test_words(id):
    loss = LOSSES[id]()
    assert loss.id == id
    assert re.fullmatch(r"[A-Z].{20,98}\.", loss.summary)
    assert loss.label[0].isupper()
    assert loss.reference
    assert loss.formula.count("{") == loss.formula.count("}")


def test_names_are_unique_and_labels_too_within_a_task():
    assert len({cls.__name__ for cls in LOSSES.values()}) == len(LOSSES)
    assert len({(cls.task, cls.label) for cls in LOSSES.values()}) == len(LOSSES)


@pytest.mark.parametrize(
    ("id", "wrong"),
    [
        ("huber", {"delta": 0}),
        ("quantile", {"tau": 1}),
        ("barron_general", {"c": -1}),
        ("generalised_cross_entropy", {"q": 0}),
        ("tweedie_deviance", {"power": 0.5}),
    ],
)
def test_a_hyperparameter_outside_its_domain_is_refused(id, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LOSSES[id](**wrong)
