"""Minimisers against published fits, rational arithmetic and independent solvers."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import certificate, minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from tests.oracles import case, check, columns

LINE, LINEAR, CONSTANT = MODELS["line"](), MODELS["linear"](), MODELS["constant"]()


def line(x, y, loss, penalty="none", **hyper):
    return Risk(Data(np.reshape(x, (-1, 1)), y), LINE, LOSSES[loss](**hyper), PENALTIES[penalty]())


def linear(X, y, loss, penalty=None, task="regression", **hyper):
    names = ("0", "1") if task == "binary" else ()
    data = Data(X, y, task=task, classes=names)
    return Risk(data, LINEAR, LOSSES[loss](**hyper), penalty or PENALTIES["none"]())


def location(y, loss, **hyper):
    return Risk(Data(np.zeros((len(y), 1)), y), CONSTANT, LOSSES[loss](**hyper))


def engel(loss, **hyper):
    return line(*columns("data/engel.csv", "income", "foodexp").T, loss, **hyper)


def anscombe(loss, **hyper):
    return line(*columns("data/anscombe3.csv", "x", "y").T, loss, **hyper)


def assert_minimum(got, theta, value=None):
    assert (got.kind, got.exact) == ("point", True)
    check(got.theta, theta)
    if value is not None:
        check(got.value, value)


# published lines and planes


@pytest.mark.parametrize(
    ("make", "name"), [(engel, "R01_engel_line"), (anscombe, "R02_anscombe3_line")]
)
def test_lines_of_the_oracles(make, name):
    wanted = case(name)["expected"]
    assert_minimum(minimize(make("squared")), wanted["ols.coef"], wanted["ols.mse"])
    assert_minimum(minimize(make("absolute")), wanted["lad.coef"], wanted["lad.mae"])
    for key in wanted:
        setting, _, what = key.rpartition(".coef")
        if setting.startswith("quantile") and not what:
            loss, h = "quantile", {"tau": float(setting.split("_")[1])}
        elif setting.startswith("huber_fixed") and not what:
            loss, h = "huber", {"delta": float(setting.split("_")[3])}
        elif setting.startswith("pseudo_huber") and not what:
            loss, h = "pseudo_huber", {"delta": float(setting.split("_c")[1])}
        elif setting == "log_cosh":
            loss, h = "log_cosh", {}
        else:
            continue
        height = wanted.get(f"{setting}.mean_loss") or wanted[f"{setting}.mean_pinball"]
        assert_minimum(minimize(make(loss, **h)), wanted[key], height)


def test_anscombe_three_is_exact():
    np.testing.assert_allclose(minimize(anscombe("absolute")).theta, [4.01, 0.345], rtol=1e-14)


@pytest.mark.parametrize("loss", ["cauchy", "welsch", "geman_mcclure"])
def test_a_loss_with_many_valleys_lists_them_all(loss):
    wanted = case("R02_anscombe3_line")["expected"]
    got = minimize(anscombe(loss, c=0.5))
    assert (got.kind, got.exact) == ("local", False)
    assert "starts" in got.message
    check(got.theta, wanted[f"{loss}_c0.5.coef"])
    check(got.value, wanted[f"{loss}_c0.5.mean_loss"])
    others = wanted.get(f"{loss}_c0.5.other_local_minima", {"value": []})["value"]
    assert len(got.others) >= len(others)
    for other in others:
        nearest = np.abs(got.others - other["coef"]).max(-1).argmin()
        np.testing.assert_allclose(got.others[nearest], other["coef"], rtol=1e-5)
        np.testing.assert_allclose(got.other_values[nearest], other["mean_loss"], rtol=1e-5)
    assert (np.diff(got.other_values) >= 0).all()


def test_the_stackloss_plane():
    wanted = case("R03_stackloss_plane")["expected"]
    table = columns("data/stackloss.csv", "AIRFLOW", "WATERTEMP", "ACIDCONC", "STACKLOSS")
    X, y = table[:, :3], table[:, 3]
    assert_minimum(minimize(linear(X, y, "squared")), wanted["ols.coef"], wanted["ols.mse"])
    got = minimize(linear(X, y, "absolute"))
    assert_minimum(got, wanted["lad.coef"])
    check(got.value * len(y), wanted["lad.sum_abs"])


def test_cauchy_on_engel():
    wanted = case("R01_engel_line")["expected"]
    got = minimize(engel("cauchy", c=50.0))
    check(got.theta, wanted["cauchy_c50.0.coef"])
    check(got.value, wanted["cauchy_c50.0.mean_loss"])


# flat sets


def interval(got):
    """The ends of a one-parameter minimum, equal for a point."""
    return [got.theta.item()] * 2 if got.vertices is None else sorted(got.vertices[:, 0])


def test_which_number_summarises_the_data():
    oracle = case("R04_location")
    wanted, given_ = oracle["expected"], oracle["inputs"]
    for name in ("even", "odd"):
        y = given_[name]
        check(minimize(location(y, "squared")).theta.item(), wanted[f"{name}.mse_minimiser"])
        middle = minimize(location(y, "absolute"))
        check(interval(middle), wanted[f"{name}.mae_minimiser_interval"])
        check(middle.value, wanted[f"{name}.mae_minimum"])
        assert middle.kind == {"even": "set", "odd": "point"}[name]
        ends = interval(minimize(location(y, "quantile", tau=0.75)))
        check(ends, wanted[f"{name}.pinball_0.75_minimiser_interval"])
        check(minimize(location(y, "huber")).value, wanted[f"{name}.huber_1_minimum"])
    assert minimize(location(given_["even"], "absolute")).theta.item() == 2.5


def test_a_flat_patch_is_returned_with_its_corners_in_order():
    oracle = case("R04_location")
    got = minimize(line(**oracle["inputs"]["line"], loss="absolute"))
    wanted = oracle["expected"]["line.lad_minimiser_vertices"]
    assert got.kind == "set"
    check(got.vertices[np.lexsort(np.round(got.vertices, 9).T[::-1])], wanted)
    check(got.value, oracle["expected"]["line.lad_mae"])
    np.testing.assert_allclose(got.theta, [0.5, 0], atol=1e-12)
    sides = np.roll(got.vertices, -1, 0) - got.vertices
    turns = np.cross(np.c_[sides, np.zeros(4)], np.c_[np.roll(sides, -1, 0), np.zeros(4)])[:, 2]
    assert (turns > 0).all() or (turns < 0).all()


def test_leverage_pulls_the_absolute_line_off_nine_points():
    rows = case("Y01_facts")["expected"]["leverage.nine_points_on_y_equals_x"]["value"]
    for row in rows:
        x, y = np.append(np.arange(1.0, 10), row["outlier_at"][0]), np.append(np.arange(1.0, 10), 0)
        got = minimize(line(x, y, "absolute"))
        corners = np.array(row["lad_vertices"])
        assert got.kind == ("set" if len(corners) > 1 else "point")
        found = got.theta[None] if got.vertices is None else got.vertices
        found = found[np.argsort(found[:, 0])]
        np.testing.assert_allclose(found, corners[np.argsort(corners[:, 0])], atol=1e-9)
        assert got.value * 10 == pytest.approx(row["lad_sum_abs"], rel=1e-12)
        np.testing.assert_allclose(minimize(line(x, y, "squared")).theta, row["ols"], atol=1e-9)


def test_huber_slides_from_mae_to_mse():
    entry = case("Y01_facts")["expected"]["huber_slides_from_mae_to_mse.anscombe3"]
    for row in entry["value"]:
        got = minimize(anscombe("huber", delta=row["delta"]))
        np.testing.assert_allclose(got.theta, row["coef"], rtol=entry["rtol"], atol=entry["atol"])


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber", "log_cosh"])
def test_all_x_equal_leaves_a_line_of_minimisers(loss):
    risk = line([3.0, 3, 3], [1.0, 2, 4], loss)
    got = minimize(risk)
    assert got.kind == "set"
    along = got.directions[0] / got.directions[0, 1]
    np.testing.assert_allclose(along, [-3, 1], atol=1e-9)
    np.testing.assert_allclose(risk.value(got.theta + 7 * got.directions), got.value, rtol=1e-12)


def test_a_set_in_four_parameters_shows_its_extent():
    rng = np.random.default_rng(0)
    risk = linear(rng.normal(size=(4, 3)), rng.normal(size=4) * 0.1, "epsilon_insensitive", eps=1.0)
    got = minimize(risk)
    assert got.kind == "set"
    assert len(got.vertices) == 8
    np.testing.assert_allclose(risk.value(got.vertices), 0, atol=1e-12)
    beyond = risk.value(got.theta + 1.001 * (got.vertices - got.theta))
    assert (beyond > 1e-6).all()


# penalties


@pytest.mark.parametrize(
    ("name", "file", "width"),
    [
        ("G01_diabetes_2features", "diabetes_bmi_s5", 2),
        ("G02_diabetes_10features", "diabetes10", 10),
    ],
)
def test_ridge_lasso_and_elastic_net_of_the_oracles(name, file, width):
    oracle = case(name)
    wanted, names = oracle["expected"], oracle["inputs"]["features"]
    table = columns(f"data/{file}.csv", *names, "y")
    X, y = table[:, :width], table[:, width]

    def fit(penalty):
        return minimize(linear(X, y, "half_squared", penalty))

    plain = fit(None)
    check(plain.theta[1:], wanted["ols.coef"])
    check(plain.theta[0], wanted["ols.intercept"])
    for row in wanted["ridge"]["value"]:
        got = fit(PENALTIES["l2"](row["l2"]))
        np.testing.assert_allclose(got.theta[1:], row["coef"], rtol=1e-7, atol=1e-9)
        assert got.theta[0] == pytest.approx(row["intercept"], rel=1e-9)
    for row in wanted["lasso"]["value"]:
        got = fit(PENALTIES["l1"](row["l1"]))
        np.testing.assert_allclose(got.theta[1:], row["coef"], rtol=1e-6, atol=1e-7)
        assert got.value == pytest.approx(row["objective_J"], rel=1e-9)
        assert np.flatnonzero(got.theta[1:] == 0).tolist() == row["exact_zeros"]
        assert got.exact
    for row in wanted["elastic_net"]["value"]:
        strength = row["l1"] + row["l2"]
        got = fit(PENALTIES["elastic_net"](strength, row["l1"] / strength))
        np.testing.assert_allclose(got.theta[1:], row["coef"], rtol=1e-6, atol=1e-7)
        assert got.value == pytest.approx(row["objective_J"], rel=1e-9)


def test_the_soft_threshold():
    flat = MODELS["linear"](intercept=False)
    for row in case("G03_soft_threshold")["expected"]["solutions"]["value"]:
        both = row["l1"] + row["l2"]
        penalty = PENALTIES["elastic_net"](both, row["l1"] / both) if both else PENALTIES["none"]()
        risk = Risk(Data([[1.0]], [row["z"]]), flat, LOSSES["half_squared"](), penalty)
        np.testing.assert_allclose(minimize(risk).theta, row["w"], rtol=1e-12, atol=1e-14)


def test_ridge_on_a_training_part():
    wanted = case("V01_diabetes_split")["expected"]
    table = columns("data/diabetes_split.csv", "bmi_std", "bp_std", "y")
    train = np.array([row["part"] == "train" for row in _rows("data/diabetes_split.csv")])
    for part, key in ((train, "train_minimiser"), (~train, "validation_minimiser")):
        check(minimize(linear(table[part, :2], table[part, 2], "squared")).theta, wanted[key])
    for row in wanted["ridge_path"]["value"]:
        penalty = PENALTIES["l2"](2 * row["l2"])  # the oracle's penalty has no half
        got = minimize(linear(table[train, :2], table[train, 2], "squared", penalty))
        np.testing.assert_allclose(got.theta, row["coef"], rtol=1e-8, atol=1e-10)


def _rows(name):
    from tests.oracles import table

    return table(name)


# classes


def spector(loss, penalty=None):
    table = columns("data/spector.csv", "GPA", "TUCE", "PSI", "y")
    return linear(table[:, :3], table[:, 3], loss, penalty, task="binary")


def tumours(loss, penalty=None):
    table = columns("data/breast_cancer_radius_texture.csv", "mean_radius", "mean_texture", "y")
    return linear(table[:, :2], table[:, 2], loss, penalty, task="binary")


@pytest.mark.parametrize(
    ("make", "name"), [(spector, "L01_spector"), (tumours, "L02_breast_cancer_2features")]
)
def test_logistic_regressions_of_the_oracles(make, name):
    wanted = case(name)["expected"]
    assert_minimum(minimize(make("cross_entropy")), wanted["mle.coef"], wanted["mle.mean_ce"])
    for kind in ("l1", "l2"):
        for row in wanted[kind]["value"]:
            got = minimize(make("cross_entropy", PENALTIES[kind](row[kind])))
            assert got.exact
            np.testing.assert_allclose(got.theta, row["coef"], rtol=1e-6, atol=1e-8)
            assert got.value == pytest.approx(row["objective"], rel=1e-9)


def test_separable_data_have_no_minimiser():
    oracle = case("L03_separable")
    x, y = np.reshape(oracle["inputs"]["x"], (-1, 1)), oracle["inputs"]["y"]
    risk = linear(x, y, "cross_entropy", task="binary")
    got = minimize(risk)
    assert (got.kind, got.exact, got.value) == ("infinity", True, 0.0)
    assert "No finite minimum exists" in got.message
    np.testing.assert_allclose(got.direction, [0, 1], atol=1e-9)
    assert risk.value(got.theta) < 1e-9
    for row in oracle["expected"]["l2"]["value"]:
        got = minimize(linear(x, y, "cross_entropy", PENALTIES["l2"](row["l2"]), task="binary"))
        np.testing.assert_allclose(got.theta, row["coef"], rtol=1e-7, atol=1e-10)


def test_half_separable_data_have_an_infimum_that_is_not_zero():
    risk = linear([[-1.0], [0], [0], [1]], [0, 1, 0, 1], "cross_entropy", task="binary")
    got = minimize(risk)
    assert got.kind == "infinity"
    assert got.value == pytest.approx(np.log(2) / 2, rel=1e-12)
    assert risk.value(got.theta) == pytest.approx(got.value, rel=1e-9)


def test_one_class_alone_runs_away_in_spite_of_a_penalty():
    for penalty in ("none", "l1", "l2"):
        risk = linear([[0.3], [1.0], [-2]], [1, 1, 1], "cross_entropy", PENALTIES[penalty](),
                      task="binary")  # fmt: skip
        got = minimize(risk)
        assert (got.kind, got.value) == ("infinity", 0.0)
        np.testing.assert_allclose(got.direction, [1, 0], atol=1e-9)


def test_the_separating_direction_is_that_of_the_widest_margin():
    from sklearn.svm import SVC

    rng = np.random.default_rng(3)
    X = np.concatenate([rng.normal(2, 0.5, (15, 2)), rng.normal(-1, 0.5, (15, 2))])
    y = np.repeat([1, 0], 15)
    got = minimize(linear(X, y, "exponential", task="binary"))
    svm = SVC(kernel="linear", C=1e6, tol=1e-10).fit(X, y)
    wanted = np.append(svm.intercept_, svm.coef_[0])
    np.testing.assert_allclose(got.direction, wanted / np.linalg.norm(wanted), rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Z01_moons_flips", "moons_noisy"),
        ("Z03_moons_one_sided", "moons_one_sided"),
        ("Z04_blobs_one_sided", "blobs_one_sided"),
    ],
)
def test_label_noise_minimisers_of_the_oracles(name, file):
    entry = case(name)["expected"]["minimisers"]
    table = columns(f"data/{file}.csv", "x1", "x2", "y_clean", "y_noisy")
    full = {"gce": "generalised_cross_entropy", "sce": "symmetric_cross_entropy"}
    for row in entry["value"]:
        loss, *hyper = row["loss"].split(";")
        hyper = {k: float(v) for k, v in (each.split("=") for each in hyper)}
        labels = table[:, 3 if row["labels"] == "noisy" else 2]
        got = minimize(linear(table[:, :2], labels, full.get(loss, loss), PENALTIES["l2"](0.01),
                              task="binary", **hyper))  # fmt: skip
        assert got.value == pytest.approx(row["objective"], rel=1e-9)
        if row.get("no_finite_minimiser"):
            assert got.kind == "infinity"
            np.testing.assert_allclose(got.direction[1:], 0, atol=1e-12)
            assert got.direction[0] < 0
        else:
            np.testing.assert_allclose(got.theta, row["coef"], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge", "modified_huber", "perceptron"])
def test_margin_losses_are_solved_exactly(loss):
    got = minimize(spector(loss, PENALTIES["l2"](0.05)))
    assert (got.kind, got.exact) == ("point", True)
    assert certificate(spector(loss, PENALTIES["l2"](0.05)), got.theta) < 1e-9


def test_a_hinge_on_separable_data_has_an_endless_set_of_zeros():
    got = minimize(linear([[-2.0], [-1], [1], [2]], [0, 0, 1, 1], "hinge", task="binary"))
    assert (got.kind, got.exact) == ("set", True)
    assert got.value == pytest.approx(0, abs=1e-12)
    assert "unbounded" in got.message


def test_the_count_of_wrong_answers_for_one_feature_is_the_best_threshold():
    rng = np.random.default_rng(5)
    x = rng.normal(size=40)
    y = (x + rng.normal(size=40) > 0).astype(float)
    got = minimize(linear(x[:, None], y, "zero_one", task="binary"))
    cuts = np.concatenate([[-9.0], np.sort(x) + 1e-9])
    wrong = [np.mean((x > cut) != y) for cut in cuts]
    assert got.value == pytest.approx(min(min(wrong), 1 - max(wrong)), abs=1e-12)


# everything else


def test_a_sine_is_found_among_its_many_valleys():
    x = np.linspace(0, 6, 40)
    risk = Risk(Data(x[:, None], 2 * np.sin(1.5 * x)), MODELS["sine"](), LOSSES["squared"]())
    got = minimize(risk)
    assert (got.kind, got.exact) == ("local", False)
    np.testing.assert_allclose(np.abs(got.theta), [2, 1.5], rtol=1e-6)
    assert len(got.others) >= 1
    np.testing.assert_allclose(risk.gradient(got.others), 0, atol=1e-8)


def test_a_constant_loss_says_that_every_model_is_equally_good():
    for model in ("line", "network"):
        risk = Risk(Data([[1.0], [2]], [0, 1]), MODELS[model](), LOSSES["constant"](2.0))
        got = minimize(risk)
        assert (got.kind, got.exact, got.value) == ("set", True, 2.0)
        assert "equally good" in got.message


def test_percentage_errors_are_a_weighted_linear_programme():
    rng = np.random.default_rng(2)
    x, y = rng.uniform(1, 5, 30), rng.uniform(1, 9, 30)
    got = minimize(line(x, y, "mape"))
    assert got.exact
    assert certificate(line(x, y, "mape"), got.theta) < 1e-9
