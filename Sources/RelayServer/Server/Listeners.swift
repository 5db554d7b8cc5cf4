import EventLoop
import Glibc
import RelayCore
import STUN

/// The listening sockets of a relay: one per configured address and loop, bound before any loop runs.
struct Listeners {
    /// Sockets by loop.
    private(set) var byLoop: [[ListeningSocket]]
    /// What they are bound to, in the order of their index.
    private(set) var bound: [ListenerAddress] = []
    private(set) var addresses: [TransportAddress] = []
    /// Those that datagrams are sent from.
    var datagramAddresses: [TransportAddress] {
        byLoop[0].filter { !$0.transport.isStream }.map(\.address)
    }

    /// No socket yet, for `loops` loops.
    init(loops: Int) {
        byLoop = Array(repeating: [], count: loops)
    }

    /// Opens what `wanted` lists beyond what is open already.
    ///
    /// - Throws: `SocketError` for the first address that cannot be bound; everything opened by this call is closed.
    mutating func open(_ wanted: [ListenerAddress], _ configuration: RelayConfiguration) throws(SocketError) {
        var next = self
        let before = bound.count
        do {
            for listener in wanted { try next.open(listener, configuration) }
        } catch {
            for sockets in next.byLoop { for socket in sockets where Int(socket.index) >= before { socket.close() } }
            throw error
        }
        self = next
    }

    /// The sockets of a loop that have an index of `first` or more: those that a reload added.
    func added(from first: Int, loop: Int) -> [ListeningSocket] {
        byLoop[loop].filter { Int($0.index) >= first }
    }

    private mutating func open(_ listener: ListenerAddress, _ configuration: RelayConfiguration) throws(SocketError) {
        var port = listener.port
        var isFirst = true
        for address in Self.expand(listener) {
            let wanted = TransportAddress(ip: address, port: port)
            do {
                try open(listener.transport, wanted, configuration)
            } catch {
                // A host without IPv6 is served over IPv4 when all addresses were asked for.
                let isOptional = listener.ip == nil && address.family == .ipv6
                if isOptional && (error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL) { continue }
                throw error
            }
            // One port for all addresses of a listener, also when the system chose it.
            if port == 0, let last = addresses.last { port = last.port }
            if isFirst { bound.append(ListenerAddress(listener.transport, listener.ip, port: port)) }
            isFirst = false
        }
    }

    private mutating func open(
        _ transport: ListenerTransport, _ address: TransportAddress, _ configuration: RelayConfiguration
    ) throws(SocketError) {
        var address = address
        for loop in byLoop.indices {
            let socket = try ListeningSocket(
                transport: transport.clientTransport, address: address, index: UInt16(addresses.count),
                receiveBufferBytes: configuration.receiveBufferBytes, sendBufferBytes: configuration.sendBufferBytes,
                isFirst: loop == 0)
            address = socket.address
            byLoop[loop].append(socket)
        }
        addresses.append(address)
    }

    /// A UDP socket is bound to one local address, so that answers leave from where the request arrived and the
    /// five-tuple is whole; one for all addresses becomes one for each. A stream socket needs no such thing.
    private static func expand(_ listener: ListenerAddress) -> [IPAddress] {
        let anywhere = [IPAddress(ipv4: 0), IPAddress(ipv6High: 0, low: 0)]
        let asked = listener.ip.map { [$0] } ?? anywhere
        guard listener.transport == .udp, asked.contains(where: \.isUnspecified) else { return asked }
        let local = HostAddresses.all()
        return asked.flatMap { address in
            address.isUnspecified ? local.filter { $0.family == address.family } : [address]
        }
    }
}

extension ListenerTransport {
    var clientTransport: ClientTransport {
        switch self {
        case .udp: .udp
        case .tcp: .tcp
        case .tls: .tls
        }
    }
}
