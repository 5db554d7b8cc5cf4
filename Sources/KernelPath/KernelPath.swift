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
    let vlanMap: Int32
    let settingsMap: Int32
    private let loaded: Program
    private let entries: Int32
    private let outcomeMap: Int32
    private let states: UnsafeMutablePointer<tern_state>
    private let allocations: UnsafeMutablePointer<tern_budget>
    private let users: UnsafeMutablePointer<tern_budget>
    let interfaces = Mutex(Interfaces())
    /// What holds for every datagram, as the program reads it.
    let shared: Mutex<tern_settings>
    let thread: KernelThread

    /// Loads the program, attached to nothing yet.
    ///
    /// - Parameter thread: who has the rights to do it.
    /// - Throws: `KernelPathFailure` when something is missing.
    public convenience init(
        _ settings: Settings, on thread: KernelThread = KernelThread.reserved ?? KernelThread()
    ) throws(KernelPathFailure) {
        let loaded = thread.perform {
            Result<Program, KernelPathFailure> { () throws(KernelPathFailure) -> Program in
                // What takes rights first: without them nothing of the host is changed.
                let program = try Program(settings)
                do throws(KernelPathFailure) { try RouteLookups.enable() } catch {
                    program.unload(settings)
                    throw error
                }
                return program
            }
        }
        switch loaded {
        case .success(let program): self.init(settings, program, thread)
        case .failure(let failure):
            thread.end()
            throw failure
        }
    }

    private init(_ settings: Settings, _ loaded: Program, _ thread: KernelThread) {
        self.settings = settings
        self.thread = thread
        self.loaded = loaded
        program = loaded.descriptor
        states = loaded.states
        allocations = loaded.allocations
        users = loaded.users
        entries = cbpf_map(loaded.object, "tern_entries")
        interfaceMap = cbpf_map(loaded.object, "tern_interfaces")
        vlanMap = cbpf_map(loaded.object, "tern_vlans")
        settingsMap = cbpf_map(loaded.object, "tern_settings_map")
        outcomeMap = cbpf_map(loaded.object, "tern_outcomes")
        shared = Mutex(
            tern_settings(
                generation: 0, loopback: if_nametoindex("lo"), time_to_live: RouteLookups.timeToLive,
                hop_limit: RouteLookups.hopLimit, type_of_service_mask: settings.carriesDSCP ? 0xff : 0b11,
                reserved: 0))
        follow { _ in }
        forgetHops()
    }

    deinit {
        thread.watch(nil)
        interfaces.withLock { for attachment in $0.attached { close(attachment.link) } }
        thread.end()
        loaded.unload(settings)
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

    /// Takes what this process relays itself from the same buckets as the program does.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: nil when they may pass; else whether the allocation's own rate holds them back, or its user's.
    public func take(_ bytes: Int, allocation: Int, user: Int, now: UInt64) -> Shortage? {
        guard allocation < settings.allocations, user < settings.users else { return .ofAllocation }
        if cbpf_take(allocations + allocation, UInt64(bytes), now) == 0 { return .ofAllocation }
        return cbpf_take(users + user, UInt64(bytes), now) == 0 ? .ofUser : nil
    }

    /// Whose bucket is empty.
    public enum Shortage: Sendable {
        /// The allocation's.
        case ofAllocation
        /// Its user's.
        case ofUser
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
