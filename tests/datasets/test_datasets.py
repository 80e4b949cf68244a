"""Datasets draw what they say they draw, the same every time."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from sklearn import datasets as shipped
from sklearn.preprocessing import StandardScaler

from lossviz.datasets import (
    DATASETS,
    TASKS,
    Data,
)
from tests.oracles import case, columns

same = np.testing.assert_array_equal
close = np.testing.assert_allclose


def ends(cls):
    """The default, every option, and both ends of every slider, one at a time."""
    yield cls()
    for each in cls.hyperparameters():
        about = each.metadata
        if about.get("carried"):  # no widget, so no ends
            continue
        for value in about.get("options", (about.get("low"), about.get("high"))):
            yield cls(**{each.name: value})


RECIPES = [recipe for cls in DATASETS.values() for recipe in ends(cls)]


@pytest.mark.parametrize("recipe", RECIPES, ids=repr)
def test_every_recipe_draws_valid_data_again_and_again(recipe):
    first, second = recipe.draw(), recipe.draw()
    same(first.X, second.X)
    same(first.y, second.y)
    assert first.task == recipe.task in TASKS
    assert first.source == recipe.source != ""
    assert recipe.features in (None, first.X.shape[1])
    assert len(first) > 1
    assert (first.task == "regression") == (first.classes == ())
    assert all(first.names)
    assert first.target
    assert first.X.flags.writeable is first.y.flags.writeable is False


@pytest.mark.parametrize("cls", DATASETS.values(), ids=DATASETS)
def test_recipes_print_as_the_call_that_makes_them(cls):
    for recipe in ends(cls):
        again = eval(repr(recipe), {cls.__name__: cls})  # our own text
        assert again == recipe == pickle.loads(pickle.dumps(recipe))
        assert hash(again) == hash(recipe)


@pytest.mark.parametrize(("id", "cls"), DATASETS.items(), ids=DATASETS)
def test_every_dataset_has_a_caption_a_label_and_sliders_within_its_domain(id, cls):
    assert cls.id == id
    assert cls.label[0].isupper()
    assert cls().summary[0].isupper()
    assert cls().summary[-1] in ".:?"
    assert {f.name for f in fields(cls)} == {f.name for f in cls.hyperparameters()}


def test_labels_and_class_names_do_not_repeat():
    assert len({cls.label for cls in DATASETS.values()}) == len(DATASETS)
    assert len({cls.__name__ for cls in DATASETS.values()}) == len(DATASETS)


@pytest.mark.parametrize("id", [id for id, cls in DATASETS.items() if hasattr(cls, "seed")])
def test_another_seed_is_another_draw(id):
    assert not np.array_equal(DATASETS[id](seed=0).draw().X, DATASETS[id](seed=1).draw().X)


def test_the_package_is_imported_without_scikit_learn():
    code = "import lossviz.datasets, sys; print('sklearn' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


# Real tables ---------------------------------------------------------------------------------


def test_diabetes_is_scikit_learns_in_its_own_units():
    X, y = shipped.load_diabetes(return_X_y=True, scaled=False)
    names = list(shipped.load_diabetes().feature_names)
    data = DATASETS["diabetes_all"](standardise=False).draw()
    same(data.X, X)
    same(data.y, y)
    assert list(data.names) == names
    one = DATASETS["diabetes"](standardise=False).draw()
    same(one.X[:, 0], X[:, names.index("bmi")])
    assert (one.names, one.units, one.target) == (("bmi",), ("kg/m²",), "disease progression")
    pair = DATASETS["diabetes_pair"](feature_1="age", feature_2="s6", standardise=False).draw()
    same(pair.X, X[:, [0, 9]])


def test_the_published_pair_of_diabetes_features():
    data = DATASETS["diabetes_pair"]().draw()
    close(np.column_stack([data.X, data.y]), columns("data/diabetes_bmi_s5.csv", "bmi", "s5", "y"))
    assert data.units == ("sd", "sd")


def test_linnerud_is_scikit_learns():
    table = shipped.load_linnerud()
    for i, exercise in enumerate(("chins", "situps", "jumps")):
        for j, measurement in enumerate(("weight", "waist", "pulse")):
            recipe = DATASETS["linnerud"](exercise, measurement, standardise=False)
            same(recipe.draw().X[:, 0], table.data[:, i])
            same(recipe.draw().y, table.target[:, j])
            assert recipe.draw().target == measurement


def test_breast_cancer_is_scikit_learns_with_malignant_as_one():
    table = shipped.load_breast_cancer()
    options = {f.name: f.metadata["options"] for f in DATASETS["breast_cancer"].hyperparameters()}
    assert list(options["feature_1"]) == list(table.feature_names)
    data = DATASETS["breast_cancer"]("worst area", "mean radius", standardise=False).draw()
    same(data.X, table.data[:, [23, 0]])
    same(data.y == 1, table.target_names[table.target] == "malignant")
    assert data.classes[1] == "malignant"
    data = DATASETS["breast_cancer"]().draw()
    expected = columns("data/breast_cancer_radius_texture.csv", "mean_radius", "mean_texture", "y")
    close(np.column_stack([data.X, data.y]), expected)


def test_iris_and_wine_and_digits_are_scikit_learns():
    iris = shipped.load_iris()
    data = DATASETS["iris"](standardise=False).draw()
    same(data.X, iris.data[:, 2:])
    same(data.y, iris.target)
    assert list(data.classes) == list(iris.target_names)
    two = DATASETS["iris_versicolor"]("sepal length", "sepal width", standardise=False).draw()
    same(two.X, iris.data[50:, :2])
    same(two.y, iris.target[50:] - 1)
    assert two.classes == ("versicolor", "virginica")
    close(DATASETS["iris_versicolor"]().draw().X.mean(axis=0), 0, atol=1e-12)

    wine = shipped.load_wine()
    options = DATASETS["wine"].hyperparameters()[0].metadata["options"]
    assert [name.replace(" ", "_") for name in options] == wine.feature_names
    data = DATASETS["wine"](standardise=False).draw()
    same(data.X, wine.data[:, [0, 6]])
    same(data.y, wine.target)

    digits = shipped.load_digits()
    data = DATASETS["digits"]().draw()
    same(data.X * 16, digits.data)
    same(data.y, digits.target)
    assert (data.X.min(), data.X.max(), data.outputs) == (0, 1, 10)
    assert [name.replace("pixel ", "pixel_").replace(",", "_") for name in data.names] == (
        digits.feature_names
    )


@pytest.mark.parametrize(
    ("id", "file", "wanted"),
    [
        ("engel", "engel", ("income", "foodexp")),
        ("stackloss", "stackloss", ("AIRFLOW", "WATERTEMP", "ACIDCONC", "STACKLOSS")),
        ("spector", "spector", ("GPA", "TUCE", "PSI", "y")),
    ],
)
def test_classic_tables_equal_the_published_files(id, file, wanted):
    expected = columns(f"data/{file}.csv", *wanted)
    raw = DATASETS[id](standardise=False).draw()
    same(np.column_stack([raw.X, raw.y]), expected)
    scaled = DATASETS[id]().draw()
    close(scaled.X, StandardScaler().fit_transform(raw.X), atol=1e-12)
    same(scaled.y, raw.y)


def test_anscombes_four_share_their_summary_and_the_third_is_the_published_file():
    for which in (1, 2, 3, 4):
        data = DATASETS["anscombe"](which=which).draw()
        x, y = data.X[:, 0], data.y
        assert (len(x), x.mean(), x.var(ddof=1)) == (11, 9, 11)
        close([y.mean(), y.var(ddof=1)], [7.50, 4.125], atol=0.004)
        close(np.polyfit(x, y, 1), [0.500, 3.00], atol=0.003)
        close(np.corrcoef(x, y)[0, 1], 0.816, atol=0.001)
        # the sum of squared residuals printed in the 1973 paper
        close(((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2).sum(), 13.75, atol=0.03)
    third = DATASETS["anscombe"]().draw()
    same(np.column_stack([third.X, third.y]), columns("data/anscombe3.csv", "x", "y"))


def test_the_leverage_points_are_those_of_the_worked_example():
    rows = case("Y01_facts")["expected"]["leverage.nine_points_on_y_equals_x"]["value"]
    for row in rows:
        data = DATASETS["leverage"](x=row["outlier_at"][0]).draw()
        close(np.polyfit(data.X[:, 0], data.y, 1)[::-1], row["ols"], atol=1e-9)


def test_the_smallest_sets_are_those_of_the_worked_examples():
    location = case("R04_location")["inputs"]
    same(DATASETS["few_numbers"]().draw().y, location["even"])
    same(DATASETS["few_numbers"]("1, 2, 3, 4, 100").draw().y, location["odd"])
    corners = DATASETS["four_corners"]().draw()
    same([corners.X[:, 0], corners.y], [location["line"]["x"], location["line"]["y"]])
    separable, given_ = DATASETS["separable"]().draw(), case("L03_separable")["inputs"]
    same([separable.X[:, 0], separable.y], [given_["x"], given_["y"]])


# Made-up ones --------------------------------------------------------------------------------


def test_moons_circles_and_blobs_are_scikit_learns_own():
    moons = DATASETS["moons"](n=200, noise=0.2, seed=0).draw()
    X, y = shipped.make_moons(200, noise=0.2, random_state=0)
    same(moons.X, X)
    same(moons.y, y)
    circles = DATASETS["circles"](n=50, noise=0.1, factor=0.3, seed=4).draw()
    X, y = shipped.make_circles(50, noise=0.1, factor=0.3, random_state=4)
    same(circles.X, X)
    same(circles.y, y)
    blobs = DATASETS["blobs"](n=100, distance=np.sqrt(8), spread=0.5, seed=2).draw()
    X, y = shipped.make_blobs(100, centers=[[-1, -1], [1, 1]], cluster_std=0.5, random_state=2)
    close(blobs.X, X)
    same(blobs.y, y)


def test_blobs_keep_their_share_and_their_distance():
    data = DATASETS["blobs"](n=1000, share=0.05, distance=6, seed=1).draw()
    assert data.y.sum() == 50
    centres = [data.X[data.y == label].mean(axis=0) for label in (0, 1)]
    close(np.linalg.norm(centres[1] - centres[0]), 6, rtol=0.1)


@pytest.mark.parametrize("k", [3, 5, 8])
def test_many_blobs_have_that_many_classes(k):
    data = DATASETS["many_blobs"](k=k).draw()
    same(np.unique(data.y), np.arange(k))
    assert data.outputs == len(data.classes) == k


def test_curves_without_noise_are_their_truth():
    line = DATASETS["line"](intercept=-1, slope=3, noise=0).draw()
    close(line.y, 3 * line.X[:, 0] - 1)
    bump = DATASETS["curve"](noise=0).draw()
    close(bump.y, 1 / (1 + 25 * bump.X[:, 0] ** 2))
    wave = DATASETS["sine_wave"](amplitude=2, frequency=3, noise=0).draw()
    close(wave.y, 2 * np.sin(3 * wave.X[:, 0]))
    growth = DATASETS["growth"](size=0.5, rate=-1, noise=0).draw()
    close(growth.y, 0.5 * np.exp(-growth.X[:, 0]))
    near = DATASETS["near_identity"](wave=0.1, frequency=2).draw()
    close(near.y - near.X[:, 0], 0.1 * np.sin(2 * near.X[:, 0]), atol=1e-12)


def test_noise_has_the_size_it_says_and_outliers_their_number_and_shift():
    clean = DATASETS["line"](n=5000, noise=0.7, seed=3).draw()
    close((clean.y - 1 - 2 * clean.X[:, 0]).std(), 0.7, rtol=0.05)
    contaminated = DATASETS["line"](n=5000, noise=0.7, seed=3, outliers=0.1, shift=-4).draw()
    same(contaminated.X, clean.X)
    moved = contaminated.y - clean.y
    assert np.count_nonzero(moved) == 500
    close(moved[moved != 0], -4)


@pytest.mark.parametrize("correlation", [-1, -0.3, 0, 0.8, 0.999, 1])
@pytest.mark.parametrize("n", [3, 60])
def test_a_correlated_pair_has_exactly_that_correlation(correlation, n):
    data = DATASETS["correlated_pair"](correlation=correlation, n=n, noise=0).draw()
    close(data.X.T @ data.X / n, [[1, correlation], [correlation, 1]], atol=1e-12)
    close(data.X.mean(axis=0), 0, atol=1e-12)
    close(data.y, data.X @ [2, 0.5])


def test_xor_and_spirals_have_the_shape_they_are_named_for():
    xor = DATASETS["xor"](n=500, noise=0).draw()
    same(xor.y == 1, xor.X.prod(axis=1) < 0)
    spirals = DATASETS["spirals"](n=500, noise=0, turns=2).draw()
    radius, angle = np.hypot(*spirals.X.T), np.arctan2(*spirals.X.T[::-1])
    turned = angle - 4 * np.pi * radius - np.pi * spirals.y
    close(np.cos(turned), 1)
    assert spirals.y.sum() == 250


# The door ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "y", "more", "words"),
    [
        ([[1.0], [2.0]], [1.0], {}, "one target per row"),
        ([1.0, 2.0], [1.0, 2.0], {}, "table X"),
        (np.empty((0, 1)), [], {}, "at least one row"),
        ([[np.nan]], [1.0], {}, "finite"),
        ([[1.0]], [np.inf], {}, "finite"),
        ([[1e101]], [1.0], {}, "up to 1e\\+100"),
        ([[1.0]], [2.0], {"task": "binary"}, "0 and 1"),
        ([[1.0]], [0.5], {"task": "multiclass"}, "0, 1, 2"),
        ([[1.0]], [2.0], {"task": "multiclass", "classes": ("a", "b")}, "labels 0 to 1"),
        ([[1.0]], [0.0], {"classes": ("a", "b")}, "classification task"),
        ([[1.0]], [0.0], {"task": "ranking"}, "knows the tasks"),
        ([[1.0]], [0.0], {"names": ("a", "b")}, "one name and one unit"),
    ],
)
def test_data_refuse_with_a_sentence(X, y, more, words):
    with pytest.raises(ValueError, match=words):
        Data(np.array(X), np.array(y), **more)


@pytest.mark.parametrize(
    ("id", "wrong", "words"),
    [
        ("moons", {"n": 1}, "needs n from|needs n of at least|needs n "),
        ("moons", {"n": 20.5}, "whole number"),
        ("moons", {"n": float("inf")}, "whole number"),
        ("moons", {"noise": -1}, "needs noise from|needs noise of at least|needs noise "),
        ("moons", {"noise": float("nan")}, "to be a number"),
        ("moons", {"seed": -1}, "needs seed from|needs seed of at least|needs seed "),
        ("diabetes", {"feature": "height"}, "knows no feature 'height'"),
        ("anscombe", {"which": 5}, "knows no which 5"),
        ("line", {"outliers": 1.1}, "needs outliers "),
    ],
)
def test_recipes_refuse_with_a_sentence(id, wrong, words):
    with pytest.raises(ValueError, match=words):
        DATASETS[id](**wrong)


def test_a_recipe_has_one_spelling():
    assert repr(DATASETS["moons"](n=50.0, noise=0)) == "Moons(n=50, noise=0.0, seed=0)"
    assert repr(DATASETS["anscombe"](which=2.0)) == "Anscombe(which=2)"
    assert repr(DATASETS["engel"](standardise=0)) == "Engel(standardise=False)"


@pytest.mark.parametrize(
    ("id", "features"), [("diabetes_pair", 10), ("breast_cancer", 30), ("iris_versicolor", 4)]
)
@pytest.mark.parametrize("standardise", [True, False])
def test_the_whole_of_a_table_holds_the_pair_and_the_same_rows(id, features, standardise):
    pair = DATASETS[id](standardise=standardise)
    part, all_of_it = pair.draw(), pair.whole().draw()
    assert all_of_it.X.shape[1] == features
    columns = [all_of_it.names.index(name) for name in part.names]
    np.testing.assert_array_equal(all_of_it.X[:, columns], part.X)
    np.testing.assert_array_equal(all_of_it.y, part.y)
    assert DATASETS["blobs"](n=20).whole() == DATASETS["blobs"](n=20)
