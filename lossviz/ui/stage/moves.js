// How a trace moves without the server: pure functions of what the group knows.
//
// Each takes (move, state, trace): the message from Python, the group {cursor, frame, points,
// landscape} and the trace as Python sent it.  It returns the attributes that change, or null when
// there is nothing to say.

import { blend, bracket, curve } from "./arrays.js";
import { judge } from "./classifier.js";
import { forward } from "./network.js";

const LINKS = {
  identity: (value) => value,
  exp: Math.exp,
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: Math.tanh,
  sign: Math.sign,
};

function shaped(flat, like) {
  if (!Array.isArray(like) || !like[0]?.length) return flat;
  const width = like[0].length;
  return like.map((_, j) => flat.subarray(j * width, (j + 1) * width));
}

const clip = (k, count) => Math.max(0, Math.min(Math.round(k), count - 1));

// value = link(c + a p + b q): a model that is linear in its parameters, on the plane.
function affine({ c, p, q, link, attribute }, a, b, trace) {
  const f = LINKS[link];
  const flat = Float64Array.from(c, (value, i) => f(value + a * p[i] + b * q[i]));
  return { [attribute]: shaped(flat, trace[attribute]) };
}

function fit(move, { cursor, frame }, trace) {
  if (!move.path) return cursor && affine(move, cursor.a, cursor.b, trace);
  if (frame === null) return null;
  const [a, b] = move.path[clip(frame, move.path.length)];
  return affine(move, a, b, trace);
}

// value = link(basis theta), theta the point of a path at the player's step.
function model({ basis, path, link, attribute }, { frame }, trace) {
  if (frame === null) return null;
  const theta = path[clip(frame, path.length)];
  const f = LINKS[link];
  const flat = Float64Array.from(basis, (row) => f(row.reduce((sum, weight, j) => sum + weight * theta[j], 0)));
  return { [attribute]: shaped(flat, trace[attribute]) };
}

// Output k minus the largest of the others, all affine on the plane: (k, m) rows c, p, q.
function lead({ c, p, q, index }, { cursor }, trace) {
  if (!cursor) return null;
  const { a, b } = cursor;
  const value = (k, i) => c[k][i] + a * p[k][i] + b * q[k][i];
  const flat = Float64Array.from(c[index], (_, i) => {
    let best = -Infinity;
    for (let k = 0; k < c.length; k += 1) if (k !== index) best = Math.max(best, value(k, i));
    return value(index, i) - best;
  });
  return { z: shaped(flat, trace.z) };
}

// Curves known on a coarse grid of the plane, bilinear in between.
function table({ values, a, b, attribute }, { cursor }, trace) {
  const across = cursor && bracket(a, cursor.a);
  const along = cursor && bracket(b, cursor.b);
  if (!across || !along) return null;
  const [i, s] = across;
  const [j, t] = along;
  const flat = blend(
    blend(values[j][i], values[j][i + 1], s),
    blend(values[j + 1][i], values[j + 1][i + 1], s), t,
  );
  return { [attribute]: shaped(flat, trace[attribute]) };
}

// What a network says at the cursor: theta = origin + a u + b v, no further from 0 than most.
function network({ steps, inputs, origin, u, v, most, link, attribute }, { cursor }, trace) {
  if (!cursor) return null;
  const { a, b } = cursor;
  const f = LINKS[link];
  const theta = Float64Array.from(origin, (value, i) => value + a * u[i] + b * v[i]);
  const flat = forward(steps, inputs, theta).map((value) => f(Math.max(-most, Math.min(most, value || 0))));
  return { [attribute]: shaped(flat, trace[attribute]) };
}

// The heights along one axis of the plane, through the cursor.
function slice({ along }, { cursor, landscape }) {
  if (!cursor || !landscape) return null;
  const { x, y, z } = landscape;
  if (along === "b") return { x: y, y: z.map((row) => curve({ x, y: row }, cursor.a)) };
  const place = bracket(y, cursor.b);
  return place && { x, y: blend(z[place[0]], z[place[0] + 1], place[1]) };
}

const columns = (trace) => ["x", "y", "z"].filter((name) => trace[name]?.length);
const pick = (trace, from, to) =>
  Object.fromEntries(columns(trace).map((name) => [name, trace[name].slice(from, to)]));

export const MOVES = {
  fit,
  lead,
  model,
  table,
  network,
  judge,
  slice,
  // points 0 to k of a path
  cut: (move, { frame }, trace) => (frame === null ? null : pick(trace, 0, clip(frame, Infinity) + 1)),
  // point k of a path only
  pick(move, { frame }, trace) {
    if (frame === null) return null;
    const k = clip(frame, trace.x.length);
    return pick(trace, k, k + 1);
  },
  // row k of a table of curves
  rows({ values, attribute }, { frame }, trace) {
    if (frame === null) return null;
    return { [attribute]: shaped(values[clip(frame, values.length)], trace[attribute]) };
  },
  // base + weight_k * other, for one curve or one surface
  mix({ base, other, weights, attribute }, { frame }, trace) {
    if (frame === null) return null;
    const weight = weights[clip(frame, weights.length)];
    const [first, second] = [base ?? trace[attribute], other ?? trace[attribute]];
    const sum = (p, q) => Float64Array.from(q, (value, i) => (p[i] ?? p) + weight * value);
    return { [attribute]: Array.isArray(second) ? second.map((row, j) => sum(first[j] ?? first, row)) : sum(first, second) };
  },
};

// Which event a move listens to.
export function topic({ kind, path }) {
  if (kind === "live") return "points";
  return path || ["cut", "pick", "rows", "mix", "model"].includes(kind) ? "frame" : "cursor";
}

// The number of a trace given by its number or its name; -1 when there is none.
export function find(data, trace) {
  return typeof trace === "number" ? trace : data.findIndex(({ name }) => name === trace);
}
