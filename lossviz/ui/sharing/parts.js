// Small pieces that the panels of Share are made of.

// An element with its properties, attributes (aria-*, role, for) and children.
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const button = (text, onclick, more = {}) =>
  make("button", { type: "button", textContent: text, onclick, ...more });

export const field = (text, control) => make("label", {}, make("span", { textContent: text }), control);

// Where a panel says what became of an action.
export function voice() {
  const line = make("p", { className: "share-said", role: "status" });
  return { line, say: (sentence) => { line.textContent = sentence; } };
}

export function download(content, name, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

// The clipboard where the browser gives it; else the text is selected for the reader's own keys.
export async function copy(box) {
  try {
    await navigator.clipboard.writeText(box.value);
    return "Copied.";
  } catch {
    box.focus();
    box.select();
    return document.execCommand("copy") ? "Copied." : "Press Ctrl+C (or ⌘C) to copy the selected text.";
  }
}

export const title = () => document.querySelector("h1")?.textContent.trim() || "lossviz";

export const named = (extension) =>
  `${title().toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60)}.${extension}`;
