public import Integrity
public import STUN

/// What is to be said about a nonce.
public enum NonceVerdict: Sendable, Equatable {
    /// Issued here, to this client, not long ago.
    case valid
    /// Issued here, to this client, too long ago; or in the future, when the clock was set back.
    case stale(ageSeconds: Int64)
    /// Issued here, to this address, but another port: the client's NAT gave it a new one.
    case otherPort(UInt16)
    /// Not issued here, or to another address, or before the key changed.
    case foreign
}

/// Nonces that nobody has to remember: the relay recognises its own by a code under a key.
///
///     obMatJos2  AAAB   base64(time:4 bytes, port:2, code:8) without "="
///     cookie     bits   19 characters
///
/// The code covers the client's address and port, the time and what was offered along with the nonce. 64 bits of it
/// are enough: it can be guessed online only, and a guessed nonce opens nothing without the password. 32 bytes in all,
/// since the nonce is the largest part of the answer that everybody gets.
public struct NonceIssuer: Sendable {
    /// Bytes of every nonce.
    public static let byteCount = 32

    /// Seconds for which a nonce is valid.
    public var lifetimeSeconds: Int64
    private let key: [32 of UInt8]

    /// An issuer whose key comes from the CSPRNG: its nonces are recognised by this process only, if all loops share
    /// it.
    public init(lifetimeSeconds: Int64 = 600) {
        self.init(secret: SecureRandom.bytes(32), lifetimeSeconds: lifetimeSeconds)
    }

    /// An issuer with a secret that a fleet of relays shares.
    public init(secret: [UInt8], lifetimeSeconds: Int64 = 600) {
        self.lifetimeSeconds = lifetimeSeconds
        // Not the secret itself: it may be of any length, and serve something else as well.
        var mac = MessageAuthenticator()
        key = mac.sha256(key: secret.span, Array("tern nonce".utf8).span)
    }

    /// Stores a nonce for `client` at `offset` of `buffer`: 32 bytes.
    public func issue(
        for client: TransportAddress, unixSeconds: Int64, features: SecurityFeatures, offer: PasswordAlgorithmOffer,
        using mac: inout MessageAuthenticator, into buffer: inout MutableRawSpan, at offset: Int
    ) {
        features.store(into: &buffer, at: offset)
        let time = UInt32(truncatingIfNeeded: unixSeconds)
        let code = code(client.ip, client.port, time, features, offer, using: &mac)
        // 112 bits: time, port, code; 19 characters carry 114.
        let high = UInt64(time) << 16 | UInt64(client.port)
        for index in 0..<19 {
            buffer.store(uint8: Base64.digit(Self.sextet(index, high, code)), at: offset + 13 + index)
        }
    }

    /// What is to be said about `nonce` when `client` presents it. The work is the same whatever it is.
    public func verify(
        _ nonce: RawSpan, for client: TransportAddress, unixSeconds: Int64, features: SecurityFeatures,
        offer: PasswordAlgorithmOffer, using mac: inout MessageAuthenticator
    ) -> NonceVerdict {
        let parts = Self.parse(nonce)
        let time = parts?.time ?? 0
        let port = parts?.port ?? client.port
        let expected = code(client.ip, port, time, features, offer, using: &mac)
        guard let parts, SecurityFeatures(nonce: nonce) == features, Self.equal(parts.code, expected) else {
            return .foreign
        }
        guard port == client.port else { return .otherPort(port) }
        // The difference in 32 bits is right until the year 2106 and across it.
        let age = Int64(Int32(truncatingIfNeeded: unixSeconds &- Int64(time)))
        return -30...max(lifetimeSeconds, 0) ~= age ? .valid : .stale(ageSeconds: age)
    }

    /// When a nonce of this form was issued, in Unix seconds by its relay's clock; nil for another form. It is no
    /// secret: a client learns from it how far its own clock is off.
    public static func issueTime(of nonce: RawSpan) -> Int64? {
        guard SecurityFeatures(nonce: nonce) != nil, let parts = parse(nonce) else { return nil }
        return Int64(parts.time)
    }

    private func code(
        _ ip: IPAddress, _ port: UInt16, _ time: UInt32, _ features: SecurityFeatures,
        _ offer: PasswordAlgorithmOffer, using mac: inout MessageAuthenticator
    ) -> UInt64 {
        let words: [4 of UInt64] = [
            ip.high, ip.low,
            UInt64(time) << 32 | UInt64(port) << 16 | UInt64(ip.family.rawValue) << 8 | UInt64(offer.rawValue),
            UInt64(features.rawValue),
        ]
        let text: [32 of UInt8] = .init { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
        let code = mac.sha256(key: key.span, text.span)
        var value: UInt64 = 0
        for index in 0..<8 { value = value << 8 | UInt64(code[index]) }
        return value
    }

    /// Sextet `index` of the 114 bits that consist of 48 bits of `high`, 64 of `low` and two zeros.
    private static func sextet(_ index: Int, _ high: UInt64, _ low: UInt64) -> UInt32 {
        switch index {
        case 0..<8: UInt32(high >> UInt64(42 - index * 6) & 63)
        case 8..<18: UInt32(low >> UInt64(58 - (index - 8) * 6) & 63)
        default: UInt32(low << 2 & 63)
        }
    }

    private static func parse(_ nonce: RawSpan) -> (time: UInt32, port: UInt16, code: UInt64)? {
        guard nonce.byteCount == byteCount else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<19 {
            guard let value = Base64.value(nonce.uint8(at: 13 + index)) else { return nil }
            switch index {
            case 0..<8: high = high << 6 | UInt64(value)
            case 8..<18: low = low << 6 | UInt64(value)
            default:
                // One spelling for one nonce.
                guard value & 3 == 0 else { return nil }
                low = low << 4 | UInt64(value >> 2)
            }
        }
        return (UInt32(truncatingIfNeeded: high >> 16), UInt16(truncatingIfNeeded: high), low)
    }

    /// One comparison of two words: there is nothing in it whose time could depend on where they differ.
    private static func equal(_ left: UInt64, _ right: UInt64) -> Bool { left ^ right == 0 }
}
