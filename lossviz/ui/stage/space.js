// Three dimensions: where a point of a scene is on the screen.

const times = (m, v) => [0, 1, 2, 3].map(
  (row) => m[row] * v[0] + m[4 + row] * v[1] + m[8 + row] * v[2] + m[12 + row] * v[3],
);

export const scenesOf = (gd) =>
  (gd._fullLayout?._subplots?.gl3d ?? []).map((id) => [id, gd._fullLayout[id]._scene]).filter(([, s]) => s);

// Pixels inside the graph div, or null when unknown, outside the box or behind the eye.
export function project(gd, x, y, z) {
  const scene = scenesOf(gd)[0]?.[1];
  const camera = scene?.glplot?.cameraParams;
  if (!camera?.projection || !Number.isFinite(z)) return null;
  const axes = ["xaxis", "yaxis", "zaxis"].map((name) => scene.fullSceneLayout[name]);
  const point = [x, y, z].map((value, i) => axes[i].d2l(value));
  if (axes.some((axis, i) => point[i] < Math.min(...axis.range) || point[i] > Math.max(...axis.range))) return null;
  const [px, py, , w] = times(camera.projection, times(camera.view,
    times(camera.model, [...point.map((value, i) => value * scene.dataScale[i]), 1])));
  if (w <= 0) return null;
  const box = scene.glplot.canvas.getBoundingClientRect();
  const home = gd.getBoundingClientRect();
  return [
    box.left - home.left + (0.5 + px / w / 2) * box.width,
    box.top - home.top + (0.5 - py / w / 2) * box.height,
  ];
}

const stroke = (at) => [at, 0, 1, at, 1, 1, at, 0, -1, at, 0, -1, at, 1, 1, at, 1, -1]; // two triangles

// Plotly makes the lines of a scene's box anew whenever a tick moves, and links their shader again,
// which waits for all that is still to be drawn: these lines stay and take the new ticks instead.
// And it asks the graphics process whether a shader is one, which answers after all that too.  It
// would wait for a lost context in a loop: a picture's ``renew`` does not wait.
export function steady(gd) {
  for (const [, scene] of scenesOf(gd)) {
    const { gl, axes } = scene.glplot;
    const lines = axes?._lines;
    scene.recoverContext = () => {};
    if (!lines || Object.hasOwn(lines, "dispose")) continue;
    Object.assign(gl, { isShader: Boolean, isProgram: Boolean });
    lines.dispose = () => retick(lines, axes.ticks);
    Object.defineProperty(axes, "_lines", { get: () => lines, set() {} });
  }
}

const PADS = { tickPad: 18, labelPad: 30 }; // pixels from an axis to its numbers and title, Plotly's own

// Plotly leaves the same room between an axis and its words for type of any size: large ones would
// lie on each other, and behind a surface.
export function spread(gd, type) {
  for (const [, { glplot, axesOptions }] of scenesOf(gd)) {
    if (!glplot.axes || axesOptions.tickPad[0] === PADS.tickPad * type) continue;
    for (const [pad, pixels] of Object.entries(PADS)) axesOptions[pad] = Array(3).fill(pixels * type);
    glplot.axes.update({ tickPad: axesOptions.tickPad, labelPad: axesOptions.labelPad });
    glplot.redraw();
  }
}

// The vertices of every tick, after those of a line on its own; a grid line uses those of its tick.
function retick(lines, ticks) {
  lines.tickCount = lines.gridCount = ticks.map((axis) => 6 * axis.length);
  lines.tickOffset = lines.gridOffset = ticks.map((_, i) => 6 * (1 + ticks.slice(0, i).flat().length));
  lines.vertBuffer.update(new Float32Array([0, ...ticks.flat().map(({ x }) => x)].flatMap(stroke)));
}

const ROOM = 480; // pixels across from which every level line and number of a surface finds its place

// In a small scene every other level line, or a steep slope is striped by them, and every other
// number of the heights, or they lie on each other.
export function thinned(data, { scene }, { clientWidth }) {
  if (clientWidth >= ROOM) return data;
  const { tickvals, ticktext } = scene?.zaxis ?? {};
  const other = (each) => each?.filter((_, i) => i % 2 === (each.length - 1) % 2);
  if (tickvals?.length > 3) Object.assign(scene.zaxis, { tickvals: other(tickvals), ticktext: other(ticktext) });
  return data.map((trace) => (trace.type === "surface" && trace.contours?.z?.size
    ? { ...trace, contours: { ...trace.contours, z: { ...trace.contours.z, size: 2 * trace.contours.z.size } } }
    : trace));
}
