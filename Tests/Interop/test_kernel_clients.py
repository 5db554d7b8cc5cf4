"""Real clients whose calls the kernel forwards: coturn's, aioice, aiortc, and our own load."""

import asyncio
import concurrent.futures
import contextlib
import json
import subprocess

import aioice
import aiortc
import pytest
from aiortc.mediastreams import VideoStreamTrack

import peers
import server
import test_coturn_clients
import test_python_clients
from kernel_network import (
    CLIENT, LISTENERS, MODES, PEER, PEERS, inside, inside_of, mostly_by_the_kernel, network, running, sessions)
from test_python_clients import relay_candidates_only

pytestmark = pytest.mark.tern
PEER_PORT, LOAD_PEER_PORT = 3480, 3482
# Channel numbers of RFC 5766, which Debian's uclient chooses; its clients, and those of a load, are one user's.
FLAGS = ["--channel-numbers", "0x4000-0x7ffe", "--allocations-per-user", "4096", "--bytes-per-user", "0"]
UCLIENT = {
    "channels": (4, 4, ["-c"]),
    "channels with rtcp": (4, 4, []),
    "client to client": (4, 4, ["-y"]),
    "send indications": (4, 4, ["-s"]),
    "padded channel data": (4, 4, ["-D", "-c"]),
    "ipv6": (6, 6, ["-x", "-c"]),
    "ipv6 client to client": (6, 6, ["-x", "-y"]),
    "ipv4 client, ipv6 relayed": (4, 6, ["-x", "-c"]),
    "ipv6 client, ipv4 relayed": (6, 4, ["-X", "-c"]),
    "many": (4, 4, ["-c", "-m", "40", "-n", "20"]),
    "many client to client": (4, 4, ["-y", "-m", "40", "-n", "20"]),
}
LOADS = {
    "voice": (4, 4, ["--profile", "voice"]),
    "video": (4, 4, ["--profile", "video"]),
    "voice over ipv6": (6, 6, ["--profile", "voice"]),
    "video over ipv6": (6, 6, ["--profile", "video"]),
    "voice, clients of each other": (4, None, ["--profile", "voice", "--client-to-client"]),
    "video over ipv6, clients of each other": (6, None, ["--profile", "video", "--client-to-client"]),
}


@pytest.fixture(scope="module", params=MODES)
def relay(network, request):
    with running(*FLAGS, mode=request.param) as relay:
        yield relay


@pytest.fixture(autouse=True)
def nothing_left(relay):
    """What a test that failed leaves behind is nothing to the next one."""
    yield
    relay.end_sessions()


@pytest.fixture(scope="module")
def coturn_peers(network):
    with contextlib.ExitStack() as stack:
        for host in PEERS.values():
            stack.enter_context(peers.coturn_peer(host, PEER_PORT, inside_of(PEER)))
        yield


def uclient(relay, family, peer_family, flags):
    listener = LISTENERS[family]
    words = ["turnutils_uclient", "-u", server.USER, "-w", server.PASSWORD, "-e", PEERS[peer_family]]
    words += ["-r", str(PEER_PORT), "-p", str(relay.address("udp", listener)[1])]
    words += [] if "-m" in flags else ["-n", "40", "-m", "4"]
    done = subprocess.run(inside_of(CLIENT) + words + flags + [listener], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_uclient_loses_nothing_in_any_mode(relay, coturn_peers):
    """Some modes side by side: the tool mostly waits."""
    # Indications go through the relay, and so does padded ChannelData to peers.
    pool = concurrent.futures.ThreadPoolExecutor(5)
    with mostly_by_the_kernel(relay, 0.6, packets_min=3000), pool:
        results = {name: pool.submit(uclient, relay, *mode) for name, mode in UCLIENT.items()}
    for name, result in results.items():
        print(name)
        test_coturn_clients.assert_nothing_lost(result.result())


def load(relay, family, peer_family, flags):
    listener = LISTENERS[family]
    words = [f"turn:{bracketed(listener)}:{relay.address('udp', listener)[1]}?transport=udp"]
    words += ["--user", server.USER, "--password", server.PASSWORD, "--sessions", "8", "--seconds", "1", "--loops", "1"]
    if peer_family:
        words += ["--peer", f"{bracketed(PEERS[peer_family])}:{LOAD_PEER_PORT}", "--direction", "echo"]
    done = subprocess.run(
        inside_of(CLIENT) + [server.TERN, "load", "--json", *words, *flags], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(done.stdout)


def bracketed(host):
    return f"[{host}]" if ":" in host else host


@pytest.fixture(scope="module")
def load_peers(network):
    words = [[server.TERN, "load", "--peer-only", f"{bracketed(host)}:{LOAD_PEER_PORT}"] for host in PEERS.values()]
    ends = [subprocess.Popen(inside_of(PEER) + one, stdout=subprocess.PIPE, text=True) for one in words]
    for end in ends:
        assert "sends back" in end.stdout.readline()
    yield
    for end in ends:
        end.kill()
        end.wait()


@pytest.mark.parametrize("name", LOADS)
def test_our_own_load_loses_nothing(relay, load_peers, name):
    with mostly_by_the_kernel(relay, 0.8, packets_min=400):
        result = load(relay, *LOADS[name])
    assert result["ready"] == 8 and result["received"] == result["sent"] > 0 and result["duplicates"] == 0, result
    assert sessions(relay) == [], "it was to delete its allocations"


def run(relay, test):
    """In this thread, which is on the clients' host meanwhile; a failure tells what the relay has refused."""
    try:
        with inside(CLIENT):
            asyncio.run(asyncio.wait_for(test, 30))
    except BaseException:
        print(relay.command("refusals"))
        raise


def ice_connection(relay, controlling, family=4):
    return aioice.Connection(
        ice_controlling=controlling, components=1, turn_server=relay.address("udp", LISTENERS[family]),
        turn_username=server.USER, turn_password=server.PASSWORD, transport_policy=aioice.TransportPolicy.RELAY,
        use_ipv6=family == 6)


def test_aioice_with_a_client_of_the_same_relay(relay):
    async def call():
        first, second = ice_connection(relay, True), ice_connection(relay, False)
        await test_python_clients.connect_pair(first, second)
        await exchange(first, second)

    with mostly_by_the_kernel(relay):
        run(relay, call())


def test_aioice_with_a_peer_elsewhere(relay):
    async def call():
        first = ice_connection(relay, True)
        second = aioice.Connection(ice_controlling=False, components=1, use_ipv6=False)
        await first.gather_candidates()
        with inside(PEER):
            await second.gather_candidates()
        assert {one.host for one in second.local_candidates} == {PEERS[4]}
        for here, there in ((first, second), (second, first)):
            for candidate in here.local_candidates:
                await there.add_remote_candidate(candidate)
            await there.add_remote_candidate(None)
            there.remote_username, there.remote_password = here.local_username, here.local_password
        await asyncio.gather(first.connect(), second.connect())
        await exchange(first, second)

    with mostly_by_the_kernel(relay):
        run(relay, call())


async def exchange(first, second):
    for number in range(200):
        for source, target in ((first, second), (second, first)):
            await source.send(b"number %d" % number)
            assert await target.recv() == b"number %d" % number
    await first.close()
    await second.close()


def test_aiortc_carries_video_and_data(relay, relay_candidates_only):
    host, port = relay.address("udp", LISTENERS[4])
    configuration = aiortc.RTCConfiguration(iceServers=[aiortc.RTCIceServer(
        urls=f"turn:{host}:{port}?transport=udp", username=server.USER, credential=server.PASSWORD)])

    async def call():
        caller, callee = aiortc.RTCPeerConnection(configuration), aiortc.RTCPeerConnection(configuration)
        caller.addTrack(VideoStreamTrack())
        arrived, echoed = asyncio.Queue(), asyncio.Queue()
        channel = caller.createDataChannel("chat")
        callee.on("datachannel", lambda incoming: incoming.on("message", incoming.send))
        callee.on("track", arrived.put_nowait)
        channel.on("open", lambda: [channel.send(f"message {number}" + "." * 2000) for number in range(50)])
        channel.on("message", echoed.put_nowait)
        await test_python_clients.negotiate(caller, callee)
        track = await arrived.get()
        frames = [await track.recv() for _ in range(20)]
        assert all(frame.width == 640 and frame.height == 480 for frame in frames)
        assert [(await echoed.get()).rstrip(".") for _ in range(50)] == [f"message {number}" for number in range(50)]
        await caller.close()
        await callee.close()

    with mostly_by_the_kernel(relay):
        run(relay, call())
