// The HTTP API: JSON over fetch, the CSRF token, and one kind of error.

const BASE = "/api/v1";
const TIMEOUT_MS = 30_000;
const MOST_PAGES = 20;

let csrf = null;

/** Fires "signed-out" when the server no longer knows the session. */
export const session = new EventTarget();

/** Everything that goes wrong on the way to the server or there. */
export class Failure extends Error {
  constructor(code, text, { status = 0, requestID = null, retryAfter = 0 } = {}) {
    super(text);
    Object.assign(this, { code, status, requestID, retryAfter });
  }
}

export function useToken(token) { csrf = token; }

/** The token's header, for uploads that need XMLHttpRequest. */
export const tokenHeaders = () => (csrf ? { "X-CSRF-Token": csrf } : {});

export const url = (path) => BASE + path;

export const get = (path) => request("GET", path);
export const post = (path, body = {}) => request("POST", path, body);
export const patch = (path, body) => request("PATCH", path, body);
export const remove = (path, body) => request("DELETE", path, body);

/** `/rooms/{}/messages` with each {} filled in, encoded. */
export function path(template, ...values) {
  return template.replace(/\{\}/g, () => encodeURIComponent(values.shift()));
}

/** `?a=1&b=2` of those that have a value. */
export function query(values) {
  const used = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return used.length ? `?${new URLSearchParams(used)}` : "";
}

/** A list that is longer than a page, whole: at most `MOST_PAGES` pages of it. */
export async function all(where, name) {
  const found = [];
  for (let page = 0, cursor = null; page < MOST_PAGES && (page === 0 || cursor); page += 1) {
    const answer = await get(`${where}${query({ cursor })}`);
    found.push(...answer[name]);
    cursor = answer.next;
  }
  return found;
}

async function request(method, where, body) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, tokenHeaders());
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url(where), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store",
      credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Failure("network", "The server could not be reached.");
  }
  const text = await response.text().catch(() => "");
  if (!response.ok) throw failure(response.status, text, response.headers.get("Retry-After"));
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure("bad_answer", "The server's answer could not be read.", { status: 502 });
  }
}

/** The error in an answer; also told to `session` when it means that nobody is signed in. */
export function failure(status, text, retryAfter) {
  let error = null;
  try { error = JSON.parse(text).error; } catch { /* not ours: a proxy's page, or nothing */ }
  const result = new Failure(
    error?.code ?? `http_${status}`, error?.message ?? `The server answered with status ${status}.`,
    { status, requestID: error?.request_id ?? null, retryAfter: Number.parseInt(retryAfter, 10) || 0 });
  if (status === 401 && result.code === "not_signed_in") session.dispatchEvent(new Event("signed-out"));
  return result;
}
