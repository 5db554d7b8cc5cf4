import STUN

/// A PROXY protocol version 2 header: who is at the other end of a connection that was handed over.
///
/// Layout (haproxy's proxy-protocol.txt, section 2.2), all numbers in network byte order:
///
///     12 bytes  signature
///      1 byte   version (2) in the upper half, command (0 LOCAL, 1 PROXY) in the lower
///      1 byte   address family (1 IPv4, 2 IPv6) in the upper half, transport (1 stream) in the lower
///      2 bytes  length of what follows: source address, destination address, source port, destination port,
///               then extensions, each of one byte type, two bytes length, value
struct ProxyHeader: Equatable {
    /// The client; nil when the connection is the relay's own (a health check).
    let source: TransportAddress?

    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    static let fixedBytes = 16
    /// Bytes behind the fixed part: addresses of 36 bytes and room for extensions, which nobody here needs.
    static let variableBytesMax = 512

    /// Why a connection that should begin with a header is closed.
    enum Failure: Error, Equatable {
        case signature, version, command, family, transport, length, `extension`
    }

    /// The header at the start of `bytes` and how many bytes it has; nil while more bytes are needed.
    ///
    /// A wrong byte fails at once: whoever speaks another protocol is not waited for.
    static func parse(_ bytes: some Collection<UInt8>) throws(Failure) -> (header: ProxyHeader, byteCount: Int)? {
        guard bytes.prefix(signature.count).elementsEqual(signature.prefix(bytes.count)) else {
            throw .signature
        }
        let start = [UInt8](bytes.prefix(fixedBytes))
        if start.count > 12 {
            guard start[12] >> 4 == 2 else { throw .version }
            guard start[12] & 0x0F <= 1 else { throw .command }
        }
        guard start.count == fixedBytes else { return nil }
        let length = Int(start[14]) << 8 | Int(start[15])
        guard length <= variableBytesMax else { throw .length }
        let family = start[13] >> 4
        let transport = start[13] & 0x0F
        let isLocal = start[12] & 0x0F == 0
        if !isLocal {
            guard family == 1 || family == 2 else { throw .family }
            guard transport == 1 else { throw .transport }
            guard length >= (family == 1 ? 12 : 36) else { throw .length }
        }
        guard bytes.count >= fixedBytes + length else { return nil }
        let body = [UInt8](bytes.dropFirst(fixedBytes).prefix(length))
        // "The receiver must accept this connection as valid and must use the real connection endpoints."
        if isLocal { return (ProxyHeader(source: nil), fixedBytes + length) }
        try checkExtensions(body.dropFirst(family == 1 ? 12 : 36))
        return (ProxyHeader(source: address(body, family: family)), fixedBytes + length)
    }

    private static func address(_ body: [UInt8], family: UInt8) -> TransportAddress {
        func number(_ range: Range<Int>) -> UInt64 {
            body[range].reduce(0) { $0 << 8 | UInt64($1) }
        }
        if family == 1 {
            return TransportAddress(ip: IPAddress(ipv4: UInt32(number(0..<4))), port: UInt16(number(8..<10)))
        }
        return TransportAddress(ip: .unmapped(high: number(0..<8), low: number(8..<16)), port: UInt16(number(32..<34)))
    }

    private static func checkExtensions(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= 3 else { throw .extension }
            let length = Int(rest[rest.startIndex + 1]) << 8 | Int(rest[rest.startIndex + 2])
            guard rest.count >= 3 + length else { throw .extension }
            rest = rest.dropFirst(3 + length)
        }
    }
}

extension IPAddress {
    /// An IPv6 address, or the IPv4 address that is mapped into it (`::ffff:192.0.2.1`): one client has one name.
    static func unmapped(high: UInt64, low: UInt64) -> IPAddress {
        high == 0 && low >> 32 == 0xFFFF
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(ipv6High: high, low: low)
    }
}
