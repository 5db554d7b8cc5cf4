import CBPF
import Glibc
import Synchronization

/// The program in the kernel and its maps: what forwards established channels without this process.
///
/// It is loaded once per process. Every loop has a part of the channels, allocations and users to itself, by their
/// index; what it does with them takes no lock. The program leaves the interfaces when the process ends, however it
/// ends: it hangs on descriptors.
public final class KernelPath: @unchecked Sendable {
    /// How large the maps are, and what holds for every datagram.
    public struct Settings: Sendable {
        /// Channels, over all loops.
        public var channels: Int
        /// Allocations, over all loops.
        public var allocations: Int
        /// Users, over all loops.
        public var users: Int
        /// Whether the DSCP of datagrams is carried across; ECN always is.
        public var carriesDSCP = false

        /// Settings of these sizes.
        public init(channels: Int, allocations: Int, users: Int) {
            self.channels = channels
            self.allocations = allocations
            self.users = users
        }
    }

    /// The sizes.
    public let settings: Settings
    let program: Int32
    let interfaceMap: Int32
    private let object: UnsafeMutableRawPointer
    private let entries: Int32
    private let outcomeMap: Int32
    private let states: UnsafeMutablePointer<tern_state>
    private let allocations: UnsafeMutablePointer<tern_budget>
    private let users: UnsafeMutablePointer<tern_budget>
    let attached = Mutex<[Attachment]>([])

    /// Bytes of what the verifier may say.
    private static let logBytes = 1 << 20

    /// Loads the program, attached to nothing yet.
    ///
    /// - Throws: `KernelPathFailure` when something is missing.
    public init(_ settings: Settings) throws(KernelPathFailure) {
        let bytes = EmbeddedProgram.bytes
        guard !bytes.isEmpty else {
            throw KernelPathFailure(
                "this binary was built without the kernel's program (\(EmbeddedProgram.failure)); "
                    + "build it with a clang that has the bpf target, as Swift's own has")
        }
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: Self.logBytes)
        defer { text.deallocate() }
        text.pointee = 0
        let log = cbpf_log(text: text, bytes: Self.logBytes)
        guard cbpf_open_library(log) == 0 else {
            throw KernelPathFailure(
                "libbpf 1.0 or later is missing (\(String(cString: text))); install libbpf1 (Debian) or libbpf (Fedora)"
            )
        }
        try RouteLookups.enable()

        var program: Int32 = -1
        var error: Int32 = 0
        let object = Self.load(bytes, settings, &program, log, &error)
        guard let object else {
            let said = String(cString: text)
            throw Self.refusal(-error, said)
        }
        func memory<Record>(_ map: String, _ count: Int) -> UnsafeMutablePointer<Record>? {
            cbpf_memory(cbpf_map(object, map), count * MemoryLayout<Record>.stride)?
                .bindMemory(to: Record.self, capacity: count)
        }
        guard let states: UnsafeMutablePointer<tern_state> = memory("tern_states", settings.channels),
            let allocations: UnsafeMutablePointer<tern_budget> = memory("tern_allocations", settings.allocations),
            let users: UnsafeMutablePointer<tern_budget> = memory("tern_users", settings.users)
        else {
            let code = errno
            cbpf_close(object)
            throw KernelPathFailure("the maps of the kernel path cannot be mapped: \(String(cString: strerror(code)))")
        }
        self.settings = settings
        self.object = object
        self.program = program
        self.states = states
        self.allocations = allocations
        self.users = users
        entries = cbpf_map(object, "tern_entries")
        interfaceMap = cbpf_map(object, "tern_interfaces")
        outcomeMap = cbpf_map(object, "tern_outcomes")
        var shared = tern_settings(
            loopback: if_nametoindex("lo"), time_to_live: RouteLookups.timeToLive, hop_limit: RouteLookups.hopLimit,
            type_of_service_mask: settings.carriesDSCP ? 0xff : 0b11, reserved: 0)
        var first: UInt32 = 0
        _ = cbpf_update(cbpf_map(object, "tern_settings_map"), &first, &shared)
    }

    deinit {
        detach()
        cbpf_release(states, settings.channels * MemoryLayout<tern_state>.stride)
        cbpf_release(allocations, settings.allocations * MemoryLayout<tern_budget>.stride)
        cbpf_release(users, settings.users * MemoryLayout<tern_budget>.stride)
        cbpf_close(object)
    }

    private static func load(
        _ bytes: [UInt8], _ settings: Settings, _ program: inout Int32, _ log: cbpf_log, _ error: inout Int32
    ) -> UnsafeMutableRawPointer? {
        "tern_entries".withCString { entries in
            "tern_states".withCString { states in
                "tern_allocations".withCString { allocations in
                    "tern_users".withCString { users in
                        let sizes = [
                            cbpf_size(map: entries, entries: UInt32(settings.channels * 2)),
                            cbpf_size(map: states, entries: UInt32(settings.channels)),
                            cbpf_size(map: allocations, entries: UInt32(settings.allocations)),
                            cbpf_size(map: users, entries: UInt32(settings.users)),
                        ]
                        return cbpf_load(
                            bytes, bytes.count, sizes, Int32(sizes.count), "tern_forward", &program, log, &error)
                    }
                }
            }
        }
    }

    private static func refusal(_ code: Int32, _ verifierLog: String) -> KernelPathFailure {
        let cause = String(cString: strerror(code))
        // EACCES: what the verifier allows only with CAP_PERFMON, such as the difference of two addresses.
        if code == EPERM || code == EACCES {
            return KernelPathFailure(
                "the kernel path needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (\(cause)); grant them to the relay, "
                    + "in its unit as AmbientCapabilities=CAP_BPF CAP_PERFMON CAP_NET_ADMIN", verifierLog: verifierLog)
        }
        let last = verifierLog.split(separator: "\n").last { !$0.hasPrefix("processed ") && !$0.isEmpty } ?? ""
        return KernelPathFailure(
            "the kernel does not take the program (\(cause)\(last.isEmpty ? "" : ": ")\(last)); it needs Linux 5.15",
            verifierLog: verifierLog)
    }

    // MARK: Channels

    /// Lets a channel's datagrams pass in the kernel until `deadline` (nanoseconds of the monotonic clock). False when
    /// there is no room; they then take the way through this process, as before.
    ///
    /// - Parameters:
    ///   - slot: the channel's number among all; it must be free.
    ///   - allocation: the allocation's number among all: what its budget and its drops stand under.
    ///   - user: the same for the user.
    public func install(_ channel: KernelChannel, slot: Int, allocation: Int, user: Int, until deadline: UInt64)
        -> Bool
    {
        guard slot < settings.channels, allocation < settings.allocations, user < settings.users else { return false }
        states[slot] = tern_state()
        cbpf_set_deadline(states + slot, deadline)
        var toPeer = channel.toPeer
        var toClient = channel.toClient
        for keyPath in [\tern_entry.state, \.allocation, \.user] {
            let index = UInt32(keyPath == \.state ? slot : keyPath == \.allocation ? allocation : user)
            toPeer.entry[keyPath: keyPath] = index
            toClient.entry[keyPath: keyPath] = index
        }
        guard cbpf_update(entries, &toPeer.key, &toPeer.entry) == 0 else { return false }
        guard cbpf_update(entries, &toClient.key, &toClient.entry) == 0 else {
            _ = cbpf_remove(entries, &toPeer.key)
            return false
        }
        return true
    }

    /// Changes until when an installed channel passes: at once, without a system call.
    public func extend(slot: Int, until deadline: UInt64) { cbpf_set_deadline(states + slot, deadline) }

    /// Stops an installed channel at once, and forgets it.
    public func remove(_ channel: KernelChannel, slot: Int) {
        cbpf_set_deadline(states + slot, 0)
        var toPeer = channel.toPeer
        var toClient = channel.toClient
        _ = cbpf_remove(entries, &toPeer.key)
        _ = cbpf_remove(entries, &toClient.key)
    }

    /// What passed through a channel since it was installed.
    public func traffic(slot: Int) -> KernelTraffic { KernelTraffic(states[slot]) }

    // MARK: Budgets

    /// Gives an allocation a full bucket and forgets its drops; 0 bytes per second means no limit.
    public func openBudget(allocation: Int, bytesPerSecond: UInt64) {
        guard allocation < settings.allocations else { return }
        allocations[allocation] = tern_budget(bytesPerSecond)
    }

    /// Changes an allocation's rate.
    public func setBudget(allocation: Int, bytesPerSecond: UInt64) {
        guard allocation < settings.allocations else { return }
        allocations[allocation].cost = tern_budget(bytesPerSecond).cost
    }

    /// Sets what the allocations of a user may relay together; the bucket keeps its level.
    public func setBudget(user: Int, bytesPerSecond: UInt64) {
        guard user < settings.users else { return }
        users[user].cost = tern_budget(bytesPerSecond).cost
    }

    /// Datagrams of an allocation that were dropped: over its own rate, and over its user's.
    public func drops(allocation: Int) -> (ownRate: UInt64, userRate: UInt64) {
        guard allocation < settings.allocations else { return (0, 0) }
        return (allocations[allocation].dropped, allocations[allocation].dropped_by_user)
    }

    // MARK: Outcomes

    /// What became of datagrams that have an entry and were not forwarded.
    public var outcomes: KernelOutcomes {
        var perCore = [UInt64](repeating: 0, count: max(Int(cbpf_core_count()), 1) + Self.coresSpare)
        var outcomes = KernelOutcomes()
        for outcome in KernelOutcome.allCases {
            var index = outcome.rawValue
            guard cbpf_lookup(outcomeMap, &index, &perCore) == 0 else { continue }
            outcomes[outcome] = perCore.reduce(0, &+)
        }
        return outcomes
    }

    /// Room for cores that the kernel counts beyond those that the system tells of.
    private static let coresSpare = 1024
}

extension tern_budget {
    fileprivate init(_ bytesPerSecond: UInt64) {
        self.init()
        // The same ceiling as in user space.
        let rate = min(bytesPerSecond, 1 << 40)
        cost = rate == 0 ? 0 : max((1_000_000_000 << UInt64(TERN_COST_SHIFT)) / rate, 1)
    }
}
