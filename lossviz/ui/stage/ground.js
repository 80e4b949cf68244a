// The heights under the cursor: the first grid or curve of a figure.

import { bowl, curve, height } from "./arrays.js";

const GRIDS = ["surface", "contour", "heatmap"];
const count = (n) => Array.from({ length: n }, (_, i) => i);

// {x, y, z, shown, value(a, b)}: z holds true values (the trace's customdata where it has some),
// shown(a, b) the height as drawn; for curves z is missing and each(a) gives [name, height, all its
// heights] of every curve.
export function groundOf(figure, readout) {
  if (!figure) return null;
  const exact = readout?.bowl;
  const grid = figure.data.find(({ type, z }) => GRIDS.includes(type) && z?.length);
  if (grid) {
    const drawn = { x: grid.x ?? count(grid.z[0].length), y: grid.y ?? count(grid.z.length), z: grid.z };
    const truth = grid.customdata?.[0]?.length === drawn.x.length ? { ...drawn, z: grid.customdata } : drawn;
    return {
      ...truth,
      shown: (a, b) => height(drawn, a, b),
      value: (a, b) => (exact ? bowl(exact, a, b) : height(truth, a, b)),
    };
  }
  const lines = figure.data.filter(({ x, y }) => x?.length > 1 && y?.length > 1);
  if (!lines.length) return null;
  const value = (a) => curve(lines[0], a);
  const named = lines.filter(({ showlegend }) => showlegend !== false);
  const each = (a) => named.map((line) => [line.name, curve(line, a), line.y]);
  return { x: lines[0].x, shown: value, value, each };
}
