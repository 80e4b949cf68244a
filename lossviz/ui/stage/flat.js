// Flat pictures while the hand moves a point: lines, markers and a map drawn straight into Plotly's
// own elements, which takes a tenth of the time of a restyle.  At rest the picture is restyled once.

import { scenesOf } from "./space.js";

const CELLS = 4; // of the motion's map to one of the grid, along each side

// The colour of a share between 0 and 1 on a scale [[share, "#rrggbb"], …], as a canvas holds it.
function tint(scale, share) {
  const after = Math.max(1, scale.findIndex(([at]) => at >= share));
  const [[low, from], [high, to]] = [scale[after - 1], scale[after]];
  const t = (share - low) / (high - low || 1);
  const bytes = [1, 3, 5].map((k) => {
    const [a, b] = [from, to].map((text) => parseInt(text.slice(k, k + 2), 16));
    return a + t * (b - a);
  });
  return new Uint32Array(Uint8ClampedArray.of(...bytes, 255).buffer)[0];
}

// One element of the DOM for a trace, or undefined where Plotly drew it otherwise.
const drawnAs = (gd, layer, full) => gd.querySelector(`.${layer} .trace${full.uid}`);

function axesOf(gd, full) {
  const { xaxis, yaxis } = gd._fullLayout._plots[full.xaxis + full.yaxis];
  return { px: (x) => xaxis.c2p(xaxis.d2c(x)), py: (y) => yaxis.c2p(yaxis.d2c(y)), xaxis, yaxis };
}

// The path of a polyline, broken where a place is no number.
function polyline(xs, ys) {
  let [path, pen] = ["", "M"];
  for (let i = 0; i < xs.length; i += 1) {
    const there = Number.isFinite(xs[i]) && Number.isFinite(ys[i]);
    if (there) path += `${pen}${xs[i].toFixed(2)},${ys[i].toFixed(2)}`;
    pen = there ? "L" : "M";
  }
  return path;
}

// What draws a curve or markers at other places: a function, or null where only Plotly can.
function scatter(gd, full, { x = full.x, y = full.y }) {
  const group = drawnAs(gd, "scatterlayer", full);
  if (!group || (full.fill && full.fill !== "none") || full.error_x?.visible || full.error_y?.visible) return null;
  const lines = full.mode.includes("lines");
  if (lines && full.line.shape !== "linear") return null;
  const path = lines ? group.querySelector(".lines > .js-line") : null;
  const points = full.mode.includes("markers") ? [...group.querySelectorAll(".points > .point")] : [];
  if ((lines && !path) || full.mode.includes("text") || (points.length && points.length !== x.length)) return null;
  if (full.mode.includes("markers") && !points.length) return null;
  return () => {
    const { px, py } = axesOf(gd, full);
    const [xs, ys] = [Float64Array.from(x, px), Float64Array.from(y, py)];
    path?.setAttribute("d", polyline(xs, ys));
    points.forEach((point, i) => point.setAttribute("transform", `translate(${xs[i]},${ys[i]})`));
  };
}

// A map in bands of the level's colours, on a canvas in the place of its contours.
function contour(gd, full, { z }) {
  const { plot } = gd._fullLayout._plots[full.xaxis + full.yaxis];
  const layer = plot.node().querySelector(".contourlayer");
  const even = (axis) => Math.abs(axis[1] - axis[0] - (axis.at(-1) - axis[0]) / (axis.length - 1))
    < 1e-3 * Math.abs(axis[1] - axis[0]);
  const hexes = full.colorscale.every(([, colour]) => /^#[0-9a-f]{6}$/i.test(colour));
  if (!layer || !z || !hexes || full.contours.coloring !== "fill") return null;
  if (gd._fullData.filter(({ type }) => type === "contour").length > 1) return null;
  const { px, py, xaxis, yaxis } = axesOf(gd, full);
  if (xaxis.type !== "linear" || yaxis.type !== "linear" || !even(full.x) || !even(full.y)) return null;
  const [left, right, top, bottom] = [px(full.x[0]), px(full.x.at(-1)), py(full.y.at(-1)), py(full.y[0])];
  if (!(right > left && bottom > top)) return null;
  return () => {
    let shell = layer.querySelector(".stage-moving");
    if (!shell) {
      shell = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
      shell.setAttribute("class", "stage-moving");
      shell.append(document.createElement("canvas"));
      layer.append(shell);
      for (const each of layer.querySelectorAll(".contour")) each.style.display = "none";
    }
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) {
      shell.setAttribute(name, value);
    }
    const canvas = shell.firstChild;
    canvas.style.cssText = `width:${right - left}px;height:${bottom - top}px;display:block`;
    paint(canvas, full, z);
  };
}

// Each cell of the canvas has the colour of the band its bilinear height lies in.
function paint(canvas, { colorscale, contours, zmin, zmax }, z) {
  const [rows, columns] = [z.length, z[0].length];
  const [height, width] = [(rows - 1) * CELLS, (columns - 1) * CELLS];
  Object.assign(canvas, { width, height });
  const { start, end, size } = contours;
  const count = Math.floor((end - start) / size + 1e-9) + 2; // bands: below the first level to above the last
  const bands = Array.from({ length: count }, (_, k) => tint(colorscale,
    Math.max(0, Math.min(1, (start + (k - 0.5) * size - zmin) / (zmax - zmin)))));
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let j = 0; j < height; j += 1) {
    const v = (j + 0.5) / CELLS;
    const low = Math.floor(v);
    const [under, over, t] = [z[low], z[low + 1], v - low];
    for (let i = 0; i < width; i += 1) {
      const u = (i + 0.5) / CELLS;
      const k = Math.floor(u);
      const s = u - k;
      const value = (1 - t) * ((1 - s) * under[k] + s * under[k + 1]) + t * ((1 - s) * over[k] + s * over[k + 1]);
      const band = Math.max(0, Math.min(count - 1, Math.floor((value - start) / size) + 1));
      pixels[(height - 1 - j) * width + i] = bands[band] ?? 0; // a grid's first row is the lowest
    }
  }
  context.putImageData(image, 0, 0);
}

const HASTE = { scatter, contour };

// Draws the changes {trace number: attributes} of a flat picture at once: true, or false where one of
// them is more than another place or height, and nothing was drawn.
export function quick(gd, changes) {
  if (scenesOf(gd).length) return false;
  const acts = [];
  for (const [i, change] of changes) {
    const full = gd._fullData[i];
    const names = full?.type === "contour" ? ["z", "customdata"] : ["x", "y"];
    if (!HASTE[full?.type] || Object.keys(change).some((name) => !names.includes(name))) return false;
    const act = full.visible === true && HASTE[full.type](gd, full, change);
    if (!act) return false;
    acts.push(act);
  }
  for (const [i, change] of changes) {
    Object.assign(gd.data[i], change);
    Object.assign(gd._fullData[i], change);
  }
  for (const act of acts) act();
  return true;
}

// Plotly's own contours again, before it draws the picture itself.
export function unveil(gd) {
  for (const shell of gd.querySelectorAll(".stage-moving")) {
    for (const each of shell.parentNode.querySelectorAll(".contour")) each.style.display = "";
    shell.remove();
  }
}
