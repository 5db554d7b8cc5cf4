// The call page: signed out it asks who is there, signed in it is the workspace.
import { Calls, END_TEXTS } from "./call.js";
import { makeConversation } from "./conversation.js";
import { button, fill, h, isolated, message } from "./dom.js";
import { leavesByItself, sessionEnded } from "./leaving.js";
import { Model } from "./model.js";
import { networkCheckText } from "./network.js";
import { attempt, say, showFailure } from "./notice.js";
import { watchRinging } from "./ringing.js";
import { makeSidebar } from "./sidebar.js";
import { Signaling } from "./socket.js";
import { makeStage } from "./stage.js";
import { start } from "./start.js";
import { makeTopbar } from "./topbar.js";
import { watchWake } from "./wake.js";

const STATES = { connecting: "Connecting", online: "Online", offline: "Offline, reconnecting", ended: "Signed out" };

const root = document.getElementById("app");
start(root, showWorkspace);

function showWorkspace({ person }) {
  const signaling = new Signaling();
  const model = new Model(person, signaling);
  const calls = new Calls(signaling);
  const state = h("span", { class: "link-state", role: "status" }, STATES.connecting);

  // On a phone one pane is seen at a time.
  const workspace = h("main", { class: "workspace", id: "main", tabindex: "-1" });
  const pane = (name) => workspace.setAttribute("data-pane", name);
  const conversation = makeConversation(model, calls, {
    call: (who, kinds) => calls.request(who, kinds),
    back: () => pane("list"),
    left: () => {
      sidebar.select(null);
      pane("list");
    },
  });
  const open = (target) => {
    sidebar.select(target.person ? `p-${target.person.id}` : `r-${target.room.id}`);
    conversation.show(target);
    pane("conversation");
  };
  const sidebar = makeSidebar(model, open);
  const stage = makeStage(model, calls, { toConversation: () => pane("conversation") });
  const returnBar = h("button",
    { type: "button", class: "return-bar", hidden: true, onclick: () => { pane("stage"); stage.focus(); } });
  const trouble = h("div", { class: "trouble" });
  const check = networkCheckText();
  workspace.append(sidebar.element, stage.element, conversation.element);
  pane("list");
  document.title = "Tern";
  fill(root, h(
    "div", { class: "shell" },
    h("a", { class: "skip", href: "#main" }, "To the contents"),
    makeTopbar(person,
      { state, elsewhere: person.role === "admin" ? { href: "/admin", text: "Administration", icon: "gear" } : null }),
    check && message("warn", null, `Network check: calls use ${check}. Your account has the switch.`),
    trouble, returnBar, workspace));

  // First of those who look at the call: the dialog is gone when the focus moves on.
  watchRinging(calls);
  watchWake(calls);
  let inCall = false;
  calls.addEventListener("change", () => {
    const call = calls.current;
    const shown = call !== null && call.phase !== "ringing";
    // The call may have made the room: what is written now belongs there.
    if (shown && call.room) model.learnRoom(call.room).catch(() => {});
    workspace.toggleAttribute("data-call", shown);
    returnBar.hidden = !shown;
    if (shown) returnBar.textContent = `Return to the call with ${isolated(call.person.name)}`;
    if (shown === inCall) return;
    inCall = shown;
    if (shown) {
      pane("stage");
      const { id } = call.person;
      if (model.people.has(id)) {
        sidebar.select(`p-${id}`);
        conversation.show({ person: model.people.get(id) });
      }
      stage.focus();
    } else if (workspace.dataset.pane === "stage") {
      pane("conversation");
    }
    if (!shown) conversation.focus();
  });
  calls.addEventListener("ended", ({ detail: { reason, mine, call } }) => {
    if (mine || reason === null) return;
    if (reason === "taken") return say("The call was taken elsewhere");
    const text = END_TEXTS[reason] ?? "The call has ended";
    say(/^[a-z]/.test(text) ? `${isolated(call.person.name)} ${text}` : text);
  });
  calls.addEventListener("problem", ({ detail }) => showFailure(detail));
  addEventListener("beforeunload", (event) => {
    const talks = calls.current !== null && calls.current.phase !== "ringing";
    if (talks && !leavesByItself()) event.preventDefault();
  });

  signaling.addEventListener("state", ({ detail }) => {
    state.textContent = STATES[detail];
    state.className = `link-state ${detail}`;
    if (detail === "ended") sessionEnded();
  });

  signaling.start();
  load();

  async function load() {
    sidebar.loading();
    if (!await attempt(null, () => model.load(), trouble)) {
      trouble.append(button("Load the list again", load, { classes: "compact" }));
      sidebar.failed();
    }
  }
}
