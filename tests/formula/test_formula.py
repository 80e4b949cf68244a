"""A typed formula is exact on good input and harmless on bad input."""

from __future__ import annotations

import builtins
import os
import pickle
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lossviz.datasets import Data
from lossviz.formula import FormulaError, finite_share, parse
from lossviz.losses import LOSSES
from lossviz.losses.formula import FormulaLoss, MarginFormulaLoss
from lossviz.models import MODELS
from lossviz.models.formula import FormulaModel
from lossviz.models.gallery import GALLERY
from lossviz.objectives import Risk
from tests.hostile import HEAVY, HOSTILE
from tests.oracles import case, check

ORACLE = "C01_formulas"
LETTERS = "constants"


@contextmanager
def within_a_second():
    """A safety bound on what a string can do, generous because the machine is shared."""

    def stop(*_):
        raise AssertionError("this string takes too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 3)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- good input -------------------------------------------------------------------------------


def test_values_and_gradients_are_those_of_the_oracle():
    entry = case(ORACLE)["expected"]["evaluations"]
    for row in entry["value"]:
        formula = parse(row["formula"], tuple(row["at"]))
        check(formula.value(**row["at"]), {**entry, "value": row["value"]})
        for name, slope in row["gradient"].items():
            check(formula.derivative(name, **row["at"]), {**entry, "value": slope})


def test_a_legal_formula_may_have_no_finite_value_and_says_so_with_inf_or_nan():
    for row in case(ORACLE)["expected"]["accepted_but_not_finite"]["value"]:
        formula = parse(row["formula"], tuple(row["at"]))
        assert not np.isfinite(formula.value(**row["at"]))
        assert not np.isfinite(formula.derivative("r", **row["at"]))
    r = np.array([-1.0, 0.0, 1.0, 2.0])
    assert finite_share(parse("log(r)", ("r",)).value(r=r)) == 0.5


def test_where_the_value_is_undefined_so_is_the_slope():
    r = np.array([-2.0, 2.0])
    slope = parse("log(r)", ("r",)).derivative("r", r=r)  # 1/r would be finite at -2
    np.testing.assert_array_equal(np.isnan(slope), [True, False])


def test_a_constant_formula_has_the_shape_of_its_inputs():
    five = parse("5", ("r",))
    assert five.value(r=np.zeros((2, 3))).shape == (2, 3)
    np.testing.assert_array_equal(five.derivative("r", r=np.zeros((2, 3))), np.zeros((2, 3)))
    sheet = parse("p*y", ("y", "p")).value(y=np.ones(3), p=np.ones((4, 1)))
    assert sheet.shape == (4, 3)


def test_what_comes_back_is_never_the_input_itself():
    r = np.arange(3.0)
    parse("r", ("r",)).value(r=r)[:] = 9
    np.testing.assert_array_equal(r, [0, 1, 2])


KINKS = [  # formula, place, slope there: the midpoint of the one-sided slopes
    ("abs(r)", 0.0, 0.0),
    ("sqrt(r**2)", 0.0, 0.0),
    ("maximum(0.9*r, -0.1*r)", 0.0, 0.4),
    ("minimum(r, 1)", 1.0, 0.5),
    ("where(r < 0, -r, 3*r)", 0.0, 1.0),
    ("where(1 >= r, r, 1)", 1.0, 0.5),
    ("maximum(abs(r) - 1, 0)", -1.0, -0.5),
    ("abs(r)**1.5", 0.0, 0.0),
    ("a*abs(r)**b", 0.0, 0.0),
    ("1/(1 + exp(-r))", -800.0, 0.0),  # no kink, but inf/inf in the symbolic slope
]


@pytest.mark.parametrize(("text", "place", "slope"), KINKS, ids=[k[0] for k in KINKS])
def test_at_a_kink_the_slope_is_the_midpoint_and_the_second_derivative_zero(text, place, slope):
    loss = FormulaLoss(text, "a=2, b=1.5")
    y, p = np.zeros(1), np.array([place])
    # r is the observed minus the predicted value, the derivative that in the prediction
    np.testing.assert_allclose(loss.derivative(y, -p), -slope, atol=1e-9)
    assert loss.second_derivative(y, -p) == 0


def test_a_choice_by_something_that_stands_still_has_no_border():
    loss = FormulaLoss("where(y > 0, r**2, 5*r)")
    np.testing.assert_allclose(loss.derivative(np.zeros(1), np.ones(1)), -5)


def test_an_even_power_of_an_absolute_value_has_no_kink():
    assert FormulaLoss("abs(r)**2").second_derivative(np.zeros(1), np.zeros(1)) == 2


LEAVES = st.sampled_from(["r", "p", "r", "2", "0.5", "3", "pi"])
ONE = ["sin", "cos", "tanh", "exp", "cosh", "sinh", "expm1", "abs", "sign", "tan"]


def _grown(inner):
    plain = st.builds("({}){}({})".format, inner, st.sampled_from("+-*/"), inner)
    return st.one_of(
        plain,
        st.builds("{}({})".format, st.sampled_from(ONE), inner),
        st.builds("log1p(({})**2)".format, inner),
        st.builds("sqrt(1 + ({})**2)".format, inner),
        st.builds("(1 + ({})**2)**({})".format, inner, st.sampled_from(["0.3", "-1.5", "r/4"])),
        st.builds("({})**{}".format, inner, st.sampled_from(["2", "3", "-1"])),
        st.builds("maximum({}, {})".format, inner, inner),
        st.builds("minimum({}, {})".format, inner, inner),
        st.builds("where({} < {}, {}, {})".format, inner, inner, inner, inner),
        st.builds("-({})".format, inner),
    )


@given(
    st.recursive(LEAVES, _grown, max_leaves=6),
    st.lists(st.integers(-40, 40).map(lambda k: 0.05 * k + 0.0123), min_size=4, max_size=4),
)
@settings(max_examples=150)
def test_derivatives_are_the_slopes_of_the_values(text, places):
    assume(len(text) <= 200)
    try:
        formula = parse(text, ("r", "p"))
    except FormulaError:  # 1/0, or a fixed part too large
        assume(False)
    r, p = np.array(places), 0.7

    def slope(f, ahead, behind):
        return (f(r + ahead) - f(r - behind)) / (ahead + behind)

    loss = _Along(formula, p)
    for function, claimed in ((loss.value, loss.slope(r)), (loss.slope, loss.curvature(r))):
        with np.errstate(all="ignore"):
            both = slope(function, 1e-5, 1e-5)
            sides = slope(function, 1e-5, 0), slope(function, 0, 1e-5)
            size = np.abs(function(r)) + np.abs(both) + 1
            calm = (np.abs(sides[0] - sides[1]) < 1e-2 * size) & (size < 1e4)  # no kink, no pole
        np.testing.assert_allclose(claimed[calm], both[calm], rtol=1e-4, atol=1e-4)


class _Along:
    """A formula over r, with p held."""

    def __init__(self, formula, p):
        self.formula, self.p = formula, p

    def value(self, r):
        return self.formula.value(r=r, p=self.p)

    def slope(self, r):
        return self.formula.derivative("r", r=r, p=self.p)

    def curvature(self, r):
        return self.formula.second_derivative("r", r=r, p=self.p)


LATEX = [
    ("0.5*r**2", r"0.5\,r^{2}"),
    ("a*abs(r)**1.5", r"a\,\left|r\right|^{1.5}"),
    ("1 - (r - 2)", r"1 - \left(r - 2\right)"),
    ("-r**2", "-r^{2}"),
    ("(-r)**2", r"\left(-r\right)^{2}"),
    ("(r + 1)/2*3", r"\frac{r + 1}{2} \cdot 3"),
    ("exp(r)**2", r"\left(e^{r}\right)^{2}"),
    (
        "where(r < 1, r, 1)",
        r"\begin{cases} r & \text{if } r < 1 \\ 1 & \text{otherwise} \end{cases}",
    ),
    ("alpha*w1 + 1e-7", r"\alpha\,w_{1} + 10^{-7}"),
]


@pytest.mark.parametrize(("text", "latex"), LATEX, ids=[row[0] for row in LATEX])
def test_latex_follows_what_was_typed(text, latex):
    assert parse(text, ("r",), LETTERS).latex == latex


def test_slopes_read_as_one_would_write_them():
    for text, latex in {
        "r**2/2": "-r",
        "log(cosh(r))": r"-\frac{\sinh\left(r\right)}{\cosh\left(r\right)}",
        "sqrt(1 + r**2) - 1": r"-\frac{r}{\sqrt{1 + r^{2}}}",
    }.items():
        assert FormulaLoss(text).slope_formula == latex


# --- bad input --------------------------------------------------------------------------------

PLACES = [  # text, the character at fault (from 0), a word of the sentence
    ("r^2", 1, "**"),
    ("|r|", 0, "abs"),
    ("2r", 1, "2*r"),
    ("r + 3(r)", 5, "3*("),
    ("r(2)", 0, "r*("),
    ("r = 2", 2, "="),
    ("r == 2", 2, "compare"),
    ("0 < r < 1", 0, "two things at a time"),
    ("(r + 1", 0, "closed"),
    ("r + 1)", 5, "closes nothing"),
    ("r +", 2, "after"),
    ("r + * 2", 4, "before"),
    ("foo + r", 0, "foo"),
    ("r + sn(r)", 4, "sin"),
    ("abs(r, r)", 0, "one argument"),
    ("1 + sin", 4, "sin(a)"),
    ("r**2 + 1/0", 7, "finite"),
    ("r**9999", 3, "1,000"),
    ("r − 1", 2, "hyphen"),  # noqa: RUF001
    ("ｒ", 0, "«r»"),  # noqa: RUF001
    ("r.real", 1, "dot"),
    ("r\0", 1, "U+0000"),
    ("lambda: r", 0, "Python"),
    ("r if r else 1", 2, "where"),
    ("", 0, "Type a formula"),
    ("r" + "+r" * 100, 200, "200"),
]


@pytest.mark.parametrize(("text", "position", "word"), PLACES, ids=lambda v: ascii(v)[:14])
def test_errors_point_at_the_character_and_say_what_to_do(text, position, word):
    with pytest.raises(FormulaError) as error:
        parse(text, ("r",))
    assert error.value.position == position
    assert word in str(error.value)
    assert str(error.value).endswith((".", "?"))
    assert error.value.pointer.splitlines()[-1] == " " * position + "^"


def test_what_the_oracle_refuses_is_refused_as_a_formula_a_loss_and_a_model():
    for text in case(ORACLE)["expected"]["must_be_refused"]["value"]:
        for read in (lambda t: parse(t, ("r",)), FormulaLoss, MarginFormulaLoss, FormulaModel):
            with pytest.raises(FormulaError):
                read(text)


def test_a_thousand_hostile_strings_run_nothing_hang_on_nothing_and_get_a_sentence(monkeypatch):
    assert len(set(HOSTILE)) >= 1000
    ran = []
    for module, name in (
        (os, "system"),
        (os, "popen"),
        (subprocess, "Popen"),
        (builtins, "open"),
        (builtins, "eval"),
        (builtins, "exec"),
        (builtins, "input"),
        (builtins, "breakpoint"),
    ):
        monkeypatch.setattr(module, name, lambda *args, name=name, **kw: ran.append(name))
    problems = []
    for text in HOSTILE:
        for read in (lambda t: parse(t, ("y", "p", "r")), FormulaLoss, FormulaModel):
            with within_a_second():
                try:
                    read(text)
                    problems.append((text, "accepted"))
                except FormulaError as error:
                    if not (0 <= error.position <= len(text) and len(str(error)) > 10):
                        problems.append((text, "no sentence or no place"))
    monkeypatch.undo()
    assert not ran
    assert not problems


@pytest.mark.parametrize("text", HEAVY, ids=lambda t: t[:20])
def test_the_heaviest_legal_formulas_are_read_differentiated_and_evaluated_at_once(text):
    FormulaLoss("r**2").second_derivative(np.ones(1), np.ones(1))  # SymPy's import is not theirs
    with within_a_second():
        loss = FormulaLoss(text)
        y, p = np.zeros(100), np.linspace(-2, 2, 100)
        for result in (loss.value(y, p), loss.derivative(y, p), loss.second_derivative(y, p)):
            assert result.shape == (100,)
        assert isinstance(loss.slope_formula, str)


def test_sympy_is_not_imported_before_a_derivative_is_wanted():
    code = (
        "import sys; from lossviz.losses import LOSSES; LOSSES['formula']().formula;"
        "from lossviz.models import MODELS; MODELS['formula'](); print('sympy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "False"


# --- losses -----------------------------------------------------------------------------------


def test_typed_losses_agree_with_the_catalogue():
    y, p = np.linspace(0, 1, 7), np.linspace(-3, 4, 7)
    for text, constants, loss in (
        ("where(abs(r) <= d, r**2/2, d*(abs(r) - d/2))", "d=0.7", LOSSES["huber"](0.7)),
        ("maximum(tau*r, (tau - 1)*r)", "tau=0.8", LOSSES["quantile"](0.8)),
        ("(p - y)**2", "", LOSSES["squared"]()),
        ("1 - exp(-(r/c)**2/2)", "c=1.5", LOSSES["welsch"](1.5)),
    ):
        typed = FormulaLoss(text, constants)
        for method in ("value", "derivative", "second_derivative"):
            expected = getattr(loss, method)(y, p)
            np.testing.assert_allclose(getattr(typed, method)(y, p), expected, atol=1e-12)
    labels = np.array([0.0, 1.0, 1.0, 0.0])
    z = np.array([-2.0, -2.0, 0.3, 0.3])
    for text, loss in (
        ("log1p(exp(-m))", LOSSES["cross_entropy"]()),
        ("log1p(exp(p)) - y*p", LOSSES["cross_entropy"]()),
        ("maximum(0, 1 - m)", LOSSES["hinge"]()),
    ):
        typed = MarginFormulaLoss(text)
        for method in ("value", "derivative", "second_derivative"):
            expected = getattr(loss, method)(labels, z)
            np.testing.assert_allclose(getattr(typed, method)(labels, z), expected, atol=1e-12)


def test_a_typed_loss_is_a_recipe():
    loss = LOSSES["formula"](expression="a*abs(r)**b + c", constants="b = 2.5, z=3")
    assert loss.letters == {"a": 1.0, "b": 2.5, "c": 1.0}  # z stands nowhere in the formula
    assert repr(loss) == ("FormulaLoss(expression='a*abs(r)**b + c', constants='a=1, b=2.5, c=1')")
    assert loss == FormulaLoss("a*abs(r)**b + c", "c=1, b=2.5")
    assert pickle.loads(pickle.dumps(loss)) == loss
    turned = loss.with_letters(b=0.1)
    assert turned.letters["b"] == 0.1
    np.testing.assert_allclose(turned.value(np.zeros(1), np.full(1, 2.0)), 2**0.1 + 1)


@pytest.mark.parametrize("constants", ["a", "a=", "a=b", "a=nan", "=2", "a=1; b=2", "1=2"])
def test_constants_that_cannot_be_read_get_a_sentence(constants):
    with pytest.raises(ValueError, match="Constants are set as in"):
        FormulaLoss("a*r**2", constants)


# --- models -----------------------------------------------------------------------------------


def test_the_typed_wave_is_the_wave_of_the_catalogue():
    rng = np.random.default_rng(0)
    theta, X = rng.normal(size=(5, 4, 2)), rng.normal(size=(6, 1))
    typed, known = FormulaModel("a*sin(b*x)"), MODELS["sine"]()
    upstream = rng.normal(size=(5, 4, 6))
    np.testing.assert_allclose(typed.predict(theta, X), known.predict(theta, X), atol=1e-14)
    np.testing.assert_allclose(
        typed.pullback(theta, X, upstream), known.pullback(theta, X, upstream), atol=1e-13
    )


@pytest.mark.parametrize("text", ["a + b*x", "a*x1**b + c*tanh(x2*d)", "k", "abs(w1*x - w2)"])
def test_the_pullback_is_the_slope_of_the_prediction(text):
    model = FormulaModel(text)
    rng = np.random.default_rng(1)
    X, y = rng.uniform(0.5, 2, (7, 2)), rng.normal(size=7)
    risk = Risk(Data(X, y), model, LOSSES["squared"]())
    theta = rng.normal(1, 0.2, (3, risk.layout.size))
    nudges = 1e-6 * np.eye(risk.layout.size)
    around = theta[:, None]
    numeric = (risk.value(around + nudges) - risk.value(around - nudges)) / 2e-6
    np.testing.assert_allclose(risk.gradient(theta), numeric, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(risk.value(theta)[1], risk.value(theta[1]))


def test_parameters_are_named_in_order_of_appearance_and_intercepts_are_not_penalised():
    layout = FormulaModel("c + a*sin(b*x) - d + b*x2").layout(2)
    assert layout.names == ("c", "a", "b", "d")
    np.testing.assert_array_equal(layout.weights, [0, 1, 1, 0])
    np.testing.assert_array_equal(FormulaModel("a + a*x").layout(1).weights, [1])
    np.testing.assert_array_equal(FormulaModel("a*x").start(1, seed=3), [1])


def test_a_model_that_cannot_be_says_why():
    for text, word in (("sin(x)", "letter"), ("a*y", "predicts"), ("a*x0", "counted from 1")):
        with pytest.raises(FormulaError, match=word):
            FormulaModel(text)
    with pytest.raises(ValueError, match="reads x3; these data have 2 features"):
        FormulaModel("a*x3").layout(2)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("a*b*y1", "no feature is read.*did you mean x1 instead of y1"),
        ("a + b", "no feature is read.*did you mean x somewhere"),
        ("a*x + b*y1", "y1 would be a parameter; did you mean x"),
        ("a*X", "did you mean x instead of X"),
        ("ln(a*x)", "did you mean log"),
        ("a*log10(x)", r"write log\(u\)/log\(10\)"),
    ],
)
def test_a_formula_that_misses_its_feature_or_function_is_questioned(expression, words):
    with pytest.raises(FormulaError, match=words):
        FormulaModel(expression)


@pytest.mark.parametrize("curve", GALLERY, ids=lambda curve: curve.title)
def test_every_curve_of_the_gallery_is_a_model_that_fits_its_own_points(curve):
    model = FormulaModel(curve.expression)
    x = np.linspace(0.5, 4, 30)[:, None]
    theta = np.linspace(0.8, 1.4, len(model.parameters))
    risk = Risk(Data(x, model.predict(theta, x)), model, LOSSES["squared"]())
    assert risk.value(theta) == 0
    assert np.isfinite(risk.gradient(np.ones(len(theta)))).all()
