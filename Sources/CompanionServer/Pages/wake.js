// Keeps the screen on while a call lasts: a phone that goes dark stops its camera.

export function watchWake(calls) {
  let lock = null;
  let isAsked = false;

  async function look() {
    const wanted = calls.current !== null && calls.current.since !== null && !document.hidden;
    if (!wanted) {
      lock?.release().catch(() => {});
      lock = null;
      return;
    }
    if (isAsked || (lock && !lock.released)) return;
    isAsked = true;
    // Refused when the battery is low, and not offered everywhere: the call goes on without.
    lock = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    isAsked = false;
    if (!calls.current) look();
  }

  calls.addEventListener("change", look);
  document.addEventListener("visibilitychange", look);
}
