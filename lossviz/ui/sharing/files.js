// Pictures as files: PNG, SVG, one interactive page that needs no network, a film.

import { title as page, button, download, field, make, named, voice } from "./parts.js";
import { canPlay, canTurn, film } from "./film.js";
import { pictures } from "./picture.js";
import { scenesOf } from "./space.js";

const SCALES = [1, 2, 3, 4];

// Every picture that stands on the page, from its top to its bottom.
export const drawn = () => [...pictures]
  .filter(({ root, drawn: done }) => done && root.isConnected && root.clientWidth)
  .sort((p, q) => (p.root.compareDocumentPosition(q.root) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));

const short = (text) => (text.length > 64 ? `${text.slice(0, 61)}…` : text);
const labelled = ({ message }, i) => `${i + 1}. ${short(message.alt || message.key)}`;

export class Files {
  constructor(root) {
    const { line, say } = voice();
    this.say = say;
    this.which = make("select", { onchange: () => this.offer() });
    this.scale = make("select", {}, ...SCALES.map((k) => make("option", { value: k, textContent: `${k} ×`, selected: k === 2 })));
    this.turn = button("Film of the turning camera (WebM)", () => this.film("turn"));
    this.play = button("Film of the player's steps (WebM)", () => this.film("play"));
    root.replaceChildren(
      field("Picture", this.which),
      make("div", { className: "share-row" },
        button("PNG", () => this.image("png")), field("Scale of the PNG", this.scale),
        button("SVG", () => this.image("svg"))),
      make("div", { className: "share-row" }, this.turn, this.play),
      make("div", { className: "share-row" }, button("All pictures as one interactive page (HTML)", () => this.html())),
      make("p", { className: "share-note", textContent: "The page works without a network: turn, zoom and read the numbers." }),
      line,
    );
    this.again = () => this.list();
    window.addEventListener("stage-drawn", this.again);
  }

  receive(message) {
    this.message = message;
    this.list();
  }

  list() {
    const found = drawn();
    const same = found.length === this.found?.length && found.every((each, i) => each === this.found[i]);
    this.found = found;
    if (!same) {
      const largest = found.reduce((best, { plot }, i) => {
        const size = plot.clientWidth * plot.clientHeight;
        return size > best[0] * 1.01 ? [size, i] : best;
      }, [0, 0])[1];
      this.which.replaceChildren(...found.map((each, i) => make("option", { value: i, selected: i === largest })));
    }
    found.forEach((each, i) => { this.which.options[i].textContent = labelled(each, i); });
    this.offer();
  }

  // A film is offered where something moves: a scene turns, a player has steps.
  offer() {
    const { picture } = this;
    this.turn.hidden = !picture || !canTurn(picture);
    this.play.hidden = !picture || !canPlay(picture);
    this.turn.disabled = this.play.disabled = Boolean(this.busy);
  }

  get picture() {
    return this.found[this.which.value];
  }

  // What takes a while runs once, and what fails is said.
  async work(act) {
    if (this.busy) return;
    if (!this.picture) {
      this.say("This page has no picture yet; wait until it is drawn.");
      return;
    }
    this.busy = true;
    this.offer();
    try {
      this.say(await act(this.picture));
    } catch (problem) {
      this.say(`${problem.message}.`);
    } finally {
      this.busy = false;
      this.offer();
    }
  }

  image(format) {
    return this.work(async ({ gd, plot, message, Plotly }) => {
      const scale = format === "png" ? Number(this.scale.value) : 1;
      const [width, height] = [plot.clientWidth, plot.clientHeight];
      // Plotly's own download clicks outside this panel, which would close it
      const url = await Plotly.toImage(gd, { format, scale, width, height });
      download(await (await fetch(url)).blob(), `${message.key}.${format}`);
      return format === "png" ? `Saved ${width * scale} × ${height * scale} pixels.` : "Saved.";
    });
  }

  // Closing the panel ends the work.
  film(what) {
    return this.work(async (picture) => {
      const tell = (sentence) => {
        if (this.closed) throw new Error("The film was left");
        this.say(sentence);
      };
      download(await film(picture, what, tell), `${picture.message.key}-${what}.webm`);
      return "Saved.";
    });
  }

  html() {
    return this.work(async ({ message, colours }) => {
      const answer = await fetch(new URL(message.library, import.meta.url));
      if (!answer.ok) throw new Error("The drawing library could not be read; reload the page");
      download(alone(await answer.text(), this.found, colours), named("html"), "text/html");
      return "Saved.";
    });
  }

  close() {
    this.closed = true;
    window.removeEventListener("stage-drawn", this.again);
  }
}

// Text for a script element: what a table of the reader's holds can neither end nor begin one.
const packed = (value) => JSON.stringify(value, (name, each) => {
  if (ArrayBuffer.isView(each)) return Array.from(each);
  return name.startsWith("_") ? undefined : each;
}).replace(/</g, "\\u003c").replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029");

const clean = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

function figureOf({ gd, plot, message }) {
  const layout = { ...gd.layout };
  for (const [id, scene] of scenesOf(gd)) layout[id] = { ...layout[id], camera: scene.getCamera() };
  return { data: gd.data, layout, alt: message.alt, share: plot.clientHeight / plot.clientWidth };
}

// One file with plotly.js inside: nothing is fetched when it is opened.
function alone(library, found, { text, paper, font }) {
  const finding = document.querySelector(".st-key-lead")?.textContent.trim() ?? "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${clean(page())}</title>
<style>body { margin: 1rem; color: ${text}; background: ${paper}; font-family: ${font}, sans-serif; }
a { color: inherit; } figure { margin: 0 0 1rem; } figcaption { font-size: .9rem; }</style>
<script>${library}</script></head>
<body><h1>${clean(page())}</h1><p>${clean(finding)}</p><main></main>
<p>Made with lossviz from <a href="${clean(location.href)}">this state</a>.</p>
<script>
for (const { data, layout, alt, share } of ${packed(found.map(figureOf))}) {
  const holder = document.createElement("figure");
  const picture = document.createElement("div");
  picture.setAttribute("role", "figure");
  picture.setAttribute("aria-label", alt);
  picture.style.height = "min(85vh, " + 100 * share + "vw)";
  const caption = document.createElement("figcaption");
  caption.textContent = alt;
  holder.append(picture, caption);
  document.querySelector("main").append(holder);
  Plotly.newPlot(picture, data, layout, { responsive: true, displaylogo: false });
}
</script></body></html>
`;
}
