// Credentials of the relay: issue, list, revoke; and the secret that they come from.
import * as api from "./api.js";
import { confirmAction, openDialog } from "./dialog.js";
import { badge, button, empty, h, message, time } from "./dom.js";
import { field, form, select } from "./form.js";
import { dateTime } from "./format.js";
import { Names } from "./names.js";
import { attempt, copy, say } from "./notice.js";
import { makePagedTable } from "./pagedtable.js";
import { sectionHead } from "./section.js";
import { or } from "./table.js";

const LIFETIMES = [["600", "10 minutes"], ["3600", "1 hour"], ["28800", "8 hours"], ["86400", "1 day"]];

function state(one) {
  if (one.revoked_at) return badge("revoked", "bad");
  return one.expires_at > Date.now() ? badge("valid", "good") : badge("expired");
}

export function credentialsSection(heading) {
  const names = new Names();
  const table = makePagedTable("Credentials", [
    { title: "Issued", cell: (one) => time(one.issued_at, dateTime) },
    { title: "For", cell: (one) => (one.person ? h("strong", {}, names.of(one.person)) : or(null, "outside use")) },
    { title: "Reason", cell: (one) => or(one.reason) },
    { title: "State", cell: state },
    { title: "Expires", cell: (one) => time(one.expires_at, dateTime) },
    { title: "Id", cell: (one) => h("span", { class: "mono small" }, one.id) },
    { title: "", cell: (one) => {
      if (one.revoked_at || one.expires_at <= Date.now()) return null;
      const revoke = button("Revoke", async () => {
        const text = "What is relayed with it stops within a second.";
        if (!await confirmAction("Revoke the credential?", text, "Revoke")) return;
        await attempt(revoke, async () => {
          await api.remove(api.path("/admin/relay-credentials/{}", one.id));
          say("Credential revoked");
          await table.refresh();
        });
      }, { classes: "compact danger", "aria-label": `Revoke the credential ${one.id}` });
      return revoke;
    } },
  ], { where: "/admin/relay-credentials", name: "credentials", more: "Older credentials" },
  () => empty("key", "No credentials yet", "Calls get theirs by themselves. Issue one for a device or a test."));
  const rotate = button("Rotate the secret", async () => {
    const isSure = await confirmAction("Rotate the secret?",
        "New credentials use a new secret. Those already issued stay valid until they expire or it is rotated again.",
        "Rotate", { danger: false });
    if (!isSure) return;
    await attempt(rotate, async () => {
      const { current_since: since } = await api.post("/admin/relay-secrets/rotate");
      say(`New secret in use since ${dateTime(since)}`);
    });
  }, { icon: "refresh" });
  table.refresh();
  names.load(table.again);
  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "What lets a browser or device use the relay, for a limited time.", rotate,
        button("Issue", () => issue(table.refresh), { icon: "plus", classes: "primary" })),
      table.element),
  };
}

function issue(done) {
  openDialog("Issue a credential", (close) => {
    const reason = field("Reason",
      { required: true, maxlength: 200, autocomplete: "off", hint: "Kept in the audit log: who it is for, and why." });
    const lifetime = select("Valid for", LIFETIMES, { value: "3600" });
    const room = field("Room (optional)",
      { maxlength: 64, autocomplete: "off", class: "mono", spellcheck: "false", hint: "Binds it to one room." });
    return form([reason.box, lifetime.box, room.box], "Issue", async () => {
      const answer = await api.post("/admin/relay-credentials", {
        reason: reason.input.value, ttl_seconds: Number(lifetime.input.value),
        ...(room.input.value.trim() ? { room: room.input.value.trim() } : {}),
      });
      close();
      done();
      showOnce(answer);
    });
  });
}

function showOnce({ iceServers, expires_at: expires }) {
  const turn = iceServers.find((server) => server.username) ?? {};
  const text = JSON.stringify({ iceServers }, null, 2);
  const line = (title, value) => [h("dt", {}, title), h("dd", { class: "with-action" },
    h("code", { class: "secret grow" }, value), button("", () => copy(value, title),
      { icon: "copy", label: `Copy ${title.toLowerCase()}` }))];
  openDialog("The credential", (close) => h(
    "div", { class: "stack" },
    message("warn", "Shown only now", "Copy it before you close this: the password is not stored."),
    h("dl", { class: "stack tight" }, line("Username", turn.username ?? ""), line("Password", turn.credential ?? "")),
    h("p", { class: "muted small" }, "Valid until ", time(expires, dateTime), "."),
    h("div", { class: "stack tight" }, h("strong", {}, "For RTCPeerConnection"),
      h("code", { class: "secret", tabindex: "0" }, text)),
    h("div", { class: "actions end" }, button("Copy as JSON", () => copy(text, "iceServers"), { icon: "copy" }),
      button("Done", close, { classes: "primary" }))), { classes: "wide" });
}
