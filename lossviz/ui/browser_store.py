"""A store in the reader's own browser: a closed tab or a killed server loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

# Asks the browser's storage once when it is mounted, and writes whenever it is given a text.  What
# another tab has written meanwhile is told instead of being overwritten.
_SCRIPT = """
const asked = new WeakSet();  // roots of components that have asked
const seen = new Map();  // name -> what this tab last read there or wrote
export default function ({ data, setStateValue, parentElement }) {
  const { name, write } = data;
  try {
    const held = localStorage.getItem(name);
    const news = held !== null && held !== write && held !== seen.get(name);
    if (write === null ? !asked.has(parentElement) : news) {
      seen.set(name, held);
      setStateValue("held", held ?? "");
    } else if (write !== null) {
      localStorage.setItem(name, write);
      seen.set(name, write);
    }
  } catch { if (write === null) setStateValue("held", ""); }  // a browser that keeps nothing
  asked.add(parentElement);
}
"""
_STORE = st.components.v2.component("lossviz.store", js=_SCRIPT)


def keep(name: str, write: str | None = None) -> None:
    """Ask what the browser holds under ``name``, or with ``write`` have it hold that text.

    Where another tab has written meanwhile, nothing is overwritten: ``known`` has the other text
    in the run that follows, and the caller writes again what holds both.
    """
    _STORE(
        key=f"store-{name}",
        data={"name": f"lossviz.{name}", "write": write},
        on_held_change=lambda: None,
    )


def known(name: str) -> str | None:
    """What the browser last told of ``name``: None before it has, "" where it had nothing."""
    try:
        held: str | None = st.session_state[f"store-{name}"]["held"]
    except KeyError:
        return None
    return held


# The browser's database takes what its small storage does not.  The newest few texts stay.
_SHELF_SCRIPT = """
const MOST = 8;
const settled = (ask) => new Promise((done, fail) => {
  ask.onsuccess = () => done(ask.result);
  ask.onerror = () => fail(ask.error);
});
async function shelf() {
  const ask = indexedDB.open("lossviz", 1);
  ask.onupgradeneeded = () => ask.result.createObjectStore("texts");
  const base = await settled(ask);
  return base.transaction("texts", "readwrite").objectStore("texts");
}
async function write(name, text) {
  await settled((await shelf()).put({ text, at: Date.now() }, name));
  const names = await settled((await shelf()).getAllKeys());
  const held = await settled((await shelf()).getAll());
  const old = names.map((each, i) => [held[i].at, each]).sort(([p], [q]) => q - p).slice(MOST);
  for (const [, each] of old) (await shelf()).delete(each);
}
const asked = new WeakMap();  // root of a component -> what it last did
export default function ({ data, setStateValue, parentElement }) {
  const { name, text, quiet } = data;
  const before = asked.get(parentElement);
  if (before?.name === name && before.text === text) return;
  asked.set(parentElement, data);
  const act = text === null
    ? shelf().then((open) => settled(open.get(name))).then((found) => found?.text ?? "")
    : write(name, text).then(() => (quiet ? "" : "kept"));
  act.catch(() => "").then((answer) => {  // "": nothing is kept
    if (answer || !quiet) setStateValue("answer", answer);
  });
}
"""
_SHELF = st.components.v2.component("lossviz.shelf", js=_SHELF_SCRIPT)


def shelve(name: str, text: str) -> bool:
    """Give the browser a text of any length to keep; True once it has answered."""
    return _answer(f"shelve-{name}", name, text) is not None


def fetch(name: str) -> str | None:
    """The text that ``shelve`` gave the browser: None until it answers, "" where it has none."""
    return _answer(f"fetch-{name}", name, None)


def hand_over(name: str, text: str) -> None:
    """Give the browser a text of any length to keep in place of an earlier one.

    It does not answer, so this costs no further run: call it in every run that has the text.
    """
    _answer(f"hand-over-{name}", name, text, quiet=True)


def look_up(name: str, then: Callable[[str], None]) -> None:
    """Call ``then``, before a run, with the text that ``hand_over`` gave the browser.

    Where it has none, nothing happens.
    """
    key = f"look-up-{name}"

    def found() -> None:
        if text := st.session_state[key]["answer"]:
            then(text)

    _answer(key, name, None, quiet=True, heard=found)


def _answer(
    key: str,
    name: str,
    text: str | None,
    quiet: bool = False,
    heard: Callable[[], None] = lambda: None,
) -> str | None:
    data = {"name": name, "text": text, "quiet": quiet}
    answer: str | None = getattr(_SHELF(key=key, data=data, on_answer_change=heard), "answer", None)
    return answer
