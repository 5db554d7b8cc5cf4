// The account sheet: who one is, password, second step, sessions, own records, network check.
import * as api from "./api.js";
import { openDialog } from "./dialog.js";
import { avatar, badge, button, fill, h, icon, time } from "./dom.js";
import { field, form, passwordField } from "./form.js";
import { agent, dateTime } from "./format.js";
import { networkSection } from "./networksection.js";
import { attempt, say } from "./notice.js";
import { newPasswordField } from "./password.js";
import { secondStepSection } from "./secondstep.js";

const section = (title, ...children) => h("section", { class: "section stack" }, h("h3", {}, title), children);

/** Opens the sheet; `person` is changed when the second step is switched. */
export function openAccount(person, { withNetworkCheck = true } = {}) {
  openDialog("Your account", () => h(
    "div", {}, profile(person), password(), secondStepSection(person), sessions(), records(),
    withNetworkCheck && networkSection()),
  { classes: "sheet" });
}

function profile(person) {
  return section("You", h("div", { class: "upload-head" }, avatar(person),
    h("div", { class: "grow" }, h("strong", {}, person.name), h("div", { class: "muted" }, person.email)),
    person.role === "admin" && badge("Administrator", "accent")));
}

function password() {
  const current = passwordField("Current password", { autocomplete: "current-password" });
  const fresh = newPasswordField();
  const element = form([current.box, fresh.box], "Change the password", async () => {
    await api.post("/password/change", { current: current.input.value, password: fresh.input.value });
    element.reset();
    fresh.input.dispatchEvent(new Event("input"));
    say("Password changed");
  });
  return section("Password", element);
}

function sessions() {
  const list = h("div", {}, h("p", { class: "loading", role: "status" }, "Loading"));
  const place = h("div", {});
  async function load() {
    const all = await api.all("/sessions", "sessions");
    fill(list, h("ul", { class: "lines" }, all.map((one) => {
      const end = button("End", () => attempt(end, async () => {
        await api.remove(api.path("/sessions/{}", one.id));
        say("Session ended");
        await load();
      }, place), { classes: "compact danger", "aria-label": `End the session of ${agent(one.agent)}` });
      return h("li", {}, icon("device"), h("div", { class: "grow" },
        h("div", {}, agent(one.agent), " ", one.current && badge("this one", "good")),
        h("div", { class: "small muted" }, `${one.address}, seen `, time(one.seen_at, dateTime))), !one.current && end);
    })));
  }
  attempt(null, load, place).then((done) => { if (!done) fill(list); });
  return section("Where you are signed in",
    h("p", { class: "muted small" }, "End what you do not know, then change your password."), place, list);
}

function records() {
  const from = field("From", { type: "date" });
  const to = field("To", { type: "date" });
  const link = (format, text) => {
    const element = h("a", { class: "button", download: true, onclick: () => {
      const day = (input, add) => (input.value ? new Date(`${input.value}T00:00`).getTime() + add : "");
      const range = { from: day(from.input, 0), to: day(to.input, 86_400_000) };
      element.href = api.url(`/me/audit${api.query({ format, ...range })}`);
    }, href: api.url(`/me/audit?format=${format}`) }, icon("download"), text);
    return element;
  };
  return section("Your records",
    h("p", { class: "muted small" },
      "Every sign-in, call and shared document of this account. Leave the days empty for all."),
    h("div", { class: "pair" }, from.box, to.box), h("div", { class: "actions" }, link("csv", "CSV"),
      link("jsonl", "JSON Lines")));
}
