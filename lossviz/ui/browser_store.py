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


# The browser's database takes what its small storage does not.  The newest few texts stay.  A draft
# ("own") has a place for each tab, so that two tabs do not overwrite each other's.
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
async function newestFirst() {  // [name, { text, at }]
  const names = await settled((await shelf()).getAllKeys());
  const held = await settled((await shelf()).getAll());
  return names.map((each, i) => [each, held[i]]).sort(([, p], [, q]) => q.at - p.at);
}
async function write(name, text) {
  await settled((await shelf()).put({ text, at: Date.now() }, name));
  for (const [each] of (await newestFirst()).slice(MOST)) (await shelf()).delete(each);
}
const read = async (name) => (await settled((await shelf()).get(name)))?.text ?? "";
const place = (name) => {  // this tab's, also after it is loaded again
  const tab = sessionStorage.getItem("lossviz.tab") ?? Math.random().toString(36).slice(2);
  sessionStorage.setItem("lossviz.tab", tab);
  return `${name}.${tab}`;
};
const source = (name) => `lossviz.${name}.from`;  // the other place that this tab's draft is from
async function readOwn(name) {
  const mine = await read(place(name));
  if (mine) return mine;
  const others = (await newestFirst()).filter(([each, { text }]) =>
    text && (each === name || each.startsWith(`${name}.`)));
  if (!others.length) return "";
  sessionStorage.setItem(source(name), others[0][0]);
  return others[0][1].text;
}
async function writeOwn(name, text) {
  const from = sessionStorage.getItem(source(name));
  if (text) {
    if (from !== null && await read(from) === text) return;
    sessionStorage.removeItem(source(name));  // another draft now: that one stays
    await write(place(name), text);
    return;
  }
  for (const each of [place(name), from]) if (each) await settled((await shelf()).delete(each));
  sessionStorage.removeItem(source(name));
}
const asked = new WeakMap();  // root of a component -> what it last did
export default function ({ data, setStateValue, parentElement }) {
  const { name, text, quiet, own } = data;
  const before = asked.get(parentElement);
  if (before?.name === name && before.text === text) return;
  asked.set(parentElement, data);
  const act = text === null
    ? (own ? readOwn : read)(name)
    : (own ? writeOwn : write)(name, text).then(() => (quiet ? "" : "kept"));
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
    """Give the browser a text of any length to keep in place of this tab's earlier one.

    What another tab keeps under the name stays.  "" has the browser forget the tab's text, and the
    one that ``look_up`` found.  It does not answer, so this costs no further run: call it in every
    run that has the text.
    """
    _answer(f"hand-over-{name}", name, text, quiet=True, own=True)


def look_up(name: str, then: Callable[[str], None]) -> None:
    """Call ``then``, before a run, with the text that ``hand_over`` gave the browser.

    That is this tab's, else the newest of any tab.  Where it has none, nothing happens.
    """
    key = f"look-up-{name}"

    def found() -> None:
        if text := st.session_state[key]["answer"]:
            then(text)

    _answer(key, name, None, quiet=True, own=True, heard=found)


def _answer(
    key: str,
    name: str,
    text: str | None,
    quiet: bool = False,
    own: bool = False,
    heard: Callable[[], None] = lambda: None,
) -> str | None:
    data = {"name": name, "text": text, "quiet": quiet, "own": own}
    answer: str | None = getattr(_SHELF(key=key, data=data, on_answer_change=heard), "answer", None)
    return answer
