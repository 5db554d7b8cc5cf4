// People: find, invite, disable and enable, role, sign out everywhere, reset the password.
import * as api from "./api.js";
import { confirmAction, openDialog } from "./dialog.js";
import { avatar, badge, button, empty, h, isolated, message, time } from "./dom.js";
import { field, form, passwordField, select } from "./form.js";
import { dateTime } from "./format.js";
import { attempt, say } from "./notice.js";
import { makePagedTable } from "./pagedtable.js";
import { sectionHead } from "./section.js";
import { or } from "./table.js";

const STATES = { active: ["Active", "good"], pending: ["Not activated", "warn"], disabled: ["Disabled", "bad"] };
const SEARCH_PAUSE_MS = 250;

export function peopleSection(heading, me) {
  const search = field("Find by name or address", { type: "search", autocomplete: "off", maxlength: 100 });
  let timer = 0;
  search.input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => table.restart(), SEARCH_PAUSE_MS);
  });
  const table = makePagedTable("People", [
    {
      title: "Person",
      cell: (person) => h("div", { class: "who" }, avatar(person, { size: "small" }),
        h("div", {}, h("strong", {}, person.name), h("div", { class: "small muted" }, person.email))),
    },
    { title: "State", cell: (person) => badge(...(STATES[person.state] ?? [person.state])) },
    { title: "Role", cell: (person) => (person.role === "admin" ? badge("Administrator", "accent") : "User") },
    { title: "Second step", cell: (person) => (person.totp ? badge("on", "good") : badge("off")) },
    { title: "Sessions", numeric: true, cell: (person) => String(person.sessions) },
    {
      title: "Last seen",
      cell: (person) => (person.last_seen_at ? time(person.last_seen_at, dateTime) : or(null, "never")),
    },
    {
      title: "",
      cell: (person) => button("Manage", () => manage(person, me, table.refresh),
        { classes: "compact", "aria-label": `Manage ${person.name}` }),
    },
  ],
  { where: "/admin/people", values: () => ({ query: search.input.value.trim() }), name: "people", more: "More people" },
  () => empty("users", "Nobody found", "Change the search, or invite somebody."));

  table.refresh();
  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "Everybody with an account.",
        button("Invite", () => invite(table.refresh), { icon: "plus", classes: "primary" })),
      h("div", { class: "filters" }, search.box), table.element),
    leave: () => clearTimeout(timer),
  };
}

function invite(done) {
  openDialog("Invite a person", (close) => {
    const name = field("Name", { required: true, maxlength: 100, autocomplete: "off" });
    const email = field("E-mail address", { type: "email", required: true, maxlength: 254, autocomplete: "off" });
    const role = select("Role", [["user", "User"], ["admin", "Administrator"]],
      { hint: "Administrators see this console." });
    return form([name.box, email.box, role.box], "Send the invitation", async () => {
      await api.post("/admin/people", { name: name.input.value, email: email.input.value, role: role.input.value });
      close();
      say("Invitation sent");
      done();
    });
  });
}

/** The administrator proves to be there: with the own password, and a code where the own second step is on. */
function removeSecondStep(person, me, done) {
  openDialog("Switch the second step off", (close) => {
    const password = passwordField("Your own password", { autocomplete: "current-password" });
    const code = me.totp ? field("Code from your own app", {
      inputmode: "numeric", autocomplete: "one-time-code", required: true, maxlength: 64, class: "code-input",
    }) : null;
    return h("div", { class: "stack" },
      h("p", {}, `${isolated(person.name)} signs in with the password alone from then on, until it is set up again.`),
      form([password.box, code?.box], "Switch it off", async () => {
        await api.remove(api.path("/admin/people/{}/totp", person.id), {
          password: password.input.value, ...(code ? { code: code.input.value.replace(/\s/g, "") } : {}),
        });
        close();
        say("Second step switched off");
        done();
      }, { classes: "danger primary" }));
  });
}

function rename(person, done) {
  openDialog("Rename", (close) => {
    const name = field("Name", { required: true, maxlength: 100, autocomplete: "off", value: person.name });
    return form([name.box], "Rename", async () => {
      await api.patch(api.path("/admin/people/{}", person.id), { name: name.input.value });
      close();
      say("Renamed");
      done();
    });
  });
}

function manage(person, me, done) {
  openDialog(person.name, (close) => {
    const where = api.path("/admin/people/{}", person.id);
    const place = h("div", {});
    const act = (text, action, said, options = {}) => {
      const control = button(text, async () => {
        if (options.ask && !await confirmAction(...options.ask)) return;
        if (!await attempt(control, action, place)) return;
        close();
        say(said);
        done();
      }, { classes: options.danger ? "danger" : "" });
      return control;
    };
    const line = (title, text, control) => h("li", {},
      h("div", { class: "grow" }, h("strong", {}, title), h("div", { class: "small muted" }, text)), control);
    const disabled = person.state === "disabled";
    const isAdmin = person.role === "admin";
    return h(
      "div", { class: "stack" }, h("p", { class: "muted" }, person.email),
      person.state === "pending" && message("warn", null,
        "The address is not proven yet: the invitation or activation key has not been used."),
      place,
      h("ul", { class: "lines" },
        line("Name", person.name, button("Rename", () => rename(person, () => { close(); done(); }))),
        line("Role", isAdmin ? "Administrator" : "User",
          act(
            isAdmin ? "Make a user" : "Make an administrator",
            () => api.patch(where, { role: isAdmin ? "user" : "admin" }), "Role changed")),
        person.totp && line("Second step", "For somebody who lost the app and the recovery codes. Ends all sessions.",
          button("Switch it off", () => removeSecondStep(person, me, () => { close(); done(); }),
            { classes: "danger" })),
        line("Sessions", `${person.sessions} open`,
          act("Sign out everywhere", () => api.post(`${where}/sign-out`), "Signed out")),
        line("Password", "Sends a link to choose a new one.",
          act("Send a reset", () => api.post(`${where}/reset`), "Reset sent")),
        line("Account",
          disabled ? "Disabled: cannot sign in." : "Disabling ends sessions, calls and relay use at once.",
          disabled
            ? act("Enable", () => api.patch(where, { state: "active" }), "Account enabled")
            : act("Disable", () => api.patch(where, { state: "disabled" }), "Account disabled", {
              danger: true, ask: ["Disable the account?", `${person.name} is signed out, and calls end at once.`,
                "Disable"],
            }))));
  });
}
