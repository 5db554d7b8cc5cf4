// The list of people and rooms, with presence and what is unread.
import { avatar, badge, button, empty, fill, h, icon } from "./dom.js";
import { count } from "./format.js";
import { openNewRoom } from "./newroom.js";

const PEOPLE_STEP = 100;

/** The list; `open({person})` or `open({room})` is called with what was chosen. */
export function makeSidebar(model, open) {
  const search = h("input",
    {
      type: "search", placeholder: "Search people, rooms", "aria-label": "Search people and rooms",
      autocomplete: "off", spellcheck: "false",
    });
  const lists = h("div", { class: "lists" });
  // Who can be invited is known once the list is.
  const newRoom = button("New room", () => openNewRoom(model, (room) => open({ room })),
    { icon: "plus", classes: "wide", disabled: true });
  const element = h(
    "nav", { class: "sidebar", "aria-label": "People and rooms" },
    h("h1", { class: "list-heading visually-hidden" }, "People and rooms"),
    h("div", { class: "search" }, icon("search"), search), lists,
    h("div", { class: "sidebar-foot" }, newRoom));
  let selected = null;
  let shownMax = PEOPLE_STEP;
  let frame = 0;

  const item = (key, picture, name, note, unread, target) => h(
    "li", {},
    h("button", {
      type: "button", class: "contact", "aria-current": key === selected ? "true" : null, "data-key": key,
      onclick: () => open(target),
    },
      picture, h("span", { class: "grow" }, h("span", { class: "name" }, name), h("span", { class: "note" }, note)),
      unread > 0 && h("span", { class: "badge count" }, unread, h("span", { class: "visually-hidden" }, " unread"))));

  const byName = new Intl.Collator().compare;

  function render() {
    const focused = lists.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const wanted = search.value.trim().toLocaleLowerCase();
    const matches = (name) => name.toLocaleLowerCase().includes(wanted);
    const people = [...model.people.values()].filter((person) => matches(person.name))
      .sort((a, b) => (b.online - a.online) || byName(a.name, b.name));
    const shown = people.slice(0, shownMax);
    // Who is talked to stays in sight.
    const open = people.find((person) => `p-${person.id}` === selected);
    if (open && !shown.includes(open)) shown.push(open);
    const rooms = [...model.rooms.values()].filter((room) => !model.isDirect(room) && matches(model.roomName(room)))
      .sort((a, b) => (b.last_message_at ?? b.created_at) - (a.last_message_at ?? a.created_at));
    const direct = new Map([...model.rooms.values()].filter((room) => model.isDirect(room))
      .flatMap((room) => model.others(room).map((other) => [other.id, room.id])));
    fill(
      lists,
      rooms.length > 0 && [
        h("h2", { class: "list-title" }, "Rooms"),
        h("ul", {}, rooms.map((room) => item(`r-${room.id}`, avatar({ id: room.id, name: model.roomName(room) }),
          model.roomName(room), members(room), model.unread.get(room.id), { room }))),
      ],
      h("h2", { class: "list-title" }, "People",
        badge(`${count(people.filter((person) => person.online).length)} online`)),
      people.length ? h("ul", {}, shown.map((person) => item(`p-${person.id}`, avatar(person, { presence: true }),
        person.name, person.online ? "Online" : "Offline", model.unread.get(direct.get(person.id)) ?? 0,
        { person }))) : empty("users", wanted ? "Nobody by that name" : "Nobody here yet",
        wanted ? null : "Colleagues appear when they have an account."),
      people.length > shown.length && h("div", { class: "list-more" },
        h("button", { type: "button", class: "button compact", "data-key": "more", onclick: showMore }, "Show more"),
        h("span", { class: "small muted" }, `${count(shown.length)} of ${count(people.length)}`)));
    if (focused) lists.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  const members = (room) => (room.members.length === 1 ? "Only you" : `${count(room.members.length)} members`);

  function showMore() {
    const first = shownMax;
    shownMax += PEOPLE_STEP;
    render();
    lists.querySelectorAll('[data-key^="p-"]')[first]?.focus();
  }

  /** However much changes at once, the list is drawn once a frame. */
  function renderSoon() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      render();
    });
  }

  search.addEventListener("input", () => {
    shownMax = PEOPLE_STEP;
    render();
  });
  for (const type of ["people", "rooms", "unread"]) {
    model.addEventListener(type, () => {
      newRoom.disabled = !model.loaded;
      if (model.loaded) renderSoon();
    });
  }

  return {
    element,
    loading() { if (!model.loaded) fill(lists, h("p", { class: "loading", role: "status" }, "Loading people")); },
    failed() { if (!model.loaded) fill(lists, empty("alert", "The list could not be loaded")); },
    select(key) {
      selected = key;
      if (model.loaded) render();
    },
  };
}
