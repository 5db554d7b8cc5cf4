// What the browser's own connections tell: whether it may use UDP, and which address a STUN server sees.

const DIRECT_LIMIT_MS = 5_000;
const STUN_LIMIT_MS = 6_000;

/** Two connections of this page to each other, without any server: {works, rttMs}. */
export async function gatherDirect() {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  let timer;
  try {
    for (const [one, other] of [[here, there], [there, here]]) {
      one.onicecandidate = ({ candidate }) => {
        if (candidate?.protocol === "udp") other.addIceCandidate(candidate).catch(() => {});
      };
    }
    const channel = here.createDataChannel("echo");
    there.ondatachannel = ({ channel: theirs }) => { theirs.onmessage = ({ data }) => theirs.send(data); };
    const rtt = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer")), DIRECT_LIMIT_MS);
      let sent = 0;
      channel.onopen = () => {
        sent = performance.now();
        channel.send("?");
      };
      channel.onmessage = () => resolve(performance.now() - sent);
    });
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
    return { works: true, rttMs: await rtt };
  } catch {
    return { works: false, rttMs: null };
  } finally {
    clearTimeout(timer);
    here.close();
    there.close();
  }
}

/**
 * Asks a STUN server: {works, address}. Without a translation the browser tells no address of its own; gathering that
 * ends without an error in time had its answer all the same.
 */
export async function gatherReflexive(urls) {
  const connection = new RTCPeerConnection({ iceServers: [{ urls }] });
  let timer;
  try {
    return await new Promise((resolve) => {
      let hasFailed = false;
      timer = setTimeout(() => resolve({ works: false, address: null }), STUN_LIMIT_MS);
      connection.onicecandidateerror = () => { hasFailed = true; };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate?.type === "srflx") {
          const host = candidate.address.includes(":") ? `[${candidate.address}]` : candidate.address;
          resolve({ works: true, address: `${host}:${candidate.port}` });
        }
      };
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState === "complete") resolve({ works: !hasFailed, address: null });
      };
      connection.createDataChannel("gather");
      connection.setLocalDescription().catch(() => resolve({ works: false, address: null }));
    });
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}
