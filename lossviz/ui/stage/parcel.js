// What Python sends: a text, and behind a NUL the bytes of its arrays (stage/parcel.py).  A large
// array is an element of its own, which other parts' messages name.

import { decode } from "./arrays.js";
import { older } from "./bus.js";

const held = new Map(); // name of a large array -> its bytes
const mounts = new Map(); // name -> how many elements on the page hold it
const waiting = new Map(); // name -> what goes on when it is there
const latest = new WeakMap(); // picture, player or dial -> the newest message it was sent
const names = new WeakMap(); // element of a large array -> its name

function open(data) {
  const end = data.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? data : data.subarray(0, end));
  return [text, end < 0 ? data.subarray(0, 0) : data.slice(end + 1)];
}

const there = (name) => held.has(name) || new Promise((go) => {
  waiting.set(name, [...(waiting.get(name) ?? []), go]);
});

// Hand a message to its part once all its arrays are there, unless a newer one has come.
export function deliver(part, data, send) {
  const [text, behind] = open(data);
  const message = JSON.parse(text);
  const bytes = (place) => ("grid" in place
    ? held.get(place.grid).slice()
    : behind.slice(place.at, place.at + place.size));
  const hand = () => part.receive(text, send, () => decode(message, bytes));
  if (older(message, latest.get(part))) return;
  latest.set(part, message);
  const grids = message.grids ?? [];
  const whole = () => grids.every((name) => held.has(name));
  if (whole()) hand();
  else Promise.all(grids.map(there)).then(() => !part.closed && latest.get(part) === message && whole() && hand());
}

// The element of a large array: nothing to see.
export function grid({ data, parentElement }) {
  const root = parentElement.querySelector(".parcel");
  if (!names.has(root)) {
    const [text, bytes] = open(data);
    const name = JSON.parse(text).grid;
    names.set(root, name);
    held.set(name, bytes);
    mounts.set(name, (mounts.get(name) ?? 0) + 1);
    for (const go of waiting.get(name) ?? []) go();
    waiting.delete(name);
  }
  // Streamlit also cleans up after a call that a newer one superseded: forget only what is gone.
  return () => setTimeout(() => {
    if (!root.isConnected && names.has(root)) leave(root);
  });
}

function leave(root) {
  const name = names.get(root);
  names.delete(root);
  mounts.set(name, mounts.get(name) - 1);
  if (mounts.get(name)) return;
  mounts.delete(name);
  held.delete(name);
}
