// Everything that is done signed out: sign in, second step, sign up, activate, reset.
import * as api from "./api.js";
import { fill, h, icon, message } from "./dom.js";
import { field, form, passwordField } from "./form.js";
import { newPasswordField } from "./password.js";
import { takeRoute } from "./route.js";

const emailField = (value = "") => field("E-mail address", {
  type: "email", name: "email", autocomplete: "username", required: true, maxlength: 254, value, inputmode: "email",
  spellcheck: "false", autocapitalize: "none",
});

/** Shows the signed-out pages in `root`; `entered(answer)` gets the API's answer once someone is signed in. */
export function showSignIn(root, entered, note = null) {
  const card = h("div", { class: "card stack" });
  fill(root, h(
    "div", { class: "signin" },
    h("main", { id: "main" }, h("div", { class: "panel" },
      h("a", { class: "brand", href: "/" }, h("img", { src: "/assets/mark.svg", alt: "" }), "Tern"), card)),
    h("footer", {}, icon("lock"), "Calls are encrypted from browser to browser.")));

  const show = (title, ...children) => {
    document.title = `${title} - Tern`;
    const heading = h("h1", { tabindex: "-1" }, title);
    fill(card, heading, note, children);
    note = null;
    (card.querySelector("input:not([type=hidden])") ?? heading).focus();
  };
  const link = (text, action) => h("button", { type: "button", class: "link-button", onclick: action }, text);
  const elsewhere = (...links) => h("div", { class: "elsewhere" }, links);
  const back = () => link("Back to sign-in", () => signIn());

  function signIn(address = "") {
    const email = emailField(address);
    const password = passwordField("Password", { autocomplete: "current-password", name: "password" });
    show("Sign in",
      form([email.box, password.box], "Sign in", async () => {
        const answer = await api.post("/sessions", { email: email.input.value, password: password.input.value });
        if (answer.status === "totp_required") secondStep(answer.challenge, email.input.value);
        else entered(answer);
      }, { wide: true }),
      elsewhere(link("Create an account", signUp), link("Forgot the password?", () => forgot(email.input.value)),
        link("Enter an activation key", () => activate(email.input.value))));
    if (address) password.input.focus();
  }

  function secondStep(challenge, address) {
    let recovery = false;
    const render = () => {
      const code = recovery
        ? field("Recovery code", {
          name: "code", autocomplete: "off", required: true, maxlength: 64, class: "mono", spellcheck: "false",
          hint: "One of the codes that you kept when you switched this on. Each works once.",
        })
        : field("Code from your authenticator app", {
          name: "code", inputmode: "numeric", autocomplete: "one-time-code", required: true, maxlength: 8,
          class: "code-input",
          pattern: "[0-9 ]{6,8}", title: "Six digits",
        });
      show("Second step",
        form([code.box], "Continue", async () => {
          const text = recovery ? code.input.value.trim() : code.input.value.replace(/\s/g, "");
          entered(await api.post("/sessions/totp", { challenge, code: text }));
        }, { wide: true }),
        elsewhere(
          link(
            recovery ? "Use the authenticator app" : "Use a recovery code", () => { recovery = !recovery; render(); }),
          link("Start again", () => signIn(address))));
    };
    render();
  }

  function signUp() {
    const name = field("Your name", {
      name: "name", autocomplete: "name", required: true, maxlength: 100, hint: "As colleagues will see it.",
    });
    const email = emailField();
    const phone = field("Mobile phone (optional)", {
      type: "tel", name: "phone", autocomplete: "tel", maxlength: 32,
      hint: "The activation key can come as a text message.",
    });
    const password = newPasswordField("Password");
    show("Create an account",
      form([name.box, email.box, password.box, phone.box], "Create the account", async () => {
        await api.post("/accounts", {
          name: name.input.value, email: email.input.value, password: password.input.value,
          ...(phone.input.value.trim() ? { phone: phone.input.value.trim() } : {}),
        });
        note = message("good", "Check your mail",
          "We sent an activation key to the address, unless it had an account already.");
        activate(email.input.value);
      }, { wide: true }),
      elsewhere(back()));
  }

  function activate(address = "", key = "", invited = false) {
    const email = emailField(address);
    const code = field("Activation key", {
      name: "key", required: true, autocomplete: "one-time-code", maxlength: 128, class: "mono", spellcheck: "false",
      value: key,
      autocapitalize: "none",
    });
    const password = invited ? newPasswordField("Choose a password") : null;
    show(invited ? "Accept the invitation" : "Activate the account",
      form([email.box, code.box, password?.box], "Activate", async () => {
        await api.post("/accounts/activate", {
          email: email.input.value, key: code.input.value.trim(), ...(
            password ? { password: password.input.value } : {}),
        });
        note = message("good", "The account is active", "You can sign in now.");
        signIn(email.input.value);
      }, { wide: true }),
      elsewhere(
        link("Send a new key", () => resend(email.input.value)),
        link(
          invited ? "I have a password" : "I was invited",
          () => activate(email.input.value, code.input.value, !invited)),
        back()));
    if (invited && address && key) password.input.focus();
    else if (address) code.input.focus();
  }

  function resend(address) {
    const email = emailField(address);
    show("Send a new key",
      form([email.box], "Send", async () => {
        await api.post("/accounts/activation", { email: email.input.value });
        note = message("good", "Check your mail", "If the account waits for its activation, a new key is on its way.");
        activate(email.input.value);
      }, { wide: true }),
      elsewhere(back()));
  }

  function forgot(address = "") {
    const email = emailField(address);
    show("Reset the password",
      h("p", { class: "muted" }, "We send a link to the address. A second step, if switched on, is still asked for."),
      form([email.box], "Send the link", async () => {
        await api.post("/password/forgot", { email: email.input.value });
        note = message("good", "Check your mail", "If there is such an account, a link is on its way. It works once.");
        enterToken();
      }, { wide: true }),
      elsewhere(link("Enter the code from the mail", () => enterToken()), back()));
  }

  function enterToken(token = "") {
    const code = field("Code from the mail", {
      name: "token", required: true, autocomplete: "off", maxlength: 128, class: "mono", spellcheck: "false",
      value: token,
      autocapitalize: "none",
    });
    const password = newPasswordField();
    show("Choose a new password",
      form([token ? null : code.box, password.box], "Set the password", async () => {
        await api.post("/password/reset", { token: code.input.value.trim(), password: password.input.value });
        note = message("good", "The password is set", "All other sessions were ended. Sign in with the new password.");
        signIn();
      }, { wide: true }),
      elsewhere(back()));
  }

  const route = takeRoute();
  if (route.place === "activate") activate(route.get("email"), route.get("key"), Boolean(route.get("invited")));
  else if (route.place === "reset") enterToken(route.get("token"));
  else if (route.place === "sign-up") signUp();
  else signIn();
}
