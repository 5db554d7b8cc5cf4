"""When the machine or the other side misbehaves: the relay serves everybody else, and says what is wrong."""

import contextlib
import resource
import select
import signal
import socket
import threading
import time

import pytest

import peers
import server
import turn

HANDSHAKE_SECONDS = 3
LIMITS = ["--handshake-limit", f"{HANDSHAKE_SECONDS}s"]


def call(relay, echo, transport="udp", **options):
    client = turn.Client(transport, relay.address(transport), **options)
    client.allocate()
    client.bind(0x4000, echo.address)
    client.round_trip()
    return client


def is_closed(connection, seconds=0):
    """Whether the other side has closed; `seconds` is how long to wait for it."""
    poll = select.poll()  # select() knows descriptors below 1024 only
    poll.register(connection, select.POLLIN)
    if not poll.poll(seconds * 1000):
        return False
    with contextlib.suppress(ConnectionError):
        return connection.recv(65536) == b""
    return True


@pytest.mark.alone
def test_descriptors_run_out(echo):
    """Old calls go on, new ones are refused with an answer, and all is well again afterwards."""
    with server.running(wrap=["prlimit", "--nofile=64:64"]) as relay, call(relay, echo) as old:
        with call(relay, echo, "tls") as old_stream:
            held = [socket.create_connection(relay.address("tcp")) for _ in range(80)]
            server.wait_until(lambda: relay.descriptors >= 63, 5, "the descriptors to run out")
            for client in (old, old_stream):
                client.round_trip()
            if server.IS_TERN:
                with turn.Client("udp", relay.address("udp")) as refused, pytest.raises(turn.Refused, match="508"):
                    refused.allocate()
                relay.wait_for_log("descriptor")
            busy = server.processor_seconds(relay.pid)
            time.sleep(1)
            assert server.processor_seconds(relay.pid) - busy < 0.5, "the relay spins while no descriptor is left"
            for connection in held:
                connection.close()
            server.wait_until(lambda: relay.descriptors < 40, 5, "the descriptors to come back")
            for transport in ("udp", "tcp", "tls"):
                call(relay, echo, transport).close()
            old.round_trip()


@pytest.mark.tern
def test_relay_ports_are_taken_by_others(echo):
    """Ports of the range that another program holds are passed over; with none left the answer is 508."""
    base = 20_000
    with contextlib.ExitStack() as stack:
        for port in (base, base + 2, base + 3):
            taken = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            taken.bind(("127.0.0.1", port))
        relay = stack.enter_context(server.running(["--relay-ports", f"{base}-{base + 3}"]))
        client = stack.enter_context(call(relay, echo))
        assert client.relayed == ("127.0.0.1", base + 1)
        second = stack.enter_context(turn.Client("udp", relay.address("udp")))
        with pytest.raises(turn.Refused, match="508"):
            second.allocate()
        client.refresh(0)
        server.wait_until(lambda: may_allocate(second), 3, "the port to be free again")


def may_allocate(client):
    with contextlib.suppress(turn.Refused):
        return client.allocate()
    return False


@pytest.mark.tern
def test_a_peer_that_is_unreachable_is_reported_and_others_are_not_affected(relay, echo):
    with call(relay, echo) as client:
        gone = ("127.0.0.1", server.free_port(socket.SOCK_DGRAM))
        client.permit(gone)
        for _ in range(3):
            client.send_indication(gone, b"anyone?")
            _, indication = client.receive()
            assert indication.address(turn.XOR_PEER_ADDRESS) == gone
            assert indication[turn.ICMP][2:4] == (3 << 9 | 3).to_bytes(2, "big")  # port unreachable
            client.round_trip()


def test_a_client_that_vanishes_harms_no_other(relay, echo):
    """Its socket is gone, its peers go on sending: the relay meets ICMP errors on the socket shared with others."""
    with call(relay, echo) as client:
        gone = call(relay, echo)
        target = gone.relayed
        echo.socket.sendto(b"x", target)
        gone.close()
        for _ in range(200):
            echo.socket.sendto(b"nobody is there", target)
            client.round_trip()


@pytest.mark.tern
def test_half_open_handshakes_are_ended_and_others_served(echo):
    hello = client_hello()
    with server.running(LIMITS) as relay:
        silent = [socket.create_connection(relay.address("tls")) for _ in range(200)]
        for index, connection in enumerate(silent):
            connection.sendall(hello[:index % len(hello)])
        with call(relay, echo, "tls") as client:
            client.round_trip()
            started = time.monotonic()
            for connection in silent:
                assert is_closed(connection, max(0, started + HANDSHAKE_SECONDS + 3 - time.monotonic()))
            client.round_trip()
        for connection in silent:
            connection.close()


def client_hello():
    """The first flight of a TLS client."""
    incoming, outgoing = turn.ssl.MemoryBIO(), turn.ssl.MemoryBIO()
    with contextlib.suppress(turn.ssl.SSLWantReadError):
        turn.tls_context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


@pytest.mark.tern
def test_garbage_on_a_stream_closes_it(relay):
    for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x00\x01\x00\x00" + bytes(16), b"\xff" * 64, b"\x80" * 8):
        with socket.create_connection(relay.address("tcp"), 3) as connection:
            connection.sendall(garbage)
            assert is_closed(connection, 3), garbage


@pytest.mark.alone
@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_clients_that_do_not_read_cost_bounded_memory(transport, echo):
    """Their media is dropped, oldest first; others lose nothing, and when they read again they are served."""
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(server.running())
        other, grown = stack.enter_context(call(relay, echo)), []
        slow = [stack.enter_context(call(relay, echo, transport, receive_buffer=4096)) for _ in range(3)]
        for client in slow:
            before = relay.resident_kib
            for _ in range(300):
                for _ in range(40):
                    echo.socket.sendto(bytes(1100), client.relayed)  # 13 MB in all
                other.round_trip()
            grown.append(relay.resident_kib - before)
        if server.IS_TERN:
            assert all(kib < 2048 for kib in grown), grown
        for client in slow:
            client.socket.settimeout(1)
            with contextlib.suppress(TimeoutError):
                while True:
                    client.receive()
            client.round_trip()
            client.refresh(600)


@pytest.mark.alone
@pytest.mark.tern
def test_a_client_that_never_reads_does_not_delay_answers_to_requests(echo):
    with server.running() as relay, call(relay, echo, "tcp", receive_buffer=4096) as slow:
        for _ in range(3000):
            echo.socket.sendto(bytes(1100), slow.relayed)
        started = time.monotonic()
        slow.refresh(600)
        assert time.monotonic() - started < 2


@pytest.mark.alone
@pytest.mark.tern
def test_20_000_idle_connections_are_held_and_others_served(echo):
    # As many as this host's limit on descriptors lets this process and the relay hold.
    count, sources = min(20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500), 40
    if count < 5_000:
        pytest.skip("this host allows too few descriptors")
    flags = ["--connections", "30000", "--idle-limit", "10m", "--handshake-limit", "5m"]
    with server.running(flags) as relay:
        before, held = relay.resident_kib, []
        try:
            for index in range(count):
                connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                connection.bind((f"127.9.{index % sources}.1", 0))
                connection.connect(relay.address("tcp"))
                held.append(connection)
            server.wait_until(lambda: relay.descriptors >= count, 10, "all connections to be accepted")
            assert (relay.resident_kib - before) / count < 2, "KiB for each"
            busy = server.processor_seconds(relay.pid)
            for transport in ("udp", "tcp", "tls"):
                with call(relay, echo, transport) as client:
                    for _ in range(100):
                        client.round_trip()
            assert server.processor_seconds(relay.pid) - busy < 0.5
            assert not any(is_closed(connection) for connection in held[::500])
        finally:
            for connection in held:
                connection.close()
        server.wait_until(lambda: relay.descriptors < 100, 10, "the connections to be gone")


@pytest.mark.tern
def test_more_connections_than_allowed_are_closed_and_others_served(echo):
    with server.running(["--connections", "50"]) as relay, call(relay, echo, "tls") as old:
        held = [socket.create_connection(relay.address("tcp")) for _ in range(200)]
        server.wait_until(lambda: sum(is_closed(one) for one in held) >= 150, 5, "150 of 200 to be closed")
        old.round_trip()
        call(relay, echo).close()
        for connection in held:
            connection.close()
        server.wait_until(lambda: relay.descriptors < 30, 5, "the connections to be gone")
        call(relay, echo, "tls").close()


@pytest.mark.tern
def test_one_source_cannot_take_all_connections(echo):
    limit = ["--connections-per-source", "20"]
    with server.running(limit) as relay, call(relay, echo, "tls", source="127.0.0.2") as old:
        held = [socket.create_connection(relay.address("tcp")) for _ in range(100)]
        server.wait_until(lambda: sum(is_closed(one) for one in held) == 80, 5, "80 of 100 to be reset")
        old.round_trip()
        call(relay, echo, "tcp", source="127.0.0.3").close()
        relay.wait_for_log("connections.per-source")
        for connection in held:
            connection.close()
        server.wait_until(lambda: relay.descriptors < 30, 5, "the connections to be gone")
        call(relay, echo, "tls").close()


@pytest.mark.alone
def test_500_clients_behind_one_address_get_through_in_the_same_second(echo):
    """A hospital behind one NAT address: the budget for unverified sources must not shut it out."""
    flags = ["--allocations-per-user", "1000"] if server.IS_TERN else []
    with server.running(flags) as relay:
        failures = []

        def connect():
            try:
                client = turn.Client("udp", relay.address("udp"), source="127.7.7.7", timeout=4)
                clients.append(client)
                client.allocate()
            except Exception as error:  # whatever it is, the test is to tell it
                failures.append(error)

        clients = []
        threads = [threading.Thread(target=connect) for _ in range(500)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for client in clients:
            client.close()
        assert not failures, f"{len(failures)} of 500, for example {failures[0]!r}"


@pytest.mark.alone
@pytest.mark.tern
def test_a_frozen_relay_catches_up(echo):
    """As after a suspended machine: time has jumped, calls within their lifetime go on."""
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(server.running())
        client = stack.enter_context(call(relay, echo, timeout=8))
        stream = stack.enter_context(call(relay, echo, "tls", timeout=8))
        relay.signal(signal.SIGSTOP)
        time.sleep(2)
        for one in (client, stream):
            one.send(0x4000, b"meanwhile")
        relay.signal(signal.SIGCONT)
        for one in (client, stream):
            assert one.receive() == (0x4000, b"meanwhile")
            one.round_trip()


@pytest.mark.alone
def test_the_send_buffer_is_full(echo):
    """More than the buffers hold, at once, in both directions: some of it is lost, both calls go on."""
    with server.running() as relay, call(relay, echo) as heavy, call(relay, echo, timeout=0.3) as light:
        served = 0
        for _ in range(20):
            for _ in range(500):
                heavy.send(0x4000, bytes(1100))
            with contextlib.suppress(TimeoutError):  # they share the kernel's buffer of the listening socket
                light.round_trip()
                served += 1
        assert served >= 15, f"{served} of 20 datagrams of the other call came back"
        heavy.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                heavy.socket.recv(65536)
        heavy.socket.settimeout(0.3)
        server.wait_until(lambda: comes_back(heavy), 5, "the heavy call to be within its budget again")
        light.refresh(600)


def comes_back(client):
    with contextlib.suppress(TimeoutError):
        return client.round_trip()
    return False


@pytest.mark.tern
def test_peers_of_another_allocation_cannot_reach_a_client(relay, echo):
    """Permission is per allocation and per address: what nobody asked for is not delivered, on any path."""
    stranger = peers.EchoPeer("127.0.0.2")
    with call(relay, echo, timeout=0.3) as client:
        stranger.socket.sendto(b"unasked", client.relayed)
        with pytest.raises(TimeoutError):
            client.receive()
        client.send_indication(stranger.address, b"no permission")
        time.sleep(0.1)
        assert not stranger.sources
    stranger.close()
