// A scene that turns slowly by itself until a hand takes it.

const PACE = 0.18; // radians per second
const FRAME = 40; // ms between two views: smooth enough, and half the work

const taken = new Set(); // cameras that a hand has had

export class Spin {
  constructor(picture) {
    this.picture = picture;
    this.sight = new IntersectionObserver(([{ isIntersecting }]) => { this.seen = isIntersecting; });
    this.sight.observe(picture.plot);
    for (const event of ["pointerdown", "keydown", "touchstart"]) {
      picture.root.addEventListener(event, () => taken.add(picture.message.camera), { passive: true });
    }
  }

  // After every draw; nothing happens unless Python asked and the reader likes motion.
  go() {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!this.picture.message.spin || calm || this.turning) return;
    this.turning = true;
    requestAnimationFrame((time) => this.turn(time));
  }

  turn(time) {
    const { picture } = this;
    this.turning = !picture.closed && picture.message.spin && !taken.has(picture.message.camera);
    if (!this.turning) return;
    const past = time - (this.last ?? time);
    if (past >= FRAME && past < 10 * FRAME && this.seen && picture.drawn) {
      picture.cameras.turn((PACE * past) / 1000, 0, true);
    }
    if (past >= FRAME || !this.last) this.last = time;
    requestAnimationFrame((next) => this.turn(next));
  }

  close() {
    this.sight.disconnect();
  }
}
