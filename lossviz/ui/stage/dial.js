// A slider of the stage for a number of the loss: the pictures of its group follow in the browser.

import { group, older } from "./bus.js";

// The options of a solver, with the number a hand is turning.
export function dialled(options, dial) {
  return dial && options?.loss ? { ...options, loss: { ...options.loss, ...dial } } : options;
}

export class Dial {
  constructor(root) {
    root.innerHTML = '<div class="stage-bar"><label><span></span> <input type="range" step="1"></label><output></output></div>';
    root.classList.add("stage-player"); // it stays on a phone's screen with the pictures it moves
    const part = (name) => root.querySelector(name);
    [this.name, this.range, this.output] = ["span", "input", "output"].map(part);
    this.range.min = 0;
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
    this.range.max = message.values.length - 1;
    this.range.value = this.notch(message.value);
    this.say(message.value);
    if (!this.group.dial) return;
    // Python has drawn what the hand chose
    this.group.dial = null;
    this.group.points = null;
  }

  get value() {
    return this.message.values[this.range.value];
  }

  // The notch nearest to a value.
  notch(value) {
    const off = this.message.values.map((each) => Math.abs(each - value));
    return off.indexOf(Math.min(...off));
  }

  say(value) {
    this.output.value = Number(value.toPrecision(3)); // as fine as a hand
    this.range.setAttribute("aria-valuetext", this.output.value);
  }

  turn() {
    this.say(this.value);
    const dragged = [...this.group.members].find(({ drag }) => drag.number >= 0 && drag.trace);
    if (!dragged) return;
    const { x, y } = dragged.drag.trace;
    const turned = Object.entries(this.message.turned);
    this.group.dial = Object.fromEntries(turned.map(([name, part]) => [name, part[this.range.value]]));
    this.group.publish("points", { x, y, of: dragged.drag.rule.trace });
  }

  close() {
    this.closed = true;
  }
}
