// A draft of a lesson, kept in this browser: every state added becomes a scene of it.

import { whole } from "./address.js";
import { button, download, field, make, voice } from "./parts.js";

const NAME = "lossviz.lesson-draft";
const MOST = { letters: 100_000, heading: 120, words: 60 };
const STAGE = ["embed", "embed_options", "hide", "view"]; // words about the frame, not the state

const head = (title) => `---\ntitle: ${title}\nminutes: 5\naims: Say what this lesson teaches.\n---\n`;
const line = (text) => text.replace(/\s+/g, " ").trim();

// ``usual``: what the page shows though its link does not say so
function here(usual) {
  const words = new URLSearchParams({ ...usual, ...Object.fromEntries(new URLSearchParams(whole())) });
  for (const name of STAGE) words.delete(name);
  const page = location.pathname.split("/").at(-1);
  return `${page}${words.size ? `?${words}` : ""}`;
}

export class Lesson {
  constructor(root) {
    const { line: notice, say } = voice();
    this.say = say;
    this.heading = make("input", { type: "text", maxLength: MOST.heading });
    this.text = make("textarea", { rows: 3 });
    this.draft = make("textarea", { rows: 8, spellcheck: false, onchange: () => this.written() });
    this.again = ({ key }) => { if (key === NAME) this.look(); };
    window.addEventListener("storage", this.again);
    root.replaceChildren(
      field("Heading of the scene", this.heading),
      field(`What to look at (at most ${MOST.words} words)`, this.text),
      make("div", { className: "share-row" }, button("Add this state to the lesson", () => this.add(), { className: "share-main" })),
      notice, field("The draft; questions can be written into it", this.draft),
      make("div", { className: "share-row" },
        button("Download", () => download(this.draft.value, "lesson.md", "text/markdown")),
        button("Begin a new one", () => this.renew())),
      make("p", { className: "share-note", textContent: "The draft stays in this browser. The page Lessons plays it, and "
        + "says how questions are written." }),
    );
  }

  receive({ words }) {
    this.usual = words;
    this.look();
  }

  // What the browser holds, which another tab may have changed; nothing is written into by hand
  // and not yet kept meanwhile.
  look() {
    if (this.draft.value !== (this.seen ?? this.draft.value)) return;
    try {
      this.draft.value = localStorage.getItem(NAME) ?? this.draft.value;
    } catch { /* a browser that keeps nothing: the draft lives as long as the page */ }
    this.seen = this.draft.value;
  }

  // The reader's own hand against another tab's: both are kept.
  written() {
    let other = this.seen;
    try {
      other = localStorage.getItem(NAME) ?? other;
    } catch { /* nobody else's then */ }
    if (!other || other === this.seen || other === this.draft.value) return this.keep(this.draft.value, "Kept.");
    download(other, "lesson-of-another-tab.md", "text/markdown");
    return this.keep(this.draft.value, "Kept. Another tab had changed the draft: its version was downloaded.");
  }

  add() {
    const [heading, text] = [line(this.heading.value), line(this.text.value)];
    if (!heading) return this.say("Write a heading first.");
    if (text.split(" ").length > MOST.words) return this.say(`A scene has at most ${MOST.words} words.`);
    this.look();
    const before = this.draft.value || head("My lesson");
    const kept = this.keep(`${before.trimEnd()}\n\n## ${heading}\nlink: ${here(this.usual)}\n${text}\n`,
      "Added. Go to the next state, or download the draft.");
    if (kept) this.heading.value = this.text.value = "";
  }

  renew() {
    this.look();
    if (!this.draft.value) return;
    download(this.draft.value, "lesson.md", "text/markdown"); // nothing that was written is lost
    this.keep("", "The old draft was downloaded; this is a new one.");
  }

  keep(written, sentence) {
    if (written.length > MOST.letters) {
      this.say(`A lesson has at most ${MOST.letters.toLocaleString("en")} letters.`);
      return false;
    }
    this.draft.value = written;
    this.seen = written;
    try {
      localStorage.setItem(NAME, written);
      this.say(sentence);
    } catch {
      this.say("This browser keeps no more: download the draft before you leave this page.");
    }
    return true;
  }

  close() {
    window.removeEventListener("storage", this.again);
  }
}
