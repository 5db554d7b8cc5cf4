import CLinux
public import STUN
import TURNClient

/// A peer on its own: sends back whatever comes, for a load that runs elsewhere.
public final class EchoPeer {
    private var peer: PeerSocket
    private var sends = PeerSends(bytes: 0)
    private let epoll = clinux_epoll_create()

    /// A peer at this address.
    public init(at address: TransportAddress) throws {
        guard let peer = PeerSocket(at: address) else {
            throw LoadFailure("no socket at \(address): is the address this machine's, and the port free?")
        }
        self.peer = peer
        _ = clinux_epoll_add(epoll, self.peer.descriptor, UInt32(CLINUX_READABLE), 0)
    }

    /// Where it listens.
    public var address: TransportAddress { peer.address }

    /// Sends back what comes, for ever.
    public func run() -> Never {
        var event = epoll_event()
        while true {
            _ = clinux_epoll_wait(epoll, &event, 1, -1)
            _ = peer.receive { bytes, count, segment, from, _ in
                sends.queue(bytes, count, segment: max(1, segment), from: peer.descriptor, to: from)
            }
            _ = sends.flush()
        }
    }
}
