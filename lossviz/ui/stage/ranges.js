// Axes stand still while traces move: their ranges are those of Python's own data.

function paths(layout) {
  const flat = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key)).map((key) => [key]);
  const scenes = Object.keys(layout).filter((key) => /^scene\d*$/.test(key));
  return [...flat, ...scenes.flatMap((key) => ["xaxis", "yaxis", "zaxis"].map((axis) => [key, axis]))];
}

const read = (layout, path) => path.reduce((found, key) => found?.[key], layout);

// Whether Plotly would choose a range itself, again and again.
export const free = (layout) => paths(layout).some((path) => !read(layout, path)?.range);

// Give the layout the ranges that are drawn now, wherever it has none of its own (Plotly writes
// those it chose into a drawn layout, marked as its own).
export function freeze(layout, drawn) {
  for (const path of paths(layout)) {
    const axis = read(layout, path);
    const range = read(drawn, path)?.range;
    if (axis && range && (!axis.range || axis.autorange === true)) Object.assign(axis, { range: [...range], autorange: false });
  }
}
