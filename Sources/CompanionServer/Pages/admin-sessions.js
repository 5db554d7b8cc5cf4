// Who is signed in, and from where.
import * as api from "./api.js";
import { badge, button, empty, h, time } from "./dom.js";
import { agent, dateTime } from "./format.js";
import { attempt, say } from "./notice.js";
import { makePagedTable } from "./pagedtable.js";
import { every, refreshButton, sectionHead } from "./section.js";
import { or } from "./table.js";

const PACE_MS = 15_000;

export function sessionsSection(heading) {
  const table = makePagedTable("Sessions", [
    { title: "Person", cell: (one) => h("strong", {}, one.person?.name ?? "–") },
    { title: "Browser", cell: (one) => h("span", { title: one.agent }, agent(one.agent)) },
    { title: "Address", cell: (one) => h("span", { class: "mono address" }, one.address) },
    { title: "Since", cell: (one) => time(one.created_at, dateTime) },
    { title: "Seen", cell: (one) => (one.seen_at ? time(one.seen_at, dateTime) : or(null)) },
    { title: "Connection", cell: (one) => (one.socket ? badge("connected", "good") : badge("none")) },
    { title: "", cell: (one) => {
      const end = button("End", () => attempt(end, async () => {
        await api.remove(api.path("/admin/sessions/{}", one.id));
        say("Session ended");
        await table.refresh();
      }), { classes: "compact danger", "aria-label": `End a session of ${one.person?.name ?? "somebody"}` });
      return end;
    } },
  ], { where: "/admin/sessions", name: "sessions", more: "Older sessions" },
  () => empty("device", "Nobody is signed in"));
  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "Ending one closes its page's connection at once.", refreshButton(table.refresh)),
      table.element),
    leave: every(PACE_MS, table.renew),
  };
}
