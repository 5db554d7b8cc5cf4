// Documents of a room: upload with progress, list, download, delete.
import * as api from "./api.js";
import { confirmAction } from "./dialog.js";
import { button, empty, fill, h, icon, time } from "./dom.js";
import { bytes, dateTime } from "./format.js";
import { attempt, copy, failureInto, say } from "./notice.js";
import { upload } from "./upload.js";

/** `room()` is the room's id or null while there is none; `ensureRoom()` makes it. */
export function makeDocuments(model, room, ensureRoom) {
  const list = h("div", { class: "document-list" });
  const running = h("div", { class: "stack tight" });
  const place = h("div", {});
  const picker = h("input",
    {
      type: "file", multiple: true, class: "visually-hidden", tabindex: "-1", "aria-hidden": "true",
      onchange: () => { send([...picker.files]); picker.value = ""; },
    });
  const drop = h(
    "div", {
      class: "drop",
      ondragover: (event) => { event.preventDefault(); drop.classList.add("over"); },
      ondragleave: () => drop.classList.remove("over"),
      ondrop: (event) => {
        event.preventDefault();
        drop.classList.remove("over");
        send([...event.dataTransfer.files]);
      },
    },
    picker, button("Share a document", () => picker.click(), { icon: "upload", classes: "primary" }),
    h("span", { class: "muted small" }, "or drop it here. It is stored encrypted."));
  const element = h("div", { class: "documents" }, drop, place, running, list);

  async function send(files) {
    failureInto(place, null);
    for (const file of files) {
      const bar = h("progress", { max: "100", value: "0", "aria-label": `Upload of ${file.name}` });
      const state = h("span", { class: "small muted" }, `0 of ${bytes(file.size)}`);
      const control = new AbortController();
      const row = h("div", { class: "upload card" },
        h("div", { class: "upload-head" }, h("span", { class: "grow" }, file.name),
          button("Cancel", () => control.abort(), { classes: "compact plain" })), bar, state);
      running.append(row);
      try {
        const shared = await upload(await ensureRoom(), file, control.signal, (sent) => {
          bar.value = file.size ? (100 * sent) / file.size : 100;
          state.textContent = sent < file.size ? `${bytes(sent)} of ${bytes(file.size)}` : "Being stored";
        });
        model.addDocument(shared);
        say("Document shared");
      } catch (failure) {
        if (failure.code !== "cancelled") failureInto(place, failure);
      } finally {
        row.remove();
      }
    }
  }

  function row(document) {
    const address = api.url(api.path("/rooms/{}/documents/{}", document.room, document.id));
    const mine = document.owner === model.me.id;
    const remove = button("", async () => {
      const text = `"${document.name}" is deleted for everybody in this room.`;
      if (!await confirmAction("Delete the document?", text, "Delete")) return;
      await attempt(remove, () => model.deleteDocument(document), place);
    }, { icon: "trash", label: `Delete ${document.name}`, classes: "plain" });
    return h(
      "li", { class: "document" }, icon("file"),
      h("div", { class: "grow" }, h("span", { class: "name" }, document.name),
        h("span", { class: "note" }, `${bytes(document.bytes)}, ${model.nameOf(document.owner)}, `,
          time(document.shared_at, dateTime)),
        h("button", {
          type: "button", class: "hash mono", title: "Copy the SHA-256 checksum",
          onclick: () => copy(document.sha256, "Checksum"),
        },
          `SHA-256 ${document.sha256.slice(0, 16)}…`)),
      h("a",
        {
          class: "button plain square", href: address, download: document.name,
          "aria-label": `Download ${document.name}`, title: "Download",
        },
        icon("download")),
      mine && remove);
  }

  function render() {
    const known = model.documents.get(room());
    if (!known?.length) return fill(list,
      empty("file", "No documents yet", "Reports and images that you share appear here."));
    fill(list, h("ul", { class: "lines" }, [...known].sort((a, b) => b.shared_at - a.shared_at).map(row)));
  }

  const changed = (event) => { if (event.detail === room()) model.documents.has(room()) ? render() : load(); };
  model.addEventListener("documents", changed);

  async function load() {
    await attempt(null, () => model.loadDocuments(room()), place);
    render();
  }

  return {
    element,
    async shown() {
      if (!room() || model.documents.has(room())) return render();
      fill(list, h("p", { class: "loading", role: "status" }, "Loading documents"));
      await load();
    },
    leave() { model.removeEventListener("documents", changed); },
  };
}
