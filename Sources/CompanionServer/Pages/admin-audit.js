// The audit log: search, page through, verify.
import * as api from "./api.js";
import { badge, button, empty, fill, h, message, time } from "./dom.js";
import { field } from "./form.js";
import { count, exactTime } from "./format.js";
import { Names } from "./names.js";
import { attempt } from "./notice.js";
import { sectionHead } from "./section.js";
import { makeTable, or } from "./table.js";

const PAGE = 50;
const DAY_MS = 86_400_000;
const TYPES = [
  "connection.success", "connection.failure", "connection.closed",
  "session.request", "session.accepted", "session.rejected", "session.aborted", "session.connected", "session.ended",
  "sdp.refused", "room.created", "room.member.added", "room.member.removed", "message.sent",
  "document.shared", "document.downloaded", "document.deleted", "document.refused",
  "account.created", "account.invited", "account.activated", "account.disabled", "account.enabled", "account.changed",
  "password.reset", "password.reset.requested", "password.changed", "mfa.enabled", "mfa.disabled", "mfa.failed",
  "mfa.recovery.used", "session.login", "session.logout", "authz.denied", "turn.credential.issued",
  "turn.credential.revoked", "turn.secret.rotated", "turn.allocation.opened", "turn.allocation.ended",
  "key.rotated", "config.changed", "audit.exported", "audit.verified", "server.started", "server.stopped",
];
const EXTRA_MAX = 12;

export function auditSection(heading) {
  const names = new Names();
  const type = field("Operation", { list: "audit-types", maxlength: 64, autocomplete: "off", placeholder: "any" });
  const person = field("Person", { list: "audit-people", maxlength: 100, autocomplete: "off", placeholder: "any" });
  const room = field("Room",
    { maxlength: 64, autocomplete: "off", class: "mono", placeholder: "any", spellcheck: "false" });
  const from = field("From", { type: "date" });
  const to = field("To", { type: "date" });
  const people = h("datalist", { id: "audit-people" });
  const verdict = h("div", { role: "status" });
  const more = h("div", { class: "actions more" });
  let rows = [];

  const who = (id) => (id ? h("span", { title: id }, names.of(id)) : or(null));
  const table = makeTable("Audit log", [
    { title: "No.", numeric: true, cell: (row) => String(row.sequence) },
    { title: "Time", cell: (row) => time(row.at, exactTime) },
    {
      title: "Operation",
      cell: (row) => [
        h("code", { class: "operation" }, row.type), " ",
        row.outcome !== "success" && row.outcome !== "ok" && badge(row.outcome, "bad")],
    },
    { title: "Requester", cell: (row) => who(row.requester) },
    { title: "Message", cell: (row) => [or(row.message), extras(row.extra)] },
    {
      title: "Room",
      cell: (row) => or(
        row.room && h("button",
          {
            type: "button", class: "link-button mono small", title: `Show only room ${row.room}`,
            onclick: () => { room.input.value = row.room; table.refresh(); },
          },
          `${row.room.slice(0, 8)}…`)),
    },
    { title: "Address", cell: (row) => or(row.address && h("span", { class: "mono small address" }, row.address)) },
  ], async () => { rows = []; return nextPage(); }, () => empty("list", "No rows", "Change the filters to see more."));

  const day = (input, add) => (input.value ? new Date(`${input.value}T00:00`).getTime() + add : "");

  async function nextPage() {
    const answer = await api.get(`/admin/audit${api.query({
      type: type.input.value.trim(), person: names.idOf(person.input.value.trim()), room: room.input.value.trim(),
      from: day(from.input, 0), to: day(to.input, DAY_MS), before: rows.at(-1)?.sequence, limit: PAGE,
    })}`);
    rows = rows.concat(answer.rows);
    const next = answer.rows.length === PAGE && button("Older rows",
      () => attempt(next, async () => table.show(await nextPage())));
    fill(more, next);
    return rows;
  }

  const verify = button("Verify", () => attempt(verify, async () => {
    fill(verdict, message("", null, "Every row is being checked against the chain."));
    let answer;
    try { answer = await api.post("/admin/audit/verify"); } catch (failure) { fill(verdict); throw failure; }
    fill(verdict, answer.ok
      ? message("good", `All ${count(answer.rows)} rows are as they were written`, null,
        h("p", {}, "Head of the chain: ", h("code", {}, answer.head)))
      : message("bad", "The log was changed", answer.problem,
        h("p", {}, "Keep the database file as it is, and compare it with a backup.")));
  }), { icon: "shield", classes: "primary" });

  names.load(() => {
    fill(people, names.all.map((name) => h("option", { value: name })));
    table.again();
  });
  table.refresh();

  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "Everything that happened, newest first. Rows are chained, so that a change shows.", verify),
      verdict,
      h("form", { class: "filters", onsubmit: (event) => { event.preventDefault(); table.refresh(); } },
        type.box, person.box, room.box, from.box, to.box,
        h("div", { class: "actions" }, h("button", { type: "submit", class: "button" }, "Search"),
          button("Clear", (event) => { event.currentTarget.form.reset(); table.refresh(); }, { classes: "plain" }))),
      h("datalist", { id: "audit-types" }, TYPES.map((name) => h("option", { value: name }))), people,
      table.element, more),
  };
}

function extras(extra) {
  const entries = Object.entries(extra ?? {}).slice(0, EXTRA_MAX);
  if (!entries.length) return null;
  const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return h("ul", { class: "extras" },
    entries.map(([name, value]) => h("li", { class: "small" }, h("span", { class: "muted" }, name), " ",
      h("span", { class: "mono" }, text(value)))));
}
