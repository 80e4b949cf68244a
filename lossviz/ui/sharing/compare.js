// Two states side by side, each the live page, all their scenes under one camera.

import { button, make } from "./parts.js";

const BARE = "embed=true&hide=sidebar,controls,tasks,share";

// Both begin with the first frame's camera; then one chosen in either is told to the other.
function link(frames) {
  const heard = new WeakSet();
  let shared = null;
  const follow = ({ contentWindow: there }) =>
    there?.dispatchEvent(new there.CustomEvent("stage-follow", { detail: shared }));
  for (const frame of frames) {
    frame.addEventListener("load", () => {
      const from = frame.contentWindow;
      if (heard.has(from)) return;
      heard.add(from);
      from.addEventListener("stage-camera", ({ detail }) => {
        shared = detail;
        for (const other of frames) if (other !== frame) follow(other);
      });
      from.addEventListener("stage-drawn", () => {
        if (shared) follow(frame);
        else if (frame === frames[0]) from.dispatchEvent(new Event("stage-ask"));
      });
    });
  }
}

export function compare(states) {
  const frames = states.map(({ title, address }) => make("iframe", {
    title, src: `${address}${address.includes("?") ? "&" : "?"}${BARE}`, allow: "fullscreen",
  }));
  link(frames);
  const sides = states.map(({ title }, i) => make("section", {}, make("h2", { textContent: title }), frames[i]));
  const leave = button("Close", () => dialog.close());
  const dialog = make("dialog", { className: "share-compare", "aria-label": "Two saved states under one camera" },
    make("header", {}, make("p", { textContent: "Turn one scene: the other turns with it. Heights keep their own scales." }), leave),
    make("div", {}, ...sides));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
