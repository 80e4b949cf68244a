// Live solvers for a straight line y = intercept + slope x: they run while a point is dragged.
//
// A solver takes ({x, y}, trace, options) and returns the attributes of the trace that change.
// ``options.loss`` says which loss: {kind: "squared"}, {kind: "pinball", up, down} or
// {kind: "huber", delta}, each times ``scale``; without it, squared error.  ``options.ruler``
// turns losses into heights as lossviz.heights.Ruler does: {low, high, log, shift}.

import { huber, pinball, priced, squares } from "./exact.js";

const SQUARED = { kind: "squared" };
const FITS = {
  squared: (points) => squares(points),
  pinball: (points, { up, down }) => pinball(points, up, down),
  huber: (points, { delta }) => huber(points, delta),
};
const PRICES = {
  squared: () => (r) => r * r,
  pinball: ({ up, down }) => (r) => (r > 0 ? up * r : -down * r),
  huber: ({ delta }) => (r) => {
    const size = Math.abs(r);
    return size <= delta ? (r * r) / 2 : delta * (size - delta / 2);
  },
};

let kept = {}; // the fits of these very points: line, mark and trail ask for the same

function fitted(points, loss = SQUARED) {
  if (kept.points !== points) kept = { points };
  const name = JSON.stringify(loss);
  kept[name] ??= FITS[loss.kind](points, loss);
  return kept[name];
}

const height = (value, { low, high, log, shift } = { low: -Infinity, high: Infinity }) => {
  const shown = Math.max(low, Math.min(high, value));
  return log ? Math.log10(shown - shift) : shown;
};

// Least squares: [intercept, slope].
export const leastSquares = (points) => squares(points).best;

// The best line over the trace's own x.
export function line(points, trace, { loss } = {}) {
  const [intercept, slope] = fitted(points, loss).best;
  return { y: Array.from(trace.x, (x) => intercept + slope * x) };
}

// The minimum itself in the plane (intercept, slope), as a point or the outline of a flat set.
export function minimum(points, trace, { loss = SQUARED, ruler, solid } = {}) {
  const { corners, value } = fitted(points, loss);
  const around = corners.length > 1 ? [...corners, corners[0]] : corners;
  const at = { x: around.map(([a]) => a), y: around.map(([, b]) => b) };
  const z = height((loss.scale ?? 1) * value, ruler);
  return solid ? { ...at, z: around.map(() => z) } : at;
}

// The way of the minimum: what Python knew of it, and every place since.
const trails = new WeakMap();

export function trail(points, trace, { loss = SQUARED, ruler, solid } = {}) {
  if (!trails.has(trace)) {
    const names = solid ? ["x", "y", "z"] : ["x", "y"];
    trails.set(trace, Object.fromEntries(names.map((name) => [name, Array.from(trace[name] ?? [])])));
  }
  const way = trails.get(trace);
  const { best: [a, b], value } = fitted(points, loss);
  const last = way.x.length - 1;
  if (way.x[last] !== a || way.y[last] !== b) {
    way.x.push(a);
    way.y.push(b);
    way.z?.push(height((loss.scale ?? 1) * value, ruler));
  }
  return { ...way };
}

// The mean loss over the trace's grid: x holds intercepts, y holds slopes.
export function surface(points, trace, { loss = SQUARED, ruler } = {}) {
  const scale = loss.scale ?? 1;
  const price = PRICES[loss.kind](loss);
  const mean = loss.kind === "squared" ? bowl(points) : (a, b) => priced(points, price, a, b);
  return { z: Array.from(trace.y, (b) => Float64Array.from(trace.x, (a) => height(scale * mean(a, b), ruler))) };
}

// Mean squared error from a few sums, however many points.
function bowl({ x, y }) {
  const n = x.length;
  let [sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    sx += x[i] / n;
    sy += y[i] / n;
    sxx += (x[i] * x[i]) / n;
    sxy += (x[i] * y[i]) / n;
    syy += (y[i] * y[i]) / n;
  }
  return (a, b) => Math.max(0, syy + a * a + b * b * sxx + 2 * a * b * sx - 2 * a * sy - 2 * b * sxy);
}

// Squared error by its short names.
export const squaredLine = (points, trace) => line(points, trace);
export const squaredMinimum = (points, trace) => minimum(points, trace);
export const squaredSurface = (points, trace) => surface(points, trace);
