// The relay's health.
import * as api from "./api.js";
import { badge, empty, fill, h, message } from "./dom.js";
import { bytes, count, dateTime, longDuration } from "./format.js";
import { failureInto } from "./notice.js";
import { every, refreshButton, sectionHead } from "./section.js";

const PACE_MS = 3_000;
const EXPIRES_SOON_MS = 14 * 86_400_000;

export function relaySection(heading) {
  const place = h("div", {});
  const body = h("div", { class: "stack" }, h("p", { class: "loading", role: "status" }, "Loading"));

  async function refresh() {
    try {
      const { reachable, status } = await api.get("/admin/relay");
      failureInto(place, null);
      fill(body,
        reachable && status ? show(status) : empty("server", "The relay does not answer",
          "Start it, or check the path of its admin socket in the configuration. Direct calls still work."));
    } catch (failure) {
      if (failure.code === "not_signed_in") return;
      failureInto(place, failure);
      if (body.querySelector(".loading")) fill(body);
    }
  }
  return {
    element: h("div", { class: "stack" }, sectionHead(heading, "Looked at every 3 seconds.", refreshButton(refresh)),
      place, body),
    leave: every(PACE_MS, refresh),
  };
}

const tile = (title, value, note, ...more) => h("div", { class: "card tile" }, h("dt", {}, title),
  h("dd", {}, h("strong", {}, value), note && h("span", { class: "small muted" }, note), more));
const meter = (label, part) => h("progress",
  { max: "100", value: String(Math.round(part * 100)), "aria-label": label });

function show(status) {
  const used = status.ports.total - status.ports.free;
  const expires = status.certificateExpires ? new Date(status.certificateExpires).getTime() : null;
  const sum = (pick) => status.loops.reduce((total, loop) => total + (pick(loop) ?? 0), 0);
  const drops = {};
  for (const loop of status.loops) {
    for (const [reason, number] of Object.entries(loop.drops ?? {})) drops[reason] = (drops[reason] ?? 0) + number;
  }
  return [
    status.draining && message("warn", "The relay drains", "It takes no new allocations; those there are go on."),
    expires !== null && expires - Date.now() < EXPIRES_SOON_MS && message("warn", "The certificate expires soon",
      `On ${dateTime(expires)}. Replace its file: the relay takes the new one by itself.`),
    h("dl", { class: "tiles" },
      tile("State", status.draining ? "Draining" : "Running",
        `version ${status.version}, for ${longDuration(status.uptimeSeconds)}`),
      tile("Allocations", count(status.allocations), `${count(status.allocationsOpened)} since the start`),
      tile("Load", `${(status.load * 100).toFixed(1)} %`, "of its capacity", meter("Load", status.load)),
      tile("Relay ports", `${count(used)} in use`, `of ${count(status.ports.total)}`,
        meter("Ports in use", used / Math.max(1, status.ports.total))),
      tile("Connections", count(status.connections), "TCP and TLS"),
      tile("Memory", bytes(status.residentBytes), "resident"),
      tile("To peers", bytes(sum((loop) => loop.toPeers?.bytes)),
        `${count(sum((loop) => loop.toPeers?.packets))} packets`),
      tile("To clients", bytes(sum((loop) => loop.toClients?.bytes)),
        `${count(sum((loop) => loop.toClients?.packets))} packets`)),
    h("div", { class: "halves" },
      h("section", { class: "card stack" }, h("h2", {}, "Listeners"),
        h("ul", { class: "stack tight" },
          status.listeners.map((one) => h("li", {}, badge(one.split(":")[0].toUpperCase(), "accent"), " ",
            h("span", { class: "mono" }, one)))),
        expires !== null && h("p", { class: "small muted" }, `Certificate valid until ${dateTime(expires)}`)),
      h("section", { class: "card stack" }, h("h2", {}, "Dropped since the start"),
        Object.keys(drops).length
          ? h("dl", { class: "facts" },
            Object.entries(drops).map(([reason, number]) => [h("dt", {}, reason),
              h("dd", { class: "mono" }, count(number))]))
          : h("p", { class: "muted" }, "Nothing was dropped."))),
  ];
}
