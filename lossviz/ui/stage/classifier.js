// What a classifier of two classes is worth: curves over all thresholds, and one threshold.
//
// Rows are sorted once by their probability; ties go together, as in scikit-learn.

const BINS = 10;

// Right and wrong rows among those named class 1, at each threshold from above the first down.
function named(y, p) {
  const order = Array.from(p.keys()).sort((i, j) => p[j] - p[i]);
  const [hits, wrong] = [[0], [0]];
  let [tp, fp] = [0, 0];
  order.forEach((row, place) => {
    if (y[row] > 0) tp += 1;
    else fp += 1;
    if (place === order.length - 1 || p[order[place + 1]] !== p[row]) {
      hits.push(tp);
      wrong.push(fp);
    }
  });
  return { hits, wrong, positive: tp, negative: fp };
}

export function confusion(y, p, threshold) {
  const found = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < p.length; i += 1) {
    const yes = p[i] >= threshold;
    found[y[i] > 0 ? (yes ? "tp" : "fn") : (yes ? "fp" : "tn")] += 1;
  }
  return found;
}

const share = (part, whole) => (whole ? part / whole : 0);

const SHOWS = {
  roc(y, p) {
    const { hits, wrong, positive, negative } = named(y, p);
    return { x: wrong.map((v) => share(v, negative)), y: hits.map((v) => share(v, positive)) };
  },
  "roc point"(y, p, threshold) {
    const { tp, fp, fn, tn } = confusion(y, p, threshold);
    return { x: [share(fp, fp + tn)], y: [share(tp, tp + fn)] };
  },
  pr(y, p) {
    const { hits, wrong, positive } = named(y, p);
    const some = hits.map((v, k) => [v, v + wrong[k]]).slice(1);
    return { x: some.map(([v]) => share(v, positive)), y: some.map(([v, all]) => v / all) };
  },
  "pr point"(y, p, threshold) {
    const { tp, fp, fn } = confusion(y, p, threshold);
    return { x: [share(tp, tp + fn)], y: [share(tp, tp + fp)] };
  },
  calibration(y, p) {
    const bins = Array.from({ length: BINS }, () => ({ rows: 0, sum: 0, yes: 0 }));
    p.forEach((value, i) => {
      const bin = bins[Math.min(BINS - 1, Math.floor(value * BINS))];
      bin.rows += 1;
      bin.sum += value;
      bin.yes += y[i] > 0;
    });
    const some = bins.filter(({ rows }) => rows);
    return {
      x: some.map(({ rows, sum }) => sum / rows),
      y: some.map(({ rows, yes }) => yes / rows),
      text: some.map(({ rows }) => `${rows} rows`),
    };
  },
  confusion(y, p, threshold) {
    const { tp, fp, fn, tn } = confusion(y, p, threshold);
    const z = [[tn, fp], [fn, tp]];
    return { z, text: z.map((row) => row.map(String)) };
  },
};

// Logits c + a p + b q at the cursor, through the sigmoid.
export function judge({ shows, y, c, p, q, threshold }, { cursor }) {
  if (!cursor) return null;
  const { a, b } = cursor;
  const chance = Float64Array.from(c, (value, i) => 1 / (1 + Math.exp(-(value + a * p[i] + b * q[i]))));
  return SHOWS[shows](y, chance, threshold);
}
