// Numbers: typed arrays as Plotly and NumPy write them, and what is computed from them.

const KINDS = {
  f8: Float64Array, f4: Float32Array, i4: Int32Array, u4: Uint32Array,
  i2: Int16Array, u2: Uint16Array, i1: Int8Array, u1: Uint8Array,
};

function rows(flat, shape) {
  if (shape.length < 2) return flat;
  const [count, ...rest] = shape;
  const size = flat.length / count || 0;
  return Array.from({ length: count }, (_, i) => rows(flat.subarray(i * size, (i + 1) * size), rest));
}

// Curves as stage/moves.py packs them: 16 bits between each one's own ends.
const GAP = 2 ** 16 - 1;
function drawn(whole, low, step) {
  const size = whole.length / low.length;
  return Float32Array.from(whole, (value, i) => {
    const row = Math.floor(i / size);
    return value === GAP ? NaN : low[row] + value * step[row];
  });
}

function unpack({ dtype, bdata, shape, low, step }, find) {
  const bytes = typeof bdata === "string" ? Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0)) : find(bdata);
  const whole = new KINDS[dtype](bytes.buffer);
  const flat = low ? drawn(whole, unpack(low, find), unpack(step, find)) : whole;
  return rows(flat, shape === undefined ? [flat.length] : String(shape).split(",").map(Number));
}

// Every {dtype, bdata, shape} inside a message becomes a typed array, or an array of rows.  Plotly's
// own figures write bytes as base64; ``find`` has all others: a copy of its own for each array.
export function decode(value, find) {
  if (value === null || typeof value !== "object") return value;
  if (value.bdata) return unpack(value, find);
  for (const key of Object.keys(value)) value[key] = decode(value[key], find);
  return value;
}

// Where a value lies on a sorted axis: [i, share of the way to i + 1], or null when outside.
export function bracket(axis, value) {
  const last = axis.length - 1;
  const up = axis[last] >= axis[0];
  const inside = up ? value >= axis[0] && value <= axis[last] : value <= axis[0] && value >= axis[last];
  if (!inside || last < 1) return null;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (axis[middle] <= value === up) low = middle;
    else high = middle;
  }
  return [low, (value - axis[low]) / (axis[high] - axis[low] || 1)];
}

const mix = (p, q, t) => (t === 0 ? p : t === 1 ? q : p + t * (q - p));
export const blend = (p, q, t) => Float64Array.from(p, (value, i) => mix(value, q[i], t));

// Bilinear height of a grid {x, y, z} at (a, b); NaN outside.
export function height({ x, y, z }, a, b) {
  const across = bracket(x, a);
  const along = bracket(y, b);
  if (!across || !along) return NaN;
  const [i, s] = across;
  const [j, t] = along;
  return mix(mix(z[j][i], z[j][i + 1], s), mix(z[j + 1][i], z[j + 1][i + 1], s), t);
}

// The height of a curve {x, y} at a; NaN outside.  Its x must be sorted.
export function curve({ x, y }, a) {
  const place = bracket(x, a);
  return place ? mix(y[place[0]], y[place[0] + 1], place[1]) : NaN;
}

// floor + |root (theta - minimiser)|^2: the exact quadratic of lossviz.objectives.Quadratic on a plane,
// sent as its restriction {root (r x 2), minimiser (2), floor}.
export function quadratic({ root, minimiser, floor }, a, b) {
  return root.reduce((sum, [p, q]) => sum + (p * (a - minimiser[0]) + q * (b - minimiser[1])) ** 2, floor);
}

// Numbers for people, as lossviz.text.number tells them: four significant digits, a comma for
// thousands, a true minus sign, "1.27 × 10⁻²⁷" for what is very large or very small, with no-break spaces.
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export function say(value, digits = 4) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const [mantissa, power] = value.toExponential(digits - 1).replace("e+", "e").split("e");
  const text = size !== 0 && (size >= 1e7 || size < 1e-4)
    ? `${Number(mantissa)}\u00a0×\u00a010${[...power].map((each) => RAISED[each]).join("")}`
    : Number(value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size || 1)))))
      .toLocaleString("en-US", { maximumFractionDigits: 12 });
  return text.replace("-", "−");
}

// One of many lines of one form: its words with the step's numbers between them, and after the last
// step's ``text`` (lossviz.ui.stage.Captions).
export function line({ words, numbers, text }, step) {
  if (step >= numbers.length) return text;
  const row = numbers[step];
  return words.map((word, k) => (k < row.length ? word + say(row[k]) : word)).join("");
}
