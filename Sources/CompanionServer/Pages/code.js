// The short code of a call: both sides see the same digits only when both hold the same two DTLS certificates.

const GROUPS = 5;

/** All fingerprints that a session description names, in a form that compares. */
function fingerprints(sdp) {
  return [...(sdp ?? "").matchAll(/^a=fingerprint:(\S+) +([0-9A-Fa-f:]+)/gm)]
    .map(([, name, value]) => `${name.toLowerCase()} ${value.toUpperCase()}`);
}

/** "12345 01234 ..." from the two descriptions, in whichever order; null while one is missing. */
export async function securityCode(local, remote) {
  const [mine, theirs] = [fingerprints(local), fingerprints(remote)];
  if (!mine.length || !theirs.length) return null;
  const text = [...new Set([...mine, ...theirs])].sort().join("\n");
  const digest = new DataView(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const groups = [];
  for (let group = 0; group < GROUPS; group += 1) groups.push(String(digest.getUint16(group * 2)).padStart(5, "0"));
  return groups.join(" ");
}
