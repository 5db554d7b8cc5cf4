// The list of people and rooms, with presence and what is unread.
import { avatar, badge, button, empty, fill, h, icon } from "./dom.js";
import { openNewRoom } from "./newroom.js";

/** The list; `open({person})` or `open({room})` is called with what was chosen. */
export function makeSidebar(model, open) {
  const search = h("input",
    {
      type: "search", placeholder: "Search people and rooms", "aria-label": "Search people and rooms",
      autocomplete: "off", spellcheck: "false",
    });
  const lists = h("div", { class: "lists" });
  const element = h(
    "nav", { class: "sidebar", "aria-label": "People and rooms" },
    h("div", { class: "search" }, icon("search"), search), lists,
    h("div", { class: "sidebar-foot" },
      button("New room", () => openNewRoom(model, (room) => open({ room })), { icon: "plus", classes: "wide" })));
  let selected = null;
  let loaded = false;

  const item = (key, picture, name, note, unread, target) => h(
    "li", {},
    h("button", {
      type: "button", class: "contact", "aria-current": key === selected ? "true" : null, "data-key": key,
      onclick: () => open(target),
    },
      picture, h("span", { class: "grow" }, h("span", { class: "name" }, name), h("span", { class: "note" }, note)),
      unread > 0 && h("span", { class: "badge count" }, unread, h("span", { class: "visually-hidden" }, " unread"))));

  function render() {
    const focused = lists.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const wanted = search.value.trim().toLocaleLowerCase();
    const matches = (name) => name.toLocaleLowerCase().includes(wanted);
    const people = [...model.people.values()].filter((person) => matches(person.name))
      .sort((a, b) => (b.online - a.online) || a.name.localeCompare(b.name));
    const rooms = [...model.rooms.values()].filter((room) => !model.isDirect(room) && matches(model.roomName(room)))
      .sort((a, b) => (b.last_message_at ?? b.created_at) - (a.last_message_at ?? a.created_at));
    fill(
      lists,
      h("h2", { class: "list-title" }, "People", badge(`${people.filter((person) => person.online).length} online`)),
      people.length ? h("ul", {}, people.map((person) => {
        const room = model.roomWith(person.id);
        return item(`p-${person.id}`, avatar(person,
          { presence: true }), person.name, person.online ? "Online" : "Offline",
          room ? model.unread.get(room.id) : 0, { person });
      })) : empty("users", wanted ? "Nobody by that name" : "Nobody here yet",
        wanted ? null : "Colleagues appear when they have an account."),
      rooms.length > 0 && [
        h("h2", { class: "list-title" }, "Rooms"),
        h("ul", {}, rooms.map((room) => item(`r-${room.id}`, avatar({ id: room.id, name: model.roomName(room) }),
          model.roomName(room), `${room.members.length} members`, model.unread.get(room.id), { room }))),
      ]);
    if (focused) lists.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  search.addEventListener("input", render);
  for (const type of ["people", "rooms", "unread"]) {
    model.addEventListener(type, () => {
      loaded = true;
      render();
    });
  }

  return {
    element,
    loading() { if (!loaded) fill(lists, h("p", { class: "loading", role: "status" }, "Loading people")); },
    failed() { if (!loaded) fill(lists, empty("alert", "The list could not be loaded")); },
    select(key) {
      selected = key;
      if (loaded) render();
    },
  };
}
