// What to do about an error, where its message does not say so: by its code, or else by its HTTP status.

const BY_CODE = {
  network: "Check that this device is online, then try again.",
  sign_in_refused: "Check the address and the password, or reset the password.",
  password_wrong: "Check it and type it again.",
  address_taken: "Find the person in the list, or take another address.",
  too_many: "Wait a little before the next try.",
  too_large: "Choose a smaller file.",
  storage_full: "Ask your administrator for more space, or delete documents that are no longer needed.",
  relay_not_configured: "Calls go directly where the network allows it.",
  socket: "The page reconnects by itself; try again in a moment.",
  call_not_found: "Call again.",
  sdp_refused: "Load the page again on both sides. If it happens again, tell your administrator.",
};

const BY_STATUS = {
  400: "Check what you entered and try again.",
  401: "Sign in again.",
  403: "Ask an administrator if you need this.",
  404: "It may be gone: load the page again.",
  409: "Load the page again to see how things stand, then try again.",
  410: "Ask for a new one.",
  413: "Choose a smaller file.",
  415: "Load the page again and try once more.",
  422: "Correct what the message names and try again.",
  429: "Wait a little before the next try.",
  500: "Try again; if it stays so, give the administrator the request number below.",
  502: "Try again in a minute.",
  503: "Try again in a few seconds.",
  507: "Ask your administrator for more space, or delete documents that are no longer needed.",
};

/** One sentence; "" when the message has its remedy already: a second sentence, or one after a colon. */
export function remedy({ message, code, status, retryAfter }) {
  if (retryAfter > 0) return `You can try again in ${retryAfter} ${retryAfter === 1 ? "second" : "seconds"}.`;
  if (/[.:;] \S/.test(message ?? "")) return "";
  return BY_CODE[code] ?? BY_STATUS[status] ?? "";
}

/** The server's line as a sentence. */
export function sentence(text) {
  const line = String(text ?? "");
  return line.charAt(0).toUpperCase() + line.slice(1) + (/[.!?]$/.test(line) ? "" : ".");
}
