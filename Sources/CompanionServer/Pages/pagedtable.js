// A table whose list the server gives a page at a time: the first one, and a button that appends the next.
import * as api from "./api.js";
import { button, h } from "./dom.js";
import { attempt } from "./notice.js";
import { makeTable } from "./table.js";

/**
 * `where` is the list's path, `values()` what else is asked for, and `name` the list's key in the answer, whose `next`
 * is where the next page begins; `more` is the button's text. `refresh()` loads again what is shown, `restart()` the
 * first page alone, and `renew()`, for a timer, leaves a list alone that somebody reads further down.
 */
export function makePagedTable(caption, columns, { where, values = () => ({}), name, more }, nothing) {
  let rows = [];
  let cursor = null;
  let pages = 1;
  let turn = 0;

  const page = (from) => api.get(`${where}${api.query({ ...values(), cursor: from })}`);

  function keep(found, next) {
    rows = found;
    cursor = next;
    foot.hidden = !next;
    return rows;
  }

  async function load() {
    const mine = turn += 1;
    let [found, next] = [[], null];
    for (let number = 0; number < pages && (number === 0 || next); number += 1) {
      const answer = await page(next);
      found = found.concat(answer[name]);
      next = answer.next;
    }
    return mine === turn ? keep(found, next) : found;
  }

  async function append() {
    const mine = turn += 1;
    const answer = await page(cursor);
    // The list was loaded anew meanwhile.
    if (mine !== turn) return;
    pages += 1;
    const first = rows.length;
    table.show(keep(rows.concat(answer[name]), answer.next));
    table.focusRow(first);
  }

  const next = button(more, () => attempt(next, append));
  const foot = h("div", { class: "actions more", hidden: true }, next);
  const table = makeTable(caption, columns, load, nothing);
  const restart = () => {
    pages = 1;
    return table.refresh();
  };
  return {
    element: h("div", { class: "stack" }, table.element, foot), refresh: table.refresh, again: table.again, restart,
    renew: () => { if (pages === 1) table.refresh(); },
  };
}
