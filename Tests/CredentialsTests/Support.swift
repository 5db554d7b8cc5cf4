import Credentials
import Integrity
import STUN

/// Numbers that look random and repeat for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A seed that nobody chose, printed so that a failure can be repeated.
    static func freshSeed(_ test: String = #function) -> UInt64 {
        let seed = UInt64.random(in: .min ... .max)
        print("\(test): seed \(seed)")
        return seed
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func address() -> TransportAddress {
        let ip =
            Bool.random(using: &self)
            ? IPAddress(ipv4: UInt32.random(in: 0...UInt32.max, using: &self))
            : IPAddress(ipv6High: next(), low: next())
        return TransportAddress(ip: ip, port: UInt16.random(in: 0...UInt16.max, using: &self))
    }
}

let someID = TransactionID(high: 0x0102_0304, low: 0x0506_0708_090A_0B0C)

/// A message built in a buffer that held other traffic before.
func message(
    _ type: MessageType = MessageType(.allocate, .request), id: TransactionID = someID, capacity: Int = 2048,
    _ fill: (inout MessageWriter, inout MutableRawSpan) -> Void = { _, _ in }
) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: capacity)
    var elements = bytes.mutableSpan
    var buffer = elements.mutableBytes
    var writer = MessageWriter(type, id, into: &buffer)
    fill(&writer, &buffer)
    return Array(bytes[..<writer.count])
}

func parse(_ bytes: [UInt8]) throws(ParseFailure) -> MessageIndex { try MessageIndex.parse(bytes.span.bytes) }

func hexadecimal(_ bytes: Span<UInt8>) -> String {
    bytes.indices.map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined()
}

/// The bytes of a vector as RFCs print them: hexadecimal, a comment behind each word.
func vector(_ text: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { line in
        line.prefix { $0 != "/" }.split(separator: " ").map { UInt8($0, radix: 16)! }
    }
}

/// Whether the fingerprint of a message is absent or right.
func hasValidFingerprint(_ bytes: [UInt8]) throws -> Bool {
    MessageSeal.hasValidFingerprint(bytes.span.bytes, try parse(bytes))
}

/// Whether the integrity of a message was made with `key`.
func hasIntegrity(_ bytes: [UInt8], key: [UInt8]) throws -> Bool {
    var mac = MessageAuthenticator()
    return MessageSeal.verifyIntegrity(bytes.span.bytes, try parse(bytes), key: key.span, using: &mac)
}
