"""The residuals lens, run as a session runs it."""

import pytest
from threadpoolctl import threadpool_limits

from tests.running import pictures, run, settled, text

TINY = {"res__steps": "10", "res__depth": "1", "res__blocks": "4"}


@pytest.fixture(autouse=True)
def one_thread():
    """As app.py sets it: matrices here are small."""
    with threadpool_limits(1):
        yield


def test_it_runs_alone_and_asks_its_question():
    at = run("residuals")
    assert at.title[0].value == "What do residuals tell?"
    assert len(pictures(at)) == 4
    assert "quadratic trend" in text(at)


@pytest.mark.parametrize(
    ("part", "link"),
    [("skip", {}), ("equation", {}), ("equation", {"res__equation": "oscillator"}),
     ("equation", {"res__trial": "network"})],
)  # fmt: skip
def test_every_part(part, link):
    assert not run("residuals", **TINY, res__part=part, **link).error


@pytest.mark.parametrize("place", range(4))
def test_try_this_sets_the_page(place):
    at = run("residuals", **TINY)
    before = dict(at.query_params)
    at.button(key=f"residuals-try-{place}").click()
    settled(at)
    assert dict(at.query_params) != before  # a button must do something
    assert not at.error


def test_a_fan_is_found_among_engels_households():
    at = run("residuals", data="engel", model="line", loss="squared")
    assert "**Heteroscedasticity.**" in text(at)
    assert "grows with the fitted value" in text(at)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"res__part": "none"}, "res-part=none"),
        ({"res__part": "skip", "res__blocks": "10000"}, "res-blocks=10000"),
        ({"res__part": "skip", "res__depth": "0"}, "res-depth=0"),
        ({"res__part": "equation", "res__weight": "-1"}, "res-weight=-1"),
        ({"res__part": "equation", "res__equation": "oscillator", "res__frequency": "nan"},
         "res-frequency=nan"),
    ],
)  # fmt: skip
def test_a_bad_link_gives_a_sentence_and_a_picture(link, says):
    at = run("residuals", **{**TINY, **link})
    assert says in "\n".join(w.value for w in at.warning)
    assert len(pictures(at)) > 2


@pytest.mark.parametrize("activation", ["tanh", "gelu", "sigmoid", "sine", "identity"])
def test_every_activation_goes_through_a_hundred_blocks(activation):
    at = run("residuals", **{**TINY, "res__blocks": "100"}, res__part="skip",
             res__activation=activation)  # fmt: skip
    assert not at.error


@pytest.mark.parametrize(
    ("data", "model"),
    [("few_numbers", "constant"), ("diabetes_all", "linear"), ("line", "constant")],
)
def test_fits_with_nothing_or_much_to_say(data, model):
    link = {"data": data, "model" if data != "diabetes_all" else "model__many": model}
    assert not run("residuals", **link).error
