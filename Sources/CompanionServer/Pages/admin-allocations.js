// What the relay carries at this moment.
import * as api from "./api.js";
import { confirmAction } from "./dialog.js";
import { badge, button, empty, h } from "./dom.js";
import { bytes, longDuration } from "./format.js";
import { Names } from "./names.js";
import { attempt, say } from "./notice.js";
import { every, refreshButton, sectionHead } from "./section.js";
import { makeTable, or } from "./table.js";

const PACE_MS = 3_000;

export function allocationsSection(heading) {
  const names = new Names();
  const table = makeTable("Allocations", [
    { title: "Person", cell: (one) => (one.person ? h("strong", {}, names.of(one.person)) : or(null, "outside")) },
    { title: "Transport", cell: (one) => badge(one.transport.toUpperCase(), "accent") },
    { title: "Client", cell: (one) => h("span", { class: "mono small" }, one.client) },
    { title: "Relayed", cell: (one) => h("span", { class: "mono small" }, [one.relayed].flat().join(", ")) },
    { title: "Up", numeric: true, cell: (one) => bytes(one.bytes_up) },
    { title: "Down", numeric: true, cell: (one) => bytes(one.bytes_down) },
    { title: "Age", numeric: true, cell: (one) => longDuration(one.seconds) },
    { title: "", cell: (one) => {
      const end = button("End", async () => {
        const text = "Media that goes through it stops at once. The call may find another path.";
        if (!await confirmAction("End this allocation?", text, "End it")) return;
        await attempt(end, async () => {
          await api.post(api.path("/admin/allocations/{}/end", one.id));
          say("Allocation ended");
          await table.refresh();
        });
      }, { classes: "compact danger", "aria-label": `End the allocation of ${one.client}` });
      return end;
    } },
  ], async () => {
    const answer = await api.get("/admin/allocations");
    if (!answer.reachable) throw new api.Failure("relay_unreachable", "The relay does not answer.", { status: 503 });
    return answer.allocations;
  }, () => empty("activity", "Nothing is relayed now", "Calls that find a direct path need no relay."),
  { rest: "200 allocations; the relay may carry more." });
  names.load(table.again);
  return {
    element: h("div", { class: "stack" },
      sectionHead(heading, "Live from the relay, looked at every 3 seconds.", refreshButton(table.refresh)),
      table.element),
    leave: every(PACE_MS, table.refresh),
  };
}
