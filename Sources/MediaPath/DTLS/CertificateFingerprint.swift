/// SHA-256 over a certificate: what the two ends tell each other by signaling, as in `a=fingerprint` [RFC 8122 5].
public struct CertificateFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// In the form of a session description: upper case, colons between.
    public var description: String {
        bytes.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return text.count == 1 ? "0" + text : text
        }.joined(separator: ":")
    }

    /// The first four bytes: enough to tell two apart in a line for people.
    public var short: String { String(description.prefix(11)) }
}
