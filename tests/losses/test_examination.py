"""The doctor says nothing about a loss that its numbers do not bear out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.losses import LOSSES
from lossviz.losses.examination import examine
from lossviz.losses.formula import FormulaLoss, MarginFormulaLoss

FACTS = ("convex", "smooth", "bounded", "robust")
ONE_PREDICTION = [id for id, loss in LOSSES.items() if loss.task != "multiclass"]


@pytest.mark.parametrize("id", ONE_PREDICTION)
def test_the_doctor_finds_what_every_loss_says_of_itself(id):
    loss = LOSSES[id]()
    report = examine(loss)
    found = {fact: report.holds(fact) for fact in FACTS}
    claimed = {fact: getattr(loss, fact) for fact in FACTS}
    if id == "mape":  # 1/|y| has no bound over all targets; the doctor looks at one, and says so
        assert "for the target 1" in report["robust"].sentence
        found["robust"] = claimed["robust"]
    assert found == claimed
    assert report.holds("constant") == (id == "constant")
    assert all(finding.sentence.endswith(".") for finding in report.findings)


DIALS = [
    ("barron_general", {"alpha": 2.0}),
    ("barron_general", {"alpha": 0.0}),
    ("barron_general", {"alpha": -2.0}),
    ("barron_general", {"alpha": 1.5}),
    ("symmetric_cross_entropy", {"alpha": 6.0, "beta": 1.0}),
    ("poly1", {"epsilon": 3.0}),
    ("focal", {"gamma": 0.0}),
    ("tweedie_deviance", {"power": 1.0}),
    ("huber", {"delta": 30.0}),
    ("epsilon_insensitive", {"eps": 0.0}),
]


@pytest.mark.parametrize(("id", "dials"), DIALS, ids=lambda v: str(v))
def test_facts_that_turn_with_a_hyperparameter_are_found_too(id, dials):
    loss = LOSSES[id](**dials)
    report = examine(loss)
    assert {f: report.holds(f) for f in FACTS} == {f: getattr(loss, f) for f in FACTS}


TYPED = {  # formula: what holds of it
    "abs(r)**1.5": "defined non-negative zero convex smooth lowest symmetric",
    "abs(r)**1.01": "defined non-negative zero convex smooth lowest symmetric",
    "a*abs(r)**0.5": "defined non-negative zero lowest symmetric",
    "log(cosh(r))": "non-negative zero convex smooth robust lowest symmetric",
    "5": "defined constant non-negative convex smooth bounded robust lowest symmetric",
    "-r**2": "defined zero smooth bounded symmetric",
    "r": "defined zero convex smooth robust",
    "r**3": "defined zero smooth",
    "sin(r)": "defined zero smooth bounded robust lowest",
    "1 - exp(-r**2/2)": "defined non-negative zero smooth bounded robust lowest symmetric",
    "where(r < 0, 1, 0)": "defined non-negative zero bounded robust lowest",
    "abs(abs(r) - 1)": "defined non-negative robust lowest symmetric",
    "minimum(r**2, 1)": "defined non-negative zero bounded robust lowest symmetric",
    "1/r": "",
    "1/r**2": "non-negative symmetric",
    "log(r)": "smooth",
    "log(abs(r))": "symmetric",
    "sqrt(1 - r**2)": "non-negative smooth bounded lowest symmetric",
    "exp(r**2)": "non-negative convex smooth lowest symmetric",
    "tan(r)": "defined zero",
    "r**4/(1 + r**4)": "defined non-negative zero smooth bounded robust lowest symmetric",
    "(log1p(p) - log1p(y))**2": "non-negative zero smooth lowest",
    "log(-1 - r**2)": "",
}


@pytest.mark.parametrize("text", TYPED)
def test_what_holds_of_typed_losses(text):
    report = examine(FormulaLoss(text))
    assert [f.name for f in report.findings if f.holds] == TYPED[text].split()


def test_sentences_that_matter_name_the_evidence():
    def says(text, name):
        return examine(FormulaLoss(text))[name].sentence

    assert says("5", "constant") == (
        "Constant: the loss is 5 for every prediction, so every model is equally good and there is "
        "nothing to learn."
    )
    assert says("log(r)", "defined") == "The loss is not finite for r below 0."
    assert says("1/r", "defined") == "The loss is not finite for r = 0."
    assert says("sqrt(1 - r**2)", "defined").endswith("for r below −1 and r above 1.")
    assert says("log(-1-r**2)", "defined").startswith("The loss is not finite for any r")
    assert says("maximum(0.9*r, -0.1*r)", "smooth") == (
        "Not smooth: at r = 0 the derivative jumps from −0.1 to 0.9."
    )
    assert says("where(r < 2, 0, 1)", "smooth") == (
        "Not even continuous: at r = 2 the loss jumps from 0 to 1."
    )
    assert says("(r - 3)**2 + 2", "zero") == "A perfect prediction (r = 0) has loss 11, not 0."
    assert says("(r - 3)**2 + 2", "lowest") == "Lowest at r = 3, where the loss is 2."
    assert says("maximum(0.9*r, -0.1*r)", "symmetric") == (
        "Not symmetric: at r = 1 the loss is 0.9, at r = −1 it is 0.1."
    )
    assert "r = −1 and 1" in says("abs(abs(r) - 1)", "lowest")
    assert "goes on falling" in says("r", "lowest")
    assert "still falls" in says("1/r**2", "lowest")


@given(st.integers(-5000, 5000).map(lambda k: k / 1000), st.floats(0.1, 3), st.floats(0.05, 3))
@settings(max_examples=15)
def test_a_kink_is_found_where_it_is_and_how_large_it_is(place, left, more):
    text = f"where(r < {place!r}, {left!r}*(r - {place!r}), {left + more!r}*(r - {place!r}))"
    leap = examine(FormulaLoss(text))["smooth"]
    assert not leap.holds
    np.testing.assert_allclose(leap.witness, (place, left, left + more), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("text", ["1 - exp(-r**2/2)", "log1p(r**2)", "sin(r)", "abs(r)**0.5"])
def test_a_fall_of_the_slope_can_be_checked_by_hand(text):
    loss = FormulaLoss(text)
    left, before, right, after = examine(loss)["convex"].witness
    y, step = np.zeros(2), 1e-3

    def slope(x):
        return np.diff(loss.value(y, -np.array([x, x + step])))[0] / step

    assert left < right
    assert slope(left) > slope(right)
    assert before > after


def test_a_two_class_loss_is_tried_on_both_labels():
    fair = examine(MarginFormulaLoss("maximum(0, 1 - m)"))
    assert fair.holds("symmetric")
    assert "zero" not in [finding.name for finding in fair.findings]
    unfair = examine(MarginFormulaLoss("where(y > 0, 1, 3)*maximum(0, 1 - m)"))
    assert not unfair.holds("symmetric")
    assert "label" in unfair["symmetric"].sentence
    one_kink = examine(MarginFormulaLoss("where(y > 0, m**2, abs(m))"))  # only for label 0
    assert not one_kink.holds("smooth")
    assert "for the label 0" in one_kink["smooth"].sentence


def test_a_formula_states_the_facts_the_examination_found():
    loss = FormulaLoss("a*abs(r)", "a=2")
    assert (loss.convex, loss.smooth, loss.bounded, loss.robust) == (True, False, False, True)
    assert loss.proper is None


def test_many_logits_are_declined_and_unknown_findings_named():
    with pytest.raises(ValueError, match="many logits at once"):
        examine(LOSSES["softmax_cross_entropy"]())
    with pytest.raises(KeyError, match="findings on defined"):
        examine(FormulaLoss("r**2"))["beautiful"]
