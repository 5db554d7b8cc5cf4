import STUN
import TURNClient

/// The largest datagram that reaches the server in one piece.
struct PathMTU {
    /// Bytes of the largest IP packet that arrives.
    let bytes: Int
    /// Whether larger ones vanish without anybody saying so: no ICMP message told this machine what fits.
    let isSilent: Bool

    /// Sizes of IP packets worth telling apart: the minimum of IPv6, common tunnels, PPPoE, Ethernet.
    static let candidates = [576, 1_280, 1_400, 1_420, 1_440, 1_460, 1_472, 1_480, 1_492, 1_500]

    /// The largest of `candidates` that an answer came back for; nil when there was none.
    ///
    /// Binding requests filled up to that size go with Don't Fragment, and their answers are short. Sizes below the
    /// smallest one that fails are searched by halves: each failure costs its time.
    static func measure(to server: TransportAddress) -> PathMTU? {
        guard var exchange = try? BindingExchange(to: server) else { return nil }
        SocketOptions.forbidFragments(exchange.descriptor, server.family)
        let overhead = server.family == .ipv4 ? 28 : 48
        var low = -1
        var high = candidates.count
        // Most paths carry the largest: try it first.
        var next = candidates.count - 1
        while low + 1 < high {
            // STUN messages are multiples of 4 bytes long; an IP packet may be up to 3 bytes shorter than asked for.
            let size = (candidates[next] - overhead) & ~3
            let answered = (try? exchange.ask(server, .filled(size), waits: [150, 250, 400])) ?? nil
            if answered != nil { low = next } else { high = next }
            next = (low + high) / 2
        }
        guard low >= 0 else { return nil }
        let known = SocketOptions.knownMTU(exchange.descriptor, server.family) ?? candidates[low]
        return PathMTU(bytes: candidates[low], isSilent: high < candidates.count && candidates[high] <= known)
    }
}
