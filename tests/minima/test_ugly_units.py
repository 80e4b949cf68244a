"""Years, timestamps, parts per billion, copied columns: the same answers as in kind units."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.optimize import minimize as scipy_minimize

from lossviz.datasets import DATASETS, Data
from lossviz.findings.landscapes import burden, lowest
from lossviz.landscapes.critical_points import minimum_marks
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.window import good_window
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.text import number

RNG = np.random.default_rng(11)
BASE = RNG.normal(size=(16, 2))
TARGET = BASE @ [1.5, -0.7] + 0.4 + RNG.standard_t(2, size=16)
LABELS = (BASE @ [1.0, 1.0] + RNG.normal(size=16) > 0).astype(int)


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
    assert got.exact or "exact arithmetic" in got.message


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


def test_a_method_that_proved_nothing_does_not_say_exactly():
    got = minimize(Risk(YEARS, MODELS["polynomial"](degree=8), LOSSES["absolute"]()))
    assert got.exact or "exactly" not in got.method


def test_nist_filip_is_fitted_to_its_certified_coefficients():
    """A polynomial of degree 10, condition 1e15: NIST's hardest linear least squares."""
    lines = (
        (Path(__file__).parent.parent / "oracles" / "nist" / "Filip.dat").read_text().split("\n")
    )
    certified = [float(line.split()[1]) for line in lines if re.match(r"\s+B\d+\s+-", line)]
    first = next(i for i, line in enumerate(lines) if line.startswith("Data:   y"))
    y, x = np.array([line.split() for line in lines[first + 1 :] if line], float).T
    risk = Risk(Data(x[:, None], y), MODELS["polynomial"](degree=10), LOSSES["squared"]())
    got = minimize(risk)
    assert (got.kind, got.exact) == ("point", True)
    np.testing.assert_allclose(got.theta, certified, rtol=1e-10)
    left = np.sqrt(len(y) * got.value / (len(y) - 11))
    assert left == pytest.approx(0.334801051324544e-2, rel=1e-10)
    assert risk.value(got.theta) == pytest.approx(got.value, rel=1e-8)
    miss = y - risk.model.predict(got.theta, risk.data.X)
    assert (miss**2).mean() == pytest.approx(got.value, rel=1e-4)


@pytest.mark.parametrize("kind", ["none", "l1", "l2", "group_l2"])
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "softmax_poly1"])
def test_an_intercept_that_costs_nothing_runs_off_where_a_class_has_no_row(loss, kind):
    cost = PENALTIES["none"]() if kind == "none" else PENALTIES[kind](0.02)
    X = BASE * [1e-9, 1.0]

    def fit(y):
        return minimize(Risk(Data(X, y, "multiclass"), MODELS["linear"](), LOSSES[loss](), cost))

    alone = fit(np.full(16, 2))
    assert (alone.kind, alone.exact, alone.value) == ("infinity", True, 0)
    # of the three classes the first has no row: the other two are fitted as if they were alone
    absent, two = fit(LABELS + 1), fit(LABELS)
    assert (absent.kind, absent.exact) == ("infinity", True)
    assert absent.value == pytest.approx(two.value, rel=1e-9)
    assert absent.direction[0] < min(absent.direction[1:3])


def test_a_group_penalty_is_certified_where_every_row_is_met():
    risk = Risk(
        Data(BASE, np.full(16, 2), "multiclass"), MODELS["linear"](),
        LOSSES["softmax_label_smoothing"](), PENALTIES["group_l2"](0.02),
    )  # fmt: skip
    got = minimize(risk)
    smooth = np.array([0.1 / 3, 0.1 / 3, 1 - 0.2 / 3])
    assert (got.kind, got.exact) == ("set", True)
    assert got.value == pytest.approx(-(smooth * np.log(smooth)).sum(), rel=1e-9)
    assert not got.theta[3:].any()


@pytest.mark.parametrize(("unit", "offset"), [(1.0, 0.0), (1e-9, 0.0), (1.0, 1e7)])
@pytest.mark.parametrize("kind", ["none", "l1", "l2"])
def test_a_perceptron_that_cannot_be_right_everywhere_stays_at_zero(kind, unit, offset):
    cost = PENALTIES["none"]() if kind == "none" else PENALTIES[kind](0.02)
    risk = Risk(Data(unit * BASE + offset, LABELS, "binary"), MODELS["linear"](),
                LOSSES["perceptron"](), cost)  # fmt: skip
    got = minimize(risk)
    assert (got.kind, got.exact, got.value) == ("point", True, 0)
    assert not got.theta.any()
    assert "zero to rounding" in got.message


@pytest.mark.parametrize("loss", ["squared", "absolute", "cauchy", "cross_entropy"])
@pytest.mark.parametrize(
    ("X", "shown", "slope"),
    [
        (np.full((12, 1), 1e7), (0, 1), -1e-7),  # the intercept takes what the weight gives
        (np.full((12, 1), 1e-9), (0, 1), -1e9),
        (1e7 + 1e-9 * np.arange(12.0)[:, None], (0, 1), -1e-7),  # constant but for rounding
        (2000 + np.arange(12.0)[:, None] * [1, 1], (1, 2), -1.0),  # one weight takes the other's
        (1.7e12 + np.arange(12.0)[:, None] * [1, 1], (1, 2), -1.0),
        (np.arange(12.0)[:, None] * [1e-9, 1], (1, 2), -1e-9),
    ],
)
def test_a_flat_direction_is_drawn_where_the_data_do_not_decide(loss, X, shown, slope):
    names = ("year", "copy")[: X.shape[1]]
    binary = LOSSES[loss].task == "binary"
    y = np.tile([0, 1, 1, 0], 3) if binary else TARGET[:12]
    risk = Risk(Data(X, y, LOSSES[loss].task, names=names), MODELS["linear"](), LOSSES[loss]())
    got = minimize(risk)
    said = lowest(risk, got)
    assert all(f"weight of {name}" in said for name in names)
    assert "cannot be told" in said
    plane = Plane(got.theta, *np.eye(risk.layout.size)[list(shown)])
    window = [np.linspace(*span, 21) for span in good_window(risk, plane, got.theta)]
    [floor] = [mark for mark in minimum_marks(risk, got, plane, window) if mark.shape == "outline"]
    far = int(np.argmax(np.abs(floor.a)))
    assert floor.b[far] == pytest.approx(slope * floor.a[far], rel=0.05)


@pytest.mark.parametrize(("unit", "size"), [(1.0, 1.0), (1e6, 1e5)])
def test_a_group_penalty_keeps_the_infimum_at_the_edge_of_the_domain(unit, size):
    X = np.random.default_rng(3).integers(-3, 4, (8, 2)).astype(float)
    y = np.array([7.0, 3, 5, 0, 15, 1, 0, 0])
    cost = PENALTIES["group_l2"](0.05 * unit)
    risk = Risk(Data(unit * X, size * y), MODELS["linear"](), LOSSES["poisson_deviance"](), cost)
    got = minimize(risk)

    def closed(theta):
        fit = theta[0] + X @ theta[1:]
        sampled, safe = y > 0, np.maximum(fit, 1e-12)
        ratio = np.log(np.where(sampled, y, 1) / safe)
        losses = np.where(sampled, 2 * (y * ratio - y + fit), 2 * fit)
        return losses.mean() + 0.05 * np.linalg.norm(theta[1:])

    limits = {"type": "ineq", "fun": lambda theta: theta[0] + X @ theta[1:]}
    want = scipy_minimize(
        closed, [5.0, 0.1, 0.1], constraints=limits, method="SLSQP", options={"ftol": 1e-14}
    )
    assert (got.kind, got.exact) == ("infinity", True)
    assert got.value == pytest.approx(size * want.fun, rel=1e-6)


@pytest.mark.parametrize("kind", ["none", "l1", "l0"])
def test_the_value_approached_is_told_in_the_users_units(kind):
    cost = PENALTIES["none"]() if kind == "none" else PENALTIES[kind](0.05)
    y = 1000.0 * np.array([0, 3, 0, 0, 5, 9])
    counted = Risk(Data(np.arange(6.0)[:, None], y), MODELS["line"](),
                   LOSSES["poisson_deviance"](), cost)  # fmt: skip
    apart = Risk(Data(BASE, (BASE[:, 0] > 0) * 1, "binary"), MODELS["linear"](),
                 LOSSES["cross_entropy"](), PENALTIES["l0"](0.05))  # fmt: skip
    for risk in (counted, apart):
        got = minimize(risk)
        assert got.kind == "infinity"
        assert f" {number(got.value)} is approached" in got.message or (
            f"towards {number(got.value)}." in got.message
        )


@pytest.mark.parametrize("offset", [0.0, 1e3, 5e3, 1e5, 1e7])
@pytest.mark.parametrize("loss", ["squared", "half_squared"])
def test_a_copy_in_another_unit_far_from_zero_leaves_the_mean_loss_right(loss, offset):
    rng = np.random.default_rng(7)
    for units in ([1e-7, 1e6], [1.0, 1.0], [1e6, 1e-7]):
        x = rng.standard_t(2, size=(32, 2))
        wild = np.array([*units, units[0]])
        X = np.column_stack([x, 2 * x[:, 0] + 1]) * wild + offset * wild
        risk = Risk(
            Data(X, x @ [1.0, -2.0] + rng.normal(size=32)), MODELS["linear"](), LOSSES[loss]()
        )
        for z in rng.normal(size=(3, 3)):
            theta = np.array([-offset * z.sum(), *(z / wild)])
            fit = risk.model.predict(theta, X)
            plain = risk.loss.value(risk.data.y, fit).mean()
            assert risk.value(theta) == pytest.approx(plain, rel=1e-8 + 1e-14 * offset)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "softmax_label_smoothing"])
def test_classes_are_fitted_alike_with_a_copy_of_a_timestamp(loss):
    seconds = 1.7e9 + 1e3 * BASE
    both = np.column_stack([seconds, 0.3 * seconds[:, 0] + 7])  # rounded: no exact copy
    alone, got = (
        minimize(Risk(Data(X, CLASSES, "multiclass"), MODELS["linear"](), LOSSES[loss]()))
        for X in (BASE, both)
    )
    assert got.exact == alone.exact
    assert got.value == pytest.approx(alone.value, rel=1e-6)
    # one direction for each column that all logits may share, one for the copy in two classes
    assert (len(alone.directions), len(got.directions)) == (3, 6)
    assert "The weight of x1 and weight of x3 cannot be told apart" in got.message
    assert "cannot be told" not in alone.message


def test_a_constant_feature_of_three_classes_is_named():
    X = np.column_stack([BASE, np.full(16, 1.7e9)])
    loss = LOSSES["softmax_cross_entropy"]()
    got = minimize(Risk(Data(X, CLASSES, "multiclass"), MODELS["linear"](), loss))
    assert "The weight of x3 cannot be told from the intercept" in got.message
    assert "told apart" not in got.message


@pytest.mark.parametrize("site", [3.0, 1.7e9])
@pytest.mark.parametrize("loss", ["softmax_label_smoothing", "squared", "hinge"])
def test_the_best_subset_never_pays_for_a_constant_feature(loss, site):
    task = LOSSES[loss].task
    y = {"regression": TARGET, "binary": LABELS, "multiclass": CLASSES}[task]
    wide = np.column_stack([BASE, BASE[:, 0] * BASE[:, 1], np.full(16, site)])
    alone, got = (
        minimize(Risk(Data(X, y, task), MODELS["linear"](), LOSSES[loss](), PENALTIES["l0"](0.02)))
        for X in (wide[:, :3], wide)
    )
    assert got.exact
    assert got.kind == alone.kind
    assert got.value == pytest.approx(alone.value, rel=1e-9)


@pytest.mark.parametrize("kind", ["none", "l2"])
@pytest.mark.parametrize("loss", ["squared", "huber", "epsilon_insensitive", "quantile", "hinge"])
def test_a_perfect_fit_to_timestamps_is_one_up_to_rounding(loss, kind):
    """The rounding of columns far from zero is no loss, and no row makes half of it."""
    rng = np.random.default_rng(2)
    binary = LOSSES[loss].task == "binary"
    cost = PENALTIES["none"]() if kind == "none" else PENALTIES["l2"](1e-12)
    x = rng.normal(size=(9, 1)) + (6.0 * (np.arange(9) % 2)[:, None] if binary else 0)
    y = np.arange(9) % 2 if binary else 3 * x[:, 0] + 1
    for seconds in (x, 1.7e9 + 1e3 * x):
        risk = Risk(Data(seconds, y, LOSSES[loss].task), MODELS["line"](), LOSSES[loss](), cost)
        got = minimize(risk)
        assert not burden(risk, got)
        if kind == "none":
            assert got.value == 0
            assert "zero to rounding" in got.message
