import Glibc
import STUN
import Synchronization

/// Sockets of reserved ports [RFC 8656 7.2], bound when the reservation is made and held until it is redeemed or ends:
/// another program could take the port meanwhile, for the directory only knows this relay's. Shared by the loops, as a
/// reservation may be redeemed on any of them; used by requests alone.
public final class ReservedSockets: Sendable {
    private struct Held {
        var descriptor: Int32
        var until: UInt64
    }

    private let held = Mutex<[TransportAddress: Held]>([:])

    /// None.
    public init() {}

    deinit {
        held.withLock { for entry in $0.values { close(entry.descriptor) } }
    }

    /// Holds a bound socket until a time of the loops' clock, in milliseconds.
    func hold(_ descriptor: Int32, _ address: TransportAddress, until: UInt64) {
        let old = held.withLock { $0.updateValue(Held(descriptor: descriptor, until: until), forKey: address) }
        if let old { close(old.descriptor) }
    }

    /// The socket of a reserved port, which is the caller's from now on.
    func take(_ address: TransportAddress) -> Int32? {
        held.withLock { $0.removeValue(forKey: address)?.descriptor }
    }

    /// Closes the sockets of reservations that have ended.
    func expire(now: UInt64) {
        let ended = held.withLock { held -> [Int32] in
            guard !held.isEmpty else { return [] }
            let ended = held.filter { $0.value.until <= now }
            for address in ended.keys { held[address] = nil }
            return ended.values.map(\.descriptor)
        }
        for descriptor in ended { close(descriptor) }
    }

    /// How many are held.
    var count: Int { held.withLock(\.count) }
}
