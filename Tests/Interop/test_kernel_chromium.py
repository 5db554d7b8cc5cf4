"""Chromium calls whose media the kernel forwards: nothing but the relay may be used."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

import server
import test_chromium
from kernel_network import CLIENT, LISTENERS, MODES, mostly_by_the_kernel, network, running

pytestmark = pytest.mark.tern


@pytest.fixture(params=MODES)
def relay(network, request):
    with running(mode=request.param) as relay:
        yield relay


@pytest.fixture(scope="module")
def page(network, tmp_path_factory):
    """A page of a Chromium on the clients' host."""
    chromium = shutil.which("chromium")
    assert chromium, "no chromium: apt-get install chromium"
    folder = tmp_path_factory.mktemp("page")
    (folder / "empty.html").write_text("<!doctype html><title>call</title>")
    there = folder / "chromium"
    there.write_text(f"#!/bin/sh\nexec ip netns exec {CLIENT} {chromium} \"$@\"\n")
    there.chmod(0o755)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=there, headless=True, args=test_chromium.FLAGS)
        page = browser.new_page()
        page.goto(f"file://{folder}/empty.html")
        yield page
        browser.close()


def test_two_ends_in_chromium_call_through_the_kernel(relay, page):
    host, port = relay.address("udp", LISTENERS[4])
    with mostly_by_the_kernel(relay, packets_min=200):
        call = page.evaluate(test_chromium.CALL, {
            "urls": f"turn:{host}:{port}?transport=udp", "username": server.USER, "credential": server.PASSWORD})
    assert call["messages"] == [f"message {number}" for number in range(50)]
    assert call["frames"] >= 20 and call["audio"] >= 50
    assert call["kinds"] == ["relay"] and call["pair"] == ["relay", "relay"], call
