"""Widgets made from recipes: a menu per catalogue, a control per hyperparameter."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import Field
from hashlib import blake2b
from typing import Any, Protocol, TypeVar, runtime_checkable

import streamlit as st

from lossviz.recipes import Recipe, complaint
from lossviz.text import as_markdown, number
from lossviz.ui.sidebar import state

R = TypeVar("R", bound=Recipe)

# the letters that formulas write for these hyperparameters, so that menu and text agree
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "tau": "τ",
    "variance": "ν", "strength": "λ", "l1_ratio": "ρ", "lr": "η", "beta1": "β₁", "beta2": "β₂",
    "momentum": "μ", "weight_decay": "λ", "rho": "ρ", "kappa": "κ", "angle": "φ",
}  # fmt: skip


@runtime_checkable
class Lettered(Protocol):
    """A recipe whose typed formula has constants of its own, by name."""

    @property
    def letters(self) -> Mapping[str, float]: ...
    def with_letters(self, **values: float) -> Any: ...


LARGEST = 1e12  # what a slider can still show


def about(*parts: object) -> str:
    """A short name of what a widget is about, for its key.

    The same in every process: what a browser says to a restarted server finds its widget.
    """
    return blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def choose(
    title: str,
    entries: Mapping[str, type[R]],
    key: str,
    *,
    known: Collection[str] = (),
    why: str = "",
    shown: int = 1,
) -> R:
    """A menu over a catalogue, and under it the hyperparameters of what was picked.

    ``known`` are all ids of the catalogue, of which ``entries`` are those this page can show;
    ``why`` is a sentence shown when the choice made elsewhere is not among them.  Of the
    hyperparameters the first ``shown`` stand open, the others fold, so that the next menu is seen.
    """
    first = next(iter(entries))
    id = select(title, {i: e.label for i, e in entries.items()}, key, known=known)
    kept = state.get(key, first)  # after the menu, which reads the link
    if kept not in entries and id == first and why:
        st.caption(why)
    return tune(entries[id], f"{key}-{id}", shown=shown, fold=key)


def select(
    title: str,
    options: Mapping[str, str],
    key: str,
    *,
    default: str | None = None,
    known: Collection[str] = (),
    help: str = "",
    draw: Callable[..., Any] = st.selectbox,
) -> str:
    """One of several named options: value -> label.  The link carries the value.

    A value that is ``known`` but no option here was chosen on another page and is kept for it.
    """
    first = default if default is not None and default in options else next(iter(options))

    def widget() -> Any:
        label = options.__getitem__
        # a second click on the chosen segment would choose nothing
        more = {"required": True} if draw is st.segmented_control else {}
        return draw(title, list(options), format_func=label, key=key, help=help or None, **more)

    return state.bound(
        key,
        first,
        state.TEXT,
        widget,
        problem=lambda v: "" if v in options or v in known else "is not on the menu",
        fits=lambda v: v in options,
        fallback=first,
    )


def tune(entry: type[R], key: str, *, shown: int | None = None, fold: str = "") -> R:
    """The recipe with its hyperparameters where the reader left them.

    All stand open, or only the first ``shown`` and the others in the ``fold`` of that key.

    If they make no recipe (a typed formula that cannot be read) the reader is told why and where,
    and the last one that could be made stands in, so a picture never disappears.
    """
    fields = entry.hyperparameters()
    values = {each.name: turn(each, f"{key}-{each.name}") for each in fields[:shown]}
    if rest := fields[len(values) :]:
        with state.fold("Settings" if not values else "More settings", fold, line=True):
            values |= {each.name: turn(each, f"{key}-{each.name}") for each in rest}
    try:
        recipe = entry(**values)
    except ValueError as error:
        if pointer := getattr(error, "pointer", ""):
            st.code(pointer, language=None)
        st.error(f"{as_markdown(str(error))}  The last one that could be read is shown.")
        return state.get(f"_{key}") or entry()
    recipe = _letters(recipe, key)
    state.remember(f"_{key}", recipe)
    return recipe


def _letters(recipe: R, key: str) -> R:
    """A slider for each letter of a typed recipe that has letters to set."""
    if not isinstance(recipe, Lettered):
        return recipe
    return recipe.with_letters(
        **{name: slider(name, f"{key}-{name}", 1.0, -5.0, 5.0) for name in recipe.letters}
    )


def turn(each: Field[Any], key: str) -> Any:
    """The control of one hyperparameter: slider, log slider, switch, menu or text."""
    about = each.metadata
    title = about.get("label") or each.name.replace("_", " ")
    title = title[0].upper() + title[1:] if len(title) > 1 else title
    if symbol := GREEK.get(each.name):
        title = f"{symbol} ({title})"
    default: Any = each.default

    def problem(value: Any) -> str:
        if isinstance(value, float | int) and abs(value) > LARGEST:
            return f"is larger than {number(LARGEST)}"
        return complaint(each, value)

    if about.get("carried"):  # set elsewhere: kept and linked, without a widget
        carry = lambda: st.session_state[key]  # noqa: E731
        return state.bound(key, default, state.TEXT, carry, problem=problem)
    if "text" in about:
        return state.bound(
            key,
            default,
            state.TEXT,
            lambda: st.text_input(title, key=key, max_chars=about["most"]),
            problem=problem,
        )
    if about.get("options") == (True, False):
        return state.bound(key, default, state.FLAG, lambda: st.toggle(title, key=key))
    if "options" in about:
        options = {str(o): str(o).replace("_", " ") for o in about["options"]}
        picked = select(title, options, key, default=str(default))
        return next(o for o in about["options"] if str(o) == picked)
    whole = isinstance(default, int)
    return slider(
        title,
        key,
        default,
        about["low"],
        about["high"],
        log=about["log"],
        whole=whole,
        problem=problem,
    )


def slider(
    title: str,
    key: str,
    default: float,
    low: float,
    high: float,
    *,
    log: bool = False,
    whole: bool = False,
    help: str = "",
    problem: Callable[[Any], str] | None = None,
) -> Any:
    """A number on a range.

    A value from a link must lie on the range, or, where ``problem`` judges it, widens the range.
    """
    codec = state.number(_whole if whole else _finite)
    kind = int if whole else float

    def widget() -> Any:
        value = kind(st.session_state[key])
        st.session_state[key] = value
        if log:
            stops = sorted({*decades(low, high), kind(default), value})
            return st.select_slider(
                title, stops, key=key, format_func=lambda v: number(v, 12), help=help or None
            )
        ends = kind(min(low, value)), kind(max(high, value))
        step = 1 if whole else nice_step(ends[1] - ends[0])
        return st.slider(
            title, *ends, step=step, key=key, format="%d" if whole else "%.12g", help=help or None
        )

    def outside(value: Any) -> str:
        return "" if low <= value <= high else f"lies outside {number(low)} to {number(high)}"

    return kind(state.bound(key, kind(default), codec, widget, problem=problem or outside))


def nice_step(span: float) -> float:
    """About a two-hundredth of the span, as 1, 2 or 5 times a power of ten."""
    rough = span / 200
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)


def decades(low: float, high: float) -> list[float]:
    """Stops from ``low`` to ``high``, twelve to the decade, rounded to two digits."""
    first, last = math.floor(12 * math.log10(low)), math.ceil(12 * math.log10(high))
    inner = [float(f"{10 ** (k / 12):.1e}") for k in range(first, last + 1)]
    return [low, *(stop for stop in inner if low < stop < high), high]


def _finite(raw: str) -> float:
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError(raw)
    return value


def _whole(raw: str) -> int:
    value = _finite(raw)
    if value != int(value) or abs(value) > 1e9:
        raise ValueError(raw)
    return int(value)
