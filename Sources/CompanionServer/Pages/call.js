// A call from its request to its end: what is asked of the server, and the peer connection that goes with it.
import { Failure } from "./api.js";
import { canShareScreen, openMedia, stop } from "./media.js";
import { OwnMedia } from "./ownmedia.js";
import { Peer } from "./peer.js";

const SERVERS_WAIT_MS = 3_000;
const GIVE_UP_MS = 60_000;
const REPORT_MS = 15_000;
const RING_MS = 50_000;
// The server sends new ones well before; this is for when it did not.
const REFRESH_SHARE = 0.9;
// A call may send 200 candidates at once: restarts that are not needed yet leave some for those that are.
const CANDIDATES_BEFORE_SPARING = 120;
const OVER = ["call_not_found", "not_in_call"];
const RESTART_AFTER_MS = { caller: 500, callee: 6_000 };

export const END_TEXTS = {
  rejected: "declined the call", aborted: "called off", ended: "The call has ended", timeout: "No answer",
  lost: "The connection was lost", revoked: "An administrator ended the call", busy: "is in another call",
  unavailable: "cannot be reached now", restart: "The server was started again: call once more",
};

/**
 * The one call of this page. Fires "change" whenever something shown may differ, "ended" (detail:
 * {reason, mine, call}), "problem" (detail: a Failure). `current` is null or the call's state.
 */
export class Calls extends EventTarget {
  current = null;
  #signaling;
  #own = new OwnMedia({ problem: (text) => this.#problem(new Failure("media", text)), changed: () => this.#change() });

  constructor(signaling) {
    super();
    this.#signaling = signaling;
    const on = (type, action) => signaling.addEventListener(type, (event) => action(event.detail));
    on("call.ringing", (message) => this.#ringing(message));
    on("call.accepted", (message) => this.#accepted(message));
    on("call.taken", (message) => this.#taken(message));
    on("call.ended", (message) => this.#ended(message));
    on("ice.servers", (message) => this.#servers(message));
    on("path.report", (message) => this.#theirPath(message));
    for (const type of ["sdp", "ice"]) on(type, (message) => this.#signal(message));
    on("error", (message) => this.#problem(new Failure(message.code, message.message)));
    on("refetch", () => this.#checkStillThere());
    on("state", (state) => { if (state === "ended") this.#finish("ended"); });
    addEventListener("pagehide", () => this.#leave());
  }

  #change() { this.dispatchEvent(new Event("change")); }

  #problem(failure) { this.dispatchEvent(new CustomEvent("problem", { detail: failure })); }

  #new(values) {
    this.current = {
      call: null, room: null, person: null, outgoing: false, phase: "requesting", kinds: ["audio"], local: null,
      audio: true, video: false, screen: false, remote: { audio: true, video: true, screen: false }, remoteStream: null,
      figures: null, theirPath: null, code: null, codeChanged: false, since: null, problem: null, session: null,
      peer: null, iceServers: null, candidatesSent: 0, waiting: [], timers: new Set(), reported: { path: null, at: 0 },
      ...values,
    };
    return this.current;
  }

  // --- Asking ---

  /** Calls a person; `kinds` is ["audio"] or ["audio", "video"]. */
  async request(person, kinds) {
    if (this.current) return;
    const call = this.#new({ person, outgoing: true, kinds });
    this.#change();
    try {
      await this.#openMedia(call);
      if (this.current !== call) return;
      const { call: id, room } = await this.#signaling.request({ type: "call.request", to: person.id, media: kinds });
      this.#after(call, RING_MS, () => this.#unanswered(call));
      // Called off before the server had given it a name.
      if (this.current !== call) return void this.#tell("call.abort", id);
      Object.assign(call, { call: id, room, phase: call.phase === "requesting" ? "calling" : call.phase });
      this.#change();
    } catch (failure) {
      if (this.current !== call) return;
      this.#finish(null);
      throw failure;
    }
  }

  async accept(kinds) {
    const call = this.current;
    if (call?.phase !== "ringing") return;
    Object.assign(call, { phase: "accepting", kinds });
    this.#change();
    await this.#openMedia(call);
    if (this.current !== call) return;
    try {
      await this.#signaling.request({ type: "call.accept", call: call.call });
    } catch (failure) {
      if (this.current === call) this.#finish(null);
      throw failure;
    }
  }

  reject() { this.#endBy("call.reject", "rejected"); }

  /** Ends the call whatever its state. */
  hangUp() {
    const phase = this.current?.phase;
    if (!phase) return;
    if (phase === "ringing") return this.reject();
    const early = phase === "requesting" || phase === "calling";
    this.#endBy(early ? "call.abort" : "call.end", early ? "aborted" : "ended");
  }

  #endBy(type, reason) {
    const call = this.current;
    if (!call) return;
    if (call.call) this.#tell(type, call.call);
    this.#finish(reason, { mine: true });
  }

  #tell(type, call) {
    this.#signaling.request({ type, call }).catch((failure) => {
      // The other side may have ended it in the same moment.
      if (failure.code === "socket") this.#problem(failure);
    });
  }

  #leave() {
    const call = this.current;
    if (!call?.call) return;
    const early = call.phase === "calling";
    if (call.phase !== "ringing") this.#signaling.send({
      type: early ? "call.abort" : "call.end", call: call.call, reason: "left",
    });
    stop(call.local);
  }

  async #openMedia(call) {
    const { stream, problem } = await openMedia(call.kinds);
    if (this.current !== call) return stop(stream);
    call.local = stream;
    call.problem = problem;
    call.audio = stream.getAudioTracks().length > 0;
    call.video = stream.getVideoTracks().length > 0;
    this.#change();
  }

  // --- Being told ---

  #ringing({ call, room, from, media }) {
    if (this.current?.call === call) return;
    // Both call each other: the server takes this page's request as the answer.
    if (this.current?.phase === "requesting" && this.current.person.id === from.id) return;
    if (this.current) return this.#tell("call.reject", call);
    const rings = this.#new({ call, room, person: from, kinds: media ?? ["audio", "video"], phase: "ringing" });
    this.#after(rings, RING_MS, () => this.#unanswered(rings));
    this.#change();
  }

  /** The end was not told: the connection was lost meanwhile. */
  #unanswered(call) {
    if (["ringing", "calling"].includes(call.phase)) this.#finish("timeout");
  }

  #taken({ call }) {
    if (this.current?.call === call && this.current.phase !== "connected") this.#finish("taken");
  }

  #accepted({ call: id, requester, session }) {
    const call = this.current;
    if (call?.call !== id) return;
    if (requester) call.outgoing = requester !== call.person.id;
    if (!call.outgoing && session && session !== this.#signaling.sessionID) return this.#finish("taken");
    if (call.phase === "connecting" || call.phase === "connected") return;
    call.phase = "connecting";
    this.#change();
    if (call.iceServers) this.#connect(call);
    else this.#after(call, SERVERS_WAIT_MS, () => { if (!call.iceServers) this.#refresh(call); });
    this.#after(call, GIVE_UP_MS, () => { if (call.since === null) this.#giveUp(call); });
  }

  #ended({ call, reason }) {
    if (this.current?.call === call) this.#finish(reason);
  }

  #servers({ call: id, iceServers, ttl }) {
    const call = this.current;
    if (!call || call.call !== id) return;
    const isFirst = call.iceServers === null;
    call.iceServers = iceServers;
    if (Number.isFinite(ttl) && ttl > 0) {
      clearTimeout(call.refreshTimer);
      call.refreshTimer = setTimeout(() => this.#refresh(call), ttl * 1000 * REFRESH_SHARE);
    }
    if (call.peer?.isOpen) {
      call.peer.useServers(iceServers);
      // Media over the relay needs an allocation that the new credential made.
      if (!isFirst && call.figures?.path.startsWith("turn-")) this.#restartSoon(call);
    } else if (call.phase === "connecting") {
      this.#connect(call);
    }
  }

  #restartSoon(call) {
    if (call.candidatesSent > CANDIDATES_BEFORE_SPARING) return;
    const learned = Date.now();
    this.#after(call, call.outgoing ? RESTART_AFTER_MS.caller : RESTART_AFTER_MS.callee, () => {
      if (call.peer && call.peer.restartedAt < learned) call.peer.restart();
    });
  }

  #signal(message) {
    const call = this.current;
    if (!call || call.call !== message.call) return;
    if (call.peer?.isOpen) call.peer.receive(message);
    else call.waiting.push(message);
  }

  #theirPath({ call, path }) {
    if (this.current?.call !== call) return;
    this.current.theirPath = path;
    this.#change();
  }

  /** After messages were missed the call may be over: the server knows. */
  async #checkStillThere() {
    const call = this.current;
    if (!call?.peer) return;
    try {
      await this.#signaling.request({ type: "ice.refresh", call: call.call });
    } catch (failure) {
      if (OVER.includes(failure.code) && this.current === call) this.#finish("lost");
    }
  }

  // --- The peer connection ---

  async #connect(call) {
    if (call.peer) return;
    const peer = new Peer({
      polite: !call.outgoing, iceServers: call.iceServers, send: (message) => this.#sendSignal(call, message),
    });
    call.peer = peer;
    call.remoteStream = peer.remoteStream;
    const on = (type, action) => peer.addEventListener(type, (event) => {
      if (this.current !== call) return;
      action(event.detail);
      this.#change();
    });
    on("track", () => {});
    on("state", (state) => {
      call.phase = state;
      if (state === "connected") {
        call.since ??= Date.now();
        clearTimeout(call.lostTimer);
        call.lostTimer = null;
      } else if (state === "reconnecting") {
        call.lostTimer ??= this.#after(call, GIVE_UP_MS, () => this.#giveUp(call));
      }
    });
    on("broken", () => this.#refresh(call).finally(() => peer.restart()));
    on("code", ({ code, changed }) => Object.assign(call, { code, codeChanged: call.codeChanged || changed }));
    on("remote", (remote) => { call.remote = remote; });
    on("figures", (figures) => {
      call.figures = figures;
      if (call.since !== null) this.#report(call, figures);
    });
    on("failure",
      (error) => this.#problem(
        error.code ? error : new Failure("media", `The browsers could not agree: ${error.message}`)));
    try {
      await peer.open(call.local ?? new MediaStream(), call.kinds);
    } catch (error) {
      return this.#problem(new Failure("media", `The browser could not open the connection: ${error.message}`));
    }
    if (this.current !== call) return peer.close();
    this.#own.tell(call);
    for (const message of call.waiting.splice(0)) peer.receive(message);
  }

  async #sendSignal(call, message) {
    if (message.type === "ice") {
      call.candidatesSent += 1;
      return this.#signaling.send({ ...message, call: call.call }, { queued: true });
    }
    try {
      return await this.#signaling.request({ ...message, call: call.call });
    } catch (failure) {
      if (this.current === call && failure.code === "sdp_refused") this.hangUp();
      throw failure;
    }
  }

  async #refresh(call) {
    if (this.current !== call) return;
    try {
      await this.#signaling.request({ type: "ice.refresh", call: call.call });
    } catch (failure) {
      // Without the relay the direct path may still do.
      if (this.current === call && !call.iceServers) {
        call.iceServers = [];
        this.#problem(failure);
        this.#connect(call);
      }
    }
  }

  #report(call, figures) {
    const due = figures.path !== call.reported.path || Date.now() - call.reported.at > REPORT_MS;
    if (!due || figures.rttMs === null) return;
    const sent = this.#signaling.send({
      type: "path.report", call: call.call, path: figures.path, rtt_ms: Math.round(figures.rttMs),
    });
    if (sent) call.reported = { path: figures.path, at: Date.now() };
  }

  #giveUp(call) {
    if (this.current !== call || call.phase === "connected") return;
    this.#tell("call.end", call.call);
    this.#finish("lost");
  }

  toggleMicrophone() { if (this.current) this.#own.toggleMicrophone(this.current); }

  async toggleCamera() { if (this.current?.local) await this.#own.toggleCamera(this.current); }

  async toggleScreen() { if (this.current?.local) await this.#own.toggleScreen(this.current); }

  get canShareScreen() { return canShareScreen(); }

  // --- The end ---

  #after(call, milliseconds, action) {
    const timer = setTimeout(() => {
      call.timers.delete(timer);
      if (this.current === call) action();
    }, milliseconds);
    call.timers.add(timer);
    return timer;
  }

  #finish(reason, { mine = false } = {}) {
    const call = this.current;
    if (!call) return;
    this.current = null;
    call.over = true;
    for (const timer of [...call.timers, call.refreshTimer]) clearTimeout(timer);
    call.peer?.close();
    stop(call.local);
    this.#change();
    this.dispatchEvent(new CustomEvent("ended", { detail: { reason, mine, call } }));
  }
}
