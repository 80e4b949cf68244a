// Points that can be dragged: drawn at once, told to the group, reported to Python.

import { selection } from "./marks.js";
import { find } from "./moves.js";
import { project } from "./space.js";

const REACH = { mouse: 14, pen: 18, touch: 26 }; // pixels around a marker that grab it
const PAUSE = 150; // ms at rest before Python hears of a drag in progress
const PATIENCE = 2500; // ms to wait for Python's own figure after a release

export function axesOf(gd, trace) {
  const layout = gd._fullLayout;
  const axis = (name) => layout[name.replace(/^([xy])/, "$1axis")];
  return { xaxis: axis(trace?.xaxis ?? "x"), yaxis: axis(trace?.yaxis ?? "y") };
}

export class Drag {
  draft = null; // {index, x, y} of a point that Python does not show yet
  chosen = 0; // the point the keys move

  constructor(picture) {
    this.picture = picture;
  }

  get rule() {
    return this.picture.message.drag;
  }

  get number() {
    return this.rule ? find(this.picture.figure.data, this.rule.trace) : -1;
  }

  get trace() {
    return this.picture.gd._fullData[this.number];
  }

  get axes() {
    return axesOf(this.picture.gd, this.trace);
  }

  // Whether the hand moves the player's step: the marker goes along its path.
  get along() {
    return this.rule?.axis === "path";
  }

  // Pixels of a point of the picture, flat or solid; null outside.
  seen(x, y, z) {
    const { gd, solid } = this.picture;
    if (solid) return project(gd, x, y, z);
    const { xaxis, yaxis } = this.axes;
    return [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
  }

  // How far in pixels a curve passes from the pointer; its points lie close together.
  away({ x, y, z }, [px, py]) {
    let best = Infinity;
    for (let i = 0; i < (x?.length ?? 0); i += 1) {
      const at = this.seen(x[i], y[i], z?.[i]);
      if (at) best = Math.min(best, Math.hypot(at[0] - px, at[1] - py));
    }
    return best;
  }

  inside(event) {
    const home = this.picture.gd.getBoundingClientRect();
    return [event.clientX - home.left, event.clientY - home.top];
  }

  // The step whose point, or whose curve where the hand holds that, is nearest to the pointer.
  follow(event) {
    const { figure, group, message } = this.picture;
    const at = this.inside(event);
    const rows = (axis) => message.moves.find(({ kind, trace, attribute }) =>
      kind === "rows" && trace === this.rule.curve && attribute === axis)?.values;
    const [xs, ys] = this.held === "curve" ? [rows("x"), rows("y")] : [];
    const path = figure.data[this.number];
    let [best, least] = [group.frame, Infinity];
    for (let k = 0; k < path.x.length; k += 1) {
      const distance = xs ? this.away({ x: xs[k], y: ys[k] }, at)
        : this.away({ x: [path.x[k]], y: [path.y[k]], z: path.z && [path.z[k]] }, at);
      if (distance < least) [best, least] = [k, distance];
    }
    this.draft = { index: best };
    if (best !== group.frame) group.publish("frame", best);
  }

  hitPath(event) {
    if (!this.trace?.x?.length || this.picture.group.frame === null) return -1;
    const reach = REACH[event.pointerType ?? "touch"] ?? 14;
    const at = this.inside(event);
    const curve = this.picture.gd._fullData[find(this.picture.figure.data, this.rule.curve)];
    this.held = "point";
    if (this.away(this.trace, at) < reach) return this.picture.group.frame;
    this.held = "curve";
    return curve && this.away(curve, at) < reach / 2 ? this.picture.group.frame : -1;
  }

  // The index of the marker under the pointer, or -1.
  hit(event) {
    if (this.along) return this.hitPath(event);
    if (!this.trace?.x?.length) return -1;
    const { xaxis, yaxis } = this.axes;
    const home = this.picture.gd.getBoundingClientRect();
    const [px, py] = [event.clientX - home.left - xaxis._offset, event.clientY - home.top - yaxis._offset];
    let best = -1;
    let reach = REACH[event.pointerType ?? "touch"] ?? 14;
    for (let i = 0; i < this.trace.x.length; i += 1) {
      const away = Math.hypot(xaxis.d2p(this.trace.x[i]) - px, yaxis.d2p(this.trace.y[i]) - py);
      if (away < reach) [best, reach] = [i, away];
    }
    return best;
  }

  grab(index) {
    this.chosen = index;
    if (this.along) return;
    const { x, y } = this.trace;
    this.draft = { index, x: x[index], y: y[index] };
  }

  move({ x, y }, event) {
    const { axis } = this.rule;
    if (this.along) {
      this.follow(event);
      return;
    }
    if (axis !== "y") this.draft.x = x;
    if (axis !== "x") this.draft.y = y;
    this.draft.released = false;
    this.show();
    if (!this.followed) this.later(PAUSE, false);
  }

  // One arrow key: a hundredth of the axis; Python hears when the keys rest.
  step(dx, dy) {
    if (this.along) {
      const last = this.picture.figure.data[this.number].x.length - 1;
      this.draft = { index: Math.max(0, Math.min(last, this.picture.group.frame + dx + dy)) };
      this.picture.group.publish("frame", this.draft.index);
      this.later(2 * PAUSE, true);
      return;
    }
    if (!this.draft || this.draft.index !== this.chosen) this.grab(this.chosen);
    const { xaxis, yaxis } = this.axes;
    const moved = (axis, value, by) => axis.l2d(axis.d2l(value) + (by * (axis.range[1] - axis.range[0])) / 100);
    this.move({ x: moved(xaxis, this.draft.x, dx), y: moved(yaxis, this.draft.y, dy) });
    this.later(2 * PAUSE, true);
  }

  // Whether the browser itself shows what the move does: Python then hears of the release alone.
  get followed() {
    const live = ({ message }) => message.moves.some(({ kind }) => kind === "live");
    return [...this.picture.group.members].some(live);
  }

  choose(by) {
    const count = this.trace?.x?.length ?? 0;
    if (count) this.chosen = (this.chosen + by + count) % count;
  }

  show() {
    const { group } = this.picture;
    const place = (values, value) => Object.assign(Float64Array.from(values), { [this.draft.index]: value });
    const { x, y } = this.trace;
    group.publish("points", {
      x: place(x, this.draft.x), y: place(y, this.draft.y), of: this.rule.trace,
    });
  }

  later(wait, done) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.report(done), wait);
  }

  report(done) {
    clearTimeout(this.timer);
    const { index, x, y } = this.draft;
    if (this.along) this.draft = null; // what the player shows needs no answer of Python's
    this.picture.tell("drag", { index, x, y, done });
    if (this.along) return;
    if (!done || !this.picture.message.events.includes("drag")) return;
    this.draft.released = true;
    // If Python answered while the pointer rested here, there is nothing more to wait for.
    const answered = this.near(this.picture.figure.data[this.number]);
    this.timer = setTimeout(() => this.forget(true), answered ? 0 : PATIENCE);
  }

  forget(redraw) {
    clearTimeout(this.timer);
    this.draft = null;
    this.picture.group.points = null;
    if (redraw) this.picture.again();
  }

  // Into the data of a new figure, until Python's point is where the hand left it.
  patch(data) {
    const trace = data[this.number];
    if (!this.draft || !trace || this.along) return;
    const { index, x, y, released } = this.draft;
    if (index >= trace.x.length || (released && this.near(trace))) {
      this.forget(false);
      return;
    }
    trace.x = Object.assign(Array.from(trace.x), { [index]: x });
    trace.y = Object.assign(Array.from(trace.y), { [index]: y });
  }

  near(trace) {
    const { index, x, y } = this.draft;
    const { xaxis, yaxis } = axesOf(this.picture.gd, trace);
    return Math.hypot(xaxis.d2p(trace.x[index]) - xaxis.d2p(x), yaxis.d2p(trace.y[index]) - yaxis.d2p(y)) < 3;
  }

  // What the dragged trace shows now: trace number -> attributes.
  changes() {
    const { points } = this.picture.group;
    return this.draft && points && !this.along ? [[this.number, { x: points.x, y: points.y }]] : [];
  }

  // The ring around the point that the keys move.
  ring() {
    const { plot } = this.picture;
    if (this.number < 0 || !this.trace || !plot.matches(":focus-visible")) return [];
    const chosen = this.along ? 0 : this.chosen; // the one point of the path that is shown
    return selection(this.axes, this.trace.x[chosen], this.trace.y[chosen]);
  }
}
