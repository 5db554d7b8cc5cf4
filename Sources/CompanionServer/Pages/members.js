// The members of a room: who they are, adding, removing, leaving.
import * as api from "./api.js";
import { confirmAction, openDialog } from "./dialog.js";
import { avatar, badge, button, fill, h, isolated } from "./dom.js";
import { form } from "./form.js";
import { attempt, say } from "./notice.js";
import { peoplePicker } from "./picker.js";

/** Opens the dialog of a room. */
export function openMembers(model, room) {
  let close = null;
  const place = h("div", {});
  const body = h("div", { class: "stack" });
  const current = () => model.rooms.get(room.id);
  const where = (id) => api.path("/rooms/{}/members/{}", room.id, id);

  function render() {
    if (!current()) return close();
    const { members, owner } = current();
    const me = model.me.id;
    fill(
      body, place,
      h("ul", { class: "lines members" }, members.map((member) => h("li", {}, avatar(member, { size: "small" }),
        h("div", { class: "grow" }, h("bdi", {}, member.name), " ", member.id === me && badge("you"), " ",
          member.id === owner && badge("looks after the room", "accent")),
        owner === me && member.id !== me && removal(member)))),
      h("div", { class: "actions" },
        button("Add people", add, { icon: "plus", classes: "primary" }),
        button("Leave the room", leave, { classes: "danger" })));
  }

  function removal(member) {
    const control = button("Remove", async () => {
      const text = `${isolated(member.name)} can no longer read or write here. What was written stays.`;
      if (!await confirmAction("Remove from the room?", text, "Remove")) return;
      await attempt(control, async () => {
        await api.remove(where(member.id));
        say(`${isolated(member.name)} was removed`);
        await model.loadRooms();
      }, place);
    }, { classes: "compact danger", "aria-label": `Remove ${member.name}` });
    return control;
  }

  function add() {
    const members = new Set(current().members.map((member) => member.id));
    const others = [...model.people.values()].filter((person) => !members.has(person.id));
    if (!others.length) return say("Everybody is a member already");
    const picker = peoplePicker("Add people", others);
    fill(body, form([picker.box], "Add", async () => {
      if (!picker.chosen.size) throw Object.assign(new Error(),
        { code: "no_members", message: "Choose at least one person." });
      for (const person of picker.chosen) await api.post(api.path("/rooms/{}/members", room.id), { person });
      say(picker.chosen.size === 1 ? "1 person was added" : `${picker.chosen.size} people were added`);
      await model.loadRooms();
      render();
    }, { extra: button("Cancel", render, { classes: "plain" }) }));
    body.querySelector("input").focus();
  }

  async function leave() {
    const text = "You can no longer read or write here. A member has to add you again.";
    if (!await confirmAction("Leave the room?", text, "Leave")) return;
    await attempt(null, async () => {
      await api.remove(where(model.me.id));
      model.forgetRoom(room.id);
    }, place);
  }

  const changed = () => { if (!body.querySelector("form")) render(); };
  model.addEventListener("rooms", changed);
  close = openDialog(`Members of ${isolated(model.roomName(room))}`, () => body,
    { onclose: () => model.removeEventListener("rooms", changed) });
  render();
}
