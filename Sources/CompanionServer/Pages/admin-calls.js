// Calls, now and before.
import { badge, empty, h, time } from "./dom.js";
import { dateTime, duration } from "./format.js";
import { PATH_NAMES } from "./paths.js";
import { every, refreshButton, sectionHead } from "./section.js";
import { makePagedTable } from "./pagedtable.js";
import { or } from "./table.js";

const PACE_MS = 10_000;
const STATES = { requested: ["ringing", "warn"], accepted: ["connecting", "warn"], connected: ["in call", "good"] };

export function callsSection(heading) {
  const table = makePagedTable("Calls", [
    { title: "Requested", cell: (call) => time(call.requested_at, dateTime) },
    { title: "From", cell: (call) => h("strong", {}, call.requester?.name ?? "–") },
    { title: "To", cell: (call) => h("strong", {}, call.callee?.name ?? "–") },
    { title: "State", cell: (call) => badge(...(STATES[call.state] ?? [call.end_reason || call.state])) },
    {
      title: "Duration", numeric: true,
      cell: (call) => or(call.accepted_at && duration(((call.ended_at ?? Date.now()) - call.accepted_at) / 1000)),
    },
    {
      title: "Path",
      cell: (call) => (
        call.path ? badge(
          PATH_NAMES[call.path] ?? call.path, call.path.startsWith("p2p") ? "good" : "accent") : or(null)),
    },
    { title: "Room", cell: (call) => h("span", { class: "mono small" }, call.room) },
  ], { where: "/admin/calls", name: "calls", more: "Older calls" }, () => empty("video", "No calls yet",
    "They appear here while they ring, and stay when they have ended."));
  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "Who called whom, and which way the media went.", refreshButton(table.refresh)),
      table.element),
    leave: every(PACE_MS, table.renew),
  };
}
