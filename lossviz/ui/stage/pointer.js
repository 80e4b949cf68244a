// Pointer and keys: what a hand does on a picture, as cursor, drag and click.

import { pin, point, step } from "./cursor.js";
import { axesOf } from "./drag.js";
import { place } from "./marks.js";

const STILL = 5; // pixels a press may wander and still be a click
const VERTEX = 80; // ms for Plotly to find the grid vertex under a tap

// Data coordinates of a pointer in a flat picture, or null outside the axes.
function where({ gd }, event) {
  const { xaxis, yaxis } = axesOf(gd);
  const home = gd.getBoundingClientRect();
  const [px, py] = [event.clientX - home.left - xaxis._offset, event.clientY - home.top - yaxis._offset];
  const inside = px >= 0 && py >= 0 && px <= xaxis._length && py <= yaxis._length;
  return { x: xaxis.p2d(px), y: yaxis.p2d(py), inside };
}

const click = (picture, kind, details) => picture.tell("click", { kind, by: "pointer", ...details });

// Listeners on the page's own elements: once in the life of a picture.
export function listen(picture) {
  picture.gone = new AbortController();
  const { plot, drag } = picture;
  const on = (name, act, more) =>
    plot.addEventListener(name, (event) => picture.drawn && act(event),
      { capture: true, signal: picture.gone.signal, ...more });
  let press = null;

  on("pointerdown", (event) => {
    if (event.button) return;
    const index = picture.solid && !drag.along ? -1 : drag.hit(event);
    press = { x: event.clientX, y: event.clientY, index, dragging: false };
    if (picture.solid && index < 0) {
      picture.cameras.taken = true;
      picture.hold(true);
    }
    if (index < 0) return;
    event.stopPropagation();
    event.preventDefault(); // Plotly must not see it
    plot.focus({ preventScroll: true });
    plot.setPointerCapture(event.pointerId);
    drag.grab(index);
  });

  // A finger on a point drags it; anywhere else it may scroll the page.
  on("touchstart", (event) => {
    if ((!picture.solid || drag.along) && drag.hit(event.touches[0]) >= 0) event.preventDefault();
  }, { passive: false });

  on("pointermove", (event) => {
    if (picture.solid && !drag.along) return;
    const at = picture.solid ? { inside: false } : where(picture, event);
    if (press?.index >= 0) {
      const distance = Math.hypot(event.clientX - press.x, event.clientY - press.y);
      press.dragging ||= distance > STILL;
      if (press.dragging) drag.move(at, event);
      return;
    }
    if (at.inside && (press || event.pointerType !== "touch")) point(picture, at);
    if (!press) plot.classList.toggle("stage-grab", drag.hit(event) >= 0);
  });

  const release = (event) => {
    const { x, y, index, dragging } = press;
    press = null;
    if (picture.solid && index < 0) picture.hold(false);
    if (dragging) {
      // the last move may have been swallowed by a busy page: the release knows where the hand is
      if (event.type === "pointerup" && drag.draft) drag.move(picture.solid ? {} : where(picture, event), event);
      if (drag.draft) drag.report(true);
      return;
    }
    if (index >= 0) drag.draft = null;
    if (event.type === "pointercancel" || Math.hypot(event.clientX - x, event.clientY - y) > STILL) return;
    if (drag.along && index >= 0) return;
    if (picture.solid) {
      setTimeout(() => picture.hovered && land(picture), VERTEX);
    } else if (index >= 0) {
      click(picture, event.shiftKey && drag.rule.removable ? "remove" : "point", { index });
    } else {
      const at = where(picture, event);
      if (!at.inside) return;
      point(picture, at);
      pin(picture);
      click(picture, "place", { x: at.x, y: at.y });
    }
  };
  // A scene turned beyond the picture's edge is let go outside it.
  for (const name of ["pointerup", "pointercancel"]) {
    window.addEventListener(name, (event) => press && release(event),
      { capture: true, signal: picture.gone.signal });
  }

  on("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !key(picture, event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  for (const name of ["focus", "blur"]) on(name, () => place(picture));
}

function land(picture) {
  const { x, y, z } = picture.hovered;
  point(picture, { x, y });
  pin(picture);
  click(picture, "place", { x, y, z });
}

// Listeners on Plotly's figure: again after every new plot.
export function overhear(picture) {
  if (!picture.solid) return;
  picture.gd.on("plotly_hover", ({ points: [{ x, y, z }] }) => {
    if (picture.held) return;
    picture.hovered = { x, y, z };
    point(picture, { x, y });
  });
  picture.gd.on("plotly_unhover", () => { picture.hovered = null; });
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// One key; true if it meant something here.
function key(picture, { key: name, shiftKey }) {
  const { message, group, drag, cameras } = picture;
  const [dx, dy] = (ARROWS[name] ?? [0, 0]).map((step) => step * (shiftKey ? 10 : 1));
  if (dx || dy) {
    if (picture.solid && (shiftKey || !(message.cursor || message.drag))) cameras.turn((dx * Math.PI) / 60, (dy * Math.PI) / 60);
    else if (message.cursor) step(picture, dx, dy);
    else if (message.drag) drag.step(dx, dy);
    else return false;
  } else if (picture.solid && "+=-".includes(name)) cameras.zoom(name === "-" ? 1.25 : 0.8);
  else if (message.drag && "[]".includes(name)) drag.choose(name === "[" ? -1 : 1);
  else if (message.drag?.removable && name === "Delete") click(picture, "remove", { index: drag.chosen, by: "key" });
  else if (name === "Enter" && message.cursor && group.cursor) {
    click(picture, "place", { x: group.cursor.a, y: group.cursor.b, by: "key" });
  } else if (name === "Enter" && message.drag) click(picture, "point", { index: drag.chosen, by: "key" });
  else return false;
  place(picture);
  return true;
}
