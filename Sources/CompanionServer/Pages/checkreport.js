// What the steps of the network check mean together, and the text that goes to the help desk.

const MARKS = { good: "ok", warn: "LOOK", bad: "FAILED", off: "not tried" };

const works = (result) => result !== undefined && (result.state === "good" || result.state === "warn");

/** {kind, title, text}: whether calls will do, and what to ask for. */
export function verdict(results) {
  const get = (name) => results.get(name);
  const blocked = [...new Set([...results.values()].map((result) => result.blocked).filter(Boolean))];
  const ask = blocked.length ? ` Ask the people of the firewall for outgoing ${blocked.join(", ")}.` : "";
  const [udp, tcp, tls] = ["udp", "tcp", "tls"].map((transport) => get(`relay-${transport}`));
  const relays = [udp, tcp, tls].filter((result) => result && result.state !== "off");
  if (!works(get("browser"))) {
    return { kind: "bad", title: "This browser cannot make calls", text: get("browser")?.text ?? "" };
  }
  if (!works(get("server"))) {
    return { kind: "bad", title: "The server is out of reach", text: get("server")?.text ?? "" };
  }
  if (!works(get("socket"))) {
    return { kind: "bad", title: "Calls cannot ring here", text: get("socket")?.text ?? "" };
  }
  if (relays.length && !relays.some(works)) {
    return { kind: "bad", title: "Calls reach only people in the same network",
      text: `No way through the relay is open.${ask}` };
  }
  const devices = ["microphone", "camera"].filter((name) => !works(get(name)));
  if (devices.length) {
    return { kind: "warn", title: `The network is fine for calls, the ${devices.join(" and the ")} is not used`,
      text: get(devices[0]).text };
  }
  if (!relays.length) {
    return { kind: "warn", title: "The relay was not tried", text: udp?.text ?? "" };
  }
  if (!works(udp) && udp?.state !== "off") {
    return { kind: "warn", title: "Calls work, the slower way",
      text: `UDP is blocked, so media takes the relay over ${works(tcp) ? "TCP" : "TLS"}.${ask}` };
  }
  if (blocked.length) return { kind: "good", title: "Calls work from here", text: `One way is closed.${ask}` };
  if (get("clock")?.state === "warn") return { kind: "warn", title: "Calls work from here", text: get("clock").text };
  return { kind: "good", title: "Calls work from here", text: "Every way that was tried is open." };
}

/** Lines for a mail or a ticket: no secret is in them; the address seen from outside is. */
export function reportText({ results, found, person, groups }) {
  const lines = [
    "Tern network check",
    `Time      ${new Date().toISOString()}`,
    `Site      ${location.origin}`,
    `Account   ${person.name}`,
    `Browser   ${navigator.userAgent}`,
    `Verdict   ${found.title}. ${found.text}`,
  ];
  for (const { title, steps } of groups) {
    lines.push("", title);
    for (const step of steps) {
      const result = results.get(step.name);
      if (result) lines.push(`  ${(MARKS[result.state] ?? "").padEnd(9)} ${step.title}: ${result.text}`);
    }
  }
  return lines.join("\n");
}
