// The signaling socket: ticket, resume after a loss, requests with their answers, keep-alive.
import * as api from "./api.js";

const BACKOFF_MS = [300, 1_000, 2_000, 5_000, 10_000, 15_000];
const PING_MS = 15_000;
const ANSWER_MS = 10_000;
// When the network may have changed, a connection that does not answer by then is taken for dead.
const PROBE_MS = 3_000;
const QUEUE_MAX = 256;

/**
 * Fires "state" (detail: connecting | online | offline | ended) and one event for each message type of the server, with
 * the message as detail; "refetch" when messages may have been missed.
 */
export class Signaling extends EventTarget {
  #socket = null;
  #resumeID = null;
  #resuming = false;
  #held = [];
  #last = 0;
  #attempt = 0;
  #number = 0;
  #waiting = new Map();
  #queue = [];
  #timer = 0;
  #probe = 0;
  #heard = 0;
  #pinged = 0;
  #closed = false;
  state = "connecting";
  sessionID = null;

  start() {
    addEventListener("online", () => this.#look());
    addEventListener("offline", () => this.#look());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#look(); });
    setInterval(() => this.#keepAlive(), PING_MS);
    this.#connect();
  }

  /** Ends it for good. */
  stop() {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#probe);
    this.#socket?.close(1000);
    this.#fail("The session has ended.");
  }

  /** Sends without an answer; kept for a short loss when `queued`. */
  send(message, { queued = false } = {}) {
    if (this.state === "online") this.#socket.send(JSON.stringify(message));
    else if (queued && this.#queue.length < QUEUE_MAX) this.#queue.push(message);
    else return false;
    return true;
  }

  /** Sends and resolves with the server's ack (or ice.servers), or rejects with a Failure. */
  request(message) {
    const id = `c${this.#number += 1}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new api.Failure("socket", "The server did not answer in time."));
      }, ANSWER_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      if (!this.send({ ...message, id }, { queued: true })) this.#settle(id, "reject",
        new api.Failure("socket", "There is no connection to the server."));
    });
  }

  #settle(id, how, value) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting[how](value);
    return true;
  }

  #fail(text) {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, "reject", new api.Failure("socket", text));
    this.#queue.length = 0;
  }

  #set(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  async #connect() {
    let ticket;
    try {
      ({ ticket } = await api.post("/socket-ticket"));
    } catch (failure) {
      if (failure.status === 401) return;
      return this.#retryLater();
    }
    if (this.#closed) return;
    const socket = new WebSocket(`wss://${location.host}/ws?ticket=${encodeURIComponent(ticket)}`, "tern.v1");
    this.#socket = socket;
    this.#resuming = this.#resumeID !== null;
    this.#held = [];
    socket.onopen = () => {
      this.#heard = this.#pinged = Date.now();
      if (this.#resuming) socket.send(JSON.stringify({ type: "resume", resume_id: this.#resumeID, last: this.#last }));
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      if (this.#closed) return;
      if (event.code === 4001) {
        this.stop();
        return this.#set("ended");
      }
      this.#retryLater();
    };
  }

  #retryLater() {
    if (this.#closed) return;
    this.#set(this.#attempt > 1 ? "offline" : "connecting");
    const pause = BACKOFF_MS[Math.min(this.#attempt, BACKOFF_MS.length - 1)] * (0.75 + Math.random() / 2);
    this.#attempt += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), pause);
  }

  #retryNow() {
    if (this.#closed || this.#socket) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** The network may have changed, or the page slept: tries again, or asks whether the connection still is one. */
  #look() {
    if (this.#closed || !this.#socket) return this.#retryNow();
    this.#ping();
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => this.#dropIfSilent(), PROBE_MS);
  }

  #ping() {
    if (this.state !== "online") return;
    this.#pinged = Date.now();
    this.send({ type: "ping" });
  }

  #keepAlive() {
    if (this.#dropIfSilent()) return;
    this.#ping();
  }

  /** No word since the last ping: the connection is dead, and resuming can begin. */
  #dropIfSilent() {
    if (this.state !== "online" || this.#heard >= this.#pinged) return false;
    const dead = this.#socket;
    this.#socket = null;
    dead.close();
    this.#retryLater();
    return true;
  }

  #receive(data) {
    this.#heard = Date.now();
    let message;
    try { message = JSON.parse(data); } catch { return; }
    if (typeof message?.type !== "string") return;
    if (message.type === "welcome") this.#welcome(message);
    else if (this.#resuming) this.#held.push(message);
    else this.#handle(message);
  }

  #handle(message) {
    if (Number.isInteger(message.seq)) {
      if (message.seq <= this.#last) return;
      this.#last = message.seq;
    }
    switch (message.type) {
      case "pong": return;
      case "ack": return void this.#settle(message.id, "resolve", message);
      case "error":
        if (this.#settle(message.id, "reject", new api.Failure(message.code, message.message))) return;
        break;
      case "ice.servers": this.#settle(message.id, "resolve", message); break;
      default:
    }
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /**
   * A connection is greeted as a new socket. One that asked to resume is greeted once more: as the old socket, whose
   * missed messages follow, or as the new one with `missed`.
   */
  #welcome(message) {
    const known = this.#resumeID !== null;
    if (this.#resuming && message.resume_id !== this.#resumeID && !message.missed) return;
    const resumed = message.resume_id === this.#resumeID;
    const held = resumed ? [] : this.#held;
    this.#resuming = false;
    this.#held = [];
    // A new socket counts its messages from the start.
    if (!resumed) this.#last = 0;
    this.#resumeID = message.resume_id;
    this.sessionID = message.session_id;
    this.#attempt = 0;
    this.#set("online");
    for (const queued of this.#queue.splice(0)) this.send(queued);
    this.dispatchEvent(new CustomEvent("welcome", { detail: message }));
    for (const one of held) this.#handle(one);
    if (known && message.missed) this.dispatchEvent(new Event("refetch"));
  }
}
