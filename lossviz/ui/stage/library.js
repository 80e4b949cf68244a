// plotly.js, loaded once for all pictures from our own server.

import { readOnDemand } from "./picking.js";

let loading;

export function plotly(address) {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL(address, import.meta.url).href;
    script.onload = () => {
      readOnDemand();
      done(window.Plotly);
    };
    script.onerror = () => {
      loading = undefined;
      script.remove();
      failed(new Error("the drawing library could not be loaded; check the connection and reload"));
    };
    document.head.append(script);
  });
  return loading;
}
