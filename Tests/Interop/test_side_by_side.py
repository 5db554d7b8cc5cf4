"""`Benchmarks/side-by-side`: two servers in turns, its table, its JSON and its page."""

import json
import re
import subprocess
import sys

import pytest

import server

pytestmark = [pytest.mark.tern, pytest.mark.alone]
SCRIPT = server.ROOT / "Benchmarks/side-by-side"


def run(*words):
    return subprocess.run(
        [sys.executable, "-B", SCRIPT, "--tern", server.TERN, "--loopback", *map(str, words)], capture_output=True,
        text=True, timeout=120)


def test_two_servers_take_turns_and_come_out_as_table_json_and_page(tmp_path):
    done = run("--kinds", "cycles", "--runs", 2, "--seconds", 0.1, "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "results.json").read_text())
    assert list(document["servers"]) == ["tern", "coturn"]
    # In turns at every cell, and the first of them changes.
    turns = [entry["server"] for entry in document["results"]]
    assert turns == ["tern", "coturn"] * 2 + ["coturn", "tern"] * 2
    for first, second in zip(document["results"][::2], document["results"][1::2]):
        assert first["cell"] == second["cell"] and first["run"] == second["run"]
    for entry in document["results"]:
        assert "error" not in entry and entry["per_second"] > 0, entry
    table, page = (tmp_path / "table.md").read_text(), (tmp_path / "report.html").read_text()
    assert table in done.stdout and "| UDP | " in table and "Allocations per second" in page
    assert not re.search(r"(src|href)=|@import|https?://", page), "the page asks for something from elsewhere"


def test_what_cannot_be_compared_is_said_in_one_line(tmp_path):
    for text, remedy in (("nothing", "write NAME="), ("gone=tern:/nowhere/tern", "name a program that runs")):
        done = run("--server", text, "--output", tmp_path, "--kinds", "cycles", "--runs", 1)
        assert done.returncode == 1 and remedy in done.stderr and "Traceback" not in done.stderr, done.stderr
