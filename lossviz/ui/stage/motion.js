// A picture's traces in motion: what the group's news change, drawn once per animation frame.

import { place } from "./marks.js";
import { MOVES, find, topic } from "./moves.js";

const NEWS = ["cursor", "frame", "points"];

export class Motion {
  dirty = new Set(); // news since the last paint
  solvers = {}; // live solvers by name, loaded when first named

  constructor(picture) {
    this.picture = picture;
  }

  async load() {
    for (const { kind, solver } of this.picture.message.moves) {
      if (kind !== "live" || this.solvers[solver]) continue;
      const [module, name] = solver.split(".");
      this.solvers[solver] = (await import(`./${module}.js`))[name];
      if (!this.solvers[solver]) throw new Error(`there is no live solver ${solver}`);
    }
  }

  // What the moves that listen to this news change now: trace number -> attributes.
  changes(news) {
    const { message, figure, group } = this.picture;
    const found = new Map();
    for (const move of message.moves) {
      const i = find(figure.data, move.trace);
      const trace = figure.data[i];
      if (!trace || !news.has(topic(move))) continue;
      const change = move.kind === "live"
        ? group.points && this.solvers[move.solver](group.points, trace, move.options)
        : MOVES[move.kind](move, group, trace);
      if (change) found.set(i, { ...found.get(i), ...change });
    }
    return found;
  }

  // Into the data of a figure that is about to be drawn.
  pose(data) {
    for (const [i, change] of this.changes(new Set(NEWS))) {
      Object.assign(data[i], change);
    }
  }

  get any() {
    return Boolean(this.picture.message.moves.length || this.picture.message.drag);
  }

  // Everything the group knows, into a figure drawn without it.
  async catchUp() {
    for (const news of NEWS) this.dirty.add(news);
    await this.paint();
  }

  // News from the group: the newest state only, however fast it comes.
  hear(news) {
    this.dirty.add(news);
    if (this.waiting || !this.picture.drawn) return;
    this.waiting = true;
    requestAnimationFrame(() => this.picture.then(() => this.paint()));
  }

  async paint() {
    const { picture, dirty } = this;
    this.waiting = false;
    if (!picture.drawn) return;
    if (dirty.has("cursor")) {
      place(picture);
      picture.speak();
    }
    if (picture.held) return; // a redraw would take the scene out of the hand
    const changes = this.changes(dirty);
    for (const [i, change] of picture.drag.changes()) changes.set(i, { ...changes.get(i), ...change });
    dirty.clear();
    if (!changes.size) return;
    const indices = [...changes.keys()];
    const names = new Set([...changes.values()].flatMap(Object.keys));
    const update = Object.fromEntries([...names].map((name) => [name, indices.map((i) => changes.get(i)[name])]));
    await picture.Plotly.restyle(picture.gd, update, indices);
  }

  resume() {
    for (const news of this.dirty) this.hear(news);
  }
}
