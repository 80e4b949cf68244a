"""Years, timestamps, parts per billion, copied columns: the same answers as in kind units."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.optimize import minimize as scipy_minimize

from lossviz.datasets import DATASETS, Data
from lossviz.findings.landscapes import burden, folds
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.window import good_window
from lossviz.losses import LOSSES
from lossviz.minima import certificate, minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES

RNG = np.random.default_rng(11)
BASE = RNG.normal(size=(16, 2))
TARGET = BASE @ [1.5, -0.7] + 0.4 + RNG.standard_t(2, size=16)
LABELS = (BASE @ [1.0, 1.0] + RNG.normal(size=16) > 0).astype(int)

# per loss: its hyperparameters for targets c times as large, and how its value grows then
SCALED = {
    "squared": (lambda c: {}, 2),
    "half_squared": (lambda c: {}, 2),
    "absolute": (lambda c: {}, 1),
    "quantile": (lambda c: {"tau": 0.3}, 1),
    "huber": (lambda c: {"delta": 0.5 * c}, 2),
    "smooth_l1": (lambda c: {"beta": 0.5 * c}, 1),
    "pseudo_huber": (lambda c: {"delta": 0.5 * c}, 2),
    "epsilon_insensitive": (lambda c: {"eps": 0.3 * c}, 1),
    "squared_epsilon_insensitive": (lambda c: {"eps": 0.3 * c}, 2),
    "charbonnier": (lambda c: {"c": 0.5 * c}, 0),
}
BINARY = ["cross_entropy", "hinge", "squared_hinge", "label_smoothing", "exponential", "perceptron"]
PENALISED = ["none", "l1", "l2", "elastic_net", "group_l2"]


def penalty(kind, strength_1, strength_2):
    """A penalty whose kinks and cones cost strength_1, whose squares cost strength_2."""
    if kind == "none":
        return PENALTIES["none"]()
    if kind == "elastic_net":
        total = strength_1 + strength_2
        return PENALTIES[kind](strength=total, l1_ratio=strength_1 / total)
    return PENALTIES[kind](strength=strength_2 if kind == "l2" else strength_1)


def regression(loss, kind, c=1.0, s=1.0, o=0.0):
    settings, power = SCALED[loss]
    v = c**power
    costs = penalty(kind, 0.05 * v * s / c, 0.05 * v * (s / c) ** 2)
    data = Data(s * BASE + o, c * TARGET)
    return Risk(data, MODELS["linear"](), LOSSES[loss](**settings(c)), costs), v


def moved(theta, c=1.0, s=1.0, o=0.0):
    weights = theta[..., 1:] * c / s
    return np.concatenate([theta[..., :1] * c - o * weights.sum(-1, keepdims=True), weights], -1)


@pytest.mark.parametrize(("c", "s", "o"), [(1e9, 1e-9, 0.0), (1e-9, 1e9, 0.0), (3.0, 1.0, 1e7),
                                           (1e-3, 1e3, 1e6)])  # fmt: skip
@pytest.mark.parametrize("kind", PENALISED)
@pytest.mark.parametrize("loss", SCALED)
def test_units_change_a_regression_only_as_the_mathematics_says(loss, kind, c, s, o):
    if kind == "elastic_net":  # 1 - l1_ratio has no digits for more
        s = c * float(np.clip(s / c, 1e-3, 1e3))
    plain, _ = regression(loss, kind)
    ugly, v = regression(loss, kind, c, s, o)
    want, got = minimize(plain), minimize(ugly)
    # what rounding x to sixteen digits loses at this offset, in spreads of a column
    lost = 1e-9 + 1e-15 * abs(o) / s
    assert got.kind == want.kind
    assert got.exact
    assert want.exact
    assert got.value == pytest.approx(v * want.value, rel=lost)
    assert ugly.value(got.theta) == pytest.approx(got.value, rel=1e2 * lost)
    if want.kind == "point":
        weights = moved(want.theta, c, s)[1:]
        np.testing.assert_allclose(got.theta[1:], weights, atol=1e2 * lost * c / s, rtol=0)


@pytest.mark.parametrize(("s", "o"), [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e7), (1e3, 1e6)])
@pytest.mark.parametrize("kind", PENALISED)
@pytest.mark.parametrize("loss", BINARY)
def test_units_change_a_classifier_only_as_the_mathematics_says(loss, kind, s, o):
    if kind == "elastic_net":
        s = float(np.clip(s, 1e-3, 1e3))
    costs = penalty(kind, 0.02, 0.02), penalty(kind, 0.02 * s, 0.02 * s * s)
    want, got = (
        minimize(Risk(Data(X, LABELS, "binary"), MODELS["linear"](), LOSSES[loss](), cost))
        for X, cost in zip((BASE, s * BASE + o), costs, strict=True)
    )
    assert (got.kind, got.exact) == (want.kind, want.exact)
    assert got.value == pytest.approx(want.value, rel=1e-9 + 1e-15 * o / s, abs=1e-12)


@pytest.mark.parametrize("loss", ["squared", "huber", "pseudo_huber", "absolute"])
@pytest.mark.parametrize(("c", "s", "o"), [(1e6, 1e-6, 0.0), (1e-6, 1e6, 0.0), (2.0, 1.0, 1e4)])
def test_units_change_a_surface_and_its_derivatives_only_as_the_mathematics_says(loss, c, s, o):
    plain, _ = regression(loss, "l2")
    ugly, v = regression(loss, "l2", c, s, o)
    theta = np.array([[0.3, 1.2, -0.5], [0.1, 0.4, 0.9]])
    there = moved(theta, c, s, o)
    lost = 1e-9 + 1e-14 * o / s
    np.testing.assert_allclose(ugly.value(there), v * plain.value(theta), rtol=lost)
    back = moved(np.eye(3), c, s, o).T  # theta there = back @ theta
    slope = ugly.gradient(there) @ back
    np.testing.assert_allclose(slope, v * plain.gradient(theta), rtol=lost, atol=lost * v)
    bend = back.T @ ugly.hessian(there) @ back
    np.testing.assert_allclose(bend, v * plain.hessian(theta), rtol=lost, atol=1e2 * lost * v)
    a, b = np.linspace(-1, 1, 5), np.linspace(-2, 2, 4)
    planes = Plane(theta[0], np.eye(3)[0], np.eye(3)[1]), Plane(there[0], *back.T[:2])
    surfaces = [
        evaluate_plane(r, at, a, b).values for r, at in zip((plain, ugly), planes, strict=True)
    ]
    np.testing.assert_allclose(surfaces[1], v * surfaces[0], rtol=lost)


def exact_mean_square(risk, theta):
    """The mean square in exact arithmetic."""
    rows = risk.model.design(risk.data.X)
    total = Fraction(0)
    for row, y in zip(rows, risk.data.y, strict=True):
        miss = sum(Fraction(float(a)) * Fraction(float(t)) for a, t in zip(row, theta, strict=True))
        total += (miss - Fraction(float(y))) ** 2
    return float(total / len(rows))


YEARS = Data(2000.0 + np.arange(21)[:, None], np.sin(np.arange(21) / 3))
INTO_POWERS = [
    Risk(YEARS, MODELS["polynomial"](degree=3), LOSSES["squared"]()),
    Risk(DATASETS["engel"]().draw(), MODELS["polynomial"](degree=6), LOSSES["squared"]()),
    Risk(DATASETS["anscombe"]().draw(), MODELS["polynomial"](degree=9), LOSSES["squared"]()),
    Risk(
        Data(RNG.normal(size=(30, 2)) * [1e7, 1e-7], RNG.normal(size=30)),
        MODELS["linear"](), LOSSES["squared"](),
    ),
    Risk(
        Data(1.7e9 + np.arange(20.0)[:, None], np.arange(20.0) ** 2),
        MODELS["line"](), LOSSES["squared"](),
    ),
]  # fmt: skip


@pytest.mark.parametrize("risk", INTO_POWERS)
def test_the_surface_is_the_mean_of_the_losses_at_the_minimum_and_around_it(risk):
    best = minimize(risk)
    moves = [0 * best.theta, 0.1 * best.theta, RNG.normal(size=len(best.theta)) * best.theta]
    for move in moves:
        at = best.theta + move
        assert risk.value(at) == pytest.approx(exact_mean_square(risk, at), rel=1e-6)
    assert risk.value(best.theta) == pytest.approx(best.value, rel=1e-6)


def test_powers_of_years_reach_the_least_squares_of_centred_powers():
    i = np.arange(21.0)
    for degree in (2, 3, 4):
        got = minimize(Risk(YEARS, MODELS["polynomial"](degree=degree), LOSSES["squared"]()))
        z = np.polynomial.legendre.legvander((i - 10) / 10, degree)
        miss = np.sin(i / 3) - z @ np.linalg.lstsq(z, np.sin(i / 3))[0]
        assert got.kind == "point"
        assert got.value == pytest.approx((miss**2).mean(), rel=1e-6)


@pytest.mark.parametrize("degree", [5, 6, 8, 12])
def test_exact_is_said_only_of_what_rounded_parameters_reach(degree):
    risk = Risk(YEARS, MODELS["polynomial"](degree=degree), LOSSES["squared"]())
    got = minimize(risk)
    there = exact_mean_square(risk, got.theta)
    assert not got.exact or abs(there - got.value) < 1e-5
    assert "exact arithmetic" in got.message


@pytest.mark.parametrize("offset", [0, 500, 2000, 10**7])
def test_quasi_separable_integers_run_off_at_any_offset(offset):
    x = np.array([0.0, 1, 3, 0, 0, 0])
    risk = Risk(Data(offset + x[:, None], [1, 0, 0, 0, 1, 0], "binary"), MODELS["line"](),
                LOSSES["cross_entropy"]())  # fmt: skip
    got = minimize(risk)
    assert got.kind == "infinity"
    assert got.value == pytest.approx(4 / 6 * np.log(2), rel=1e-9)


def test_random_integer_classes_have_one_kind_at_every_offset():
    rng = np.random.default_rng(2)
    for _ in range(12):
        x, y = rng.integers(0, 5, 7).astype(float), rng.integers(0, 2, 7)
        found = [
            minimize(
                Risk(Data(x[:, None] + o, y, "binary"), MODELS["line"](), LOSSES["cross_entropy"]())
            )
            for o in (0.0, 2000.0, 1e7)
        ]
        assert len({each.kind for each in found}) == 1
        np.testing.assert_allclose([each.value for each in found], found[0].value, atol=1e-9)


@pytest.mark.parametrize(
    "loss", ["cross_entropy", "exponential", "hinge", "pseudo_huber", "log_cosh", "huber"]
)
@pytest.mark.parametrize(
    "cost", [PENALTIES["l1"](0.02), PENALTIES["elastic_net"](0.02, 1.0), PENALTIES["l2"](0.02)]
)
@pytest.mark.parametrize("extra", [0.0, 5.0, 1e7, 1e-9])
def test_a_priced_column_that_says_nothing_does_no_harm(loss, cost, extra):
    binary = LOSSES[loss].task == "binary"
    y, task = (LABELS, "binary") if binary else (TARGET, "regression")
    alone = minimize(Risk(Data(BASE, y, task), MODELS["linear"](), LOSSES[loss](), cost))
    beside = np.column_stack([BASE, np.full(16, extra)])
    got = minimize(Risk(Data(beside, y, task), MODELS["linear"](), LOSSES[loss](), cost))
    assert (got.kind, got.exact) == (alone.kind, alone.exact)
    assert got.value == pytest.approx(alone.value, rel=1e-9)
    assert got.theta[-1] == 0


@pytest.mark.parametrize(
    "loss", ["hinge", "cross_entropy", "squared_hinge", "huber", "absolute", "squared"]
)
@pytest.mark.parametrize("unit", [1e-9, 1e-12])
@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_a_feature_in_a_tiny_unit_is_left_out(loss, unit, kind):
    binary = LOSSES[loss].task == "binary"
    y, task = (LABELS, "binary") if binary else (TARGET, "regression")
    tiny = np.column_stack([BASE[:, 0], unit * BASE[:, 1]])
    cost = PENALTIES[kind](0.05)
    alone = minimize(Risk(Data(BASE[:, :1], y, task), MODELS["linear"](), LOSSES[loss](), cost))
    got = minimize(Risk(Data(tiny, y, task), MODELS["linear"](), LOSSES[loss](), cost))
    assert got.exact
    assert got.value == pytest.approx(alone.value, rel=1e-9)


@pytest.mark.parametrize("offset", [0.0, 1e5, 1.7e9])
def test_absolute_errors_under_l1_agree_with_a_linear_programme(offset):
    rng = np.random.default_rng(3)
    X, y = rng.integers(-9, 9, (12, 2)).astype(float), rng.normal(size=12)
    got = minimize(
        Risk(Data(X + offset, y), MODELS["linear"](), LOSSES["absolute"](), PENALTIES["l1"](0.1))
    )
    # variables: intercept, w+, w-, misses above and below
    c = np.concatenate([[0], np.full(4, 0.1), np.full(24, 1 / 12)])
    A = np.column_stack([np.ones(12), X, -X, np.eye(12), -np.eye(12)])
    bounds = [(None, None)] + [(0, None)] * 28
    want = linprog(c, A_eq=A, b_eq=y, bounds=bounds, method="highs")
    assert got.value == pytest.approx(want.fun, rel=1e-7)
    assert got.exact


@pytest.mark.parametrize("loss", ["tukey_biweight", "cauchy", "welsch", "geman_mcclure",
                                  "pseudo_huber", "log_cosh", "absolute", "squared"])  # fmt: skip
def test_an_exact_line_over_timestamps_is_found(loss):
    i = np.arange(12.0)
    risk = Risk(Data(1.7e12 + i[:, None], 3 + 2 * i), MODELS["line"](), LOSSES[loss]())
    got = minimize(risk)
    assert got.value == 0
    assert "zero to rounding" in got.message
    np.testing.assert_allclose(risk.model.predict(got.theta, risk.data.X), risk.data.y, atol=1e-3)


def test_robust_losses_under_a_group_penalty_are_searched_from_many_starts():
    data = DATASETS["stackloss"](standardise=False).draw()
    risk = Risk(data, MODELS["linear"](), LOSSES["cauchy"](), PENALTIES["group_l2"](0.1))
    got = minimize(risk)
    assert got.kind == "local"
    assert got.value <= 1.0209
    assert got.value == pytest.approx(risk.value(got.theta), rel=1e-9)


@pytest.mark.parametrize("y", [[0, 0, 0, 1, 2, 4], [0, 0, 0, 0, 0, 0], [0, 3, 0, 0, 5, 9]])
@pytest.mark.parametrize("cost", [PENALTIES["none"](), PENALTIES["l2"](0.05)])
@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_counts_of_zero_pull_the_minimum_to_the_edge_of_the_domain(y, cost, unit):
    x, y = np.arange(6.0), np.array(y, float)
    scaled = PENALTIES["none"]() if cost.id == "none" else PENALTIES["l2"](cost.strength * unit**2)
    risk = Risk(Data(unit * x[:, None], y), MODELS["line"](), LOSSES["poisson_deviance"](), scaled)
    got = minimize(risk)

    def closed(theta):  # what a zero costs is 2 * prediction, down to a prediction of 0
        fit = theta[0] + theta[1] * x
        sampled = y > 0
        safe = np.maximum(fit, 1e-12)
        cost_of = np.where(
            sampled, 2 * (y * np.log(np.where(sampled, y, 1) / safe) - y + fit), 2 * fit
        )
        return cost_of.mean() + cost.value(theta[1:])

    limits = {"type": "ineq", "fun": lambda theta: theta[0] + theta[1] * x}
    want = scipy_minimize(
        closed, [1.0, 0.1], constraints=limits, method="SLSQP", options={"ftol": 1e-14}
    )
    assert got.value == pytest.approx(max(want.fun, 0), abs=1e-6)
    assert np.isfinite(risk.value(got.theta))
    assert risk.value(got.theta) == pytest.approx(got.value, abs=1e-6)
    if (want.x[0] + want.x[1] * x).min() < 1e-7:
        assert (got.kind, got.exact) == ("infinity", True)
        assert "edge" in got.message


def test_amounts_that_are_all_zero_have_an_infimum_of_zero_at_the_edge():
    risk = Risk(
        Data(np.arange(6.0)[:, None], np.zeros(6)), MODELS["line"](), LOSSES["tweedie_deviance"]()
    )
    got = minimize(risk)
    assert (got.kind, got.value) == ("infinity", 0)
    assert "every row" in got.message
    assert np.isfinite(risk.value(got.theta))


def test_columns_that_cannot_be_told_apart_are_named():
    X = np.column_stack([BASE, np.full(16, 3.0), 1.8 * BASE[:, 0] + 32, 1e7 + BASE[:, 1]])
    data = Data(X, TARGET, names=("c", "wind", "site", "f", "gust"))
    for loss in ("squared", "absolute", "pseudo_huber", "tukey_biweight"):
        got = minimize(Risk(data, MODELS["linear"](), LOSSES[loss]()))
        assert "weight of site cannot be told from the intercept" in got.message
        assert "weight of c" in got.message
        assert "weight of f" in got.message
        rows = np.column_stack([np.ones(16), X])
        assert len(got.directions) == 3
        np.testing.assert_allclose(rows @ got.directions.T, 0, atol=1e-7)


def test_three_classes_of_ugly_columns_cost_what_kind_ones_cost():
    y = (TARGET > 0) + (TARGET > 1.0) * 1
    ugly = BASE * [1e-7, 1e6] + [0, 1e7]
    found = [
        minimize(
            Risk(Data(X, y, "multiclass"), MODELS["linear"](), LOSSES["softmax_cross_entropy"]())
        )
        for X in (BASE, ugly)
    ]
    assert found[1].value == pytest.approx(found[0].value, rel=1e-7)
    assert found[0].kind == found[1].kind


def test_a_typed_loss_that_overflows_says_so_and_its_stable_form_works():
    x = np.arange(40.0)[:, None]
    y = np.where(np.arange(40) % 2, 0.0, 3000.0)

    def typed(expression):
        return Risk(Data(x, y), MODELS["line"](), LOSSES["formula"](expression=expression))

    with pytest.raises(ValueError, match="overflows"):
        minimize(typed("log(cosh(r))"))
    stable = minimize(typed("abs(r) + log(1 + exp(-2*abs(r))) - log(2)"))
    same = minimize(Risk(Data(x, y), MODELS["line"](), LOSSES["log_cosh"]()))
    assert stable.value == pytest.approx(same.value, rel=1e-9)
    with pytest.raises(ValueError, match="domain"):
        minimize(typed("log(p - 4000)"))


CLASSES = (TARGET > 0) + (TARGET > 1.0) * 1


@pytest.mark.parametrize(("s", "o"), [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e7)])
@pytest.mark.parametrize("kind", PENALISED)
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "softmax_label_smoothing"])
def test_units_change_several_classes_only_as_the_mathematics_says(loss, kind, s, o):
    if kind == "elastic_net":
        s = float(np.clip(s, 1e-3, 1e3))
    costs = penalty(kind, 0.02, 0.02), penalty(kind, 0.02 * s, 0.02 * s * s)
    want, got = (
        minimize(Risk(Data(X, CLASSES, "multiclass"), MODELS["linear"](), LOSSES[loss](), cost))
        for X, cost in zip((BASE, s * BASE + o), costs, strict=True)
    )
    assert (got.kind, got.exact) == (want.kind, want.exact)
    assert want.exact
    assert got.value == pytest.approx(want.value, rel=1e-9 + 1e-15 * o / s)


@pytest.mark.parametrize("kind", ["l1", "elastic_net", "group_l2"])
@pytest.mark.parametrize(
    "loss", ["softmax_cross_entropy", "softmax_label_smoothing", "cross_entropy", "squared_hinge"]
)
def test_a_tiny_feature_beside_a_huge_one_changes_nothing(loss, kind):
    task = LOSSES[loss].task
    y = LABELS if task == "binary" else CLASSES
    cost = PENALTIES[kind](0.02)
    both = BASE * [1e-7, 1e6]
    alone, got = (
        minimize(Risk(Data(X, y, task), MODELS["linear"](), LOSSES[loss](), cost))
        for X in (both[:, 1:], both)
    )
    assert got.exact
    assert got.kind == alone.kind
    assert got.value == pytest.approx(alone.value, rel=1e-9)


def test_groups_of_several_classes_end_where_quasi_newton_ends():
    for strength in (0.005, 0.05):
        risk = Risk(
            Data(BASE, CLASSES, "multiclass"), MODELS["linear"](),
            LOSSES["softmax_cross_entropy"](), PENALTIES["group_l2"](strength),
        )  # fmt: skip
        got = minimize(risk)
        ends = [
            scipy_minimize(
                risk.value, start, method="Powell", options={"xtol": 1e-9, "ftol": 1e-15}
            )
            for start in (np.full(9, 0.1), got.theta + 0.1)
        ]
        assert got.exact
        assert min(end.fun for end in ends) == pytest.approx(got.value, rel=1e-6)
        assert risk.value(got.theta) == pytest.approx(got.value, rel=1e-12)
        assert all(end.fun >= got.value - 1e-12 for end in ends)


@pytest.mark.parametrize(("c", "s", "o"), [(1e9, 1e-9, 0.0), (1e-9, 1e9, 0.0), (2.0, 1.0, 1e6)])
@pytest.mark.parametrize("loss", SCALED)
def test_the_certificate_is_the_same_in_any_units(loss, c, s, o):
    plain, _ = regression(loss, "l1")
    ugly, _ = regression(loss, "l1", c, s, o)
    best = minimize(plain).theta
    off = best + [0.0, 0.03, -0.02]
    there = certificate(plain, off)
    assert there > 1e-4
    assert certificate(plain, best) < 1e-9
    assert certificate(ugly, minimize(ugly).theta) < 1e-8
    # columns and targets are scaled by powers of two, which these are not
    assert certificate(ugly, moved(off, c, s, o)) == pytest.approx(there, rel=0.5)


def test_what_was_certified_is_said_with_its_tolerance():
    for loss in ("absolute", "pseudo_huber"):
        got = minimize(regression(loss, "l2")[0])
        assert "1 × 10⁻⁹" in got.message


def test_a_method_that_proved_nothing_does_not_say_exactly():
    got = minimize(Risk(YEARS, MODELS["polynomial"](degree=8), LOSSES["absolute"]()))
    assert got.exact or "exactly" not in got.method


@pytest.mark.parametrize(("c", "s"), [(1e9, 1e-9), (1e-9, 1e9), (3.0, 1e6)])
@pytest.mark.parametrize("loss", SCALED)
def test_windows_and_findings_follow_the_units(loss, c, s):
    (plain, _), (ugly, _) = regression(loss, "none"), regression(loss, "none", c, s)
    theta = np.array([0.3, 1.2, -0.5])
    there = moved(theta, c, s)
    seen = []
    for risk, at, unit in ((plain, theta, 1.0), (ugly, there, c / s)):
        plane = Plane(at, np.eye(3)[1], np.eye(3)[2])
        window = good_window(risk, plane, at)
        seen.append(np.array(window) / unit)
        a, b = (np.linspace(*each, 9) for each in window)
        land = evaluate_plane(risk, plane, a, b)
        seen.append([folds(risk, land), burden(risk, minimize(risk))])
    np.testing.assert_allclose(seen[2], seen[0], rtol=1e-6)
    assert seen[3] == seen[1]
