// Live solver for the start of a descent on an exact quadratic: the path follows the hand.
//
// options: {hessian [[p, q], [q, r]], minimiser, floor, rule, settings, steps, heightAxis, far}.  A rule
// is lossviz/optimizers' own for one coordinate: gradient in, step out.

const RULES = {
  gd: ({ lr }) => (g) => lr * g,
  momentum({ lr, momentum, dampening }) {
    let velocity = null;
    return (g) => {
      velocity = velocity === null ? g : momentum * velocity + (1 - dampening) * g;
      return lr * velocity;
    };
  },
  nesterov({ lr, momentum }) {
    let velocity = 0;
    return (g) => {
      velocity = momentum * velocity + g;
      return lr * (g + momentum * velocity);
    };
  },
  adagrad({ lr, eps, initial_accumulator_value: start }) {
    let squares = start;
    return (g) => {
      squares += g * g;
      return (lr * g) / (Math.sqrt(squares) + eps);
    };
  },
  adam({ lr, beta1, beta2, eps }) {
    let [first, second, count] = [0, 0, 0];
    return (g) => {
      count += 1;
      first = beta1 * first + (1 - beta1) * g;
      second = beta2 * second + (1 - beta2) * g * g;
      const size = Math.sqrt(second / (1 - beta2 ** count));
      return ((lr * first) / (1 - beta1 ** count)) / (size + eps);
    };
  },
  sign_sgd: ({ lr }) => (g) => lr * Math.sign(g),
};

// The walk from a start: arrays x, y and the true heights; it ends where it leaves the picture far.
function walk({ hessian, minimiser, floor, rule, settings, steps, far }, start) {
  const rules = [RULES[rule](settings), RULES[rule](settings)];
  const [x, y, heights] = [[], [], []];
  let at = start;
  for (let k = 0; k <= steps; k += 1) {
    const away = at.map((value, i) => value - minimiser[i]);
    const slope = hessian.map((row) => row[0] * away[0] + row[1] * away[1]);
    x.push(at[0]);
    y.push(at[1]);
    heights.push(floor + (slope[0] * away[0] + slope[1] * away[1]) / 2);
    at = at.map((value, i) => value - rules[i](slope[i]));
    if (!at.every((value, i) => Math.abs(value - minimiser[i]) < far[i])) break;
  }
  return { x, y, heights };
}

// What lossviz.landscapes.height_scale does to a value, and the lift of a path above the surface.
function drawn({ low, high, log, shift, lift }, value) {
  const shown = Math.max(low, Math.min(high, value));
  return (log ? Math.log10(shown - shift) : shown) + lift;
}

function attributes({ x, y, heights }, trace, { heightAxis }) {
  return trace.z ? { x, y, z: heights.map((value) => drawn(heightAxis, value)) } : { x, y };
}

// Only a lone point is a start: the data of the same group can be dragged too.
export function path({ x, y }, trace, options) {
  return x.length === 1 ? attributes(walk(options, [x[0], y[0]]), trace, options) : null;
}

// The last point of the same walk.
export function head(points, trace, options) {
  const whole = path(points, trace, options);
  return whole && Object.fromEntries(Object.entries(whole).map(([name, line]) => [name, line.slice(-1)]));
}
