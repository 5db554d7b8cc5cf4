// What to do about an error of the API, by its code, or else by its HTTP status.

const BY_CODE = {
  network: "Check that this device is online, then try again.",
  not_signed_in: "Sign in again.",
  bad_credentials: "Check the address and the password, or reset the password.",
  bad_code: "Check that this device's clock is right, and enter the code that is shown now.",
  socket: "The page reconnects by itself; try again in a moment.",
  sdp_refused: "Load the page again on both sides. If it happens again, tell your administrator: the call may be tampered with.",
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
  503: "The server is busy: try again in a few seconds.",
  507: "Ask your administrator for more space, or delete documents that are no longer needed.",
};

/** One sentence, or "" when the message needs none. */
export function remedy(failure) {
  if (failure.retryAfter > 0) return `Try again in ${failure.retryAfter} seconds.`;
  return BY_CODE[failure.code] ?? BY_STATUS[failure.status] ?? "";
}
