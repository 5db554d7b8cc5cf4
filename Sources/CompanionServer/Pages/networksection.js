// The network check of the account sheet: leads to the page that tries each path, or makes calls use one alone.
import { h, icon, message, fill } from "./dom.js";
import { select } from "./form.js";
import { keepNetworkCheck, networkCheck, TRANSPORT_NAMES } from "./network.js";

export function networkSection() {
  return h(
    "section", { class: "section stack" }, h("h3", {}, "Network check"),
    h("p", { class: "muted small" },
      "Tries microphone, camera and each path that media can take from here, and gives a text for the help desk."),
    // In its own tab: a call in this one goes on.
    h("div", {}, h("a", { class: "button", href: "/network", target: "_blank", rel: "noopener" }, icon("activity"),
      "Open the network check")),
    choice());
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
