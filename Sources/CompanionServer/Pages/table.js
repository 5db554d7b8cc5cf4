// Tables of the console: loading, empty and error states; on a phone each row becomes a card.
import { button, fill, h } from "./dom.js";
import { failureInto } from "./notice.js";

/**
 * `columns`: [{title, cell(row), numeric?}]; the last may have an empty title for actions. `load()` resolves with rows,
 * `nothing` is what stands in place of none. `again()` shows the same rows once more.
 */
export function makeTable(caption, columns, load, nothing) {
  const place = h("div", {});
  const holder = h("div", { class: "table-holder" });
  const element = h("div", { class: "stack" }, place, holder);
  let busy = null;
  let last = [];

  function show(rows) {
    last = rows;
    if (!rows.length) return fill(holder, nothing());
    fill(holder, h(
      "table", { role: "table" }, h("caption", { class: "visually-hidden" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) => h(
        "th", {
          scope: "col", role: "columnheader", class: column.numeric ? "numeric" : "",
        }, column.title || h("span", { class: "visually-hidden" }, "Actions"))))),
      h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { role: "row" }, columns.map((column) => h(
        "td", {
          role: "cell", "data-title": column.title,
          class: column.numeric ? "numeric" : column.title ? "" : "row-actions",
        }, column.cell(row))))))));
  }

  async function refresh() {
    if (!holder.childElementCount) fill(holder, h("p", { class: "loading", role: "status" }, "Loading"));
    const mine = busy = Symbol(caption);
    try {
      const rows = await load();
      if (mine !== busy) return;
      failureInto(place, null);
      show(rows);
    } catch (failure) {
      if (mine !== busy || failure.code === "not_signed_in") return;
      if (!failure.code) throw failure;
      failureInto(place, failure);
      if (holder.querySelector(".loading")) fill(holder, button("Try again", () => { fill(holder); refresh(); }));
    }
  }

  return { element, refresh, show, again: () => { if (last.length) show(last); } };
}

export const or = (value, instead = "–") => (
  value === null || value === undefined || value === "" ? h("span", { class: "muted" }, instead) : value);
