// A map in a scene's place: where the browser draws no three dimensions, or has no room for them.

const LEAST = 140; // pixels of a side below which a surface is nothing but its labels
const MARGIN = { l: 54, r: 8, t: 8, b: 44 };
const LARGER = 1.8; // the same marker is drawn smaller in a scene

let able;

// Whether this browser gives anybody a WebGL context; asked once, and the context given back.
function webgl() {
  if (able !== undefined) return able;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  able = Boolean(context);
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return able;
}

// Why a picture of this size shows a map and no surface; nothing if it can show the surface.
export function reason({ clientWidth, clientHeight }) {
  if (!webgl()) return "This browser draws no 3-D pictures (WebGL is off): the map shows the same heights.";
  return Math.min(clientWidth, clientHeight) < LEAST
    ? "Too small here for a surface: the map shows the same heights." : "";
}

const count = (n) => Array.from({ length: n }, (_, i) => i);
// Plotly reads the customdata of a surface as [column][row], that of a contour as [row][column].
const turned = (columns) => columns && count(columns[0].length).map((j) => columns.map((column) => column[j]));

function mapOf({ name, x, y, z, customdata, colorscale, cmin, cmax }) {
  return { type: "contour", name, x, y, z, customdata: turned(customdata), colorscale, zmin: cmin, zmax: cmax,
    contours: { start: cmin, end: cmax, size: (cmax - cmin) / 24 || 1 },
    line: { width: 0.6, color: "rgba(255,255,255,0.35)" }, showscale: false, hoverinfo: "none" };
}

function above({ z, line, marker, ...rest }) {
  const size = marker?.size;
  const grown = Array.isArray(size) ? size.map((each) => each * LARGER) : size && size * LARGER;
  return { ...rest, type: "scatter", ...(line && { line: { ...line, width: (line.width ?? 2) / 2 } }),
    ...(marker && { marker: { ...marker, ...(size && { size: grown }) } }) };
}

const axis = ({ title, range } = {}) => ({ title, range, showgrid: false });

// The figure from above: surfaces as contours, lines and points where they lie on the plane.
export function seenFromAbove({ data, layout: { scene = {}, ...layout } }) {
  return {
    data: data.map((trace) => (trace.type === "surface" ? mapOf(trace) : above(trace))),
    layout: { ...layout, margin: MARGIN, xaxis: axis(scene.xaxis), yaxis: axis(scene.yaxis), annotations: [] },
  };
}
