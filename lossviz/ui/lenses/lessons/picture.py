"""The lens of a scene in a frame of its own, and what the frame and the lesson tell each other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from lossviz.lessons import Scene
from lossviz.problem.link import read_link
from lossviz.ui.frame.hidden import UNTIL
from lossviz.ui.stage import assets

KEY = "lesson-stage"
HEIGHT = 640  # CSS pixels where the page is not presented
# stage/embedded.js is the other end: it asks to be told, and says where the ring was put and what
# the link of the state is that a hand made
_SCRIPT = """
const lessons = new WeakMap();  // root of a component -> what it was told last
const element = () => document.querySelector(".st-key-KEY iframe");
const frame = () => element()?.contentWindow;
// The page inside is shown once it has told that it is there: its own menus, which its link hides,
// would flash before.  One that tells nothing is shown after ten seconds.
const shown = (inner) => {
  inner.dataset.told = inner.src;
  inner.contentWindow.known = true;  // this page, not the one that follows in the same frame
  delete inner.dataset.waits;
};
function cover(inner) {
  if (inner.dataset.told === inner.src) return;
  const there = inner.contentDocument?.documentElement?.classList.contains("stage-framed");
  if (there && !inner.contentWindow.known) return shown(inner);
  inner.dataset.waits = "";
  setTimeout(() => shown(inner), 10_000);
}
// The next scene comes in the same frame, before this component hears of it.
const watched = new WeakSet();
function watch(inner) {
  if (watched.has(inner)) return;
  watched.add(inner);
  new MutationObserver(() => cover(inner)).observe(inner, { attributeFilter: ["src"] });
}
// The reply stands below the picture on a phone, which grows when it comes.
const REPLY = ".st-key-lesson-question [data-testid=stAlert]";
function show(frames = 60) {
  const reply = document.querySelector(REPLY);
  if (reply) reply.scrollIntoView({ block: "nearest" });
  else if (frames) requestAnimationFrame(() => show(frames - 1));
}
// From the cards this may be called before the frame is in the page.
export default function call(given) {
  if (element()) talk(given);
  else requestAnimationFrame(() => given.parentElement.isConnected && call(given));
}
function talk({ data, setStateValue, setTriggerValue, parentElement: root }) {
  const first = !lessons.has(root);
  const { reveal, wanted, again, stage } = data;
  const inner = element();
  // the theme may also change before this is called for the first time
  const { colorScheme: theme } = getComputedStyle(root.host ?? root);
  const other = !inner.src.includes(`${theme}_theme`) && lessons.get(root)?.theme !== theme;
  if (other) setTriggerValue("repainted", theme);
  // an answer may mount this anew, from a module of its own: what was told stays with the frame
  const scene = `${again} ${inner.src}`;
  const before = inner.dataset.scene === scene ? inner.dataset.reveal : "";
  Object.assign(inner.dataset, { scene, reveal });
  watch(inner);
  if (first && again && !before) {
    delete inner.dataset.told;
    inner.src = inner.src;
  }
  if (first) cover(inner);
  // presenting, its keys and the skip link, on a page that has no picture of its own
  if (first) import(new URL(`${stage}/page.js`, document.baseURI));
  // "Next" is below the picture on a phone: the next scene begins at its top
  if (first && !again && !before) document.querySelector("[data-testid=stMain]").scrollTop = 0;
  if (before === "false" && reveal) show();
  const tell = () => frame()?.postMessage({ lossviz: { reveal: lessons.get(root).reveal } },
    location.origin);
  lessons.set(root, { reveal, wanted, setStateValue, theme });
  tell();
  if (!first) return;
  const hear = ({ origin, source, data: heard }) => {
    if (!root.isConnected) return window.removeEventListener("message", hear);
    if (origin !== location.origin || source !== frame() || !heard?.lossviz) return;
    if (heard.lossviz.here) shown(element());
    tell();
    const { wanted, setStateValue } = lessons.get(root);
    const answer = heard.lossviz[wanted];
    if (answer) setStateValue("answer", answer);
  };
  window.addEventListener("message", hear);
}
""".replace("KEY", KEY)
_TALK = st.components.v2.component("lossviz.lesson_frame", js=_SCRIPT)


def show(scene: Scene) -> None:
    """The lens itself: everything on it can be touched."""
    link = read_link(scene.link)
    base = st.get_option("server.baseUrlPath").strip("/")
    theme = st.context.theme.type or "light"
    hide = ["sidebar", "tasks", "title"]
    if scene.question:
        hide += ["findings", *(f"{UNTIL}{key}" for key in scene.hides)]
        if scene.question.of_minimum:
            hide.append("model")
    words = {**link.words, "embed": "true", "embed_options": f"{theme}_theme",
             "hide": ",".join(hide)}  # fmt: skip
    path = f"/{base}/{link.page}" if base else f"/{link.page}"
    with st.container(key=KEY):
        st.iframe(f"{path}?{urlencode(words)}", height=HEIGHT, alt=f"The picture of {scene.title}")


def heard(scene: str, resets: int) -> Any:
    """What the reader last did in this scene's picture, of the kind that ``tell`` wanted.

    "ring" is where the ring was put, a pair; "link" the words of the state that was dragged to.
    None where nothing was done.
    """
    return st.session_state.get(_key(scene, resets), {}).get("answer")


def tell(scene: str, reveal: bool, wanted: str, resets: int) -> None:
    """What the frame of this scene shall do, and tell when it is done by hand.

    Without ``reveal`` the frame hides its findings, which would tell the answer.  After one more of
    its ``resets`` it shows the scene's own state again.  The frame's link names the theme: where
    the reader has chosen another, the page is run again.
    """
    seen = _TALK(
        key=_key(scene, resets),
        data={"reveal": reveal, "wanted": wanted, "again": resets, "stage": assets.folder()},
        on_answer_change=lambda: None,
        on_repainted_change=lambda: None,
    )
    if seen.repainted:
        st.rerun()


def _key(scene: str, resets: int) -> str:
    return f"frame-{scene}-{resets}"
