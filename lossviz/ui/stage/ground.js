// The heights under the cursor: the first grid or curve of a figure.

import { bowl, curve, height } from "./arrays.js";

const GRIDS = ["surface", "contour", "heatmap"];
const count = (n) => Array.from({ length: n }, (_, i) => i);

// {x, y, z, shown, value(a, b)}: z holds true values (the trace's customdata where it has some),
// shown(a, b) the height as drawn; for a curve z is missing.
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
  const line = figure.data.find(({ x, y }) => x?.length > 1 && y?.length > 1);
  if (!line) return null;
  const value = (a) => curve(line, a);
  return { x: line.x, shown: value, value };
}
