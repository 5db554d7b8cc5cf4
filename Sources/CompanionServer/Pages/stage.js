// The call on screen: both videos, the path, the security code, the figures, and the controls.
import { avatar, button, fill, h, icon, isolated } from "./dom.js";
import { duration } from "./format.js";
import { networkCheckText } from "./network.js";
import { attempt } from "./notice.js";
import { PATH_NAMES } from "./paths.js";

const PHASES = {
  requesting: "Calling", calling: "Ringing", accepting: "Connecting", connecting: "Connecting", connected: "Connected",
  reconnecting: "Reconnecting",
};

/** The stage; hidden while there is no call. `toConversation()` shows the messages on a phone. */
export function makeStage(model, calls, { toConversation }) {
  const remote = h("video",
    { class: "remote", autoplay: true, playsinline: true, "aria-label": "Video of the other side" });
  const local = h("video", { class: "local", autoplay: true, playsinline: true, "aria-label": "Your own video" });
  local.muted = true;
  const curtain = h("div", { class: "curtain" });
  const name = h("h1", { class: "title", tabindex: "-1" });
  const state = h("span", { class: "state", role: "status" });
  const clock = h("span", { class: "clock" });
  const path = h("span", { class: "path" });
  const note = h("p", { class: "stage-note", role: "status" });
  const details = h("section", { class: "details", id: "call-details", "aria-label": "Call details", hidden: true });

  const control = (action, options) => button("", () => attempt(null, async () => action()),
    { classes: "control", ...options });
  const microphone = control(() => calls.toggleMicrophone(), { icon: "mic", label: "Microphone" });
  const camera = control(() => calls.toggleCamera(), { icon: "video", label: "Camera" });
  const screen = control(() => calls.toggleScreen(), { icon: "screen", label: "Share the screen" });
  const more = control(
    () => showDetails(details.hidden),
    { icon: "activity", label: "Call details", "aria-controls": "call-details", "aria-expanded": "false" });
  const messages = control(toConversation, { icon: "chat", label: "Messages and documents" });
  messages.classList.add("to-conversation");
  const hangUp = control(() => calls.hangUp(), { icon: "hang-up", label: "Hang up" });
  hangUp.classList.add("end");

  const element = h(
    "section", { class: "stage", "aria-label": "Call", hidden: true },
    h("div", { class: "screen" }, remote, curtain, local),
    h("header", { class: "stage-head" },
      h("div", { class: "grow" }, name, h("div", { class: "stage-state" }, state, clock)), path),
    note, details,
    h("div", { class: "controls", role: "group", "aria-label": "Call controls" }, microphone, camera, screen, more,
      messages, hangUp));

  function showDetails(shown) {
    details.hidden = !shown;
    more.setAttribute("aria-expanded", String(shown));
    more.classList.toggle("on", shown);
    render();
  }

  const set = (control, iconName, label, pressed) => {
    if (control.dataset.icon !== iconName) {
      control.dataset.icon = iconName;
      fill(control, icon(iconName));
    }
    control.setAttribute("aria-label", label);
    control.title = label;
    control.classList.toggle("off", pressed);
  };

  const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const attach = (video, stream) => { if (video.srcObject !== stream) video.srcObject = stream; };

  function render() {
    const call = calls.current;
    const shown = call !== null && call.phase !== "ringing";
    element.hidden = !shown;
    if (!shown) {
      attach(remote, null);
      attach(local, null);
      details.hidden = true;
      more.setAttribute("aria-expanded", "false");
      return;
    }
    write(name, call.person.name);
    write(state, PHASES[call.phase] ?? "");
    attach(remote, call.remoteStream);
    attach(local, call.local);
    local.hidden = !call.video;
    local.classList.toggle("mirrored", !call.screen);
    const sees = call.since !== null && call.remote.video && (call.remoteStream?.getVideoTracks().length ?? 0) > 0;
    remote.classList.toggle("veiled", !sees);
    remote.classList.toggle("whole", call.remote.screen);
    curtain.hidden = sees;
    if (!sees && curtain.dataset.of !== call.person.id) {
      curtain.dataset.of = call.person.id;
      fill(curtain, avatar(call.person, { size: "large" }));
    }
    curtain.classList.toggle("calling", call.since === null);
    const check = networkCheckText();
    write(note, [
      call.problem, call.remote.audio || call.since === null ? null : `${isolated(call.person.name)} is muted.`,
      check && `Network check: ${check}.`,
    ].filter(Boolean).join(" "));
    note.hidden = !note.textContent;
    set(microphone, call.audio ? "mic" : "mic-off", call.audio ? "Mute the microphone" : "Switch the microphone on",
      !call.audio);
    set(camera, call.video && !call.screen ? "video" : "video-off",
      call.video ? "Switch the camera off" : "Switch the camera on", !call.video);
    camera.disabled = call.screen;
    set(screen, "screen", call.screen ? "Stop sharing the screen" : "Share the screen", false);
    screen.classList.toggle("on", call.screen);
    screen.hidden = !calls.canShareScreen;
    renderPath(call);
    tick();
    if (!details.hidden) renderDetails(call);
  }

  function renderPath(call) {
    const text = call.figures ? PATH_NAMES[call.figures.path] : "";
    if (path.textContent === text) return;
    fill(path,
      text && h("span",
        {
          class: `badge ${call.figures.path.startsWith("p2p") ? "good" : "accent"}`,
          title: "The way that the media takes",
        },
        icon("link"), text));
  }

  function tick() {
    const call = calls.current;
    write(clock, call?.since ? duration((Date.now() - call.since) / 1000) : "");
  }
  setInterval(tick, 1000);

  const figure = (title, value) => [h("dt", {}, title), h("dd", { class: "mono" }, value)];
  const number = (value, unit, digits = 0) => (value === null ? "–" : `${value.toFixed(digits)} ${unit}`);

  const codePart = h("div", { class: "stack tight" });
  const figuresPart = h("div", {});
  fill(details, h("h2", {}, "Is this really the other side?"), codePart, h("h2", {}, "Network"), figuresPart);

  function renderDetails(call) {
    renderCode(call);
    const figures = call.figures;
    fill(figuresPart, figures ? h(
      "dl", { class: "facts figures" },
      figure("Path here", PATH_NAMES[figures.path]),
      figure("Path there", call.theirPath ? PATH_NAMES[call.theirPath] ?? "–" : "–"),
      figure("Round trip", number(figures.rttMs, "ms")),
      figure("Loss", number(figures.lossPercent, "%", 1)),
      figure("Jitter", number(figures.jitterMs, "ms", 1)),
      figure("Received", number(figures.inKbits, "kbit/s")),
      figure("Sent", number(figures.outKbits, "kbit/s")),
      figures.size && figure("Picture", `${figures.size}, ${figures.framesPerSecond}/s`),
      figures.encryption && figure("Encryption", figures.encryption.replaceAll("_", " ")))
      : h("p", { class: "small" }, "The figures appear when the call is connected."));
  }

  /** Drawn only when it differs: somebody may be reading it out, or a screen reader is. */
  function renderCode(call) {
    const now = `${call.call} ${call.code} ${call.codeChanged}`;
    if (codePart.dataset.of === now) return;
    codePart.dataset.of = now;
    fill(
      codePart,
      call.code
        ? [h("p", { class: "security-code mono", "data-code": call.code },
          call.code.split(" ").map((group) => h("span", {}, group))),
          h("p", { class: "small" }, `Read these numbers to ${isolated(call.person.name)}. `
            + "If both of you see the same, nobody is listening in between.")]
        : h("p", { class: "small" }, "The code appears when the call is connected."),
      call.codeChanged && h("p", { class: "small warn-line" }, icon("alert"),
        "The code changed during the call: compare it again."));
  }

  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || details.hidden) return;
    showDetails(false);
    more.focus();
  });
  calls.addEventListener("change", render);
  return { element, focus: () => name.focus() };
}
