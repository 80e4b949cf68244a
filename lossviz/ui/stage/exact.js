// Exact fits of a straight line y = a + b x, quick enough to run while a point is dragged.
//
// A fit is {corners: [[a, b], …], best: [a, b], value}: one corner where the best line is unique,
// the corners of the flat set in order otherwise, and their mean as ``best``.

const VERIFIED = 300; // points up to which every pivot is tried
const TIE = 1e-10; // losses this close, relatively, are the same number

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const level = (x) => x.every((value) => value === x[0]);

// All points above one another: only the height at their x is decided.
const stacked = (x, height) => (x ? [height / 2, height / (2 * x)] : [height, 0]);

// The mean loss of the residuals rest + a u + b v.
export function meanLoss({ u, v, rest }, rho, a, b) {
  let sum = 0;
  for (let i = 0; i < u.length; i += 1) sum += rho(rest[i] + a * u[i] + b * v[i]);
  return sum / u.length;
}

const ofLine = ({ x, y }, rho, a, b) => {
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += rho(a + b * x[i] - y[i]);
  return sum / x.length;
};

// Least squares.
export function squares(points) {
  const { x, y } = points;
  const [cx, cy] = [mean(x), mean(y)];
  let [sxx, sxy] = [0, 0];
  for (let i = 0; i < x.length; i += 1) {
    sxx += (x[i] - cx) ** 2;
    sxy += (x[i] - cx) * (y[i] - cy);
  }
  const slope = sxy / sxx;
  const best = level(x) ? stacked(x[0], cy) : [cy - slope * cx, slope];
  return { corners: [best], best, value: ofLine(points, (r) => r * r, ...best) };
}

// Least squares of a curve theta_0 + theta_1 x + … with ``count`` parameters, by orthogonal columns
// (Gram and Schmidt, twice: rounding would leave the second column of a steep power slanted); null
// where the points lie at too few places to decide.
export function powersOf({ x, y }, count) {
  const columns = Array.from({ length: count }, (_, k) => Float64Array.from(x, (value) => value ** k));
  const dot = (p, q) => p.reduce((sum, value, i) => sum + value * q[i], 0);
  const [basis, upper] = [[], []];
  for (const column of columns) {
    const long = Math.sqrt(dot(column, column));
    const parts = new Float64Array(count);
    for (let turn = 0; turn < 2; turn += 1) {
      basis.forEach((unit, k) => {
        const part = dot(unit, column);
        parts[k] += part;
        for (let i = 0; i < column.length; i += 1) column[i] -= part * unit[i];
      });
    }
    const left = Math.sqrt(dot(column, column));
    if (!(left > 1e-10 * long)) return null;
    parts[basis.length] = left;
    basis.push(column.map((value) => value / left));
    upper.push(parts);
  }
  const best = basis.map((unit) => dot(unit, y));
  for (let k = count - 1; k >= 0; k -= 1) {
    for (let j = k + 1; j < count; j += 1) best[k] -= upper[j][k] * best[j];
    best[k] /= upper[k][k];
  }
  let value = 0;
  for (let i = 0; i < x.length; i += 1) {
    value += (best.reduceRight((sum, weight) => sum * x[i] + weight, 0) - y[i]) ** 2 / x.length;
  }
  return { corners: [best], best, value };
}

// Where a sum of bars is lowest: places s, each with a slope on its left and right.
// Returns [from, to, index of the place at ``from``, at ``to``].
function lowest(places, left, right) {
  const order = Array.from(places.keys()).sort((i, j) => places[i] - places[j]);
  let slope = -left.reduce((sum, value) => sum + value, 0);
  const size = -slope + right.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < order.length; k += 1) {
    const i = order[k];
    slope += left[i] + right[i];
    if (slope > 1e-12 * size) return [places[i], places[i], i, i];
    if (slope >= -1e-12 * size) {
      const next = order[Math.min(k + 1, order.length - 1)];
      return [places[i], places[next], i, next];
    }
  }
  return null;
}

// The lines through point p that are best: at most two, and the points they also pass through.
function through({ x, y }, p, up, down) {
  const [places, left, right, who] = [[], [], [], []];
  for (let i = 0; i < x.length; i += 1) {
    const across = x[i] - x[p];
    if (across === 0) continue;
    places.push((y[i] - y[p]) / across);
    left.push(Math.abs(across) * (across > 0 ? down : up));
    right.push(Math.abs(across) * (across > 0 ? up : down));
    who.push(i);
  }
  const [from, to, i, j] = lowest(places, left, right);
  const line = (slope, other) => ({ at: [y[p] - slope * x[p], slope], other: who[other] });
  return from === to ? [line(from, i)] : [line(from, i), line(to, j)];
}

// Pinball loss: ``up`` per unit of a line too high, ``down`` per unit of one too low.  Some best
// line passes through two points, so the best line through each point in turn finds it.
export function pinball(points, up = 1, down = 1) {
  const { x, y } = points;
  const rho = (r) => (r > 0 ? up * r : -down * r);
  if (level(x)) {
    const [from, to] = lowest(Array.from(y), y.map(() => down), y.map(() => up));
    const best = stacked(x[0], (from + to) / 2);
    return { corners: [stacked(x[0], from), stacked(x[0], to)], best, value: ofLine(points, rho, ...best) };
  }
  let found = [];
  const visit = (p) => {
    const lines = through(points, p, up, down).map((line) => ({ ...line, value: ofLine(points, rho, ...line.at) }));
    found.push(...lines);
    return lines[0];
  };
  if (x.length <= VERIFIED) for (let p = 0; p < x.length; p += 1) visit(p);
  else descend(visit, points);
  const value = Math.min(...found.map((line) => line.value));
  const size = ofLine(points, Math.abs, 0, 0) * Math.max(up, down);
  found = found.filter((line) => line.value <= value + TIE * Math.max(value, 1e-6 * size));
  const corners = inOrder(distinct(found.map((line) => line.at), points));
  return { corners, best: [0, 1].map((k) => mean(corners.map((at) => at[k]))), value };
}

// From line to line through a point they share, downhill until no line is better
// (Bloomfield & Steiger 1980); then every point on the last line is a pivot once.
function descend(visit, { x, y }) {
  let last = visit(0);
  for (let step = 0; step < x.length; step += 1) {
    const next = visit(last.other);
    if (!(next.value < last.value)) break;
    last = next;
  }
  const [a, b] = last.at;
  for (let p = 0; p < x.length; p += 1) {
    if (Math.abs(a + b * x[p] - y[p]) <= 1e-9 * (Math.abs(y[p]) + Math.abs(a) + Math.abs(b * x[p]))) visit(p);
  }
}

// Lines that differ anywhere over the points.
function distinct(lines, { x, y }) {
  const [low, high] = [x.reduce((p, q) => Math.min(p, q)), x.reduce((p, q) => Math.max(p, q))];
  const near = 1e-9 * y.reduce((size, value) => Math.max(size, Math.abs(value)), 1e-300);
  const same = (p, q) => [low, high].every((at) => Math.abs(p[0] - q[0] + (p[1] - q[1]) * at) <= near);
  return lines.filter((line, i) => !lines.slice(0, i).some((other) => same(line, other)));
}

// The corners of a convex polygon, around its middle.
function inOrder(corners) {
  if (corners.length < 3) return corners;
  const [ca, cb] = [0, 1].map((k) => mean(corners.map((at) => at[k])));
  const [wa, wb] = [0, 1].map((k) => Math.max(...corners.map((at) => Math.abs(at[k] - [ca, cb][k]))) || 1);
  const angle = ([a, b]) => Math.atan2((b - cb) / wb, (a - ca) / wa);
  return corners.sort((p, q) => angle(p) - angle(q));
}

// Huber's loss: a parabola up to ``delta`` and bars beyond.  Newton's method on the points that
// are near, with an exact step: it ends when the near points no longer change.
export function huber(points, delta) {
  const { x, y } = points;
  const n = x.length;
  const rho = (r) => (Math.abs(r) <= delta ? (r * r) / 2 : delta * (Math.abs(r) - delta / 2));
  if (level(x)) return stackedHuber(points, delta, rho);
  const cx = mean(x);
  const at = Float64Array.from(x, (value) => value - cx); // the middle of the data: a tame system
  let [height, slope] = [0, 0];
  const start = pinball(points).best;
  [height, slope] = [start[0] + start[1] * cx, start[1]];
  for (let turn = 0; turn < 100; turn += 1) {
    let [g0, g1, h0, h1, h2] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i += 1) {
      const r = height + slope * at[i] - y[i];
      const psi = Math.max(-delta, Math.min(delta, r));
      g0 += psi;
      g1 += psi * at[i];
      if (Math.abs(r) > delta * (1 + 1e-12)) continue;
      h0 += 1;
      h1 += at[i];
      h2 += at[i] * at[i];
    }
    // where no point is near, the smallest curvature that still gives a direction
    const spread = at.reduce((sum, value) => sum + value * value, 0);
    if (h0 * h2 - h1 * h1 <= 1e-12 * n * spread) [h0, h2] = [h0 + 1e-6 * n, h2 + 1e-6 * spread];
    const det = h0 * h2 - h1 * h1;
    const [d0, d1] = [(h1 * g1 - h2 * g0) / det, (h1 * g0 - h0 * g1) / det];
    const t = along(points, at, [height, slope], [d0, d1], delta);
    height += t * d0;
    slope += t * d1;
    const moved = Math.max(Math.abs(t * d0), ...[at[0], at[n - 1]].map((v) => Math.abs(t * d1 * v)));
    if (moved <= 1e-14 * (Math.abs(height) + 1e-300)) break;
  }
  const best = [height - slope * cx, slope];
  return { corners: [best], best, value: ofLine(points, rho, ...best) };
}

// The step length in (0, ∞) that is lowest along a direction: the slope grows, so halve.
function along({ y }, at, [height, slope], [d0, d1], delta) {
  const rise = (t) => {
    let sum = 0;
    for (let i = 0; i < y.length; i += 1) {
      const r = height + t * d0 + (slope + t * d1) * at[i] - y[i];
      sum += Math.max(-delta, Math.min(delta, r)) * (d0 + d1 * at[i]);
    }
    return sum;
  };
  if (rise(1) <= 0) {
    let high = 1;
    while (rise(high) < 0 && high < 1e9) high *= 2;
    if (high === 1) return 1;
    return halve(rise, high / 2, high);
  }
  return halve(rise, 0, 1);
}

function halve(rise, low, high) {
  for (let k = 0; k < 60; k += 1) {
    const middle = (low + high) / 2;
    if (rise(middle) > 0) high = middle;
    else low = middle;
  }
  return low || high;
}

function stackedHuber(points, delta, rho) {
  const { x, y } = points;
  let [low, high] = [Math.min(...y), Math.max(...y)];
  const psi = (m) => y.reduce((sum, value) => sum + Math.max(-delta, Math.min(delta, m - value)), 0);
  const edge = (under) => {
    let [p, q] = [low, high];
    for (let k = 0; k < 100; k += 1) {
      const m = (p + q) / 2;
      if (under(psi(m))) p = m;
      else q = m;
    }
    return (p + q) / 2;
  };
  const size = 1e-12 * delta * y.length;
  const best = stacked(x[0], (edge((g) => g < -size) + edge((g) => g <= size)) / 2);
  return { corners: [best], best, value: ofLine(points, rho, ...best) };
}
