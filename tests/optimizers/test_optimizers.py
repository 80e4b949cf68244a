"""Every rule against torch's and optax's iterates, and what each rule is known for."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from lossviz.descent import descend
from lossviz.objectives.analytic import ANALYTIC, ConvexQuadratic
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.recipes import pick
from lossviz.ui import stage
from tests.oracles import case, check, table

IDS = [
    *("gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "amsgrad"),
    *("adamax", "nadam", "adamw", "lion", "sign_sgd", "newton", "lbfgs", "proximal_gradient"),
]
VARIANTS = {
    "gd_weight_decay": "gd",
    "momentum_dampened": "momentum",
    "rmsprop_centered": "rmsprop",
    "rmsprop_momentum": "rmsprop",
    "adam_l2": "adam",
}
RENAMED = {"b1": "beta1", "b2": "beta2"}
FUNCTION = {"O01_rosenbrock": "rosenbrock", "O02_quadratic_100": "quadratic_100"}


def test_the_browser_knows_the_rules_that_say_so():
    rules = (Path(stage.__file__).parent / "descent.js").read_text()
    known = re.findall(r"^  (\w+)(?:: |\()", rules.split("const RULES")[1].split("\n};")[0], re.M)
    assert set(known) == {id for id, cls in OPTIMIZERS.items() if cls.live}


def torch_rows():
    names = [
        *("gd", "momentum", "momentum_dampened", "nesterov", "gd_weight_decay", "adagrad"),
        *("rmsprop", "rmsprop_centered", "rmsprop_momentum", "adadelta", "adam", "amsgrad"),
        *("adamax", "nadam", "adamw", "adam_l2", "newton"),
    ]
    wanted = [f"torch.{name}" for name in names] + ["optax.lion", "optax.sign_sgd"]
    return [(each, row) for each in FUNCTION for row in wanted]


def recipe(name, given):
    given = dict(given)
    given.pop("hessian", None)
    if "betas" in given:
        given["beta1"], given["beta2"] = given.pop("betas")
    given = {RENAMED.get(key, key): value for key, value in given.items()}
    return OPTIMIZERS[VARIANTS.get(name, name)](**given)


def every(id):
    """The entry with a rate that suits Rosenbrock."""
    rates = {"gd": 1e-3, "sgd": 1e-3, "momentum": 2e-4, "nesterov": 2e-4, "newton": 0.5}
    return OPTIMIZERS[id](lr=rates.get(id, 0.001 if id == "proximal_gradient" else 0.05))


def test_the_catalogue_is_the_one_of_the_design():
    assert set(IDS) <= set(OPTIMIZERS)  # a newcomer is welcome
    assert list(SCHEDULES) == ["constant", "step", "inverse_time", "cosine", "warm_up"]


@pytest.mark.parametrize(("name", "row"), torch_rows())
def test_iterates_are_those_of_torch_and_optax(name, row):
    oracle = case(name)
    library, optimizer = row.split(".")
    rows = [
        [float(r["x"]), float(r["y"]), float(r["f"])]
        for r in table(oracle["tables"][0])
        if (r["library"], r["optimizer"]) == (library, optimizer)
    ]
    expected = np.array(rows)
    rule = recipe(optimizer, oracle["inputs"]["hyper_parameters"][row])
    path = descend(ANALYTIC[FUNCTION[name]], rule, oracle["definition"]["start"], steps=50)
    last = oracle["inputs"]["compare_up_to_k"].get(row, 50) + 1
    atol = oracle["inputs"]["atol_by_optimizer"].get(optimizer, 1e-9)
    assert path.points.shape == (51, 2)
    np.testing.assert_allclose(path.points[:last], expected[:last, :2], rtol=1e-9, atol=atol)
    np.testing.assert_allclose(path.values[:last], expected[:last, 2], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("start", ["rosenbrock_from_-1.2_1.0", "himmelblau_from_0.0_-1.0"])
def test_newton_goes_to_the_nearest_critical_point_of_any_kind(start):
    expected = case("O05_newton")["expected"][start]["value"]
    objective = ANALYTIC[start.split("_")[0]]
    path = descend(objective, OPTIMIZERS["newton"](), expected["path"][0], steps=12)
    np.testing.assert_allclose(path.points, expected["path"], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(path.values, expected["f"], rtol=1e-6, atol=1e-8)
    assert expected["kind"] in path.ending.message


@pytest.mark.parametrize("id", OPTIMIZERS)
def test_update_changes_nothing_it_was_given(id):
    objective, rule = ANALYTIC["rosenbrock"], every(id)
    theta = np.array([[-1.2, 1.0], [0.3, 0.4]])
    state = rule.init(theta)
    for _ in range(4):
        for array in (theta, *(a for a in state if isinstance(a, np.ndarray))):
            array.flags.writeable = False
        seen = rule.look(objective, theta)
        seen["gradient"].flags.writeable = False
        once = rule.update(state=state, theta=theta, **seen)
        again = rule.update(state=state, theta=theta, **seen)
        np.testing.assert_array_equal(once[0], again[0])
        theta, state = once


@pytest.mark.parametrize("id", OPTIMIZERS)
def test_a_batch_is_many_single_walks(id):
    objective, rule = ANALYTIC["rosenbrock"], every(id)
    theta = np.random.default_rng(0).uniform(-1.5, 1.5, (2, 3, 2))
    scale = np.array([[[1.0], [0.5], [0.25]]])
    state, alone = rule.init(theta), {}
    for i, j in np.ndindex(2, 3):
        at, own, points = theta[i, j], rule.init(theta[i, j]), []
        for _ in range(6):
            at, own = rule.step(objective, own, at, scale[0, j])
            points.append(at)
        alone[i, j] = points
    for step in range(6):
        theta, state = rule.step(objective, state, theta, scale)
        for i, j in np.ndindex(2, 3):
            np.testing.assert_allclose(theta[i, j], alone[i, j][step], rtol=1e-12, atol=1e-14)


def value_of(latex):
    """The number that a worked-out rule stands for."""
    text = latex.replace(r"\left", "").replace(r"\right", "").replace(r"\operatorname{prox}", "")
    text = text.replace("{,}", "").replace(r"\times", "*")
    while True:
        shorter = re.sub(r"\\sqrt\{([^{}]*)\}", r"((\1)**0.5)", text)
        shorter = re.sub(r"10\^\{(-?\d+)\}", r"10.0**(\1)", shorter)
        shorter = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", shorter)
        if shorter == text:
            break
        text = shorter
    text = re.sub(r"\\operatorname\{sign\}\\,(\([^()]*\)|[-\d.]+)", r"np.sign(\1)", text)
    return eval(text.replace(r"\cdot", "*").replace(r"\,", "*"), {"np": np})


@pytest.mark.parametrize("id", OPTIMIZERS)
def test_the_worked_rule_is_true_for_every_step_and_coordinate(id):
    rule = every(id)
    if "weight_decay" in {f.name for f in rule.hyperparameters()}:
        rule = OPTIMIZERS[id](lr=rule.lr, weight_decay=0.1)
    path = descend(ANALYTIC["rosenbrock"], rule, [-1.2, 1.0], steps=8)
    told = list(path.replay())
    assert len(told) == path.steps
    for step, numbers in enumerate(told):
        known = {each.key: each for each in numbers}
        np.testing.assert_allclose(known["theta"].value, path.points[step], rtol=1e-12)
        np.testing.assert_allclose(known["after"].value, path.points[step + 1], rtol=1e-7)
        for coordinate in (0, 1):
            left, right = rule.filled(numbers, coordinate).rsplit(" = ", 1)
            shown = abs(known["theta"].value[coordinate]) + abs(known["step"].value[coordinate])
            assert "$" not in left
            assert value_of(left) == pytest.approx(value_of(right), abs=3e-3 * (1 + shown))
        # numbers come with a name and a symbol for the page
        assert all(each.name and each.symbol for each in numbers)


def test_explaining_one_step_is_one_entry_of_the_replay():
    path = descend(ANALYTIC["rosenbrock"], OPTIMIZERS["adam"](), [-1.2, 1.0], steps=9)
    for one, many in zip(path.explain(7), list(path.replay())[7], strict=True):
        assert one.key == many.key
        np.testing.assert_array_equal(one.value, many.value)
    with pytest.raises(ValueError, match="no step 9"):
        path.explain(9)


def test_lbfgs_walks_along_scipys_iterates_in_its_own_direction():
    objective, points = ANALYTIC["rosenbrock"], [np.array([-1.2, 1.0])]
    minimize(
        objective.value,
        points[0],
        jac=objective.gradient,
        method="L-BFGS-B",
        callback=lambda x: points.append(x.copy()),
        options={"ftol": 0, "gtol": 1e-12, "maxcor": 10, "maxfun": 10**5},
    )
    path = descend(objective, OPTIMIZERS["lbfgs"](), points[0], steps=200)
    np.testing.assert_allclose(path.points, points, rtol=1e-12)
    for step, numbers in enumerate(path.replay()):
        direction = {q.key: q.value for q in numbers}["direction"]
        taken = path.points[step + 1] - path.points[step]
        if step < 30:  # later steps are rounding
            lengths = np.linalg.norm(taken) * np.linalg.norm(direction)
            assert taken @ direction == pytest.approx(lengths, rel=1e-6)


def test_newton_stays_where_nothing_bends_and_says_what_it_needs():
    rule = OPTIMIZERS["newton"]()
    gradient, theta = np.array([0.0, 3.0]), np.array([1.0, 2.0])
    flat = np.diag([0.0, 6.0])
    np.testing.assert_allclose(rule.update(gradient, (), theta, hessian=flat)[0], [1.0, 1.5])
    with pytest.raises(ValueError, match="needs the Hessian"):
        rule.update(gradient, (), theta)


def test_newton_leaves_out_only_the_direction_that_does_not_bend_at_all():
    """A bend of a millionth beside one of 1 is a bend: the jump along it is a million long."""
    bends, slope = np.diag([1.0, 1e-6, 0.0]), np.array([1.0, 1.0, 1.0])
    rule = OPTIMIZERS["newton"](lr=1.0)
    theta, _ = rule.update(slope, rule.init(np.zeros(3)), np.zeros(3), hessian=bends)
    np.testing.assert_allclose(theta, [-1, -1e6, 0])


def test_enough_damping_turns_newton_downhill_next_to_a_maximum():
    objective, start = ANALYTIC["himmelblau"], np.array([0.0, -0.8])
    top = -np.linalg.eigvalsh(objective.hessian(start))[0]
    up = descend(objective, OPTIMIZERS["newton"](), start, steps=1)
    down = descend(objective, OPTIMIZERS["newton"](damping=2 * top), start, steps=1)
    assert up.values[1] > up.values[0]
    assert down.values[1] < down.values[0]


def test_coupled_decay_vanishes_inside_adam_and_decoupled_decay_does_not():
    expected = case("Y01_facts")["expected"]["adam_swallows_coupled_l2"]
    objective, start = ANALYTIC["quadratic_100"], [10.0, 1.0]
    plain, coupled, decoupled = (
        descend(objective, rule, start, steps=50).points
        for rule in (
            OPTIMIZERS["adam"](lr=0.3),
            OPTIMIZERS["adam"](lr=0.3, weight_decay=0.1),
            OPTIMIZERS["adamw"](lr=0.3, weight_decay=0.1),
        )
    )
    assert np.abs(plain - coupled).max() < 1e-9
    gap = expected["value"]["max_difference_adam_vs_adamw"]
    assert np.abs(plain - decoupled).max() == pytest.approx(gap, rel=expected["rtol"])


def test_what_a_constant_loss_does_to_each_rule():
    entry = case("Y01_facts")["expected"]["constant_loss.after_50_steps_from_3_-2"]
    rules = {
        "gd": OPTIMIZERS["gd"](lr=0.1),
        "momentum": OPTIMIZERS["momentum"](lr=0.1),
        "adam": OPTIMIZERS["adam"](lr=0.1),
        "rmsprop": OPTIMIZERS["rmsprop"](lr=0.1),
        "adamw": OPTIMIZERS["adamw"](lr=0.1, weight_decay=0.1),
        "gd_weight_decay": OPTIMIZERS["gd"](lr=0.1, weight_decay=0.1),
    }
    # Lion's decay is decoupled like AdamW's: it shrinks a point that no slope pulls
    lion, at = OPTIMIZERS["lion"](lr=0.1, weight_decay=0.1), np.array([3.0, -2.0])
    np.testing.assert_allclose(lion.update(np.zeros(2), lion.init(at), at)[0], 0.99 * at)
    for name, rule in rules.items():
        theta, state = np.array([3.0, -2.0]), rule.init(np.zeros(2))
        for _ in range(50):
            theta, state = rule.update(np.zeros(2), state, theta)
        check(theta, entry | {"value": entry["value"][name]})


@pytest.mark.parametrize("id", ["adam", "amsgrad", "adamw", "adamax"])
@given(
    gradient=st.lists(st.floats(1e-3, 1e6) | st.floats(-1e6, -1e-3), min_size=2, max_size=2),
    lr=st.floats(1e-4, 1.0),
)
@settings(max_examples=25)
def test_adams_first_step_has_the_length_of_the_rate_in_every_coordinate(id, gradient, lr):
    known = {"weight_decay": 0.0} if id == "adamw" else {}
    rule, theta = OPTIMIZERS[id](lr=lr, **known), np.zeros(2)
    after, _ = rule.update(np.array(gradient), rule.init(theta), theta)
    np.testing.assert_allclose(after, -lr * np.sign(gradient), rtol=2e-5)


@given(kappa=st.floats(1, 200), angle=st.floats(0, 90))
@settings(max_examples=20)
def test_gradient_descent_does_not_notice_a_rotation(kappa, angle):
    flat, turned = ConvexQuadratic(kappa=kappa), ConvexQuadratic(kappa=kappa, angle=angle)
    start, rule = np.array([3.0, -2.0]), OPTIMIZERS["gd"](lr=1 / kappa)
    one = descend(flat, rule, start, steps=20)
    two = descend(turned, rule, turned.turned(start), steps=20)
    np.testing.assert_allclose(turned.turned(one.points), two.points, atol=1e-9)


@pytest.mark.parametrize("id", OPTIMIZERS)
def test_recipes_print_compare_hash_and_pickle(id):
    rule = pick(OPTIMIZERS, id)(lr=0.25)
    assert repr(rule).startswith(f"{type(rule).__name__}(lr=0.25")
    assert rule == OPTIMIZERS[id](lr=0.25) != OPTIMIZERS[id](lr=0.5)
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert len({rule, OPTIMIZERS[id](lr=0.25)}) == 1
    assert rule.summary.endswith(".")
    assert rule.formula
    assert rule.reference


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf"), "fast", None])
def test_an_impossible_rate_is_refused_in_a_sentence(rate):
    with pytest.raises(ValueError, match=r"Gradient descent needs lr .*got"):
        OPTIMIZERS["gd"](lr=rate)


def test_the_prox_takes_the_step_of_the_scaled_rate():
    def prox(theta, step):
        return theta - np.clip(theta, -step, step)

    rule, theta = OPTIMIZERS["proximal_gradient"](lr=0.5), np.array([1.0, 0.1])
    after, _ = rule.update(np.zeros(2), (), theta, 0.4, prox=prox)
    np.testing.assert_allclose(after, [0.8, 0.0])


def test_schedules_are_those_of_their_formulas():
    t = np.arange(10)
    expected = {
        "constant": ({}, np.ones(10)),
        "step": ({"step_size": 3, "gamma": 0.1}, [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 1e-3]),
        "inverse_time": ({"decay": 0.5}, 1 / (1 + 0.5 * t)),
        "cosine": ({"floor": 0.2}, 0.2 + 0.8 * np.cos(np.pi * t / 20) ** 2),
        "warm_up": ({"total_iters": 4, "start_factor": 0.2}, [0.2, 0.4, 0.6, 0.8] + [1.0] * 6),
    }
    for id, (chosen, factors) in expected.items():
        schedule = SCHEDULES[id](**chosen)
        np.testing.assert_allclose(schedule.factors(10), factors, rtol=1e-12, atol=1e-15)
        assert schedule.factors(0).shape == (0,)
        assert pickle.loads(pickle.dumps(schedule)) == schedule
