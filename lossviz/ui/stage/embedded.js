// In a frame of this app (a lesson): tells the page around where the ring stands, and the link of
// what was dragged.  A link with
// hide=findings shows neither sentences nor minima, which would answer a question, until the page
// around says that it is answered; with hide=findings,model nor the model at the minimum.

const root = document.documentElement;
const hidden = new URLSearchParams(location.search).get("hide") ?? "";
export const asked = () => root.classList.contains("stage-asked");
export const veiled = () => asked() && hidden.split(",").includes("model");

function host() {
  try {
    return parent !== window && parent.location.origin === location.origin ? parent : null;
  } catch { return null; } // another site's frame
}

const around = host();

// The ring of a picture was put at (a, b).
export const tell = (ring) => say({ ring });
const say = (what) => around?.postMessage({ lossviz: what }, location.origin);

// This module is here before the style sheet that hides the title: only then there is no flash.
function arrive() {
  const title = document.querySelector(".st-key-title");
  const bare = !hidden.split(",").includes("title") || (title && !title.checkVisibility());
  if (bare) say({ here: true });
  else requestAnimationFrame(arrive);
}

root.classList.toggle("stage-asked", hidden.split(",").includes("findings"));
root.classList.toggle("stage-framed", Boolean(around));
if (around) {
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || source !== around || !data?.lossviz) return;
    const before = asked();
    root.classList.toggle("stage-asked", data.lossviz.reveal === false);
    if (asked() !== before) window.dispatchEvent(new Event("stage-look"));
  });
  window.addEventListener("stage-address", () => say({ link: location.search.slice(1) }));
  arrive();
}
