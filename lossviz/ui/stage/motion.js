// A picture's traces in motion: what the events of its group change, drawn once per animation frame.

import { dialled } from "./dial.js";
import { veiled } from "./embedded.js";
import { quick, unveil } from "./flat.js";
import { place } from "./marks.js";
import { MOVES, find, topic } from "./moves.js";
import { scenesOf } from "./space.js";

const EVENTS = ["cursor", "frame", "points"];
const PLACES = ["x", "y", "z", "customdata"]; // what a scene can be told without Plotly
const REST = 400; // ms without a move after which a scene is drawn in full again
const SLOW = 60; // ms to the next frame from which a moving scene is drawn with fewer pixels
const COARSEST = 0.5; // of its own pixels along each side

export class Motion {
  dirty = new Set(); // events since the last paint
  solvers = {}; // live solvers by name, loaded when first named
  spared = new Map(); // surfaces drawn in haste -> {uid, contours, glplot}: what they show at rest
  owed = new Map(); // flat traces drawn in haste: number -> what Plotly is told at rest

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

  // What the moves that listen to this event change now: trace number -> attributes.
  changes(event) {
    const { message, figure, group } = this.picture;
    const found = new Map();
    for (const move of message.moves) {
      const i = find(figure.data, move.trace);
      const trace = figure.data[i];
      if (!trace || !event.has(topic(move))) continue;
      const change = move.kind === "live"
        ? group.points?.of === move.of && this.solvers[move.solver](group.points, trace, dialled(move.options, group.dial))
        : MOVES[move.kind](move, group, trace);
      if (change) found.set(i, { ...found.get(i), ...change });
    }
    return found;
  }

  // Into the data of a figure that is about to be drawn.
  pose(data) {
    for (const [i, change] of this.changes(new Set(EVENTS))) {
      Object.assign(data[i], change);
    }
    this.dirty.clear(); // what a frame was asked for is in it
    this.seen = this.picture.group.cursor;
  }

  // Python draws the model at the minimum until somebody points elsewhere: not where a lesson asks.
  veil(data) {
    if (!veiled() || this.picture.group.cursor) return false;
    for (const move of this.picture.message.moves) {
      const trace = data[find(data, move.trace)];
      if (trace && topic(move) === "cursor") trace.visible = false;
    }
    return true;
  }

  get any() {
    return Boolean(this.picture.message.moves.length || this.picture.message.drag);
  }

  // Everything the group knows, into a figure drawn without it.
  async catchUp() {
    for (const event of EVENTS) this.dirty.add(event);
    await this.paint();
  }

  // Events of the group: the newest state only, however fast it comes.
  hear(event) {
    if (event === "cursor" && this.seen && this.seen === this.picture.group.cursor) return;
    this.dirty.add(event);
    if (this.waiting || !this.picture.drawn) return;
    this.waiting = true;
    requestAnimationFrame(() => this.picture.then(() => this.paint()));
  }

  async paint() {
    const { picture, dirty } = this;
    this.waiting = false;
    // a message that is yet to be drawn takes everything in
    if (picture.drawn !== `${picture.colours.key}${picture.text}`) return;
    if (dirty.has("cursor")) {
      place(picture);
      picture.speak();
    }
    if (picture.held) return; // a redraw would take the scene out of the hand
    if (dirty.has("cursor")) this.seen = picture.group.cursor;
    const changes = this.changes(dirty);
    for (const [i, change] of picture.drag.changes()) changes.set(i, { ...changes.get(i), ...change });
    dirty.clear();
    if (!changes.size) return;
    this.lead(changes);
    if (this.straight(changes)) {
      place(picture); // the landscape under the cursor has moved
      return;
    }
    if (this.picture.group.points && quick(picture.gd, changes)) {
      for (const [i, change] of changes) this.owed.set(i, { ...this.owed.get(i), ...change });
      const now = performance.now();
      this.rest(Math.min(REST, now - (this.quickened ?? now)));
      this.quickened = now;
      return;
    }
    await this.restyle(changes);
  }

  async restyle(changes) {
    const { picture } = this;
    unveil(picture.gd);
    this.owed.clear(); // a restyle computes every trace anew
    const indices = [...changes.keys()];
    const names = new Set([...changes.values()].flatMap(Object.keys));
    const update = Object.fromEntries([...names].map((name) => [name, indices.map((i) => changes.get(i)[name])]));
    await picture.Plotly.restyle(picture.gd, update, indices);
  }

  // A landscape that moves is what the read-out speaks of; a minimum that leads takes the cursor along.
  lead(changes) {
    const { picture } = this;
    if (picture.drag.draft === null && !picture.group.points) return;
    for (const [i, change] of changes) {
      if (change.customdata) picture.moveLandscape({ ...picture.figure.data[i], ...change });
      const leads = picture.message.moves.find(({ kind, options, trace }) => kind === "live"
        && options.leads && find(picture.figure.data, trace) === i);
      if (leads) picture.group.publish("cursor", { a: change.x[0], b: change.y[0] });
    }
  }

  // A scene takes new places and heights at once, where Plotly would take the whole figure apart.
  straight(changes) {
    const { gd } = this.picture;
    const scene = scenesOf(gd)[0]?.[1];
    if (!scene) return false;
    const found = [];
    for (const [i, change] of changes) {
      const full = gd._fullData[i];
      const drawn = scene.traces?.[full?.uid];
      if (!drawn || Object.keys(change).some((name) => !PLACES.includes(name))) return false;
      found.push([drawn, full, gd.data[i], change]);
    }
    for (const [drawn, full, given, change] of found) {
      Object.assign(given, change);
      Object.assign(full, change);
      if (full.type === "surface") this.spare(drawn, full, scene.glplot);
      else if (change.x) full._length = change.x.length;
      drawn.update(full);
    }
    const painted = performance.now();
    requestAnimationFrame(() => this.pace(scene.glplot, performance.now() - painted));
    return true;
  }

  // What costs a moving surface most: the finer grid that Plotly lays between ours (four times the
  // corners), the picture in which it looks up what is under the pointer, and the level lines.
  spare(drawn, full, glplot) {
    if (!this.spared.has(drawn)) this.spared.set(drawn, { uid: full.uid, contours: full.contours, glplot });
    Object.assign(drawn, { refineData: false, dataScaleX: 1, dataScaleY: 1 });
    drawn.surface.drawPick = null;
    full.contours = { ...full.contours, z: { ...full.contours.z, show: false } };
  }

  // Where frames come slowly, without a GPU, a scene in motion is drawn with fewer pixels.
  pace(glplot, wait) {
    if (!this.spared.size) return;
    this.rest(wait);
    if (wait < SLOW) return;
    const own = this.picture.gd._context.plotGlPixelRatio;
    glplot.pixelRatio = Math.max(COARSEST * own, 0.75 * glplot.pixelRatio);
  }

  // The picture in full once no move has come for a while: longer where frames are slow.
  rest(wait) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.picture.then(() => this.settle()), REST + 3 * wait);
  }

  // Nothing is spared any more, from the next update on: [surface, what Plotly knows of it] of each.
  whole() {
    clearTimeout(this.resting);
    const { gd } = this.picture;
    const surfaces = [...this.spared];
    this.spared.clear();
    this.owed.clear();
    unveil(gd);
    return surfaces.flatMap(([drawn, { uid, contours, glplot }]) => {
      drawn.refineData = true;
      delete drawn.surface.drawPick;
      glplot.pixelRatio = gd._context.plotGlPixelRatio;
      const full = gd._fullData.find((each) => each.uid === uid);
      if (full) full.contours = contours;
      return full ? [[drawn, full]] : [];
    });
  }

  // The hand rests: the same heights in full.
  async settle() {
    const owed = new Map(this.owed);
    for (const [drawn, full] of this.whole()) drawn.update(full);
    if (owed.size) await this.restyle(owed);
  }

  resume() {
    for (const event of this.dirty) this.hear(event);
  }
}
