// Short notices at the foot of the page, and errors with their remedy. Both are read out by screen readers.
import { button, fill, h, icon } from "./dom.js";
import { remedy, sentence } from "./remedies.js";

const SHOWN_MS = 7_000;
const NOTICES_MAX = 4;

let area = null;

function container() {
  area ??= h("div", { class: "notices", role: "status", "aria-live": "polite", popover: "manual" });
  if (!area.isConnected) document.body.append(area);
  // Shown again each time, so that it lies above a dialog opened since.
  if (area.matches(":popover-open")) area.hidePopover();
  area.showPopover?.();
  return area;
}

/** Says that something was done. */
export function say(text) { show("", text, ""); }

/** Shows an error where no form can. */
export function showFailure(failure) {
  console.warn(failure.code ?? "error", failure.message);
  show("bad", sentence(failure.message), remedy(failure), failure.requestID);
}

function show(kind, title, text, requestID) {
  const all = container();
  const note = h(
    "div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : null }, icon(kind === "bad" ? "alert" : "check"),
    h("div", {}, h("strong", {}, title), text && h("p", {}, text),
      kind === "bad" && requestID && h("p", { class: "small" }, `Request ${requestID}`)),
    button("", () => close(), { icon: "close", label: "Dismiss", classes: "plain" }));
  const close = () => {
    note.remove();
    if (!all.childElementCount && all.matches(":popover-open")) all.hidePopover();
  };
  all.append(note);
  while (all.childElementCount > NOTICES_MAX) all.firstElementChild.remove();
  setTimeout(close, kind === "bad" ? SHOWN_MS * 2 : SHOWN_MS);
}

/** Shows an error inside a form; null clears it. */
export function failureInto(place, failure) {
  if (!failure) return fill(place);
  const text = remedy(failure);
  return fill(place, h(
    "div", { class: "message bad", role: "alert" }, icon("alert"),
    h("div", {}, h("strong", {}, sentence(failure.message)), text && h("p", {}, text),
      failure.status >= 500 && failure.requestID && h("p", { class: "small" }, `Request ${failure.requestID}`))));
}

/** Runs an action with its button marked busy, and shows what went wrong; true when it went well. */
export async function attempt(control, action, place = null) {
  if (control?.getAttribute("aria-busy") === "true") return false;
  control?.setAttribute("aria-busy", "true");
  if (place) failureInto(place, null);
  try {
    await action();
    return true;
  } catch (error) {
    const failure = error.code ? error : Object.assign(error,
      { code: "page", message: `Something went wrong here: ${error.message}` });
    if (failure.code === "not_signed_in") return false;
    if (place) failureInto(place, failure); else showFailure(failure);
    return false;
  } finally {
    control?.removeAttribute("aria-busy");
  }
}

/** Copies text, and says so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    showFailure({
      code: "clipboard", message: "The browser did not allow copying. Select the text and copy it by hand.",
    });
  }
}
