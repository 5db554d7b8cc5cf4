// An upload with progress, which fetch cannot tell.
import * as api from "./api.js";

const NAME_BYTES_MAX = 255;

/** Sends a file to a room and resolves with the document; `progress(bytes)` is called as it goes. */
export function upload(room, file, signal, progress) {
  return new Promise((resolve, reject) => {
    if (new TextEncoder().encode(file.name).length > NAME_BYTES_MAX) {
      return reject(new api.Failure("bad_name", "The file's name is longer than 255 bytes. Give it a shorter one."));
    }
    const request = new XMLHttpRequest();
    const cancelled = () => request.abort();
    request.open("POST", api.url(api.path("/rooms/{}/documents", room)));
    for (const [name, value] of Object.entries({
      ...api.tokenHeaders(), "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(file.name),
    })) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => {
      if (request.status === 201) {
        try { return resolve(JSON.parse(request.responseText)); } catch { /* told below */ }
      }
      reject(api.failure(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(new api.Failure("network", "The upload broke off."));
    request.onabort = () => reject(new api.Failure("cancelled", "The upload was cancelled."));
    request.onloadend = () => signal.removeEventListener("abort", cancelled);
    signal.addEventListener("abort", cancelled);
    request.send(file);
  });
}
