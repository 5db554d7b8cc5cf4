// Tries each transport of the relay from this browser: two connections of one page, to each other through it alone.
import { configuration } from "./network.js";

const LIMIT_MS = 10_000;
const PINGS = 20;
const PING_EVERY_MS = 40;
const LAST_PING_WAIT_MS = 600;
const BULK_BYTES = 512 * 1024;
const CHUNK_BYTES = 16 * 1024;
const BUFFERED_MAX = 128 * 1024;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** {works, address, rttMs, lossPercent, kbits} or {
  works: false, address, problem,
}; null when the relay has no such URI. */
export async function tryTransport(iceServers, transport) {
  const settings = configuration(iceServers, { relayOnly: true, transport });
  const uris = settings.iceServers.flatMap((server) => server.urls).filter((uri) => uri.startsWith("turn"));
  if (!uris.length) return null;
  const address = uris[0].replace(/^turns?:/, "").replace(/\?.*/, "");
  const [here, there] = [new RTCPeerConnection(settings), new RTCPeerConnection(settings)];
  const errors = [];
  let timer;
  try {
    for (const [one, other] of [[here, there], [there, here]]) {
      one.onicecandidate = ({ candidate }) => { if (candidate) other.addIceCandidate(candidate).catch(() => {}); };
      one.onicecandidateerror = ({ errorCode, errorText }) => errors.push(errorText || `error ${errorCode}`);
    }
    const limit = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("no answer")), LIMIT_MS); });
    const result = await Promise.race([measure(here, there), limit]);
    return { works: true, address, ...result };
  } catch (error) {
    return { works: false, address, problem: errors.at(-1) ?? error.message };
  } finally {
    clearTimeout(timer);
    here.close();
    there.close();
  }
}

async function measure(here, there) {
  const pings = here.createDataChannel("ping", { ordered: false, maxRetransmits: 0 });
  const bulk = here.createDataChannel("bulk");
  bulk.binaryType = "arraybuffer";
  let received = 0;
  const whole = new Promise((resolve) => {
    there.ondatachannel = ({ channel }) => {
      channel.binaryType = "arraybuffer";
      channel.onmessage = ({ data }) => {
        if (channel.label === "ping") return channel.send(data);
        received += data.byteLength;
        if (received >= BULK_BYTES) resolve(performance.now());
      };
    };
  });
  const open = Promise.all([pings, bulk].map((channel) => new Promise((resolve) => { channel.onopen = resolve; })));
  await here.setLocalDescription();
  await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription();
  await here.setRemoteDescription(there.localDescription);
  await open;

  const times = [];
  pings.onmessage = ({ data }) => times.push(performance.now() - Number(data));
  for (let number = 0; number < PINGS; number += 1) {
    pings.send(String(performance.now()));
    await pause(PING_EVERY_MS);
  }
  if (times.length < PINGS) await pause(LAST_PING_WAIT_MS);

  const start = performance.now();
  for (let sent = 0; sent < BULK_BYTES; sent += CHUNK_BYTES) {
    while (bulk.bufferedAmount > BUFFERED_MAX) await pause(5);
    bulk.send(new ArrayBuffer(CHUNK_BYTES));
  }
  const seconds = (await whole - start) / 1000;
  times.sort((a, b) => a - b);
  return {
    rttMs: times[Math.floor(times.length / 2)] ?? null,
    lossPercent: (100 * (PINGS - times.length)) / PINGS,
    kbits: (BULK_BYTES * 8) / 1000 / Math.max(seconds, 0.001),
  };
}
