// One picture: a Plotly figure kept alive over reruns, and its share in the talk of its group.

import { group, older } from "./bus.js";
import { Cameras } from "./cameras.js";
import { start } from "./cursor.js";
import { build } from "./dom.js";
import { Drag } from "./drag.js";
import { foreground } from "./foreground.js";
import { landscapeOf, twice } from "./landscape.js";
import { listen, overhear } from "./pointer.js";
import { reason, seenFromAbove } from "./instead.js";
import { plotly } from "./library.js";
import { place } from "./marks.js";
import { Motion } from "./motion.js";
import { free, freeze } from "./ranges.js";
import { Readout } from "./readout.js";
import { spread, steady, thinned } from "./space.js";
import { Spin } from "./spin.js";
import { dress, look } from "./theme.js";
import { equip } from "./tools.js";
import { plain } from "./tooltips.js";

const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false,
  scrollZoom: false, showTips: false,
  plotGlPixelRatio: Math.min(2, window.devicePixelRatio || 1) }; // Plotly's own 2 costs four times the time

export const pictures = new Set(); // all that stand on the page

export class Picture {
  queue = Promise.resolve(); // draws come one after the other
  drawn = null; // what the graph div shows: theme and message, or nothing yet
  messages = 0; // draws since the first that are not drafts of a drag
  renewals = 0; // WebGL contexts lost since the last message
  hovered = null; // the grid vertex under the pointer in three dimensions
  held = false; // a hand is turning this scene: no redraw now

  constructor(root) {
    this.root = root;
    pictures.add(this);
    Object.assign(this, build(root)); // plot, gd, overlay, tools, note, instead, line, voice
    this.readout = new Readout(this.line, this.voice);
    [this.cameras, this.drag] = [new Cameras(this), new Drag(this)];
    [this.motion, this.spin] = [new Motion(this), new Spin(this)];
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plot);
    this.relook = () => this.text && this.wear();
    window.addEventListener("stage-look", this.relook);
  }

  // A message from Python.  The same text and theme as before need no work.
  receive(text, send, open) {
    this.send = send;
    const colours = look(this.root);
    if (text === this.text && colours.key === this.colours.key) return;
    this.colours = colours;
    if (text !== this.text) this.read(text, open());
    this.redraw();
  }

  // Other colours or other type: the same figure, drawn again.
  wear() {
    this.colours = look(this.root);
    this.redraw();
  }

  read(text, message) {
    if (older(message, this.message)) return;
    [this.text, this.message] = [text, message];
    this.renewals = 0;
    this.join(group(message.group));
    if (typeof message.height === "number") this.plot.style.height = `${message.height}px`;
    else this.plot.dataset.height = message.height;
    this.plot.setAttribute("aria-label", message.alt);
    this.say(message.note);
    if (message.figure) this.show(twice(message.figure, message.same));
    this.landscape = landscapeOf(this.figure, message.readout);
    if (message.cursor && this.landscape) this.group.landscape = this.landscape;
    this.readout.set(message.readout);
    start(this, message);
  }

  // A landscape that the user has just moved.
  moveLandscape(trace) {
    this.landscape = landscapeOf({ data: [trace] });
    if (this.message.cursor) this.group.landscape = this.landscape;
    this.speak();
  }

  // A scene, or its map where the browser or the picture's size allows no scene.
  show(figure) {
    this.given = figure;
    const scene = figure.data.some(({ type }) => type === "surface" || type?.endsWith("3d"));
    this.root.classList.toggle("stage-solid", scene);
    this.why = scene && this.plot.clientWidth ? reason(this.plot) : "";
    this.solid = scene && !this.why;
    this.figure = this.why ? seenFromAbove(figure) : figure;
    this.instead.textContent = this.why;
    this.instead.hidden = !this.why;
  }

  // Another size may allow what the last one did not.
  get outgrown() {
    return this.root.classList.contains("stage-solid") && Boolean(this.why) !== Boolean(reason(this.plot));
  }

  join(next) {
    if (next === this.group) return;
    this.group?.members.delete(this);
    this.group = next;
    next.members.add(this);
  }

  hear(event) {
    if (event === "cursor" && this.veiled) this.again();
    else this.motion.hear(event);
  }

  // A sentence in the picture's place, or over its last good state.
  say(sentence) {
    this.note.textContent = sentence ?? "";
    this.note.hidden = !sentence;
  }

  // One thing at a time; what fails says so in the picture's place.
  then(act) {
    this.queue = this.queue.then(() => this.closed || act()).catch((problem) => {
      this.drawn = null;
      this.say(`This picture could not be drawn: ${problem.message}.`);
    });
  }

  redraw() {
    this.then(() => this.draw());
  }

  // Draw the same figure once more; null means from nothing.
  again(drawn = "stale") {
    if (this.drawn) this.drawn = drawn;
    this.redraw();
  }

  async draw() {
    const wanted = `${this.colours.key}${this.text}`;
    if (!this.figure || this.drawn === wanted) return;
    if (!this.plot.clientWidth) return; // in a hidden tab; the resize observer comes back
    if (this.outgrown) {
      this.show(this.given);
      this.landscape = landscapeOf(this.figure, this.message.readout);
      if (this.message.cursor && this.landscape) this.group.landscape = this.landscape;
      this.drawn = null;
    }
    this.Plotly = await plotly(this.message.library);
    await this.motion.load();
    if (this.closed) return;
    if (this.held) {
      this.late = true;
      return;
    }
    const { data: dressed, layout } = dress(this.figure, this.colours);
    const data = this.solid ? thinned(dressed, layout, this.plot) : dressed;
    this.veiled = this.motion.veil(data);
    this.drag.patch(data);
    this.lay(layout);
    if (this.drag.draft && this.drawn) freeze(layout, this.gd._fullLayout);
    const settle = this.motion.any && free(layout); // the whole of Python's data gives the ranges
    if (!settle) this.motion.pose(data);
    this.motion.whole();
    if (this.drawn) await this.Plotly.react(this.gd, data, layout, CONFIG);
    else await this.begin(data, layout);
    this.drawn = wanted;
    if (settle) {
      freeze(this.gd.layout, this.gd._fullLayout);
      await this.motion.catchUp();
    }
    this.say(this.message.note);
    for (const mend of [steady, foreground, spread]) mend(this.gd, this.colours.type);
    equip(this);
    place(this);
    this.speak();
    this.spin.go();
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? 0) + 1);
    window.dispatchEvent(new Event("stage-drawn"));
  }

  async begin(data, layout) {
    this.Plotly.purge(this.gd);
    await this.Plotly.newPlot(this.gd, data, layout, CONFIG);
    plain(this.gd);
    if (!this.gone) listen(this);
    overhear(this);
    this.cameras.overhear();
    this.gd.on("plotly_webglcontextlost", () => setTimeout(() => this.renew(), 50));
  }

  // The browser took the WebGL context away: draw afresh, but do not fight for ever.
  renew() {
    this.renewals += 1;
    if (this.renewals > 5) this.say("The browser shows too many 3-D pictures; reload the page.");
    else this.again(null);
  }

  lay(layout) {
    delete layout.width;
    delete layout.height;
    // A camera outlives its figure; the frozen axes of a flat picture are those of one message.
    this.messages += this.drawn !== null && !this.drag.draft;
    Object.assign(layout, { autosize: true, uirevision: this.solid ? "stage" : this.messages });
    if (this.solid) this.cameras.apply(layout);
    else Object.assign(layout, { dragmode: false, hovermode: layout.hovermode ?? "closest" });
  }

  speak() {
    this.readout.show(this.group.cursor, this.landscape);
  }

  // A hand takes the scene, or lets it go.
  hold(on) {
    this.held = on;
    if (on) return;
    if (this.late) this.redraw();
    this.late = false;
    this.motion.resume();
  }

  resize() {
    if (!this.plot.clientWidth) return;
    if (!this.drawn) this.redraw();
    else if (this.outgrown) this.again(null);
    else {
      this.then(async () => {
        await this.Plotly.Plots.resize(this.gd);
        place(this);
      });
    }
  }

  // Tell Python, if it asked.
  tell(event, value) {
    if (this.message.events.includes(event)) this.send(event, value);
  }

  close() {
    this.closed = true;
    pictures.delete(this);
    this.observer.disconnect();
    window.removeEventListener("stage-look", this.relook);
    this.group?.members.delete(this);
    this.cameras.close();
    this.readout.close();
    this.spin.close();
    this.gone?.abort();
    if (!this.Plotly) return;
    const canvases = [...this.gd.querySelectorAll("canvas")];
    this.Plotly.purge(this.gd);
    for (const canvas of canvases) {
      canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    }
  }
}
