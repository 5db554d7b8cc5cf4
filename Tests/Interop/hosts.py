"""Three hosts, client -- relay -- peer: network namespaces joined by veth pairs, and gone after the test."""

import contextlib
import os
import subprocess

import pytest


def ip(*words):
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def three(
    names, client_side, peer_side, prepare=lambda name, interface: None, skip="", sides_6=(None, None)):
    """client SIDE.2 -- SIDE.1 relay SIDE.1 -- SIDE.2 peer; the relay's host forwards nothing itself.

    `names` are those of client, relay and peer, the sides the first three parts of their addresses, or for IPv6 what
    stands before the last colon; `prepare` is called with each host at an end and its interface.
    """
    client, relay, peer = names
    if os.geteuid() != 0:
        pytest.skip(skip + "network namespaces need root")
    try:
        ip("netns", "add", client)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"{skip}no network namespaces here: {getattr(error, 'stderr', error)}")
    with contextlib.ExitStack() as stack:
        stack.callback(ip, "netns", "del", client)
        for name in (relay, peer):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
        ends = ((client, "c", client_side, sides_6[0]), (peer, "p", peer_side, sides_6[1]))
        for name, end, side, side_6 in ends:
            ip("link", "add", f"{end}0", "netns", name, "type", "veth", "peer", "name", f"{end}1", "netns", relay)
            ip("-n", name, "addr", "add", f"{side}.2/24", "dev", f"{end}0")
            ip("-n", relay, "addr", "add", f"{side}.1/24", "dev", f"{end}1")
            if side_6:
                ip("-n", name, "addr", "add", f"{side_6}:2/64", "dev", f"{end}0", "nodad")
                ip("-n", relay, "addr", "add", f"{side_6}:1/64", "dev", f"{end}1", "nodad")
            ip("-n", name, "link", "set", f"{end}0", "up")
            ip("-n", relay, "link", "set", f"{end}1", "up")
            prepare(name, f"{end}0")
        for name in names:
            ip("-n", name, "link", "set", "lo", "up")
        yield
