// The bar above both pages.
import * as api from "./api.js";
import { openAccount } from "./account.js";
import { avatar, button, h, icon } from "./dom.js";
import { leave } from "./leaving.js";
import { attempt } from "./notice.js";

/** `elsewhere` is {href, text, icon} of the other page, `subtitle` stands beside the mark. */
export function makeTopbar(person, { subtitle = null, elsewhere = null, state = null, withNetworkCheck = true } = {}) {
  const out = button("Sign out", () => attempt(out, async () => {
    await api.remove("/sessions/current");
    await leave();
  }), { icon: "sign-out", classes: "plain", "aria-label": "Sign out" });
  return h(
    "header", { class: "topbar" },
    h("a", { class: "brand", href: "/" }, h("img", { src: "/assets/mark.svg", alt: "" }), h("span", {}, "Tern"),
      subtitle && h("small", {}, subtitle)),
    h("span", { class: "spacer" }), state,
    elsewhere && h("a", { class: "button plain", href: elsewhere.href, "aria-label": elsewhere.text },
      icon(elsewhere.icon), h("span", { class: "label" }, elsewhere.text)),
    h("button", {
      type: "button", class: "button plain who", "aria-label": `Your account, ${person.name}`,
      onclick: () => openAccount(person, { withNetworkCheck }),
    },
      avatar(person, { size: "small" }), h("span", { class: "label" }, person.name)),
    out);
}
