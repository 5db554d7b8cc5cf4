// Camera, microphone and screen.

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What can be had of `kinds`; `problem` says in words what could not. */
export async function openMedia(kinds) {
  const wanted = { audio: kinds.includes("audio") && AUDIO, video: kinds.includes("video") && VIDEO };
  try {
    return { stream: await navigator.mediaDevices.getUserMedia(wanted), problem: null };
  } catch (error) {
    const problem = explain(error);
    // One device less is better than no call.
    for (const kind of ["audio", "video"]) {
      if (!wanted[kind] || !(wanted.audio && wanted.video)) continue;
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted[kind] });
        return { stream, problem: `${kind === "audio" ? "The camera" : "The microphone"} is not used: ${problem}` };
      } catch { /* try the other */ }
    }
    return { stream: new MediaStream(), problem: `You can see and hear the other side only: ${problem}` };
  }
}

export const openCamera = async () => (await navigator.mediaDevices.getUserMedia({ video: VIDEO })).getVideoTracks()[0];

export const openScreen = async () => (
  await navigator.mediaDevices.getDisplayMedia({ video: true })).getVideoTracks()[0];

export const canShareScreen = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

export function explain(error) {
  switch (error.name) {
    case "NotAllowedError": return "allow the camera and the microphone for this site in the browser's address bar.";
    case "NotFoundError": return "no such device is connected. Plug one in and call again.";
    case "NotReadableError": return "another program uses it. Close that program and call again.";
    default: return `the browser says: ${error.message || error.name}.`;
  }
}

export function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
