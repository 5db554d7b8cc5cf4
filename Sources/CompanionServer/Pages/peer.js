// One RTCPeerConnection of a call: negotiation either side may start (the callee yields), ICE restarts, figures.
import { securityCode } from "./code.js";
import { Figures } from "./figures.js";
import { configuration } from "./network.js";

const FIGURES_MS = 1_000;
const BROKEN_MS = 3_000;

/**
 * Fires "track", "state" (detail: connecting | connected | reconnecting), "broken", "figures", "code", "remote" (what
 * the other side has switched on), "failure". `send(message)` carries `sdp` and `ice` to the other side.
 */
export class Peer extends EventTarget {
  #connection = null;
  #certificates = [];
  #polite;
  #send;
  #making = false;
  #ignoring = false;
  #candidates = [];
  #order = Promise.resolve();
  #timer = 0;
  #brokenTimer = 0;
  #figures = new Figures();
  #channel = null;
  #own = {};
  #code = null;
  #connected = false;
  restartedAt = 0;
  remoteStream = new MediaStream();

  constructor({ polite, iceServers, send }) {
    super();
    this.#polite = polite;
    this.#send = send;
    this.iceServers = iceServers;
  }

  async open(stream, kinds) {
    // A certificate for this call alone: no two calls share a key.
    this.#certificates = [await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" })];
    const connection = new RTCPeerConnection(this.#configuration());
    this.#connection = connection;
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate?.candidate) return;
      const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      this.#send({ type: "ice", candidate: { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } });
    };
    connection.ontrack = ({ track }) => {
      this.remoteStream.addTrack(track);
      this.#fire("track", track);
    };
    connection.onconnectionstatechange = () => this.#stateChanged();
    // Tells the other side, end to end, whether microphone and camera are on.
    this.#channel = connection.createDataChannel("state", { negotiated: true, id: 0 });
    this.#channel.onopen = () => this.#tellState();
    this.#channel.onmessage = ({ data }) => {
      try {
        const { audio, video, screen } = JSON.parse(data);
        this.#fire("remote", { audio: Boolean(audio), video: Boolean(video), screen: Boolean(screen) });
      } catch { /* not from this page */ }
    };
    if (!this.#polite) connection.onnegotiationneeded = () => this.#offer();
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    if (!this.#polite) {
      for (const kind of kinds) {
        const isSent = stream.getTracks().some((track) => track.kind === kind);
        if (!isSent) connection.addTransceiver(kind, { direction: "recvonly" });
      }
    }
    this.#timer = setInterval(() => this.#measure(), FIGURES_MS);
  }

  get isOpen() { return this.#connection !== null && this.#connection.signalingState !== "closed"; }

  #configuration() { return { ...configuration(this.iceServers), certificates: this.#certificates }; }

  async #offer() {
    if (!this.isOpen) return;
    try {
      this.#making = true;
      await this.#connection.setLocalDescription();
      this.#sendDescription();
    } catch (error) {
      this.#fire("failure", error);
    } finally {
      this.#making = false;
    }
  }

  #sendDescription() {
    const { type, sdp } = this.#connection.localDescription;
    this.#updateCode();
    Promise.resolve(this.#send({ type: "sdp", kind: type, sdp })).catch((error) => this.#fire("failure", error));
  }

  /** A description or candidate of the other side; handled one after the other. */
  receive(message) {
    this.#order = this.#order.then(() => (
      message.type === "sdp" ? this.#description(message) : this.#candidate(message.candidate)))
      .catch((error) => this.#fire("failure", error));
  }

  async #description({ kind, sdp }) {
    if (!this.isOpen) return;
    const connection = this.#connection;
    const collision = kind === "offer" && (this.#making || connection.signalingState !== "stable");
    this.#ignoring = !this.#polite && collision;
    if (this.#ignoring) return;
    await connection.setRemoteDescription({ type: kind, sdp });
    for (const candidate of this.#candidates.splice(0)) await connection.addIceCandidate(candidate);
    if (kind === "offer") {
      this.restartedAt = Date.now();
      await connection.setLocalDescription();
      this.#sendDescription();
      // The first description was the caller's; from now on this side may offer too.
      if (this.#polite) connection.onnegotiationneeded = () => this.#offer();
    }
    this.#updateCode();
  }

  async #candidate(candidate) {
    if (!this.isOpen || !candidate) return;
    if (!this.#connection.remoteDescription) return void this.#candidates.push(candidate);
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#ignoring) throw error;
    }
  }

  /** New servers; with `restart`, candidates are gathered anew on both sides while media goes on. */
  useServers(iceServers) {
    this.iceServers = iceServers;
    if (this.isOpen) this.#connection.setConfiguration(this.#configuration());
  }

  restart() {
    if (!this.isOpen) return;
    this.restartedAt = Date.now();
    this.#connection.restartIce();
  }

  /** Puts a track in the place of the one of its kind, or adds it; null sends nothing. */
  async setTrack(kind, track, stream) {
    const sender = this.#connection.getTransceivers()
      .find((one) => one.receiver.track.kind === kind && one.currentDirection !== "stopped");
    if (!sender) {
      if (track) this.#connection.addTrack(track, stream);
      return;
    }
    await sender.sender.replaceTrack(track);
    const sends = sender.direction.includes("send");
    if (track && !sends) sender.direction = sender.direction === "recvonly" ? "sendrecv" : "sendonly";
  }

  /** Tells the other side what is switched on here. */
  tell(state) {
    this.#own = state;
    this.#tellState();
  }

  #tellState() {
    if (this.#channel?.readyState === "open") this.#channel.send(JSON.stringify(this.#own));
  }

  close() {
    clearInterval(this.#timer);
    clearTimeout(this.#brokenTimer);
    this.#connection?.close();
  }

  #stateChanged() {
    const state = this.#connection.connectionState;
    clearTimeout(this.#brokenTimer);
    if (state === "connected") {
      this.#connected = true;
      this.#fire("state", "connected");
      this.#measure();
    } else if (state === "disconnected") {
      this.#fire("state", "reconnecting");
      this.#brokenTimer = setTimeout(() => this.#fire("broken"), BROKEN_MS);
    } else if (state === "failed") {
      this.#fire("state", this.#connected ? "reconnecting" : "connecting");
      this.#fire("broken");
    }
  }

  async #measure() {
    if (!this.isOpen) return;
    const figures = this.#figures.read(await this.#connection.getStats());
    if (figures && this.isOpen) this.#fire("figures", figures);
  }

  async #updateCode() {
    const connection = this.#connection;
    const code = await securityCode(connection.localDescription?.sdp, connection.remoteDescription?.sdp);
    if (!code || code === this.#code) return;
    const changed = this.#code !== null;
    this.#code = code;
    this.#fire("code", { code, changed });
  }

  #fire(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
