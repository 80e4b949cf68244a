// One picture: a Plotly figure kept alive over reruns, and its share in the talk of its group.

import { decode } from "./arrays.js";
import { group } from "./bus.js";
import { Cameras } from "./cameras.js";
import { build } from "./dom.js";
import { Drag } from "./drag.js";
import { groundOf } from "./ground.js";
import { listen, overhear } from "./hands.js";
import { plotly } from "./library.js";
import { place } from "./marks.js";
import { MOVES, find, topic } from "./moves.js";
import { Readout } from "./readout.js";
import { scenesOf } from "./space.js";
import { dress, look } from "./theme.js";
import { equip } from "./tools.js";

const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false,
  scrollZoom: false, showTips: false };

export class Picture {
  queue = Promise.resolve();
  dirty = new Set(); // topics heard since the last paint
  live = {}; // solvers by name, loaded when first named
  hovered = null; // the grid vertex under the pointer in three dimensions
  renewals = 0; // since the last message
  held = false; // a hand is turning this scene: no redraw now

  constructor(root) {
    this.root = root;
    Object.assign(this, build(root)); // gd, plot, overlay, tools, line, voice, note
    this.readout = new Readout(this.line, this.voice);
    this.cameras = new Cameras(this);
    this.drag = new Drag(this);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plot);
  }

  // A message from Python.  The same text and theme as before need no work.
  receive(text, send) {
    this.send = send;
    const colours = look(this.root);
    if (text === this.text && colours.key === this.colours.key) return;
    this.colours = colours;
    if (text !== this.text) this.read(text);
    this.redraw();
  }

  read(text) {
    const message = decode(JSON.parse(text));
    this.text = text;
    this.renewals = 0;
    this.message = message;
    this.join(group(message.group));
    this.plot.style.height = `${message.height}px`;
    this.plot.setAttribute("aria-label", message.alt);
    this.say(message.note);
    if (message.figure) this.figure = message.figure;
    this.ground = groundOf(this.figure, message.readout);
    if (message.cursor && this.ground) this.group.ground = this.ground;
    this.readout.set(message.readout);
    const at = JSON.stringify(message.at);
    if (message.at && (at !== this.at || !this.group.cursor)) {
      this.group.publish("cursor", { a: message.at[0], b: message.at[1] });
    }
    this.at = at;
  }

  join(next) {
    if (next === this.group) return;
    this.group?.members.delete(this);
    this.group = next;
    next.members.add(this);
  }

  // A sentence in the picture's place, or over its last good state.
  say(sentence) {
    this.note.textContent = sentence ?? "";
    this.note.hidden = !sentence;
  }

  redraw() {
    this.queue = this.queue.then(() => this.draw()).catch((problem) => this.fail(problem));
  }

  fail(problem) {
    this.drawn = null;
    this.say(`This picture could not be drawn: ${problem.message}.`);
  }

  async draw() {
    const wanted = `${this.colours.key}${this.text}`;
    if (this.closed || !this.figure || this.drawn === wanted) return;
    if (!this.plot.clientWidth) return; // in a hidden tab; the resize observer comes back
    this.Plotly = await plotly(this.message.library);
    await this.loadSolvers();
    if (this.closed) return;
    if (this.held) {
      this.late = true;
      return;
    }
    const { data, layout } = dress(this.figure, this.colours);
    this.drag.patch(data);
    this.topics(["cursor", "frame", "points"]).forEach((change, i) => Object.assign(data[i], change));
    this.finish(layout);
    if (this.drawn) await this.Plotly.react(this.gd, data, layout, CONFIG);
    else await this.begin(data, layout);
    this.drawn = wanted;
    // Ours, below, does not leave a loop behind when the scene goes.
    for (const [, scene] of scenesOf(this.gd)) scene.recoverContext = () => {};
    equip(this);
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? 0) + 1);
    place(this);
    this.speak();
  }

  async begin(data, layout) {
    this.Plotly.purge(this.gd);
    await this.Plotly.newPlot(this.gd, data, layout, CONFIG);
    if (!this.gone) listen(this);
    overhear(this);
    this.cameras.overhear();
    this.gd.on("plotly_webglcontextlost", () => setTimeout(() => this.renew(), 50));
  }

  finish(layout) {
    delete layout.width;
    delete layout.height;
    layout.autosize = true;
    layout.uirevision = "stage";
    this.solid = Object.keys(layout).some((key) => key.startsWith("scene"))
      || this.figure.data.some(({ type }) => type === "surface" || type?.endsWith("3d"));
    if (this.solid) this.cameras.apply(layout);
    else layout.dragmode = false;
    if (this.message.cursor && !this.solid) layout.hovermode = false;
  }

  // Draw the same figure once more; null means from nothing.
  again(drawn = "stale") {
    if (this.drawn) this.drawn = drawn;
    this.redraw();
  }

  // The browser took the WebGL context away: draw afresh, but do not fight for ever.
  renew() {
    this.renewals += 1;
    if (this.renewals > 5) this.say("The browser has too many 3-D pictures open; reload the page.");
    else this.again(null);
  }

  async loadSolvers() {
    for (const { kind, solver } of this.message.moves) {
      if (kind === "live" && !this.live[solver]) {
        const [module, name] = solver.split(".");
        this.live[solver] = (await import(`./${module}.js`))[name];
        if (!this.live[solver]) throw new Error(`there is no live solver ${solver}`);
      }
    }
  }

  // What the moves that listen to these topics change now: trace number -> attributes.
  topics(names) {
    const changes = new Map();
    for (const move of this.message.moves) {
      const i = find(this.figure.data, move.trace);
      const trace = this.figure.data[i];
      if (!trace || !names.includes(topic(move))) continue;
      const { points } = this.group;
      const change = move.kind === "live"
        ? points && this.live[move.solver](points, trace, move.options)
        : MOVES[move.kind](move, this.group, trace);
      if (change) changes.set(i, { ...changes.get(i), ...change });
    }
    return changes;
  }

  // News from the group: drawn at most once per animation frame, the newest state only.
  hear(news) {
    this.dirty.add(news);
    if (this.painting || !this.drawn) return;
    this.painting = true;
    requestAnimationFrame(() => {
      this.queue = this.queue.then(() => this.paint()).catch((problem) => this.fail(problem));
    });
  }

  async paint() {
    this.painting = false;
    if (this.closed || !this.drawn) return;
    if (this.dirty.has("cursor")) {
      place(this);
      this.speak();
    }
    if (this.held) return; // a redraw would take the scene out of the hand
    const changes = this.topics([...this.dirty]);
    for (const [i, change] of this.drag.changes()) changes.set(i, { ...changes.get(i), ...change });
    this.dirty.clear();
    if (changes.size) await this.restyle(changes);
  }

  restyle(changes) {
    const update = {};
    const indices = [...changes.keys()];
    for (const name of new Set([...changes.values()].flatMap(Object.keys))) {
      update[name] = indices.map((i) => changes.get(i)[name]);
    }
    return this.Plotly.restyle(this.gd, update, indices);
  }

  speak() {
    if (this.message.readout) this.readout.show(this.group.cursor, this.ground);
  }

  hold(on) {
    this.held = on;
    if (on) return;
    if (this.late) this.redraw();
    this.late = false;
    for (const news of this.dirty) this.hear(news);
  }

  resize() {
    if (this.closed || !this.plot.clientWidth) return;
    if (!this.drawn) this.redraw();
    else {
      this.queue = this.queue.then(() => !this.closed && this.Plotly.Plots.resize(this.gd))
        .then(() => place(this)).catch((problem) => this.fail(problem));
    }
  }

  // Tell Python, if it asked.
  tell(event, value) {
    if (this.message.events.includes(event)) this.send(event, value);
  }

  close() {
    this.closed = true;
    this.observer.disconnect();
    this.group?.members.delete(this);
    this.cameras.close();
    this.readout.close();
    this.gone?.abort();
    if (!this.Plotly) return;
    const canvases = [...this.gd.querySelectorAll("canvas")];
    this.Plotly.purge(this.gd);
    for (const canvas of canvases) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
  }
}
