"""What stands over the pictures: one line, whatever a finding says."""

from lossviz.ui.frame import LINE, _one_line


def test_a_finding_is_cut_between_sentences_and_never_within_one():
    first = "**Gradient descent.** Converged at (-0.2165, 3.403), with loss 3.6e-7."
    long = "Word " * 40 + "end."
    assert _one_line(first) == first
    assert _one_line(f"{first} It is a minimum.") == f"{first} It is a minimum."
    assert _one_line(f"{first} {long}") == first
    assert _one_line(f"{long} More.") == long  # the first is always told whole
    assert len(_one_line(" ".join([first] * 9))) <= LINE
