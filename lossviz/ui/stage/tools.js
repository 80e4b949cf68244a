// Our own buttons over a picture: few, quiet, named.

const ICONS = {
  home: "M3 9.5 10 3l7 6.5M5 8v9h10V8",
  top: "M3 3h14v14H3zM3 10h14M10 3v14",
  left: "M3 16c4-1 5-10 8-10 2 0 3 6 6 7M3 3v14h14",
  right: "M17 16c-4-1-5-10-8-10-2 0-3 6-6 7M17 3v14H3",
  in: "M10 4v12M4 10h12",
  out: "M4 10h12",
  full: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
  remove: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
  save: "M10 3v10M6 9l4 4 4-4M3 17h14",
};

const PRESETS = {
  top: { eye: { x: 0, y: -0.001, z: 2.2 }, up: { x: 0, y: 1, z: 0 } },
  left: { eye: { x: 0, y: -2.2, z: 0.1 }, up: { x: 0, y: 0, z: 1 } },
  right: { eye: { x: 2.2, y: 0, z: 0.1 }, up: { x: 0, y: 0, z: 1 } },
};

const CENTER = { x: 0, y: 0, z: 0 };
const USUAL = { eye: { x: 1.25, y: 1.25, z: 1.25 }, center: CENTER, up: { x: 0, y: 0, z: 1 } };

function button(icon, label, act, text = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.title = label;
  made.setAttribute("aria-label", label);
  made.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
  if (text) made.insertAdjacentHTML("beforeend", `<span aria-hidden="true">${text}</span>`);
  made.onclick = act;
  return made;
}

function save(picture, format) {
  const { gd, plot, message } = picture;
  return picture.Plotly.downloadImage(gd, {
    format, filename: message.key, scale: 2, width: plot.clientWidth, height: plot.clientHeight,
  });
}

function fullScreen({ root }) {
  if (document.fullscreenElement === root) document.exitFullscreen();
  else root.requestFullscreen();
}

const titleOf = (axis, fallback) => axis?.title?.text || fallback;

export function equip(picture) {
  const { tools, cameras, gd } = picture;
  const kind = picture.solid ? "solid" : "flat";
  if (tools.dataset.kind === kind) return;
  tools.dataset.kind = kind;
  const preset = (name) => () => cameras.set({ center: CENTER, ...PRESETS[name] });
  const scene = gd._fullLayout.scene;
  const solid = picture.solid ? [
    button("home", "Default view", () => cameras.set({ ...USUAL, ...cameras.home })),
    button("top", "From above", preset("top")),
    button("left", `From the side, along ${titleOf(scene?.yaxis, "y")}`, preset("left")),
    button("right", `From the side, along ${titleOf(scene?.xaxis, "x")}`, preset("right")),
    button("in", "Zoom in", () => cameras.zoom(0.8)),
    button("out", "Zoom out", () => cameras.zoom(1.25)),
  ] : [];
  const { drag, message } = picture;
  const points = message.drag?.removable ? [
    button("remove", "Delete the chosen point",
      () => picture.tell("click", { kind: "remove", by: "button", index: drag.chosen })),
  ] : [];
  tools.replaceChildren(
    ...solid,
    ...points,
    button("full", "Full screen", () => fullScreen(picture)),
    button("save", "Save as PNG", () => save(picture, "png"), "PNG"),
    button("save", "Save as SVG", () => save(picture, "svg"), "SVG"),
  );
}
