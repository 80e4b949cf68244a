// The heights under the cursor: the first grid or curve of a figure.

import { quadratic, curve, height } from "./arrays.js";

const GRIDS = ["surface", "contour", "heatmap"];
const count = (n) => Array.from({ length: n }, (_, i) => i);

const nearest = (line, value) => line[count(line.length).reduce((best, i) =>
  (Math.abs(line[i] - value) < Math.abs(line[best] - value) ? i : best), 0)];

// A grid's true values as rows: Plotly reads the customdata of a surface as [column][row], that of
// all others as [row][column].
function trueValues({ type, customdata }, { x, y }) {
  const [outer, inner] = type === "surface" ? [x, y] : [y, x];
  if (customdata?.length !== outer.length || customdata[0].length !== inner.length) return null;
  return type === "surface" ? count(y.length).map((j) => customdata.map((column) => column[j])) : customdata;
}

// Heights that are true values travel once: the figure with both, as Plotly reads them.
export function twice(figure, same) {
  for (const trace of (same ?? []).map((i) => figure.data[i])) {
    const { type, z } = trace;
    trace.customdata = type === "surface" ? count(z[0].length).map((i) => z.map((row) => row[i])) : [...z];
  }
  return figure;
}

// {x, y, z, shown, value(a, b), snap}: a cursor snaps to a place where the value is known, so that
// no number shown is blended from its neighbours; without ``snap`` it is exact everywhere.  z holds true values (the trace's customdata where it has some),
// shown(a, b) the height as drawn; for curves z is missing and each(a) gives [name, height, all its
// heights] of every curve.
export function landscapeOf(figure, readout) {
  if (!figure) return null;
  const exact = readout?.quadratic;
  const known = (a, b = 0) => readout?.known?.find(([p, q]) => p === a && q === b)?.[2];
  const grid = figure.data.find(({ type, z }) => GRIDS.includes(type) && z?.length);
  if (grid) {
    const drawn = { x: grid.x ?? count(grid.z[0].length), y: grid.y ?? count(grid.z.length), z: grid.z };
    const exactGrid = { ...drawn, z: trueValues(grid, drawn) ?? drawn.z };
    return {
      ...exactGrid,
      shown: (a, b) => height(drawn, a, b),
      value: (a, b) => known(a, b) ?? (exact ? quadratic(exact, a, b) : height(exactGrid, a, b)),
      snap: exact ? null : ({ x, y }) => ({ x: nearest(drawn.x, x), y: nearest(drawn.y, y) }),
    };
  }
  const lines = figure.data.filter(({ x, y }) => x?.length > 1 && y?.length > 1);
  if (!lines.length) return null;
  const shown = (a) => curve(lines[0], a);
  const named = lines.filter(({ showlegend }) => showlegend !== false);
  const each = (a) => named.map((line) => [line.name, curve(line, a), line.y]);
  const snap = ({ x, y }) => ({ x: nearest(lines[0].x, x), y });
  return { x: lines[0].x, shown, value: (a) => known(a) ?? shown(a), snap, each };
}
