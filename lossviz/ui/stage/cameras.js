// Cameras: kept over reruns and page switches, shared by all pictures that name the same one.

import { note, recall } from "./address.js";
import { place } from "./marks.js";
import { scenesOf } from "./space.js";

const remembered = new Map(); // camera name -> camera
const linked = new Map(); // camera name -> Cameras of the pictures that show it

const PARTS = ["eye", "center", "up"].flatMap((part) => ["x", "y", "z"].map((axis) => [part, axis]));

// The camera that a link came with.
function fromLink(name) {
  const numbers = recall("c", name);
  if (numbers?.length !== PARTS.length) return undefined;
  const camera = { eye: {}, center: {}, up: {} };
  PARTS.forEach(([part, axis], i) => { camera[part][axis] = numbers[i]; });
  return camera;
}

const same = (p, q) => p && q && ["eye", "center", "up"].every(
  (part) => ["x", "y", "z"].every((axis) => Math.abs(p[part][axis] - q[part][axis]) < 1e-6),
);

// A window beside this one compares two pages: its camera is that of all scenes here.
window.addEventListener("stage-follow", ({ detail }) => {
  for (const [name, members] of linked) {
    remembered.set(name, detail);
    for (const one of members) one.follow(detail);
  }
});
window.addEventListener("stage-ask", () => {
  const camera = [...linked.values()].flatMap((members) => [...members]).map((one) => one.read()).find(Boolean);
  if (camera) tell(camera);
});
const tell = (camera) => window.dispatchEvent(new CustomEvent("stage-camera", { detail: camera }));

// As near as the box and its labels allow, from the figure's own direction.  Labels keep their size
// in pixels, so a small picture leaves a larger share of itself to them, and large type to a room.
const FIELD = Math.tan(Math.PI / 8); // half of Plotly's field of view
const LABELS = { side: 50, bare: 12, top: 4, bottom: 54 };
const PHONE = { width: 640, side: 66, bottom: 84 }; // a window without spare room beside the picture
const WRITTEN = { width: 480, top: 22 };
const EVEN = { x: 1, y: 1, z: 1 };
const SIGNS = [-0.5, 0.5];
const CORNERS = SIGNS.flatMap((x) => SIGNS.flatMap((y) => SIGNS.map((z) => ({ x, y, z }))));

// The box's edges on the screen, as multiples of half the height, seen along a unit direction by
// an eye that looks at a point ``side`` and ``lift`` away from the box's middle.
function seen({ x, y, z }, ratio, far, side, lift) {
  const flat = Math.hypot(x, y);
  const spans = { left: 0, right: 0, low: 0, high: 0 };
  for (const corner of CORNERS) {
    const [p, q, r] = [corner.x * ratio.x, corner.y * ratio.y, corner.z * ratio.z - lift];
    const depth = FIELD * (far - (p * x + q * y + r * z));
    const across = ((q * x - p * y) / flat - side) / depth;
    const up = (r * flat - (z * (p * x + q * y)) / flat) / depth;
    spans.left = Math.max(spans.left, -across);
    spans.right = Math.max(spans.right, across);
    spans.low = Math.max(spans.low, -up);
    spans.high = Math.max(spans.high, up);
  }
  return spans;
}

export function fitted(camera, ratio, { clientWidth, clientHeight }, { written = false, type = 1 } = {}) {
  const { x, y, z } = camera.eye ?? {};
  if (!x && !y) return camera; // from above there is nothing to fit
  const long = Math.hypot(x, y, z);
  const way = { x: x / long, y: y / long, z: z / long };
  const flat = Math.hypot(way.x, way.y);
  const small = Math.min(1, clientWidth / 480, clientHeight / 400);
  const half = clientHeight / 2;
  // Heights are told left of the box, and there too, or to its right, the axis of the steeper edge.
  const quarter = Math.PI / 2;
  const turned = (((Math.atan2(way.y, way.x) % quarter) + quarter) % quarter) / quarter; // of 90°
  const both = turned < 0.65 && turned > 0.01;
  // a title beside the box is as wide on a phone as on a projector
  const labels = { ...LABELS, ...(window.innerWidth < PHONE.width && PHONE) };
  const beside = Math.min(1, clientWidth / 340) * labels.side * type;
  const wide = (pixels) => Math.max((clientWidth / 2 - pixels) / half, 0.2);
  const [onLeft, onRight] = [wide(beside), wide(both ? beside : labels.bare * type)];
  // over a small scene a line of text would lie on the box's highest corner
  const above = written && clientWidth < WRITTEN.width ? WRITTEN.top * type : small * labels.top;
  const [top, bottom] = [1 - above / half, 1 - (small * labels.bottom * type) / half];
  let [near, far, side, lift] = [0.8, 20, 0, 0];
  for (let k = 0; k < 40; k += 1) {
    const middle = (near + far) / 2;
    // The eye looks where what is spare is the same above and below, left and right.
    for (let turn = 0; turn < 4; turn += 1) {
      const { left, right, low, high } = seen(way, ratio, middle, side, lift);
      lift += (((high - top) - (low - bottom)) / 2) * FIELD * middle / flat;
      side += (((right - onRight) - (left - onLeft)) / 2) * FIELD * middle;
    }
    const { left, right, low, high } = seen(way, ratio, middle, side, lift);
    if (left <= onLeft && right <= onRight && low <= bottom && high <= top) far = middle;
    else near = middle;
  }
  const center = { x: (-side * way.y) / flat, y: (side * way.x) / flat, z: lift };
  return { ...camera, center, eye: {
    x: far * way.x + center.x, y: far * way.y + center.y, z: far * way.z + center.z,
  } };
}

export class Cameras {
  still = 0;
  taken = false; // a hand has turned this scene

  constructor(picture) {
    this.picture = picture;
  }

  get name() {
    return this.picture.message.camera;
  }

  // Before a draw: the remembered camera wins over the figure's own.
  apply(layout) {
    if (this.joined !== this.name) {
      this.leave();
      this.joined = this.name;
      if (!linked.has(this.name)) linked.set(this.name, new Set());
      linked.get(this.name).add(this);
    }
    const scenes = new Set([...Object.keys(layout).filter((key) => /^scene\d*$/.test(key)), "scene"]);
    for (const id of scenes) {
      layout[id] ??= {};
      const { plot, colours: { type } } = this.picture;
      const written = Boolean(layout.annotations?.length || layout.title?.text);
      layout[id].camera = fitted(layout[id].camera ?? {}, layout[id].aspectratio ?? EVEN, plot, { written, type });
      this.home = layout[id].camera;
      const kept = remembered.get(this.name) ?? fromLink(this.name);
      if (kept) layout[id].camera = { ...this.home, ...kept };
    }
  }

  // Listeners on Plotly's figure: again after every new plot.
  overhear() {
    for (const event of ["plotly_relayouting", "plotly_relayout"]) {
      this.picture.gd.on(event, () => this.watch());
    }
  }

  read() {
    return scenesOf(this.picture.gd)[0]?.[1].getCamera();
  }

  // A scene coasts for a while after the hand has left it: follow it until it is still.
  watch() {
    this.still = 0;
    this.ticking ??= requestAnimationFrame(() => this.tick());
  }

  tick() {
    this.ticking = undefined;
    if (this.picture.closed) return;
    const camera = this.read();
    if (!camera) return;
    if (!same(camera, remembered.get(this.name)) && !this.following) this.share(camera);
    this.still = same(camera, this.last) && !this.picture.held ? this.still + 1 : 0;
    this.last = camera;
    place(this.picture);
    if (this.still < 20) this.ticking = requestAnimationFrame(() => this.tick());
    else if (this.taken) this.write(camera);
  }

  share(camera) {
    remembered.set(this.name, camera);
    tell(camera);
    for (const other of linked.get(this.name) ?? []) if (other !== this) other.follow(camera);
  }

  // Show this camera here; the newest only, if the last is still being drawn.
  async follow(camera) {
    this.wanted = camera;
    const { gd, Plotly } = this.picture;
    if (this.following || !Plotly || !scenesOf(gd).length) return;
    this.following = true;
    while (this.wanted && !this.picture.closed) {
      const next = this.wanted;
      this.wanted = null;
      await Plotly.relayout(gd, Object.fromEntries(scenesOf(gd).map(([id]) => [`${id}.camera`, next])));
      await new Promise(requestAnimationFrame);
      place(this.picture);
    }
    this.following = false;
  }

  // A camera chosen by a hand goes into the link.
  write(camera) {
    note("c", this.name, PARTS.map(([part, axis]) => camera[part][axis]));
  }

  // A camera chosen by a button or a key, or turned by itself, here and in all linked pictures.
  set(camera, alone = false) {
    if (!alone) this.write(camera);
    remembered.set(this.name, camera);
    tell(camera);
    for (const one of linked.get(this.name)) one.follow(camera);
  }

  zoom(factor) {
    const { eye, center, ...rest } = this.read();
    const along = (axis) => center[axis] + (eye[axis] - center[axis]) * factor;
    this.set({ ...rest, center, eye: { x: along("x"), y: along("y"), z: along("z") } });
  }

  turn(across, up, alone = false) {
    const { eye, center, ...rest } = this.read();
    const [x, y, z] = ["x", "y", "z"].map((axis) => eye[axis] - center[axis]);
    const radius = Math.hypot(x, y, z);
    const azimuth = Math.atan2(y, x) + across;
    const height = Math.max(-1.5, Math.min(1.5, Math.asin(z / radius) + up));
    this.set({ ...rest, center, up: { x: 0, y: 0, z: 1 }, eye: {
      x: center.x + radius * Math.cos(height) * Math.cos(azimuth),
      y: center.y + radius * Math.cos(height) * Math.sin(azimuth),
      z: center.z + radius * Math.sin(height),
    } }, alone);
  }

  leave() {
    linked.get(this.joined)?.delete(this);
  }

  close() {
    const camera = this.read();
    if (camera) remembered.set(this.name, camera);
    this.leave();
  }
}
