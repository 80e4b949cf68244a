"""What a page shows, read out of the browser: figures, tooltips, read-outs, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from tests.browser.conftest import settled

Array = NDArray[np.floating]
Objective = Callable[[Array], Array]  # (..., p) -> (...)
DIGITS = 1e-4  # a picture's numbers are single precision, at places in single precision
HEIGHTS = ("surface", "contour", "heatmap")

DRAWN = """() => {
  const all = [...document.querySelectorAll('.stage:not(.stage-player)')];
  return all.length > 0 && all.every((stage) => Number(stage.dataset.drawn) > 0);
}"""
READ = """() => {
  const plain = (v) => ArrayBuffer.isView(v) || Array.isArray(v) ? Array.from(v, plain)
    : typeof v === 'number' && !Number.isFinite(v) ? null : v ?? null;
  const found = {};
  for (const gd of document.querySelectorAll('.stage-figure')) {
    if (!gd._fullData) continue;
    const key = gd.closest('[class*="st-key-"]').className.match(/st-key-(\\S+)/)[1];
    found[key] = gd._fullData.map((trace) => ({
      name: trace.name, type: trace.type, text: plain(trace.text), template: trace.hovertemplate,
      ...Object.fromEntries(['x', 'y', 'z', 'customdata'].map((k) => [k, plain(trace[k])])),
    }));
  }
  return found;
}"""
TIP = """([key, curve, point]) => {
  const gd = document.querySelector(`.st-key-${key} .stage-figure`);
  const trace = gd._fullData[curve];
  const plot = (trace.xaxis ?? 'x') + (trace.yaxis ?? 'y');
  Plotly.Fx.hover(gd, [{ curveNumber: curve, pointNumber: point }], [plot]);
  const said = [...gd.querySelectorAll('.hovertext')].map((each) => each.textContent).join(' ');
  Plotly.Fx.unhover(gd);
  return said;
}"""
POINTED = """(key) => [...document.querySelectorAll(`.st-key-${key} :is(.hovertext text, .nums)`)]
  .flatMap((each) => [...each.querySelectorAll('tspan.line')].map((line) => line.textContent))"""
MACHINE = re.compile(r"(?<!\w)-\d|\de[-+]?\d")  # -1.3e-27, where people write −1.3 × 10⁻²⁷
POWER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@dataclass
class Trace:
    """One trace as Plotly draws it: numbers as arrays, gaps as NaN, names as they are."""

    name: str
    type: str
    template: str
    text: Any
    x: Any
    y: Any
    z: Any
    customdata: Any


class Seen:
    """A page that has been drawn."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.read()

    def read(self) -> None:
        """Read the page as it is now, once everything has been drawn."""
        settled(self.page)
        self.page.wait_for_function(DRAWN)
        self.pictures = {
            key: [Trace(**{name: _array(value) for name, value in trace.items()}) for trace in some]
            for key, some in self.page.evaluate(READ).items()
        }
        self.words = self.page.locator("body").inner_text()

    def trace(self, key: str, name: str, place: int = 0) -> Trace:
        """The trace of this name in a picture; the ``place``-th of several."""
        assert key in self.pictures, f"{key} is not among {sorted(self.pictures)}"
        found = [each for each in self.pictures[key] if each.name == name]
        names = [each.name for each in self.pictures[key]]
        assert len(found) > place, f"{key} shows {names}, not {name}"
        return found[place]

    def readout(self, key: str) -> str:
        return self.page.locator(f".st-key-{key} .stage-readout").inner_text()

    def tooltip(self, key: str, name: str, point: int) -> list[float]:
        """The numbers of the tooltip over one point of a flat picture."""
        curve = [each.name for each in self.pictures[key]].index(name)
        told = self.page.evaluate(TIP, [key, curve, point])
        assert not MACHINE.search(told), f"{key}: {told}"
        return numbers(told)

    def pointed(self, key: str) -> list[float]:
        """The number at the end of each line of the tooltip over the middle of a surface."""
        picture = self.page.locator(f".st-key-{key} .stage-plot")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box is not None
        x = box["x"] + box["width"] / 2
        for share in (0.62, 0.5, 0.7, 0.4):  # the ground is not everywhere
            y = box["y"] + share * box["height"]
            self.page.mouse.move(x - 9, y)
            self.page.mouse.move(x, y)
            told = f"(key) => ({POINTED})(key).length >= 3"
            try:
                self.page.wait_for_function(told, arg=key, timeout=5000)
            except Exception:
                continue
            lines = self.page.evaluate(POINTED, key)
            assert not MACHINE.search(" ".join(lines)), f"{key}: {lines}"
            return [numbers(line)[-1] for line in lines]
        raise AssertionError(f"no tooltip over {key}")


def numbers(text: str) -> list[float]:
    """The numbers of a text, in order: 3,890, −0.0123, 1.27 × 10⁻²⁷, 5k, 200M."""
    pattern = (
        r"([−-]?\d[\d,]*\.?\d*)(?:\s?×\s?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|e([−+-]?\d+))?([kMµmnBGTp](?![a-z]))?"
    )
    sizes = {"k": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "T": 1e12, "m": 1e-3, "µ": 1e-6, "n": 1e-9,
             "p": 1e-12, "": 1.0}  # fmt: skip
    found = []
    for digits, raised, power, size in re.findall(pattern, text):
        value = float(digits.replace("−", "-").replace(",", ""))
        exponent = raised.translate(POWER) if raised else power.replace("−", "-") or "0"
        found.append(value * 10.0 ** int(exponent) * sizes[size])
    return found


def _array(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    found = np.array(value)
    return value if found.dtype.kind == "U" else found.astype(float)


def same(drawn: Any, true: Any, what: str, *, loose: float = 0.0) -> None:
    """Equal to the digits of a picture, but for a share ``loose`` of the places."""
    drawn, true = np.asarray(drawn, float), np.asarray(true, float)
    assert drawn.shape == true.shape, f"{what}: {drawn.shape} drawn, {true.shape} true"
    true = np.where(np.isfinite(true), true, np.nan)
    size = float(np.nanmax(np.abs(true))) if np.isfinite(true).any() else 0.0
    near = np.isclose(drawn, true, rtol=DIGITS, atol=DIGITS * size, equal_nan=True)
    wrong = float((~near).mean()) if near.size else 0.0
    first = np.argwhere(~near)[:1].tolist()
    assert wrong <= loose, f"{what}: {wrong:.1%} differ, first at {first}"


def on(seen: Seen, key: str, objective: Objective, height_axis: Any, name: str = "surface",
       *, loose: float = 0.0) -> tuple[Array, Array, Array]:  # fmt: skip
    """A surface or a map has the objective's values: what it tells, and how high it is drawn.

    ``objective`` takes (j, i, 2) places and ``height_axis`` makes a height of values.  Returns the
    places and the true values (j, i).
    """
    trace = seen.trace(key, name)
    a, b = trace.x, trace.y
    true = np.asarray(objective(np.stack(np.meshgrid(a, b), axis=-1)), float)
    if trace.customdata is not None and np.ndim(trace.customdata) == 2:
        told = np.transpose(trace.customdata) if trace.type == "surface" else trace.customdata
        same(told, true, f"{key}: what tooltips tell", loose=loose)
    same(trace.z, height_axis(true), f"{key}: heights", loose=loose)
    return a, b, true


def tip_of(seen: Seen, key: str, a: Array, b: Array, true: Array) -> None:
    """The tooltip under the mouse on a surface tells the true value of the place it names."""
    told = seen.pointed(key)[-3:]
    i, j = np.abs(a - told[0]).argmin(), np.abs(b - told[1]).argmin()
    near = true[max(0, j - 1) : j + 2, max(0, i - 1) : i + 2]  # four digits may name a neighbour
    size = 1e-3 * float(np.nanmax(np.abs(true)))
    assert np.isclose(near, told[2], rtol=1e-3, atol=size).any(), (key, told, near)


def at_point(seen: Seen, key: str, name: str, place: Sequence[float], height: float | None = None,
             *, of: Sequence[float] | None = None) -> None:  # fmt: skip
    """A mark of this name stands at a place (a, b), in 3-D at a height; ``of`` is the window."""
    mark = seen.trace(key, name)
    scale = of or [max(1.0, abs(each)) for each in place]
    for drawn, true, size in zip((mark.x, mark.y), place, scale, strict=True):
        assert abs(float(drawn[0]) - true) <= 1e-5 * size, (key, name, drawn[0], true)
    if height is not None:
        z = float(mark.z[0])
        assert abs(z - height) <= DIGITS * max(1.0, abs(height)), (key, name, z, height)
