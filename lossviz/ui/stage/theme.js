// The reader's theme, light or dark, taken from Streamlit's own colours.

import { asked } from "./embedded.js";
import { presenting } from "./page.js";

const LARGE = 1.5; // the type of a picture that a room looks at

let seen = null; // of all pictures that ask at once: the browser works its styles out for each answer

window.addEventListener("stage-look", () => { seen = null; });

export function look(element) {
  if (!seen) {
    seen = read(element);
    setTimeout(() => { seen = null; });
  }
  return seen;
}

function read(element) {
  const style = getComputedStyle(element);
  const own = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const colours = {
    text: own("text-color"), paper: own("background-color"), soft: own("secondary-background-color"),
    line: own("border-color"), font: own("font"), primary: own("primary-color"), type: presenting() ? LARGE : 1,
    asked: asked(),
  };
  return { ...colours, key: Object.values(colours).join("|") };
}

function fill(target, defaults) {
  for (const [key, value] of Object.entries(defaults)) {
    if (value !== null && typeof value === "object") target[key] = fill({ ...target[key] }, value);
    else target[key] ??= value;
  }
  return target;
}

// Plotly writes powers of ten a quarter larger than other ticks.
const POWERS = { tickfont: { size: 12 / 1.25 } };

// Every size of type in a layout, larger.
function grown(value, times) {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((each) => grown(each, times));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [
    key, /font$/.test(key) && each?.size ? { ...each, size: each.size * times } : grown(each, times),
  ]));
}

// The marks of a trace, larger.
function marked(trace, times) {
  const size = trace.marker?.size;
  return typeof size === "number" ? { ...trace, marker: { ...trace.marker, size: size * times } } : trace;
}

function defaults(layout, { text, paper, soft, line, font }) {
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
  const wall = { ...axis, backgroundcolor: soft, showbackground: true, spikecolor: text };
  const result = {
    paper_bgcolor: paper, plot_bgcolor: paper, font: { color: text, family: font, size: 12 },
    legend: { bgcolor: "rgba(0,0,0,0)" },
    hoverlabel: { bgcolor: soft, bordercolor: line, font: { color: text, family: font, size: 13 } },
  };
  for (const key of new Set(["xaxis", "yaxis", ...Object.keys(layout)])) {
    if (/^[xy]axis\d*$/.test(key)) result[key] = layout[key]?.exponentformat === "power" ? { ...axis, ...POWERS } : axis;
    if (/^scene\d*$/.test(key)) result[key] = { bgcolor: paper, xaxis: wall, yaxis: wall, zaxis: wall };
  }
  return result;
}

// "black" and "white" in a figure mean text and paper: they change places in the dark.
function swapped(value, { text, paper }) {
  if (value === "black") return text;
  if (value === "white") return paper;
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map((v) => swapped(v, { text, paper }));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, swapped(v, { text, paper })]));
}

// A surface and its map have the same colours in both themes: on them white stays white.
const coloured = ({ type, colorscale }) => (type === "surface" || type === "contour") && colorscale?.length > 2;

// What a lesson's question asks for is not drawn until it is answered.
const ANSWER = /^(minim|lowest|trail|no finite|best|other local)/;
const open = (data) => data.map((trace) => (ANSWER.test(trace.name) ? { ...trace, visible: false } : trace));

// A figure {data, layout} as this reader sees it; the given one is not changed.
export function dress({ data, layout = {} }, colours) {
  const dressed = swapped(layout, colours);
  const filled = fill(dressed, defaults(dressed, colours));
  const paper = data.some(coloured) ? "white" : colours.paper;
  const shown = swapped(colours.asked ? open(data) : data, { ...colours, paper });
  if (colours.type === 1) return { data: shown, layout: filled };
  return { data: shown.map((trace) => marked(trace, colours.type)), layout: grown(filled, colours.type) };
}
