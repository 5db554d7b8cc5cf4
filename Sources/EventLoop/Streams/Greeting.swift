/// What a client speaks inside TLS, told by its first bytes: HTTP begins with the name of a method, the first STUN
/// message of a client with two zero bits [RFC 8489 section 5]. ChannelData cannot come first: it needs an allocation.
enum Greeting: Equatable {
    case stun, http, neither
    /// The bytes so far are the beginning of a method's name.
    case undecided

    /// Bytes that are enough to decide.
    static let byteCountMax = 8

    /// Methods that the companion may be asked. CONNECT and TRACE are not among them: nothing here is a proxy.
    private static let methods: [StaticString] = ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "PATCH ", "OPTIONS "]

    /// What `bytes`, the first of a connection, are the beginning of.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.first else {
            self = .undecided
            return
        }
        self = first & 0b1100_0000 == 0 ? .stun : .neither
        guard self == .neither else { return }
        for method in Self.methods {
            let name = UnsafeBufferPointer(start: method.utf8Start, count: method.utf8CodeUnitCount)
            guard zip(bytes, name).allSatisfy(==) else { continue }
            self = bytes.count < name.count ? .undecided : .http
        }
    }
}
