// The network check: `?policy=relay&transport=udp|tcp|tls` (or the same, kept in localStorage by the account sheet)
// makes calls use nothing but the relay, over one transport, so that each path through a firewall can be tried.

const KEY = "tern.network";
const TRANSPORTS = ["udp", "tcp", "tls"];

export const TRANSPORT_NAMES = { udp: "UDP", tcp: "TCP", tls: "TLS" };

/** {relayOnly, transport}: the address wins over what was kept. */
export function networkCheck() {
  const here = new URLSearchParams(location.search);
  let kept = "";
  try { kept = localStorage.getItem(KEY) ?? ""; } catch { /* storage is switched off */ }
  const values = here.has("policy") || here.has("transport") ? here : new URLSearchParams(kept);
  const transport = values.get("transport");
  return { relayOnly: values.get("policy") === "relay", transport: TRANSPORTS.includes(transport) ? transport : null };
}

export function keepNetworkCheck({ relayOnly, transport }) {
  const values = new URLSearchParams();
  if (relayOnly) values.set("policy", "relay");
  if (transport) values.set("transport", transport);
  try {
    if (values.size) localStorage.setItem(KEY, values); else localStorage.removeItem(KEY);
  } catch { /* storage is switched off: it holds until the page is left */ }
  const address = new URL(location.href);
  address.searchParams.delete("policy");
  address.searchParams.delete("transport");
  history.replaceState(null, "", address);
}

/** "" when calls go as usual. */
export function networkCheckText({ relayOnly, transport } = networkCheck()) {
  if (!relayOnly && !transport) return "";
  return `${relayOnly ? "relay only" : "any path"}${transport ? ` over ${TRANSPORT_NAMES[transport]}` : ""}`;
}

/** How a TURN or STUN URI travels; null for STUN. */
export function transportOf(uri) {
  if (uri.startsWith("turns:")) return "tls";
  if (uri.startsWith("turn:")) return /[?&]transport=tcp\b/i.test(uri) ? "tcp" : "udp";
  return null;
}

/**
 * A relay on the port of the pages, by the name that the pages have: Firefox takes no address for TLS, and the
 * certificate is for the name that led here.
 */
function byName(uri) {
  const [, port, rest] = /^turns:(?:[0-9.]+|\[[0-9a-f:.]+\]):([0-9]+)(.*)$/i.exec(uri) ?? [];
  const isHere = port === (location.port || "443") && /[a-z]/i.test(location.hostname.replace(/^\[.*/, ""));
  return isHere ? `turns:${location.hostname}:${port}${rest}` : uri;
}

/** The RTCConfiguration for these servers, as the network check allows. */
export function configuration(iceServers, check = networkCheck()) {
  const servers = [];
  for (const server of iceServers ?? []) {
    const urls = [server.urls].flat().filter((uri) => {
      const transport = transportOf(uri);
      return !check.transport || transport === null || transport === check.transport;
    });
    if (urls.length) servers.push({ ...server, urls: [...new Set(urls.map(byName))] });
  }
  return { iceServers: servers, iceTransportPolicy: check.relayOnly ? "relay" : "all", bundlePolicy: "max-bundle" };
}
