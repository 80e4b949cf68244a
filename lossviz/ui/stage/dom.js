// The elements of a picture, made once.

function element(tag, name, parent) {
  const made = document.createElement(tag);
  made.className = `stage-${name}`;
  parent.append(made);
  return made;
}

export function stylesheet(name) {
  const href = new URL(`./${name}`, import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

export function build(root) {
  const instead = element("p", "instead", root); // above: below a tall picture nobody would see it
  instead.hidden = true;
  const box = element("div", "box", root);
  const plot = element("div", "plot", box);
  plot.tabIndex = 0;
  plot.setAttribute("role", "figure");
  plot.setAttribute("aria-description", "Arrow keys move here, Enter chooses.");
  const gd = element("div", "figure", plot);
  const overlay = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  overlay.setAttribute("class", "stage-overlay");
  overlay.setAttribute("aria-hidden", "true");
  plot.append(overlay);
  const tools = element("div", "tools", box);
  tools.setAttribute("role", "toolbar");
  tools.setAttribute("aria-label", "Picture");
  const note = element("p", "note", box);
  note.setAttribute("role", "status");
  note.hidden = true;
  const line = element("p", "readout", root);
  line.setAttribute("aria-hidden", "true"); // the voice says it, when the pointer rests
  const voice = element("p", "voice", root);
  voice.setAttribute("aria-live", "polite");
  return { plot, gd, overlay, tools, note, instead, line, voice };
}
