"""What the relay tells of its allocations to whoever accounts for them: `/v1/usage` of the admin socket."""

import http.client
import json
import socket
import time

import pytest

import server
import turn

pytestmark = pytest.mark.tern


class AdminConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=5)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def usage(relay, after=0, limit=100):
    connection = AdminConnection(relay.admin)
    try:
        connection.request("GET", f"/v1/usage?after={after}&limit={limit}")
        answer = connection.getresponse()
        assert answer.status == 200
        return json.loads(answer.read())
    finally:
        connection.close()


def ends(relay, after, count=1):
    """The entries behind `after`, once there are so many `ended` ones among them."""
    found = []

    def enough():
        found[:] = usage(relay, after)["entries"]
        return sum(entry["event"] == "ended" for entry in found) >= count

    server.wait_until(enough, 3, "usage records")
    return found


@pytest.fixture(scope="module")
def own():
    with server.running() as running:
        yield running


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_an_allocation_is_told_of_when_it_opens_and_with_its_bytes_when_it_ends(own, echo, transport):
    before, started = usage(own), time.time() * 1000
    username, password = turn.time_limited(server.SECRET, "j7k2m4")
    with turn.Client(transport, own.address(transport), username, password) as client:
        client.allocate()
        client.bind(0x4000, echo.address)
        for _ in range(10):
            client.round_trip(size=100)
        server.wait_until(lambda: usage(own, before["next"])["entries"], 2, "the first record")
        local = client.socket.getsockname()
        relayed = client.relayed
        client.refresh(0)
    opened, ended = ends(own, before["next"])
    assert [opened["sequence"], ended["sequence"]] == [before["next"] + 1, before["next"] + 2]
    assert (opened["event"], opened["ended_at"], opened["reason"]) == ("opened", None, None)
    assert (ended["event"], ended["reason"]) == ("ended", "deleted")
    for entry in (opened, ended):
        assert entry["id"] == "j7k2m4" and entry["username"] == username and entry["transport"] == transport
        assert entry["client"] == f"{local[0]}:{local[1]}" and entry["relayed"] == [f"{relayed[0]}:{relayed[1]}"]
        assert started - 1000 < entry["started_at"] < time.time() * 1000 + 1000
    assert opened["allocation"] == ended["allocation"] and abs(opened["started_at"] - ended["started_at"]) < 50
    assert opened["bytes_up"] == opened["bytes_down"] == 0
    assert ended["bytes_up"] == ended["bytes_down"] == 1000
    assert ended["ended_at"] >= ended["started_at"]


def test_each_way_to_end_is_told(own, echo):
    after = usage(own)["next"]

    def call(transport, name):
        client = turn.Client(transport, own.address(transport), *turn.time_limited(server.SECRET, name))
        client.allocate()
        client.bind(0x4000, echo.address)
        client.round_trip(size=50)
        return client

    call("tls", "closed").close()
    revoked, stopped = call("udp", "revoked"), call("tcp", "stopped")
    own.command("revoke", "revoked")
    sessions = json.loads(own.command("sessions", "--json"))["sessions"]
    own.command("end", next(one["id"] for one in sessions if one["username"].endswith(":stopped")))
    with turn.Client("udp", own.address("udp")) as named:
        named.allocate()
        named.refresh(0)
    for client in (revoked, stopped):
        client.close()
    entries = {one["id"]: one for one in ends(own, after, 4) if one["event"] == "ended"}
    assert {name: one["reason"] for name, one in entries.items()} == {
        "closed": "connection_closed", "revoked": "revoked", "stopped": "ended", "": "deleted"}
    assert all(entries[name]["bytes_down"] == 50 for name in ("closed", "revoked", "stopped"))
    assert entries[""]["username"] == server.USER


def test_pages_follow_each_other_without_gap(own):
    for _ in range(10):
        with turn.Client("udp", own.address("udp")) as client:
            client.allocate()
            client.refresh(0)
    server.wait_until(lambda: usage(own)["next"] >= 20, 2, "twenty records")
    after, numbers = 0, []
    while page := usage(own, after, 3)["entries"]:
        numbers += [one["sequence"] for one in page]
        after = numbers[-1]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 20


def test_another_run_has_another_epoch(own):
    with server.running(transports=("udp",)) as other:
        mine = usage(other, after=7)
        assert mine["epoch"] != usage(own)["epoch"] and mine["entries"] == [] and mine["next"] == 0
