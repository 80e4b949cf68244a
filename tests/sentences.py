"""Numbers read back out of sentences."""

from __future__ import annotations

import re

LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = re.compile(r"(−?\d[\d,]*(?:\.\d+)?)(?:\s×\s10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")


def numbers(text: str) -> list[float]:
    """Every number of a text as ``lossviz.text.number`` writes them, in order."""
    return [
        float(digits.rstrip(",").replace(",", "").replace("−", "-")) * 10.0 ** int(power or 0)
        for digits, power in (
            (found[0], found[1].translate(LOWERED)) for found in NUMBER.findall(text)
        )
    ]
