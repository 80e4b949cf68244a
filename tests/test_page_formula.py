"""A formula typed on a page: the picture follows, and a bad one keeps the last good picture."""

from running import pictures, run, settled, text


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
    at.text_input(key="loss-formula-expression").set_value("log(r)")
    assert "last problem that worked" in settled(at).error[0].value
    assert len(pictures(at)) == 3
    cold = run("surface", data="engel", loss="formula", n="25",
               loss__formula__expression="log(r)")  # fmt: skip
    assert "last problem that worked" in cold.error[0].value
    curved = run("surface", data="line", model="sine", loss="formula", n="25",
                 loss__formula__expression="sqrt(0 - 1 - r**2)")  # fmt: skip
    assert "finite" in curved.error[0].value
