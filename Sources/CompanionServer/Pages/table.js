// Tables of the console: loading, empty and error states; on a phone each row becomes a card.
import { button, fill, h } from "./dom.js";
import { failureInto } from "./notice.js";

// What the server gives at once of a list that has no pages.
const ROWS_MAX = 200;

/**
 * `columns`: [{title, cell(row), numeric?}]; the last may have an empty title for actions. `load()` resolves with rows,
 * `nothing` is what stands in place of none; `rest` is a line below as many rows as the server gives at once.
 * `again()` shows the same rows once more.
 */
export function makeTable(caption, columns, load, nothing, { rest = null } = {}) {
  const place = h("div", {});
  const holder = h("div", { class: "table-holder" });
  const element = h("div", { class: "stack" }, place, holder);
  let busy = null;
  let last = [];

  const keyOf = (row) => String(row.id ?? row.sequence ?? "");
  const FOCUSABLE = "button, a[href]";

  /** Where the focus is: drawn anew, the rows give it back. */
  function focused() {
    const row = holder.contains(document.activeElement) && document.activeElement.closest("tr[data-key]");
    return row && { key: row.dataset.key, index: [...row.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement) };
  }

  function show(rows) {
    last = rows;
    const before = focused();
    draw(rows);
    const row = before && holder.querySelector(`tr[data-key="${CSS.escape(before.key)}"]`);
    if (row) row.querySelectorAll(FOCUSABLE)[before.index]?.focus();
  }

  function draw(rows) {
    if (!rows.length) return fill(holder, nothing());
    fill(holder, h(
      "table", { role: "table" }, h("caption", { class: "visually-hidden" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) => h(
        "th", {
          scope: "col", role: "columnheader", class: column.numeric ? "numeric" : "",
        }, column.title || h("span", { class: "visually-hidden" }, "Actions"))))),
      h("tbody", { role: "rowgroup" }, rows.map((row) => h(
        "tr", { role: "row", "data-key": keyOf(row) }, columns.map((column) => h(
        "td", {
          role: "cell", "data-title": column.title,
          class: column.numeric ? "numeric" : column.title ? "" : "row-actions",
        }, column.cell(row))))))),
    rest && rows.length >= ROWS_MAX && h("p", { class: "table-rest small muted" }, rest));
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

  return {
    element, refresh, again: () => { if (last.length) show(last); },
    show(rows) {
      // Rows that are on their way are older than these.
      busy = null;
      show(rows);
    },
    /** The focus goes to the row of this number, for those who read with a keyboard or by ear. */
    focusRow(index) {
      const row = holder.querySelectorAll("tbody tr")[index];
      row?.setAttribute("tabindex", "-1");
      row?.focus();
    },
  };
}

export const or = (value, instead = "–") => (
  value === null || value === undefined || value === "" ? h("span", { class: "muted" }, instead) : value);
