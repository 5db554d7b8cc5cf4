// The network figures of a call, from two reports one after the other.
import { pathOf, selectedPair } from "./paths.js";

// kbit/s; null before there are two reports.
const rate = (now, before, seconds) => (
  before === undefined || seconds <= 0 ? null : (Math.max(0, now - before) * 8) / 1000 / seconds);

/** Keeps the last report, so that each new one gives rates. */
export class Figures {
  #before = null;

  /** {
    path, rttMs, lossPercent, jitterMs, inKbits, outKbits, size, framesPerSecond, encryption,
  }; null before a pair was chosen. */
  read(report) {
    const chosen = selectedPair(report);
    if (!chosen) return null;
    const now = { at: performance.now(), pair: chosen.pair.id, received: 0, lost: 0,
      bytesIn: chosen.pair.bytesReceived ?? 0, bytesOut: chosen.pair.bytesSent ?? 0 };
    const result = { path: pathOf(chosen), jitterMs: null, size: null, framesPerSecond: null, encryption: null };
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp") {
        now.received += entry.packetsReceived ?? 0;
        now.lost += Math.max(0, entry.packetsLost ?? 0);
        if (Number.isFinite(entry.jitter)) result.jitterMs = Math.max(result.jitterMs ?? 0, entry.jitter * 1000);
        if (entry.kind === "video" && entry.frameWidth) {
          result.size = `${entry.frameWidth} x ${entry.frameHeight}`;
          result.framesPerSecond = entry.framesPerSecond ?? 0;
        }
      }
      if (entry.type === "transport" && entry.srtpCipher) result.encryption = entry.srtpCipher;
    }
    const before = this.#before?.pair === now.pair ? this.#before : null;
    const seconds = before ? (now.at - before.at) / 1000 : 0;
    const [received, lost] = before ? [now.received - before.received, now.lost - before.lost] : [0, 0];
    result.rttMs = Number.isFinite(chosen.pair.currentRoundTripTime) ? chosen.pair.currentRoundTripTime * 1000 : null;
    result.lossPercent = received + lost > 0 ? Math.max(0, (100 * lost) / (received + lost)) : 0;
    result.inKbits = rate(now.bytesIn, before?.bytesIn, seconds);
    result.outKbits = rate(now.bytesOut, before?.bytesOut, seconds);
    this.#before = now;
    return result;
  }
}
