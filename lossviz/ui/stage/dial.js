// A slider of the stage for a number of the loss: the pictures of its group follow in the browser.

import { group, older } from "./bus.js";

const NOTCHES = 200;

// What a number means for a loss as lines.js knows it.
const MEANINGS = {
  delta: (delta) => ({ delta }),
  beta: (beta) => ({ delta: beta, scale: 1 / beta }),
  tau: (tau) => ({ up: 1 - tau, down: tau }),
};

// The options of a solver, with the number a hand is turning.
export function dialled(options, dial) {
  return dial && options?.loss ? { ...options, loss: { ...options.loss, ...dial } } : options;
}

// Three digits are as fine as a hand.
const rounded = (value) => Number(value.toPrecision(3));

export class Dial {
  constructor(root) {
    root.innerHTML = '<div class="stage-bar"><label><span></span> <input type="range" step="1"></label><output></output></div>';
    root.classList.add("stage-player"); // it stays on a phone's screen with the pictures it moves
    const part = (name) => root.querySelector(name);
    [this.name, this.range, this.output] = ["span", "input", "output"].map(part);
    this.range.min = 0;
    this.range.max = NOTCHES;
    this.range.oninput = () => this.turn();
    this.range.onchange = () => this.send("rest", this.value);
  }

  receive(text, send, open) {
    this.send = send;
    if (text === this.text) return;
    const message = open();
    if (older(message, this.message)) return;
    [this.text, this.message] = [text, message];
    this.group = group(message.group);
    this.name.textContent = message.label;
    this.range.setAttribute("aria-label", message.label);
    this.range.value = this.notch(message.value);
    this.say(message.value);
    if (!this.group.dial) return;
    // Python has drawn what the hand chose
    this.group.dial = null;
    this.group.points = null;
  }

  get value() {
    const { low, high, log } = this.message;
    const share = Number(this.range.value) / NOTCHES;
    return rounded(log ? low * (high / low) ** share : low + share * (high - low));
  }

  notch(value) {
    const { low, high, log } = this.message;
    return Math.round(NOTCHES * (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)));
  }

  say(value) {
    this.output.value = rounded(value);
    this.range.setAttribute("aria-valuetext", this.output.value);
  }

  turn() {
    this.say(this.value);
    const dragged = [...this.group.members].find(({ drag }) => drag.number >= 0 && drag.trace);
    if (!dragged) return;
    const { x, y } = dragged.drag.trace;
    this.group.dial = MEANINGS[this.message.field](this.value);
    this.group.publish("points", { x, y, of: dragged.drag.rule.trace });
  }

  close() {
    this.closed = true;
  }
}
