// A room for several people.
import { openDialog } from "./dialog.js";
import { message } from "./dom.js";
import { field, form } from "./form.js";
import { peoplePicker } from "./picker.js";

export function openNewRoom(model, made) {
  openDialog("New room", (close) => {
    if (!model.people.size) return message("", "There is nobody to invite yet",
      "Colleagues appear when they have an account.");
    const title = field("Title", { required: true, maxlength: 100, name: "title", autocomplete: "off" });
    const picker = peoplePicker("Members", [...model.people.values()]);
    return form([title.box, picker.box], "Make the room", async () => {
      if (!picker.chosen.size) throw Object.assign(new Error(),
        { code: "no_members", message: "Choose at least one member." });
      const room = await model.addRoom({ title: title.input.value, members: [...picker.chosen] });
      close();
      made(room);
    });
  });
}
