// Live solvers for a straight line y = intercept + slope x: they run while a point is dragged.
//
// A solver takes ({x, y}, trace, options) and returns the attributes of the trace that change.
// More losses are added here by the same signature and named from Python as "lines.<function>".

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// Least squares: [intercept, slope]; a vertical stack of points gets the flat line.
export function leastSquares({ x, y }) {
  const [cx, cy] = [mean(x), mean(y)];
  let [sxx, sxy] = [0, 0];
  for (let i = 0; i < x.length; i += 1) {
    sxx += (x[i] - cx) ** 2;
    sxy += (x[i] - cx) * (y[i] - cy);
  }
  const slope = sxx > 0 ? sxy / sxx : 0;
  return [cy - slope * cx, slope];
}

// The least-squares line over the trace's own x.
export function squaredLine(points, trace) {
  const [intercept, slope] = leastSquares(points);
  return { y: Array.from(trace.x, (x) => intercept + slope * x) };
}

// The minimum itself, in the plane (intercept, slope).
export function squaredMinimum(points) {
  const [intercept, slope] = leastSquares(points);
  return { x: [intercept], y: [slope] };
}

// Mean squared error over the trace's grid: x holds intercepts, y holds slopes.
export function squaredSurface({ x, y }, trace) {
  const n = x.length;
  let [sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    sx += x[i] / n;
    sy += y[i] / n;
    sxx += (x[i] * x[i]) / n;
    sxy += (x[i] * y[i]) / n;
    syy += (y[i] * y[i]) / n;
  }
  const price = (a, b) => Math.max(0, syy + a * a + b * b * sxx + 2 * a * b * sx - 2 * a * sy - 2 * b * sxy);
  return { z: Array.from(trace.y, (b) => Float64Array.from(trace.x, (a) => price(a, b))) };
}
