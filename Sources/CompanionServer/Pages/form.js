// Forms: labelled fields, errors in place, one submission at a time.
import { button, h } from "./dom.js";
import { attempt } from "./notice.js";

let number = 0;

/** A labelled input; `options` are its attributes, with `hint` for a line below it. */
export function field(label, options = {}) {
  const { hint, element = "input", children = [], ...attributes } = options;
  const id = `field-${number += 1}`;
  const input = h(element, { id, "aria-describedby": hint ? `${id}-hint` : null, ...attributes }, children);
  const box = attributes.type === "checkbox"
    ? h("div", { class: "field row" }, input, h("label", { for: id }, label))
    : h("div", { class: "field" }, h("label", { for: id }, label), input,
      hint && h("span", { class: "hint", id: `${id}-hint` }, hint));
  return { box, input };
}

export function select(label, choices, options = {}) {
  const { value, ...rest } = options;
  const children = choices.map(([key, text]) => h("option", { value: key, selected: key === value }, text));
  return field(label, { element: "select", children, ...rest });
}

/** A password's field with a button that shows what was typed. */
export function passwordField(label, options = {}) {
  const made = field(label, { type: "password", required: true, maxlength: 1024, ...options });
  const toggle = button("Show", () => {
    const shown = made.input.type === "text";
    made.input.type = shown ? "password" : "text";
    toggle.setAttribute("aria-pressed", String(!shown));
    toggle.firstElementChild.textContent = shown ? "Show" : "Hide";
  }, { "aria-pressed": "false", "aria-label": `Show ${label.toLowerCase()}` });
  const holder = h("div", { class: "with-action" });
  made.input.replaceWith(holder);
  holder.append(made.input, toggle);
  return made;
}

/** A form that runs `action` on submit, with the error above its button. */
export function form(children, submitText, action, { classes = "", extra = [], wide = false } = {}) {
  const place = h("div", { class: "form-failure" });
  const submit = h("button", { type: "submit", class: `button ${classes || "primary"} ${wide ? "wide" : ""}` },
    submitText);
  const element = h(
    "form",
    {
      class: "form",
      onsubmit: (event) => {
        event.preventDefault();
        attempt(submit, () => action(element), place);
      },
    },
    children, place, h("div", { class: "actions" }, submit, extra));
  return element;
}
