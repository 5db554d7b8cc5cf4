// The network check of the account sheet: try each path of the relay, or make calls use one alone.
import * as api from "./api.js";
import { badge, button, fill, h, message } from "./dom.js";
import { select } from "./form.js";
import { count } from "./format.js";
import { keepNetworkCheck, networkCheck, TRANSPORT_NAMES } from "./network.js";
import { attempt } from "./notice.js";
import { tryTransport } from "./relaytest.js";

export function networkSection() {
  const results = h("ul", { class: "lines", hidden: true, "aria-live": "polite" });
  const place = h("div", {});
  const test = button("Try each path", () => attempt(test, () => tryAll(results), place), { icon: "activity" });
  return h(
    "section", { class: "section stack" }, h("h3", {}, "Network check"),
    h("p", { class: "muted small" },
      "Finds out which ways to the relay a firewall leaves open. It takes up to half a minute."),
    h("div", {}, test), place, results, choice());
}

async function tryAll(results) {
  const { rooms } = await api.get("/rooms");
  if (!rooms.length) {
    throw new api.Failure("no_room",
      "The relay is lent to members of a room: write to somebody first, then try again.");
  }
  const { iceServers } = await api.post("/relay-credentials", { room: rooms[0].id });
  fill(results);
  results.hidden = false;
  for (const [transport, name] of Object.entries(TRANSPORT_NAMES)) {
    const line = h("li", {}, h("div", { class: "grow" }, h("strong", {}, `Relay ${name}`)), badge("trying"));
    results.append(line);
    line.replaceWith(outcome(`Relay ${name}`, transport, await tryTransport(iceServers, transport)));
  }
}

function outcome(name, transport, result) {
  const line = (state, ...text) => h("li", {},
    h("div", { class: "grow" }, h("strong", {}, name), h("div", { class: "small muted" }, text)), state);
  if (!result) return line(badge("not offered"), "The relay does not listen for it.");
  if (!result.works) {
    const what = transport === "udp" ? "UDP" : "TCP";
    return line(badge("blocked", "bad"), `${result.problem}. Ask for outgoing ${what} to `,
      h("span", { class: "mono" }, result.address), ".");
  }
  return line(badge("open", "good"),
    `Round trip ${Math.round(result.rttMs)} ms, loss ${result.lossPercent.toFixed(0)} %, `,
    `${count(Math.round(result.kbits))} kbit/s`);
}

function choice() {
  const check = networkCheck();
  const path = select("Path of calls", [["", "Any"], ["relay", "Relay only"]],
    { value: check.relayOnly ? "relay" : "" });
  const transport = select("Relay over", [["", "Any"], ...Object.entries(TRANSPORT_NAMES)],
    { value: check.transport ?? "" });
  const state = h("div", {});
  const render = () => {
    const now = networkCheck();
    fill(state,
      now.relayOnly || now.transport ? message("warn", "The network check is on",
        "Calls from this browser do not use every path. Switch it off when you are done.") : null);
  };
  const apply = () => {
    keepNetworkCheck({ relayOnly: path.input.value === "relay", transport: transport.input.value || null });
    render();
  };
  for (const made of [path, transport]) made.input.addEventListener("change", apply);
  render();
  return h(
    "div", { class: "stack" },
    h("p", { class: "muted small" }, "Or make the next call use one path alone. Links can ask for it too: ",
      h("code", {}, "/?policy=relay&transport=udp"), ", ", h("code", {}, "tcp"), " or ", h("code", {}, "tls"), "."),
    h("div", { class: "pair" }, path.box, transport.box), state);
}
