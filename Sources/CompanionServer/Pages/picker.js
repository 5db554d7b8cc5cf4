// Choosing some people out of many: a search, the first matches as check boxes, and how many are chosen.
import { fill, h } from "./dom.js";
import { field } from "./form.js";
import { count } from "./format.js";

const SHOWN_MAX = 50;

/** `people` is [{id, name}]. `chosen` holds the ids that are ticked, in the order in which they were. */
export function peoplePicker(legend, people) {
  const sorted = [...people].sort((a, b) => a.name.localeCompare(b.name));
  const chosen = new Set();
  const search = field("Search", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: 100 });
  const list = h("div", { class: "choices stack tight" });
  const state = h("p", { class: "small muted", role: "status" });
  let matching = [];

  function tell() {
    const more = matching.length > SHOWN_MAX ? `The first ${SHOWN_MAX} of ${count(matching.length)}. ` : "";
    state.textContent = `${more}${chosen.size ? `${count(chosen.size)} chosen` : "Nobody chosen"}`;
  }

  function choice(person) {
    const made = field(person.name, {
      type: "checkbox", checked: chosen.has(person.id), onchange: () => {
        if (made.input.checked) chosen.add(person.id); else chosen.delete(person.id);
        tell();
      },
    });
    return made.box;
  }

  function render() {
    const wanted = search.input.value.trim().toLocaleLowerCase();
    matching = sorted.filter((person) => person.name.toLocaleLowerCase().includes(wanted));
    // Who is chosen stays in sight, whatever is searched for.
    const kept = sorted.filter((person) => chosen.has(person.id));
    const rest = matching.filter((person) => !chosen.has(person.id)).slice(0, SHOWN_MAX);
    const shown = [...kept, ...rest];
    fill(list, shown.length ? shown.map(choice) : h("p", { class: "muted" }, "Nobody by that name"));
    tell();
  }

  search.input.addEventListener("input", render);
  // Enter in the search would send the form around it.
  search.input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  render();
  return {
    chosen,
    box: h("fieldset", { class: "stack tight" }, h("legend", {}, legend),
      sorted.length > 8 && search.box, list, state),
  };
}
