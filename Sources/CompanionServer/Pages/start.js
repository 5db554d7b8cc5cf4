// How all pages begin: who is signed in? If nobody, the signed-out pages come first.
import * as api from "./api.js";
import { button, fill, h, message } from "./dom.js";
import { sessionEnded, takeEnded, watchSession } from "./leaving.js";
import { failureInto } from "./notice.js";
import { showSignIn } from "./signin.js";

/** Calls `entered({person, csrf})` once somebody is signed in. */
export async function start(root, entered) {
  const enter = (answer) => {
    api.useToken(answer.csrf);
    watchSession();
    api.session.addEventListener("signed-out", sessionEnded, { once: true });
    entered(answer);
  };
  try {
    enter(await api.get("/me"));
  } catch (failure) {
    if (failure.status === 401) return showSignIn(root, enter, takeEnded()
      && message("warn", "Your session has ended", "Sign in again to go on."));
    const place = h("div", {});
    failureInto(place, failure.code ? failure : { code: "page", message: failure.message });
    fill(root, h("main", { class: "loading-failed stack" }, place,
      button("Try again", () => location.reload(), { classes: "primary" })));
  }
}
