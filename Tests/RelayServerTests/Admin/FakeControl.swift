import EventLoop
import Foundation
import STUN
import Synchronization

@testable import RelayCore
@testable import RelayServer

/// A relay that is only numbers, and remembers what it was told.
final class FakeControl: RelayControl {
    struct Told: Equatable {
        var ended: [String] = []
        var revoked: [String] = []
        var draining = false
        var reloads = 0
    }

    struct ReloadFailure: Error, CustomStringConvertible {
        let description: String
    }

    let told = Mutex(Told())
    let state: Mutex<RelayStatus>
    let reloadFailure = Mutex<String?>(nil)
    let delay = Mutex(Duration.zero)
    let sessionCount = Mutex(3)
    let usageRing = UsageRing(capacity: 4)

    init(_ status: RelayStatus = .sample) { state = Mutex(status) }

    func status() async -> RelayStatus {
        try? await Task.sleep(for: delay.withLock { $0 })
        var status = state.withLock { $0 }
        status.isDraining = told.withLock(\.draining)
        return status
    }

    func sessions(limit: Int) async -> [SessionSnapshot] {
        (0..<min(limit, sessionCount.withLock { $0 })).map { .sample(UInt32($0)) }
    }

    func refusals(limit: Int) async -> [RefusalRecord] {
        [
            RefusalRecord(
                unixSeconds: 1_795_535_520, client: TransportAddress("192.0.2.1:46701")!, transport: .udp,
                method: .allocate, code: .staleNonce, username: "al\\u{1b}ice", reason: .userQuota(32)),
            RefusalRecord(
                unixSeconds: 1_795_535_519, client: TransportAddress("[2001:db8::1]:5")!, transport: .tls,
                method: .createPermission, code: .forbidden, username: "", reason: .malformed("no XOR-PEER-ADDRESS")),
        ].prefix(limit).map { $0 }
    }

    func usage(after sequence: Int, limit: Int) async -> UsagePage { usageRing.page(after: sequence, limit: limit) }

    func end(_ id: AllocationID) async -> Bool {
        told.withLock { $0.ended.append(id.description) }
        return id.index < 3
    }

    func revoke(_ name: String, forgetAfterUnixSeconds: Int64) async -> Int? {
        guard name != "one too many" else { return nil }
        told.withLock { $0.revoked.append(forgetAfterUnixSeconds == .max ? name : "\(name) \(forgetAfterUnixSeconds)") }
        return 2
    }

    func drain(_ on: Bool) async { told.withLock { $0.draining = on } }

    func reload() async throws -> [String] {
        told.withLock { $0.reloads += 1 }
        if let reason = reloadFailure.withLock({ $0 }) { throw ReloadFailure(description: reason) }
        return ["relay.log.level: info -> debug"]
    }

    func policy(_ address: TransportAddress) async -> (allowed: Bool, rule: String) {
        address.ip.isLoopback ? (false, "loopback 127.0.0.0/8 port \(address.port)") : (true, "nothing denies it")
    }
}

extension RelayStatus {
    /// Two loops with a little of everything.
    static var sample: RelayStatus {
        var first = Counters()
        first.toPeers[0] = Traffic(packets: 1000, bytes: 160_000)
        first.toClients[0] = Traffic(packets: 900, bytes: 144_000)
        first.toPeers[2] = Traffic(packets: 7, bytes: 7000)
        first.hairpinned = Traffic(packets: 5, bytes: 500)
        first.drops[Int(DropReason.noPermission.rawValue)] = 4
        first.allocationsOpened = 12
        first.allocationsEnded[Int(EndReason.expired.rawValue)] = 9
        first.permissions = 4
        first.channels = 2
        first.users = 3
        var second = Counters()
        second.drops[Int(DropReason.noPermission.rawValue)] = 1
        second.toClients[1] = Traffic(packets: 1 << 60, bytes: 3)
        var machine = LoopCounters()
        machine.turns = 77
        machine.busyNanoseconds = 1_500_000_000
        machine.sendQueueFull = 6
        return RelayStatus(
            version: "1.0 \"beta\"", uptimeSeconds: 3725, isDraining: false, load: 0.25, portsFree: 16_380,
            portsTotal: 16_384, listeners: ["udp://192.0.2.1:3478", "tls://192.0.2.1:5349"],
            residentBytes: 45 << 20,
            loops: [
                LoopStatus(
                    loop: 0, allocations: 3, connections: 1, busyPercent: 12.5, counters: first, loopCounters: machine),
                LoopStatus(
                    loop: 1, allocations: 1, connections: 0, busyPercent: 0, counters: second,
                    loopCounters: LoopCounters()),
            ], log: LogStatistics(written: 10, dropped: 1, suppressed: [.init(level: "info", lines: 2)]),
            certificateExpiresUnixSeconds: 1_800_000_000)
    }
}

extension SessionSnapshot {
    static func sample(_ index: UInt32) -> SessionSnapshot {
        SessionSnapshot(
            id: AllocationID(loop: 0, index: index, generation: 1), username: "user\(index)\n", credentialID: "",
            client: TransportAddress("192.0.2.1:\(40_000 + index)")!, transport: .udp,
            relayed: [TransportAddress("198.51.100.1:\(50_000 + index)")!], permissions: 1, channels: 1,
            ageMilliseconds: 61_000, remainingSeconds: 539, toPeers: Traffic(packets: 10, bytes: 1600),
            toClient: Traffic(packets: 20, bytes: 3200), dropped: 1)
    }
}

extension UsageRecord {
    /// Of an allocation that is 61 s old.
    static func sample(_ index: UInt32, ended: Bool) -> UsageRecord {
        var session = SessionSnapshot.sample(index)
        session.credentialID = "room\(index)"
        return UsageRecord(
            AllocationSummary(session: session, endReason: ended ? .revoked : nil), at: 1_795_535_581_000)
    }
}

/// A directory of its own that goes with the test.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() throws {
        path = "/tmp/tern-test-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
