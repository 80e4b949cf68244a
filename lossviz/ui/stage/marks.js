// The cursor drawn over a picture, without asking Plotly: it keeps up with the pointer.

import { project } from "./space.js";

const svg = (name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const ring = (x, y) => [
  svg("circle", { cx: x, cy: y, r: 7, class: "stage-halo" }),
  svg("circle", { cx: x, cy: y, r: 7, class: "stage-ring" }),
  svg("circle", { cx: x, cy: y, r: 1.5, class: "stage-dot" }),
];

// Dark under light dashes: seen on dark colours, on pale ones and on paper.
const hair = (x1, y1, x2, y2) => [
  svg("line", { x1, y1, x2, y2, class: "stage-shade" }),
  svg("line", { x1, y1, x2, y2, class: "stage-hair" }),
];

// Pixels of data coordinates inside the picture, or null when outside the axes.
export function pixel({ xaxis, yaxis }, x, y) {
  const [px, py] = [xaxis.d2p(x), yaxis.d2p(y)];
  const inside = px >= -0.5 && py >= -0.5 && px <= xaxis._length + 0.5 && py <= yaxis._length + 0.5;
  return inside ? [xaxis._offset + px, yaxis._offset + py] : null;
}

function flat(picture, { a, b }) {
  const layout = picture.gd._fullLayout;
  const { xaxis, yaxis } = layout;
  const [left, top] = [xaxis._offset, yaxis._offset];
  if (picture.message.cursor === "a") {
    const at = pixel({ xaxis, yaxis }, a, picture.landscape?.shown(a));
    if (!at) return [];
    return [...hair(at[0], top, at[0], top + yaxis._length), ...ring(...at)];
  }
  const at = pixel({ xaxis, yaxis }, a, b);
  if (!at) return [];
  return [
    ...hair(at[0], top, at[0], top + yaxis._length),
    ...hair(left, at[1], left + xaxis._length, at[1]),
    ...ring(...at),
  ];
}

function solid(picture, { a, b }) {
  const at = project(picture.gd, a, b, picture.landscape?.shown(a, b));
  return at ? ring(...at) : [];
}

export function place(picture) {
  const { cursor } = picture.group;
  const wanted = picture.message.cursor && cursor && picture.gd._fullLayout;
  picture.overlay.replaceChildren(...(wanted ? (picture.solid ? solid : flat)(picture, cursor) : []),
    ...(picture.solid || !picture.drawn ? [] : picture.drag.ring()));
}

// The point that the keyboard moves, ringed while the picture has the focus.
export function selection(axes, x, y) {
  const at = pixel(axes, x, y);
  return at ? [svg("circle", { cx: at[0], cy: at[1], r: 11, class: "stage-chosen" })] : [];
}
