"""Where a comparison happens: two network namespaces joined by a wire, a core for each side, or plain loopback."""

import contextlib
import mmap
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import time

SERVER_CORE, GENERATOR_CORE = 0, 1
# How often the cores' packets are taken from the wire: like a network card that moderates its interrupts. The work of
# receiving then stays on the receiver's own core, whoever sends.
POLL_US = 50


class Loopback:
    """No namespaces: what root's rights are missing for. Receiving is then done, and paid, by the sender's core."""

    server_address = client_address = "127.0.0.1"
    name = "loopback"

    def command(self, side, words):
        core = SERVER_CORE if side == "server" else GENERATOR_CORE
        return ["taskset", "-c", str(core), *words]

    def close(self):
        pass


class Namespaces:
    """Two namespaces and a veth pair; root only."""

    server_address, client_address = "10.77.1.1", "10.77.1.2"
    hardware = {"server": "02:00:00:00:01:01", "client": "02:00:00:00:01:02"}
    name = "two network namespaces joined by a veth pair"

    def __init__(self):
        self.spaces = {side: f"side-{os.getpid()}-{side}" for side in ("server", "client")}
        run = lambda *words: subprocess.run(words, check=True, capture_output=True)  # noqa: E731
        try:
            for space in self.spaces.values():
                run("ip", "netns", "add", space)
            server, client = self.spaces["server"], self.spaces["client"]
            run("ip", "link", "add", "wire", "netns", client, "type", "veth", "peer", "name", "wire", "netns", server)
            for side, address in (("server", self.server_address), ("client", self.client_address)):
                inside = ("ip", "netns", "exec", self.spaces[side])
                run(*inside, "ip", "link", "set", "lo", "up")
                run(*inside, "ip", "addr", "add", f"{address}/24", "dev", "wire")
                run(*inside, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
                run(*inside, "ip", "link", "set", "wire", "address", self.hardware[side])
                run(*inside, "ip", "link", "set", "wire", "up")
                # With merged receive the wire has a queue that its receiver empties; see above.
                run(*inside, "ethtool", "-K", "wire", "gro", "on", "tso", "off")
                run(*inside, "sh", "-c", "echo 2147483647 > /sys/class/net/wire/napi_defer_hard_irqs")
                self.moderate(side, POLL_US)
            # Bursts that the generator hands over as one cross the wire as the datagrams that they are.
            run("ip", "netns", "exec", client, "ethtool", "-K", "wire", "tx-udp-segmentation", "off")
            for side, other, address in (
                    ("server", "client", self.client_address), ("client", "server", self.server_address)):
                run("ip", "netns", "exec", self.spaces[side], "ip", "neigh", "replace", address, "lladdr",
                    self.hardware[other], "dev", "wire", "nud", "permanent")
            time.sleep(0.3)
            place_receiving([
                (client, SERVER_CORE, "10.77.1.255"), (server, GENERATOR_CORE, "10.77.1.255")])
        except subprocess.CalledProcessError as error:
            self.close()
            raise SystemExit(f"no namespaces: {' '.join(error.cmd)}: {error.stderr.decode().strip()}") from None

    def moderate(self, side, microseconds):
        """How often this side takes what has come over the wire."""
        subprocess.run(
            ["ip", "netns", "exec", self.spaces[side], "sh", "-c",
             f"echo {microseconds}000 > /sys/class/net/wire/gro_flush_timeout"], check=True, capture_output=True)

    def command(self, side, words):
        core = SERVER_CORE if side == "server" else GENERATOR_CORE
        return ["ip", "netns", "exec", self.spaces[side], "taskset", "-c", str(core), *words]

    def close(self):
        for space in self.spaces.values():
            subprocess.run(["ip", "netns", "del", space], capture_output=True)


def place_receiving(senders):
    """Has each wire emptied by the core that is meant to: (namespace that sends into it, core, broadcast address).

    The core that first empties a queue does so from then on: that is the one that sends the first packet. Nobody may
    answer it, or the answer's queue would get the same core: thus broadcasts, and neighbours that are known.
    """
    poke = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1); s.sendto(b'', ('{}', 9))")
    for space, core, address in senders:
        subprocess.run(
            ["ip", "netns", "exec", space, "taskset", "-c", str(core), "python3", "-c", poke.format(address)],
            check=True, capture_output=True)
        time.sleep(0.1)
    before = receive_turns()
    time.sleep(0.2)
    after = receive_turns()
    for core in {core for _, core, _ in senders}:
        turns, expected = after[core] - before[core], 0.2e6 / POLL_US
        if turns < expected / 2:
            raise SystemExit(f"core {core} turned to receiving {turns} times in 0.2 s in place of {expected:.0f}")


def receive_turns():
    """How often each core has turned to receiving since the machine started."""
    for line in pathlib.Path("/proc/softirqs").read_text().splitlines():
        if line.strip().startswith("NET_RX"):
            return [int(word) for word in line.split()[1:]]
    return []


class Idlers:
    """A program on each core that runs only when nothing else wants to: what it does not get, everything else took.

    That counts the server, the kernel's work for it, and interrupts alike, where /proc/PID/stat knows the process alone
    and /proc/stat samples at ticks, which timer-driven work hides behind. Blind spots: what another guest of the
    machine takes counts as taken; caches and a core's clock are not what they are without it; it is the same for all
    servers.
    """

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        program, self.children, self.counts = f"{self.folder.name}/idler", [], []
        source = pathlib.Path(__file__).parent / "idler.c"
        subprocess.run(["cc", "-O2", "-o", program, source], check=True)
        for core in (SERVER_CORE, GENERATOR_CORE):
            with open(f"{self.folder.name}/{core}", "w+b") as file:
                file.write(bytes(8))
                file.flush()
                self.counts.append(mmap.mmap(file.fileno(), 8))
            self.children.append(subprocess.Popen([program, file.name, str(core)]))

    def read(self):
        """The time, and how long each core had been idle by then, in seconds."""
        return time.monotonic(), *(struct.unpack("Q", count)[0] / 1e9 for count in self.counts)

    def busy(self, before, after):
        """Shares of the server's and the generator's core that something else took."""
        spent = after[0] - before[0]
        return [1 - (after[1 + core] - before[1 + core]) / spent for core in (SERVER_CORE, GENERATOR_CORE)]

    @contextlib.contextmanager
    def paused(self):
        """They stand still meanwhile: for who measures in another way."""
        for child in self.children:
            child.send_signal(signal.SIGSTOP)
        yield
        for child in self.children:
            child.send_signal(signal.SIGCONT)

    def close(self):
        for child in self.children:
            child.kill()
            child.wait()
        self.folder.cleanup()


def process_seconds(pid):
    """CPU time of a process, user and system."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]
