"""The companion as its clients see it: accounts, calls, messages, documents, relay credentials and the audit log."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

import platform_client
import server
import turn
from platform_client import PASSWORD, Refused, totp

pytestmark = pytest.mark.tern


def description(kind="actpass", digest=None, extra=""):
    """A session description that the server lets through: one m-section with its own fingerprint."""
    digest = digest or ":".join(f"{random.randrange(256):02X}" for _ in range(32))
    lines = [
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx", f"a=fingerprint:sha-256 {digest}", f"a=setup:{kind}", "a=mid:0",
        "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2"]
    return "\r\n".join(lines + ([extra] if extra else [])) + "\r\n"


@pytest.fixture(scope="module")
def platform():
    with platform_client.running() as running:
        yield running


@pytest.fixture(scope="module")
def people(platform):
    admin = platform.admin()
    return [platform.new_person(name, admin=admin)[0] for name in ("Ada North", "Ben South")]


def call(first, second, callee):
    """Rings, accepts: the id of the call and its room."""
    ack = first.ask("call.request", to=callee.person["id"], media=["audio"])
    ringing = second.wait("call.ringing", call=ack["call"])
    assert ringing["from"]["name"]
    second.ask("call.accept", call=ack["call"])
    first.wait("call.accepted", call=ack["call"])
    return ack["call"], ack["room"]


def audit(platform, **filters):
    query = "&".join(f"{k}={v}" for k, v in filters.items())
    return platform.admin().get(f"/admin/audit?limit=200&{query}")["rows"]


def test_a_call_is_signalled_from_ringing_to_hanging_up_and_stands_in_the_audit_log(platform, people):
    ada, ben = people
    with ada.socket() as one, ben.socket() as two:
        identifier, room = call(one, two, ben)
        offer = description()
        one.send("sdp", call=identifier, kind="offer", sdp=offer)
        assert two.wait("sdp", call=identifier)["sdp"] == offer
        two.send("sdp", call=identifier, kind="answer", sdp=description("active"))
        assert one.wait("sdp", call=identifier)["kind"] == "answer"
        candidate = {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
        one.send("ice", call=identifier, candidate=candidate)
        assert two.wait("ice")["candidate"]["candidate"] == candidate["candidate"]
        servers = one.wait("ice.servers", call=identifier)
        assert any("username" in entry for entry in servers["iceServers"])
        one.send("path.report", call=identifier, path="turn-udp", rtt_ms=3)
        assert two.wait("path.report")["path"] == "turn-udp"
        one.ask("call.end", call=identifier)
        assert two.wait("call.ended", call=identifier)["reason"] == "ended"
    kinds = {row["type"] for row in audit(platform, room=room)}
    assert {"session.request", "session.accepted", "session.connected", "session.ended"} <= kinds, kinds


def test_a_description_without_a_fingerprint_or_with_sdes_or_with_an_old_fingerprint_is_refused(platform, people):
    ada, ben = people
    digest = ":".join(f"{n:02X}" for n in range(32))
    with ada.socket() as one, ben.socket() as two:
        identifier, _ = call(one, two, ben)
        good = description(digest=digest)
        for bad in [
            "\r\n".join(line for line in good.split("\r\n") if "fingerprint" not in line),
            good.replace("sha-256", "sha-1"),
            description(extra="a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"),
            good.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        ]:
            request = one.send("sdp", call=identifier, kind="offer", sdp=bad)
            assert one.wait("error", id=request)["code"] == "sdp_refused"
        one.send("sdp", call=identifier, kind="offer", sdp=good)
        assert two.wait("sdp")["sdp"] == good
        one.ask("call.end", call=identifier)
        two.wait("call.ended")
        identifier, _ = call(one, two, ben)
        request = one.send("sdp", call=identifier, kind="offer", sdp=good)
        assert one.wait("error", id=request)["code"] == "sdp_refused"
        one.ask("call.end", call=identifier)


def test_messages_reach_the_other_side_once_and_stay_in_order(platform, people):
    ada, ben = people
    with ada.socket() as one, ben.socket() as two:
        identifier, room = call(one, two, ben)
        for number in range(5):
            sent = dict(room=room, client_id=f"m{number}-{identifier}", body=f"planted-message-{number}")
            first = one.ask("chat", **sent)["message"]
            again = one.ask("chat", **sent)["message"]
            assert again["id"] == first["id"]
        got = [two.wait("chat")["message"]["body"] for _ in range(5)]
        assert got == [f"planted-message-{n}" for n in range(5)]
        history = ben.get(f"/rooms/{room}/messages")["messages"]
        assert [m["body"] for m in history][-5:] == got
        one.ask("call.end", call=identifier)


def test_a_document_comes_back_byte_for_byte(platform, people):
    ada, ben = people
    room = ada.post("/rooms", {"title": "Planted Title", "members": [ben.person["id"]]}, expect=201)["id"]
    content = b"%PDF-1.7\n" + os.urandom(3_000_001)
    status, _, shared = ada.request(
        "POST", f"/rooms/{room}/documents", content,
        {"Content-Type": "application/octet-stream", "X-File-Name": "planted%20name%C3%A4.pdf"})
    assert status == 201, shared
    assert shared["bytes"] == len(content) and shared["sha256"] == hashlib.sha256(content).hexdigest()
    assert shared["type"] == "application/pdf" and shared["name"] == "planted nameä.pdf"
    status, headers, data = ben.request("GET", f"/rooms/{room}/documents/{shared['id']}", raw=False)
    assert status == 200 and data == content
    assert headers["Content-Disposition"].startswith("attachment") and headers["X-Content-Type-Options"] == "nosniff"
    ada.expect(204, "DELETE", f"/rooms/{room}/documents/{shared['id']}")
    assert ben.request("GET", f"/rooms/{room}/documents/{shared['id']}")[0] == 404


def test_a_second_factor_is_asked_for_and_no_code_counts_twice(platform):
    admin = platform.admin()
    person, email = platform.new_person("Cleo Second", admin=admin)
    secret = person.post("/me/totp", {"password": PASSWORD})["secret"]
    code = totp(secret)
    assert len(person.post("/me/totp/confirm", {"code": code})["recovery_codes"]) == 10
    other = platform.client()
    challenge = other.post("/sessions", {"email": email, "password": PASSWORD})
    assert challenge["status"] == "totp_required"
    with pytest.raises(Refused):
        other.post("/sessions/totp", {"challenge": challenge["challenge"], "code": code})
    next_code = totp(secret, time.time() + 30)
    answer = other.post("/sessions/totp", {"challenge": challenge["challenge"], "code": next_code})
    assert answer["status"] == "signed_in"


def test_relay_credentials_open_an_allocation_and_what_it_did_is_joined_to_the_room(platform, people):
    ada, ben = people
    room = ada.post("/rooms", {"members": [ben.person["id"]]}, expect=201)["id"]
    issued = ada.post("/relay-credentials", {"room": room})
    entry = next(e for e in issued["iceServers"] if "username" in e)
    with turn.Client("udp", ("127.0.0.1", platform.port), entry["username"], entry["credential"]) as client:
        client.allocate()
        sessions = platform.admin().get("/admin/allocations")
        assert sessions["reachable"] and any(a.get("room") == room for a in sessions["allocations"]), sessions
        client.refresh(0)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        kinds = {row["type"] for row in audit(platform, room=room)}
        if {"turn.credential.issued", "turn.allocation.opened", "turn.allocation.ended"} <= kinds:
            return
        time.sleep(0.3)
    raise AssertionError(f"the end of the allocation is not in the audit log: {kinds}")


def test_revoking_a_credential_ends_its_allocation_within_a_second(platform, people):
    ada, _ = people
    admin = platform.admin()
    issued = admin.post("/admin/relay-credentials", {"reason": "a test", "ttl_seconds": 600}, expect=201)
    entry = next(e for e in issued["iceServers"] if "username" in e)
    with turn.Client("udp", ("127.0.0.1", platform.port), entry["username"], entry["credential"]) as client:
        client.allocate()
        assert client_is_relayed(admin, client)
        started = time.monotonic()
        admin.expect(204, "DELETE", f"/admin/relay-credentials/{issued['id']}")
        assert not client_is_relayed(admin, client)
        assert time.monotonic() - started < 1
        with pytest.raises(turn.Refused):
            turn.Client("udp", ("127.0.0.1", platform.port), entry["username"], entry["credential"]).allocate()


def client_is_relayed(admin, client):
    """Whether the relay has an allocation of this client."""
    address = "{}:{}".format(*client.socket.getsockname())
    return any(entry["client"] == address for entry in admin.get("/admin/allocations")["allocations"])


def test_disabling_a_person_ends_sockets_sessions_and_allocations(platform):
    admin = platform.admin()
    person, email = platform.new_person("Dan Disabled", admin=admin)
    room = person.post("/rooms", {"members": [admin.person["id"]]}, expect=201)["id"]
    entry = next(e for e in person.post("/relay-credentials", {"room": room})["iceServers"] if "username" in e)
    with person.socket() as socket, turn.Client(
        "udp", ("127.0.0.1", platform.port), entry["username"], entry["credential"]
    ) as client:
        client.allocate()
        admin.expect(200, "PATCH", f"/admin/people/{person.person['id']}", {"state": "disabled"})
        assert socket.wait("session.ended", seconds=1)
        end = time.monotonic() + 1
        while client_is_relayed(admin, client) and time.monotonic() < end:
            time.sleep(0.02)
        assert not client_is_relayed(admin, client)
    assert person.request("GET", "/me")[0] == 401
    with pytest.raises(Refused):
        platform.client().sign_in(email)


def test_both_secrets_are_valid_after_a_rotation_and_the_oldest_is_not(platform):
    admin = platform.admin()
    made = [admin.post("/admin/relay-credentials", {"reason": "0", "ttl_seconds": 600}, expect=201)]
    for number in (1, 2):
        admin.post("/admin/relay-secrets/rotate")
        made.append(admin.post("/admin/relay-credentials", {"reason": str(number), "ttl_seconds": 600}, expect=201))
    entries = [next(e for e in issued["iceServers"] if "username" in e) for issued in made]
    for entry in entries[1:]:
        with turn.Client("udp", ("127.0.0.1", platform.port), entry["username"], entry["credential"]) as client:
            client.allocate()
    with pytest.raises(turn.Refused):
        turn.Client("udp", ("127.0.0.1", platform.port), entries[0]["username"], entries[0]["credential"]).allocate()


def test_a_second_start_finds_everything_as_it_was(tmp_path):
    platform = platform_client.Platform(tmp_path / "data").start()
    try:
        person, email = platform.new_person("Eve Again")
        secret = (platform.folder / "relay-secret-current").read_bytes()
        assert platform.stop() == 0
        platform.start()
        assert (platform.folder / "relay-secret-current").read_bytes() == secret
        assert person.get("/me")["person"]["email"] == email  # the session outlives the restart
        assert platform.log.count("shown this once") == 1
    finally:
        platform.stop()


def verify(platform):
    return subprocess.run(
        [server.TERN, "audit", "verify", "--companion-folder", str(platform.folder / "companion")],
        capture_output=True, text=True, timeout=60)


def test_the_audit_log_verifies_and_a_changed_row_is_found(tmp_path):
    platform = platform_client.Platform(tmp_path / "data").start()
    try:
        platform.new_person("Finn Audit")
        assert platform.admin().post("/admin/audit/verify")["ok"]
    finally:
        platform.stop()
    assert verify(platform).returncode == 0
    with sqlite3.connect(next((platform.folder / "companion").glob("*.sqlite"))) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit SET message = message || '.' WHERE sequence = 2")
    result = verify(platform)
    assert result.returncode == 1 and "2" in result.stderr, result


def test_nothing_acknowledged_is_lost_and_nothing_planted_is_on_the_disk(tmp_path):
    """`kill -9` at random moments of a load of sign-ins, messages and uploads."""
    platform = platform_client.Platform(tmp_path / "data").start()
    acknowledged = {"messages": [], "documents": []}
    seed = random.randrange(1 << 30)
    print("seed", seed)
    rng = random.Random(seed)
    try:
        admin = platform.admin()
        ada, email = platform.new_person("Planted Ada Name", admin=admin)
        ben, _ = platform.new_person("Planted Ben Name", admin=admin)
        room = ada.post("/rooms", {"title": "Planted Room", "members": [ben.person["id"]]}, expect=201)["id"]
        for round_number in range(4):
            stop = threading.Event()

            def messages():
                try:
                    with ada.socket() as socket:
                        number = 0
                        while not stop.is_set():
                            name = f"k{round_number}-{number}"
                            ack = socket.ask("chat", room=room, client_id=name, body=f"planted-body-{name}")
                            acknowledged["messages"].append(ack["message"]["body"])
                            number += 1
                except Exception:  # the server is killed under us
                    pass

            def uploads():
                try:
                    while not stop.is_set():
                        content = b"planted-document " * 20_000
                        status, _, shared = ben.request(
                            "POST", f"/rooms/{room}/documents", content,
                            {"Content-Type": "application/octet-stream", "X-File-Name": "planted-file.txt"})
                        if status == 201:
                            acknowledged["documents"].append((shared["id"], hashlib.sha256(content).hexdigest()))
                        time.sleep(0.05)
                except Exception:
                    pass

            threads = [threading.Thread(target=work) for work in (messages, uploads)]
            for thread in threads:
                thread.start()
            time.sleep(rng.uniform(0.3, 1.2))
            platform.stop(signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join(30)
            platform.start()
        assert len(acknowledged["messages"]) > 20 and acknowledged["documents"]
        kept, before = [], None
        while True:
            page = ada.get(f"/rooms/{room}/messages?limit=200" + (f"&before={before}" if before else ""))["messages"]
            kept = [m["body"] for m in page] + kept
            if len(page) < 200:
                break
            before = page[0]["position"]
        assert not set(acknowledged["messages"]) - set(kept)
        for identifier, digest in acknowledged["documents"]:
            status, _, data = ada.request("GET", f"/rooms/{room}/documents/{identifier}")
            assert status == 200 and hashlib.sha256(data).hexdigest() == digest
        assert platform.admin().post("/admin/audit/verify")["ok"]
    finally:
        platform.stop()
    assert verify(platform).returncode == 0
    for path in platform.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"planted" not in content and email.encode() not in content, path


@pytest.mark.parametrize("break_it, words", [
    (lambda f: (f / "master.key").write_text("00" * 32 + "\n"), ["key"]),
    (lambda f: sqlite3.connect(f / "companion.sqlite").executescript("INSERT INTO migrations VALUES (99)"), ["newer"]),
])
def test_a_wrong_key_and_a_newer_database_are_one_clear_line(tmp_path, break_it, words):
    platform = platform_client.Platform(tmp_path / "data").start()
    assert platform.stop() == 0
    break_it(platform.folder / "companion")
    with pytest.raises(RuntimeError):
        platform.start()
    last = [line for line in platform.log.splitlines() if line.startswith("tern:")]
    assert len(last) == 1 and all(word in last[0] for word in words), platform.log
    assert platform.process.returncode == 1


def test_a_second_factor_is_removed_by_its_owner_and_by_an_administrator(platform):
    admin = platform.admin()
    person, email = platform.new_person("Dora Removes", admin=admin)

    def switch_on():
        secret = person.post("/me/totp", {"password": PASSWORD})["secret"]
        return person.post("/me/totp/confirm", {"code": totp(secret)})["recovery_codes"]

    codes = switch_on()
    other = platform.client()
    other.sign_in(email, code=lambda: codes[0])
    # The password alone is not enough, and neither is a code with a wrong password.
    for body in [{"password": PASSWORD, "code": "000000"}, {"password": "Wrong-Guess-1", "code": codes[1]}]:
        assert person.request("DELETE", "/me/totp", body)[0] == 403
    person.expect(204, "DELETE", "/me/totp", {"password": PASSWORD, "code": codes[1]})
    assert other.request("GET", "/me")[0] == 401, "another session outlived the change"
    assert platform.client().post("/sessions", {"email": email, "password": PASSWORD})["status"] == "signed_in"

    switch_on()
    path = f"/admin/people/{person.person['id']}/totp"
    assert admin.request("DELETE", path, {"password": "Wrong-Guess-1"})[0] == 403
    assert person.request("DELETE", path, {"password": PASSWORD})[0] == 403
    admin.expect(204, "DELETE", path, {"password": platform.admin_password})
    assert person.request("GET", "/me")[0] == 401
    person.sign_in(email)
    status, _, answer = admin.request("DELETE", path, {"password": platform.admin_password})
    assert status == 409 and answer["error"]["code"] == "totp_off"
    rows = audit(platform, type="mfa.disabled", person=person.person["id"])
    assert {row["requester"] for row in rows} == {person.person["id"], admin.person["id"]}


def test_members_of_a_room_come_and_go(platform, people):
    ada, ben = people
    admin = platform.admin()
    cleo, _ = platform.new_person("Cleo Member", admin=admin)
    room = ada.post("/rooms", {"title": "Ward 7", "members": [ben.person["id"]]}, expect=201)
    assert room["owner"] == ada.person["id"]
    path = f"/rooms/{room['id']}"
    assert cleo.request("POST", f"{path}/members", {"person": cleo.person["id"]})[0] == 404
    ben.expect(204, "POST", f"{path}/members", {"person": cleo.person["id"]})
    assert {m["id"] for m in cleo.get(path)["members"]} == {p.person["id"] for p in (ada, ben, cleo)}
    assert cleo.request("DELETE", f"{path}/members/{ben.person['id']}")[0] == 403
    ada.expect(204, "DELETE", f"{path}/members/{cleo.person['id']}")
    assert cleo.request("GET", path)[0] == 404
    ada.expect(204, "DELETE", f"{path}/members/{ada.person['id']}")
    assert ben.get(path)["owner"] == ben.person["id"]
    kinds = [row["type"] for row in audit(platform, room=room["id"])]
    assert kinds.count("room.member.added") == 1 and kinds.count("room.member.removed") == 2


def tern(platform, *arguments):
    return subprocess.run(
        [server.TERN, *arguments, "--companion-folder", str(platform.folder / "companion")],
        capture_output=True, text=True, timeout=60)


def test_a_checkpoint_kept_elsewhere_finds_what_the_folder_hides(tmp_path):
    platform = platform_client.Platform(tmp_path / "data").start()
    folder = platform.folder / "companion"
    try:
        early = {name: (folder / name).read_bytes() for name in ("audit-head", "audit-checkpoints")
                 if (folder / name).exists()}
        platform.new_person("Gina Audit")
        # While it runs, and through the API as well.
        line = tern(platform, "audit", "checkpoint")
        assert line.returncode == 0 and line.stdout.count("\n") == 1, line
        answer = platform.admin().post("/admin/audit/checkpoint")
        assert answer["checkpoint"].startswith("{") and answer["sequence"] > 0
    finally:
        assert platform.stop() == 0
    kept = tmp_path / "kept.txt"
    kept.write_text(line.stdout + answer["checkpoint"] + "\n")
    assert verify(platform).returncode == 0
    assert tern(platform, "audit", "verify", "--checkpoint", str(kept)).returncode == 0
    # Somebody cuts the end off and puts the files of then back.
    with sqlite3.connect(next(folder.glob("*.sqlite"))) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("DELETE FROM audit WHERE sequence > 1")
    for name in ("audit-head", "audit-checkpoints"):
        (folder / name).unlink()
        if name in early and name == "audit-checkpoints":
            (folder / name).write_bytes(early[name])
    assert verify(platform).returncode == 0, "nothing in the folder tells"
    result = tern(platform, "audit", "verify", "--checkpoint", str(kept))
    assert result.returncode == 1 and "cut off" in result.stderr, result
    kept.write_text(line.stdout.replace('"sequence":', '"sequence":1'))
    result = tern(platform, "audit", "verify", "--checkpoint", str(kept))
    assert result.returncode == 1 and "line 1" in result.stderr and result.stderr.count("\n") == 1, result


def test_the_master_key_is_rotated_and_killed_in_between_and_everything_opens(tmp_path):
    platform = platform_client.Platform(tmp_path / "data").start()
    key_file = platform.folder / "companion" / "master.key"
    seed = random.randrange(1 << 30)
    print("seed", seed)
    rng = random.Random(seed)
    try:
        admin = platform.admin()
        ada, email = platform.new_person("Rita Rotates", admin=admin)
        ben, _ = platform.new_person("Bert Rotates", admin=admin)
        for number in range(150):
            admin.post("/admin/people", {"email": f"p{number}@clinic.example", "name": f"P {number}", "role": "user"},
                       expect=201)
        room = ada.post("/rooms", {"title": "Ward", "members": [ben.person["id"]]}, expect=201)["id"]
        with ada.socket() as socket:
            socket.ask("chat", room=room, client_id="one", body="before the rotation")
        content = os.urandom(200_000)
        status, _, shared = ada.request(
            "POST", f"/rooms/{room}/documents", content,
            {"Content-Type": "application/octet-stream", "X-File-Name": "a.bin"})
        assert status == 201
        # Not while it runs.
        result = tern(platform, "vault", "rotate")
        assert result.returncode == 1 and "stop it first" in result.stderr and result.stderr.count("\n") == 1, result
        assert len(key_file.read_text().splitlines()) == 1
        assert platform.stop() == 0

        command = [server.TERN, "vault", "rotate", "--companion-folder", str(key_file.parent)]
        for _ in range(6):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, 0.12))
            process.kill()
            process.wait()
            command[2] = "rewrap" if len(key_file.read_text().splitlines()) > 1 else "rotate"
        result = tern(platform, "vault", command[2])
        assert result.returncode == 0 and "sealed anew under master key" in result.stdout, result
        again = tern(platform, "vault", "rewrap")
        assert again.returncode == 0 and ": 0 values" in again.stdout, again

        platform.start()
        assert ada.get("/me")["person"]["email"] == email
        platform.client().sign_in(email)
        assert [m["body"] for m in ben.get(f"/rooms/{room}/messages")["messages"]] == ["before the rotation"]
        assert ben.get(f"/rooms/{room}")["title"] == "Ward"
        status, _, data = ben.request("GET", f"/rooms/{room}/documents/{shared['id']}")
        assert status == 200 and data == content
        assert admin.post("/admin/audit/verify")["ok"]
        assert platform.stop() == 0
        # The first key alone opens it no more.
        lines = key_file.read_text().splitlines()
        key_file.write_text(lines[0] + "\n")
        with pytest.raises(RuntimeError):
            platform.start()
        assert platform.log.splitlines()[-1].startswith("tern:") and "master key" in platform.log.splitlines()[-1]
    finally:
        platform.stop(signal.SIGKILL)


def test_a_second_companion_on_one_folder_is_refused(platform):
    second = platform_client.Platform(platform.folder)
    second.log_path = platform.folder.parent / "second.log"
    with pytest.raises(RuntimeError):
        second.start()
    lines = [line for line in second.log.splitlines() if line.strip()]
    assert len(lines) == 1 and "another companion works on the folder" in lines[0], second.log
