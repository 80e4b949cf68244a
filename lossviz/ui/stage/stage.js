// The door: what Streamlit's loader calls for every picture, player and slider.

import "./page.js";
import { Dial } from "./dial.js";
import { deliver } from "./parcel.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";

const mounted = new WeakMap(); // root element -> Picture, Player or Dial

function mount(Kind, { data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".stage");
  if (!mounted.has(root)) mounted.set(root, new Kind(root));
  const part = mounted.get(root);
  deliver(part, data, setTriggerValue);
  // Streamlit also cleans up after a call that a newer one superseded: close only what is gone.
  return () => setTimeout(() => {
    if (!root.isConnected && mounted.delete(root)) part.close();
  });
}

export const picture = (component) => mount(Picture, component);
export const player = (component) => mount(Player, component);
export const dial = (component) => mount(Dial, component);
