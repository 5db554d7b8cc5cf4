import STUN

/// The header of the PROXY protocol, version 2, that goes before the bytes of a connection passed on: it tells the
/// companion who the client is.
///
/// ```
/// signature 12 | version and command 1 | family and transport 1 | bytes that follow 2 | addresses | ports
/// ```
enum ProxyHeader {
    static let byteCountMax = 16 + 36

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    /// Version 2, command PROXY.
    private static let command: UInt8 = 0x21
    private static let streamOverIPv4: UInt8 = 0x11
    private static let streamOverIPv6: UInt8 = 0x21

    /// The header of a TCP connection from `client` to `listener`, which are of one family.
    static func bytes(client: TransportAddress, listener: TransportAddress) -> [UInt8] {
        let isIPv4 = client.ip.family == .ipv4
        var bytes = signature
        bytes.reserveCapacity(byteCountMax)
        bytes += [command, isIPv4 ? streamOverIPv4 : streamOverIPv6, 0, isIPv4 ? 12 : 36]
        for ip in [client.ip, listener.ip] {
            if isIPv4 {
                append(ip.ipv4, to: &bytes)
            } else {
                append(ip.high, to: &bytes)
                append(ip.low, to: &bytes)
            }
        }
        append(client.port, to: &bytes)
        append(listener.port, to: &bytes)
        return bytes
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
