"""The state: one for all pages, and wholly in the link.

Streamlit forgets a widget's value when a page does not draw it, and its own link binding stores
labels and drops what is not on the page.  So every widget here goes through ``bound``: the value
is kept for the session under its key, read from the link when one arrives, and ``publish`` writes
everything that differs from its default back to the link.  Keys are public vocabulary: short,
stable, unique.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, ScriptRunContext, get_script_run_ctx

from lossviz.problem.link import current
from lossviz.text import exact
from lossviz.ui import coarse
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import held_out
from lossviz.ui.sidebar.vocabulary import known

# words about the frame and the stage, not about the state
_FOREIGN = ("embed", "embed_options", "hide", "view")


class Codec(NamedTuple):
    """How a value is written into a link and read back; ``decode`` raises ValueError."""

    encode: Callable[[Any], str]
    decode: Callable[[str], Any]


def number(decode: Callable[[str], Any] = float) -> Codec:
    """Numbers to their last digit: what a link says is what was used."""
    return Codec(exact, decode)


TEXT = Codec(str, str)
FLAG = Codec(lambda value: "1" if value else "0", lambda raw: {"1": True, "0": False}[raw])


class _Store:
    """What is remembered for one visitor."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}  # key -> value
        self.chosen: set[str] = set()  # keys that a hand or a link has set, be it to the default
        self.link: dict[str, str] = {}  # key -> text, what is not default
        self.shown: dict[str, str] = {}  # the link in the address bar, as far as is known
        self.arrived: dict[str, str] = {}  # what the last link said and nobody read yet
        self.owners: dict[str, Any] = {}  # key -> what its value is about
        self.placed: set[str] = set()  # keys put since their widgets were drawn
        self.drawn: dict[str, Any] = {}  # key -> what its widget said last
        self.page = ""  # where the link was published last
        self.acted = False  # a callback has changed something that is not published yet
        self.unheard: list[WidgetState] = []  # what the browser said to a session that is new
        self.begun = False  # the session has had its first run
        self.repeated = False  # this run hears it again
        self.forced: set[str] = set()  # keys that show a fallback, their choice kept for later
        self.folded = False  # what is asked now is behind a button that is closed
        self.complaints: list[str] = []
        self.place: Callable[[], DeltaGenerator] | None = None  # makes room for complaints


def _store() -> _Store:
    return st.session_state.setdefault("_lossviz", _Store())


def arrive() -> None:
    """Read the link, once for each link that somebody opened (or went back to)."""
    coarse.begin()
    offers.begin()
    code.begin()
    held_out.begin()
    store = _store()
    if not store.begun:
        store.begun = True
        store.unheard = _context().session_state.get_widget_states()
    if store.repeated:  # the first run told the browser what the link said: tell it what counts
        store.repeated = False
        for key in store.drawn:
            if key in st.session_state:
                st.session_state[key] = st.session_state[key]
    words = {k: v for k, v in st.query_params.to_dict().items() if k not in _FOREIGN}
    link = current(words)
    # A page switch arrives with an empty link: keep the state.  On the page that was shown it is
    # the link before the first choice, which somebody went back to.  A run cut short by the reader
    # has changed ``link`` and not published it: what counts is what the address bar was told.
    # What a hand has just done arrives with the link it was done under, which the browser may not
    # have renewed yet; a link that somebody opens or goes back to arrives alone.
    hand = store.acted or any(st.session_state.get(k, v) != v for k, v in store.drawn.items())
    if (link or store.page == _page()) and link != store.shown and not hand:
        store.shown = dict(link)
        for key in {*store.kept, *link}:
            st.session_state.pop(key, None)
        store.kept, store.link, store.arrived = {}, {}, link
        store.owners, store.placed, store.chosen, store.drawn = {}, set(), set(), {}
    elif store.page != _page():
        # On another page Streamlit knows a widget of the same key by another name and may still
        # hold what it said pages ago: what is kept here counts, for all that was chosen.
        for key in store.kept:
            st.session_state.pop(key, None)
        store.drawn = {}


def _page() -> str:
    """Which page runs."""
    return _context().page_script_hash


def _context() -> ScriptRunContext:
    context = get_script_run_ctx()
    assert context is not None
    return context


def publish() -> None:
    """Write everything that differs from its default into the link, and say what was unusable."""
    store = _store()
    for key in [key for key in store.arrived if not known(key)]:
        complain(f"The link says {key}={store.arrived.pop(key)[:60]}, which no page knows.")
    wanted = {**store.arrived, **store.link}
    if {k: v for k, v in st.query_params.to_dict().items() if k not in _FOREIGN} != wanted:
        foreign = {k: v for k, v in st.query_params.to_dict().items() if k in _FOREIGN}
        st.query_params.from_dict({**foreign, **wanted})
    store.link, store.shown, store.acted = wanted, dict(wanted), False
    store.page = _page()
    if store.complaints:
        (store.place() if store.place else st).warning("  ".join(store.complaints))
    warned, store.complaints, store.place = store.complaints, [], None
    if store.unheard:
        _repeat(store.unheard)
        store.unheard, store.repeated = [], True
        store.complaints = warned  # what this run has told, the next one draws again


def _repeat(widgets: list[WidgetState]) -> None:
    """Run again with what the browser said, now that there are widgets to hear it.

    A page that outlived its server comes to a new session with the values of all its widgets, the
    last click among them; the session's first run can only be what the link says.
    """
    context = _context()
    if context.script_requests is not None:
        context.script_requests.request_rerun(
            RerunData(
                query_string=context.query_string,
                page_script_hash=context.page_script_hash,
                widget_states=WidgetStates(widgets=widgets),
                cached_message_hashes=context.cached_message_hashes,
                context_info=context.context_info,
            )
        )


def reserve(place: Callable[[], DeltaGenerator]) -> None:
    """Makes room where ``publish`` tells what could not be used, if there is anything."""
    _store().place = place


def complain(sentence: str) -> None:
    """Something in the link or the state could not be used; ``publish`` tells the reader."""
    _store().complaints.append(sentence)


@contextmanager
def fold(title: str, key: str, *, line: bool = False, opened: bool = False) -> Iterator[bool]:
    """A button with controls behind it: ``with state.fold("View", "view") as seen: ...``.

    What stands inside is drawn only while it is open: until then no change of the page pays for it.
    Values that are kept and linked (``bound``) are known all the same; everything else inside is
    passed over, and what costs time to make can ask whether it is ``seen``.  As a ``line`` it
    opens where it stands instead of over the page; ``opened`` is how it is until somebody folds it.
    """
    name = f"fold-{key}"
    if line:
        box: Any = st.expander(title, opened, key=name, on_change="rerun")
    else:
        box = st.popover(title, width="content", key=name, on_change="rerun")
    store = _store()
    before, seen = store.folded, bool(box.open) and not store.folded
    store.folded = not seen
    # Streamlit sends nothing of what is put into an element that has no place on the page
    with box if seen else DeltaGenerator(root_container=None):
        try:
            yield seen
        finally:
            store.folded = before


def get(key: str, default: Any = None) -> Any:
    """The value kept under ``key``."""
    return _store().kept.get(key, default)


def touch() -> None:
    """A reader has done something, whether or not it changes a value."""
    _store().acted = True


def remember(key: str, value: Any) -> None:
    """Keep something for the session that has no widget and no place in the link."""
    store = _store()
    store.kept[key], store.acted = value, True


def put(key: str, value: Any) -> None:
    """Set a value from a callback: the widget follows, and the link with it."""
    store = _store()
    store.kept[key] = st.session_state[key] = value
    store.placed.add(key)
    store.chosen.add(key)
    store.acted = True


def spell(key: str, text: str) -> None:
    """Write a value into the link though it is this page's default: on another page it is not."""
    _store().link[key] = text


def belong(owner: Any, *keys: str) -> None:
    """These values are about ``owner``, and go when it gives way to another.

    A row's number says nothing about other data.  What is set together with a new owner stays.
    """
    store = _store()
    for key in keys:
        stranger = key in store.owners and store.owners[key] != owner
        if stranger and key not in store.placed and key not in store.arrived:
            store.kept.pop(key, None)
            st.session_state.pop(key, None)
        store.owners[key] = owner


def suggest(key: str, value: Any) -> bool:
    """A value that suits what is shown, for a widget that nobody has set; True if it is news.

    A value chosen by hand or by a link stays, and in the link, for without it the page would open
    with the suggestion; an earlier suggestion gives way.
    """
    store = _store()
    now = store.kept.get(key)
    if key in store.arrived:
        return False
    if key in store.chosen:
        store.link.setdefault(key, exact(float(store.kept[key])))
        return False
    if now == value:
        return False
    store.kept[key] = value
    st.session_state.pop(key, None)
    return True


def bound(
    key: str,
    default: Any,
    codec: Codec,
    draw: Callable[[], Any],
    *,
    problem: Callable[[Any], str] = lambda value: "",
    fits: Callable[[Any], bool] = lambda value: True,
    fallback: Any = None,
) -> Any:
    """Draw a widget whose value is kept for the session and written to the link.

    ``draw`` makes the widget with this ``key`` and returns its value; behind a closed ``fold`` it
    is not asked.  ``problem`` says what is
    wrong with a value that came in a link ("" if nothing); ``fits`` whether this page can show
    it: if not, ``fallback`` is shown and the choice made elsewhere is kept.
    """
    store = _store()
    if key in store.arrived:
        store.kept[key] = _read(key, store.arrived.pop(key), default, codec, problem)
        store.chosen.add(key)
    kept = store.kept.get(key, default)
    forced = not fits(kept)
    released = key in store.forced and not forced
    if key not in st.session_state or not fits(st.session_state[key]) or released:
        st.session_state[key] = fallback if forced else kept
    value = st.session_state[key] if store.folded else draw()
    if value is None:  # a menu that was emptied stands where it stood before anybody chose
        value = fallback if forced else default
    if value != kept and not forced:
        store.chosen.add(key)
    store.drawn[key] = value
    store.placed.discard(key)
    if forced and value == fallback:
        store.forced.add(key)
    else:
        store.forced.discard(key)
        store.kept[key] = value
    now = store.kept.get(key, default)
    if now == default:
        store.link.pop(key, None)
    else:
        store.link[key] = codec.encode(now)
    return value


def _read(key: str, raw: str, default: Any, codec: Codec, problem: Callable[[Any], str]) -> Any:
    try:
        value = codec.decode(raw)
        wrong = problem(value)
    except (ValueError, KeyError, OverflowError):
        value, wrong = default, "cannot be read"
    if not wrong:
        return value
    complain(f"The link says {key}={raw[:60]}, which {wrong}. The default is used instead.")
    return default
