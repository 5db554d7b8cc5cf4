// The second step (TOTP): switch it on with a QR code, keep the recovery codes, switch it off.
import * as api from "./api.js";
import { badge, button, fill, h, message } from "./dom.js";
import { field, form, passwordField } from "./form.js";
import { copy, say } from "./notice.js";
import { qrPicture } from "./qr.js";

const codeField = () => field("Code from the app", {
  inputmode: "numeric", autocomplete: "one-time-code", required: true, maxlength: 8, class: "code-input",
  pattern: "[0-9 ]{6,8}", title: "Six digits",
});
const digits = (input) => input.value.replace(/\s/g, "");

export function secondStepSection(person) {
  const body = h("div", { class: "stack" });
  const state = h("span", {});
  const element = h("section", { class: "section stack" }, h("h3", {}, "Second step ", state), body);

  const show = (...children) => {
    fill(state, badge(person.totp ? "on" : "off", person.totp ? "good" : ""));
    fill(body, children);
  };

  function idle() {
    if (person.totp) return show(h("div", {}, button("Switch it off", switchOff, { classes: "danger" })));
    show(h("p", { class: "muted small" },
      "An authenticator app on your phone gives a code that is asked for at each sign-in."),
      h("div", {}, button("Set it up", begin, { classes: "primary" })));
  }

  function begin() {
    const password = passwordField("Your password", { autocomplete: "current-password" });
    show(form([password.box], "Continue", async () => {
      scan(await api.post("/me/totp", { password: password.input.value }));
    }, { extra: button("Cancel", idle, { classes: "plain" }) }));
    password.input.focus();
  }

  function scan({ secret, qr_svg: svg }) {
    const code = codeField();
    show(
      h("p", {}, "Scan this with your authenticator app, then enter the code that it shows."),
      h("div", { class: "qr" }, qrPicture(svg)),
      h("details", {}, h("summary", {}, "No camera at hand?"),
        h("p", { class: "small muted" },
          "Enter this key in the app (time based, 6 digits):"), h("code", { class: "secret" }, secret)),
      form([code.box], "Switch it on", async () => {
        const { recovery_codes: codes } = await api.post("/me/totp/confirm", { code: digits(code.input) });
        person.totp = true;
        keep(codes);
      }, { extra: button("Cancel", idle, { classes: "plain" }) }));
    code.input.focus();
  }

  function keep(codes) {
    show(
      message("good", "The second step is on",
        "Keep these recovery codes safe. Each works once, should the phone be lost. They are shown only now."),
      h("ol", { class: "recovery" }, codes.map((code) => h("li", {}, code))),
      h("div", { class: "actions" }, button("Copy", () => copy(codes.join("\n"), "Recovery codes"), { icon: "copy" }),
        button("I have kept them", idle, { classes: "primary" })));
  }

  function switchOff() {
    const password = passwordField("Your password", { autocomplete: "current-password" });
    const code = field("Code from the app, or a recovery code", {
      autocomplete: "one-time-code", required: true, maxlength: 64, class: "mono", spellcheck: "false",
      autocapitalize: "none",
    });
    show(form([password.box, code.box], "Switch it off", async () => {
      await api.remove("/me/totp", { password: password.input.value, code: digits(code.input) });
      person.totp = false;
      say("Second step switched off");
      idle();
    }, { classes: "danger primary", extra: button("Cancel", idle, { classes: "plain" }) }));
    password.input.focus();
  }

  idle();
  return element;
}
