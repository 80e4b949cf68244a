// Numbers in tooltips and texts as they read everywhere else: Plotly's own have a hyphen for a minus
// and "1.3e-27" for a power of ten.

import { say } from "./arrays.js";

// From here on, in this figure.
export function plain(gd) {
  gd.on("plotly_afterplot", () => tell(gd));
  tell(gd);
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
