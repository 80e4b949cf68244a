// What the link holds beside Python's words: cameras, pinned cursors and player steps.
//
// ``view`` belongs to the browser, and Python leaves it as it is: entries name*numbers, apart by
// "**", as in view=c.surface*1.2_-1.5_0.9**p.surface*3_0.5.  Kinds: c camera, p pin, s step.

const NAME = "view";

// names of figures in links made before they were renamed
const RENAMED = { "p.prices": "p.loss-curves", "p.misses": "p.residuals" };

const words = () => location.search.slice(1).split("&").filter(Boolean);

function parse() {
  const word = words().find((each) => each.startsWith(`${NAME}=`));
  const text = word ? decodeURIComponent(word.slice(NAME.length + 1)) : "";
  return new Map(text.split("**").map((entry) => entry.split("*"))
    .filter(([, numbers]) => numbers && numbers.split("_").every((each) => Number.isFinite(Number(each))))
    .map(([name, numbers]) => [RENAMED[name] ?? name, numbers.split("_").map(Number)]));
}

let entries = parse();
let waiting;

function write() {
  const text = [...entries].map(([name, numbers]) => `${name}*${numbers.join("_")}`).join("**");
  const kept = words().filter((each) => !each.startsWith(`${NAME}=`));
  const search = [...kept, ...(text ? [`${NAME}=${text}`] : [])].join("&");
  if (search === location.search.slice(1)) return;
  history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : ""));
}

// The words of the link as they are now, with what was still waiting to be written.
export function whole() {
  clearTimeout(waiting);
  write();
  return location.search.slice(1);
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(write, 300);
}

// The numbers a link came with, or those noted since; null where there are none.
export const recall = (kind, name) => entries.get(`${kind}.${name}`) ?? null;

// Numbers for the link, in the digits a hand can aim; null takes the entry out.
export function note(kind, name, numbers) {
  if (numbers) entries.set(`${kind}.${name}`, numbers.map((each) => Number(each.toPrecision(5))));
  else entries.delete(`${kind}.${name}`);
  later();
}

// Streamlit writes a page's link as a second entry after that of the page: Back would stop there.
// Until a hand acts, a link is written over the entry of its page.
let fresh = false;
// A link written since a hand last acted, and the entry before it: it may be the link of a page
// whose path is still to come, for Streamlit sometimes writes the two in the wrong order.
let early = null;
const push = history.pushState.bind(history);

history.pushState = (data, unused, url) => {
  const there = new URL(url ?? "", location.href);
  const moved = there.pathname !== location.pathname;
  const before = { search: there.search, over: fresh, data: history.state, url: location.href };
  if (moved) entries = new Map();
  if (moved && early?.search === there.search) {
    if (early.over) history.replaceState(early.data, "", early.url);
    (early.over ? push : history.replaceState.bind(history))(data, unused, url);
  } else if (fresh && !moved) history.replaceState(data, unused, url);
  else push(data, unused, url);
  early = moved ? null : before;
  fresh ||= moved;
  later();
  window.dispatchEvent(new Event("stage-address"));
};
window.addEventListener("popstate", () => {
  fresh = true;
  early = null;
  entries = parse();
});
for (const act of ["pointerdown", "keydown"]) {
  window.addEventListener(act, () => { fresh = false; early = null; }, { capture: true });
}
