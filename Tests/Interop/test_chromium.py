"""Headless Chromium, Debian's, driven by Playwright: calls that may use nothing but the relay."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

import server

FLAGS = [
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
    "--ignore-certificate-errors", "--no-sandbox", "--disable-gpu",
]
CALL = """
async ({urls, username, credential}) => {
  const configuration = {iceTransportPolicy: "relay", iceServers: [{urls, username, credential}]};
  const caller = new RTCPeerConnection(configuration), callee = new RTCPeerConnection(configuration);
  const errors = [], kinds = new Set();
  for (const [here, there] of [[caller, callee], [callee, caller]]) {
    here.onicecandidate = event => {
      if (!event.candidate) return;
      kinds.add(event.candidate.type);
      there.addIceCandidate(event.candidate);
    };
    here.onicecandidateerror = event => errors.push(`${event.url} ${event.errorCode} ${event.errorText}`);
  }
  const channel = caller.createDataChannel("chat");
  callee.ondatachannel = event => { event.channel.onmessage = message => event.channel.send(message.data); };
  const echoes = new Promise(resolve => {
    const received = [];
    channel.onopen = () => { for (let i = 0; i < 50; i++) channel.send(`message ${i}`); };
    channel.onmessage = message => { received.push(message.data); if (received.length === 50) resolve(received); };
  });
  const media = await navigator.mediaDevices.getUserMedia({video: true, audio: true});
  for (const track of media.getTracks()) caller.addTrack(track, media);
  const started = performance.now();
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription);
  const limit = new Promise((_, reject) => setTimeout(() => reject(new Error("no call: " + errors.join("; "))), 15000));
  const messages = await Promise.race([echoes, limit]);
  const connected = performance.now() - started;
  let frames = 0, audio = 0, pair = null, protocol = null;
  while (frames < 20 || audio < 50) {
    await Promise.race([new Promise(resolve => setTimeout(resolve, 50)), limit]);
    const report = new Map(await callee.getStats());
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp" && entry.kind === "video") frames = entry.framesDecoded || 0;
      if (entry.type === "inbound-rtp" && entry.kind === "audio") audio = entry.packetsReceived || 0;
      if (entry.type === "candidate-pair" && entry.nominated) {
        const [local, remote] = [report.get(entry.localCandidateId), report.get(entry.remoteCandidateId)];
        pair = [local.candidateType, remote.candidateType];
        protocol = local.relayProtocol;
      }
    }
  }
  caller.close(); callee.close();
  return {messages, frames, audio, pair, protocol, kinds: [...kinds], connected};
}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    chromium = shutil.which("chromium")
    assert chromium, "no chromium: apt-get install chromium"
    folder = tmp_path_factory.mktemp("page")
    (folder / "empty.html").write_text("<!doctype html><title>call</title>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        page = browser.new_page(ignore_https_errors=True)
        page.goto(f"file://{folder}/empty.html")
        yield page
        browser.close()


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
def test_a_browser_calls_through_the_relay_alone(relay, page, protocol):
    port = relay.address(protocol)[1]
    url = {
        "udp": f"turn:127.0.0.1:{port}?transport=udp", "tcp": f"turn:127.0.0.1:{port}?transport=tcp",
        "tls": f"turns:localhost:{port}?transport=tcp"}[protocol]
    call = page.evaluate(CALL, {"urls": url, "username": server.USER, "credential": server.PASSWORD})
    assert call["messages"] == [f"message {number}" for number in range(50)]
    assert call["frames"] >= 20 and call["audio"] >= 50
    assert call["kinds"] == ["relay"] and call["pair"] == ["relay", "relay"], call
    assert call["protocol"] == protocol, call
