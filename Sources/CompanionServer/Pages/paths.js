// Which way the media takes, read from the selected pair of candidates.

export const PATH_NAMES = {
  "p2p-udp": "P2P UDP", "p2p-tcp": "P2P TCP", "turn-udp": "Relay UDP", "turn-tcp": "Relay TCP", "turn-tls": "Relay TLS",
};

/** Entries of a report by what they are: {pair, local, remote}, or null before a pair was chosen. */
export function selectedPair(report) {
  let pair = null;
  for (const entry of report.values()) {
    if (entry.type === "transport" && entry.selectedCandidatePairId) pair = report.get(entry.selectedCandidatePairId);
  }
  if (!pair) {
    for (const entry of report.values()) {
      // Firefox has no transport entry's pair, and says `selected`.
      const isChosen = entry.selected || (entry.nominated && entry.state === "succeeded");
      if (entry.type === "candidate-pair" && isChosen) pair = entry;
    }
  }
  if (!pair) return null;
  const [local, remote] = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
  return local && remote ? { pair, local, remote } : null;
}

/** The path's name in `path.report`. With a relay at the other end only, this side's leg is what counts here. */
export function pathOf({ local, remote }) {
  if (local.candidateType === "relay") {
    const url = local.url ?? "";
    const transport = local.relayProtocol ?? (
      url.startsWith("turns:") ? "tls" : /transport=tcp/.test(url) ? "tcp" : "udp");
    return `turn-${transport}`;
  }
  const protocol = local.protocol === "tcp" ? "tcp" : "udp";
  return remote.candidateType === "relay" ? `turn-${protocol}` : `p2p-${protocol}`;
}
