// Cameras: kept over reruns and page switches, shared by all pictures that name the same one.

import { place } from "./marks.js";
import { scenesOf } from "./space.js";

const remembered = new Map(); // camera name -> camera
const linked = new Map(); // camera name -> Cameras of the pictures that show it

const same = (p, q) => p && q && ["eye", "center", "up"].every(
  (part) => ["x", "y", "z"].every((axis) => Math.abs(p[part][axis] - q[part][axis]) < 1e-6),
);

// As near as the box and its labels allow, from the figure's own direction.  Seen from NEAR the box
// takes WIDE and TALL shares of a picture's height; labels keep their size in a small picture.
const NEAR = 2.4;
const [WIDE, TALL] = [0.76, 0.86];

function fitted(camera, { clientWidth, clientHeight }) {
  if (!camera.eye) return camera;
  const [width, height] = [Math.max(0.84 * clientWidth - 84, 80), Math.max(clientHeight - 24, 80)];
  const far = NEAR * clientHeight * Math.max(WIDE / width, TALL / height);
  const { x, y, z } = camera.eye;
  const longer = far / Math.hypot(x, y, z);
  return { ...camera, eye: { x: x * longer, y: y * longer, z: z * longer } };
}

export class Cameras {
  still = 0;

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
      layout[id].camera = fitted(layout[id].camera ?? {}, this.picture.plot);
      this.home = layout[id].camera;
      const kept = remembered.get(this.name);
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
  }

  share(camera) {
    remembered.set(this.name, camera);
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

  // A camera chosen by a button, here and in all linked pictures.
  set(camera) {
    remembered.set(this.name, camera);
    for (const one of linked.get(this.name)) one.follow(camera);
  }

  zoom(factor) {
    const { eye, center, ...rest } = this.read();
    const along = (axis) => center[axis] + (eye[axis] - center[axis]) * factor;
    this.set({ ...rest, center, eye: { x: along("x"), y: along("y"), z: along("z") } });
  }

  turn(across, up) {
    const { eye, center, ...rest } = this.read();
    const [x, y, z] = ["x", "y", "z"].map((axis) => eye[axis] - center[axis]);
    const radius = Math.hypot(x, y, z);
    const azimuth = Math.atan2(y, x) + across;
    const height = Math.max(-1.5, Math.min(1.5, Math.asin(z / radius) + up));
    this.set({ ...rest, center, up: { x: 0, y: 0, z: 1 }, eye: {
      x: center.x + radius * Math.cos(height) * Math.cos(azimuth),
      y: center.y + radius * Math.cos(height) * Math.sin(azimuth),
      z: center.z + radius * Math.sin(height),
    } });
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
