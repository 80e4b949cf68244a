"""Descents: their shape, their endings, mini-batches, basins, and the facts they teach."""

from __future__ import annotations

import pickle
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso

from lossviz.datasets import Data
from lossviz.descent import KINDS, descend, settle, stochastic_gradients, sweep
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.analytic import ANALYTIC, ConvexQuadratic, Level
from lossviz.objectives.analytic.valleys import Saddle
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.penalties import PENALTIES
from tests.oracles import case, check, columns

FACTS = "Y01_facts"
MANY = ["gd", "momentum", "adam", "nadam", "lion", "newton", "proximal_gradient"]


def gd(lr, **more):
    return OPTIMIZERS["gd"](lr=lr, **more)


def location(loss, values):
    """One number that summarises the values."""
    data = Data(np.zeros((len(values), 1)), values)
    return Risk(data, MODELS["constant"](), LOSSES[loss]())


def one_logit(loss):
    return Risk(Data([[0.0]], [1.0], "binary"), MODELS["constant"](), LOSSES[loss]())


def batch_problem():
    given = case("O03_minibatch_sgd")["inputs"]
    data = Data(np.array(given["x"])[:, None], given["y"])
    return Risk(data, MODELS["line"](), LOSSES["squared"]()), given


def lasso():
    expected = case(FACTS)["expected"]["lasso_zeros"]
    X, y = load_diabetes(return_X_y=True)
    X = (X - X.mean(0)) / X.std(0)
    y = y - y.mean()
    model, loss = MODELS["linear"](intercept=False), LOSSES["half_squared"]()
    strength = expected["value"]["l1"]
    return Risk(Data(X, y), model, loss, PENALTIES["l1"](strength=strength)), X, y, expected


# the shape of a path


def test_a_path_holds_its_start_and_one_point_per_step():
    path = descend(ANALYTIC["rosenbrock"], OPTIMIZERS["adam"](lr=0.1), [-1.2, 1.0], steps=200)
    assert path.points.shape == (201, 2)
    assert path.values.shape == (201,)
    assert path.steps == path.stopped == 200
    np.testing.assert_array_equal(path.points[0], [-1.2, 1.0])
    np.testing.assert_array_equal(path.values, ANALYTIC["rosenbrock"].value(path.points))
    slopes = np.linalg.norm(ANALYTIC["rosenbrock"].gradient(path.points), axis=-1)
    np.testing.assert_allclose(path.gradient_norms, slopes)
    np.testing.assert_allclose(path.distance([1, 1])[0], 2.2)
    np.testing.assert_array_equal(path.best, path.points[path.values.argmin()])
    again = pickle.loads(pickle.dumps(path))
    np.testing.assert_array_equal(again.points, path.points)


def test_no_step_at_all_is_a_path_of_one_point():
    path = descend(ANALYTIC["booth"], gd(0.1), [1.0, 2.0], steps=0)
    assert path.points.shape == (1, 2)
    assert path.ending.kind == "ran_out"
    assert "none were asked" in path.ending.message


@pytest.mark.parametrize("id", [*MANY, "lbfgs"])
def test_many_starts_walk_like_each_alone(id):
    surface, rule = ANALYTIC["himmelblau"], OPTIMIZERS[id](lr=0.01)
    starts = np.random.default_rng(0).uniform(-5, 5, (2, 3, 2))
    together = descend(surface, rule, starts, steps=60)
    assert together.points.shape[1:] == (2, 3, 2)
    assert together.values.shape == together.points.shape[:-1]
    for index in np.ndindex(2, 3):
        alone = descend(surface, rule, starts[index], steps=60)
        same = together.one(*index).points[: len(alone.points)]
        np.testing.assert_allclose(same, alone.points, rtol=1e-9, atol=1e-9)
        if id != "lbfgs":  # whose paths differ in length
            assert together.ending[index] == alone.ending.kind == together.one(*index).ending.kind


def test_a_start_that_is_lost_stays_at_its_last_point_while_the_others_walk_on():
    surface = ANALYTIC["rosenbrock"]
    path = descend(surface, gd(0.002), [[0.9, 0.8], [-2.0, 3.0], [9.0, -9.0]], steps=50)
    assert path.points.shape == (51, 3, 2)
    assert path.lost.tolist() == [False, False, True]
    stop = path.stopped[2]
    assert 0 < stop < 50
    np.testing.assert_array_equal(
        path.points[stop:, 2], np.tile(path.points[stop, 2], (51 - stop, 1))
    )
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.values).all()
    assert path.ending.tolist()[2] == "diverged"
    assert len(path.one(2).points) == stop + 1


def test_a_tolerance_stops_where_the_slope_is_small_enough():
    surface = ANALYTIC["quadratic_100"]
    whole = descend(surface, gd(0.0198), [10.0, 1.0], steps=800)
    path = descend(surface, gd(0.0198), [10.0, 1.0], steps=800, tolerance=0.5)
    assert path.steps == (whole.gradient_norms <= 0.5).argmax()
    np.testing.assert_array_equal(path.points, whole.points[: path.steps + 1])
    assert path.ending.kind == "converged"
    assert "within the tolerance of 0.5" in path.ending.message


# bad input


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": [1.0, 2.0, 3.0]}, "A start needs 2 numbers"),
        ({"start": 1.0}, "A start needs 2 numbers"),
        ({"start": [1.0, np.nan]}, "finite numbers"),
        ({"start": np.empty((0, 2))}, "at least one"),
        ({"steps": -1}, "at least 0"),
        ({"steps": 2.5}, "whole number"),
        ({"steps": "many"}, "whole number"),
        ({"steps": float("nan")}, "whole number"),
        ({"batch_size": 4}, "no mini-batches"),
        ({"optimizer": OPTIMIZERS["lbfgs"](), "schedule": SCHEDULES["cosine"]()}, "neither"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(change, words):
    usual = {"objective": ANALYTIC["booth"], "optimizer": gd(0.01), "start": [0.0, 0.0]}
    with pytest.raises(ValueError, match=words):
        descend(**usual | change)


def test_a_batch_of_no_rows_is_refused():
    risk, _ = batch_problem()
    with pytest.raises(ValueError, match="batch_size to be a whole number of at least 1"):
        descend(risk, gd(0.01), [0.0, 0.0], batch_size=0)


@pytest.mark.parametrize("lr", [0.0, 1e9, 1e300])
@pytest.mark.parametrize("id", [id for id in OPTIMIZERS if id != "lbfgs"])
def test_no_rate_makes_a_warning_or_a_nan(id, lr):
    for surface in ("rosenbrock", "easom", "ackley", "monkey_saddle"):
        path = descend(ANALYTIC[surface], OPTIMIZERS[id](lr=lr), [[-1.2, 1.0], [0, 0]], steps=30)
        assert np.isfinite(path.points).all()
        assert np.isfinite(path.values).all()
        assert set(path.ending.tolist()) <= set(KINDS)
        assert path.one(0).ending.message


# mini-batches


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_a_fixed_order_of_batches_gives_torchs_path(name):
    risk, given = batch_problem()
    chosen = dict(given[name])
    if "betas" in chosen:
        chosen["beta1"], chosen["beta2"] = chosen.pop("betas")
    path = descend(risk, OPTIMIZERS[name](**chosen), given["start"], batches=given["batches"])
    expected = case("O03_minibatch_sgd")["expected"]
    check(path.points, expected[f"{name}.path"])
    if name == "sgd":
        before = [
            risk.on(rows).value(at) for rows, at in zip(given["batches"], path.points, strict=False)
        ]
        check(before, expected["sgd.batch_losses_before_step"])
        told = list(path.replay())  # the numbers of a step are those of its mini-batch
        for rows, at, numbers in zip(given["batches"], path.points, told, strict=False):
            shown = {q.key: q.value for q in numbers}["gradient"]
            np.testing.assert_allclose(shown, risk.on(rows).gradient(at))


def test_batches_are_reshuffled_epochs_that_a_seed_repeats():
    risk, _ = batch_problem()
    path = descend(risk, OPTIMIZERS["sgd"](lr=0.01), [0.0, 0.0], steps=6, batch_size=4, seed=3)
    assert [len(rows) for rows in path.batches] == [4, 2, 4, 2, 4, 2]
    epochs = [sorted(np.concatenate(path.batches[i : i + 2]).tolist()) for i in (0, 2, 4)]
    assert epochs == [list(range(6))] * 3
    assert not np.array_equal(path.batches[0], path.batches[2])
    same = descend(risk, OPTIMIZERS["sgd"](lr=0.01), [0.0, 0.0], steps=6, batch_size=4, seed=3)
    np.testing.assert_array_equal(same.points, path.points)
    other = descend(risk, OPTIMIZERS["sgd"](lr=0.01), [0.0, 0.0], steps=6, batch_size=4, seed=4)
    assert not np.array_equal(other.points, path.points)
    whole = descend(risk, OPTIMIZERS["sgd"](lr=0.01), [0.0, 0.0], steps=6, batch_size=99)
    full = descend(risk, gd(0.01), [0.0, 0.0], steps=6)
    np.testing.assert_allclose(whole.points, full.points, rtol=1e-12)


def test_the_cloud_of_stochastic_gradients_is_unbiased_and_as_wide_as_theory_says():
    risk, given = batch_problem()
    expected = case("O03_minibatch_sgd")["expected"]
    at = np.array(expected["sgd.path"]["value"][-1])
    each = np.array([risk.on([i]).gradient(at) for i in range(6)])
    check(each, expected["per_example_gradients_at_last_sgd_point"])
    cloud = stochastic_gradients(risk, at, batch_size=2, draws=1500)
    # two of six without replacement: variance over batch size, times (6 - 2) / (6 - 1)
    spread = each.var(0) / 2 * 4 / 5
    np.testing.assert_allclose(cloud.mean(0), each.mean(0), atol=5 * np.sqrt(spread.max() / 1500))
    np.testing.assert_allclose(cloud.var(0), spread, rtol=0.15)


def test_a_schedule_scales_every_step():
    surface = ANALYTIC["booth"]
    halved = SCHEDULES["step"](step_size=2, gamma=0.5)
    path = descend(surface, gd(0.04), [0.0, 0.0], steps=6, schedule=halved)
    theta = np.zeros(2)
    for step in range(6):
        theta = theta - 0.04 * 0.5 ** (step // 2) * surface.gradient(theta)
        np.testing.assert_allclose(path.points[step + 1], theta)
    plain = descend(surface, gd(0.04), [0.0, 0.0], steps=6)
    constant = descend(surface, gd(0.04), [0.0, 0.0], steps=6, schedule=SCHEDULES["constant"]())
    np.testing.assert_array_equal(plain.points, constant.points)


# endings


def test_converged_says_where_and_on_what():
    low = descend(ANALYTIC["himmelblau"], gd(0.01), [0.0, -0.8], steps=300).ending
    assert (low.kind, low.step, low.label) == ("converged", 300, "Converged")
    assert "a local minimum" in str(low)
    top = descend(ANALYTIC["himmelblau"], OPTIMIZERS["newton"](), [0.0, -1.0], steps=12).ending
    assert top.kind == "converged"
    assert "a maximum, not a minimum" in str(top)
    ridge = descend(ANALYTIC["saddle"], gd(0.1), [1.0, 0.0], steps=200).ending
    assert ridge.kind == "converged"
    assert "a saddle, not a minimum" in str(ridge)
    at_once = descend(ANALYTIC["booth"], gd(0.01), [1.0, 3.0], steps=20).ending
    assert at_once.kind == "converged"


def test_an_ending_tells_its_loss_in_six_digits():
    """Enough to tell two ends apart that lie in one valley."""
    for name, start, steps, kind in (
        ("mccormick", [-0.5, -1.5], 300, "converged"),
        ("rosenbrock", [-1.2, 1.0], 50, "ran_out"),
    ):
        path = descend(ANALYTIC[name], gd(1e-3 if kind == "ran_out" else 0.05), start, steps=steps)
        assert path.ending.kind == kind
        told = f"{path.values[-1]:.6g}".replace("-", "\N{MINUS SIGN}")
        assert len(told.strip("\N{MINUS SIGN}0.")) >= 6  # its last digit is no zero
        assert re.search(rf"(loss is|now) {re.escape(told)}\b", str(path.ending))


def test_ran_out_says_how_it_was_going():
    ending = descend(ANALYTIC["rosenbrock"], gd(1e-3), [-1.2, 1.0], steps=50).ending
    assert ending.kind == "ran_out"
    assert "fell by" in str(ending)
    still = descend(ANALYTIC["rosenbrock"], gd(0.0), [-1.2, 1.0], steps=50).ending
    assert still.kind == "ran_out"
    assert "never moved" in str(still)
    walls = descend(ANALYTIC["quadratic_100"], gd(0.02), [10.0, 1.0], steps=2000)
    assert walls.ending.kind == "ran_out"  # at 2/L the y coordinate flips its sign for ever
    np.testing.assert_allclose(np.abs(walls.points[:, 1]), 1, rtol=1e-9)
    assert "has not been lower in the last 200 steps" in str(walls.ending)


def test_diverged_says_after_how_many_steps():
    path = descend(ANALYTIC["quadratic_100"], gd(0.05), [10.0, 1.0], steps=200)
    assert path.ending.kind == "diverged"
    assert path.ending.step == path.steps < 200
    assert f"after {path.steps} steps" in str(path.ending)
    assert abs(path.points[-1, 1]) < 1e16 < 4 * abs(path.points[-1, 1])
    slow = descend(ANALYTIC["quadratic_100"], gd(0.021), [10.0, 1.0], steps=200)
    assert slow.steps == 200
    assert slow.ending.kind == "diverged"
    assert "keep growing" in str(slow.ending)
    down = descend(ANALYTIC["saddle"], gd(0.1), [1.0, 1e-3], steps=200)
    assert down.ending.kind == "diverged"
    assert down.values[-1] < -1e20


def test_an_infinite_loss_is_an_ending_too():
    class Cliff(Saddle):
        """exp(-x) + y^2 for a rule that climbs it: infinite long before the edge of the map."""

        def height(self, x, y):
            return np.exp(-x) + y * y

        def slopes(self, x, y):
            return np.exp(-x), 2 * y

    path = descend(Cliff(), gd(1.0), [-2.0, 1.0], steps=40)
    assert path.ending.kind == "diverged"
    assert abs(path.points[-1, 0]) < 800
    assert np.isfinite(path.values).all()


def test_a_wild_step_onto_flat_surface_is_no_arrival():
    data = Data([[1.0], [2.0]], [1.0, 2.0])
    risk = Risk(data, MODELS["exponential"](), LOSSES["squared"]())
    path = descend(risk, gd(1.0), [1.0, -1.0], steps=40)
    assert path.values[-1] > path.values[0]
    assert path.ending.kind == "plateau"


def test_plateau_shows_that_lower_values_is_near():
    path = descend(one_logit("mse_sigmoid"), gd(0.1), [-8.0], steps=200)
    assert path.ending.kind == "plateau"
    assert path.values[-1] > 0.999
    assert "yet this is no minimum" in str(path.ending)
    # the same start under cross-entropy walks away: its slope is 1491 times as large
    free = descend(one_logit("cross_entropy"), gd(0.1), [-8.0], steps=200)
    assert free.ending.kind == "ran_out"
    assert free.values[-1] < 0.1
    hole = descend(ANALYTIC["easom"], gd(0.1), [0.5, 0.5], steps=200)
    assert hole.ending.kind == "plateau"


class BesideAHole:
    """A long gentle bowl, and a narrow hole of ``depth`` beside the way down."""

    layout = SimpleNamespace(size=1)

    def __init__(self, depth):
        self.depth = depth

    def value(self, theta):
        x = np.asarray(theta)[..., 0]
        return 0.0005 * (x - 40) ** 2 - self.depth * np.exp(-20 * (x - 1.2) ** 2)

    def gradient(self, theta):
        x = np.asarray(theta)
        hole = 40 * (x - 1.2) * self.depth * np.exp(-20 * (x - 1.2) ** 2)
        return 0.001 * (x - 40) + hole

    def hessian(self, theta):
        x = np.asarray(theta)[..., None]
        curved = self.depth * np.exp(-20 * (x - 1.2) ** 2) * (40 - 1600 * (x - 1.2) ** 2)
        return 0.001 + curved


def test_a_plateau_has_more_left_to_give_than_the_floor_of_a_valley():
    """The bowl still has 0.8 to give: a fifth of a hole of 4, but a fiftieth of one of 40."""
    for depth, kind in ((4.0, "plateau"), (40.0, "ran_out")):
        path = descend(BesideAHole(depth), gd(0.01), [0.0], steps=100)
        assert path.ending.kind == kind


@pytest.mark.parametrize("id", ["gd", "momentum", "adam", "sign_sgd", "rmsprop"])
def test_a_fixed_step_bounces_at_a_kink(id):
    risk = location("absolute", [1.0, 2.0, 3.0, 4.0, 100.0])
    path = descend(risk, OPTIMIZERS[id](lr=0.4), [0.25], steps=300)
    assert path.ending.kind == "kink"
    assert "Oscillating" in str(path.ending)


def test_gd_on_mae_bounces_between_two_points_for_ever():
    expected = case(FACTS)["expected"]["mae_gd_bounces"]
    given = expected["value"]
    risk = location("absolute", given["data"])
    path = descend(risk, gd(given["lr"]), [given["start"]], steps=200)
    check(path.points[-6:, 0], expected | {"value": given["last_six"]})


def test_smooth_surface_is_never_called_a_kink():
    for lr in (0.018, 0.02):
        path = descend(ANALYTIC["quadratic_100"], gd(lr), [1.0, 1.0], steps=300)
        assert path.ending.kind in ("converged", "ran_out")
    risk = location("huber", [1.0, 2.0, 3.0, 4.0, 100.0])
    assert descend(risk, gd(2.0), [0.25], steps=100).ending.kind == "converged"


@pytest.mark.parametrize("loss", ["zero_one", "constant"])
def test_no_gradient_anywhere(loss):
    if loss == "constant":
        surface, start = Level(), [3.0, -2.0]
    else:
        surface, start = one_logit("zero_one"), [-1.0]
    path = descend(surface, OPTIMIZERS["adam"](), start, steps=50)
    assert path.ending.kind == "no_gradient"
    assert "never moved" in str(path.ending)
    np.testing.assert_array_equal(path.points, np.tile(start, (51, 1)))


def test_only_weight_decay_moves_a_point_on_flat_surface():
    rule = OPTIMIZERS["adamw"](lr=0.1, weight_decay=0.1)
    path = descend(Level(), rule, [3.0, -2.0], steps=50)
    np.testing.assert_allclose(path.points[-1], np.array([3.0, -2.0]) * 0.99**50)
    assert path.ending.kind == "no_gradient"
    assert "weight decay alone" in str(path.ending)


def test_lbfgs_gives_up_or_rests_at_a_crease_and_never_runs_out():
    path = descend(location("absolute", [1.0, 2.0, 3.5, 4.0]), OPTIMIZERS["lbfgs"](), [0.3], 200)
    assert path.steps < 200
    assert path.ending.kind in ("gave_up", "converged", "kink")


def test_only_the_proximal_step_lands_on_exact_zeros():
    risk, X, y, expected = lasso()
    rate = 1 / np.linalg.eigvalsh(X.T @ X / len(y)).max()
    start, found = np.full(10, 5.0), expected["value"]
    proximal = descend(risk, OPTIMIZERS["proximal_gradient"](lr=rate), start, steps=2000)
    plain = descend(risk, gd(rate), start, steps=2000)
    fit = Lasso(alpha=found["l1"], fit_intercept=False, tol=1e-12, max_iter=10**6).fit(X, y)
    np.testing.assert_allclose(proximal.points[-1], fit.coef_, atol=1e-6)
    assert (proximal.points[-1] == 0).sum() == found["proximal_zeros"]
    assert (plain.points[-1] == 0).sum() == found["subgradient_zeros"]
    assert proximal.ending.kind == "converged"
    assert "on a kink" in str(proximal.ending)
    assert plain.ending.kind == "kink"


# theory, held by random problems


@given(
    kappa=st.floats(1.5, 50),
    scale=st.floats(1e-3, 1e3),
    angle=st.floats(0, 90),
    share=st.floats(0.3, 0.95) | st.floats(1.1, 3.0),
)
@settings(max_examples=40)
def test_gradient_descent_converges_below_two_over_l_and_diverges_above(kappa, scale, angle, share):
    quadratic = ConvexQuadratic(kappa=kappa, angle=angle, scale=scale)
    lr = share * 2 / (scale * kappa)
    path = descend(quadratic, gd(lr), quadratic.turned([3.0, -2.0]), steps=1500)
    assert path.ending.kind == ("converged" if share < 1 else "diverged")
    if share < 1:
        assert path.distance([0, 0])[-1] < 1e-3
        assert "a local minimum" in str(path.ending)
    else:
        assert path.values[-1] > path.values[0]


@given(
    name=st.sampled_from([name for name in ANALYTIC if name not in ("easom", "ackley")]),
    id=st.sampled_from(list(OPTIMIZERS)),
    lr=st.floats(-5, 1),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    steps=st.sampled_from([1, 5, 12, 60, 300]),
)
@settings(max_examples=120)
def test_every_ending_says_what_is_true(name, id, lr, place, steps):
    surface = ANALYTIC[name]
    (left, right), (low, high) = surface.window
    start = [left + place[0] * (right - left), low + place[1] * (high - low)]
    rule = OPTIMIZERS[id]() if id in ("newton", "lbfgs") else OPTIMIZERS[id](lr=10**lr)
    path = descend(surface, rule, start, steps)
    ending, end = path.ending, path.points[-1]
    assert ending.step == path.steps <= steps
    assert ending.message.startswith(("Converged", "Ran out", "Diverged", "Stalled", "Line search"))
    if ending.kind == "converged" and not path.distance(end).any():
        return  # it began at a critical point
    if ending.kind == "converged" and (end >= (left, low)).all() and (end <= (right, high)).all():
        near = min(surface.critical_points, key=lambda c: np.hypot(*(end - c.point)))
        assert np.hypot(*(end - near.point)) < 0.02
        assert near.kind in ending.message or "a flat place" in ending.message
    if ending.kind == "diverged":
        assert path.lost or path.values[-1] > path.values[0] or path.values[-1] < -100
    if ending.kind == "plateau":
        lower = float(re.search(r"lowest loss is (\S+) against", ending.message)[1])
        assert lower < path.values[-1]
    if ending.kind == "ran_out":
        assert path.steps == steps


def test_the_closed_form_of_the_quadratic():
    oracle = case("O04_quadratic_theory")
    start, expected = oracle["inputs"]["start"], oracle["expected"]
    for name, entry in expected.items():
        if name.endswith(".x30"):
            path = descend(ANALYTIC["quadratic_100"], gd(entry["lr"]), start, steps=30)
            assert path.steps == 30
            check(path.points[-1], entry)
            check(path.values[-1], expected[name.replace("x30", "f30")])
    newton = descend(ANALYTIC["quadratic_100"], OPTIMIZERS["newton"](), start, steps=1)
    check(newton.points[1], expected["newton.one_step"])


def test_how_many_steps_each_rule_needs():
    expected = case(FACTS)["expected"]["steps_to_f_below_1e-6.quadratic_100"]["value"]
    flat, turned = ConvexQuadratic(), ConvexQuadratic(angle=45)
    steep = ConvexQuadratic(scale=1000)
    theory = case("O04_quadratic_theory")["expected"]
    ball = OPTIMIZERS["momentum"](
        lr=theory["heavy_ball.optimal_lr"]["value"],
        momentum=theory["heavy_ball.optimal_momentum"]["value"],
    )
    start = np.array([10.0, 1.0])
    runs = {
        "gd_axis_aligned": (flat, gd(0.0198), start, 1e-6),
        "gd_rotated_45": (turned, gd(0.0198), turned.turned(start), 1e-6),
        "adam_axis_aligned": (flat, OPTIMIZERS["adam"](lr=0.3), start, 1e-6),
        "adam_rotated_45": (turned, OPTIMIZERS["adam"](lr=0.3), turned.turned(start), 1e-6),
        "adam_loss_times_1000": (steep, OPTIMIZERS["adam"](lr=0.3), start, 1e-3),
        "adagrad_lr_1": (flat, OPTIMIZERS["adagrad"](lr=1.0), start, 1e-6),
        "momentum_optimal": (flat, ball, start, 1e-6),
        "nesterov_0p9": (flat, OPTIMIZERS["nesterov"](lr=0.01, momentum=0.9), start, 1e-6),
    }
    for name, (quadratic, rule, begin, level) in runs.items():
        path = descend(quadratic, rule, begin, steps=500)
        assert abs((path.values < level).argmax() - expected[name]) <= 2, name
    assert expected["gd_loss_times_1000"] == "diverges"
    assert descend(steep, gd(0.0198), start, steps=500).ending.kind == "diverged"


def test_where_each_rule_ends_from_the_same_start():
    entry = case(FACTS)["expected"]["himmelblau_from_0_-0.8"]
    rules = {"gd": gd(0.01), "adam": OPTIMIZERS["adam"](lr=0.1), "newton": OPTIMIZERS["newton"]()}
    for name, rule in rules.items():
        path = descend(ANALYTIC["himmelblau"], rule, [0.0, -0.8], steps=500)
        check(path.points[-1], entry | {"value": entry["value"][name]})


def test_standardising_turns_millions_of_steps_into_one():
    entry = case(FACTS)["expected"]["scaling.engel"]["value"]
    x, y = columns("data/engel.csv", "income", "foodexp").T
    raw = Risk(Data(x[:, None], y), MODELS["line"](), LOSSES["squared"]())
    scaled = Risk(
        Data(((x - x.mean()) / x.std())[:, None], y), MODELS["line"](), LOSSES["squared"]()
    )
    path = descend(scaled, gd(0.5), [0.0, 0.0], steps=entry["gd_steps_standardised_at_lr_half"])
    np.testing.assert_allclose(path.points[-1], scaled.quadratic.minimiser, rtol=1e-9)
    assert path.ending.kind == "converged"
    slow = descend(raw, gd(entry["gd_lr_limit_raw"] / 2), [0.0, 0.0], steps=1000)
    assert slow.ending.kind == "ran_out"
    assert abs(slow.points[-1, 0] - raw.quadratic.minimiser[0]) > 81
    assert descend(raw, gd(1.05 * entry["gd_lr_limit_raw"]), [0, 0], 2000).ending.kind == "diverged"


# thousands of starts


@pytest.mark.parametrize("id", MANY)
def test_settling_ends_where_descending_ends(id):
    surface, rule = ANALYTIC["himmelblau"], OPTIMIZERS[id](lr=0.01)
    starts = np.random.default_rng(1).uniform(-5, 5, (4, 3, 2))
    cosine = SCHEDULES["cosine"]()
    basins = settle(surface, rule, starts, steps=80, tolerance=0.01, schedule=cosine)
    path = descend(surface, rule, starts, steps=80, schedule=cosine)
    assert basins.points.shape == (4, 3, 2)
    np.testing.assert_allclose(basins.points, path.points[-1], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(basins.values, surface.value(basins.points))
    far = np.linalg.norm(path.points - path.points[-1], axis=-1) > 0.01
    for index in np.ndindex(4, 3):
        steps = basins.steps[index]
        assert not far[(slice(steps, None), *index)].any()
        assert steps == 0 or far[(steps - 1, *index)]


def test_basins_say_which_minimum_and_who_was_lost(monkeypatch):
    surface = ANALYTIC["himmelblau"]
    a, b = np.linspace(-5, 5, 21), np.linspace(-4, 4, 11)
    starts = np.stack(np.meshgrid(a, b), axis=-1)
    targets = [each.point for each in surface.minima]
    basins = settle(surface, gd(0.01), starts, steps=200)
    found = basins.nearest(targets)
    assert found.shape == basins.steps.shape == (11, 21)
    assert set(found.ravel().tolist()) == {0, 1, 2, 3}
    for index in ((0, 0), (5, 17), (10, 3)):
        end = descend(surface, gd(0.01), starts[index], steps=200).points[-1]
        assert np.linalg.norm(end - targets[found[index]]) < 0.1
    wild = settle(surface, gd(0.03), starts, steps=200)
    assert wild.lost.any()
    assert not wild.lost.all()
    assert np.isfinite(wild.points).all()
    assert np.isfinite(wild.values).all()
    assert (wild.nearest(targets)[wild.lost] == -1).all()
    paths = descend(surface, gd(0.03), starts, steps=200)
    np.testing.assert_array_equal(wild.lost, paths.lost)
    np.testing.assert_array_equal(wild.steps[wild.lost], paths.stopped[paths.lost])
    # groups of starts are forgotten one after the other, and change nothing
    monkeypatch.setattr("lossviz.descent.basins.TOGETHER", 201 * 2 * 7)
    np.testing.assert_array_equal(settle(surface, gd(0.03), starts, 200).points, wild.points)


def test_lbfgs_settles_thousands_at_once():
    surface = ANALYTIC["himmelblau"]
    starts = np.random.default_rng(2).uniform(-5, 5, (50, 2))
    heard: list[float] = []
    basins = settle(surface, OPTIMIZERS["lbfgs"](), starts, steps=60, progress=heard.append)
    assert len(heard) % 60 == 0
    assert heard[-1] == 1
    assert heard == sorted(heard)
    assert (basins.nearest([each.point for each in surface.minima], within=1e-6) >= 0).all()


def test_a_sweep_is_one_descent_per_rate():
    rates = np.geomspace(1e-4, 10, 11)
    surface = ANALYTIC["rosenbrock"]
    for id in ("gd", "adam", "adamw", "newton"):
        swept = sweep(surface, OPTIMIZERS[id](), [-1.2, 1.0], rates, steps=40)
        assert swept.points.shape == (11, 2)
        for rate, end, lost in zip(rates, swept.points, swept.lost, strict=True):
            path = descend(surface, OPTIMIZERS[id](lr=rate), [-1.2, 1.0], steps=40)
            assert lost == path.lost
            np.testing.assert_allclose(end, path.points[-1], rtol=1e-6, atol=1e-9)
