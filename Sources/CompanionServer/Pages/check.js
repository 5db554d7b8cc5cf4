// The network check page: what of a call works from this browser, step by step, as a text that can be sent on.
import { reportText, verdict } from "./checkreport.js";
import { GROUPS } from "./checksteps.js";
import { badge, button, fill, h, icon, message } from "./dom.js";
import { attempt, copy } from "./notice.js";
import { start } from "./start.js";
import { makeTopbar } from "./topbar.js";

const ICONS = { waiting: "circle", running: "refresh", good: "check", warn: "alert", bad: "close", off: "minus" };
const WORDS = {
  waiting: "", running: "trying", good: "works", warn: "look here", bad: "does not work", off: "not tried",
};

start(document.getElementById("app"), showCheck);

function showCheck({ person }) {
  document.title = "Network check - Tern";
  const outcome = h("div", { class: "stack", role: "status" });
  const list = h("div", { class: "stack" });
  const begin = button("Start the check", () => attempt(begin, run), { icon: "activity", classes: "primary" });
  fill(document.getElementById("app"), h(
    "div", { class: "check" },
    makeTopbar(person, { subtitle: "Network check", elsewhere: { href: "/", text: "Calls", icon: "video" } }),
    h("main", { class: "check-main stack", id: "main" },
      h("header", { class: "stack tight" }, h("h1", { tabindex: "-1" }, "Network check"),
        h("p", { class: "muted" }, "Finds out what of a call works from this device and network. It takes up to half a "
          + "minute, and asks for the camera and the microphone, which are switched off again at once.")),
      h("div", {}, begin), outcome, list)));
  const lines = new Map();
  drawSteps();

  function drawSteps() {
    fill(list, GROUPS.map(({ title, steps }) => h("section", { class: "check-group" }, h("h2", {}, title),
      h("ul", { class: "steps" }, steps.map((step) => {
        const line = h("li", { class: "step" });
        lines.set(step.name, line);
        drawStep(step, { state: "waiting", text: step.about });
        return line;
      })))));
  }

  function drawStep(step, { state, text, note }) {
    const line = lines.get(step.name);
    line.className = `step ${state}`;
    const kind = { running: "accent", off: "", waiting: "" }[state] ?? state;
    fill(line, icon(ICONS[state]),
      h("div", {}, h("strong", {}, step.title), text && h("div", { class: "text" }, text)),
      WORDS[state] && badge(note ?? WORDS[state], kind));
  }

  async function run() {
    const results = new Map();
    fill(outcome, message("", "The check runs", "Leave this page open until it is done."));
    drawSteps();
    const shared = { person, results };
    for (const step of GROUPS.flatMap((group) => group.steps)) {
      drawStep(step, { state: "running", text: step.about });
      let result;
      try {
        result = await step.run(shared);
      } catch (failure) {
        if (failure.code === "not_signed_in") throw failure;
        result = { state: "bad", text: failure.message };
      }
      results.set(step.name, result);
      drawStep(step, result);
    }
    show(results);
  }

  function show(results) {
    const found = verdict(results);
    const text = reportText({ results, found, person, groups: GROUPS });
    begin.querySelector(".label").textContent = "Check again";
    begin.classList.remove("primary");
    fill(
      outcome, message(found.kind, found.title, found.text),
      h("div", { class: "actions" },
        button("Copy the result", () => copy(text, "Result"), { icon: "copy", classes: "primary" }),
        h("span", { class: "small muted" }, "to send it to your help desk")),
      h("details", {}, h("summary", {}, "The result as text"),
        h("pre", { class: "secret report", tabindex: "0" }, text)));
  }
}
