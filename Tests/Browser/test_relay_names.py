"""The page gives the browser a name for the relay's TLS: Firefox takes no address there."""

import pytest

CONFIGURATION = """async (urls) => (await import("/assets/network.js"))
  .configuration([{urls, username: "u", credential: "c"}], {relayOnly: false, transport: null}).iceServers"""


@pytest.mark.parametrize("given, expected", [
    (["turns:192.0.2.7:PORT?transport=tcp", "turns:[2001:db8::7]:PORT?transport=tcp"],
     ["turns:localhost:PORT?transport=tcp"]),
    (["turn:192.0.2.7:PORT?transport=udp"], ["turn:192.0.2.7:PORT?transport=udp"]),
    (["turns:192.0.2.7:1?transport=tcp"], ["turns:192.0.2.7:1?transport=tcp"]),
    (["turns:relay.example:PORT"], ["turns:relay.example:PORT"]),
], ids=["addresses at the port of the pages", "without TLS", "at another port", "a name"])
def test_the_relay_at_the_port_of_the_pages_has_their_name(window, platform, given, expected):
    here = lambda uris: [uri.replace("PORT", str(platform.tls_port)) for uri in uris]  # noqa: E731
    servers = window().page.evaluate(CONFIGURATION, here(given))
    assert servers == [{"urls": here(expected), "username": "u", "credential": "c"}]


def test_a_page_that_was_opened_by_its_address_names_nothing(window, platform):
    page = window().page
    page.goto(f"https://127.0.0.1:{platform.tls_port}/")
    given = f"turns:192.0.2.7:{platform.tls_port}?transport=tcp"
    assert page.evaluate(CONFIGURATION, [given])[0]["urls"] == [given]
