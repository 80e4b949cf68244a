// Numbers in tooltips and texts as they read everywhere else: Plotly's own have a hyphen for a minus
// and "1.3e-27" for a power of ten.

import { say } from "./arrays.js";

// From here on, in this figure.
export function plain(gd) {
  const write = () => {
    tell(gd);
    cells(gd);
  };
  gd.on("plotly_afterplot", write);
  write();
}

// Plotly writes into the cells of a map before it can be asked for another minus.
function cells(gd) {
  for (const text of gd.querySelectorAll(".heatmap-label")) {
    const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const text = nodes.currentNode.data.replace(/-(?=[\d.])/, "−");
      if (text !== nodes.currentNode.data) nodes.currentNode.data = text;
    }
  }
}

function tell(gd) {
  const locale = gd._fullLayout._d3locale;
  if (locale.plain) return; // until Plotly makes another
  const { numberFormat } = locale;
  locale.plain = true;
  locale.numberFormat = (format) => {
    const digits = /^\.(\d+)g$/.exec(format)?.[1];
    return (value) => (digits ? say(Number(value), Number(digits)) : numberFormat(format)(value).replace("-", "−"));
  };
}
