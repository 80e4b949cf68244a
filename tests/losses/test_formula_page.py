"""A formula typed on a page: the picture follows, and a bad one keeps the last good picture."""

import pytest

from tests.running import pictures, run, settled, text


def test_a_typed_loss_changes_the_surface_and_a_bad_one_keeps_it():
    at = run("surface", data="engel", loss="formula", n="25")
    first = at.text_input(key="loss-formula-expression")
    assert first.value == "abs(r)**1.5"
    before = text(at)
    first.set_value("abs(r)")
    changed = text(settled(at))
    assert changed != before
    assert len(pictures(at)) == 3
    for bad, word in (("abs(r)^2", "power"), ("2r", "product"), ("__import__('os')", "place")):
        at.text_input(key="loss-formula-expression").set_value(bad)
        assert word in text(settled(at))
        assert at.code[0].value.startswith(bad)  # with the caret under it
        assert len(pictures(at)) == 3
    at.text_input(key="loss-formula-expression").set_value("r**2")
    assert not settled(at).error


@pytest.mark.parametrize("page", ["surface", "gradient_descent"])
def test_a_typed_loss_that_overflows_is_told_with_a_form_that_does_not(page):
    # Engel's residuals are beyond 710, where cosh(r) is more than a number can be
    at = run(page, data="engel", loss="formula", n="25",
             loss__formula__expression="log(cosh(r))")  # fmt: skip
    error = at.error[0].value.replace("\\", "")  # as Markdown has it
    assert "Your formula overflows" in error
    assert "such as abs(r) + log(1 + exp(-2*abs(r))) - log(2) for log(cosh(r))" in error
    assert pictures(at)
    stable = error.split("such as abs")[1].split(" for ")[0]
    at.text_input(key="loss-formula-expression").set_value("abs" + stable)
    assert not settled(at).error


def test_letters_of_a_loss_become_sliders_kept_in_the_link():
    at = run("surface", data="engel", loss="formula", n="25",
             loss__formula__expression="a*abs(r)**b", loss__formula__b="1.25")  # fmt: skip
    assert not at.error
    assert at.slider(key="loss-formula-a").value == 1
    assert at.slider(key="loss-formula-b").value == 1.25


def test_a_bad_formula_in_a_link_is_told_and_something_is_shown():
    at = run("surface", data="engel", loss="formula", n="25", loss__formula__expression="r**")
    assert "missing" in text(at)
    assert len(pictures(at)) == 3


def test_a_formula_without_a_price_somewhere_leaves_a_gap_and_no_error():
    for expression in ("1/r", "log(abs(r))", "5"):
        at = run("surface", data="line", loss="formula", n="25",
                 loss__formula__expression=expression)  # fmt: skip
        assert not at.exception
        assert len(pictures(at)) == 3


def test_a_typed_model_is_drawn():
    at = run("surface", data="line", model="formula", n="25",
             model__formula__expression="a + b*x")  # fmt: skip
    assert not at.error
    at.text_input(key="model-formula-expression").set_value("a + b*x**c")
    assert not settled(at).error
    at.text_input(key="model-formula-expression").set_value("a + b*z!")
    assert "place" in text(settled(at))


def test_a_loss_without_any_price_for_these_data_keeps_the_last_good_picture():
    at = run("surface", data="engel", loss="formula", n="25")
    at.text_input(key="loss-formula-expression").set_value("sqrt(0 - 1 - r**2)")
    assert "last problem that worked" in settled(at).error[0].value
    assert len(pictures(at)) == 3
    cold = run("surface", data="engel", loss="formula", n="25",
               loss__formula__expression="sqrt(0 - 1 - r**2)")  # fmt: skip
    assert "last problem that worked" in cold.error[0].value
    curved = run("surface", data="line", model="sine", loss="formula", n="25",
                 loss__formula__expression="sqrt(0 - 1 - r**2)")  # fmt: skip
    assert "finite" in curved.error[0].value


REFUSED = {  # what is typed: where the caret points, and what the sentence asks for
    "r^2": (2, "**"), "2r": (2, "2*r"), "|r|": (1, "abs(r)"), "r**": (2, "missing"),
    "(r": (1, "never closed"), "r)": (2, "closes nothing"), "abs r": (5, "write abs(r)"),
    "abs()": (1, "one argument"), "max(r, 0)": (1, "maximum"), "r[0]": (2, "round parentheses"),
    "r.real": (2, "inside a number"), "__import__('os')": (12, "no place"),
    "lambda: r": (1, "word of Python"), "r = 2": (3, "right"), "y == p": (3, "<="),
    "r != 0": (3, "<="), "9**9**9": (4, "1,000"), "r**10000": (4, "1,000"),
    "1e999": (1, "1e308"), "(" * 22 + "r" + ")" * 22: (21, "20 levels"), "r;r": (2, "no place"),
    "r, r": (1, "arguments"), "where(r > 0, r)": (1, "3 arguments"), "sqrt(r, 2)": (1, "one"),
    "r²": (2, "**2"), "r\x00": (2, "no place"), "sin": (1, "sin(a)"), "if r > 0: r": (1, "where"),
    "r and p": (3, "multiply"), "foo(r)": (1, "there are abs"), "log(0 - 1)": (1, "finite"),
    "1/0": (1, "finite"), "½*r": (1, "no place"), "maximum(r": (8, "never closed"),
}  # fmt: skip
READ = (
    "r**2", "abs(r)", "a*abs(r)**1.5", "log(cosh(r))", "where(abs(r) < 1, r**2, abs(r))",
    "maximum(0.9*r, -0.1*r)", "sqrt(1 + r**2) - 1", "1 - exp(-r**2)", "(p - y)**2",
    "abs(p - y)/(1 + abs(y))", "minimum(r**2, 4)", "tanh(r)**2", "r**2 + 0.1*sin(5*r)**2",
    "pi*r**2", "expm1(abs(r))", "log1p(r**2)", "sign(r)*r", "r**4", "exp(abs(r)) - abs(r) - 1",
    "c**2*(sqrt(1 + (r/c)**2) - 1)",
)  # fmt: skip


def test_what_people_type_is_read_or_told_where_and_what_to_change():
    at = run("losses", data="anscombe", loss="formula")
    for typed, (place, word) in REFUSED.items():
        at.text_input(key="loss-formula-expression").set_value(typed)
        (error,) = settled(at).error
        said = error.value.replace("\\", "")
        assert said.startswith(f"Character {place}: "), (typed, said)
        assert word in said, (typed, said)
        assert at.code[0].value.splitlines()[-1] == " " * (place - 1) + "^"
        assert len(pictures(at)) == 4
    for typed in READ:
        at.text_input(key="loss-formula-expression").set_value(typed)
        assert not settled(at).error, typed
        assert len(pictures(at)) == 4
