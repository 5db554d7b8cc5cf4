public import RelayCore
public import STUN

/// One client of the driver. Everything about it follows from its number, so that a million of them take no memory of
/// the driver's, which would disturb what is measured.
public struct Session: Sendable {
    /// Which one.
    public let number: Int

    /// The session with this number.
    public init(_ number: Int) { self.number = number }

    /// Where it is: 200 clients behind one address, as behind the NAT of a site.
    public var client: TransportAddress {
        TransportAddress(
            ip: IPAddress(ipv4: 0x0808_0000 + UInt32(number / 200)), port: UInt16(1_024 + number % 200 * 300))
    }

    /// How the relay reaches it.
    public var route: ClientRoute { ClientRoute(tuple: FiveTuple(client: client, listener: 0, transport: .udp)) }

    /// One of its peers, each with a channel of its own from 0x4000 on.
    public func peer(_ index: Int = 0) -> TransportAddress {
        TransportAddress(
            ip: IPAddress(ipv4: 0x0505_0000 + UInt32(number / 60_000)), port: UInt16(1_024 + (number + index) % 60_000))
    }

    /// The name of its time-limited credential, good until 2096: every session is a user of its own.
    public var username: String { "4000000000:s\(number)" }
}
