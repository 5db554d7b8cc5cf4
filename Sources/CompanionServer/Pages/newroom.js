// A room for several people.
import { openDialog } from "./dialog.js";
import { h, message } from "./dom.js";
import { field, form } from "./form.js";

export function openNewRoom(model, made) {
  openDialog("New room", (close) => {
    if (!model.people.size) return message("", "There is nobody to invite yet",
      "Colleagues appear when they have an account.");
    const title = field("Title", { required: true, maxlength: 100, name: "title", autocomplete: "off" });
    const people = [...model.people.values()].sort((a, b) => a.name.localeCompare(b.name));
    const boxes = people.map((person) => field(person.name, { type: "checkbox", value: person.id }));
    return form(
      [title.box, h("fieldset", { class: "stack tight" }, h("legend", {}, "Members"),
        h("div", { class: "choices stack tight" }, boxes.map((choice) => choice.box)))],
      "Make the room",
      async () => {
        const members = boxes.filter((choice) => choice.input.checked).map((choice) => choice.input.value);
        if (!members.length) throw Object.assign(new Error(),
          { code: "no_members", message: "Choose at least one member." });
        const room = await model.addRoom({ title: title.input.value, members });
        close();
        made(room);
      });
  });
}
