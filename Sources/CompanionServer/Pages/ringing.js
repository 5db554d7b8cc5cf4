// An incoming call: a dialog that cannot be missed, and a tone.
import { avatar, button, h, isolated } from "./dom.js";
import { attempt } from "./notice.js";

const TONE_EVERY_MS = 2_500;
const TONE_HZ = [523, 659];

/** Shows the dialog whenever the call rings. */
export function watchRinging(calls) {
  let dialog = null;
  let silence = null;
  let before = null;

  function open(call) {
    const video = call.kinds.includes("video");
    const kind = video ? "Video call" : "Voice call";
    const answer = (kinds) => (event) => attempt(event.currentTarget, () => calls.accept(kinds));
    dialog = h(
      "dialog",
      {
        class: "ringing", role: "alertdialog", "aria-labelledby": "ringing-title", "aria-describedby": "ringing-kind",
        oncancel: (event) => event.preventDefault(),
      },
      h("div", { class: "dialog-body" },
        h("div", { class: "pulse" }, avatar(call.person, { size: "large" })),
        h("div", {}, h("h2", { id: "ringing-title", tabindex: "-1", autofocus: true }, call.person.name),
          h("p", { id: "ringing-kind", class: "muted", "aria-live": "assertive" }, `${kind} coming in`)),
        h("div", { class: "ringing-actions" },
          button("Decline", () => calls.reject(), { icon: "hang-up", classes: "danger primary" }),
          button("Accept", answer(call.kinds), { icon: video ? "video" : "phone", classes: "good" })),
        video && button("Accept with voice only", answer(["audio"]), { classes: "plain" })));
    before = document.activeElement;
    document.body.append(dialog);
    dialog.showModal();
    document.title = `${isolated(call.person.name)} is calling - Tern`;
    silence = ring();
  }

  function close() {
    silence?.();
    dialog?.remove();
    before?.focus?.();
    dialog = silence = before = null;
    document.title = "Tern";
  }

  calls.addEventListener("change", () => {
    const rings = calls.current?.phase === "ringing";
    if (rings && !dialog) open(calls.current);
    else if (!rings && dialog) close();
  });
}

/** Two soft notes, again and again; returns what ends them. Browsers keep it silent until the page was used once. */
function ring() {
  let context;
  try { context = new AudioContext(); } catch { return () => {}; }
  const play = () => {
    TONE_HZ.forEach((frequency, index) => {
      const [tone, volume] = [context.createOscillator(), context.createGain()];
      const start = context.currentTime + index * 0.22;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(0.12, start + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.6);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.65);
    });
  };
  play();
  const timer = setInterval(play, TONE_EVERY_MS);
  return () => {
    clearInterval(timer);
    context.close();
  };
}
