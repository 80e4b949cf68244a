"""Weighted sums of losses and their fronts: K01, central differences, SciPy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

from lossviz.datasets import DATASETS, Data
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.minima.combined import combined_minimum
from lossviz.minima.pareto import pareto_front
from lossviz.minima.pareto_kinks import front_with_kinks
from lossviz.models import MODELS
from lossviz.models.layout import Block, Layout
from lossviz.objectives import ANALYTIC, Combined, Quadratic, Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import L2, PENALTIES
from lossviz.trajectories import descend
from tests.oracles import case, check

K01 = case("K01_two_tasks")


class Half:
    """0.5 (w - a)' A (w - a) + c, as somebody else would write it."""

    def __init__(self, A, a, c):
        self.A, self.a, self.c = np.array(A), np.array(a), c
        self.layout = Layout((Block("w", (len(a),)),))

    def value(self, theta):
        d = theta - self.a
        return 0.5 * np.einsum("...i,ij,...j->...", d, self.A, d) + self.c

    def gradient(self, theta):
        return (theta - self.a) @ self.A

    def hessian(self, theta):
        return np.broadcast_to(self.A, (*theta.shape, len(self.a)))


def tasks(kind="class"):
    given = K01["inputs"]
    pairs = [(given["A"], given["a"], given["ca"]), (given["B"], given["b"], given["cb"])]
    if kind == "class":
        return [Half(*each) for each in pairs]
    return [Quadratic(np.linalg.cholesky(np.array(A) / 2).T, np.array(a), c) for A, a, c in pairs]


def risk(loss="squared", model=None, data="diabetes_pair", penalty=None, y=None):
    data = DATASETS[data]().draw()
    if y is not None:
        data = Data(data.X, y, task=data.task)
    model = model or MODELS["linear"]()
    return Risk(data, model, LOSSES[loss](), penalty or PENALTIES["none"]())


def central(function, theta, step=1e-6):
    each = np.eye(theta.shape[-1]) * step
    return np.stack([(function(theta + e) - function(theta - e)) / (2 * step) for e in each], -1)


@pytest.mark.parametrize("kind", ["class", "quadratic"])
def test_the_front_is_k01s(kind):
    front = K01["expected"]["pareto_front"]
    rows = front["value"]
    first, second = tasks(kind)
    thetas = pareto_front(first, second, [row["lam"] for row in rows])
    for theta, row in zip(thetas, rows, strict=True):
        both = Combined([(row["lam"], first), (1 - row["lam"], second)])
        for got, name in ((theta, "w"), (first.value(theta), "L1"), (second.value(theta), "L2")):
            check(got, {**front, "value": row[name]})
        top = np.linalg.eigvalsh(both.hessian(theta))
        check(top[1] / top[0], {**front, "value": row["hessian_condition_number"]})
        best = minimize(both)
        assert (best.kind, best.exact) == ("point", True)
        check(best.theta, {**front, "value": row["w"]})
        assert best.value == pytest.approx(float(both.value(theta)), rel=1e-12)


def test_a_hundred_times_one_loss_is_another_weight():
    entry = K01["expected"]["equal_weights_after_multiplying_L2"]
    first, second = tasks()
    w = {**entry, "value": entry["value"]["w"]}
    check(minimize(Combined([(1, first), (entry["value"]["factor"], second)])).theta, w)
    check(pareto_front(first, second, [entry["value"]["same_as_lam"]])[0], w)


def test_gradients_of_the_terms_are_k01s():
    entry = K01["expected"]["probes"]
    both = Combined([(1, each) for each in tasks()])
    for row in entry["value"]:
        pulls = both.gradients(row["w"])
        check(pulls, {**entry, "value": [row["grad1"], row["grad2"]]})
        check(both.values(row["w"]), {**entry, "value": [row["L1"], row["L2"]]})
        cosine = pulls[0] @ pulls[1] / np.prod(np.linalg.norm(pulls, axis=1))
        check(cosine, {**entry, "value": row["cosine"]})


@pytest.mark.parametrize(
    "terms",
    [
        lambda: [(0.3, risk()), (2.0, risk("huber"))],
        lambda: [(0.7, ANALYTIC["rosenbrock"]), (0.2, ANALYTIC["himmelblau"])],
        lambda: [(1.5, Combined([(2.0, tasks()[0])])), (0.5, ANALYTIC["himmelblau"])],
    ],
)
def test_derivatives_agree_with_central_differences(terms):
    both = Combined(terms())
    theta = np.random.default_rng(1).normal(size=(4, both.layout.size))
    gradient = both.gradient(theta)
    np.testing.assert_allclose(gradient, central(both.value, theta), rtol=1e-5, atol=1e-3)
    bends = central(both.gradient, theta)
    np.testing.assert_allclose(both.hessian(theta), bends, rtol=1e-4, atol=1e-3)
    assert both.value(theta[None]).shape == (1, 4)
    assert both.value(theta[0]) == pytest.approx(float(both.value(theta)[0]), rel=1e-14)


def scipys(first, second, weight, start):
    both = Combined([(weight, first), (1 - weight, second)])
    found = scipy_minimize(both.value, start, jac=both.gradient, method="BFGS", tol=1e-12)
    return float(found.fun)


@pytest.mark.parametrize(
    "pair",
    [
        lambda: (risk("huber"), risk("log_cosh")),
        lambda: (risk("cross_entropy", data="breast_cancer"),
                 risk("squared_hinge", data="breast_cancer")),
        lambda: (risk(), risk(penalty=PENALTIES["l2"](strength=50.0))),
        lambda: (ANALYTIC["himmelblau"], ANALYTIC["rosenbrock"]),
    ],
)  # fmt: skip
def test_fronts_are_as_low_as_scipys(pair):
    first, second = pair()
    weights = np.linspace(0.1, 0.9, 5)
    for weight, theta in zip(weights, pareto_front(first, second, weights), strict=True):
        got = weight * first.value(theta) + (1 - weight) * second.value(theta)
        starts = [theta, np.zeros_like(theta), theta + 1, theta - 1]
        best = min(scipys(first, second, weight, start) for start in starts)
        assert got <= best + 1e-9 * max(1, abs(best))


def test_many_weights_at_once_give_what_each_gives_alone():
    # in any order, with repetitions: starts come from between a few weights
    first = risk("cross_entropy", MODELS["linear"](), "breast_cancer")
    y = first.data.X[:, 0] + first.data.X[:, 1] > 0.3
    second = Risk(replace(first.data, y=y.astype(float)), first.model, first.loss, L2(0.01))
    weights = np.random.default_rng(0).permutation(np.append(np.linspace(0.01, 0.99, 60), 0.5))
    thetas = pareto_front(first, second, weights)
    slopes = Combined([(1.0, first), (1.0, second)]).gradients(thetas)
    left = weights[:, None] * slopes[:, 0] + (1 - weights[:, None]) * slopes[:, 1]
    assert np.abs(left).max() < 1e-12
    for k in (0, 17, 60):
        alone = pareto_front(first, second, weights[k : k + 1])
        np.testing.assert_allclose(thetas[k], alone[0], rtol=1e-8)


@pytest.mark.parametrize(
    "names",
    [
        ("poisson_nll", "charbonnier"),  # no value at zero, where walks began
        ("poisson_deviance", "smooth_l1"),
        ("softmax_label_smoothing", "softmax_cross_entropy"),  # flat along equal shifts
        ("squared_hinge", "exponential"),  # curvature that jumps
    ],
)
def test_a_front_between_few_weights_is_what_every_weight_gives(names):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(40, 2))
    scores = X[:, :1] * (1.0, 0.3, -1.0) + rng.gumbel(size=(40, 3))
    targets = {
        "regression": np.abs(scores[:, 0]) + 0.1,
        "binary": (scores[:, 0] > 0.5) * 1.0,
        "multiclass": scores.argmax(1) * 1.0,
    }
    task = LOSSES[names[0]].task
    data = Data(X, targets[task], task=task)
    risks = [Risk(data, MODELS["linear"](), LOSSES[name]()) for name in names]
    weights = np.sort(rng.random(40))
    thetas = pareto_front(*risks, weights)
    for k in (0, 7, 20, 39):
        both = Combined([(weights[k], risks[0]), (1 - weights[k], risks[1])])
        best = minimize(both)
        assert both.value(thetas[k]) == pytest.approx(best.value, rel=1e-12)


def test_a_front_of_absolute_and_squared_error_is_exact():
    first = risk("absolute", MODELS["line"](), "anscombe")
    second = Risk(first.data, first.model, LOSSES["squared"]())
    weights = np.linspace(0, 1, 9)
    thetas = pareto_front(first, second, weights)
    assert np.allclose(thetas[0], minimize(second).theta, rtol=1e-9)
    one, two = first.value(thetas), second.value(thetas)
    assert (np.diff(one) <= 1e-12).all()
    assert (np.diff(two) >= -1e-12).all()
    for weight, theta in zip(weights, thetas, strict=True):
        both = Combined([(weight, first), (1 - weight, second)])
        nearby = theta + 1e-4 * np.random.default_rng(0).normal(size=(200, 2))
        assert (both.value(nearby) >= both.value(theta) - 1e-13).all()
        assert minimize(both).exact


@pytest.mark.parametrize("seed", range(6))
def test_a_front_with_kinks_is_what_every_weight_alone_gives(seed):
    # whole numbers: rows that repeat each other, residuals of exactly zero; years; L1
    rng = np.random.default_rng(seed)
    X, y = rng.integers(-2, 3, (13, 2)) + 2000.0 * (seed % 2), rng.integers(-2, 3, 13) * 1.0
    data = Data(X, y)
    loss = LOSSES["absolute"]() if seed < 3 else LOSSES["quantile"](tau=0.3)
    kinked = Risk(data, MODELS["linear"](), loss, PENALTIES["l1"](0.1 * (seed % 3)))
    square = Risk(data, MODELS["linear"](), LOSSES["squared"]())
    weights = np.random.default_rng(0).permutation(np.linspace(0.01, 0.99, 9))
    thetas = front_with_kinks(kinked, square, weights)
    assert thetas is not None
    proved = ~np.isnan(thetas).any(1)
    assert proved.sum() >= 5
    for weight, theta in zip(weights[proved], thetas[proved], strict=True):
        both = Combined([(weight, kinked), (1 - weight, square)])
        assert both.value(theta) == pytest.approx(combined_minimum(both).value, rel=1e-8)


@pytest.mark.parametrize("names", [
    ("absolute", "quantile"), ("epsilon_insensitive", "epsilon_insensitive"), ("hinge", "hinge"),
    ("epsilon_insensitive", "squared"),
])  # fmt: skip
@pytest.mark.parametrize("tied", [False, True])
def test_a_front_of_losses_made_of_lines_goes_along_edges(names, tied):
    # tied: whole numbers, so that rows repeat each other and corners have more than p rows
    rng = np.random.default_rng(2)
    X = rng.integers(-2, 3, (60, 2)).astype(float) if tied else rng.normal(size=(60, 2))
    risks = []
    for name in names:
        y = rng.integers(-3, 4, 60) * 1.0 if tied else rng.standard_t(3, 60) + X[:, 0]
        task = LOSSES[name].task
        target = (y > 0) * 1.0 if task == "binary" else y
        risks.append(Risk(Data(X, target, task=task), MODELS["linear"](), LOSSES[name]()))
    weights = rng.permutation(np.linspace(0.02, 0.98, 25))
    thetas = front_with_kinks(*risks, weights)
    assert thetas is not None
    proved = ~np.isnan(thetas).any(1)
    assert proved.sum() >= (13 if tied else 25)
    for weight, theta in list(zip(weights, thetas, strict=True))[::4]:
        both = Combined([(weight, risks[0]), (1 - weight, risks[1])])
        if np.isfinite(theta).all():
            assert both.value(theta) == pytest.approx(combined_minimum(both).value, rel=1e-12)


def test_smooth_convex_terms_on_other_targets_are_certified():
    other = np.random.default_rng(3).normal(size=len(risk().data))
    both = Combined([(1.0, risk("log_cosh")), (1.0, risk("log_cosh", y=other))])
    best = minimize(both)
    assert (best.kind, best.exact) == ("point", True)
    assert np.abs(both.gradient(best.theta)).max() < 1e-8


def test_what_is_not_convex_is_said_to_be_local():
    both = Combined([(1.0, ANALYTIC["himmelblau"]), (1.0, ANALYTIC["rosenbrock"])])
    assert minimize(both).kind == "local"


@pytest.mark.parametrize("height", [1e-6, 1.0, 1e6])
def test_a_flat_sum_is_a_set(height):
    flat = Quadratic(height * np.array([[1.0, 0.3]]), np.array([1.0, 1.0]), 0.5)
    best = minimize(Combined([(2.0, flat)]))
    assert best.kind == "set"
    assert best.value == pytest.approx(1.0)
    assert len(best.directions) == 1
    assert np.abs(best.directions @ [1.0, 0.3]).max() < 1e-12


def test_a_curve_that_is_only_nearly_quadratic_is_not_taken_for_one():
    assert Combined([(1.0, ANALYTIC["himmelblau"])]).quadratic is None
    assert Combined([(1.0, ANALYTIC["quadratic_100"])]).quadratic is not None
    assert Combined([(1.0, risk("huber"))]).quadratic is None
    assert Combined([(1.0, risk(penalty=PENALTIES["l1"]()))]).quadratic is None


def test_planes_and_descent_take_combined_losses():
    both = Combined(list(zip([0.25, 0.75], tasks(), strict=True)))
    land = evaluate_plane(both, axes(2, 0, 1), np.linspace(-1, 2, 4), np.linspace(0, 1, 3))
    assert land.values[2, 1] == pytest.approx(float(both.value([0.0, 1.0])), rel=1e-12)
    path = descend(both, OPTIMIZERS["gd"](lr=0.2), [0.0, 0.0], steps=300)
    assert np.allclose(path.points[-1], minimize(both).theta, atol=1e-9)


def test_a_loss_of_weight_zero_has_no_say():
    both = Combined([(1.0, tasks()[0]), (0.0, ANALYTIC["rosenbrock"])])
    assert both.value([1e90, 1e90]) == pytest.approx(float(tasks()[0].value(np.full(2, 1e90))))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ([], "at least one"),
        (3, "list of pairs"),
        ([tasks()[0]], "pair"),
        ([(1.0, "loss")], "layout"),
        ([(0.0, tasks()[0]), (0, tasks()[1])], "All weights are zero"),
        ([(-1.0, tasks()[0])], "at least 0"),
        ([(float("nan"), tasks()[0])], "finite number"),
        ([("2", tasks()[0])], "finite number"),
        ([(1.0, tasks()[0]), (1.0, risk())], "share their parameters"),
    ],
)
def test_wrong_terms_are_told_in_a_sentence(terms, words):
    with pytest.raises(ValueError, match=words):
        Combined(terms)


@pytest.mark.parametrize("weights", [[], [[0.5]], [1.5], [-0.1], [float("nan")], "half", ["a"]])
def test_wrong_weights_of_a_front_are_told(weights):
    with pytest.raises(ValueError, match="front"):
        pareto_front(*tasks(), weights)


def test_theta_of_another_length_is_told():
    with pytest.raises(ValueError, match="share 2 parameters"):
        Combined([(1.0, tasks()[0])]).value(np.zeros(3))


@pytest.mark.parametrize(
    "losses",
    [("cross_entropy", "cross_entropy"), ("squared", "squared"),
     ("absolute", "squared"), ("pseudo_huber", "log_cosh"),
     ("absolute", "huber")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("size", "offset"), [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e4), (1.0, 2e9), (1e-6, 3.0)]
)
def test_a_sum_in_ugly_units_is_that_in_kind_ones(losses, size, offset):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 2)).round(3)
    binary = losses[0] == "cross_entropy"

    def sum_of(features):
        terms = []
        for share, loss, turn in zip((0.3, 0.7), losses, ([1.0, -1.0], [0.4, 2.0]), strict=True):
            y = x @ turn + np.random.default_rng(5).normal(size=60)
            data = Data(features, (y > 0.2).astype(float) if binary else y,
                        task="binary" if binary else "regression")  # fmt: skip
            terms.append((share, Risk(data, MODELS["linear"](), LOSSES[loss]())))
        return Combined(terms)

    kind, ugly = minimize(sum_of(x)), minimize(sum_of(x * size + offset))
    assert ugly.kind == kind.kind == "point"
    assert ugly.exact
    assert ugly.value == pytest.approx(kind.value, rel=1e-6)
    np.testing.assert_allclose(ugly.theta[1:] * size, kind.theta[1:], rtol=2e-5, atol=1e-7)
