"""Surfaces against the oracles: heights, slopes and bends at stated points, and their rates."""

from __future__ import annotations

import numpy as np
import pytest

from lossviz.curvature import Curvature
from lossviz.landscapes import evaluate_line
from lossviz.minima import minimize
from lossviz.penalties import PENALTIES
from tests.minima.test_minima import anscombe, engel, linear, location, spector, tumours
from tests.oracles import case, check, columns, table

LOGISTIC = pytest.mark.parametrize(
    ("make", "name"), [(spector, "L01_spector"), (tumours, "L02_breast_cancer_2features")]
)
IDS = {"mse": ("squared", {}), "mae": ("absolute", {})}


def close(got, wanted, entry):
    np.testing.assert_allclose(got, wanted, rtol=entry["rtol"], atol=entry["atol"])


@pytest.mark.parametrize(
    ("make", "name"), [(engel, "R01_engel_line"), (anscombe, "R02_anscombe3_line")]
)
def test_lines_have_the_heights_and_slopes_of_the_oracle(make, name):
    entry = case(name)["expected"]["surface_probes"]
    for row in table(entry["value"]):
        loss, _, delta = row["loss"].partition("_")
        id, hyper = IDS.get(loss, ("huber", {"delta": float(delta or 1)}))
        risk, at = make(id, **hyper), np.array([float(row["b0"]), float(row["b1"])])
        close(risk.value(at), float(row["mean_loss"]), entry)
        along = evaluate_line(risk, [0, at[1]], [1, 0], np.array([at[0], at[0] + 1]))
        close(along.values[0], float(row["mean_loss"]), entry)
        if not int(row["rows_with_zero_residual"]):
            close(risk.gradient(at), [float(row["d_db0"]), float(row["d_db1"])], entry)


@LOGISTIC
def test_logistic_surfaces_have_the_bends_of_the_oracle(make, name):
    entry = case(name)["expected"]["surface_probes"]
    for row in entry["value"]:
        risk, at = make(row["loss"]), np.array(row["b"])
        close(risk.value(at), row["value"], entry)
        close(risk.gradient(at), row["gradient"], entry)
        close(np.linalg.eigvalsh(risk.hessian(at)), row["hessian_eigenvalues"], entry)


@LOGISTIC
def test_rates_and_errors_at_the_logistic_minimum(make, name):
    wanted, risk = case(name)["expected"], make("cross_entropy")
    best = minimize(risk)
    check(Curvature.of(risk, best.theta).safe_rate, wanted["gd_lr_limit_at_mle"])
    errors = np.sqrt(np.diag(np.linalg.inv(risk.hessian(best.theta) * len(risk.data))))
    check(errors, wanted["mle.standard_errors"])
    design = risk.columns
    steepest = np.linalg.eigvalsh(design.T @ design / (4 * len(design)))[-1]
    check(steepest, wanted["global_smoothness_bound"])
    check(np.linalg.eigvalsh(risk.hessian(np.zeros(len(best.theta))))[-1],
          wanted["global_smoothness_bound"])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "file"),
    [("G01_diabetes_2features", "diabetes_bmi_s5"), ("G02_diabetes_10features", "diabetes10")],
)
def test_penalised_bowls_have_the_heights_of_the_oracle(name, file):
    oracle = case(name)
    wanted, names = oracle["expected"], oracle["inputs"]["features"]
    numbers = columns(f"data/{file}.csv", *names, "y")
    X, y = numbers[:, :-1], numbers[:, -1]
    risk = linear(X, y, "half_squared")
    check(risk.hessian(np.zeros(len(names) + 1))[1:, 1:] - np.outer(X.mean(0), X.mean(0)),
          wanted["hessian_of_half_mse"])  # fmt: skip
    entry = wanted["surface_probes"]
    for row in entry["value"]:
        w = np.array(row["w"])
        theta = np.append(y.mean() - X.mean(0) @ w, w)
        close(risk.value(theta), row["half_mse"], entry)
        close(risk.gradient(theta)[1:], row["grad_half_mse"], entry)
    for share, zeros in ((1 + 1e-9, len(names)), (1 - 1e-6, len(names) - 1)):
        most = share * wanted["lasso_l1_max"]["value"]
        found = minimize(linear(X, y, "half_squared", PENALTIES["l1"](most)))
        assert (found.theta[1:] == 0).sum() == zeros


def test_train_and_validation_bowls():
    wanted = case("V01_diabetes_split")["expected"]
    rows = table("data/diabetes_split.csv")
    numbers = columns("data/diabetes_split.csv", "bmi_std", "bp_std", "y")
    train = np.array([row["part"] == "train" for row in rows])
    seen, held_out = (
        linear(numbers[part, :2], numbers[part, 2], "squared") for part in (train, ~train)
    )
    entry = wanted["surface_probes"]
    for row in entry["value"]:
        close(seen.value(row["b"]), row["train_mse"], entry)
        close(held_out.value(row["b"]), row["validation_mse"], entry)
    for who in (seen, held_out):
        best = minimize(who).theta
        told = wanted["at_train_minimiser" if who is seen else "at_validation_minimiser"]
        close(seen.value(best), told["value"]["train_mse"], told)
        close(held_out.value(best), told["value"]["validation_mse"], told)


def test_the_outlier_is_dragged_up():
    x, y = columns("data/anscombe3.csv", "x", "y").T
    entry = case("R02_anscombe3_line")["expected"]["drag_the_outlier"]
    for row in entry["value"]:
        y = np.where(np.arange(len(y)) == 2, row["y_of_row_2"], y)
        close(minimize(linear(x[:, None], y, "squared")).theta, row["ols"], entry)
        close(minimize(linear(x[:, None], y, "absolute")).theta, row["lad"], entry)
    kept = np.arange(len(y)) != 2
    without = case("R02_anscombe3_line")["expected"]["ols.coef_without_outliers"]
    check(minimize(linear(x[kept, None], y[kept], "squared")).theta, without)


def test_which_points_the_absolute_line_goes_through():
    for make, name in ((engel, "R01_engel_line"), (anscombe, "R02_anscombe3_line")):
        wanted = case(name)["expected"]
        for key, entry in wanted.items():
            if not key.endswith(".points_on_line"):
                continue
            tau = 0.5 if key.startswith("lad") else float(key.split(".points")[0].split("_")[1])
            risk = make("quantile", tau=tau)
            residual_shapes = risk.model.predict(minimize(risk).theta, risk.data.X) - risk.data.y
            on_the_line = np.abs(residual_shapes) < 1e-11 * np.abs(risk.data.y).max()
            assert on_the_line.sum() == entry["value"], key
    rows = columns("data/stackloss.csv", "AIRFLOW", "WATERTEMP", "ACIDCONC", "STACKLOSS")
    risk = linear(rows[:, :3], rows[:, 3], "absolute")
    residual_shapes = risk.model.predict(minimize(risk).theta, risk.data.X) - risk.data.y
    wanted = case("R03_stackloss_plane")["expected"]["lad.rows_on_the_plane"]["value"]
    assert np.flatnonzero(np.abs(residual_shapes) < 1e-11 * rows.max()).tolist() == wanted


def test_one_number_for_all():
    oracle = case("R04_location")
    for which in ("even", "odd"):
        y = np.array(oracle["inputs"][which], float)
        check(minimize(location(y, "squared")).value, oracle["expected"][f"{which}.mse_minimum"])
    odd = minimize(location(np.array(oracle["inputs"]["odd"], float), "huber", delta=1.0))
    check(odd.theta[0], oracle["expected"]["odd.huber_1_minimiser"])
