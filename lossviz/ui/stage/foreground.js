// Marks and lines of a scene stand before the surface they lie on, in a scene of any size: a lift in
// the heights' own units is too small in a small scene, where half of a ball sinks in and a line is
// dashed by the surface that it lies on.

import { scenesOf } from "./space.js";

const NEARER = { scatterPlot: 12, linePlot: 3 }; // pixels that a mark or a line comes towards the eye
const moved = new WeakSet(); // the prototypes of Plotly's parts that know

// The share of the depth that is left free for what stands ``pixels`` before the rest.  A depth is
// 1 - near / distance (the far plane is as good as infinitely far), so that (pixels in the scene's
// units) * near / distance ** 2 is that many pixels.
function share({ projection, view }, { gl, pixelRatio }, pixels) {
  const near = projection[14] / (projection[10] - 1);
  const half = (gl.drawingBufferHeight / (pixelRatio || 1)) / 2;
  return (pixels / half / projection[5]) * near / Math.max(-view[14], near);
}

function bring(prototype, pixels) {
  for (const pass of ["draw", "drawTransparent"]) {
    const drawn = prototype[pass];
    prototype[pass] = function nearer(camera) {
      const { gl } = this;
      gl.depthRange(0, 1 - share(camera, this, pixels));
      drawn.call(this, camera);
      gl.depthRange(0, 1);
    };
  }
}

// Plotly shares the parts' methods between all scenes: the first scene of a visit is drawn once more.
export function foreground(gd) {
  for (const [, scene] of scenesOf(gd)) {
    let late = false;
    for (const trace of Object.values(scene.traces)) {
      for (const [part, pixels] of Object.entries(NEARER)) {
        const prototype = trace[part] && Object.getPrototypeOf(trace[part]);
        if (!prototype || moved.has(prototype)) continue;
        moved.add(prototype);
        bring(prototype, pixels);
        late = true;
      }
    }
    if (late) scene.glplot.redraw();
  }
}
