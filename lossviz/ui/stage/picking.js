// What lies under the pointer in a scene: Plotly reads its picking buffer back after every frame,
// which waits for the graphics to finish.  Nobody asks while the pointer is elsewhere or turns or drags
// something, so a reading is parked until the pointer comes over the picture with no button pressed.

const parked = new WeakMap(); // context -> Map of framebuffer -> the reading it waits for
let pressed = false;

const asked = (canvas) => !pressed && canvas.closest(".stage-plot").matches(":hover");

function wake({ target, buttons }) {
  const turning = pressed;
  pressed = Boolean(buttons);
  if (turning && pressed) return;
  const plot = target.closest?.(".stage-plot");
  for (const canvas of plot?.querySelectorAll("canvas") ?? []) {
    const gl = canvas.getContext("webgl");
    const bound = gl?.getParameter(gl.FRAMEBUFFER_BINDING);
    for (const [buffer, read] of parked.get(gl) ?? []) {
      if (!gl.isFramebuffer(buffer)) continue; // of a scene that is gone
      gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
      read();
      gl.bindFramebuffer(gl.FRAMEBUFFER, bound);
    }
    parked.delete(gl);
  }
}

// Before the first scene is drawn.  What is read from the canvas itself, for an image, is never parked.
export function readOnDemand() {
  const contexts = WebGLRenderingContext.prototype;
  const { readPixels } = contexts;
  contexts.readPixels = function (...where) {
    const buffer = this.canvas.closest?.(".stage-plot") && this.getParameter(this.FRAMEBUFFER_BINDING);
    const read = () => readPixels.apply(this, where);
    if (!buffer || asked(this.canvas)) return read();
    if (!parked.has(this)) parked.set(this, new Map());
    parked.get(this).set(buffer, read);
  };
  for (const kind of ["mouseover", "mousemove", "mousedown", "mouseup", "touchstart"]) {
    window.addEventListener(kind, wake, { capture: true, passive: true });
  }
}
