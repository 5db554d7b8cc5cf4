// Messages of a room, and the field that writes them.
import { append, button, empty, fill, h, icon, time } from "./dom.js";
import { clockTime, dayName } from "./format.js";
import { attempt, failureInto } from "./notice.js";

const BODY_BYTES_MAX = 8 * 1024;
const TOGETHER_MS = 5 * 60_000;

/** `room()` is the room's id or null while there is none; `ensureRoom()` makes it. */
export function makeChat(model, room, ensureRoom) {
  const list = h("div", { class: "messages", role: "log", "aria-label": "Messages", tabindex: "0" });
  const place = h("div", {});
  const input = h("textarea",
    { rows: "1", "aria-label": "Message", placeholder: "Write a message", maxlength: BODY_BYTES_MAX });
  const send = button("", () => submit(), { icon: "send", label: "Send", classes: "primary" });
  const composer = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); submit(); } }, input,
    send);
  const element = h("div", { class: "chat" }, list, place, composer);

  async function submit() {
    const body = input.value.trim();
    if (!body) return;
    if (new TextEncoder().encode(body).length > BODY_BYTES_MAX) {
      return failureInto(place, { code: "too_long", message: "The message is longer than 8 KiB.", remedy: "" });
    }
    await attempt(send, async () => {
      const id = await ensureRoom();
      input.value = "";
      grow();
      model.sendMessage(id, body);
    }, place);
    input.focus();
  }

  function grow() {
    input.rows = Math.min(6, Math.max(1, input.value.split("\n").length));
  }
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });

  function bubble(message, follows) {
    const mine = message.sender === model.me.id;
    return h(
      "div", { class: `bubble ${mine ? "mine" : ""} ${follows ? "follows" : ""} ${message.state ?? ""}` },
      !follows && h("div", { class: "byline" }, h("span", { class: "sender" }, model.nameOf(message.sender)),
        time(message.sent_at, clockTime)),
      h("p", { class: "body", dir: "auto" }, message.body),
      message.state === "sending" && h("span", { class: "note" }, "Sending"),
      message.state === "failed" && h("span", { class: "note failed" }, icon("alert"),
        `Not sent: ${message.failure.message} `,
        h("button",
          {
            type: "button", class: "link-button",
            onclick: () => model.sendMessage(room(), message.body, message.client_id),
          },
          "Send again")));
  }

  function render() {
    const id = room();
    const state = id && model.messages.get(id);
    if (!state || (!state.list.length && state.complete)) {
      return fill(list, empty("chat", "No messages yet", "What you write here stays with this conversation."));
    }
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    const height = list.scrollHeight - list.scrollTop;
    const rows = [];
    let before = null;
    for (const message of state.list) {
      const sameDay = before && new Date(before.sent_at).toDateString() === new Date(message.sent_at).toDateString();
      if (!sameDay) rows.push(h("p", { class: "day" }, dayName(message.sent_at)));
      rows.push(bubble(message,
        sameDay && before.sender === message.sender && message.sent_at - before.sent_at < TOGETHER_MS));
      before = message;
    }
    const earlier = !state.complete && button("Earlier messages",
      () => attempt(earlier, () => model.loadMessages(id, { earlier: true })), { classes: "compact" });
    fill(list, earlier && h("p", { class: "day" }, earlier));
    append(list, rows);
    list.scrollTop = atEnd ? list.scrollHeight : list.scrollHeight - height;
  }

  const changed = (event) => {
    if (event.detail !== room()) return;
    render();
    if (!document.hidden) model.read(event.detail);
  };
  model.addEventListener("messages", changed);

  return {
    element,
    async shown() {
      const id = room();
      if (!id || model.messages.has(id)) {
        render();
        list.scrollTop = list.scrollHeight;
        return;
      }
      fill(list, h("p", { class: "loading", role: "status" }, "Loading messages"));
      await attempt(null, () => model.loadMessages(id), place);
      render();
      list.scrollTop = list.scrollHeight;
    },
    leave() { model.removeEventListener("messages", changed); },
  };
}
