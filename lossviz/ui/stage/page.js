// What the stage does for the page around it: a skip link, presenting, tasks that show themselves,
// and on a phone menus that close after a choice and pictures that let a swipe pass.

import { stylesheet } from "./dom.js";

const PHONE = "(max-width: 640px)";
const CALM = "(prefers-reduced-motion: reduce)";
const SETTLED = 400; // ms for Streamlit to take a choice before its menu goes
const DRAWN = 5000; // ms after a run in which pictures may still grow

export const asked = { play: false }; // a task was started: the next path plays from its start

const board = () => document.querySelector(".st-key-board");
const tasks = () => [...document.querySelectorAll(".st-key-try-this button")];
const matches = (query) => window.matchMedia(query).matches;

function made(tag, name, text, parent = document.body) {
  const element = Object.assign(document.createElement(tag), { className: name, textContent: text });
  parent.append(element);
  return element;
}

// -- the skip link ---------------------------------------------------------------------------

function skipLink() {
  const link = made("a", "stage-skip", "Skip to the pictures");
  link.href = "#stage";
  link.onclick = (event) => {
    event.preventDefault();
    document.querySelector(".stage-plot")?.focus();
  };
  document.body.prepend(link);
}

// -- presenting ------------------------------------------------------------------------------

const root = document.documentElement;
export const presenting = () => root.classList.contains("stage-presenting");
let [ring, banner, leave] = [];
let next = 0; // the task that key n asks, then shows

function present(on) {
  if (on === presenting() || (on && !board())) return;
  root.classList.toggle("stage-presenting", on);
  for (const button of document.querySelectorAll(".present")) button.setAttribute("aria-pressed", on);
  if (on) {
    ring = made("div", "stage-pointer", "");
    banner = made("p", "stage-banner", "");
    banner.setAttribute("role", "status");
    leave = made("button", "stage-leave", "Leave");
    leave.type = "button";
    leave.title = "Keys: p leaves, space plays, comma and full stop step, n asks and shows the "
      + "next task, b goes back";
    leave.onclick = () => present(false);
    root.requestFullscreen?.().catch(() => {}); // a frame may forbid it: the window is filled then
  } else {
    for (const part of [ring, banner, leave]) part.remove();
    if (document.fullscreenElement) document.exitFullscreen();
  }
  window.dispatchEvent(new Event("stage-look"));
}

// First the question, then the answer: predict, then look.
function task() {
  const all = tasks();
  if (!all.length) return;
  const button = all[next % all.length];
  if (banner.textContent) {
    banner.textContent = "";
    next += 1;
    button.click();
    return;
  }
  const parts = [...button.closest(".st-key-try-this").querySelectorAll("[data-testid=stMarkdown], button")];
  banner.textContent = parts[parts.indexOf(button) - 1]?.textContent ?? "";
}

function act(name) {
  const button = board()?.querySelector(`.stage-player [data-act=${name}]`);
  if (button?.checkVisibility({ visibilityProperty: true })) button.click();
}

const KEYS = {
  " ": () => act("play"),
  ",": () => act("back"),
  ".": () => act("on"),
  n: task,
  b: () => window.history.back(),
  Escape: () => present(false),
};

function key(event) {
  const { key: name, target } = event;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (target.closest?.("input, textarea, select, [contenteditable], [role=combobox], [role=dialog]")) return;
  if (name === "p") present(!presenting());
  else if (presenting() && KEYS[name] && !(name === " " && target.closest("button"))) KEYS[name]();
  else return;
  event.preventDefault();
}

// -- clicks ----------------------------------------------------------------------------------

function click({ target }) {
  if (target.closest(".present")) present(!presenting());
  const plot = target.closest(".stage-plot");
  for (const other of document.querySelectorAll(".stage-active")) other.classList.toggle("stage-active", other === plot);
  plot?.classList.add("stage-active");
  if (target.closest(".st-key-try-this button, [class*=-next] button") && !target.closest("[data-testid=stPopover]")) show();
  if (target.closest("[role=option]") && matches(PHONE)) setTimeout(close, SETTLED);
}

// A task sets the page up: bring the pictures into view, and let the player start.  Once they are
// drawn they may be larger or elsewhere: again then, unless the reader has gone on by hand.
function show() {
  asked.play = !matches(CALM);
  look();
  let gone = false;
  for (const act of ["wheel", "touchmove", "keydown"]) {
    window.addEventListener(act, () => { gone = true; }, { once: true, passive: true });
  }
  const app = document.querySelector("[data-testid=stApp]");
  let running = false;
  const run = new MutationObserver(() => {
    const state = app.dataset.testScriptState;
    running ||= state === "running";
    if (!running || state !== "notRunning") return;
    run.disconnect();
    setTimeout(() => {
      // at once, and whenever pictures that are drawn only now make the board larger
      const grown = new ResizeObserver(() => { if (!gone) look(); });
      if (board()) grown.observe(board());
      setTimeout(() => grown.disconnect(), DRAWN);
      play();
    }, SETTLED);
  });
  if (app) run.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
}

// A board taller than the window is shown from its first picture, as on a phone.
function look() {
  const block = board()?.offsetHeight > window.innerHeight ? "start" : "nearest";
  board()?.scrollIntoView({ block, behavior: matches(CALM) ? "auto" : "smooth" });
}

// A page that stood as the task wants it has no new path to play: its player plays the one it has.
// One that is not there yet, as it comes with a panel that opens, plays as soon as it is.
function play() {
  if (!asked.play) return;
  const button = board()?.querySelector(".stage-player [data-act=play]");
  if (!button) return void setTimeout(() => { asked.play = false; }, DRAWN);
  asked.play = false;
  if (button.ariaPressed !== "true") button.click();
}

// The sheet of menus covers a phone's page.
function close() {
  const sheet = document.querySelector("[data-testid=stSidebar]");
  if (sheet?.getBoundingClientRect().left < 0) return; // it is closed: the button would open it
  sheet?.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  setTimeout(forget, SETTLED);
}

// Streamlit remembers a closed sidebar, and would hide the menus from a wide window too.
function forget() {
  for (const key of Object.keys(localStorage)) if (key.startsWith("stSidebarCollapsed")) localStorage.removeItem(key);
}

// A list with nothing left to choose would cover what stands below it.
function shut() {
  // the line "No results" is an option without a key
  if (document.querySelector("[role=listbox] [role=option]:not([data-key])")) document.activeElement?.blur();
}

stylesheet("stage.css");
skipLink();
document.addEventListener("keydown", key);
document.addEventListener("click", click, { capture: true });
document.addEventListener("pointerup", () => setTimeout(shut, SETTLED), { capture: true });
document.addEventListener("fullscreenchange", () => document.fullscreenElement || present(false));
document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (presenting()) ring.style.transform = `translate(${clientX}px, ${clientY}px)`;
}, { passive: true });
