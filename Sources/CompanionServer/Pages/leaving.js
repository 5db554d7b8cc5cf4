// The end of a session: the pages keep what they show in memory alone, and loading anew clears that. Whatever storage
// the browser holds for them is emptied, and the other tabs do the same, also those without a connection.
const CHANNEL = "tern.session";
const ENDED = "signed-out";

let isLeaving = false;

/** Whether the page is about to be left because the session is over: nobody is asked about that. */
export const leavesByItself = () => isLeaving;

/** Empties every storage of this site; a part that the browser does not offer is no reason to keep the others. */
async function emptyStorage() {
  for (const storage of ["localStorage", "sessionStorage"]) {
    try { window[storage].clear(); } catch { /* switched off */ }
  }
  try {
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
  } catch { /* switched off */ }
  try {
    for (const name of await caches.keys()) await caches.delete(name);
  } catch { /* switched off */ }
}

/** After signing out here: tells the other tabs, and goes to the sign-in with nothing left. */
export async function leave() {
  isLeaving = true;
  try { new BroadcastChannel(CHANNEL).postMessage(ENDED); } catch { /* they learn it from the server */ }
  await emptyStorage();
  location.replace("/");
}

/** The session ended elsewhere: the page is loaded anew, as its sign-in, which says so. */
export async function sessionEnded() {
  if (isLeaving) return;
  isLeaving = true;
  await emptyStorage();
  history.replaceState(null, "", `${location.pathname}${location.search}#ended`);
  location.reload();
}

/** Whether this is the page that `sessionEnded` loaded; the mark is taken out of the address. */
export function takeEnded() {
  if (location.hash !== "#ended") return false;
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

/** Listens for a sign-out in another tab; a page that the browser kept to go back to is loaded anew. */
export function watchSession() {
  try {
    new BroadcastChannel(CHANNEL).onmessage = ({ data }) => { if (data === ENDED) sessionEnded(); };
  } catch { /* the server ends the socket */ }
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
