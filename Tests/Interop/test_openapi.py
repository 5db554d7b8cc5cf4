"""The companion against its own OpenAPI document: whatever is sent, no answer is an error of the server."""

import pathlib
import subprocess
import sys

import pytest

import platform_client

pytestmark = pytest.mark.tern
# What would end the session that the other requests use, or what they all need.
LEFT_OUT = ["/sessions/current", "/admin/relay-secrets/rotate", "/admin/people/{id}", "/admin/people/{id}/sign-out"]


@pytest.mark.parametrize("role", ["user", "admin"])
def test_no_generated_request_makes_a_server_error(role):
    with platform_client.running("--sign-up") as platform:
        client = platform.admin() if role == "admin" else platform.new_person("Una User")[0]
        document = client.get("/openapi.json")
        assert document["openapi"].startswith("3.1") and len(document["paths"]) > 30
        command = [str(pathlib.Path(sys.executable).with_name("schemathesis")), "run"]
        command += [f"{platform.origin}/api/v1/openapi.json", "--tls-verify", str(platform.folder / "certificate.pem")]
        command += ["--checks", "not_a_server_error", "--max-examples", "12", "--mode", "all", "--phases", "fuzzing"]
        command += ["--seed", "1", "--no-color", "--request-timeout", "20", "--workers", "1", "--no-shrink"]
        command += ["-H", f"Cookie: {client.cookie}", "-H", f"X-CSRF-Token: {client.csrf}"]
        command += ["-H", f"Origin: {platform.origin}"]
        for path in LEFT_OUT:
            command += ["--exclude-path", "/api/v1" + path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=platform.folder.parent)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert platform.client().request("GET", "/livez", raw=True)[0] == 200
