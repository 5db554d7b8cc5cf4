"""aioice and aiortc, from PyPI: calls that may use nothing but the relay."""

import asyncio
import contextlib

import aioice
import aiortc
import pytest
from aiortc.mediastreams import VideoStreamTrack

import server
import turn

TRANSPORTS = ["udp", "tcp", "tls"]


def run(test, seconds=30):
    asyncio.run(asyncio.wait_for(test, seconds))


def ice_connection(relay, transport, controlling, username=server.USER, password=server.PASSWORD):
    return aioice.Connection(
        ice_controlling=controlling, components=1, turn_server=relay.address(transport), turn_username=username,
        turn_password=password, turn_transport="udp" if transport == "udp" else "tcp", turn_ssl=transport == "tls",
        transport_policy=aioice.TransportPolicy.RELAY, use_ipv6=False)


@pytest.fixture(autouse=True)
def accept_the_self_signed_certificate(monkeypatch):
    monkeypatch.setattr("ssl._create_default_https_context", turn.tls_context, raising=False)
    monkeypatch.setattr(asyncio.sslproto, "_create_transport_context", lambda *_: turn.tls_context())


async def connect_pair(first, second):
    for connection in (first, second):
        await connection.gather_candidates()
    for here, there in ((first, second), (second, first)):
        assert here.local_candidates and all(one.type == "relay" for one in here.local_candidates)
        for candidate in here.local_candidates:
            await there.add_remote_candidate(candidate)
        await there.add_remote_candidate(None)
        there.remote_username, there.remote_password = here.local_username, here.local_password
    await asyncio.gather(first.connect(), second.connect())


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_aioice_exchanges_data_through_the_relay_alone(relay, transport):
    async def call():
        async with contextlib.AsyncExitStack() as stack:
            first = ice_connection(relay, transport, True)
            second = ice_connection(relay, "udp", False)
            stack.push_async_callback(first.close)
            stack.push_async_callback(second.close)
            await connect_pair(first, second)
            for number in range(200):
                await first.send(b"ping %d" % number)
                assert await second.recv() == b"ping %d" % number
                await second.send(b"pong %d" % number)
                assert await first.recv() == b"pong %d" % number

    run(call())


@pytest.mark.tern
def test_aioice_with_time_limited_credentials(relay):
    async def call():
        username, password = turn.time_limited(server.SECRET)
        first = ice_connection(relay, "udp", True, username, password)
        second = ice_connection(relay, "udp", False, username, password)
        await connect_pair(first, second)
        await first.send(b"hello")
        assert await second.recv() == b"hello"
        await first.close()
        await second.close()

    run(call())


def peer_connection(relay, transport):
    host, port = relay.address(transport)
    scheme, query = ("turns", "tcp") if transport == "tls" else ("turn", transport)
    return aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[aiortc.RTCIceServer(
        urls=f"{scheme}:{host}:{port}?transport={query}", username=server.USER, credential=server.PASSWORD)]))


@pytest.fixture
def relay_candidates_only(monkeypatch):
    """aiortc does not pass iceTransportPolicy on: tell aioice itself."""
    original = aioice.Connection.__init__

    def relayed(self, *arguments, **options):
        original(self, *arguments, **{**options, "transport_policy": aioice.TransportPolicy.RELAY, "use_ipv6": False})

    monkeypatch.setattr(aioice.Connection, "__init__", relayed)


async def negotiate(caller, callee):
    await caller.setLocalDescription(await caller.createOffer())
    assert "typ relay" in caller.localDescription.sdp and "typ host" not in caller.localDescription.sdp
    await callee.setRemoteDescription(caller.localDescription)
    await callee.setLocalDescription(await callee.createAnswer())
    await caller.setRemoteDescription(callee.localDescription)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_aiortc_carries_a_data_channel(relay, relay_candidates_only, transport):
    async def call():
        caller, callee = peer_connection(relay, transport), peer_connection(relay, "udp")
        received, done = [], asyncio.Event()
        channel = caller.createDataChannel("chat")

        @callee.on("datachannel")
        def on_channel(incoming):
            incoming.on("message", incoming.send)

        @channel.on("open")
        def on_open():
            for number in range(50):
                channel.send(f"message {number}" + "." * 2000)

        @channel.on("message")
        def on_message(text):
            received.append(text.rstrip("."))
            if len(received) == 50:
                done.set()

        await negotiate(caller, callee)
        await done.wait()
        assert received == [f"message {number}" for number in range(50)]
        await caller.close()
        await callee.close()

    run(call())


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_aiortc_carries_video(relay, relay_candidates_only, transport):
    async def call():
        caller, callee = peer_connection(relay, transport), peer_connection(relay, "udp")
        caller.addTrack(VideoStreamTrack())
        arrived = asyncio.Queue()

        @callee.on("track")
        def on_track(track):
            arrived.put_nowait(track)

        await negotiate(caller, callee)
        track = await arrived.get()
        frames = [await track.recv() for _ in range(20)]
        assert all(frame.width == 640 and frame.height == 480 for frame in frames)
        await caller.close()
        await callee.close()

    run(call())
