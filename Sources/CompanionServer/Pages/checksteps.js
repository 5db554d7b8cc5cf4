// The steps of the network check. Each `run(shared)` resolves with {state: good | warn | bad | off, text, note?} and
// figures that the verdict and the report use; `shared` carries what later steps need.
import * as api from "./api.js";
import { agent, count } from "./format.js";
import { gatherDirect, gatherReflexive } from "./icetest.js";
import { explain, stop } from "./media.js";
import { TRANSPORT_NAMES, transportOf } from "./network.js";
import { tryTransport } from "./relaytest.js";

const SAMPLES = 5;
const SOCKET_LIMIT_MS = 8_000;
// A code of an authenticator app counts for 30 s; half of that leaves no time to type it.
const SKEW_WARN_MS = 15_000;
const RTT_WARN_MS = 300;
const LOSS_WARN_PERCENT = 2;
const KBITS_WARN = 1_000;

const milliseconds = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function browser() {
  const text = agent(navigator.userAgent);
  if (typeof RTCPeerConnection !== "function" || !navigator.mediaDevices) {
    return { state: "bad", text: `${text} offers no calls to pages. Take a current Chrome, Edge, Firefox or Safari.` };
  }
  return { state: "good", text };
}

async function server(shared) {
  const times = [];
  let best = Infinity;
  for (let number = 0; number < SAMPLES; number += 1) {
    const [start, asked] = [performance.now(), Date.now()];
    const { server_time: told } = await api.get("/me");
    const took = performance.now() - start;
    times.push(took);
    if (took >= best) continue;
    best = took;
    // The answer with the shortest way tells the time best; half of the way lies before it.
    shared.skewMs = told - (asked + took / 2);
  }
  const rttMs = middle(times);
  const state = rttMs > RTT_WARN_MS ? "warn" : "good";
  return { state, rttMs, text: `${location.host} answers in ${milliseconds(rttMs)}` };
}

async function clock({ skewMs }) {
  if (!Number.isFinite(skewMs)) return { state: "off", text: "The server told no time." };
  const seconds = Math.abs(skewMs) / 1000;
  const how = seconds < 1 ? "agrees with the server"
    : `is ${seconds.toFixed(0)} s ${skewMs < 0 ? "ahead of" : "behind"} the server`;
  if (Math.abs(skewMs) < SKEW_WARN_MS) return { state: "good", skewMs, text: `This device's clock ${how}` };
  return {
    state: "warn", skewMs,
    text: `This device's clock ${how}. Set it by the network: codes of authenticator apps may be refused.`,
  };
}

async function socket() {
  const { ticket } = await api.post("/socket-ticket");
  const connection = new WebSocket(`wss://${location.host}/ws?ticket=${encodeURIComponent(ticket)}`, "tern.v1");
  const times = [];
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no answer")), SOCKET_LIMIT_MS);
      let sent = 0;
      const ping = () => {
        sent = performance.now();
        connection.send(JSON.stringify({ type: "ping" }));
      };
      connection.onopen = ping;
      connection.onmessage = ({ data }) => {
        if (JSON.parse(data).type !== "pong") return;
        times.push(performance.now() - sent);
        if (times.length < SAMPLES) return ping();
        clearTimeout(timer);
        resolve();
      };
      connection.onclose = ({ code }) => reject(new Error(`closed with code ${code}`));
    });
  } catch (error) {
    const ask = `A proxy may hold it back: ask for WebSocket to ${location.host}.`;
    return { state: "bad", text: `No WebSocket connection (${error.message}). ${ask}` };
  } finally {
    connection.onclose = null;
    connection.close(1000);
  }
  const rttMs = middle(times);
  return { state: "good", rttMs, text: `Messages and ringing get through, round trip ${milliseconds(rttMs)}` };
}

const device = (name, kind) => async () => {
  let stream = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
    return { state: "good", text: stream.getTracks()[0].label || "Allowed" };
  } catch (error) {
    const text = explain(error, name);
    return { state: "bad", note: error.name === "NotFoundError" ? "none found" : "not allowed",
      text: text.charAt(0).toUpperCase() + text.slice(1).replace("call again", "check again") };
  } finally {
    stop(stream);
  }
};

async function direct() {
  const result = await gatherDirect();
  if (!result.works) {
    return { state: "bad", text: "The browser opens no UDP connection, not even to itself: a rule of this device's "
      + "administration or an extension forbids it. Calls have to take the relay." };
  }
  return { state: "good", rttMs: result.rttMs, text: "The browser may use UDP. Whether it reaches the other side "
    + "directly, a call's badge tells: P2P UDP." };
}

/** The relay's addresses with a credential, asked for once; it is lent to members of a room. */
async function servers(shared) {
  shared.servers ??= (async () => {
    const { rooms } = await api.get("/rooms");
    if (!rooms.length) return null;
    return (await api.post("/relay-credentials", { room: rooms[0].id })).iceServers;
  })();
  return shared.servers;
}

const NO_ROOM = "The relay is lent to members of a room: write to somebody first, then check again.";

async function reflexive(shared) {
  const found = await servers(shared);
  if (!found) return { state: "off", text: NO_ROOM };
  // Every TURN server answers STUN on its port for UDP, so that none has to be listed for it.
  const all = found.flatMap((one) => one.urls);
  const turn = all.find((url) => transportOf(url) === "udp")?.replace(/^turn:/, "stun:").replace(/\?.*/, "");
  const urls = [all.find((url) => url.startsWith("stun:")) ?? turn].filter(Boolean);
  if (!urls.length) return { state: "off", note: "not offered", text: "The relay does not listen for it." };
  const result = await gatherReflexive(urls);
  if (result.address) return { state: "good", address: result.address, text: `Seen from outside as ${result.address}` };
  if (result.works) return { state: "good", text: "UDP gets out and back; no address is translated on the way" };
  return { state: "bad", note: "blocked", blocked: `UDP to ${urls[0].replace(/^stun:/, "")}`,
    text: `No answer over UDP. Ask for outgoing UDP to ${urls[0].replace(/^stun:/, "")}.` };
}

const relay = (transport) => async (shared) => {
  const found = await servers(shared);
  if (!found) return { state: "off", text: NO_ROOM };
  const result = await tryTransport(found, transport);
  if (!result) return { state: "off", note: "not offered", text: "The relay does not listen for it." };
  if (!result.works) {
    const what = `${transport === "udp" ? "UDP" : "TCP"} to ${result.address}`;
    return { state: "bad", note: "blocked", blocked: what, text: `${result.problem}. Ask for outgoing ${what}.` };
  }
  const { rttMs, lossPercent, kbits } = result;
  const isPoor = rttMs === null || rttMs > RTT_WARN_MS || lossPercent > LOSS_WARN_PERCENT || kbits < KBITS_WARN;
  const round = rttMs === null ? "no echo came back" : `round trip ${milliseconds(rttMs)}`;
  return {
    ...result, state: isPoor ? "warn" : "good", note: isPoor ? "slow" : undefined,
    text: `${round}, loss ${lossPercent.toFixed(0)} %, ${count(Math.round(kbits))} kbit/s`,
  };
};

export const GROUPS = [
  { title: "This device", steps: [
    { name: "browser", title: "Browser", about: "Can it make calls?", run: browser },
    { name: "microphone", title: "Microphone", about: "Is there one, and may this site use it?",
      run: device("microphone", "audio") },
    { name: "camera", title: "Camera", about: "Is there one, and may this site use it?",
      run: device("camera", "video") },
  ] },
  { title: "The way to the server", steps: [
    { name: "server", title: "Server", about: "How long does an answer take?", run: server },
    { name: "clock", title: "Clock", about: "Does this device know what time it is?", run: clock },
    { name: "socket", title: "Signaling", about: "Do messages and ringing get through?", run: socket },
  ] },
  { title: "The ways that media can take", steps: [
    { name: "direct", title: "Direct UDP", about: "May the browser use UDP at all?", run: direct },
    { name: "reflexive", title: "Address seen from outside", about: "Does UDP get out and back (STUN)?",
      run: reflexive },
    ...Object.entries(TRANSPORT_NAMES).map(([transport, name]) => ({
      name: `relay-${transport}`, title: `Relay over ${name}`, about: "Does media get through the relay?",
      run: relay(transport),
    })),
  ] },
];
