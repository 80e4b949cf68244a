// The link of what is on the screen: to copy, as a QR code, and as a frame for a course page.

import { button, copy, download, field, make, named, title, voice } from "./parts.js";
import { whole } from "./address.js";

const FRAME = ["embed", "embed_options", "hide"]; // words of a link about its frame
const PARTS = { sidebar: "the sidebar", controls: "the controls over the picture", tasks: "the tasks", share: "this button" };
const HERE = ["localhost", "127.0.0.1", "[::1]"];

// The address as it stands, with these words about its frame in place of its own.
function addressed(words) {
  const kept = whole().split("&").filter((each) => each && !FRAME.includes(each.split("=")[0]));
  const query = [...kept, ...words].join("&");
  return `${location.origin}${location.pathname}${query ? `?${query}` : ""}`;
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

export class Link {
  constructor(root) {
    const { line, say } = voice();
    this.say = say;
    this.boxes = Object.keys(PARTS).map((name) => make("input", { type: "checkbox", name, onchange: () => this.update() }));
    this.link = make("input", { readOnly: true, className: "share-link", onfocus: ({ target }) => target.select() });
    this.notes = make("p", { className: "share-note" });
    this.code = make("div", { className: "share-code", hidden: true });
    this.width = make("input", { type: "number", min: 200, max: 4000, value: 960, oninput: () => this.update() });
    this.height = make("input", { type: "number", min: 200, max: 4000, value: 640, oninput: () => this.update() });
    this.frame = make("textarea", { readOnly: true, rows: 4, onfocus: ({ target }) => target.select() });
    this.framing = make("p", { className: "share-note" });
    root.replaceChildren(
      field("Link to what you see now, with its settings, camera, cursor and step", this.link),
      make("fieldset", {}, make("legend", { textContent: "Leave out" }),
        ...this.boxes.map((box) => make("label", { className: "share-tick" }, box, PARTS[box.name]))),
      make("div", { className: "share-row" },
        button("Copy link", async () => say(await copy(this.link)), { className: "share-main" }),
        button("QR code", () => this.draw())),
      this.notes, line, this.code,
      make("details", {}, make("summary", { textContent: "Show it inside another page" }),
        make("div", { className: "share-row" }, field("Width", this.width), field("Height", this.height)),
        field("HTML for a course page", this.frame),
        make("div", { className: "share-row" }, button("Copy HTML", async () => say(await copy(this.frame)))),
        this.framing),
    );
    this.again = () => this.update();
    for (const event of ["popstate", "stage-address"]) window.addEventListener(event, this.again);
  }

  receive(message) {
    this.message = message;
    this.update();
  }

  get hidden() {
    const words = this.boxes.filter(({ checked }) => checked).map(({ name }) => name);
    return words.length ? [`hide=${words.join(",")}`] : [];
  }

  update() {
    const link = addressed(this.hidden);
    if (link !== this.link.value) this.code.hidden = true;
    this.link.value = link;
    const notes = [];
    if (HERE.includes(location.hostname)) notes.push("This address works on this computer only.");
    if (/=sha-[0-9a-f]{32}/.test(link)) {
      notes.push("Your table is too long for a link: this browser keeps it, another needs the table itself. Files has it as CSV.");
    }
    this.notes.textContent = notes.join(" ");
    const size = ({ value }) => Math.max(200, Math.min(4000, Math.round(Number(value) || 0)));
    this.frame.value = `<iframe src="${escaped(addressed(["embed=true", ...this.hidden]))}" title="${escaped(title())}" `
      + `width="${size(this.width)}" height="${size(this.height)}" style="border:0" allow="fullscreen; clipboard-write"></iframe>`;
    const { framed_by: sites } = this.message;
    this.framing.textContent = sites === "'self'"
      ? "This server lets only pages of its own address show it; LOSSVIZ_FRAME_ANCESTORS names others (deploy/README)."
      : sites === "'none'" ? "This server lets no page show it (LOSSVIZ_FRAME_ANCESTORS, deploy/README)."
        : `Pages of these addresses may show it: ${sites.replace("'self'", "its own,")}.`;
  }

  // The server draws the code; it keeps nothing of it.
  async draw() {
    const link = this.link.value;
    const at = new URL(this.message.qr, import.meta.url);
    at.searchParams.set("link", link);
    try {
      const answer = await fetch(at);
      const text = await answer.text();
      if (link !== this.link.value) return;
      this.say(answer.ok ? "" : text.slice(0, 400));
      if (!answer.ok) return;
      const src = `data:image/svg+xml,${encodeURIComponent(text)}`;
      this.code.replaceChildren(
        make("img", { src, alt: "QR code of the link above" }),
        button("Save the code as SVG", () => download(text, named("qr.svg"), "image/svg+xml")),
      );
      this.code.hidden = false;
      this.code.scrollIntoView({ block: "nearest" });
    } catch {
      this.say("The server did not answer; check the connection and try again.");
    }
  }

  close() {
    for (const event of ["popstate", "stage-address"]) window.removeEventListener(event, this.again);
  }
}
