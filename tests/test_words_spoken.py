"""What a screen reader is told holds no marks."""

import pytest

from lossviz.text import as_markdown, spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Loss 3,890** at *slope* −0.2.", "Loss 3,890 at slope −0.2."),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("at `x0` = $\\theta$", "at x0 = \\theta"),
        (as_markdown("r**2 and a_b (1)"), "r**2 and a_b (1)"),
    ],
)
def test_marks_are_not_spoken(text, said):
    assert spoken(text) == said
