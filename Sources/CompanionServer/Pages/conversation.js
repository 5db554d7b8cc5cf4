// The pane of one person or room: its head with the call buttons, messages and documents.
import { makeChat } from "./chat.js";
import { makeDocuments } from "./documents.js";
import { avatar, button, fill, h, icon, isolated } from "./dom.js";
import { openMembers } from "./members.js";
import { attempt, say } from "./notice.js";

/**
 * The pane; `call(person, kinds)` starts a call, `back()` returns to the list on a phone, `left()` is told when the
 * room is no longer this person's.
 */
export function makeConversation(model, calls, { call, back, left }) {
  const element = h("section", { class: "conversation", "aria-label": "Conversation" });
  const welcome = () => fill(element, h("div", { class: "empty" }, icon("chat"),
    h("h1", { tabindex: "-1" }, "Choose someone from the list"), h("p", {}, "Then write, share a document, or call.")));
  let open = null;

  function show(target) {
    open?.leave();
    const { person } = target;
    let room = target.room ?? model.roomWith(person.id) ?? null;
    const title = h("h1", { class: "title", tabindex: "-1" });
    const note = h("span", { class: "note" });
    const picture = h("span", {});
    const voice = button("", () => attempt(voice, () => call(model.person(person.id), ["audio"])),
      { icon: "phone", label: "Voice call" });
    const video = button("Video call", () => attempt(video, () => call(model.person(person.id), ["audio", "video"])),
      { icon: "video", classes: "primary video-call" });
    const people = button("", () => openMembers(model, room), { icon: "users", label: "Members" });
    const body = h("div", { class: "panel-body", role: "tabpanel", id: "conversation-panel" });
    const tabs = makeTabs([["messages", "Messages"], ["documents", "Documents"]], (name) => showPart(name));
    let part = null;

    const head = () => {
      const current = person ? model.person(person.id) ?? person : null;
      const name = current ? current.name : model.roomName(room);
      title.textContent = name;
      note.textContent = current ? (current.online ? "Online" : "Offline")
        : room.members.map((member) => model.nameOf(member.id)).join(", ");
      fill(picture, avatar(current ?? { id: room.id, name }, { presence: Boolean(current) }));
      if (current) {
        voice.disabled = video.disabled = !current.online || Boolean(calls.current);
        video.title = current.online ? "" : `${name} is offline`;
      }
    };
    const ensureRoom = async () => {
      room ??= await model.ensureRoomWith(person.id);
      model.openRoom = room.id;
      return room.id;
    };
    function showPart(name) {
      part?.leave();
      part = (name === "documents" ? makeDocuments : makeChat)(model, () => room?.id ?? null, ensureRoom);
      body.setAttribute("aria-labelledby", `tab-${name}`);
      fill(body, part.element);
      part.shown();
    }
    const roomsChanged = () => {
      if (!person && !model.rooms.has(room.id)) {
        say(`You are no longer in ${isolated(title.textContent)}`);
        open.leave();
        open = null;
        welcome();
        return left();
      }
      room = (room && model.rooms.get(room.id)) ?? (person ? model.roomWith(person.id) : room) ?? room;
      if (room && model.openRoom !== room.id) {
        model.openRoom = room.id;
        part?.shown();
      }
      head();
    };
    const noted = [[model, "people", head], [model, "rooms", roomsChanged], [calls, "change", head]];
    for (const [source, type, action] of noted) source.addEventListener(type, action);
    open = {
      leave() {
        part?.leave();
        for (const [source, type, action] of noted) source.removeEventListener(type, action);
        model.openRoom = null;
      },
    };
    model.openRoom = room?.id ?? null;
    if (room) model.read(room.id);
    head();
    fill(
      element,
      h("header", { class: "pane-head" },
        button("", back, { icon: "back", label: "Back to the list", classes: "plain to-list" }),
        picture, h("div", { class: "grow" }, title, note), person ? [voice, video] : people),
      tabs.element, body);
    tabs.select("messages");
    title.focus();
  }

  welcome();
  return { element, show, focus: () => element.querySelector("h1")?.focus() };
}

/** Tabs as the ARIA pattern has them: arrow keys move between them. */
function makeTabs(names, chosen) {
  const tabs = names.map(([name, text]) => h(
    "button", {
      type: "button", role: "tab", id: `tab-${name}`, class: "tab", "aria-controls": "conversation-panel",
      onclick: () => select(name),
    }, text));
  function select(name, { focus = false } = {}) {
    names.forEach(([other], index) => {
      tabs[index].setAttribute("aria-selected", String(other === name));
      tabs[index].tabIndex = other === name ? 0 : -1;
      if (other === name && focus) tabs[index].focus();
    });
    chosen(name);
  }
  const element = h("div", {
    class: "tabs", role: "tablist", "aria-label": "Conversation",
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
      select(names[(at + step + names.length) % names.length][0], { focus: true });
    },
  }, tabs);
  return { element, select };
}
