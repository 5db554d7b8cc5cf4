// Modal dialogs on the browser's own <dialog>: focus stays inside, Escape closes, focus returns.
import { button, h } from "./dom.js";

let number = 0;

/** Opens a dialog with a title and contents; `build(close)` returns the contents. Returns close(). */
export function openDialog(title, build, { classes = "", onclose = null } = {}) {
  const id = `dialog-${number += 1}`;
  const heading = h("h2", { id, tabindex: "-1", autofocus: true }, title);
  const dialog = h("dialog", { class: classes, "aria-labelledby": id });
  const close = () => dialog.close();
  const head = h("div", { class: "dialog-head" }, heading,
    button("", close, { icon: "close", label: "Close", classes: "plain" }));
  const body = build(close);
  dialog.append(classes.includes("sheet")
    ? h("div", {}, head, body)
    : h("div", { class: "dialog-body" }, head, body));
  dialog.addEventListener("close", () => {
    dialog.remove();
    // What had the focus before may be gone, with the row that it stood in.
    if (document.activeElement === document.body) document.getElementById("main")?.focus();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

/** Asks before something that cannot be undone; resolves with true or false. */
export function confirmAction(title, text, actionName, { danger = true } = {}) {
  return new Promise((resolve) => {
    let answer = false;
    openDialog(title, (close) => h(
      "div", { class: "stack" }, h("p", {}, text),
      h("div", { class: "actions end" },
        button("Cancel", close),
        button(actionName, () => { answer = true; close(); }, { classes: danger ? "danger primary" : "primary" }))),
    { onclose: () => resolve(answer) });
  });
}
