// The player of a group: every picture shows the same step k, without the server.

import { note, recall } from "./address.js";
import { line } from "./arrays.js";
import { group, older } from "./bus.js";
import { asked } from "./page.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

const BODY = `
  <div class="stage-bar">
    <button type="button" data-act="back" aria-label="Step back" title="Step back">
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M14 4 7 10l7 6zM5 4v12"/></svg></button>
    <button type="button" data-act="play" aria-pressed="false">Play</button>
    <button type="button" data-act="on" aria-label="Step forward" title="Step forward">
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d="m6 4 7 6-7 6zM15 4v12"/></svg></button>
    <input type="range" min="0" step="1">
    <output></output>
    <label>Speed <select></select></label>
  </div>
  <p class="stage-readout" aria-live="off"></p>`;

export class Player {
  playing = false;
  speed = 1;

  constructor(root) {
    this.root = root;
    root.innerHTML = BODY;
    root.classList.add("stage-player");
    const part = (name) => root.querySelector(name);
    [this.range, this.output, this.caption] = [part("input"), part("output"), part("p")];
    this.button = part("[data-act=play]");
    const speeds = part("select");
    speeds.replaceChildren(...SPEEDS.map((speed) => new Option(`${speed}×`, speed, false, speed === 1)));
    speeds.onchange = () => { this.speed = Number(speeds.value); };
    part("[data-act=back]").onclick = () => this.rest(this.k - 1);
    part("[data-act=on]").onclick = () => this.rest(this.k + 1);
    this.button.onclick = () => (this.playing ? this.rest(this.k) : this.play());
    this.range.oninput = () => { this.playing = false; this.show(Number(this.range.value)); };
    this.range.onchange = () => this.rest(Number(this.range.value));
  }

  receive(text, send, open) {
    this.send = send;
    if (text === this.text) return;
    const message = open();
    if (older(message, this.message)) return;
    // A new path is seen whole, unless the player rests somewhere on the old one.
    const resting = this.message ? this.k > 0 && this.k < this.message.steps - 1 : true;
    this.text = text;
    this.message = message;
    this.group?.players.delete(this);
    this.group = group(this.message.group);
    this.group.players.add(this);
    this.range.max = this.message.steps - 1;
    this.range.setAttribute("aria-label", this.message.label);
    const first = this.at === undefined;
    const linked = first && this.message.at === null ? recall("s", this.message.group) : null;
    const at = this.message.at !== this.at ? this.message.at : null;
    this.at = this.message.at;
    if (linked) this.rest(linked[0]);
    else this.show(at ?? (first ? this.message.opens : null) ?? (resting ? this.group.frame : null) ?? this.message.steps - 1);
    if (asked.play) {
      asked.play = false;
      this.show(0);
      this.play();
    }
  }

  // A hand on a picture moves the step.
  heard() {
    if (Number(this.range.value) === this.k) return;
    this.playing = false;
    this.show(this.k);
  }

  get k() {
    return this.group.frame;
  }

  show(k) {
    const { steps, captions, label } = this.message;
    const step = Math.max(0, Math.min(k, steps - 1));
    this.range.value = step;
    this.output.value = `${label} ${step} of ${steps - 1}`;
    this.range.setAttribute("aria-valuetext", this.output.value);
    this.caption.textContent = (captions?.words ? line(captions, step) : captions?.[step]) ?? "";
    this.caption.hidden = !captions;
    this.button.textContent = this.playing ? "Pause" : "Play";
    this.button.setAttribute("aria-pressed", this.playing);
    if (step !== this.group.frame) this.group.publish("frame", step);
  }

  // Stop at step k and tell Python, if it asked.
  rest(k) {
    this.playing = false;
    this.show(k);
    const { steps, at, opens } = this.message; // where Python says the step, its own words hold it
    if (at === null) note("s", this.message.group, this.k === (opens ?? steps - 1) ? null : [this.k]);
    if (this.message.events.includes("frame")) this.send("frame", this.k);
  }

  play() {
    this.playing = true;
    if (this.k >= this.message.steps - 1) this.show(0);
    const first = this.k;
    let begin;
    let speed = this.speed;
    let base = first;
    const tick = (time) => {
      if (!this.playing || this.closed) return;
      if (begin === undefined || speed !== this.speed) [begin, base, speed] = [time, this.k, this.speed];
      const k = base + Math.floor(((time - begin) * speed) / this.message.pace);
      if (k >= this.message.steps - 1) this.rest(this.message.steps - 1);
      else {
        if (k !== this.k) this.show(k);
        requestAnimationFrame(tick);
      }
    };
    this.show(this.k);
    requestAnimationFrame(tick);
  }

  close() {
    this.closed = true;
    this.group?.players.delete(this);
  }
}
