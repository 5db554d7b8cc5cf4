"""One measurement each: what a server carries, what a packet costs, what waits, what connections weigh."""

import json
import subprocess
import time

import network as net
from servers import PASSWORD, USER

# Packets per second at which a search begins, and those of a run at a fixed rate: what every server carries.
SEARCH_START = 40_000
# Microseconds between two turns of the generator, when servers or generators are compared: as often as the wire is
# emptied, and as other generators send. A longer one would hand the server more packets at once.
PACE_US = 50
FIXED = {
    "voice": {"sessions": 800, "rate": 40_000}, "video": {"sessions": 200, "rate": 36_000},
    "bulk": {"sessions": 10, "rate": 40_000}}
LOSS_PERCENT, LATENCY_MS = 0.1, 20


class Bench:
    """Runs the generator against servers, and reads what both sides' cores did meanwhile."""

    def __init__(self, generator, network, idlers, log, pace_us=PACE_US):
        self.generator, self.network, self.idlers, self.log = generator, network, idlers, log
        self.pace_us = pace_us

    def load(self, server, transport, *flags, watch=None, seconds=60):
        """One run of `tern load`: its result, or what it said. `watch(process)` is called until it ends."""
        words = [
            self.generator, "load", "--json", "--user", USER, "--password", PASSWORD, "--loops", "1",
            "--insecure-certificate", "--pace", str(self.pace_us), *map(str, flags), server.uri(transport)]
        if self.network.name != "loopback":
            words[2:2] = ["--peer-address", self.network.client_address]
        process = subprocess.Popen(
            self.network.command("client", words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            if watch:
                watch(process)
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
        if not output:
            lines = errors.strip().splitlines()
            return {"error": lines[-1] if lines else f"no result within {seconds} s"}
        return json.loads(output)

    def capacity(self, server, profile, sessions, seconds, transport="udp", direction="up", shape=()):
        """The highest rate with no more than 0.1 % loss and a p99 below 20 ms."""
        result = self.load(
            server, transport, "--profile", profile, "--sessions", sessions, "--direction", direction,
            *shape, "--find-capacity", "--seconds", seconds, "--rate", SEARCH_START, "--max-loss", LOSS_PERCENT,
            "--max-latency", LATENCY_MS, seconds=180)
        if result.get("capacity") is None:
            steps = result.get("steps") or [{}]
            return {"error": result.get("error") or f"no rate passed, down to {steps[-1].get('target')}"}
        latency = result.get("latency") or {}
        return {
            "packets_per_second": result["capacity"], "mbit_per_second": result["megabits"],
            "p50_us": latency.get("p50"), "p99_us": latency.get("p99"),
            "generator_limit": result.get("generator_limit")}

    def fixed(self, server, profile, seconds, transport="udp", direction="up", sessions=None, rate=None, shape=()):
        """Latency, and what a packet costs either side, at a rate that all servers carry."""
        sessions = sessions or FIXED[profile]["sessions"]
        rate = rate or FIXED[profile]["rate"]
        marks = []

        def watch(process):
            # Set-up takes its time: what is read lies within the seconds of traffic.
            line = process.stderr.readline()
            marks.append((self.idlers.read(), net.process_seconds(server.pid) if server.pid else 0))
            time.sleep(max(0.5, seconds - 1.6))
            marks.append((self.idlers.read(), net.process_seconds(server.pid) if server.pid else 0))
            return line

        result = self.load(
            server, transport, "--profile", profile, "--sessions", sessions, "--rate", rate, "--seconds", seconds,
            "--direction", direction, *shape, watch=watch if self.idlers else None)
        if "error" in result:
            return result
        delivered = result["received_per_second"]
        found = {
            "delivered_per_second": delivered, "loss_percent": result["loss_percent"],
            "p50_us": result["latency"]["p50"], "p99_us": result["latency"]["p99"],
            "p999_us": result["latency"]["p999"], "generator_limit": result.get("generator_limit"),
            "sends_by": result.get("sends_by"), "counts_in": result.get("counts_in"),
            "generator_process_us_per_packet": result.get("generator_us_per_packet")}
        if len(marks) == 2 and delivered:
            (first, cpu_first), (second, cpu_second) = marks
            spent = second[0] - first[0]
            server_busy, generator_busy = self.idlers.busy(first, second)
            found["generator_us_per_packet"] = generator_busy * 1e6 / delivered
            if server.pid:
                found["server_us_per_packet"] = server_busy * 1e6 / delivered
                found["server_process_us_per_packet"] = (cpu_second - cpu_first) / spent * 1e6 / delivered
        return found

    def cycles(self, server, transport, seconds, sessions):
        """Allocations made, refreshed and given back per second; over TLS each with a connection and a handshake."""
        before = self.idlers.read() if self.idlers else None
        result = self.load(
            server, transport, "--profile", "allocations", "--sessions", sessions, "--rate", 50_000, "--seconds",
            seconds)
        if "error" in result:
            return result
        found = {
            "per_second": result["received_per_second"], "failed": result["failed"],
            "p50_us": (result.get("latency") or {}).get("p50")}
        if before:
            after = self.idlers.read()
            server_busy, generator_busy = self.idlers.busy(before, after)
            spent = after[0] - before[0]
            count = max(1, result["received"])
            found["server_us_each"] = server_busy * spent * 1e6 / count
            found["generator_us_each"] = generator_busy * spent * 1e6 / count
            # What one core would carry, were the generator not on the other.
            found["per_core_second"] = 1e6 / found["server_us_each"] if found["server_us_each"] else None
        return found

    def idle(self, server, transport, sessions):
        """Resident memory for each allocation that does nothing."""
        if not server.pid:
            return {"error": "its memory is not to be seen from here"}
        before = net.resident_bytes(server.pid)
        seen = []

        def watch(process):
            while process.poll() is None:
                seen.append(net.resident_bytes(server.pid))
                time.sleep(0.05)

        result = self.load(
            server, transport, "--profile", "idle", "--sessions", sessions, "--seconds", 1, watch=watch)
        if "error" in result or not result.get("ready"):
            return {"error": result.get("error") or "no session"}
        return {
            "bytes_each": (max(seen) - before) / result["ready"], "sessions": result["ready"],
            "set_up_per_second": result["setup_per_second"], "failed": result["failed"]}
