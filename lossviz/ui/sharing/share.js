// The door: what Streamlit's loader calls for each panel of Share.

import { stylesheet } from "./dom.js";
import { Files } from "./files.js";
import { Lesson } from "./lesson.js";
import { Link } from "./link.js";
import { Saved } from "./saved.js";

const mounted = new WeakMap(); // root element -> panel

function mount(Kind, { data, parentElement }) {
  stylesheet("share.css");
  const root = parentElement.querySelector(".share");
  if (!mounted.has(root)) mounted.set(root, new Kind(root));
  const panel = mounted.get(root);
  panel.receive(JSON.parse(new TextDecoder().decode(data)));
  return () => setTimeout(() => {
    if (!root.isConnected && mounted.delete(root)) panel.close();
  });
}

export const link = (component) => mount(Link, component);
export const files = (component) => mount(Files, component);
export const lesson = (component) => mount(Lesson, component);
export const saved = (component) => mount(Saved, component);
