// Live solvers for curves y = theta_0 + theta_1 x + …: they run while a point is dragged.
//
// A solver takes ({x, y}, trace, options) and returns the attributes of the trace that change, or
// null where it knows no answer.  ``options.loss`` says which loss: {kind: "squared"},
// {kind: "pinball", up, down} or {kind: "huber", delta}, each times ``scale``; without it, squared
// error.  ``options.powers`` is the number of parameters (1: a constant, 2: a line, which is usual)
// and ``options.axes`` the two of them that the plane shows.  ``options.heightAxis`` turns losses into
// heights as lossviz's HeightAxis does: {low, high, log, shift}; ``lift`` is added to a mark's height.

import { huber, pinball, powersOf, meanLoss, squares } from "./exact.js";

const SQUARED = { kind: "squared" };
const FITS = {
  squared: (points) => squares(points),
  pinball: (points, { up, down }) => pinball(points, up, down),
  huber: (points, { delta }) => huber(points, delta),
};
const LOSSES = {
  squared: () => (r) => r * r,
  pinball: ({ up, down }) => (r) => (r > 0 ? up * r : -down * r),
  huber: ({ delta }) => (r) => {
    const size = Math.abs(r);
    return size <= delta ? (r * r) / 2 : delta * (size - delta / 2);
  },
};

let kept = {}; // the fits of these very points: line, mark and trail ask for the same

// {corners, best, value} in all parameters; null where this solver has no exact answer.
function fitted(points, { loss = SQUARED, powers = 2 }) {
  if (kept.points !== points) kept = { points };
  const name = `${powers} ${JSON.stringify(loss)}`;
  kept[name] ??= { found: solved(points, loss, powers) };
  return kept[name].found;
}

function solved(points, loss, powers) {
  if (powers > 2) return loss.kind === "squared" ? powersOf(points, powers) : null;
  if (powers === 2) return FITS[loss.kind](points, loss);
  const level = FITS[loss.kind]({ x: new Float64Array(points.x.length), y: points.y }, loss);
  return { corners: level.corners.map(([a]) => [a]), best: [level.best[0]], value: level.value };
}

const answer = (theta, x) => theta.reduceRight((sum, weight) => sum * x + weight, 0);

const height = (value, { low, high, log, shift } = { low: -Infinity, high: Infinity }) => {
  const shown = Math.max(low, Math.min(high, value));
  return log ? Math.log10(shown - shift) : shown;
};

// Least squares: [intercept, slope].
export const leastSquares = (points) => squares(points).best;

// The best model over the trace's own x.
export function line(points, trace, options = {}) {
  const fit = fitted(points, options);
  return fit && { y: Array.from(trace.x, (x) => answer(fit.best, x)) };
}

// The minimum itself in the plane, as a point or the outline of a flat set; over one parameter
// as a point of the curve.
export function minimum(points, trace, options = {}) {
  const { loss = SQUARED, heightAxis, solid, lift = 0, powers = 2, axes = [0, 1] } = options;
  const fit = fitted(points, options);
  if (!fit) return null;
  const { corners, value } = fit;
  const around = corners.length > 1 ? [...corners, corners[0]] : corners;
  const z = around.map(() => height((loss.scale ?? 1) * value, heightAxis) + lift);
  const [x, y] = axes.map((axis) => around.map((theta) => theta[axis]));
  if (powers === 1) return { x, y: z };
  return solid ? { x, y, z } : { x, y };
}

// The way of the minimum: what Python knew of it, and every place since.
const trails = new WeakMap();

export function trail(points, trace, options = {}) {
  const { loss = SQUARED, heightAxis, solid, axes = [0, 1] } = options;
  if (!trails.has(trace)) {
    const names = solid ? ["x", "y", "z"] : ["x", "y"];
    trails.set(trace, Object.fromEntries(names.map((name) => [name, Array.from(trace[name] ?? [])])));
  }
  const way = trails.get(trace);
  const { best, value } = fitted(points, options);
  const [a, b] = axes.map((axis) => best[axis]);
  const last = way.x.length - 1;
  if (way.x[last] !== a || way.y[last] !== b) {
    way.x.push(a);
    way.y.push(b);
    way.z?.push(height((loss.scale ?? 1) * value, heightAxis));
  }
  return { ...way };
}

// The mean loss over the trace's grid (x and y hold the two parameters), or along its curve; all
// other parameters are the best ones.  Heights as drawn, and the true values for whoever asks.
export function surface(points, trace, options = {}) {
  const { loss = SQUARED, heightAxis, powers = 2, axes = [0, 1] } = options;
  const fit = powers > 2 ? fitted(points, options) : { best: [] };
  if (!fit) return null;
  const scale = loss.scale ?? 1;
  const others = fit.best.map((weight, k) => (axes.includes(k) ? 0 : weight));
  const rho = LOSSES[loss.kind](loss);
  const [u, v] = axes.map((axis) => Float64Array.from(points.x, (x) => (axis < powers ? x ** axis : 0)));
  const rest = Float64Array.from(points.y, (y, i) => answer(others, points.x[i]) - y);
  const mean = loss.kind === "squared" ? quadratic(u, v, rest) : (a, b) => meanLoss({ u, v, rest }, rho, a, b);
  if (powers === 1) return { y: Float64Array.from(trace.x, (a) => height(scale * mean(a, 0), heightAxis)) };
  const customdata = Array.from(trace.y, (b) => Float64Array.from(trace.x, (a) => scale * mean(a, b)));
  return { z: customdata.map((row) => row.map((value) => height(value, heightAxis))), customdata };
}

// The lines of kinks of a landscape that is on its way: taken away until Python draws the next.
export const without = (points, trace) => Object.fromEntries(
  ["x", "y", "z"].filter((name) => trace[name]).map((name) => [name, [NaN]]),
);

// Mean squared error from a few sums, however many points.
function quadratic(u, v, rest) {
  const n = u.length;
  let [uu, vv, rr, uv, ur, vr] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    uu += (u[i] * u[i]) / n;
    vv += (v[i] * v[i]) / n;
    rr += (rest[i] * rest[i]) / n;
    uv += (u[i] * v[i]) / n;
    ur += (u[i] * rest[i]) / n;
    vr += (v[i] * rest[i]) / n;
  }
  return (a, b) => Math.max(0, rr + a * a * uu + b * b * vv + 2 * a * b * uv + 2 * a * ur + 2 * b * vr);
}

// Squared error by its short names.
export const squaredLine = (points, trace) => line(points, trace);
export const squaredMinimum = (points, trace) => minimum(points, trace);
export const squaredSurface = (points, trace) => surface(points, trace);
