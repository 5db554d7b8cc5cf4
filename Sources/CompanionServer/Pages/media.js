// Camera, microphone and screen.

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What can be had of `kinds`; `problem` says in words what could not. */
export async function openMedia(kinds) {
  const wanted = { audio: kinds.includes("audio") && AUDIO, video: kinds.includes("video") && VIDEO };
  try {
    return { stream: await navigator.mediaDevices.getUserMedia(wanted), problem: null };
  } catch (error) {
    const device = wanted.video && wanted.audio ? "camera and microphone" : wanted.video ? "camera" : "microphone";
    // One device less is better than no call.
    for (const kind of ["audio", "video"]) {
      if (!wanted[kind] || !(wanted.audio && wanted.video)) continue;
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted[kind] });
        // The other one is what failed, and its own error may differ from that of both at once.
        const missing = kind === "audio" ? "camera" : "microphone";
        return { stream, problem: `The ${missing} is not used: ${explain(error, missing)}` };
      } catch { /* try the other */ }
    }
    return {
      stream: new MediaStream(),
      problem: `You see and hear the other side, and cannot be seen or heard: ${explain(error, device)}`,
    };
  }
}

export const openCamera = async () => (await navigator.mediaDevices.getUserMedia({ video: VIDEO })).getVideoTracks()[0];

export const openScreen = async () => (
  await navigator.mediaDevices.getDisplayMedia({ video: true })).getVideoTracks()[0];

export const canShareScreen = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

/** Why a device cannot be used, and what to do: the end of a sentence. */
export function explain(error, device = "camera") {
  switch (error.name) {
    case "NotAllowedError": return `allow the ${device} for this site in the browser's address bar, then call again.`;
    case "NotFoundError": return `no ${device} was found. Plug one in and call again.`;
    case "NotReadableError": return `another program uses the ${device}. Close that program and call again.`;
    default: return `the browser says: ${error.message || error.name}.`;
  }
}

export function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
