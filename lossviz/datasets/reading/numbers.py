"""Numbers as they are written in tables: marks, signs, units, and words for missing ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

MISSING_WORDS = """
na n/a n.a. n.a #n/a #na <na> nan -nan null nil none missing ? . .. ... - -- --- – — \\n k.a.
#div/0! #value! #ref! #name? #num! #null! #nv #wert! #bezug! #zahl! #valeur! 1.#ind 1.#qnan
-1.#ind #error! #err #n/d #spill! #calc!
"""
MISSING = frozenset(MISSING_WORDS.split()) | {""}
DIGITS = frozenset("0123456789")
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2008\u2009\u202f\u3000"), " ")
LETTERS = str.maketrans({**SPACES, 0x2212: "-", 0x2013: "-", 0x2012: "-", 0x2019: "'", 0xFF0D: "-"})

PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
COMMA = re.compile(PLAIN.pattern.replace(r"\.", ","))
CURRENCY = r"(?:[A-Z]{1,2})?[$€£¥₹₽₩₺₪]|[A-Z]{3}|kr\.?|Fr\.?|zł|Rs\.?"
NUMBER = re.compile(
    rf"""(?P<open>\(\s*)?
    (?P<sign>[+-])?\ ?
    (?P<before>{CURRENCY})?\ ?
    (?P<inner>[+-])?
    (?P<core>[0-9](?:[0-9.,'\ ]*[0-9])?[.,]?|[.,][0-9]+)
    (?P<power>[eEdD][+-]?[0-9]+|(?<=[.0-9])[+-][0-9]{{3}}$)?
    (?P<behind>\ ?-)?
    \ ?(?P<after>[^\d\s.,;:/'()+\-=<>?!\#"][^\s;<>="]{{0,11}})?
    (?P<close>\s*\))?""",
    re.VERBOSE,
)
NO_UNIT = re.compile(r"Q[1-4]|[xX][0-9A-Fa-f]+")  # of the quarter 2020Q1, of the code 0x1F
LIMIT = re.compile(r"(?:<=?|≤|>=?|≥)\s*(.+)")
WESTERN = r"[0-9]{{1,3}}(?:{0}[0-9]{{3}})+"
INDIAN = r"[0-9]{{1,2}}(?:{0}[0-9]{{2}})+{0}[0-9]{{3}}"
GROUPS = {mark: re.compile("|".join((WESTERN, INDIAN)).format(re.escape(mark))) for mark in ".,' "}
UNIT_WORDS = """
% ‰ ° °C °F K g kg mg µg μg t lb lbs oz m cm mm km µm μm nm ft in mi yd s ms min h hr hrs d y
yr yrs years days V mV A mA W kW kWh MW MWh J kJ N kN Pa hPa kPa MPa bar mbar Hz kHz MHz GHz
l L ml mL mol mmol m/s km/h mph m2 m² cm2 cm² km2 km² m3 m³ cm3 cm³ kg/m2 kg/m² mg/dl mg/dL
mg/l mg/L g/l g/L ha ppm ppb px pt dB Ω € $ £ ¥ ₹ EUR USD GBP CHF JPY kr zł
"""
UNITS = frozenset(UNIT_WORDS.split())


class Written(NamedTuple):
    """A number as it stands in a cell: its sign, its digits with their marks, its unit."""

    negative: bool
    core: str
    power: str
    unit: str
    decimal: str  # the mark that can only be the decimal one, "" if there is none
    thousands: str  # a mark that can only part thousands
    either: str  # a mark that may be the one or the other, as in 1,200

    def value(self, decimal: str) -> float:
        """The number, ``decimal`` being its decimal mark."""
        digits = "".join(c for c in self.core if c.isdigit() or c == decimal)
        number = float(digits.replace(",", ".") + self.power)
        return -number if self.negative else number


def clean(cell: str) -> str:
    """The cell with ordinary spaces, minus signs and apostrophes."""
    return cell if cell.isascii() else cell.translate(LETTERS).strip()


def filled(texts: Sequence[str]) -> list[int]:
    """Which of these cells hold a value."""
    return [i for i, t in enumerate(texts) if (t[:1] in DIGITS and "#" not in t) or not missing(t)]


def missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.lower() in MISSING


def written(cell: str) -> Written | None:
    """The number in a (clean) cell, or None when it holds none."""
    found = NUMBER.fullmatch(cell)
    if not found:
        return None
    part = found.groupdict(default="")
    signs = [bool(part[name]) for name in ("sign", "inner", "behind", "open")]
    if bool(part["open"]) != bool(part["close"]) or sum(signs) > 1:
        return None
    before, after = part["before"], part["after"]
    if (before and after and before != after) or NO_UNIT.fullmatch(after):
        return None
    power = part["power"].replace("D", "e").replace("d", "e")
    if power[:1] in ("+", "-"):
        power = "e" + power  # Fortran leaves the letter out before three digits
        if "." not in part["core"]:
            return None
    if power and after:
        return None
    marks = _marks(part["core"], bool(power))
    if marks is None:
        return None
    negative = "-" in (part["sign"], part["inner"], part["behind"].strip()) or bool(part["open"])
    return Written(negative, part["core"], power, before or after, *marks)


def _marks(core: str, power: bool) -> tuple[str, str, str] | None:
    """(decimal, thousands, either): what the marks among the digits can be; None if nothing."""
    if core.isdigit():
        return "", "", ""
    for mark in "' ":
        if mark in core:
            head, decimal = core, ""
            for other in ".,":
                if other in core:
                    head, decimal = core[: core.index(other)], other
                    if not core[core.index(other) + 1 :].isdigit():
                        return None
                    break
            return (decimal, mark, "") if GROUPS[mark].fullmatch(head) else None
    last = max(".,", key=core.rfind)
    other = "," if last == "." else "."
    head, _, tail = core.rpartition(last)
    if other in core:
        grouped = core.count(last) == 1 and GROUPS[other].fullmatch(head)
        return (last, other, "") if grouped else None
    if core.count(last) > 1:
        return ("", last, "") if GROUPS[last].fullmatch(core) and not power else None
    if GROUPS[last].fullmatch(core) and head[0] != "0" and not power:
        return "", "", last
    return last, "", ""
