// What a picture shows now, painted on a canvas: the live scene itself, no second one is made.

import { scenesOf } from "./space.js";

async function layer(svg, width, height) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

// A canvas ``width`` pixels wide with the picture on it.
export async function snapshot({ gd, colours }, width) {
  const box = gd.getBoundingClientRect();
  const height = Math.max(1, Math.round((width * box.height) / box.width));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const scale = canvas.width / box.width;
  const parts = [...gd.querySelectorAll("svg.main-svg, canvas")].filter((part) => part.getBoundingClientRect().width);
  const places = parts.map((part) => part.getBoundingClientRect());
  const layers = await Promise.all(parts.map((part, i) =>
    (part.tagName === "CANVAS" ? part : layer(part, places[i].width, places[i].height))));
  const context = canvas.getContext("2d");
  context.fillStyle = gd._fullLayout.paper_bgcolor || colours.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  // WebGL keeps no picture after it has been shown: draw, and copy in the same breath
  for (const [, scene] of scenesOf(gd)) scene.glplot?.redraw();
  layers.forEach((image, i) => {
    const { left, top, width: across, height: along } = places[i];
    context.drawImage(image, (left - box.left) * scale, (top - box.top) * scale, across * scale, along * scale);
  });
  return canvas;
}

export const blobOf = (canvas, type, quality) => new Promise((done) => { canvas.toBlob(done, type, quality); });
