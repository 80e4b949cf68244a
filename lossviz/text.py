"""Numbers and lists as a reader expects them in a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import SupportsFloat

ROUNDING = 1e-12  # what double precision leaves of a sum or a difference, as a share of its terms
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = {raised: plain for plain, raised in RAISED.items()}
TIMES = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"  # a number is not broken over two lines
SAME = 7  # digits: numbers that agree in these are told as one

NAMESAKES = ("Barron", "Brier", "Cauchy", "Charbonnier", "Gaussian", "Geman", "Huber", "Poisson",
             "Tukey", "Tweedie", "Welsch")  # fmt: skip


def exact(value: float) -> str:
    """The shortest text that is read back as the very same number: "0.1", "50", "1e-7"."""
    text = repr(float(value)).removesuffix(".0").replace("e+", "e").replace("e-0", "e-")
    return text if text != "-0" else "0"


def number(value: SupportsFloat, digits: int = 4, *, beside: float = 0.0) -> str:
    """Significant digits with a thousands comma and a true minus: "3,890", "−0.0123".

    What is very large or very small is told as "1.27 × 10⁻²⁷", with no-break spaces.

    ``beside`` is the size of what the number was made from: what rounding leaves of that is "0".
    """
    value = float(value)
    if abs(value) <= ROUNDING * abs(beside) < math.inf:
        return "0"
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "undefined")
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if not -4 <= size < 7:
        text = f"{value:.{digits - 1}e}"
        mantissa, power = text.split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}{TIMES}10{str(int(power)).translate(RAISED)}"
    else:
        text = f"{value:,.{max(0, digits - 1 - size)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−", 1) if value < 0 else text


def latex(value: SupportsFloat, digits: int = 4) -> str:
    """The number as ``number`` tells it, in LaTeX: "1.27 \\times 10^{-27}", "3{,}890"."""
    text = number(value, digits).replace(",", "{,}").replace("∞", r"\infty").replace("−", "-")
    mantissa, times, power = text.partition(f"{TIMES}10")
    return rf"{mantissa} \times 10^{{{power.translate(LOWERED)}}}" if times else text


def apart(before: float, after: float, digits: int = 4, *, beside: float = 0.0) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to see that they differ, up to seven.

    Numbers that differ by no more than rounding leaves of them, or of ``beside``, read the same.
    """
    before, after = float(before), float(after)
    size = max((abs(each) for each in (before, after, beside) if math.isfinite(each)), default=0.0)
    texts = number(before, digits, beside=size), number(after, digits, beside=size)
    if abs(after - before) <= ROUNDING * size:
        return texts[0], texts[0]
    while texts[0] == texts[1] and before != after and digits < SAME:
        digits += 1
        texts = number(before, digits, beside=size), number(after, digits, beside=size)
    return texts


def change(before: float, after: float, digits: int = 4, *, beside: float = 0.0) -> str:
    """ "rose from 3,205 to 4,022", "fell from 2 to 1", "hardly rose, from 3,205.1 to 3,205.3".

    "stayed at 3,205" where the two are the same to seven digits; ``beside`` is as in ``number``.
    """
    first, last = apart(before, after, digits, beside=beside)
    if first == last:
        return f"stayed at {first}"
    went = "rose" if after > before else "fell"
    if number(before, digits) == number(after, digits):
        return f"hardly {went}, from {first} to {last}"
    return f"{went} from {first} to {last}"


def percent(share: float) -> str:
    """A share between 0 and 1 as a percentage: "12 %", "0.4 %", "over 99 %".

    No line breaks between the number and its sign.
    """
    value = 100 * share
    if 99.5 <= value < 100 - 1e-9:
        return "over 99\u00a0%"
    shown = f"{value:.0f}" if value >= 9.95 or value == 0 else f"{value:.1f}"
    return f"{shown}\u00a0%"


def inside(label: str) -> str:
    """A label in the middle of a sentence: "squared error", but "Tukey biweight" and "F1"."""
    first = re.split(r"[ \-–]", label)[0]
    keeps = first in NAMESAKES or not first[1:].islower()
    return label if keeps else label[:1].lower() + label[1:]


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


def unbroken(text: str) -> str:
    """Markdown whose lines do not end inside "λ = 30.2" or "p < 0.0001"; code and TeX as is."""
    pieces = re.split(r"(\$[^$]*\$|`[^`]*`)", text)
    pieces[::2] = [re.sub(r" ([=<>]) (?=[−\d])", "\u00a0\\1\u00a0", piece) for piece in pieces[::2]]
    return "".join(pieces)


def spoken(text: str) -> str:
    """Markdown as a screen reader should say it: no stars, ticks, dollars or escapes."""
    bare = re.sub(r"\\([!-/:-@\[-`{-~])|\*\*|[`$]", lambda mark: mark[1] or "", text)
    return re.sub(r"(?<!\S)\*(\S[^*]*?)\*", r"\1", bare)
