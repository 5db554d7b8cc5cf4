import ConfigurationKeys
import STUN

extension ValueFormat where Value == Origin {
    static let origin = of("ORIGIN", "an origin", remedy: "write https://HOST or https://HOST:PORT, without a path")
}

extension ValueFormat where Value == TransportAddress {
    static let endpoint = of(
        "ADDRESS:PORT", "an address with a port", remedy: "write for example 0.0.0.0:8443 or [::]:8443")
}

extension ValueFormat where Value == String {
    /// A URI of a STUN or TURN server [RFC 7064, RFC 7065].
    static let turnURI = scheme(
        "URI", ["stun:", "stuns:", "turn:", "turns:"], "for example turn:relay.example:3478?transport=udp")
    static let mailServer = scheme(
        "URL", ["smtp://", "smtps://"], "for example smtps://mail.example:465 or smtp://127.0.0.1:25")
    static let webhook = scheme("URL", ["https://"], "for example https://texts.example/send")

    private static func scheme(_ placeholder: String, _ schemes: [String], _ example: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
            guard isPlain, schemes.contains(where: { text.hasPrefix($0) && text.count > $0.count }) else {
                throw BadValue(
                    problem: "\(text.quoted) does not begin with \(schemes.joined(separator: ", "))",
                    remedy: "write \(example)")
            }
            return text
        } describe: {
            $0
        }
    }
}
