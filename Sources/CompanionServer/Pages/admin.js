// The console of administrators: sections of one page, named by the address's hash.
import { allocationsSection } from "./admin-allocations.js";
import { auditSection } from "./admin-audit.js";
import { callsSection } from "./admin-calls.js";
import { credentialsSection } from "./admin-credentials.js";
import { outboxSection } from "./admin-outbox.js";
import { peopleSection } from "./admin-people.js";
import { relaySection } from "./admin-relay.js";
import { sessionsSection } from "./admin-sessions.js";
import { empty, fill, h, icon } from "./dom.js";
import { start } from "./start.js";
import { makeTopbar } from "./topbar.js";

const SECTIONS = [
  ["people", "People", "users", peopleSection],
  ["sessions", "Sessions", "device", sessionsSection],
  ["calls", "Calls", "video", callsSection],
  ["allocations", "Allocations", "activity", allocationsSection],
  ["credentials", "Credentials", "key", credentialsSection],
  ["audit", "Audit log", "list", auditSection],
  ["relay", "Relay", "server", relaySection],
  ["outbox", "Outbox", "mail", outboxSection],
];

const root = document.getElementById("app");
start(root, showConsole);

function showConsole({ person }) {
  const bar = makeTopbar(person,
    { subtitle: "Administration", elsewhere: { href: "/", text: "Calls", icon: "video" }, withNetworkCheck: false });
  if (person.role !== "admin") {
    document.title = "Administration - Tern";
    return fill(root, h("div", { class: "console" }, bar, h("main", { id: "main" }, empty(
      "lock", "This page is for administrators", "Ask an administrator for the role, or sign in with another account.",
      h("a", { class: "button primary", href: "/" }, "To the calls")))));
  }

  const main = h("main", { id: "main", class: "console-main", tabindex: "-1" });
  const links = SECTIONS.map(([name, title, iconName]) => h("a", { href: `#${name}`, class: "console-link" },
    icon(iconName), h("span", {}, title)));
  fill(root, h(
    "div", { class: "console" }, h("a", { class: "skip", href: "#main" }, "To the contents"), bar,
    h("nav", { class: "console-nav", "aria-label": "Administration" }, links), main));

  let leave = null;
  function show(moved) {
    const wanted = location.hash.slice(1);
    if (wanted === "main") return main.focus();
    const index = Math.max(0, SECTIONS.findIndex(([name]) => name === wanted));
    const [, title, , make] = SECTIONS[index];
    links.forEach((link, at) => {
      if (at === index) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    });
    // Only sideways: the page itself stays where it is.
    links[index].parentElement.scrollLeft = links[index].offsetLeft - 24;
    document.title = `${title} - Tern`;
    leave?.();
    const heading = h("h1", { tabindex: "-1" }, title);
    const section = make(heading, person);
    leave = section.leave ?? null;
    fill(main, section.element);
    main.scrollTop = 0;
    if (moved) heading.focus();
  }
  addEventListener("hashchange", () => show(true));
  show(false);
}
