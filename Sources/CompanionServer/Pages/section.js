// The head that all sections of the console have: title, a line on what it is, actions; and a pace to look again.
import { button, h } from "./dom.js";

export function sectionHead(heading, text, ...actions) {
  return h("header", { class: "section-head" }, h("div", { class: "grow" }, heading, h("p", { class: "muted" }, text)),
    h("div", { class: "actions" }, actions));
}

export const refreshButton = (action) => button("Refresh", action, { icon: "refresh" });

/** Calls `action` now and at a pace while the page is seen; returns what ends it. */
export function every(milliseconds, action) {
  action();
  const timer = setInterval(() => { if (!document.hidden) action(); }, milliseconds);
  return () => clearInterval(timer);
}
