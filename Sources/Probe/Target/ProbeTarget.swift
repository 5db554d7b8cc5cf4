public import TURNClient

/// A server to try, as a line of an ICE server list names it.
public struct ProbeTarget: Hashable, Sendable {
    /// What the server is asked for.
    public enum Service: String, Hashable, Sendable {
        /// The client's own address only.
        case stun
        /// A relayed address, and packets through it.
        case turn
    }

    /// What is asked for.
    public let service: Service
    /// Where, and over what.
    public let uri: RelayURI
    /// Whether the text named a port or a transport: if not, DNS may name others [RFC 5928].
    public let isExplicit: Bool

    /// `service` at `uri`.
    public init(service: Service, uri: RelayURI, isExplicit: Bool = true) {
        self.service = service
        self.uri = uri
        self.isExplicit = isExplicit
    }

    /// Reads a `turn:`, `turns:`, `stun:` or `stuns:` URI [RFC 7064, RFC 7065].
    public static func parse(_ text: String) throws(RelayURI.Problem) -> ProbeTarget {
        let lower = text.lowercased()
        let service: Service = lower.hasPrefix("stun") ? .stun : .turn
        // STUN URIs have no transport of their own: `stuns` is TLS, and the ports are the same.
        let turn = service == .stun ? "turn" + text.dropFirst(4) : text
        let uri = try RelayURI.parse(turn)
        let rest = turn.drop { $0 != ":" }.dropFirst()
        let hostEnd = rest.hasPrefix("[") ? rest.firstIndex(of: "]") ?? rest.startIndex : rest.startIndex
        return ProbeTarget(
            service: service, uri: uri, isExplicit: rest[hostEnd...].contains { $0 == ":" || $0 == "?" })
    }

    /// The URI in full, `stun` in place of `turn` where that is all that is asked for.
    public var description: String {
        guard service == .stun else { return uri.description }
        let text = "stun" + uri.description.dropFirst(4)
        return String(text.prefix { $0 != "?" })
    }
}
