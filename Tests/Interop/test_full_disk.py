"""The whole program on a disk that fills up, or that cannot be written: one clear error each, nothing that was
acknowledged is lost, and everything works again when there is space."""

import hashlib
import os
import signal
import subprocess

import pytest

import platform_client
import server
from platform_client import PASSWORD, Refused

pytestmark = pytest.mark.tern

DISK_BYTES = 24 << 20
MESSAGES_MAX = 4000


@pytest.fixture
def disk(root, tmp_path):
    """A small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0700", "tern-test", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk):
    """Leaves not one byte."""
    with open(disk / "ballast", "ab", buffering=0) as ballast:
        for piece in (1 << 20, 4096, 1):
            try:
                while True:
                    ballast.write(b"\0" * piece)
            except OSError:
                pass


def upload(client, room, content):
    status, _, answer = client.request(
        "POST", f"/rooms/{room}/documents", content,
        {"Content-Type": "application/octet-stream", "X-File-Name": "scan.bin"})
    return status, answer


def verify(platform):
    return subprocess.run(
        [server.TERN, "audit", "verify", "--companion-folder", str(platform.folder / "companion")],
        capture_output=True, text=True, timeout=60)


def error_lines(log):
    return [line for line in log.splitlines() if "no space is left" in line or "No space left" in line]


def start_fails_in_one_line(folder, *words):
    platform = platform_client.Platform(folder)
    platform.log_path = folder.parent.parent / f"{folder.name}.log"
    with pytest.raises(RuntimeError):
        platform.start()
    lines = [line for line in platform.log.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("tern: "), platform.log
    assert any(word in lines[0].lower() for word in words), lines[0]
    assert platform.process.returncode == 1


def test_a_disk_that_fills_up_loses_nothing_and_recovers(disk, tmp_path):
    platform = platform_client.Platform(disk / "data")
    platform.log_path = tmp_path / "platform.log"
    platform.start()
    try:
        admin = platform.admin()
        ada, ada_email = platform.new_person("Ada Full", admin=admin)
        ben, _ = platform.new_person("Ben Full", admin=admin)
        room = ada.post("/rooms", {"title": "Ward", "members": [ben.person["id"]]}, expect=201)["id"]
        content = os.urandom(300_000)
        status, shared = upload(ada, room, content)
        assert status == 201

        acknowledged = []
        with ada.socket() as socket:
            fill(disk)
            # The log of the database has some room of its own: it is used up first.
            with pytest.raises(Refused) as refused:
                for number in range(MESSAGES_MAX):
                    body = f"message {number} " + "x" * 4000
                    ack = socket.ask("chat", room=room, client_id=f"full-{number}", body=body)
                    acknowledged.append(ack["message"]["id"])
            assert refused.value.status == "storage_full", refused.value
            # The socket stays, and says the same again.
            with pytest.raises(Refused):
                socket.ask("chat", room=room, client_id="again", body="x" * 4000)
        # Whatever has to be written is refused with one code, and says why; what is read is there.
        status, answer = upload(ada, room, os.urandom(2_000_000))
        assert status == 507 and answer["error"]["code"] == "storage_full", answer
        for method, path, body in [
            ("POST", "/rooms", {"title": "x" * 150, "members": [ben.person["id"]]}),
            ("POST", "/password/change", {"current": PASSWORD, "password": "Another-Horse-9"}),
            ("PATCH", f"/admin/people/{ben.person['id']}", {"name": "y" * 80}),
            ("POST", "/sessions", {"email": ada_email, "password": PASSWORD}),
        ]:
            client = admin if "admin" in path else ada
            status, _, answer = client.request(method, path, body)
            assert status == 507 and answer["error"]["code"] == "storage_full", (path, status, answer)
        assert ada.get(f"/rooms/{room}")["title"] == "Ward"
        assert len(ben.get(f"/rooms/{room}/messages?limit=200")["messages"]) == min(len(acknowledged), 200)
        lines = error_lines(platform.log)
        assert 1 <= len(lines) <= 20, "\n".join(lines)
        assert any("companion.sqlite" in line and "free some" in line for line in lines), lines

        (disk / "ballast").unlink()
        with ada.socket() as socket:
            ack = socket.ask("chat", room=room, client_id="later", body="there is space again")
            acknowledged.append(ack["message"]["id"])
        late = os.urandom(100_000)
        status, second = upload(ben, room, late)
        assert status == 201
        check(ada, room, acknowledged, {shared["id"]: content, second["id"]: late})

        # A power cut on a full disk, and a start on it: it serves, or says in one line why it does not.
        fill(disk)
        platform.stop(signal.SIGKILL)
        before = len(platform.log)
        try:
            platform.start()
        except RuntimeError:
            said = [line for line in platform.log[before:].splitlines() if line.strip()]
            assert len(said) == 1 and said[0].startswith("tern: ") and "space" in said[0], said
        platform.stop(signal.SIGKILL)
        (disk / "ballast").unlink()
        platform.start()
        check(ada, room, acknowledged, {shared["id"]: content, second["id"]: late})
        assert admin.post("/admin/audit/verify")["ok"]
        assert platform.stop() == 0
        result = verify(platform)
        assert result.returncode == 0 and "is whole" in result.stdout, result
    finally:
        platform.stop(signal.SIGKILL)


def check(client, room, messages, documents):
    """All of it is there."""
    kept, before = set(), None
    while True:
        page = client.get(f"/rooms/{room}/messages?limit=200" + (f"&before={before}" if before else ""))["messages"]
        kept.update(message["id"] for message in page)
        if len(page) < 200:
            break
        before = page[0]["position"]
    assert not set(messages) - kept
    for identifier, content in documents.items():
        status, _, data = client.request("GET", f"/rooms/{room}/documents/{identifier}")
        assert status == 200 and hashlib.sha256(data).digest() == hashlib.sha256(content).digest()


def test_a_first_start_on_a_full_disk_is_one_clear_line(disk):
    fill(disk)
    start_fails_in_one_line(disk / "data", "space")


def test_a_start_in_a_folder_that_cannot_be_written_is_one_clear_line(disk):
    start_fails_in_one_line_when_read_only(disk, disk / "new")
    platform = platform_client.Platform(disk / "data")
    platform.start()
    assert platform.stop() == 0
    start_fails_in_one_line_when_read_only(disk, disk / "data")
    platform.start()
    assert platform.stop() == 0


def start_fails_in_one_line_when_read_only(disk, folder):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        start_fails_in_one_line(folder, "read-only")
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
