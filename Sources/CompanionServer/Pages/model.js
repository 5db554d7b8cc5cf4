// What the call page knows: people, rooms, messages, documents; kept true by the socket.
import * as api from "./api.js";

const PAGE = 50;
const LOAD_PAUSE_MS = 1_000;

/** Fires "people", "rooms", "messages" and "documents" (detail: the room's id for the last two), "unread". */
export class Model extends EventTarget {
  me = null;
  people = new Map();
  rooms = new Map();
  messages = new Map();
  documents = new Map();
  unread = new Map();
  /** Whether people and rooms are known; until then an empty list says nothing. */
  loaded = false;
  /** The room that is on screen; its messages count as read. */
  openRoom = null;
  #learning = new Set();
  #loading = 0;

  constructor(me, signaling) {
    super();
    this.me = me;
    this.signaling = signaling;
    const on = (type, action) => signaling.addEventListener(type, (event) => action(event.detail));
    on("presence", ({ person, online }) => this.#presence(person, online));
    on("chat", ({ message }) => this.#received(message));
    on("document.shared", ({ document }) => this.#shared(document));
    on("document.deleted", ({ room, document }) => this.#removed(room, document?.id ?? document));
    on("room.changed", () => this.loadRooms().catch(() => {}));
    on("refetch", () => this.reload().catch(() => {}));
  }

  #fire(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  async load() {
    const [people] = await Promise.all([api.all("/people", "people"), this.loadRooms()]);
    this.people = new Map(people.filter((person) => person.id !== this.me.id).map((person) => [person.id, person]));
    this.loaded = true;
    this.#fire("people");
  }

  /** After messages may have been missed: everything that was loaded is loaded again. */
  async reload() {
    await this.load();
    const loaded = [...this.messages.keys()];
    const unsent = loaded.map((room) => this.messages.get(room).list.filter((message) => message.state));
    this.messages.clear();
    this.documents.clear();
    await Promise.all(loaded.map((room) => this.loadMessages(room)));
    loaded.forEach((room, index) => {
      for (const draft of unsent[index]) this.#place(this.messages.get(room).list, draft, { isDraft: true });
      if (unsent[index].length) this.#fire("messages", room);
      this.#fire("documents", room);
    });
  }

  person(id) { return id === this.me.id ? { ...this.me, online: true } : this.people.get(id); }

  nameOf(id) {
    if (id === this.me.id) return "You";
    const members = () => [...this.rooms.values()].flatMap((room) => room.members);
    const known = this.people.get(id) ?? members().find((one) => one.id === id);
    return known?.name ?? "Someone who left";
  }

  /** Others in a room. */
  others(room) { return room.members.filter((member) => member.id !== this.me.id); }

  /** A room of two without a title is the conversation with that person. */
  isDirect(room) { return room.title === null && room.members.length <= 2; }

  roomWith(personID) {
    return [...this.rooms.values()].find((room) =>
      this.isDirect(room) && room.members.some((member) => member.id === personID));
  }

  roomName(room) {
    return room.title || this.others(room).map((member) => member.name).join(", ") || "Only you";
  }

  /** The room with a person, made when there is none. */
  async ensureRoomWith(personID) {
    return this.roomWith(personID) ?? this.addRoom({ members: [personID] });
  }

  async addRoom(values) {
    const room = await api.post("/rooms", values);
    this.rooms.set(room.id, room);
    this.#fire("rooms");
    return room;
  }

  /** Learns of a room that the server named, such as a new call's. */
  async learnRoom(id) {
    if (this.rooms.has(id) || this.#learning.has(id)) return;
    this.#learning.add(id);
    try {
      this.rooms.set(id, await api.get(api.path("/rooms/{}", id)));
      this.#fire("rooms");
    } finally {
      this.#learning.delete(id);
    }
  }

  async loadRooms() {
    const rooms = await api.all("/rooms", "rooms");
    const before = [...this.rooms.keys()];
    this.rooms = new Map(rooms.map((room) => [room.id, room]));
    for (const id of before) if (!this.rooms.has(id)) this.#forget(id);
    this.#fire("rooms");
  }

  forgetRoom(id) {
    this.#forget(id);
    this.#fire("rooms");
  }

  /** Nothing is kept of a room that this person is no member of. */
  #forget(id) {
    for (const kept of [this.rooms, this.messages, this.documents, this.unread]) kept.delete(id);
  }

  async loadMessages(room, { earlier = false } = {}) {
    const known = this.messages.get(room);
    const before = earlier ? known?.list[0]?.position : undefined;
    const { messages } = await api.get(api.path("/rooms/{}/messages", room) + api.query({ before, limit: PAGE }));
    const state = this.messages.get(room) ?? { list: [], complete: false };
    if (earlier || !known) state.complete = messages.length < PAGE;
    this.messages.set(room, state);
    for (const message of messages) this.#place(state.list, message);
    this.#fire("messages", room);
  }

  #place(list, message, { isDraft = false } = {}) {
    const same = list.findIndex((other) =>
      (message.id && other.id === message.id) || (
        other.client_id === message.client_id && other.sender === message.sender));
    if (same >= 0 && isDraft) return;
    if (same >= 0) list.splice(same, 1);
    const at = message.position === undefined
      ? list.length
      : list.findIndex((other) => other.position === undefined || other.position > message.position);
    list.splice(at < 0 ? list.length : at, 0, message);
  }

  /** Sends a message; it stands in the list at once, and as failed when the server did not take it. */
  async sendMessage(room, body, clientID = crypto.randomUUID()) {
    const state = this.messages.get(room) ?? { list: [], complete: true };
    this.messages.set(room, state);
    const draft = { client_id: clientID, room, sender: this.me.id, body, sent_at: Date.now(), state: "sending" };
    this.#place(state.list, draft);
    this.#fire("messages", room);
    try {
      const { message } = await this.signaling.request({ type: "chat", room, client_id: clientID, body });
      const list = this.messages.get(room)?.list;
      if (list) this.#place(list, message);
    } catch (failure) {
      Object.assign(draft, { state: "failed", failure });
    }
    this.#fire("messages", room);
  }

  async loadDocuments(room) {
    this.documents.set(room, await api.all(api.path("/rooms/{}/documents", room), "documents"));
    this.#fire("documents", room);
  }

  addDocument(document) { this.#shared(document); }

  async deleteDocument(document) {
    await api.remove(api.path("/rooms/{}/documents/{}", document.room, document.id));
    this.#removed(document.room, document.id);
  }

  #presence(person, online) {
    const id = person?.id ?? person;
    const known = this.people.get(id);
    if (!known) return this.#loadSoon();
    if (typeof person === "object") Object.assign(known, person);
    known.online = online;
    this.#fire("people");
  }

  /** Somebody new is there: the list is asked for once, however many come. */
  #loadSoon() {
    this.#loading ||= setTimeout(() => {
      this.#loading = 0;
      this.load().catch(() => {});
    }, LOAD_PAUSE_MS);
  }

  #received(message) {
    const state = this.messages.get(message.room);
    if (state) {
      this.#place(state.list, message);
      this.#fire("messages", message.room);
    }
    if (message.sender !== this.me.id && (message.room !== this.openRoom || document.hidden)) this.#count(message.room);
    this.learnRoom(message.room).catch(() => {});
  }

  #count(room) {
    this.unread.set(room, (this.unread.get(room) ?? 0) + 1);
    this.#fire("unread");
  }

  read(room) {
    if (this.unread.delete(room)) this.#fire("unread");
  }

  #shared(document) {
    const list = this.documents.get(document.room);
    if (list && !list.some((other) => other.id === document.id)) list.push(document);
    if (document.owner !== this.me.id && document.room !== this.openRoom) this.#count(document.room);
    this.#fire("documents", document.room);
  }

  #removed(room, id) {
    const list = this.documents.get(room);
    if (list) this.documents.set(room, list.filter((document) => document.id !== id));
    this.#fire("documents", room);
  }
}
