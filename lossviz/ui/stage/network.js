// What a layered network says of some inputs, computed here: exact wherever the cursor is.

// Chebyshev fit of Numerical Recipes (erfc, chapter 6): off by less than 1.2e-7.
const ERF = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398,
  1.48851587, -0.82215223, 0.17087277];

function erf(value) {
  const size = Math.abs(value);
  const t = 1 / (1 + size / 2);
  const rest = t * Math.exp(-size * size + ERF.reduceRight((sum, factor) => sum * t + factor, 0));
  return value < 0 ? rest - 1 : 1 - rest;
}

const ACTIVATIONS = {
  tanh: Math.tanh,
  relu: (z) => Math.max(0, z),
  gelu: (z) => 0.5 * z * (1 + erf(z / Math.SQRT2)),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  sine: Math.sin,
  identity: (z) => z,
};

// One array per unit from one array per unit below, with weights and biases from theta at ``at``.
function affine(units, below, theta, at) {
  const biases = at + units * below.length;
  return Array.from({ length: units }, (_, unit) => {
    const sum = new Float64Array(below[0].length).fill(theta[biases + unit]);
    below.forEach((column, i) => {
      const weight = theta[at + unit * below.length + i];
      for (let k = 0; k < sum.length; k += 1) sum[k] += weight * column[k];
    });
    return sum;
  });
}

const each = (columns, act) => columns.map((column, i) => column.map((value, k) => act(value, i, k)));

// The first output, one number per input.  ``inputs`` has one array per feature; ``steps`` are
// ["affine", units], ["activate", name], ["keep"] and ["join", skip, scale]: skip * kept + scale * h.
export function forward(steps, inputs, theta) {
  let [h, kept, at] = [inputs, null, 0];
  for (const [step, first, scale] of steps) {
    if (step === "keep") kept = h;
    else if (step === "activate") h = each(h, ACTIVATIONS[first]);
    else if (step === "join") {
      const before = kept;
      h = each(h, (value, i, k) => first * before[i][k] + scale * value);
    } else {
      const width = h.length;
      h = affine(first, h, theta, at);
      at += first * (width + 1);
    }
  }
  return h[0];
}
