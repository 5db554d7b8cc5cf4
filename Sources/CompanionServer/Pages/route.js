// Links that mails lead to: `/#activate?email=..&key=..` and `/#reset?token=..`. What follows # never reaches a server.

/** The place that the address names, with its values; both are taken out of the address bar and the history. */
export function takeRoute() {
  const [place, values = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const parameters = new URLSearchParams(values);
  if (parameters.size) history.replaceState(null, "", location.pathname + location.search);
  return { place, get: (name) => parameters.get(name) ?? "" };
}
