// Elements without HTML text: what a person typed can only ever become a text node or an attribute's value.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element. Attributes: strings and numbers are set as they are, `true` sets an empty one, null and false none,
 * a function under `onclick` etc. listens. Children: nodes, strings, arrays; null and false are left out.
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) {
      if (typeof value !== "function") throw new TypeError(`${key} takes a function`);
      element.addEventListener(key.slice(2), value);
    } else {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
  return parent;
}

/** A name inside a sentence: marks around it keep its direction of writing from turning the words beside it. */
export const isolated = (name) => `\u2068${name}\u2069`;

/** Puts these children in the place of all others. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** An icon of the sprite; decorative, so whatever holds it needs a text of its own. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button; `options.icon` with `options.label` makes a square one that is named for screen readers. */
export function button(text, action, options = {}) {
  const { icon: name, label, classes = "", ...attributes } = options;
  return h(
    "button",
    {
      type: "button", class: `button ${classes} ${text ? "" : "square"}`, onclick: action,
      "aria-label": label, title: text ? null : label, ...attributes,
    },
    name && icon(name), text && h("span", { class: "label" }, text));
}

/** A person's initials on a colour that stays the same; with a dot when presence is known. */
export function avatar(person, { size = "", presence = false } = {}) {
  const words = (person.name || "?").trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  // "Dr." and "Prof." are no part of a name.
  while (words.length > 1 && words[0].endsWith(".")) words.shift();
  const letters = words.length ? [words[0], words.length > 1 ? words.at(-1) : ""] : ["?"];
  const text = letters.map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0] ?? "").join("").toUpperCase() || "?";
  let sum = 0;
  for (const character of person.id ?? person.name ?? "") sum = (sum * 31 + character.codePointAt(0)) % 6007;
  return h(
    "span", { class: `avatar tone-${sum % 6} ${size}`, "aria-hidden": "true" }, text,
    presence && h("span", { class: `presence ${person.online ? "online" : ""}` }));
}

/** What stands where nothing is yet, with what to do about it. */
export function empty(iconName, title, text, ...more) {
  return h("div", { class: "empty" }, icon(iconName), h("strong", {}, title), text && h("p", {}, text), more);
}

/** A line of state: "good", "warn", "bad" or none. */
export function message(kind, title, text, ...more) {
  const name = { good: "check", warn: "alert", bad: "alert" }[kind] ?? "info";
  return h(
    "div", { class: `message ${kind}`, role: kind === "bad" ? "alert" : null }, icon(name),
    h("div", {}, title && h("strong", {}, title), text && h("p", {}, text), more));
}

export function badge(text, kind = "") {
  return h("span", { class: `badge ${kind}` }, text);
}

export function time(milliseconds, format) {
  return h("time", { datetime: new Date(milliseconds).toISOString() }, format(milliseconds));
}
