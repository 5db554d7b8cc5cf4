// What would have been sent by mail or as a text message, where no server is set up for it.
import * as api from "./api.js";
import { badge, empty, fill, h, message, time } from "./dom.js";
import { dateTime } from "./format.js";
import { failureInto } from "./notice.js";
import { every, refreshButton, sectionHead } from "./section.js";

const PACE_MS = 5_000;

export function outboxSection(heading) {
  const place = h("div", {});
  const body = h("div", {}, h("p", { class: "loading", role: "status" }, "Loading"));
  let shown = "";

  async function refresh() {
    try {
      const { messages } = await api.get("/admin/outbox");
      failureInto(place, null);
      const now = JSON.stringify(messages);
      if (now === shown) return;
      shown = now;
      fill(body,
        messages.length ? messages.map(letter) : empty("mail", "Nothing was sent yet",
          "Activation keys and links to reset a password appear here."));
    } catch (failure) {
      if (failure.status === 404) return fill(body,
        message("", "Mail is delivered", "A mail server is set up, so that nothing is kept here."));
      if (failure.code !== "not_signed_in") failureInto(place, failure);
      if (body.querySelector(".loading")) fill(body);
    }
  }
  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "No mail server is set up: messages are kept here instead of being sent.",
        refreshButton(refresh)),
      place, body),
    leave: every(PACE_MS, refresh),
  };
}

function letter(one) {
  return h(
    "article", { class: "card stack tight letter" },
    h("header", { class: "upload-head" }, h("div", { class: "grow" }, h("h2", {}, one.subject || "Text message"),
      h("p", { class: "small muted" }, "To ", one.to, ", ", time(one.at, dateTime))),
      badge(one.kind === "text" ? "Text message" : "Mail")),
    h("p", { class: "letter-body" }, linked(one.body)));
}

/** Links of this site become links; all else stays text. */
function linked(text) {
  return text.split(/(https:\/\/\S+)/).map((part) => {
    if (!URL.canParse(part) || new URL(part).origin !== location.origin) return part;
    return h("a", { href: part }, part);
  });
}
