// The line under a picture that says where the cursor is and what the objective is there.

import { say } from "./arrays.js";

const REST = 500; // ms before a screen reader is told
const DUST = 1e-12; // of an axis: what rounding leaves of a zero

// A value as it reads beside all those of its axis.
function clean(value, axis) {
  let top = 0;
  for (const each of axis ?? []) if (Math.abs(each) > top) top = Math.abs(each);
  return Math.abs(value) < DUST * top ? 0 : value;
}

export class Readout {
  constructor(line, voice) {
    this.line = line;
    this.voice = voice;
    line.hidden = true;
  }

  set(spec) {
    this.spec = spec;
    this.line.hidden = !spec;
  }

  show(cursor, landscape) {
    if (!this.spec) return;
    const text = cursor ? this.sentence(cursor, landscape) : this.spec.hint;
    if (text === this.line.textContent) return;
    this.line.textContent = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.voice.textContent = text; }, REST);
  }

  sentence({ a, b }, landscape) {
    const { names, label, unit, each } = this.spec;
    const axes = [landscape?.x, landscape?.y];
    const where = [a, b].slice(0, names.length).map((value, i) => `${names[i]} ${say(clean(value, axes[i]))}`);
    if (each) {
      const heights = (landscape?.each(a) ?? []).map(([name, z, line]) => `${name} ${say(clean(z, line))}`);
      return [...where, ...heights].join("  ·  ");
    }
    const value = landscape?.value(a, b);
    const height = Number.isFinite(value) ? `${label} ${say(value)}${unit ? ` ${unit}` : ""}` : null;
    return [...where, height].filter(Boolean).join("  ·  ");
  }

  close() {
    clearTimeout(this.timer);
  }
}
