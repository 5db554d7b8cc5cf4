// The rules for a new password, shown while it is typed. The server decides; this only helps.
import { fill, h, icon } from "./dom.js";
import { passwordField } from "./form.js";

const RULES = [
  ["8 characters or more", (text) => [...text].length >= 8],
  ["an upper-case and a lower-case letter", (text) => /\p{Lu}/u.test(text) && /\p{Ll}/u.test(text)],
  ["a number", (text) => /\p{Nd}/u.test(text)],
];

/** A field for a new password with its rules below. */
export function newPasswordField(label = "New password") {
  const made = passwordField(label, { autocomplete: "new-password", name: "new-password" });
  const list = h("ul", { class: "rules", "aria-label": "The password needs" });
  const show = () => fill(list, RULES.map(([text, test]) => {
    const met = test(made.input.value);
    return h("li", { class: met ? "met" : "" }, icon(met ? "check" : "plus"), text,
      met && h("span", { class: "visually-hidden" }, " (met)"));
  }));
  made.input.addEventListener("input", show);
  show();
  made.box.append(list);
  return made;
}
