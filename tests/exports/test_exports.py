"""The files hold the core's numbers, to the last digit."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz import exports
from lossviz.datasets import DATASETS, Data
from lossviz.descent import descend
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.file import load_landscape
from lossviz.landscapes.planes import Plane, axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS

DATA = Data([[0.1], [1 / 3], [2.0]], [1.0, 2.5, -1e-7], names=("height",), target="weight")
RISK = Risk(DATA, MODELS["line"](), LOSSES["squared"]())


def table(export):
    head, *rows = csv.reader(io.StringIO(export.csv().decode()))
    return pd.DataFrame(rows, columns=head).map(number)


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return cell


def archive(export):
    return np.load(io.BytesIO(export.npz()), allow_pickle=False)


def test_a_surface_has_a_row_per_point_and_opens_again_as_a_landscape():
    plane = axes(2, names=("intercept", "slope"))
    land = evaluate_plane(RISK, plane, np.linspace(-1, 1, 5), np.linspace(0, 0.3, 4))
    frame = table(exports.surface(land, "line"))
    assert list(frame.columns) == [*plane.names, "loss"]
    assert len(frame) == 20
    for _, (a, b, loss) in frame.iterrows():
        i, j = list(land.a).index(a), list(land.b).index(b)
        assert loss == land.values[j, i]
        assert loss == pytest.approx(RISK.value(plane.point(a, b)), rel=1e-12)
    back = load_landscape(exports.surface(land, "line").npz())
    assert back.title == "line"
    for name in ("a", "b", "values"):
        np.testing.assert_array_equal(getattr(back, name), getattr(land, name))


def test_a_curve_of_one_parameter_has_no_second_column():
    risk = Risk(DATA, MODELS["constant"](), LOSSES["absolute"]())
    plane = Plane(np.zeros(1), np.ones(1), np.zeros(1), ("m", ""))
    land = evaluate_plane(risk, plane, np.linspace(-1, 1, 5), [0.0])
    frame = table(exports.surface(land))
    assert frame.shape == (5, 2)
    np.testing.assert_array_equal(frame["loss"], land.values[0])


def test_an_overflow_stays_infinite():
    land = evaluate_plane(RISK, axes(2, names=("intercept", "slope")), [0.0, 1.0], [0.0, 1.0])
    high = Landscape(land.plane, land.a, land.b, np.array([[np.inf, 1.0], [2.0, 3.0]]))
    assert np.isposinf(table(exports.surface(high))["loss"][0])


def test_a_path_has_every_step_and_its_loss():
    path = descend(RISK, OPTIMIZERS["gd"](lr=0.1), [3.0, -2.0], steps=7)
    frame = table(exports.path(path, ["intercept", "slope"]))
    assert list(frame.columns) == ["step", "intercept", "slope", "loss"]
    np.testing.assert_array_equal(frame["step"], np.arange(8))
    np.testing.assert_array_equal(frame[["intercept", "slope"]], path.points)
    np.testing.assert_array_equal(frame["loss"], path.values)
    held = archive(exports.path(path))
    np.testing.assert_array_equal(held["points"], path.points)
    np.testing.assert_array_equal(held["values"], path.values)
    assert list(held["names"]) == ["theta0", "theta1"]


def test_many_starts_and_wrong_names_are_refused_in_a_sentence():
    gd = OPTIMIZERS["gd"](lr=0.1)
    with pytest.raises(ValueError, match="One path needs points"):
        exports.path(descend(RISK, gd, np.zeros((3, 2)), steps=2))
    with pytest.raises(ValueError, match="as many names"):
        exports.path(descend(RISK, gd, np.zeros(2), steps=2), ["slope"])


def test_data_come_with_their_names_and_classes():
    iris = DATASETS["iris"]().draw()
    frame = table(exports.data(iris))
    assert list(frame.columns) == [*iris.names, iris.target]
    np.testing.assert_array_equal(frame[list(iris.names)], iris.X)
    assert list(frame[iris.target]) == [iris.classes[int(y)] for y in iris.y]
    held = archive(exports.data(iris))
    np.testing.assert_array_equal(held["X"], iris.X)
    np.testing.assert_array_equal(held["y"], iris.y)
    assert tuple(held["classes"]) == iris.classes


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=20))
def test_every_number_is_read_back_as_it_was(values):
    frame = table(exports.data(Data(np.array(values)[:, None], values)))
    np.testing.assert_array_equal(frame["y"], values)


def test_columns_of_one_name_stay_apart():
    data = Data([[1.0, 2.0]], [3.0], names=("x", "x"), target="x")
    frame = table(exports.data(data))
    assert list(frame.columns) == ["x", "x (2)", "x (3)"]
    assert list(frame.iloc[0]) == [1.0, 2.0, 3.0]


def test_a_spreadsheet_runs_nothing_of_a_table():
    data = Data([[1.0], [2.0]], [0, 1], task="binary", names=('=HYPERLINK("x")',),
                classes=("+cmd", "-1+2"))  # fmt: skip
    for row in csv.reader(io.StringIO(exports.data(data).csv().decode())):
        assert not any(cell.startswith(("=", "+", "@", "-")) for cell in row)
