// States kept in this browser: a link, a title and a small picture each.  The server knows none.

import { whole } from "./address.js";
import { compare } from "./compare.js";
import { drawn } from "./files.js";
import { button, download, make, title, voice } from "./parts.js";
import { blobOf, snapshot } from "./snapshot.js";

const NAME = "lossviz.saved";
const FORMAT = "lossviz-states/1";
const MOST = { states: 200, bytes: 5_000_000, title: 120, picture: 80_000 };
const THUMB = 320; // pixels

// -- what is kept ----------------------------------------------------------------------------

const base = () => new URL(".", document.baseURI).href;
const here = () => location.href.split(/[?#]/)[0].slice(base().length) + (whole() ? `?${whole()}` : "");
const identity = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

// A page of this app and its words, and never an address of another place.
const LINK = /^[A-Za-z0-9_]{0,60}(\?[!$%&'()*+,./0-9:;=?@A-Z_a-z~-]{0,8000})?$/;
const PICTURE = /^data:image\/(webp|png|jpeg);base64,[A-Za-z0-9+/=]*$/;

const text = (value) => typeof value === "string";
const sound = (state) => state && text(state.id) && text(state.title) && state.title.length <= MOST.title
  && text(state.link) && LINK.test(state.link) && text(state.made) && !Number.isNaN(Date.parse(state.made))
  && text(state.picture) && (state.picture === "" || (PICTURE.test(state.picture) && state.picture.length <= MOST.picture));

// What a file or the storage holds, or an Error with a sentence.
export function read(written) {
  if (written.length > MOST.bytes) throw new Error(`This file is too large; ${MOST.bytes / 1e6} MB is the most`);
  let held;
  try {
    held = JSON.parse(written);
  } catch {
    throw new Error("This file is no JSON; choose one that was exported here");
  }
  if (held?.format !== FORMAT || !Array.isArray(held.states)) {
    throw new Error(`This file holds no saved states (its format is not ${FORMAT})`);
  }
  if (held.states.length > MOST.states) {
    throw new Error(`This file holds ${held.states.length} states; ${MOST.states} is the most`);
  }
  const wrong = held.states.findIndex((state) => !sound(state));
  if (wrong >= 0) throw new Error(`State ${wrong + 1} of this file is not one of lossviz's; nothing was imported`);
  return held.states.map(({ id, title: name, link, made, picture }) => ({ id, title: name, link, made, picture }));
}

const written = (states) => JSON.stringify({ format: FORMAT, states });

function load() {
  let held = null;
  try {
    held = localStorage.getItem(NAME);
    return read(held ?? written([]));
  } catch {
    if (held) localStorage.setItem(`${NAME}.unreadable`, held); // somebody may still want it
    return [];
  }
}

function keep(states) {
  if (states.length > MOST.states) throw new Error(`${MOST.states} states are the most; delete some first`);
  const all = written(states);
  if (all.length > MOST.bytes) throw new Error("The saved states would be too large to export; delete some first");
  try {
    localStorage.setItem(NAME, all);
  } catch {
    throw new Error("This browser keeps no more; delete some states, or allow this site to store data");
  }
}

async function thumbnail() {
  const [largest] = drawn().sort((p, q) => q.plot.clientWidth * q.plot.clientHeight - p.plot.clientWidth * p.plot.clientHeight);
  if (!largest) return "";
  try {
    const canvas = await snapshot(largest, THUMB);
    for (const quality of [0.8, 0.4]) {
      const blob = await blobOf(canvas, "image/webp", quality);
      const url = await new Promise((done) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.readAsDataURL(blob);
      });
      if (url.length <= MOST.picture) return url;
    }
  } catch { /* a picture that is just being drawn anew: the state is worth keeping without */ }
  return "";
}

// -- the panel -------------------------------------------------------------------------------

export class Saved {
  chosen = new Set(); // ids to compare
  undone = null; // what the last deletion took, and from where

  constructor(root) {
    const { line, say } = voice();
    this.say = say;
    this.name = make("input", { type: "text", maxLength: MOST.title, "aria-label": "Title of the state",
      onkeydown: ({ key }) => { if (key === "Enter") this.save(); } });
    this.list = make("ul", { className: "share-list" });
    this.undo = button("Undo", () => this.act(() => this.back()), { hidden: true });
    this.both = button("Compare the two ticked", () => this.compare());
    this.out = button("Export all", () => download(written(load()), "lossviz-states.json", "application/json"));
    this.file = make("input", { type: "file", accept: ".json,application/json", hidden: true, onchange: () => this.bring() });
    root.replaceChildren(
      make("div", { className: "share-row" }, this.name, button("Save this state", () => this.save(), { className: "share-main" })),
      make("div", { className: "share-row" }, line, this.undo), this.list,
      make("div", { className: "share-row" }, this.both, this.out, button("Import …", () => this.file.click()), this.file),
      make("p", { className: "share-note", textContent: "States stay in this browser, whatever becomes of the tab or the server. "
        + "Export them for another one." }),
    );
    this.again = ({ key }) => { if (key === NAME) this.show(); };
    window.addEventListener("storage", this.again);
  }

  receive() {
    if (!this.name.value) this.name.value = title();
    this.show();
  }

  // Do something with what is kept, show it, and say how it went.
  act(change) {
    try {
      this.say(change());
    } catch (problem) {
      this.say(`${problem.message}.`);
    }
    this.show();
  }

  async save() {
    const [link, picture] = [here(), await thumbnail()];
    this.act(() => {
      if (!LINK.test(link)) throw new Error("This state is too long to be saved; a shorter link is needed");
      const state = { id: identity(), title: this.name.value.trim() || title(), link, picture, made: new Date().toISOString() };
      keep([state, ...load()]);
      return "Saved.";
    });
  }

  async bring() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    // an over-large file is refused before it is read
    const held = file.size > MOST.bytes ? " ".repeat(MOST.bytes + 1) : await file.text();
    this.act(() => {
      const [now, came] = [load(), read(held)];
      const known = new Set(now.map(({ id }) => id));
      const fresh = came.filter(({ id }) => !known.has(id));
      keep([...fresh, ...now]);
      return `${fresh.length} imported${fresh.length < came.length ? `, ${came.length - fresh.length} were here already` : ""}.`;
    });
  }

  show() {
    const states = load();
    this.chosen = new Set([...this.chosen].filter((id) => states.some((state) => state.id === id)));
    this.list.replaceChildren(...states.map((state) => this.row(state)));
    this.undo.hidden = !this.undone;
    this.out.disabled = !states.length;
    this.both.disabled = this.chosen.size !== 2;
  }

  row({ id, title: name, link, made, picture }) {
    const tick = make("input", { type: "checkbox", checked: this.chosen.has(id), "aria-label": `Compare ${name}`,
      onchange: ({ target }) => {
        if (target.checked) this.chosen.add(id);
        else this.chosen.delete(id);
        this.both.disabled = this.chosen.size !== 2;
      } });
    const when = new Date(made).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const label = make("div", {}, make("a", { href: base() + link, textContent: name || "Untitled", title: "Open this state" }),
      make("small", { textContent: when }));
    return make("li", {}, tick,
      picture ? make("img", { src: picture, alt: "" }) : make("span", { className: "share-blank" }), label,
      button("Rename", () => this.rename(id, label, name), { "aria-label": `Rename ${name}` }),
      button("Delete", () => this.act(() => {
        const states = load();
        const at = states.findIndex((state) => state.id === id);
        this.undone = [at, ...states.splice(at, 1)];
        keep(states);
        return `“${name}” is deleted.`;
      }), { "aria-label": `Delete ${name}` }));
  }

  back() {
    const [at, state] = this.undone;
    keep(load().toSpliced(at, 0, state));
    this.undone = null;
    return "It is back.";
  }

  rename(id, label, name) {
    const box = make("input", { type: "text", value: name, maxLength: MOST.title, "aria-label": "New title" });
    const done = () => this.act(() => {
      keep(load().map((state) => (state.id === id ? { ...state, title: box.value.trim() || name } : state)));
      return "Renamed.";
    });
    box.onkeydown = (event) => {
      if (event.key === "Enter") done();
      else if (event.key === "Escape") this.show();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    label.replaceChildren(box, button("Keep", done));
    box.focus();
    box.select();
  }

  compare() {
    const two = load().filter(({ id }) => this.chosen.has(id));
    if (two.length === 2) compare(two.map(({ title: name, link }) => ({ title: name, address: base() + link })));
  }

  close() {
    window.removeEventListener("storage", this.again);
  }
}
