/// Where a relay is and how to talk to it: a TURN URI [RFC 7065], as in `turns:relay.example:5349?transport=tcp`.
public struct RelayURI: Hashable, Sendable, LosslessStringConvertible {
    /// What carries the messages between client and relay.
    public enum Transport: String, Hashable, Sendable {
        /// Datagrams.
        case udp
        /// A stream.
        case tcp
        /// A stream inside TLS.
        case tls
    }

    /// Why a text is no URI that this client can use.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// One line: the text, what is wrong with it, and what to write instead.
        public let description: String
    }

    /// A DNS name, an IPv4 address, or an IPv6 address without its brackets.
    public let host: String
    /// The port; 3478, or 5349 with TLS, when the text names none.
    public let port: UInt16
    /// What carries the messages.
    public let transport: Transport

    /// `host`, `port` and `transport` put together.
    public init(host: String, port: UInt16, transport: Transport) {
        self.host = host
        self.port = port
        self.transport = transport
    }

    /// Reads a URI; nil when it is malformed. `parse` says why.
    public init?(_ description: String) {
        guard let uri = try? RelayURI.parse(description) else { return nil }
        self = uri
    }

    /// Reads `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:HOST[:PORT][?transport=tcp]`.
    public static func parse(_ text: String) throws(Problem) -> RelayURI {
        func problem(_ what: String) -> Problem { Problem(description: "\(text.debugDescription) \(what)") }
        let form = "write turn:HOST:PORT?transport=udp, turn:HOST:PORT?transport=tcp or turns:HOST:PORT"

        let isSecure: Bool
        var rest: Substring
        if text.lowercased().hasPrefix("turns:") {
            isSecure = true
            rest = text.dropFirst(6)
        } else if text.lowercased().hasPrefix("turn:") {
            isSecure = false
            rest = text.dropFirst(5)
        } else {
            throw problem("is no TURN URI: \(form)")
        }
        guard !rest.hasPrefix("//") else { throw problem("has slashes after the scheme, a TURN URI has none: \(form)") }

        var transport = isSecure ? Transport.tls : .udp
        if let mark = rest.firstIndex(of: "?") {
            switch (rest[rest.index(after: mark)...].lowercased(), isSecure) {
            case ("transport=udp", false): transport = .udp
            case ("transport=tcp", false): transport = .tcp
            case ("transport=tcp", true): transport = .tls
            case ("transport=udp", true):
                throw problem("asks for DTLS, which is not supported: leave out transport=udp")
            default: throw problem("has an unknown query: \(form)")
            }
            rest = rest[..<mark]
        }

        var port: UInt16 = isSecure ? 5349 : 3478
        let host: Substring
        let afterHost: Substring
        if rest.hasPrefix("[") {
            guard let bracket = rest.firstIndex(of: "]") else { throw problem("lacks the closing bracket: \(form)") }
            host = rest[rest.index(after: rest.startIndex)..<bracket]
            afterHost = rest[rest.index(after: bracket)...]
        } else {
            let colon = rest.firstIndex(of: ":") ?? rest.endIndex
            host = rest[..<colon]
            afterHost = rest[colon...]
            guard afterHost.dropFirst().firstIndex(of: ":") == nil else {
                throw problem("needs brackets around its IPv6 address: turn:[2001:db8::1]:3478")
            }
        }
        guard !host.isEmpty, !host.contains(where: { $0 == "/" || $0 == "@" || $0.isWhitespace }) else {
            throw problem("has no usable host: \(form)")
        }
        if !afterHost.isEmpty {
            guard afterHost.first == ":", afterHost.dropFirst().allSatisfy(\.isASCIIDigit),
                let number = UInt16(afterHost.dropFirst()), number > 0
            else { throw problem("has a bad port: it must be a number from 1 to 65535") }
            port = number
        }
        return RelayURI(host: String(host), port: port, transport: transport)
    }

    /// The URI in full, its port and transport always named.
    public var description: String {
        let written = host.contains(":") ? "[\(host)]" : host
        return switch transport {
        case .udp: "turn:\(written):\(port)?transport=udp"
        case .tcp: "turn:\(written):\(port)?transport=tcp"
        case .tls: "turns:\(written):\(port)?transport=tcp"
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
