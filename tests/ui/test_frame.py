"""What stands over the pictures: one line, whatever a finding says."""

from lossviz.ui.frame import LINE, _one_line
from tests.running import run


def test_a_finding_is_cut_between_sentences_and_never_within_one():
    first = "**Gradient descent.** Converged at (-0.2165, 3.403), with loss 3.6e-7."
    long = "Word " * 40 + "end."
    assert _one_line(first) == first
    assert _one_line(f"{first} It is a minimum.") == f"{first} It is a minimum."
    assert _one_line(f"{first} {long}") == first
    assert _one_line(f"{long} More.") == long  # the first is always told whole
    assert len(_one_line(" ".join([first] * 9))) <= LINE


def test_a_link_names_pictures_that_wait_for_an_answer_and_nothing_else():
    hide = "findings,until-map,until-x{color:red},until-a b,until-</style>"
    at = run("surface", hide=hide)
    style = "".join(each.proto.body for each in at.get("html"))
    assert ".stage-asked :is(.st-key-map, .st-key-map *) { visibility: hidden" in style
    for bad in ("color:red", "a b", ".st-key-<"):
        assert bad not in style
