"""Noise theory and fits to flipped labels, against the oracles Z01 to Z04."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score

from lossviz.classification.label_noise import (
    accuracy,
    fit_clean_and_noisy,
    imbalanced,
    population,
    scores,
    symmetric_sum,
)
from lossviz.datasets import DATASETS, Data
from lossviz.datasets.label_noise import FlippedLabels
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from tests.oracles import case, columns

NAMES = {"gce": "generalised_cross_entropy", "sce": "symmetric_cross_entropy"}
LINEAR = MODELS["linear"]()


def loss(spec: str):
    """ "gce;q=0.7" as a loss."""
    name, *settings = spec.split(";")
    given = {key: float(value) for key, value in (each.split("=") for each in settings)}
    return LOSSES[NAMES.get(name, name)](**given)


def test_population_minimisers_are_those_of_the_oracle():
    entry = case("Z02_noise_theory")["expected"]["population_minimisers"]
    for row in entry["value"]:
        best = population(loss(row["loss"]), row["eta"])
        np.testing.assert_allclose(best.p, row["p"], rtol=1e-7, atol=1e-9, err_msg=row["loss"])
        np.testing.assert_allclose(best.risk, row["risk"], rtol=1e-8, atol=1e-10)
        assert best.attained == (row["loss"] != "mae_prob")


def test_at_one_half_every_answer_costs_the_same_under_a_symmetric_loss():
    assert population(LOSSES["mae_prob"](), 0.5).level
    assert population(LOSSES["cross_entropy"](), 0.5).p == pytest.approx(0.5)
    assert population(LOSSES["cross_entropy"](), 0.0).attained is False


@pytest.mark.parametrize(
    ("id", "settings", "total"),
    [
        ("mae_prob", {}, 1.0),
        ("zero_one", {}, 1.0),
        ("generalised_cross_entropy", {"q": 1.0}, 1.0),
        ("symmetric_cross_entropy", {"alpha": 0.0}, 4.0),
        ("cross_entropy", {}, None),
        ("mse_sigmoid", {}, None),
        ("generalised_cross_entropy", {"q": 0.7}, None),
        ("hinge", {}, None),
        ("focal", {}, None),
    ],
)
def test_which_losses_are_symmetric(id, settings, total):
    found = symmetric_sum(LOSSES[id](**settings))
    assert found == (None if total is None else pytest.approx(total))


@pytest.mark.parametrize(
    ("name", "file"),
    [("Z01_moons_flips", "moons_noisy"), ("Z04_blobs_one_sided", "blobs_one_sided")],
)
def test_the_minimisers_part_as_the_oracle_says(name, file):
    told = case(name)
    rows = told["expected"]["minimisers"]["value"]
    table = columns(f"data/{file}.csv", "x1", "x2", "y_clean")
    clean = Data(table[:, :2], table[:, 2], "binary")
    y = clean.y.copy()
    flipped = told["inputs"]["flipped_rows"]
    y[flipped] = 1 - y[flipped]
    noisy = Data(clean.X, y, "binary")
    wanted = ["cross_entropy", "mae_prob", "gce;q=0.7", "sce;alpha=0.1;beta=1.0;A=-4.0"]
    found = fit_clean_and_noisy(
        clean, noisy, LINEAR, [loss(w) for w in wanted], PENALTIES["l2"](strength=0.01)
    )
    for spec, each in zip(wanted, found, strict=True):
        for labels, end, right in zip(
            ("clean", "noisy"), (each.clean, each.noisy), each.accuracy, strict=True
        ):
            row = next(r for r in rows if r["loss"] == spec and r["labels"] == labels)
            np.testing.assert_allclose(end.theta, row["coef"], rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(end.value, row["objective"], rtol=1e-7)
            assert right == pytest.approx(row["accuracy_on_clean_labels"])


def test_the_collapse_of_absolute_error_is_seen():
    told = case("Z03_moons_one_sided")
    row = next(
        r
        for r in told["expected"]["minimisers"]["value"]
        if r["loss"] == "mae_prob" and r["labels"] == "noisy"
    )
    table = columns("data/moons_one_sided.csv", "x1", "x2", "y_clean")
    clean = Data(table[:, :2], table[:, 2], "binary")
    y = clean.y.copy()
    y[told["inputs"]["flipped_rows"]] = 0
    (found,) = fit_clean_and_noisy(
        clean,
        Data(clean.X, y, "binary"),
        LINEAR,
        [LOSSES["mae_prob"]()],
        PENALTIES["l2"](strength=0.01),
    )
    assert found.noisy.kind == "infinity"
    assert found.noisy.value == pytest.approx(row["objective"])
    assert found.accuracy[1] == row["accuracy_on_clean_labels"]


def test_one_sided_flips_stop_where_there_is_nothing_left_to_flip():
    data = DATASETS["moons"]().draw()
    assert (FlippedLabels(share=0.9, kind="one_sided").apply(data).y == 0).all()
    wrong = FlippedLabels(share=0.25).apply(data).y != data.y
    assert wrong.sum() == 50


def test_a_thinned_class_has_its_share_and_scores_are_scikit_learns():
    data = DATASETS["blobs"]().draw()
    for share in (0.05, 0.2, 0.8):
        thin = imbalanced(data, share)
        assert thin.y.mean() == pytest.approx(share, abs=0.01)
    theta = np.array([-1.0, 0.5, 0.2])
    answer = LINEAR.predict(theta, data.X) >= 0
    found = scores(data, LINEAR, theta)
    assert found.accuracy == pytest.approx(accuracy(data, LINEAR, theta))
    assert found.recall == pytest.approx(recall_score(data.y, answer))
    assert found.f1 == pytest.approx(f1_score(data.y, answer))
    assert scores(data, LINEAR, np.array([-99.0, 0, 0])).precision == 0


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match="two classes"):
        population(LOSSES["squared"](), 0.1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        population(LOSSES["hinge"](), 1.5)
    with pytest.raises(ValueError, match="share between 0 and 1"):
        imbalanced(DATASETS["moons"]().draw(), 1.0)
