// Names of the people whose ids the console's lists hold.
import * as api from "./api.js";

/** Ids to names, loaded once for a section. */
export class Names {
  #names = new Map();

  /** Loads them and calls `known` when they are there; until then, and without them, ids stand for themselves. */
  async load(known) {
    try {
      for (const one of await api.all("/admin/people", "people")) this.#names.set(one.id, one.name);
      known();
    } catch { /* the section's own request tells what is wrong */ }
  }

  of(id) { return this.#names.get(id) ?? id; }

  /** The id of a person with this name; else the text itself, which may be an id. */
  idOf(text) { return [...this.#names].find(([, name]) => name === text)?.[0] ?? text; }

  get all() { return [...this.#names.values()]; }
}
