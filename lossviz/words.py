"""Numbers and lists as a reader expects them in a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence


def number(value: float, digits: int = 4) -> str:
    """Significant digits with a thousands comma and a true minus: "3,890", "−0.0123", "1.2e-07"."""
    value = float(value)
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "undefined")
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if not -4 <= size < 7:
        text = f"{value:.{digits - 1}e}"
        mantissa, power = text.split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}e{int(power)}"
    else:
        text = f"{value:,.{max(0, digits - 1 - size)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−", 1) if value < 0 else text


def percent(share: float) -> str:
    """A share between 0 and 1 as a percentage: "12 %", "0.4 %", "over 99 %"."""
    value = 100 * share
    if 99.5 <= value < 100 - 1e-9:
        return "over 99 %"
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.1f} %"


def listing(items: Sequence[str], join: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {join} {items[-1]}"


def count(n: int, noun: str, plural: str = "") -> str:
    """ "1 point", "2 points", "12,345 points"."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def as_markdown(text: str) -> str:
    """The text as Markdown that shows it as it is: "r**2" keeps its stars."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
