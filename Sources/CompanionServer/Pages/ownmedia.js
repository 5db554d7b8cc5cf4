// What this side of a call sends: microphone, camera or screen, switched while the call goes on.
import { explain, openCamera, openScreen } from "./media.js";

/** Changes a call's state; `problem(text)` tells what failed, `changed()` that something shown differs. */
export class OwnMedia {
  #problem;
  #changed;

  constructor({ problem, changed }) {
    this.#problem = problem;
    this.#changed = changed;
  }

  /** Tells the other side, end to end, what is on. */
  tell(call) {
    call.peer?.tell({ audio: call.audio, video: call.video, screen: call.screen });
    this.#changed();
  }

  toggleMicrophone(call) {
    const track = call.local?.getAudioTracks()[0];
    if (!track) return this.#problem("There is no microphone in this call. Allow it for this site and call again.");
    track.enabled = !track.enabled;
    call.audio = track.enabled;
    this.tell(call);
  }

  async toggleCamera(call) {
    if (call.video) {
      await this.#setVideo(call, null);
      call.video = call.screen = false;
    } else {
      try {
        await this.#setVideo(call, await openCamera());
        call.video = true;
      } catch (error) {
        this.#problem(`The camera stays off: ${explain(error)}`);
      }
    }
    this.tell(call);
  }

  async toggleScreen(call) {
    if (call.screen) return this.#stopScreen(call);
    let track;
    try {
      track = await openScreen();
    } catch (error) {
      // Choosing nothing is no mistake.
      if (error.name !== "NotAllowedError") this.#problem(`The screen is not shared: ${explain(error)}`);
      return;
    }
    call.cameraWasOn = call.video;
    track.contentHint = "detail";
    track.onended = () => { if (call.screen) this.#stopScreen(call); };
    await this.#setVideo(call, track);
    call.video = call.screen = true;
    this.tell(call);
  }

  async #stopScreen(call) {
    call.screen = call.video = false;
    await this.#setVideo(call, null);
    if (call.cameraWasOn) return this.toggleCamera(call);
    this.tell(call);
  }

  async #setVideo(call, track) {
    for (const old of call.local.getVideoTracks()) {
      old.stop();
      call.local.removeTrack(old);
    }
    // The call may have ended while a device or a screen was chosen.
    if (call.over) return track?.stop();
    if (track) call.local.addTrack(track);
    await call.peer?.setTrack("video", track, call.local);
  }
}
