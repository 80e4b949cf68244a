"""The units of a table change nothing but the units of the answer.

y -> c y and x -> s x + o, with the loss's own scales and the penalty rescaled, change value,
minimiser, kind, surface, derivatives, windows and findings only as the mathematics says: for every
convex loss of the registry under every penalty.
"""

from dataclasses import fields
from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

from lossviz.datasets import DATASETS, Data
from lossviz.findings.landscapes import burden, folds, valleys
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.window import good_window
from lossviz.losses import LOSSES
from lossviz.minima import certificate, minimize, multinomial
from lossviz.minima.multinomial import left_behind
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.text import number

RNG = np.random.default_rng(11)
BASE = RNG.normal(size=(16, 2))
TARGET = BASE @ [1.5, -0.7] + 0.4 + RNG.standard_t(2, size=16)
LABELS = (BASE @ [1.0, 1.0] + RNG.normal(size=16) > 0).astype(int)
CLASSES = (TARGET > 0) + (TARGET > 1.0) * 1
AMOUNTS = np.exp(0.3 * BASE @ [1.0, -0.6] + 1 + 0.3 * RNG.normal(size=16))

# for targets c times as large a loss grows by c to this power; its scales (hyperparameters in the
# units of the targets) have to grow by c
POWERS = {
    "squared": 2,
    "half_squared": 2,
    "absolute": 1,
    "quantile": 1,
    "huber": 2,
    "smooth_l1": 1,
    "pseudo_huber": 2,
    "charbonnier": 0,
    "epsilon_insensitive": 1,
    "squared_epsilon_insensitive": 2,
    "mape": 0,
    "barron_general": 0,
    "poisson_deviance": 1,
}
SCALES = {"delta": 0.5, "beta": 0.5, "c": 0.5, "eps": 0.3}
OWN_UNITS = ["log_cosh", "gaussian_nll", "poisson_nll", "constant"]
CONVEX = [name for name, loss in LOSSES.items() if loss().convex and name[:7] != "formula"]
# (c, s, o): y -> c y, x -> s x + o
SCALED = [(1e9, 1e-9, 0), (1e-9, 1e9, 0), (3, 1.0, 1e7), (1e-3, 1e3, 1e6)]
MOVED = [(1, 1e-9, 0), (1, 1e9, 0), (1, 1.0, 1e7), (1, 1e3, 1e6)]


def penalty(kind, kinks, ridge, fee):
    """A penalty whose kinks and cones cost ``kinks``, whose squares ``ridge``, whose use a fee."""
    if kind == "none":
        return PENALTIES["none"]()
    if kind == "elastic_net":
        return PENALTIES[kind](strength=kinks + ridge, l1_ratio=kinks / (kinks + ridge))
    return PENALTIES[kind](strength={"l2": ridge, "l0": fee}.get(kind, kinks))


def problem(loss, kind, c=1.0, s=1.0, o=0.0):
    """(risk, v): the problem in these units, its value grown by v."""
    recipe, v = LOSSES[loss], 1.0
    scaled = {f.name: SCALES[f.name] for f in fields(recipe) if loss in POWERS and f.name in SCALES}
    y = {"regression": TARGET, "binary": LABELS, "multiclass": CLASSES}[recipe.task]
    if recipe.task == "regression":
        positive = recipe().targets != "(-inf, inf)"
        y = c * (AMOUNTS if positive else TARGET)
        scaled = {name: size * c for name, size in scaled.items()}
        v = float(c) ** POWERS.get(loss, 0)
    costs = penalty(kind, 0.05 * v * s / c, 0.05 * v * (s / c) ** 2, 0.02 * v)
    data = Data(s * BASE + o, y, recipe.task)
    return Risk(data, MODELS["linear"](), recipe(**scaled), costs), v


def across_units(outputs, c=1.0, s=1.0, o=0.0):
    """(p, p) the matrix that takes a model's theta to the same model's in the other units."""
    one = np.diag([c, c / s, c / s])
    one[0, 1:] = -o * c / s
    if outputs == 1:
        return one
    p = 3 * outputs
    at = [np.r_[j, outputs + 2 * j, outputs + 2 * j + 1] for j in range(outputs)]
    whole = np.zeros((p, p))
    for each in at:
        whole[np.ix_(each, each)] = one
    return whole


@cache
def best_in_kind_units(loss, kind):
    return minimize(problem(loss, kind)[0])


def cases(scaled, moved):
    """Parameters (loss, units): the targets too where a loss has no units of its own."""
    return pytest.mark.parametrize(
        ("loss", "units"),
        [(loss, each) for loss in CONVEX for each in (scaled if loss in POWERS else moved)],
        ids=str,
    )


def test_every_convex_loss_of_targets_has_its_units_listed():
    listed = {name for name in CONVEX if LOSSES[name].task == "regression"}
    assert listed == {*POWERS, *OWN_UNITS}


@cases(SCALED, MOVED)
@pytest.mark.parametrize("kind", PENALTIES)
def test_the_minimum_moves_only_as_the_mathematics_says(loss, kind, units):
    c, s, o = units
    if kind == "elastic_net":  # 1 - l1_ratio has no digits for more
        s = c * float(np.clip(s / c, 1e-3, 1e3))
    want = best_in_kind_units(loss, kind)
    ugly, v = problem(loss, kind, c, s, o)
    got = minimize(ugly)
    # what rounding x to sixteen digits loses at this offset, in spreads of a column
    lost = 1e-9 + 1e-15 * abs(o) / s
    assert (got.kind, got.exact) == (want.kind, want.exact)
    assert want.exact
    assert got.value == pytest.approx(v * want.value, rel=lost, abs=1e-12 * v)
    if got.kind != "infinity":
        assert ugly.value(got.theta) == pytest.approx(got.value, rel=1e2 * lost, abs=1e-12 * v)
    if want.kind == "point":
        weights = (across_units(ugly.data.outputs, c, s) @ want.theta)[1:]
        np.testing.assert_allclose(got.theta[1:], weights, atol=1e2 * lost * c / s, rtol=0)


@cases([(1e6, 1e-6, 0), (1e-6, 1e6, 0), (2, 1.0, 1e4)], [(1, 1e6, 0), (1, 1.0, 1e4)])
@pytest.mark.parametrize("kind", PENALTIES)
def test_a_surface_and_its_derivatives_move_only_as_the_mathematics_says(loss, kind, units):
    c, s, o = units
    if kind == "elastic_net":
        s = c * float(np.clip(s / c, 1e-3, 1e3))
    (plain, _), (ugly, v) = problem(loss, kind), problem(loss, kind, c, s, o)
    k = plain.data.outputs
    theta = np.zeros((2, 3 * k))
    theta[:, :3] = [[3.0, 0.2, -0.1], [2.0, 0.1, 0.3]]  # amounts have a positive prediction
    back = across_units(k, c, s, o)
    there = theta @ back.T
    lost = 1e-9 + 1e-14 * o / s
    np.testing.assert_allclose(ugly.value(there), v * plain.value(theta), rtol=lost)
    for want, got in (
        (v * plain.gradient(theta), ugly.gradient(there) @ back),
        (v * plain.hessian(theta), back.T @ ugly.hessian(there) @ back),
    ):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e2 * lost * (v + np.abs(want).max()))
    a, b = np.linspace(-1, 1, 5), np.linspace(-0.1, 0.2, 4)
    planes = Plane(theta[0], *np.eye(3 * k)[:2]), Plane(there[0], *back.T[:2])
    surfaces = [
        evaluate_plane(r, at, a, b).values for r, at in zip((plain, ugly), planes, strict=True)
    ]
    np.testing.assert_allclose(surfaces[1], v * surfaces[0], rtol=lost)


@cases([(1e9, 1e-9, 0), (1e-9, 1e9, 0), (3, 1.0, 1e6), (1e3, 1e-3, 1e3)],
       [(1, 1e9, 0), (1, 1.0, 1e6), (1, 1e3, 1.7e9)])  # fmt: skip
def test_windows_and_findings_follow_the_units(loss, units):
    c, s, o = units
    (plain, _), (ugly, _) = problem(loss, "l2"), problem(loss, "l2", c, s, o)
    best = best_in_kind_units(loss, "l2")
    identity, back = (across_units(plain.data.outputs, *each) for each in ((1, 1, 0), units))
    seen = []
    for risk, across in ((plain, identity), (ugly, back)):
        at = across @ best.theta
        plane = Plane(at, across[:, 1], across[:, 2])
        window = good_window(risk, plane, at)
        a, b = (np.linspace(*each, 9) for each in window)
        land = evaluate_plane(risk, plane, a, b)
        seen.append((window, folds(risk, land), valleys(risk, land), burden(risk, minimize(risk))))
    np.testing.assert_allclose(seen[1][0], seen[0][0], rtol=1e-6)
    assert seen[1][1:] == seen[0][1:]


@pytest.mark.parametrize("units", [(1e9, 1e-9, 0), (1e-9, 1e9, 0), (2, 1.0, 1e6)], ids=str)
@pytest.mark.parametrize("loss", POWERS)
def test_the_certificate_is_the_same_in_any_units(loss, units):
    plain, _ = problem(loss, "l1")
    ugly, _ = problem(loss, "l1", *units)
    best = best_in_kind_units(loss, "l1").theta
    off = best + [0.0, 0.03, -0.02]
    there = certificate(plain, off)
    assert there > 1e-4
    assert certificate(plain, best) < 1e-9
    assert certificate(ugly, minimize(ugly).theta) < 1e-8
    # columns and targets are scaled by powers of two, which these are not
    assert certificate(ugly, across_units(1, *units) @ off) == pytest.approx(there, rel=0.5)


@pytest.mark.parametrize("loss", ["absolute", "pseudo_huber"])
def test_what_was_certified_is_said_with_its_tolerance(loss):
    assert number(1e-9) in best_in_kind_units(loss, "l2").message


def test_the_best_subset_of_ten_weights_is_the_best_of_all():
    data = DATASETS["diabetes_all"]().draw()
    for fee in (3.0, 30.0, 100.0):
        got = minimize(Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES["l0"](fee)))
        values = []
        for used in product([False, True], repeat=10):
            columns = np.column_stack([np.ones(len(data)), data.X[:, used]])
            miss = data.y - columns @ np.linalg.lstsq(columns, data.y)[0]
            values.append((miss**2).mean() + fee * sum(used))
        assert got.exact
        assert got.value == pytest.approx(min(values), rel=1e-9)


def test_the_best_subset_of_several_classes_is_no_worse_than_any_other():
    data = DATASETS["iris"]().draw()
    fee = 0.05
    loss = LOSSES["softmax_cross_entropy"]()
    got = minimize(Risk(data, MODELS["linear"](), loss, PENALTIES["l0"](fee)))
    assert got.kind == "infinity"
    alone = Risk(data, MODELS["linear"](), loss, PENALTIES["none"]())

    def least(mask):
        found = scipy_minimize(
            lambda z: alone.value(mask * z),
            np.zeros(9),
            jac=lambda z: mask * alone.gradient(mask * z),
        )
        return found.fun

    for weights in product([0.0, 1.0], repeat=6):
        mask = np.array([1.0, 1.0, 1.0, *weights])
        assert least(mask) + fee * sum(weights) >= got.value - 1e-6


def test_the_best_subset_of_many_weights_of_several_classes_is_proved(monkeypatch):
    """Of a feature's weights in all classes one is never needed: those supports are one."""
    asked = []
    monkeypatch.setattr(
        multinomial, "left_behind", lambda *parts: asked.append(1) or left_behind(*parts)
    )
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 4))
    y = (X @ rng.normal(size=(4, 3)) + rng.gumbel(size=(60, 3))).argmax(1)
    data, loss = Data(X, y, "multiclass"), LOSSES["softmax_cross_entropy"]()
    got = minimize(Risk(data, MODELS["linear"](), loss, PENALTIES["l0"](0.03)))
    assert got.exact
    # what is attained with all weights is attained with fewer: only the first is asked about
    assert len(asked) == 1
    # a few supports fitted by another solver, with no two of the same loss
    alone = Risk(data, MODELS["linear"](), loss)
    used = np.abs(got.theta[3:]) > 0
    for j in range(12):
        mask = np.r_[1.0, 1.0, 1.0, used ^ (np.arange(12) == j)]
        found = scipy_minimize(
            lambda z, mask=mask: alone.value(mask * z),
            np.zeros(15),
            jac=lambda z, mask=mask: mask * alone.gradient(mask * z),
        )
        assert found.fun + 0.03 * mask[3:].sum() >= got.value - 1e-9
